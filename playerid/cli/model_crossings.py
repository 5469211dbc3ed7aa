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
    views of games that nothing was trained on: by boxes alone, by boxes whose tracklets are cut
    where two may have been mixed up unless their colours tell them apart, by windows with true
    masks (what a perfect segmenter would bring), with the small SAM 2 of starter-t4 and with the
    pack's mask head, and by McByte, BoT-SORT and OC-SORT of the library `trackers`, which never
    cut.

    prec. and cover. are identity precision and recall (IDP, IDR). A switch is a tracklet that goes
    over to another person; it counts at a crossing (cross.) if the true boxes of the two overlap
    just before or after. A break is a person who goes on under another tracklet.

    Segmented is the share of person-frames that lie in windows. Fewer pixels says how many times
    fewer pixels of the picture are looked at than by SAM 2 on every whole frame.

    Three games of 20 s take about five minutes on two cores.
    """
    from playerid.scores.crossings import score_crossings  # noqa: PLC0415, torch

    with plain_errors(), console.status("rendering ...") as status:
        rows = score_crossings(load_pack(pack), cache, games, seconds, status.update)
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
        return
    console.print(_scores(rows, f"{games} games of {seconds:g} s, pack {pack}"))
    console.print(_costs(rows))


def _table(title: str, *names: str) -> Table:
    table = Table(title=title, box=None)
    table.add_column("tracker", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _scores(rows: "Sequence[CrossingRow]", title: str) -> Table:
    table = _table(title, "HOTA", "IDF1", "prec.", "cover.", "switch", "cross.", "break")
    for row in rows:
        its = row.scores
        shares = [f"{v:.3f}" for v in (its.hota, its.idf1, its.precision, its.coverage)]
        counts = [str(count) for count in (its.switches, its.at_crossings, its.breaks)]
        table.add_row(row.name, *shares, *counts)
    return table


def _costs(rows: "Sequence[CrossingRow]") -> Table:
    table = _table("Cost", "segmented", "windows/min", "fewer pixels", "ms a frame")
    for row in rows:
        its, shown = row.costs, ["", "", ""]
        if its is not None:
            shown = [
                f"{its.person_frames / its.all_person_frames:.0%}",
                f"{60 * its.windows / its.seconds:.0f}",
                f"{its.all_pixel_frames / its.pixel_frames:.1f} x",
            ]
        table.add_row(row.name, *shown, f"{row.frame_ms:.0f}")
    return table
