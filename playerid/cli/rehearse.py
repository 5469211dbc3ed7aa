"""`playerid rehearse`: a whole game on this machine, before the season does it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from playerid.archive.archive import Archive
from playerid.cli.options import GamePackOption, JsonOption, console, messages, plain_errors

if TYPE_CHECKING:
    from playerid.operate.rehearsal import Rehearsal

SEED = 9_100_001
CALL = "import sys; from playerid.cli.main import app; app(sys.argv[1:])"
REPORT, LOG = "rehearsal.json", "rehearsal.log"


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(rehearse)


def rehearse(
    folder: Annotated[Path, typer.Argument(help="folder for the game and what comes of it")],
    minutes: Annotated[
        float, typer.Option(min=2, help="length of the broadcast, breaks included")
    ] = 135.0,
    clips: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="folder of real videos, one of which is in each break",
        ),
    ] = None,
    pack: GamePackOption = "",
    as_json: JsonOption = False,
) -> None:
    """Process a broadcast as long as a real one on this machine, and say what it takes.

    A game of four quarters is rendered, from the tip-off on, and put together with breaks of other
    views and real clips in the proportions of broadcasts: 2 h 15 min, of which a third is play. It
    is processed as `playerid process` does it; in the middle the run is killed and called again.
    The report says what each stage took, how much memory there was from the first sixth of the
    time to the last, what lies in the archive, and what the kill cost.

    On two cores 135 minutes take about 40 to render and 62 to process, beside other work, and
    2 GB of disk. Broken off, it goes on with what was rendered; called again when it is done, it
    shows its report. `playerid evaluate --archive FOLDER/archive` scores it.
    """
    from playerid.operate.rehearsal import Rehearsal  # noqa: PLC0415, as below

    with plain_errors():
        archive = Archive(str(folder / "archive"))
        if not (folder / REPORT).exists():
            found = _rehearse(archive, folder, minutes, clips, pack)
            (folder / REPORT).write_text(json.dumps(found.to_json(), indent=1) + "\n")
        found = Rehearsal(**json.loads((folder / REPORT).read_text()))
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), indent=1) + "\n")
        return
    for line in _said(found):
        console.print(line)
    table = Table("stage", "wall, min", "CPU, min", title="stages")
    for stage, (wall_s, cpu_s) in found.stages.items():
        table.add_row(stage, f"{wall_s / 60:.1f}", f"{cpu_s / 60:.1f}")
    console.print(table)
    console.print(f"scores: playerid evaluate --archive {archive.url}")


def _rehearse(
    archive: Archive, folder: Path, minutes: float, clips: Path | None, pack: str
) -> "Rehearsal":
    from playerid.archive import layout  # noqa: PLC0415, seconds
    from playerid.operate.rehearsal import rehearse as run  # noqa: PLC0415
    from playerid.operate.whole_game import GAME_ID, plan_whole_game, write_whole_game  # noqa: PLC0415

    shown = sorted(clips.glob("*.mp4")) if clips else []
    with Progress(console=messages) as progress:
        bar = progress.add_task("rendering", total=None)
        if not archive.exists(layout.game_file(GAME_ID)):
            whole = plan_whole_game(SEED, minutes, shown)
            write_whole_game(
                archive, folder / "pieces", whole,
                lambda done, total: progress.update(bar, completed=done, total=total),
            )  # fmt: skip
        progress.update(bar, description="looking", completed=0, total=None)
        command = [sys.executable, "-c", CALL, "process", GAME_ID, "--archive", archive.url]
        return run(
            archive, GAME_ID, [*command, "--pack", pack] if pack else command, folder / LOG,
            lambda done, total: progress.update(bar, completed=done, total=total or None),
        )  # fmt: skip


def _said(found: "Rehearsal") -> list[str]:
    sizes = ", ".join(f"{what} {size / 1e6:.0f} MB" for what, size in found.bytes.items())
    peaks = ", ".join(f"{peak:.0f}" for peak in found.megabytes)
    return [
        f"broadcast: {found.video_s / 60:.0f} min, {found.main_view_s / 60:.0f} of them main view;"
        f" {found.segments} segments in {found.parts} parts",
        f"took {found.wall_s / 60:.1f} min, {found.cpu_s / 60:.1f} of a core;"
        + (f" set aside: {found.reason}" if found.reason else " published"),
        f"killed after {found.killed_after_s / 60:.1f} min; the second run found {found.kept} steps"
        f" made, and had something new after {found.again_s:.0f} s",
        f"greatest memory in each sixth of the time, MiB: {peaks}",
        f"in the archive: {sizes}",
    ]
