"""`playerid train`: one run, watched by its curve."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Annotated

import typer

from playerid.cli.options import CacheOption, console, plain_errors
from playerid.errors import LabelsError
from playerid.leagues import FIRST_SPORT, load_sport
from playerid.models.packs import WEIGHTS_CACHE, model_of


def train(  # noqa: PLR0913, PLR0917
    job: Annotated[
        str,
        typer.Argument(help="detector, number_reader, torso_reader, court, tracker or mask_head"),
    ],
    data: Annotated[
        Path,
        typer.Option(
            help="folder with players_train, jersey_crops_train or courts_train, as the job needs;"
            " what is called _valid beside them is scored on"
        ),
    ] = Path(),
    out: Annotated[Path, typer.Option(help="folder of the run; one per run")] = Path("run"),
    minutes: Annotated[float, typer.Option(min=0, help="of training, over all resumed parts")] = 60,
    seed: Annotated[int, typer.Option(help="of weights and pictures")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="go on with the run in --out")] = False,
    backend: Annotated[
        str, typer.Option(help="detector: centres (default) or rfdetr; others have one")
    ] = "",
    start: Annotated[
        str, typer.Option(help="begin with the weights of a pack, or of a safetensors file")
    ] = "",
    variant: Annotated[
        str,
        typer.Option(
            help="rfdetr: fine-tune nano, small, medium, large or seg-small from its published"
            " weights; --data is then a COCO export with train, valid and test"
        ),
    ] = "",
    epochs: Annotated[int, typer.Option(min=1, help="with --variant: rounds over the export")] = 50,
    rename: Annotated[
        list[str] | None,
        typer.Option(help="with --variant: a class of the export and ours, as Guard=player"),
    ] = None,
    masks_from: Annotated[
        str, typer.Option(help="with --variant seg-...: sam2 makes masks from the boxes")
    ] = "",
    sport: Annotated[
        str, typer.Option(help="detector, court: of which sport; as the folders of leagues name it")
    ] = FIRST_SPORT,
    save_s: Annotated[float, typer.Option(min=1, help="seconds between checkpoints")] = 60,
    cache: CacheOption = WEIGHTS_CACHE,
) -> None:
    """Train a model on your own labels and on rendered games, then score it.

    Real labels are NAME.parquet (frames with boxes: jpeg, boxes; number crops: jpeg, number;
    frames with court areas: jpeg, image_id, regions), or frames in COCO (NAME.json, or a folder
    NAME with _annotations.coco.json), or crops in a folder NAME with a folder for each number.
    Tracker and mask head need none. Rendered games are made beside the training, with no label
    missing.

    Everything trains on a GPU where there is one: on two cores half an hour shows whether the
    data is right, and some hours make a small model. Every checkpoint is a point of
    OUT/curve.jsonl. When the machine or the run dies, the same command with --resume goes on from
    the last checkpoint.

    With --sport, detector and court learn another sport: its people and things from rendered
    games, the marks of its courts from painted ones.

    With --variant the library's own trainer fine-tunes RF-DETR; the classes of the export are
    mapped to ours by their names, and OUT/classes.md says which were dropped.

    At the end lie in OUT: the weights (safetensors), curve.html, and a model card with data,
    scores on held-out games and real data, calibration, size and speed. Then compare:
    playerid models promote JOB --candidate OUT/....safetensors --data FILE --to my-pack.toml
    """
    from rich.markdown import Markdown  # noqa: PLC0415, slow, and every command imports this

    from playerid.training.jobs import TrainingPlan  # noqa: PLC0415, torch
    from playerid.training.run import run_training  # noqa: PLC0415, torch

    with plain_errors(), console.status(f"{job}: beginning ...") as status:
        begin = _weights_of(start, job, cache)
        plan = TrainingPlan(
            data, out, minutes, seed, resume, save_s, begin, cache,
            variant, epochs, _renamed(rename or ()), masks_from, load_sport(sport).name,
        )  # fmt: skip
        with watched(out, lambda point: status.update(f"{job}: {point}")):
            done = run_training(job, plan, backend, on_progress=status.update)
    console.print(Markdown(done.card.read_text("utf-8")))
    for path in (done.weights, done.card, done.page):
        console.print(path, soft_wrap=True)


def _weights_of(start: str, job: str, cache: Path) -> Path | None:
    """The file that `--start` names, by itself or by its pack."""
    if not start or Path(start).suffix in {".safetensors", ".pth", ".pt"}:
        return Path(start) if start else None
    return model_of(start, job).local_weights(cache)


def _renamed(pairs: Iterable[str]) -> dict[str, str]:
    """THEIRS=OURS of `--rename`."""
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise LabelsError(f"--rename {wrong[0]}: expected THEIRS=OURS, as Guard=player")
    return {theirs: ours for theirs, _, ours in (pair.rpartition("=") for pair in pairs)}


@contextmanager
def watched(out: Path, show: Callable[[str], None], every_s: float = 1.0) -> Iterator[None]:
    """Show each new point of a run's curve while the block runs."""
    from playerid.training.curve import Point, read_curve  # noqa: PLC0415, matplotlib

    done = Event()

    def watch() -> None:
        shown: Point = {}
        while not done.wait(every_s):
            for point in read_curve(out)[-1:]:
                if point != shown:
                    shown = point
                    show(", ".join(f"{name} {value:.4g}" for name, value in point.items()))

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
