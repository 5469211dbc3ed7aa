"""What the views say of recorded plays of real games, beside what others publish of such games."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from playerid.evaluate.recorded_plays import open_plays
from playerid.evaluate.shot_fit import ShotFit, fit_shots, labelled_shots
from playerid.warehouse.warehouse import disconnect


@dataclass(frozen=True, slots=True)
class Figure:
    """A question to the views whose answer somebody published, or counted in another way.

    Attributes:
        what: is measured.
        query: answers with one row.
        text: its columns in words.
        published: what others say, and who; "" if nobody does.
    """

    what: str
    query: str
    text: str
    published: str = ""


LIVE_S = "(select sum(end_s - start_s) from segments where view = 'main')"

FIGURES = (
    Figure(
        "plays, games, hours",
        f"select count(*), count(distinct game_id), {LIVE_S} / 3600 from segments",
        "{:,}, {}, {:.1f}",
    ),
    Figure(
        "distance in 36 minutes, miles",
        "select miles(sum(distance_m) / sum(observed_s) * 36 * 60) from player_distance",
        "{:.2f}",
        "2.5 to 2.9 (NBA player tracking)",
    ),
    Figure(
        "the same, from position to position without smoothing",
        """
        with steps as (
            select
                sqrt((court_x_m - lag(court_x_m) over path) ** 2
                    + (court_y_m - lag(court_y_m) over path) ** 2) as step_m,
                time_s - lag(time_s) over path as step_s
            from player_frames
            window path as (partition by game_id, tracklet_id order by time_s)
        )
        select miles(sum(step_m) / sum(step_s) * 36 * 60) from steps
        """,
        "{:.2f}",
        "recount",
    ),
    Figure(
        "mean speed, mph",
        "select miles_per_hour(sum(distance_m) / sum(observed_s)) from player_distance",
        "{:.2f}",
        "4.1 to 4.5 (NBA player tracking)",
    ),
    Figure(
        "spacing: mean distance of two team-mates in the frontcourt, ft",
        "select feet(sum(pair_distance_m * observed_s) / sum(observed_s)) from spacing",
        "{:.1f}",
    ),
    Figure(
        "nearest defender at the release: corner threes, other threes, ft",
        """
        select
            feet(avg(defender_distance_m) filter (abs(court_x_m) >= three_point_inner_x_m)),
            feet(avg(defender_distance_m) filter (abs(court_x_m) < three_point_inner_x_m))
        from shot_attempts inner join game_rules using (game_id)
        where is_three
        """,
        "{:.1f}, {:.1f}",
        "corners more open (Pelechrinis and Goldsberry 2021)",
    ),
    Figure(
        "threes, share of shot attempts",
        "select 100 * avg(is_three::int), count(*) from shot_attempts where is_three is not null",
        "{:.1f} % of {:,}",
        "28.5 % (2015-16, basketball-reference)",
    ),
    Figure(
        "shot attempts with a call of their team at equal clocks, after the lag (lag, half within)",
        """
        with usual as (select * from archive_clock_lags where event = 'shot attempt'),
        shots as (
            select
                shot_attempts.game_id,
                release_s,
                bool_or(abs(clock_pairs.lag_s) <= lag_near_s()) as is_equal,
                bool_or(abs(clock_pairs.lag_s - usual.lag_s) <= lag_near_s()) as is_shifted
            from shot_attempts
            cross join usual
            left join clock_pairs
                on shot_attempts.game_id = clock_pairs.game_id
                and shot_attempts.release_s = clock_pairs.seen_s
                and shot_attempts.team_id = clock_pairs.team_id
                and clock_pairs.event = 'shot attempt'
            group by all
        )
        select
            100 * avg(coalesce(is_equal, false)::int),
            100 * avg(coalesce(is_shifted, false)::int),
            any_value(usual.lag_s),
            any_value(usual.spread_s)
        from shots cross join usual
        """,
        "{:.0f} %, {:.0f} % ({:.2f} s, {:.2f} s)",
    ),
    Figure(
        "possessions by play-by-play, a team and 48 minutes",
        """
        select count(*) / 2 / count(distinct game_id)
            / (select avg(greatest(last_period, 4) - 4) * 5 / 48 + 1 from (
                select max(period) as last_period from called_events group by game_id))
        from called_possessions
        """,
        "{:.1f}",
        "95.8 (pace of 2015-16, basketball-reference)",
    ),
    Figure(
        "control of the ball as called, share of the time judged",
        "select 100 * sum(agreed_s) / sum(judged_s), sum(judged_s) / 3600"
        " from possession_agreement",
        "{:.1f} % of {:.1f} h",
    ),
    Figure(
        "who is on the court, as called, share of the time judged",
        "select 100 * sum(agreed_s) / (sum(agreed_s) + sum(disagreed_s)) from lineup_agreement",
        "{:.2f} %",
    ),
    *(
        Figure(
            f"three seconds, {kind}: clear, technical, possible; clear in 48 recorded minutes",
            f"""
            select
                count(*) filter (grade = 'clear'),
                count(*) filter (grade = 'technical'),
                count(*) filter (grade = 'possible'),
                2880 * count(*) filter (grade = 'clear') / {LIVE_S}
            from three_second_violations where kind = '{kind}'
            """,
            "{}, {}, {}; {:.1f}",
            published,
        )
        for kind, published in (
            ("offence", "2.5 or more listed, 0.38 called (league reviews 2015-18)"),
            ("defence", "3.8 or more listed, 0.62 called (the same)"),
        )
    ),
    Figure(
        "screens on the ball in 48 recorded minutes; over, under, switch, trap",
        f"""
        select 2880 * count(*) / {LIVE_S},
            100 * avg((defence = 'over')::int), 100 * avg((defence = 'under')::int),
            100 * avg((defence = 'switch')::int), 100 * avg((defence = 'trap')::int)
        from screens
        """,
        "{:.0f}; {:.0f}, {:.0f}, {:.0f}, {:.0f} %",
    ),
    Figure(
        "cuts, closeouts, fast breaks in 48 recorded minutes",
        f"""
        select 2880 * (select count(*) from cuts) / {LIVE_S},
            2880 * (select count(*) from closeouts) / {LIVE_S},
            2880 * (select count(*) from fast_breaks) / {LIVE_S}
        """,
        "{:.0f}, {:.0f}, {:.1f}",
    ),
    Figure(
        "defences that are likelier a zone; mean probability",
        "select 100 * avg((zone_prob > 0.5)::int), 100 * avg(zone_prob), count(*) from defences",
        "{:.1f} %; {:.1f} % of {:,}",
        "3 % in 2009-10, 0.2 % in 2017-18 (Synergy, by ESPN)",
    ),
)


def compare_plays(folder: Path, kept: Path | None = None) -> str:
    """The figures of the recorded plays of a folder, as a table in Markdown.

    Args:
        folder: as `open_plays` takes it.
        kept: where the tables are kept; if not given, they are removed.

    Raises:
        LabelsError: A file is missing.
    """
    with TemporaryDirectory() as temporary:
        connection = open_plays(folder, kept or Path(temporary))
        try:
            return as_markdown(describe_plays(connection)) + "\n"
        finally:
            disconnect(connection)


def describe_plays(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """A row for each figure: what, measured, published.

    Args:
        connection: recorded plays with their play-by-play (`open_plays`).
    """
    return [
        *(_row(connection, figure) for figure in FIGURES),
        *_shot_rows(fit_shots(labelled_shots(connection))),
    ]


def as_markdown(rows: Sequence[dict[str, str]]) -> str:
    """The rows as a table of a README."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(connection: duckdb.DuckDBPyConnection, figure: Figure) -> dict[str, str]:
    (values,) = connection.execute(figure.query).fetchall()
    known = all(value is not None for value in values)
    measured = figure.text.format(*values) if known else "not known"
    return {"figure": figure.what, "here": measured, "elsewhere": figure.published}


def _shot_rows(fit: ShotFit) -> list[dict[str, str]]:
    bands = "; ".join(f"{100 * said:.0f}, {100 * made:.0f}" for said, made, _ in fit.bands())
    worth = fit.held_out * fit.worth
    return [
        {
            "figure": "shot attempts that fell, of those whose call is known",
            "here": f"{100 * fit.made.mean():.1f} % of {len(fit.made):,}",
            "elsewhere": "45.2 % (2015-16, basketball-reference)",
        },
        {
            "figure": "expected points of a shot, on games held out; points made",
            "here": f"{worth.mean():.3f}; {(fit.made * fit.worth).mean():.3f}",
            "elsewhere": "",
        },
        {
            "figure": "probability that a shot falls: said, made, by fifths of the shots, per cent",
            "here": bands,
            "elsewhere": "",
        },
        {
            "figure": "Brier score of that; of the mean alone",
            "here": f"{fit.brier:.4f}; {fit.brier_of_mean:.4f}",
            "elsewhere": "",
        },
    ]
