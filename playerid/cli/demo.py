"""A small night of rendered games: made, processed, scored against the known truth."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from flows.nightly import nightly
from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.arena.night import SEASON, render_night
from playerid.evaluate.archive_scores import score_archive
from playerid.queries import views
from playerid.report import write_night_page
from playerid.report.drawing import draw_game, is_drawn
from playerid.warehouse.ask import open_warehouse
from tasks.platform.here import run
from tasks.platform.settings import Settings

SHOWN = (
    ("Who was identified, and how surely", "observed_time", """
select game_id, team_id, player_name, round(observed_s, 1) as seconds,
    round(identity_prob, 3) as probability
from observed_time where player_id is not null order by game_id, team_id, observed_s desc
"""),
    ("Counts of three seconds, by how sure they are", "three_second_violations", """
select game_id, kind, grade, count(*) as counts
from three_second_violations group by all order by all
"""),
    ("Of which are clear", "three_second_violations", """
select game_id, kind, player_id, round(start_s, 1) as start_s,
    round(min_duration_s, 1) as at_least_s, round(max_duration_s, 1) as at_most_s
from three_second_violations where grade = 'clear' order by game_id, start_s
"""),
)  # fmt: skip
"""Title, the view that is asked, and the question: of views that the sport of the games has."""

RENDERS, PROCESSES = "rendering the games", "detecting, tracking, reading, identifying, publishing"


@dataclass(frozen=True, slots=True)
class Night:
    """What is rendered: how many games, how long each period, at which level, of whose motion.

    The n-th game is drawn from `seed` + n.
    """

    games: int
    seconds: float
    level: str
    motion: Path | None
    seed: int
    sport: str


def run_demo(archive: Archive, night: Night, console: Console) -> None:
    """Render, process, score and show a night; what is there already is not made again."""
    archive.probe()
    game_ids, reasons = _play(archive, night, console)
    for game_id, reason in reasons.items():
        console.print(f"{game_id}: {'published' if reason is None else 'set aside: ' + reason}")
    scores = score_archive(archive, game_ids)
    archive.write(layout.SCORES, (json.dumps(scores, indent=1, sort_keys=True) + "\n").encode())
    first = game_ids[0]
    is_changed = not is_drawn(archive, first)
    with console.status(f"drawing {first}, and the pages ..."), ThreadPoolExecutor() as pool:
        drawing = pool.submit(draw_game, archive, first) if is_changed else None
        if is_changed or not archive.exists(layout.night_page(None)):
            write_night_page(archive, None)
        if drawing:
            drawing.result()
    console.print(f"pages: {archive.path(layout.night_page(None))}")
    console.print(f"annotated video: {archive.path(layout.annotated_video(first))}")
    if len(game_ids) > 1:
        console.print(f"another: playerid render {game_ids[1]} --archive {archive.url}")
    connection = open_warehouse(archive, SEASON)
    sports = {view.name: view.sport for view in views()}
    for title, view, question in SHOWN:
        if sports[view] in {"", night.sport}:
            show(console, title, connection.sql(question))
    connection.close()
    console.print(f"tables: {archive.path(layout.TABLES)}   scores: {archive.path(layout.SCORES)}")
    console.print_json(data={name: scores[name] for name in sorted(scores)})


def _play(
    archive: Archive, night: Night, console: Console
) -> tuple[list[str], dict[str, str | None]]:
    """Render the games, and process each as soon as it is there, beside the next.

    Returns:
        All games; and of those that were due, why each was set aside, or None.
    """
    game_ids: list[str] = []
    reasons: dict[str, str | None] = {}
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task(RENDERS, total=None)
        for ready in render_night(
            archive, night.games, night.seconds, level=night.level, motion=night.motion,
            seed=night.seed, sport=night.sport,
            on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
        ):  # fmt: skip
            progress.update(bar, description=f"{PROCESSES} {', '.join(ready)}")
            game_ids += ready
            decided = run(nightly, Settings(archive_url=archive.url, writes_pages=False))
            reasons |= decided
            progress.update(bar, description=RENDERS)
    return sorted(game_ids), reasons


def show(console: Console, title: str, rows: duckdb.DuckDBPyRelation) -> None:
    """Print the rows of a query."""
    table = Table(*rows.columns, title=title)
    for row in rows.fetchall():
        table.add_row(*(str(value) for value in row))
    console.print(table)
