"""Backends for tests of the flow: they see a fixed, simple world and need no weights."""

import json
import shutil

import numpy as np

from playerid.leagues import load_league
from playerid.models.court import CourtKeypoints
from playerid.models.detector import Detections
from playerid.models.number_reader import Readings
from playerid.models.text_reader import TextLines
from playerid.models.tracker import TrackedPeople
from playerid.tables import NUMBERS


class TenPlayers:
    """Detector: ten players in two rows, each with a number box, in every frame but black ones."""

    def __init__(self, weights=None):
        pass

    def detect(self, images):
        return [self._look(image) for image in images]

    def _look(self, image):
        brightness = float(np.median(image))
        if brightness < 10:
            return Detections.empty()
        height, width = image.shape[:2]
        boxes, labels = [], []
        for i in range(10):
            left, top = (0.05 + 0.09 * i) * width, (0.35 if i % 2 else 0.5) * height
            boxes.append([left, top, left + 0.05 * width, top + 0.25 * height])
            labels.append("player")
        for left, top, right, _ in boxes[:10]:
            middle = (left + right) / 2
            box = [middle - 4, top + 0.06 * height, middle + 4, top + 0.1 * height]
            boxes.append(box)
            labels.append("number")
        count = len(boxes)
        return Detections(
            np.array(boxes, np.float32), np.full(count, 0.9, np.float32), np.array(labels)
        )


class ByPlace:
    """Tracker: the n-th person of every frame is track n. May fail at a brightness."""

    def __init__(self, weights=None, fails_at_brightness=-100.0):
        self.fails_at_brightness = fails_at_brightness

    def start_segment(self, frames_per_second):
        pass

    def update(self, image, people):
        if abs(float(np.median(image)) - self.fails_at_brightness) < 3:
            raise OSError("the GPU fell off the bus")
        ids = np.arange(1, len(people) + 1, dtype=np.int32)
        return TrackedPeople(people.boxes_px, ids, people.scores, people.labels)


class ByOrder:
    """Team embedder: crops cycle through ten people, of whom every second is of the other team."""

    def __init__(self, weights=None):
        pass

    def embed(self, crops):
        place = np.arange(len(crops)) // max(len(crops) // 10, 1)
        return np.column_stack([place % 2, 1 - place % 2]).astype(np.float32)


class AlwaysSeven:
    """Number reader: surely "7"."""

    def __init__(self, weights=None):
        pass

    def read(self, crops):
        probs = np.full((len(crops), len(NUMBERS)), 0.001, np.float32)
        probs[:, NUMBERS.index("7")] = 1
        return Readings(probs / probs.sum(axis=1, keepdims=True))


class ReplacesVideo(AlwaysSeven):
    """Number reader that puts another video in the place of the one that is processed."""

    def __init__(self, weights=None, source="", target=""):
        self.source, self.target = source, target

    def read(self, crops):
        shutil.copyfile(self.source, self.target)
        return super().read(crops)


class FromAbove:
    """Court model: the whole NBA court fills the picture."""

    def __init__(self, weights=None):
        pass

    def find(self, images):
        court = load_league("nba").court
        points_m = court.points().points_m
        found = []
        for image in images:
            height, width = image.shape[:2]
            depth = 1 - 0.3 * (points_m[:, 1] / court.width + 0.5)
            x = width / 2 + points_m[:, 0] / court.length * width * 0.9 * depth
            y = height * (1 - 0.9 * (points_m[:, 1] / court.width + 0.5) * depth)
            points_px = np.column_stack([x, y]).astype(np.float32)
            found.append(CourtKeypoints(points_px, np.full(len(points_px), 0.9, np.float32)))
        return found


class TenMinutes:
    """Text reader: a bug in the upper left corner says first period, ten minutes."""

    def __init__(self, weights=None):
        pass

    def find(self, image):
        boxes = np.array([[10, 10, 40, 22], [60, 10, 110, 22]], np.float32)
        return TextLines(boxes, ("1ST", "10:00"), np.ones(2, np.float32))

    def read(self, crops):
        return ["10:00" if crop.shape[1] > 48 else "1ST" for crop in crops], [0.9] * len(crops)


NAMES = {
    "blank-text": "TenMinutes",
    "blank-detector": "TenPlayers",
    "blank-tracker": "ByPlace",
    "blank-embedder": "ByOrder",
    "blank-reader": "AlwaysSeven",
    "blank-replacing": "ReplacesVideo",
    "blank-court": "FromAbove",
}


def use_blank():
    """Let packs name these backends, in this process."""
    from playerid.models import registry

    registry.BACKENDS |= {name: f"tests.flows.blank:{cls}" for name, cls in NAMES.items()}


PACK = """
[detector]
backend = "blank-detector"
[tracker]
backend = "blank-tracker"
[team_embedder]
backend = "blank-embedder"
[number_reader]
backend = "blank-reader"
[court]
backend = "blank-court"
"""


def write_game(archive, game_id, video):
    """Put a game of two teams of eight into an archive."""
    archive.write(f"games/{game_id}/video.mp4", video)
    teams = {
        side: {
            "team_id": side.upper(),
            "name": side,
            "players": [
                {"player_id": f"{side}-{n}", "name": f"Player {n}", "number": str(n)}
                for n in range(offset, offset + 8)
            ],
        }
        for side, offset in (("home", 0), ("away", 40))
    }
    game = {"game_id": game_id, "season": "2024-25", "date": "2025-01-01", "league": "nba"}
    text = json.dumps({**game, **teams, "videos": ["video.mp4"]})
    archive.write(f"games/{game_id}/game.json", text.encode())
