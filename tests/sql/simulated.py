"""Games of the arena as public tables, from true positions: no pictures, no models."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from playerid.arena.game_motion import ArenaGame
from playerid.arena.stays import LaneEvent
from playerid.arena.world import ACTIONS
from playerid.tables import BALL_FRAMES, CLOCK_FRAMES, GAMES, PLAYER_FRAMES, SEGMENTS, Table

ACTION_NAMES = np.array(
    [a if a in {"jump-shot", "layup-dunk", "shot-block"} else "" for a in ACTIONS]
)


def write_games(
    folder: Path, games: Sequence[ArenaGame], *, step_s: float = 0.1, noise_m: float = 0.0
) -> dict[str, list[str]]:
    """Write simulated games as one main segment each; game k has the id "k".

    Args:
        folder: where the files go.
        games: what was simulated.
        step_s: time between two frames.
        noise_m: standard deviation of the error of positions, independent from frame to frame.
    """
    parts: dict[str, list[pa.Table]] = {}
    for index, game in enumerate(games):
        for name, rows in tables_of_a_game(game, str(index), step_s, noise_m).items():
            parts.setdefault(name, []).append(rows)
    files = {}
    for name, tables in parts.items():
        path = folder / f"{name}.parquet"
        pq.write_table(pa.concat_tables(tables), path)
        files[name] = [str(path)]
    return files


def spoil(files: dict[str, list[str]], *, seed: int = 0) -> dict[str, list[str]]:
    """Make of true tables what detection gives of them; the files are replaced.

    The clock is not read. A tracklet lasts 8 s on average; 0.3 of them have no name and 0.03 no
    team. 0.04 of the people are not seen in a frame. Who holds the ball is seen in 0.4 of the
    frames, and in 0.3 of those it is somebody else within 4 m; 0.6 of the frames of a shot attempt
    and 0.5 of those of a basket are seen.
    """
    random = np.random.default_rng(seed)
    rows = pq.read_table(files["player_frames"][0]).to_pandas()
    ball = pq.read_table(files["ball_frames"][0]).to_pandas()
    tracklets = _break_tracklets(rows, random)
    ball["holder_tracklet_id"] = _mistake_holders(rows, ball, random)
    ball["in_basket"] &= random.uniform(size=len(ball)) < 0.5
    nameless = random.uniform(size=tracklets) < 0.3
    teamless = random.uniform(size=tracklets) < 0.03
    rows.loc[nameless[rows["tracklet_id"]], ["player_id", "identity_prob"]] = None
    rows.loc[teamless[rows["tracklet_id"]], "team_id"] = None
    rows.loc[random.uniform(size=len(rows)) > 0.6, "action"] = None
    rows = rows[random.uniform(size=len(rows)) > 0.04]
    for table, frame in ((PLAYER_FRAMES, rows), (BALL_FRAMES, ball)):
        spoilt = pa.Table.from_pandas(frame, table.schema, preserve_index=False)
        pq.write_table(spoilt, files[table.name][0])
    pq.write_table(CLOCK_FRAMES.schema.empty_table(), files["clock_frames"][0])
    return files


def _break_tracklets(rows: pd.DataFrame, random: np.random.Generator) -> int:
    """Number the pieces of tracklets in place, and say how many there are.

    What they were stays in the column `person`.
    """
    whole = rows.groupby(["game_id", "tracklet_id"], sort=False).ngroup()
    breaks = pd.Series(random.uniform(size=len(rows)) < 0.1 / 8, rows.index)
    part = breaks.groupby(whole).cumsum()
    rows["person"] = rows["tracklet_id"]
    rows["tracklet_id"] = rows.groupby([whole, part]).ngroup()
    return int(rows["tracklet_id"].max()) + 1


def _mistake_holders(
    rows: pd.DataFrame, ball: pd.DataFrame, random: np.random.Generator
) -> pd.api.extensions.ExtensionArray:
    """Tracklet of who is seen with the ball in each row of `ball`: the holder, another, or none."""
    key, place = ["game_id", "frame_index"], ["court_x_m", "court_y_m"]
    held = rows.merge(ball[[*key, "holder_tracklet_id"]].dropna(), on=key)
    right = held[held["person"] == held["holder_tracklet_id"]].set_index(key)
    held = held.merge(right[place], on=key, suffixes=("", "_ball"))
    away_m = np.hypot(*(held[name] - held[f"{name}_ball"] for name in place))
    near = held[(away_m > 0) & (away_m < 4)].sample(frac=1, random_state=random)
    wrong = near.drop_duplicates(key).set_index(key)["tracklet_id"]
    frames = pd.MultiIndex.from_frame(ball[key])
    holder = right["tracklet_id"].reindex(frames).to_numpy(float)
    other = wrong.reindex(frames).to_numpy(float)
    holder = np.where((random.uniform(size=len(ball)) < 0.3) & ~np.isnan(other), other, holder)
    holder[random.uniform(size=len(ball)) > 0.4] = np.nan
    return pd.array(holder, "Int32")


def team_id(team: int) -> str:
    """Text for the two teams of a cast."""
    return ("HOM", "AWY")[team]


def event_key(game_id: str, game: ArenaGame, event: LaneEvent) -> tuple[str, str, str]:
    """Game, kind and player of an event, as the view words them."""
    kind = {"offensive": "offence", "defensive": "defence"}[event.kind]
    return game_id, kind, game.cast.people[event.person].person_id


def tables_of_a_game(
    game: ArenaGame, game_id: str, step_s: float, noise_m: float
) -> dict[str, pa.Table]:
    """Public tables of a simulated game; see `write_games`."""
    motion, cast = game.motion, game.cast.people
    stride = round(step_s / motion.step_s)
    sample = np.arange(0, len(motion), stride)
    frame = np.arange(len(sample))
    time_s = sample * motion.step_s
    random = np.random.default_rng(int(game_id))
    people = motion.people[sample, :10]
    places = motion.positions_m[sample, :10] + random.normal(0, noise_m, (*people.shape, 2))
    names = np.array([person.person_id for person in cast])
    teams = np.array([team_id(person.team) if person.team >= 0 else "" for person in cast])
    holder = motion.holder[sample].astype(int)
    holders = people[frame, np.maximum(holder, 0)]
    common = {"game_id": game_id, "segment_index": 0}
    frames = common | {"frame_index": frame, "time_s": time_s}
    end_s = float(time_s[-1] + step_s)
    return {
        "segments": _rows(SEGMENTS, 1, common | {
            "start_frame": 0, "end_frame": len(frame), "end_s": end_s, "view": "main",
        }),
        "player_frames": _rows(PLAYER_FRAMES, people.size, common | {
            "frame_index": np.repeat(frame, 10), "time_s": np.repeat(time_s, 10),
            "tracklet_id": people.ravel(), "role": "player", "team_id": teams[people.ravel()],
            "player_id": names[people.ravel()], "identity_prob": 1.0, "detection_score": 1.0,
            "court_x_m": places[..., 0].ravel(), "court_y_m": places[..., 1].ravel(),
            "action": ACTION_NAMES[motion.actions[sample, :10]].ravel(),
        }),
        "ball_frames": _rows(BALL_FRAMES, len(frame), frames | {
            "holder_tracklet_id": pa.array(holders, pa.int32(), mask=holder < 0),
            "in_basket": motion.ball_in_basket[sample], "detection_score": 1.0,
        }),
        "clock_frames": _rows(CLOCK_FRAMES, len(frame), frames | {
            "period": motion.period[sample], "game_clock_s": motion.game_clock_s[sample],
            "clock_running": motion.clock_running[sample],
            "home_score": motion.scores[sample, 0].astype(np.int32),
            "away_score": motion.scores[sample, 1].astype(np.int32),
        }),
        "games": _rows(GAMES, 1, {
            "game_id": game_id, "league": game.league.name,
            "home_team_id": team_id(0), "away_team_id": team_id(1),
        }),
    }  # fmt: skip


def _rows(table: Table, count: int, values: dict[str, object]) -> pa.Table:
    arrays = []
    for column in table.schema:
        value = values.get(column.name)
        if value is None and not column.nullable:
            value = "" if pa.types.is_string(column.type) else 0
        if not isinstance(value, np.ndarray | pa.Array):
            arrays.append(pa.repeat(pa.scalar(value, column.type), count))
            continue
        is_text = isinstance(value, np.ndarray) and value.dtype.kind == "U"
        array = pa.array(value, mask=value == "") if is_text else pa.array(value)
        arrays.append(array.cast(column.type))
    return pa.table(arrays, schema=table.schema)
