"""Events of a game, spotted in its published tables -> rows of `spotted_events`."""

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from playerid.leagues.marks import Court
from playerid.models.spotter import AWAY, HOME, NOBODY, GoalCourt, SampledGame, Spots, Spotter
from playerid.tables import SPOTTED_EVENTS

FRAMES = """
select main_frames.frame_index, main_frames.segment_index, main_frames.time_s,
    main_frames.period, main_frames.game_clock_s,
    coalesce(attack_baskets.home_sign, 0) as home_sign,
    coalesce(ball_frames.court_x_m, holders.court_x_m) as ball_x_m,
    coalesce(ball_frames.court_y_m, holders.court_y_m) as ball_y_m
from main_frames
left join attack_baskets using (game_id, segment_index)
left join ball_frames
    on main_frames.game_id = ball_frames.game_id
    and main_frames.frame_index = ball_frames.frame_index
left join lane_positions as holders
    on ball_frames.game_id = holders.game_id
    and ball_frames.frame_index = holders.frame_index
    and ball_frames.holder_tracklet_id = holders.tracklet_id
order by main_frames.time_s
"""
PEOPLE = """
select frame_index, team_id, player_id, court_x_m, court_y_m,
    coalesce(player_id, '#' || tracklet_id) as person
from lane_positions order by time_s, tracklet_id
"""


def spotted_events(
    connection: duckdb.DuckDBPyConnection, court: Court, spotter: Spotter
) -> pa.Table:
    """Rows of `spotted_events` of a game; none where its court has no goals.

    Args:
        connection: the game.
        court: where it is played.
        spotter: who looks.
    """
    if not isinstance(court, GoalCourt):
        return SPOTTED_EVENTS.schema.empty_table()
    frames = connection.sql(FRAMES).to_arrow_table()
    if not len(frames):
        return SPOTTED_EVENTS.schema.empty_table()
    ((game_id, *teams),) = connection.sql(
        "select game_id, home_team_id, away_team_id from games"
    ).fetchall()
    spots = spotter.spot(_sampled(frames, connection.sql(PEOPLE).to_arrow_table(), teams, court))
    return _rows(spots, frames, (game_id, *teams), spotter.name)


def _sampled(frames: pa.Table, people: pa.Table, teams: list[str], court: GoalCourt) -> SampledGame:
    index = frames["frame_index"].to_numpy()
    order = np.argsort(index)
    rows = np.searchsorted(index[order], people["frame_index"].to_numpy())
    seen_at = order[np.minimum(rows, len(order) - 1)]
    names, first, seen = np.unique(
        np.array(people["person"].to_pylist(), np.str_), return_index=True, return_inverse=True
    )
    sides = {teams[0]: HOME, teams[1]: AWAY}
    of_team = people["team_id"].to_pylist()
    ordered = np.argsort(seen_at, kind="stable")
    places_m = _columns(people, "court_x_m", "court_y_m")
    return SampledGame(
        times_s=frames["time_s"].to_numpy(),
        periods=frames["period"].fill_null(0).to_numpy().astype(np.int64),
        home_signs=frames["home_sign"].to_numpy().astype(np.int64),
        ball_m=_columns(frames, "ball_x_m", "ball_y_m"),
        seen_at=seen_at[ordered].astype(np.int64),
        seen=seen.reshape(-1)[ordered].astype(np.int64),
        places_m=places_m[ordered],
        player_ids=np.where(np.char.startswith(names, "#"), "", names),
        sides=np.array([sides.get(of_team[row], NOBODY) for row in first], np.int64),
        court=court,
    )


def _rows(spots: Spots, frames: pa.Table, game: tuple[str, str, str], spotter: str) -> pa.Table:
    """Each event with the frame nearest before it."""
    game_id, *teams = game
    at = np.searchsorted(frames["time_s"].to_numpy(), spots.times_s, side="right").clip(1) - 1
    near = frames.take(pa.array(at))
    clock_s = _columns(near, "game_clock_s")[:, 0]
    clock_s -= spots.times_s - near["time_s"].to_numpy()
    names = {HOME: teams[0], AWAY: teams[1], NOBODY: None}
    columns = {
        "game_id": pa.repeat(game_id, len(spots)),
        "event_index": np.arange(len(spots)),
        "segment_index": near["segment_index"],
        "time_s": np.round(spots.times_s, 3),
        "period": near["period"],
        "game_clock_s": pa.array(clock_s, from_pandas=True),
        "kind": spots.kinds,
        "team_id": [names[side] for side in spots.sides.tolist()],
        "player_id": [player or None for player in spots.player_ids.tolist()],
        "in_player_id": [player or None for player in spots.in_player_ids.tolist()],
        "spot_prob": spots.probs,
        "court_x_m": pa.array(spots.places_m[:, 0], from_pandas=True),
        "court_y_m": pa.array(spots.places_m[:, 1], from_pandas=True),
        "spotter": pa.repeat(spotter, len(spots)),
    }
    arrays = [
        pa.array(values).cast(field.type) if not isinstance(values, pa.ChunkedArray)
        else values.cast(field.type)
        for field, values in zip(SPOTTED_EVENTS.schema, columns.values(), strict=True)
    ]  # fmt: skip
    return pa.table(arrays, schema=SPOTTED_EVENTS.schema)


def _columns(rows: pa.Table, *names: str) -> NDArray[np.float64]:
    """(N, K) columns; NaN where null."""
    columns = [rows[name].cast(pa.float64()).fill_null(float("nan")).to_numpy() for name in names]
    return np.column_stack(columns).reshape(len(rows), len(names))
