"""The command `playerid label`: frames to an editor, and labels back."""

from pathlib import Path
from typing import Annotated

import typer

from playerid.archive.archive import Archive
from playerid.cli.options import ArchiveOption, console, plain_errors

label = typer.Typer(
    no_args_is_help=True, help="Label frames of your own league in an editor, to train on them."
)


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the commands of this module."""
    app.add_typer(label, name="label")


@label.command("export")
def export_command(
    game: Annotated[str, typer.Argument(help="a published game")],
    archive: ArchiveOption = "archive",
    out: Annotated[Path, typer.Option(help="a new folder")] = Path("to-label"),
    frames: Annotated[int, typer.Option(min=1, help="how many, spread over the game")] = 40,
) -> None:
    """Write frames of a game, with what was found in them, as COCO with pictures.

    An editor opens them, as CVAT does: make a task with the labels of OUT/cvat_labels.json ("raw"
    tab) and the pictures, upload OUT/_annotations.coco.json as "COCO 1.0", correct boxes and
    areas, write what a shirt says into the attribute jersey_number of its number, "none" where
    nobody can read it, and export as "COCO 1.0" with images. Editors without attributes: draw
    the box of a number with the number itself as its label.
    """
    from playerid.training.frames_to_label import export_frames  # noqa: PLC0415

    with plain_errors():
        count = export_frames(Archive(archive), game, out, frames)
    console.print(f"{count} frames in {out}", soft_wrap=True)


@label.command("import")
def import_command(
    coco: Annotated[Path, typer.Argument(help="the JSON file that the editor exported")],
    out: Annotated[Path, typer.Option(help="folder for `playerid train --data`")] = Path("labels"),
    pictures: Annotated[
        Path | None, typer.Option(help="folder of the pictures, if they do not lie beside")
    ] = None,
    held_out: Annotated[
        float, typer.Option(min=0, max=0.9, help="share of the frames that is kept to score on")
    ] = 0.2,
) -> None:
    """Bring labels back, as the files that `playerid train` and `models score` read.

    Then: playerid train number_reader --data OUT --start starter --minutes 10
    """
    from playerid.training.labels_from_editor import import_labels  # noqa: PLC0415

    with plain_errors():
        for written in import_labels(coco, out, pictures, held_out=held_out):
            console.print(f"{written.file}: {written.rows}", soft_wrap=True)
