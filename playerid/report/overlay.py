"""Annotated video: boxes or masks, teams, names, and where everybody stands on the court."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import supervision as sv
from numpy.typing import NDArray

from playerid.frames.boxes import boxes_of
from playerid.frames.main_view import VideoSource
from playerid.frames.segments import Segment
from playerid.frames.video import read_every_frame
from playerid.game.roster import Game
from playerid.leagues.marks import Court
from playerid.models.tracker.motion import move_boxes

HOME, AWAY, REFEREE, UNKNOWN = range(4)
PALETTE = sv.ColorPalette.from_hex(["#1d6fd6", "#f08c1a", "#8a8f98", "#d6d6d6"])
BALL_COLOUR = sv.Color.from_hex("#ff5533")
GENERATIONS = {"Jr", "Sr", "II", "III", "IV", "V"}


@dataclass(frozen=True, slots=True)
class FrameOverlay:
    """What is drawn on one frame.

    Attributes:
        boxes_px: (N, 4).
        kinds: (N,) HOME, AWAY, REFEREE or UNKNOWN.
        labels: N texts.
        positions_m: (N, 2), NaN where unknown.
    """

    boxes_px: NDArray[np.float64]
    kinds: NDArray[np.int64]
    labels: list[str]
    positions_m: NDArray[np.float64]


class Overlay:
    """Boxes, names and positions of a game, at any of its frames.

    Between two samples of a tracklet, boxes and positions are interpolated: boxes along the
    picture, so that they stay on the people while the camera turns and zooms.

    Args:
        game: teams and names.
        rows: `player_frames` of the game.
        first_to_now: (F, 3, 3) how the picture moves, as `follow_picture` has it; without it the
            camera is taken to turn evenly between two samples.
        longest_gap: samples further apart than this many frames are not bridged.
    """

    def __init__(
        self,
        game: Game,
        rows: pa.Table,
        first_to_now: NDArray[np.float64] | None = None,
        longest_gap: int = 30,
    ) -> None:
        self._first_to_now = first_to_now
        self._names = {p.player_id: p.name for team in game.teams for p in team.players}
        self._kinds = {game.home.team_id: HOME, game.away.team_id: AWAY}
        self._longest_gap = longest_gap
        self._tracklets: dict[int, tuple[NDArray[np.int64], NDArray[np.float64], int, str]] = {}
        values = np.column_stack(
            [
                boxes_of(rows),
                *(rows[n].to_numpy(zero_copy_only=False) for n in ("court_x_m", "court_y_m")),
            ]
        ).astype(np.float64)
        ids, frames = np.asarray(rows["tracklet_id"]), np.asarray(rows["frame_index"])
        for tracklet_id in np.unique(ids):
            chosen = np.flatnonzero(ids == tracklet_id)
            chosen = chosen[np.argsort(frames[chosen])]
            first = rows.slice(int(chosen[0]), 1).to_pylist()[0]
            kind, label = self._describe(first)
            self._tracklets[int(tracklet_id)] = frames[chosen], values[chosen], kind, label

    def _describe(self, row: Mapping[str, Any]) -> tuple[int, str]:
        if row["role"] == "referee":
            return REFEREE, "referee"
        if row["role"] == "other":
            return UNKNOWN, "not playing"
        kind = self._kinds.get(row["team_id"], UNKNOWN)
        if row["player_id"] is None:
            return kind, f"#{row['jersey_number']}?" if row["jersey_number"] else "?"
        return kind, f"#{row['jersey_number']} {surname(self._names[row['player_id']])}"

    def at(self, frame_index: int) -> FrameOverlay:
        """What to draw on a frame."""
        values, kinds, labels = [], [], []
        for frames, samples, kind, label in self._tracklets.values():
            after = int(np.searchsorted(frames, frame_index))
            if after == len(frames) or frame_index < frames[0]:
                continue
            before = after if frames[after] == frame_index else after - 1
            gap = max(int(frames[after] - frames[before]), 1)
            if gap > self._longest_gap:
                continue
            share = (frame_index - frames[before]) / gap
            ends = samples[[before, after]].copy()
            for end, sampled in zip(ends, frames[[before, after]].tolist(), strict=True):
                end[:4] = self._moved(end[:4], sampled, frame_index)
            values.append((1 - share) * ends[0] + share * ends[1])
            kinds.append(kind)
            labels.append(label)
        stacked = np.array(values).reshape(-1, 6)
        return FrameOverlay(stacked[:, :4], np.array(kinds, np.int64), labels, stacked[:, 4:])

    def _moved(
        self, box_px: NDArray[np.float64], sampled: int, frame_index: int
    ) -> NDArray[np.float64]:
        """Where the place in the picture that was a box in a sampled frame is in another frame."""
        if self._first_to_now is None or sampled == frame_index:
            return box_px
        transform = self._first_to_now[frame_index] @ np.linalg.inv(self._first_to_now[sampled])
        return np.asarray(move_boxes(box_px[None], transform)[0], np.float64)


def surname(name: str) -> str:
    """Last word of a name, without what tells fathers from sons."""
    words = [word for word in name.split() if word.rstrip(".") not in GENERATIONS]
    return words[-1] if words else name


class CourtInset:
    """A small plan of the court with everybody's position.

    Args:
        court: its lengths.
        width_px: of the plan.
    """

    def __init__(self, court: Court, width_px: int = 320) -> None:
        margin_m = 1.0
        self._scale = width_px / (court.length + 2 * margin_m)
        self._half_m = np.array([court.length / 2 + margin_m, court.width / 2 + margin_m])
        size = np.ceil(2 * self._half_m * self._scale).astype(int)
        self._plan = np.full((size[1], size[0], 3), court.ground, np.uint8)
        for line_m in court.lines():
            points = self._to_pixels(line_m).round().astype(np.int32)
            cv2.polylines(self._plan, [points], False, (255, 255, 255), 1, cv2.LINE_AA)

    def _to_pixels(self, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points_m * [1, -1] + self._half_m) * self._scale)

    def draw(self, shown: FrameOverlay) -> NDArray[np.uint8]:
        """The plan with one dot for each person whose position is known."""
        plan = self._plan.copy()
        known = ~np.isnan(shown.positions_m).any(axis=1)
        places = self._to_pixels(shown.positions_m[known])
        for (x, y), kind in zip(places, shown.kinds[known], strict=True):
            colour = PALETTE.by_idx(int(kind)).as_rgb()
            cv2.circle(plan, (round(x), round(y)), 5, colour, -1, cv2.LINE_AA)
            cv2.circle(plan, (round(x), round(y)), 5, (20, 20, 20), 1, cv2.LINE_AA)
        return plan


def annotate(
    image: NDArray[np.uint8],
    shown: FrameOverlay,
    inset: CourtInset,
    ball_px: NDArray[np.float64] | None,
) -> NDArray[np.uint8]:
    """Draw on a copy of an RGB frame."""
    scale = image.shape[0] / 720
    found = sv.Detections(shown.boxes_px.astype(np.float32), class_id=shown.kinds)
    lookup = sv.ColorLookup.CLASS
    scene = sv.EllipseAnnotator(PALETTE, thickness=max(round(2 * scale), 1), color_lookup=lookup)
    drawn = scene.annotate(np.ascontiguousarray(image[..., ::-1]), found)  # draws in BGR
    boxes = sv.BoxCornerAnnotator(PALETTE, 1, max(round(8 * scale), 3), color_lookup=lookup)
    drawn = boxes.annotate(drawn, found)
    names = sv.LabelAnnotator(
        PALETTE,
        text_scale=max(0.4 * scale, 0.3),  # smaller letters cannot be read
        text_padding=max(round(2 * scale), 1),
        text_position=sv.Position.TOP_CENTER,
        color_lookup=lookup,
    )
    drawn = names.annotate(drawn, found, shown.labels)
    if ball_px is not None:
        ball = sv.Detections(ball_px[None].astype(np.float32), class_id=np.array([0]))
        drawn = sv.TriangleAnnotator(BALL_COLOUR).annotate(drawn, ball)
    drawn = np.ascontiguousarray(drawn[..., ::-1])
    plan = inset.draw(shown)
    height, width = plan.shape[:2]
    drawn[8 : 8 + height, 8 : 8 + width] = plan
    return np.asarray(drawn, np.uint8)


def annotated_frames(
    videos: Sequence[VideoSource],
    segments: Sequence[Segment],
    overlay: Overlay,
    balls: Mapping[int, NDArray[np.float64]],
    court: Court,
) -> Iterator[NDArray[np.uint8]]:
    """Every frame of a game; those of the main view are annotated.

    Args:
        videos: in order of play.
        segments: all of the game.
        overlay: what to draw.
        balls: frame -> (4,) box of the ball, pixels.
        court: for the plan.
    """
    views = {
        index: segment.view
        for segment in segments
        for index in range(segment.start_frame, segment.end_frame)
    }
    index, inset = 0, None
    for video in videos:
        with video.open() as source:
            for image in read_every_frame(source, video.name):
                inset = inset or CourtInset(court, round(image.shape[1] / 4))
                if views.get(index) == "main":
                    yield annotate(image, overlay.at(index), inset, balls.get(index))
                else:
                    yield image
                index += 1
