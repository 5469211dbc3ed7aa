"""A published game as SportVU-like CSV and as COCO JSON."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv as pa_csv
from pycocotools import mask as coco

from playerid.exchange.pictures import Pictures
from playerid.exchange.sportvu import BALL_ID
from playerid.warehouse.plain_text import for_spreadsheets

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
    clock.period as quarter, games.game_id, placed.segment_index as event_id, placed.time_s
from placed
inner join segments on placed.segment_index = segments.segment_index and segments.view = 'main'
left join clock_frames as clock on placed.frame_index = clock.frame_index
cross join games
inner join leagues on games.league = leagues.league
order by placed.time_s, is_ball desc, team_id, player_id
"""
COCO_PEOPLE = """
select player_frames.*, segments.video_index
from player_frames inner join segments using (game_id, segment_index)
where x_max_px > x_min_px and y_max_px > y_min_px
order by frame_index, tracklet_id
"""
COCO_BALLS = """
select ball_frames.*, segments.video_index
from ball_frames inner join segments using (game_id, segment_index)
where x_max_px > x_min_px and y_max_px > y_min_px
order by frame_index
"""
COCO_OURS = ("team_id", "jersey_number", "player_id", "identity_prob")


def write_sportvu_csv(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write `<game_id>.csv`: feet from the corner, one row per named player and frame.

    A camera shot is an event. The ball (-1) is where its holder is. It cannot hold: people
    without a name, referees, probabilities, boxes, the ball in the air and its height (radius
    is empty), whether the clock runs. What was not read is empty.
    """
    rows = connection.sql(POSITIONS).to_arrow_table()
    target = folder / f"{_game_id(connection)}.csv"
    pa_csv.write_csv(for_spreadsheets(rows), target, pa_csv.WriteOptions(quoting_style="needed"))
    return [target]


def write_coco(
    connection: duckdb.DuckDBPyConnection, folder: Path, pictures: Pictures
) -> list[Path]:
    """Write `<game_id>.coco.json`: an image per sampled frame, boxes of people and the ball.

    Segmentation is the mask of a person, and area its area, where people were tracked by masks.
    Keys of our own, which readers of COCO ignore: frame_index, time_s, segment_index of an image;
    track_id, team_id, jersey_number, player_id, identity_prob of an annotation. It cannot hold:
    places on the court, homographies, the clock, people without a box; file_name is
    `<game_id>/<frame>.jpg`, which is not there. Width and height are null where the video is not
    in the archive.
    """
    game_id = _game_id(connection)
    names = {"player": 1, "referee": 2, "ball": 3, "other": 4}
    images: dict[int, dict[str, Any]] = {}
    annotations: list[dict[str, Any]] = []
    people, balls = connection.sql(COCO_PEOPLE), connection.sql(COCO_BALLS)
    for relation in (people, balls):
        for row in relation.to_arrow_table().to_pylist():
            frame = row["frame_index"]
            if frame not in images:
                images[frame] = _coco_image(game_id, row, pictures)
            annotations.append({
                "id": len(annotations) + 1, "image_id": frame,
                "category_id": names[row.get("role", "ball")],
                **_coco_shape(row, pictures), "iscrowd": 0,
                "score": row["detection_score"], "track_id": row.get("tracklet_id"),
                **{name: row[name] for name in COCO_OURS if name in row},
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


def _coco_image(game_id: str, row: dict[str, Any], pictures: Pictures) -> dict[str, Any]:
    frame = row["frame_index"]
    masks = pictures.masks.get(frame)
    size_px = pictures.size_px(row["video_index"])
    if masks:
        size_px = masks[0].width_px, masks[0].height_px
    width, height = size_px or (None, None)
    return {
        "id": frame, "file_name": f"{game_id}/{frame:06d}.jpg", "width": width, "height": height,
        "frame_index": frame, "time_s": row["time_s"], "segment_index": row["segment_index"],
    }  # fmt: skip


def _coco_shape(row: dict[str, Any], pictures: Pictures) -> dict[str, Any]:
    left, top, right, bottom = (row[f"{edge}_px"] for edge in ("x_min", "y_min", "x_max", "y_max"))
    box = {"bbox": [left, top, right - left, bottom - top]}
    mask = None
    if "tracklet_id" in row:
        mask = pictures.find_mask(row["frame_index"], (left, top, right, bottom))
    if mask is None:
        return box | {"area": (right - left) * (bottom - top), "segmentation": []}
    encoded = mask.as_coco()
    segmentation = encoded | {"counts": mask.counts.decode("ascii")}
    return box | {"area": int(coco.area(encoded)), "segmentation": segmentation}


def _game_id(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.sql("select game_id from games").fetchall()[0][0])
