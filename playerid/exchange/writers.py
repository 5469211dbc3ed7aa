"""A published game as SportVU-like CSV, COCO JSON and JSON lines named after the CDF."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv as pa_csv

from playerid.exchange.sportvu import BALL_ID

POSITIONS = f"""
with placed as (
    select segment_index, frame_index, time_s, team_id, player_id, court_x_m, court_y_m,
        false as is_ball
    from player_frames
    where player_id is not null and court_x_m is not null
    union all
    select ball.segment_index, ball.frame_index, ball.time_s, '{BALL_ID}', '{BALL_ID}',
        holders.court_x_m, holders.court_y_m, true
    from ball_frames as ball
    inner join player_frames as holders
        on ball.frame_index = holders.frame_index and ball.holder_tracklet_id = holders.tracklet_id
    where holders.court_x_m is not null
)
select team_id, player_id,
    round(feet(court_x_m + length_m / 2), 3) as x_loc,
    round(feet(court_y_m + width_m / 2), 3) as y_loc,
    null::double as radius, clock.game_clock_s as game_clock, clock.shot_clock_s as shot_clock,
    coalesce(clock.period, 0) as quarter, games.game_id, placed.segment_index as event_id,
    placed.time_s
from placed
inner join segments on placed.segment_index = segments.segment_index and segments.view = 'main'
left join clock_frames as clock on placed.frame_index = clock.frame_index
cross join games
inner join leagues on games.league = leagues.league
order by placed.time_s, is_ball desc, team_id, player_id
"""
PEOPLE = """
select player_frames.*, segments.view
from player_frames inner join segments using (game_id, segment_index)
order by frame_index, tracklet_id
"""


def write_sportvu_csv(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>.csv`: feet from the corner, one row per named player and frame.

    A camera shot is an event. The ball (-1) is where its holder is. It cannot hold: people
    without a name, referees, probabilities, boxes, the ball in the air and its height (radius
    is empty), whether the clock runs; a quarter that was not read is 0.
    """
    rows = connection.sql(POSITIONS).to_arrow_table()
    target = folder / f"{_game_id(connection)}.csv"
    pa_csv.write_csv(rows, target, pa_csv.WriteOptions(quoting_style="needed"))
    return [target]


def write_coco(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>.coco.json`: an image per sampled frame, boxes of people and the ball.

    Keys of our own, which readers of COCO ignore: time_s, segment_index of an image; track_id,
    team_id, jersey_number, player_id, identity_prob of an annotation. It cannot hold: places on
    the court, homographies, the clock; width and height of the image are null, and file_name is
    `<game_id>/<frame>.jpg`, which is not there.
    """
    game_id = _game_id(connection)
    names = {"player": 1, "referee": 2, "ball": 3}
    images: dict[int, dict[str, Any]] = {}
    annotations: list[dict[str, Any]] = []
    kept = ("team_id", "jersey_number", "player_id", "identity_prob")
    people = connection.sql("from player_frames order by frame_index, tracklet_id")
    balls = connection.sql("from ball_frames order by frame_index")
    for relation in (people, balls):
        for row in relation.to_arrow_table().to_pylist():
            images.setdefault(row["frame_index"], {
                "id": row["frame_index"], "file_name": f"{game_id}/{row['frame_index']:06d}.jpg",
                "width": None, "height": None, "time_s": row["time_s"],
                "segment_index": row["segment_index"],
            })  # fmt: skip
            annotations.append({
                "id": len(annotations) + 1, "image_id": row["frame_index"],
                "category_id": names[row.get("role", "ball")], **_coco_box(row), "iscrowd": 0,
                "score": row["detection_score"], "track_id": row.get("tracklet_id"),
                **{name: row[name] for name in kept if name in row},
            })  # fmt: skip
    content = {
        "info": {"description": f"playerid, game {game_id}"},
        "categories": [{"id": number, "name": name} for name, number in names.items()],
        "images": [images[frame] for frame in sorted(images)],
        "annotations": annotations,
    }
    target = folder / f"{game_id}.coco.json"
    target.write_text(json.dumps(content) + "\n", "utf-8")
    return [target]


def write_cdf_jsonl(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>.cdf.jsonl`: a line per frame of the main view, court metres.

    The names are those of the Common Data Format's tracking; it is not valid against its schema:
    `period` is our number, since its periods are those of soccer, and `timestamp` is null, since
    a video does not say the time of day; `time_s` is ours. A player without a name has an id of
    null. It cannot hold: people whose team is undecided, probabilities, jersey numbers as text,
    boxes, cuts and cameras; the ball has a place only while held.
    """
    game_id = _game_id(connection)
    home, away = connection.sql("select home_team_id, away_team_id from games").fetchall()[0]
    target = folder / f"{game_id}.cdf.jsonl"
    with target.open("w", encoding="utf-8") as file:
        for frame in _cdf_frames(connection, game_id, {"home": home, "away": away}):
            file.write(json.dumps(frame) + "\n")
    return [target]


def _cdf_frames(
    connection: duckdb.DuckDBPyConnection, game_id: str, teams: dict[str, str]
) -> Iterator[dict[str, Any]]:
    clock = _by_frame(connection, "from clock_frames")
    balls = _by_frame(connection, "from ball_frames where holder_tracklet_id is not null")
    frames: dict[int, list[dict[str, Any]]] = {}
    for row in connection.sql(PEOPLE).to_arrow_table().to_pylist():
        if row["view"] == "main":
            frames.setdefault(row["frame_index"], []).append(row)
    for frame, people in frames.items():
        told = clock.get(frame, {})
        held = balls.get(frame, {}).get("holder_tracklet_id")
        holder = next((row for row in people if row["tracklet_id"] == held), None)
        yield {
            "frame_id": frame, "timestamp": None, "time_s": people[0]["time_s"],
            "period": told.get("period"), "match": {"id": game_id},
            "ball_status": told.get("clock_running"),
            "ball_poss_team_id": holder["team_id"] if holder else None,
            "teams": {
                side: {"id": team, "players": [
                    _cdf_place(row) for row in people
                    if row["role"] == "player" and row["team_id"] == team
                ]}
                for side, team in teams.items()
            },
            "ball": {"x": holder["court_x_m"], "y": holder["court_y_m"], "z": None}
            if holder else None,
            "referees": [_cdf_place(row) for row in people if row["role"] == "referee"],
        }  # fmt: skip


def _cdf_place(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["player_id"], "x": row["court_x_m"], "y": row["court_y_m"]}


def _by_frame(connection: duckdb.DuckDBPyConnection, query: str) -> dict[int, dict[str, Any]]:
    return {row["frame_index"]: row for row in connection.sql(query).to_arrow_table().to_pylist()}


def _coco_box(row: dict[str, Any]) -> dict[str, Any]:
    width, height = row["x_max_px"] - row["x_min_px"], row["y_max_px"] - row["y_min_px"]
    return {"bbox": [row["x_min_px"], row["y_min_px"], width, height], "area": width * height}


def _game_id(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.sql("select game_id from games").fetchall()[0][0])
