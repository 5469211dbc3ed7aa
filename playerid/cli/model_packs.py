"""`playerid models ...`: models to score, compare, promote, fetch and verify."""

import json
import math
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from playerid.cli.model_crossings import crossings
from playerid.cli.model_speed import quantise, speed
from playerid.cli.options import CacheOption, JsonOption, PackOption, console, plain_errors
from playerid.cli.train import train
from playerid.errors import LabelsError, PlayerIdError, WeightsError
from playerid.leagues import FIRST_SPORT
from playerid.models import registry as backends
from playerid.models.packs import WEIGHTS_CACHE, Model, load_pack, model_of, sport_of
from playerid.models.pretrained import fetch_pretrained, how_to_make, to_fetch, weights_named

models = typer.Typer(no_args_is_help=True, help="The models of a pack: score, promote, fetch.")


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the commands of this module."""
    app.add_typer(models, name="models")
    app.command()(train)
    models.command()(speed)
    models.command()(quantise)
    models.command()(crossings)


@models.command("score")
def score_models(
    job: Annotated[
        str | None,
        typer.Argument(
            help="detector, number_reader, torso_reader or court; all jobs of the pack if not given"
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="with a job: labelled pictures (Parquet, COCO, folders); without: a folder with"
            " players_valid, jersey_crops_valid, courts_valid, or some of them"
        ),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="with a job: score this safetensors file instead")
    ] = None,
    pack: PackOption = "starter",
    cache: CacheOption = WEIGHTS_CACHE,
    as_json: JsonOption = False,
) -> None:
    """Score one model on a file of labels, or a whole pack on real files and rendered sets."""
    with plain_errors():
        if job is None:
            _score_pack(pack, data, cache, as_json=as_json)
        elif data is None:
            raise LabelsError(f"score {job}: name labelled pictures with --data")
        else:
            _score_job(job, data, weights, (pack, cache), as_json=as_json)


def _score_job(
    job: str, data: Path, weights: Path | None, source: tuple[str, Path], *, as_json: bool
) -> None:
    from playerid.scores.judge import check_job, score, with_weights  # noqa: PLC0415, seconds

    check_job(job)
    pack, cache = source
    model = model_of(pack, job)
    model = with_weights(model, weights) if weights else model
    with console.status(f"{job}: {data.name} ..."):
        scores = score(backends.load(model, cache), job, data)
    if as_json:
        _print_json({name: _known(value) for name, value in scores.items()})
        return
    table = Table("score", "value", title=f"{job} ({model.backend}) on {data.name}")
    for name, value in scores.items():
        table.add_row(name, f"{value:.4g}")
    console.print(table)


def _score_pack(pack: str, data: Path | None, cache: Path, *, as_json: bool) -> None:
    from playerid.scores.score_table import ArenaSizes, score_pack  # noqa: PLC0415, seconds

    if data is not None and not data.is_dir():
        raise LabelsError(f"{data}: without a job, --data is a folder with labelled files")
    with console.status("scoring ...") as status:
        sizes = ArenaSizes(sport=sport_of(pack) or FIRST_SPORT)
        rows = score_pack(load_pack(pack), data, cache, sizes, on_progress=status.update)
    if as_json:
        found: dict[str, dict[str, dict[str, float | None]]] = {}
        for row in rows:
            found.setdefault(row.job, {}).setdefault(row.data, {})[row.name] = _known(row.value)
        _print_json(found)
        return
    table = Table("job", "set", "score", "value", "wanted", title=f"pack {pack}")
    for row in rows:
        wanted = "" if row.wanted is None else f"{row.wanted:g}"
        colour = None if row.is_reached else "yellow"
        table.add_row(row.job, row.data, row.name, f"{row.value:.4g}", wanted, style=colour)
    console.print(table)


@models.command("torsos")
def cut_torsos(
    video: Annotated[Path, typer.Argument(help="clip that was labelled by hand")],
    labels: Annotated[Path, typer.Argument(help="its labels, as `playerid evaluate` takes them")],
    to: Annotated[Path, typer.Option(help="Parquet file to write")],
) -> None:
    """Cut the players of a labelled clip out, to score a torso reader on: `models score`."""
    import pyarrow.parquet as pq  # noqa: PLC0415, seconds

    from playerid.evaluate.labels import read_labels  # noqa: PLC0415, seconds
    from playerid.evaluate.torsos import cut_labelled_torsos  # noqa: PLC0415, seconds

    with plain_errors(), video.open("rb") as file:
        people = read_labels(labels.read_text("utf-8"), labels.name)
        rows = cut_labelled_torsos(file, video.name, people)
        pq.write_table(rows, to)
    legible = len(rows) - rows["number"].null_count
    console.print(f"{to}: {len(rows)} players, the number of {legible} is legible")


@models.command("list")
def list_models(
    pack: PackOption = "starter", cache: CacheOption = WEIGHTS_CACHE, as_json: JsonOption = False
) -> None:
    """List the models of a pack: backend, weights, checksum, size, and whether they are here."""
    with plain_errors():
        rows = [_listed(model, cache) for model in load_pack(pack).values()]
    if as_json:
        _print_json(rows)
        return
    table = Table("job", "backend", "weights", "SHA-256", "MB", "here", title=f"pack {pack}")
    for row in rows:
        size = "" if row["bytes"] is None else f"{row['bytes'] / 1e6:.1f}"  # type: ignore[operator]
        here = "yes" if row["is_here"] else "no"
        shown = [row["job"], row["backend"], row["weights"] or "none", str(row["sha256"])[:12]]
        table.add_row(*map(str, shown), size, here if row["weights"] else "")
    console.print(table)


def _listed(model: Model, cache: Path) -> dict[str, object]:
    path = model.path(cache)
    is_here = path is None or path.is_file()
    return {
        "job": model.job,
        "backend": model.backend,
        "weights": model.weights,
        "sha256": model.sha256,
        "bytes": path.stat().st_size if path and is_here else None,
        "is_here": is_here,
        "digest": model.digest,
    }


@models.command("fetch")
def fetch(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="published weights instead of a pack's: rfdetr-small, smolvlm2-500m"),
    ] = None,
    pack: PackOption = "starter",
    files: Annotated[
        Path | None,
        typer.Option(help="take them from this folder, at any depth: no network is needed"),
    ] = None,
    cache: CacheOption = WEIGHTS_CACHE,
) -> None:
    """Fetch the weights of a pack into the cache, once, and check them.

    Of models that nobody publishes, the weights that their training begins with are fetched, and
    the command that makes them is said. Behind a mirror of the model hub, set HF_ENDPOINT.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    failed = False
    with plain_errors():
        models_of_pack = [] if names else [*load_pack(pack).values()]
        wanted = [weights_named(name) for name in names or ()]
    wanted += [found for model in models_of_pack if (found := to_fetch(model))]
    with Progress(*columns, TransferSpeedColumn(), console=console) as progress:
        for published in wanted:
            bar = progress.add_task(published.name, total=None)

            def show(done: int, total: int | None, bar: object = bar) -> None:
                progress.update(bar, completed=done, total=total)  # type: ignore[arg-type]

            try:
                path = fetch_pretrained(published, cache, files, show)
                show(path.stat().st_size, path.stat().st_size)
            except WeightsError as error:
                failed = True
                progress.console.print(str(error), markup=False, soft_wrap=True)
    failed |= _say_what_else(models_of_pack, pack, cache)
    if failed:
        raise typer.Exit(1)


def _say_what_else(models_of_pack: list[Model], pack: str, cache: Path) -> bool:
    """Check the weights that need no fetching, and say how missing ones are made."""
    failed = False
    for model in models_of_pack:
        try:
            if made_by := how_to_make(model, pack):
                console.print(
                    f"{model.job}: nobody publishes it; made by\n  {made_by}", soft_wrap=True
                )
            elif to_fetch(model) is None:
                model.local_weights(cache)
        except WeightsError as error:
            failed = True
            console.print(str(error), markup=False, soft_wrap=True)
    return failed


@models.command("verify")
def verify(pack: PackOption = "starter", cache: CacheOption = WEIGHTS_CACHE) -> None:
    """Check every file of weights against the pack; name those that are not what they should be."""
    failed = False
    with plain_errors():
        wanted = load_pack(pack).values()
    for model in wanted:
        try:
            path = model.path(cache)
            if path and model.sha256 and not path.is_file():
                raise WeightsError(f"{path} is not there; run: playerid models fetch --pack {pack}")
            found = model.local_weights(cache)
            state = f"{found.name}: intact" if found else "names no weights"
        except PlayerIdError as error:
            failed, state = True, str(error)
        console.print(f"{model.job}: {state}", markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@models.command("card")
def card(
    job: Annotated[str, typer.Argument(help="detector, number_reader, court, tracker, ...")],
    pack: PackOption = "starter",
) -> None:
    """Show the card of a model: its data, its scores, its weak spots."""
    from rich.markdown import Markdown  # noqa: PLC0415, slow, and every command imports this

    with plain_errors():
        console.print(Markdown(model_of(pack, job).read_card()))


@models.command("promote")
def promote(
    job: Annotated[str, typer.Argument(help="detector, number_reader, torso_reader or court")],
    candidate: Annotated[Path, typer.Option(help="safetensors file of the new weights")],
    data: Annotated[Path, typer.Option(help="held-out labelled pictures")],
    to: Annotated[
        Path | None,
        typer.Option(help="pack to write, a TOML file; the pack's own file if not given"),
    ] = None,
    pack: PackOption = "starter",
    cache: CacheOption = WEIGHTS_CACHE,
) -> None:
    """Put new weights into a pack, unless they are worse than the current ones by more than noise.

    Both are run over the same held-out pictures. A paired bootstrap over the pictures gives an
    interval for the difference of each score; if one lies wholly on the wrong side, the candidate
    is refused, and the message says by how much. Otherwise weights and SHA-256 are written.
    """
    from playerid.scores.promotion import compare_weights, refuse_worse, write_promoted  # noqa: PLC0415, seconds

    with plain_errors():
        target = to or Path(pack)
        if target.suffix != ".toml":
            raise WeightsError("name the pack to write with --to: a pack of the package stays")
        with console.status("comparing ...") as status:
            model = model_of(pack, job)
            found = compare_weights(model, candidate, data, cache, status.update)
        for difference in found:
            console.print(str(difference), markup=False)
        refuse_worse(job, found)
        promoted = write_promoted(pack, job, candidate, target)
    console.print(f"{target}: {job} is now {promoted.sha256}", soft_wrap=True)


def _known(value: float) -> float | None:
    """JSON has no NaN: nothing to score is null."""
    return None if math.isnan(value) else value


def _print_json(content: object) -> None:
    sys.stdout.write(json.dumps(content, indent=1) + "\n")
