"""What is drawn between two samples stays on the people while the camera turns."""

import json

import numpy as np
import pyarrow as pa
import pytest
from scipy import ndimage

from playerid import tables
from playerid.frames.main_view import VideoSource
from playerid.frames.segments import Segment
from playerid.frames.video_writing import write_video
from playerid.game.roster import read_game
from playerid.report.overlay import Overlay
from playerid.report.picture_motion import follow_picture
from tests.playerid.game.test_intake import GAME

FRAMES, STEP = 61, 10
HALL_PX = (360, 1700)
SIZE_PX = (360, 640)


def left_edge_px(frame):
    """The camera sways: its left edge is here in the hall. Fastest, it turns 26 px a frame."""
    return round(500 - 500 * np.cos(frame / 19))


def place_px(frame):
    """(x, y) of a player in the hall, who runs against the camera's turn: 3 px a frame."""
    return 700 - 3 * (frame - 30), 150


def box_px(frame):
    """The player's box in the picture."""
    x, y = place_px(frame)
    return np.array([x - left_edge_px(frame), y, x - left_edge_px(frame) + 40, y + 100], float)


@pytest.fixture
def panned(tmp_path):
    """A hall of blurred noise, seen by a camera that sways, and one player in it."""
    random = np.random.default_rng(5)
    noise = ndimage.gaussian_filter(random.normal(size=(*HALL_PX, 3)), (3, 3, 0))
    hall = np.clip(120 + 900 * noise, 0, 255).astype(np.uint8)

    def pictures():
        for frame in range(FRAMES):
            picture = hall.copy()
            x, y = place_px(frame)
            picture[y : y + 100, x : x + 40] = (200, 30, 30)
            left = left_edge_px(frame)
            yield picture[:, left : left + SIZE_PX[1]]

    path = tmp_path / "panned.mp4"
    write_video(str(path), pictures(), 30)
    return VideoSource("panned.mp4", lambda: path.open("rb"))


def samples():
    """`player_frames` of the player, one in ten frames, while in the picture."""
    rows = [
        dict.fromkeys(tables.PLAYER_FRAMES.schema.names)
        | dict(zip(["x_min_px", "y_min_px", "x_max_px", "y_max_px"], box_px(frame), strict=True))
        | {"game_id": "g1", "tracklet_id": 1, "frame_index": frame, "role": "player"}
        for frame in range(0, FRAMES, STEP)
    ]
    return pa.Table.from_pylist(rows, tables.PLAYER_FRAMES.schema)


def farthest_px(overlay):
    """The largest distance of a side of a drawn box from where it belongs."""
    drawn = {frame: overlay.at(frame).boxes_px for frame in range(FRAMES)}
    assert all(len(boxes) == 1 for boxes in drawn.values())
    return max(np.abs(boxes[0] - box_px(frame)).max() for frame, boxes in drawn.items())


def test_boxes_stay_on_a_player_while_the_camera_turns(panned):
    game = read_game(json.dumps(GAME), "game.json")
    segment = Segment(0, 0, 0.0, 0, FRAMES, 0.0, FRAMES / 30, "main")
    first_to_now = follow_picture([panned], [segment])
    assert farthest_px(Overlay(game, samples())) > 15
    assert farthest_px(Overlay(game, samples(), first_to_now)) < 3


def test_nothing_is_followed_outside_the_main_view(panned):
    shots = [
        Segment(0, 0, 0.0, 0, 20, 0.0, 20 / 30, "other"),
        Segment(1, 0, 0.0, 20, FRAMES, 20 / 30, FRAMES / 30, "main"),
    ]
    first_to_now = follow_picture([panned], shots)
    assert (first_to_now[:21] == np.eye(3)).all()
    turned_px = left_edge_px(20) - left_edge_px(40)
    assert first_to_now[40][0, 2] == pytest.approx(turned_px, abs=3)
