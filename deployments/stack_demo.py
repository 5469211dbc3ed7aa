"""A night of rendered games and a small backfill through the stack, then whether all is there."""

import argparse
import sys
import time

from prefect.deployments import run_deployment
from rich.console import Console
from rich.table import Table

from playerid import catalog
from playerid.arena.night import render_night
from playerid.overview import overview
from tasks.elsewhere import wait_for
from tasks.settings import Settings


def main() -> None:
    """Render what is not there, start the backfill, then the night, and wait for both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--night", type=int, default=12, help="games of the night")
    parser.add_argument("--backfill", type=int, default=4, help="games of the backfill")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a game")
    wanted = parser.parse_args()
    console, archive = Console(), Settings().archive
    archive.probe()
    started = time.monotonic()
    with console.status("rendering the games ..."):
        of_night = render_night(archive, wanted.night, wanted.seconds)
        render_night(archive, wanted.backfill, wanted.seconds / 2)
    console.print(f"rendered after {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    runs = [
        run_deployment("nightly/nightly", parameters={"game_ids": of_night}, timeout=0),
        run_deployment("backfill/backfill", parameters={"at_once": 2}, timeout=0),
    ]
    with console.status("processing the night and the backfill ..."):
        states = [wait_for(run) for run in runs]
    console.print(f"processed after {time.monotonic() - started:.0f} s")
    table = Table("game", "state", "identity", "GPU s", "CPU s", "computed", "remembered")
    for game in overview(archive):
        shown = (game.facts.get(name) for name in ("identity_coverage", "gpu_s", "cpu_s"))
        numbers = [f"{value or 0:.2f}" for value in shown]
        table.add_row(game.game_id, game.state, *numbers, str(game.made), str(game.remembered))
    console.print(table)
    games = catalog.entries(archive)
    is_well = all(state.is_completed() for state in states)
    sys.exit(0 if is_well and len(games) == wanted.night + wanted.backfill else 1)


if __name__ == "__main__":
    main()
