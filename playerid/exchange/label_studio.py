"""Label Studio: regions of boxes over a video, each labelled with who the person is."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from playerid.errors import TableError
from playerid.exchange.editors import (
    VIDEOS,
    SaidBoxes,
    Track,
    labels_of,
    tracks_of,
)
from playerid.exchange.pictures import Pictures

BOX, VIDEO, WHO = "box", "video", "who"


def write_label_studio(
    connection: duckdb.DuckDBPyConnection, folder: Path, pictures: Pictures
) -> list[Path]:
    """Write `<game_id>.label-studio.json`, a task for each video file, and its `.config.xml`.

    `data.video` is the name of the file; make it the address at which Label Studio finds it. A
    region has one label: whoever is somebody else from a frame on becomes a region of their own.
    It cannot hold: places on the court, probabilities, the ball, the clock, cuts, people without a
    box.

    Raises:
        TableError: Nobody has a box, or the size of a video is not known.
    """
    (game_id,) = connection.sql("select game_id from games").fetchall()[0]
    tasks, rate = [], 0.0
    about = {row[0]: row[1:] for row in connection.sql(VIDEOS).fetchall()}
    for video, tracks in tracks_of(connection).items():
        size_px = pictures.size_px(video)
        if size_px is None:
            raise TableError(f"game {game_id}: its video is not here, and boxes are shares of it")
        frames, duration_s = about[video]
        rate = frames / duration_s
        results = [_region(track, size_px, frames, duration_s) for track in tracks]
        data = {"video": f"{game_id}-{video}", "game_id": game_id, "video_index": video}
        tasks.append({"data": data, "predictions": [{"result": results}]})
    path = folder / f"{game_id}.label-studio.json"
    path.write_text(json.dumps(tasks, indent=1), "utf-8")
    config = folder / f"{game_id}.label-studio.config.xml"
    config.write_text(_config(labels_of(connection), rate), "utf-8")
    return [path, config]


def _region(
    track: Track, size_px: tuple[int, int], frames: int, duration_s: float
) -> dict[str, Any]:
    width, height = size_px
    sequence = [
        {
            "frame": int(row["frame"]) + 1,
            "time": round(float(row["time_s"]), 4),
            "enabled": True,
            "rotation": 0,
            "x": 100 * row["x_min_px"] / width,
            "y": 100 * row["y_min_px"] / height,
            "width": 100 * (row["x_max_px"] - row["x_min_px"]) / width,
            "height": 100 * (row["y_max_px"] - row["y_min_px"]) / height,
        }
        for row in track.rows
    ]
    sequence[-1]["enabled"] = False
    value = {
        "framesCount": frames, "duration": duration_s, "sequence": sequence, "labels": [track.who],
    }  # fmt: skip
    return {
        "id": str(track.tracklet_id), "type": "videorectangle", "from_name": BOX,
        "to_name": VIDEO, "original_width": width, "original_height": height, "value": value,
    }  # fmt: skip


def _config(labels: list[str], rate: float) -> str:
    from xml.sax.saxutils import quoteattr  # noqa: PLC0415, only here

    listed = "\n".join(f"    <Label value={quoteattr(label)}/>" for label in labels)
    return (
        f'<View>\n  <Labels name="{WHO}" toName="{VIDEO}">\n{listed}\n  </Labels>\n'
        f'  <Video name="{VIDEO}" value="$video" framerate="{rate:.6g}"/>\n'
        f'  <VideoRectangle name="{BOX}" toName="{VIDEO}"/>\n</View>\n'
    )


def read_label_studio(path: Path, first_frames: dict[int, int]) -> SaidBoxes:
    """The boxes of an export of Label Studio (JSON), and who each is said to be.

    Of a task, the last annotation counts, or where there is none its prediction. Frames between
    two of a sequence are interpolated while it is enabled.

    Args:
        path: the JSON.
        first_frames: video file -> frame of the game at which it begins.

    Raises:
        TableError: It is not such an export.
    """
    try:
        tasks = json.loads(path.read_text("utf-8"))
        if not isinstance(tasks, list):
            raise TypeError("a list of tasks is missing")
        boxes = [
            (frame + first_frames[int(task["data"]["video_index"])], box, who)
            for task in tasks
            for region in (task.get("annotations") or task["predictions"])[-1]["result"]
            if region["type"] == "videorectangle"
            for frame, box, who in _shown(region)
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise TableError(f"{path}: expected an export of Label Studio: {error!r}") from error
    if not boxes:
        raise TableError(f"{path}: holds no region of boxes")
    return SaidBoxes(
        np.array([frame for frame, _, _ in boxes], np.int64),
        np.array([box for _, box, _ in boxes], np.float64),
        [who for _, _, who in boxes],
    )


def _shown(region: dict[str, Any]) -> list[tuple[int, list[float], str]]:
    """Frame of the file, box in pixels and person of each frame in which a region is shown."""
    width, height = region["original_width"], region["original_height"]
    (who,) = region["value"]["labels"]
    found: list[tuple[int, list[float], str]] = []
    before: tuple[int, list[float]] | None = None
    for each in sorted(region["value"]["sequence"], key=lambda one: int(one["frame"])):
        frame = int(each["frame"]) - 1
        x, y = each["x"] * width / 100, each["y"] * height / 100
        box = [x, y, x + each["width"] * width / 100, y + each["height"] * height / 100]
        if before is not None:
            for between in range(before[0] + 1, frame):
                share = (between - before[0]) / (frame - before[0])
                mixed = [a + share * (b - a) for a, b in zip(before[1], box, strict=True)]
                found.append((between, mixed, who))
        found.append((frame, box, who))
        before = (frame, box) if each["enabled"] else None
    return found
