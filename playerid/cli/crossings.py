"""`playerid models crossings`: who is who after people have crossed."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from playerid.cli.options import CacheOption, JsonOption, PackOption, console, plain_errors
from playerid.models.packs import WEIGHTS_CACHE, load_pack

if TYPE_CHECKING:
    from playerid.scores.crossings import CrossingRow


def crossings(
    pack: PackOption = "starter",
    games: Annotated[int, typer.Option(min=1, help="rendered games")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="of each game")] = 20.0,
    cache: CacheOption = WEIGHTS_CACHE,
    as_json: JsonOption = False,
) -> None:
    """Compare trackers on rendered games: what masks in windows around overlaps bring, and cost.

    Everybody is followed at 10 frames a second by the boxes of the pack's detector, in the main
    views of games that nothing was trained on. The pack's tracker stands beside windows with true
    masks (what a perfect segmenter would bring), with the small SAM 2 of starter-t4 and with the
    pack's mask head, and beside McByte, BoT-SORT and OC-SORT of the library `trackers`.

    A switch is a tracklet that goes over to another person; at a crossing, if the true boxes of
    the two overlap just before or after. A break is a person who goes on under a new tracklet.
    ID precision and coverage are IDP and IDR. Segmented is the share of person-frames that lie in
    windows; fewer pixels says how many times fewer pixels of the picture are looked at than by
    SAM 2 on every whole frame. "Never cut" keeps tracklets that the pack's tracker would end
    where two people may have been mixed up.

    Three games of 20 s take about five minutes on two cores.
    """
    from playerid.scores.crossings import score_crossings  # noqa: PLC0415, torch

    with plain_errors(), console.status("rendering ...") as status:
        rows = score_crossings(load_pack(pack), cache, games, seconds, status.update)
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    else:
        console.print(_shown(rows, f"{games} games of {seconds:g} s, pack {pack}"))


def _shown(rows: "Sequence[CrossingRow]", title: str) -> Table:
    table = Table(title=title, box=None, collapse_padding=True)
    table.add_column("tracker", no_wrap=True)
    for name in ("HOTA", "IDF1", "ID prec.", "cov.", "switches", "crossing", "breaks"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("segm.", "win/min", "px fewer", "ms"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        its, costs = row.scores, row.costs
        values = [f"{v:.3f}" for v in (its.hota, its.idf1, its.precision, its.coverage)]
        values += [str(count) for count in (its.switches, its.at_crossings, its.breaks)]
        if costs is None:
            values += ["", "", ""]
        else:
            values += [
                f"{costs.person_frames / costs.all_person_frames:.0%}",
                f"{60 * costs.windows / costs.seconds:.0f}",
                f"{costs.all_pixel_frames / costs.pixel_frames:.1f} x",
            ]
        table.add_row(row.name, *values, f"{row.frame_ms:.0f}")
    return table
