"""What the page of a game says, asked of its published tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from playerid.archive.entry import Entry
from playerid.queries import checks
from playerid.warehouse.warehouse import run_checks

QUERIES = {
    "games": "select * from games",
    "segments": "select segment_index, start_s, end_s, view from segments order by start_s",
    # Share of the sampled frames whose court is solved, and named players in a frame, by time.
    "coverage": """
        with bins as (select greatest(duration_s / 200, 0.5) as bin_s from games),
        solved as (
            select floor(time_s / bin_s) as bin, avg((image_to_court is not null)::integer) as share
            from court_views cross join bins group by bin
        ),
        people as (
            select floor(time_s / bin_s) as bin, frame_index, count(player_id) as named
            from players cross join bins
            where view = 'main' and role = 'player'
            group by bin, frame_index
        ),
        named as (select bin, avg(named) as named_players from people group by bin)
        select (bin + 0.5) * bin_s as time_s, solved.share as court_solved, named.named_players
        from solved full join named using (bin) cross join bins
        order by bin
    """,
    # When each player was seen: one bar per tracklet.
    "presence": """
        select team_id, player_id, any_value(player_name) as player_name,
            min(time_s) as start_s, max(time_s) as end_s, avg(identity_prob) as identity_prob
        from players
        where view = 'main' and player_id is not null
        group by team_id, player_id, tracklet_id
        order by start_s, tracklet_id
    """,
    "people": """
        select seen.team_id, seen.player_name, jersey_number, seen.player_id,
            seen.observed_s, identity_prob, distance_m, mean_speed_mps,
            offence_lane_s, defence_lane_s
        from observed_time as seen
        left join rosters using (game_id, player_id)
        left join player_distance using (game_id, player_id)
        left join lane_time using (game_id, player_id)
        where player_id is not null
        order by seen.team_id, seen.observed_s desc
    """,
    # Seconds of players in the main view by the probability of the likeliest, named or not.
    "confidence": """
        select least(floor(identity_prob * 20), 19) / 20 as from_prob,
            player_id is not null as is_named, sum(frame_s) as seen_s
        from players inner join main_frames using (game_id, frame_index)
        where role = 'player' and identity_prob is not null
        group by all order by all
    """,
    "lineups": """
        select team_id, player_ids, observed_s, observed_share from lineups
        order by team_id, observed_s desc
    """,
    "heat": """
        select team_id, player_id, is_offence, cell_x_m, cell_y_m, seen_s from heat_map
        order by all
    """,
    "shots": """
        select team_id, shot_attempts.player_id, player_name, kind, court_x_m, court_y_m,
            distance_m, is_three, is_made, release_s
        from shot_attempts left join rosters using (game_id, team_id, player_id)
        order by release_s
    """,
    "violations": """
        select three_second_violations.*, player_name
        from three_second_violations left join rosters using (game_id, team_id, player_id)
        order by case grade when 'clear' then 0 when 'technical' then 1 else 2 end, start_s
    """,
    "names": "select player_id, team_id, player_name, jersey_number from rosters",
}


@dataclass(frozen=True, slots=True)
class GameFacts:
    """Everything that the page of a game shows, less its moving pictures.

    Attributes:
        entry: the published game.
        rows: name of each of `QUERIES` -> its rows.
        checks: name of each check -> how many rows should not exist.
        meanings: name of each check -> what it asks.
    """

    entry: Entry
    rows: Mapping[str, pa.Table]
    checks: Mapping[str, int]
    meanings: Mapping[str, str]


def read_facts(connection: duckdb.DuckDBPyConnection, entry: Entry) -> GameFacts:
    """Ask the warehouse of one game everything that its page shows."""
    rows = {name: connection.sql(query).to_arrow_table() for name, query in QUERIES.items()}
    meanings = {check.name: check.about for check in checks()}
    return GameFacts(entry, rows, run_checks(connection.cursor()), meanings)
