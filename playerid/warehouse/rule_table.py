"""The table `leagues` of the warehouse: lengths and rules of every league file, in metres."""

import math

from playerid.leagues import League, league_names, load_league
from playerid.leagues.marks import Court

LENGTHS = {
    "length": "Length of the court.",
    "width": "Width of the court.",
    "basket_from_baseline": "Centre of the ring from the baseline.",
    "backboard_from_baseline": "Front of the backboard from the baseline.",
    "lane_length": "Length of the lane, from the baseline.",
    "lane_width": "Width of the lane.",
    "three_point_radius": "Radius of the three-point arc around the basket.",
    "three_point_corner": "Straight part of the three-point line, from the basket's axis.",
    "restricted_radius": "Radius of the restricted area around the basket.",
    "circle_radius": "Radius of the circles: centre, free-throw lines, penalty arcs.",
    "throw_line_from_baseline": "Free-throw line from the baseline.",
    "line_width": "Width of the lines.",
    "rim_height": "Height of the ring above the floor.",
    "rim_radius": "Radius of the ring.",
    "lane_behind_baseline": "How far the lane goes on behind the baseline.",
    "penalty_area_length": "Length of the penalty area, from the goal line.",
    "penalty_area_width": "Width of the penalty area.",
    "goal_area_length": "Length of the goal area, from the goal line.",
    "goal_area_width": "Width of the goal area.",
    "penalty_mark_from_goal_line": "Penalty mark from the goal line.",
    "corner_radius": "Radius of the corner arcs.",
    "goal_width": "Goal, between the posts.",
    "goal_height": "Height of the bar above the ground.",
    "target_x": "Centre of either basket or goal from the centre of the court.",
    "three_point_straight": "Straight part of the three-point line, from the baseline.",
    "basket_x": "Centre of either ring from the centre of the court.",
}
CLOCK = {
    "periods": "Periods before overtime.",
    "period_s": "Length of a period, seconds.",
    "overtime_s": "Length of an overtime, seconds.",
    "shot_clock_s": "Shot clock of a new possession, seconds; null if there is none.",
}
SPEEDS = {
    "fastest": "Nobody is faster, metres a second.",
    "high": "High-speed running begins here, metres a second; null if the sport draws no line.",
    "sprint": "Sprinting begins here, metres a second; null if the sport draws no line.",
}
RULES = {
    "defensive_three_seconds": "Whether the defence may stay in the lane only so long, too.",
    "lane_limit_s": "Longest stay in the lane, seconds.",
}
ABOUT = (
    "Lengths and rules of each league: the files of playerid/leagues, in metres; null is what"
    " its sport does not have."
)


def league_columns() -> list[tuple[str, str]]:
    """Name and meaning of every column of `leagues`."""
    lengths = [
        (f"{name}_m", f"{text.removesuffix('.')}, metres.") for name, text in LENGTHS.items()
    ]
    return [
        ("league", "Name of the league's file."),
        ("sport", "What it plays: the folder of that file."),
        ("on_court", "Players of a team on the court."),
        *lengths,
        *CLOCK.items(),
        *((f"{name}_mps", text) for name, text in SPEEDS.items()),
        *RULES.items(),
    ]


def leagues_table() -> str:
    """SQL that makes the table `leagues`."""
    header = ", ".join(name for name, _ in league_columns())
    rows = ",\n".join(f"    ({_values(load_league(name))})" for name in league_names())
    return (
        f"create or replace table leagues as\nselect {header}\n"
        f"from (values\n{rows}\n) as rules ({header});"
    )


def _values(league: League[Court]) -> str:
    lengths = [_number(getattr(league.court, name, None)) for name in LENGTHS]
    clock = [_number(getattr(league.clock, name)) for name in CLOCK]
    clock += [_number(league.sport.speeds.get(name)) for name in SPEEDS]
    rules = [_number(league.rules.get(name)) for name in RULES]
    sport = [f"'{league.sport.name}'", str(league.sport.on_court)]
    return ", ".join([f"'{league.name}'", *sport, *lengths, *clock, *rules])


def _number(value: float | bool | None) -> str:
    if value is None or value == math.inf:
        return "null"
    return f"{value!r}::double" if isinstance(value, float) else str(value).lower()
