"""The command `playerid correct`: say by hand who somebody is."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from playerid.archive.archive import Archive
from playerid.cli.options import ArchiveOption, console, plain_errors


def add_to(app: typer.Typer) -> None:
    """Give the `playerid` command the command of this module."""
    app.command()(correct)


def correct(  # noqa: PLR0913, PLR0917, one option each
    game: Annotated[str, typer.Argument(help="a published game")],
    tracklet: Annotated[int | None, typer.Argument(help="whom it is about: tracklet_id")] = None,
    who: Annotated[
        str | None,
        typer.Argument(help="player_id; or home, away or team_id for its team; or nobody"),
    ] = None,
    archive: ArchiveOption = "archive",
    time: Annotated[
        str, typer.Option(help="only from START to END, seconds of the video, as 12.5..15")
    ] = "",
    remove: Annotated[int | None, typer.Option(help="take back the correction of this row")] = None,
    from_file: Annotated[
        Path | None,
        typer.Option("--from", help="what was changed in CVAT (.xml) or Label Studio (.json)"),
    ] = None,
) -> None:
    """Say by hand who a tracklet is; without a tracklet, show what was said.

    It is kept in `corrections/GAME.json` of the archive, tied to the picture, and stands above
    everything that is read or inferred in this and every later run. `playerid process` then
    decides the game again; no model runs.
    """
    from playerid.operate.hand_corrections import (  # noqa: PLC0415
        add_correction,
        list_corrections,
        remove_correction,
        this_user,
    )

    if tracklet is not None and who is None:
        raise typer.BadParameter(f"say who tracklet {tracklet} is: a player_id, a team, or nobody")
    with plain_errors():
        if tracklet is not None and who is not None:
            add_correction(Archive(archive), game, tracklet, who, _span_s(time), this_user())
        if from_file is not None:
            from playerid.exchange.from_editors import add_from_editor  # noqa: PLC0415

            made = add_from_editor(Archive(archive), game, from_file, this_user())
            console.print(f"{len(made)} corrections from {from_file}")
        if remove is not None:
            remove_correction(Archive(archive), game, remove)
        standing = list_corrections(Archive(archive), game)
    table = Table("row", "who", "from s", "to s", "tracklets", "boxes", "said by")
    for row, found in enumerate(standing):
        item = found.correction
        ids = " ".join(map(str, found.tracklet_ids)) or "nobody is tracked there"
        who = item.player_id or item.team_id or "nobody"
        table.add_row(
            str(row),
            who,
            f"{item.start_s:.2f}",
            f"{item.end_s:.2f}",
            ids,
            str(found.boxes),
            item.said_by or "",
        )
    console.print(table)
    if tracklet is not None or remove is not None or from_file is not None:
        console.print(f"Now: playerid process --archive {archive} {game}", soft_wrap=True)


def _span_s(time: str) -> tuple[float | None, float | None]:
    """First and last time of an option; None where it is left open."""
    first, _, last = time.partition("..")
    try:
        return float(first) if first else None, float(last) if last else None
    except ValueError as error:
        raise typer.BadParameter(f"{time!r}: expected START..END in seconds") from error
