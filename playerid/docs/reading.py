"""What a reader needs before the pages of names: the coordinates, and which table joins which."""

from collections.abc import Sequence
from typing import NamedTuple

from playerid.leagues import load_league
from playerid.queries import View
from playerid.report.plots import coordinates
from playerid.tables import PUBLIC_TABLES

NEEDED_FIRST = (
    "minutes", "observed_time", "player_distance", "shot_attempts", "possessions", "lineups",
    "lineup_possessions", "passes", "rebounds", "touches", "three_second_violations", "lane_time",
    "lane_stays", "matchups", "defender_distance", "spacing", "heat_map", "catch_and_shoot",
    "drives", "paint_touches", "transition", "block_attempts", "players", "speeds", "stints",
)  # fmt: skip
"""Who played and how much, then the ball, then the lane and the defence, then what these are of."""
LAYERS = ("stats", "base", "agreement")


class MapBox(NamedTuple):
    """Where a table is on the map, in steps of a box; `joins` leads up or to the left."""

    column: int
    row: int
    joins: Sequence[tuple[str, str]] = ()


GAME = "game_id"
FRAME = "game_id, frame_index"
MAP = {
    "games": MapBox(1, 0),
    "rosters": MapBox(0, 1, [("games", GAME)]),
    "segments": MapBox(1, 1, [("games", GAME)]),
    "called_events": MapBox(2, 1, [("games", GAME)]),
    "identities": MapBox(0, 2, [("rosters", "game_id, player_id")]),
    "player_frames": MapBox(
        1, 2, [("segments", "game_id, segment_index"), ("identities", "game_id, tracklet_id")]
    ),
    "clock_frames": MapBox(2, 2, [("called_events", "game_id, period")]),
    "court_views": MapBox(0, 3, [("player_frames", FRAME)]),
    "spotted_events": MapBox(1, 3, [("segments", "game_id, segment_index")]),
    "team_shapes": MapBox(0, 0, [("games", GAME)]),
    "ball_frames": MapBox(2, 3, [("player_frames", FRAME), ("clock_frames", FRAME)]),
}
"""Every public table; the columns that a join names are in both."""
STEP_X, STEP_Y, BOX_X, BOX_Y = 300, 110, 150, 40


def in_order_of_need(views: Sequence[View]) -> list[View]:
    """Answers first, those that most people ask for before others; then what they build on."""
    places = {name: place for place, name in enumerate(NEEDED_FIRST)}

    def need(view: View) -> tuple[int, int, str]:
        return places.get(view.name, len(places)), LAYERS.index(view.layer), view.name

    return sorted(views, key=need)


def draw_coordinates() -> str:
    """A court with its axes, as one SVG element."""
    return coordinates(load_league("nba").court)


def draw_joins() -> str:
    """The public tables and the columns that join them, as one SVG element."""
    assert MAP.keys() == {table.name for table in PUBLIC_TABLES}
    lines, boxes = [], []
    for name, place in MAP.items():
        x, y = _middle(place)
        lines += [_line((x, y), _middle(MAP[other]), columns) for other, columns in place.joins]
        boxes.append(
            f'<a href="tables.html#{name}"><rect x="{x - BOX_X // 2}" y="{y - BOX_Y // 2}"'
            f' width="{BOX_X}" height="{BOX_Y}" rx="6"/><text x="{x}" y="{y + 5}">{name}</text></a>'
        )
    width = STEP_X * 2 + BOX_X + 20
    height = STEP_Y * 3 + BOX_Y + 20
    return (
        f'<svg class="joins" role="img" aria-label="Map of joins" viewBox="0 0 {width} {height}">'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _middle(place: MapBox) -> tuple[int, int]:
    return 10 + BOX_X // 2 + STEP_X * place.column, 10 + BOX_Y // 2 + STEP_Y * place.row


def _line(one: tuple[int, int], two: tuple[int, int], columns: str) -> str:
    (x1, y1), (x2, y2) = one, two
    return (
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
        f'<text class="key" x="{(x1 + x2) // 2}" y="{(y1 + y2) // 2 - 4}">{columns}</text>'
    )
