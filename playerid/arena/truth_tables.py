"""The known answers of a rendered game as tables, frame by frame."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from playerid.arena.broadcast import Broadcast, FilmedGame, Frame
from playerid.arena.stays import list_lane_events
from playerid.models.detector import PERSON_LABELS
from playerid.tables import BOX, FRAME_INDEX, SEGMENT_INDEX, TIME_S, Table, column

VIEW = column("view", pa.string(), "main, close-up, replay or crowd.")
FRAME_COLUMNS = [FRAME_INDEX, TIME_S, SEGMENT_INDEX, VIEW]
VISIBLE = column("visible", pa.float32(), "Visible share of its pixels; 0 when not seen.")
NULL_BOX = [field.with_nullable(True) for field in BOX]

TRUE_PEOPLE = Table(
    "people",
    "person on the floor per frame, seen or not",
    ("frame_index", "person_id"),
    pa.schema(
        [
            *FRAME_COLUMNS,
            column("person_id", pa.string(), "Player id of the roster; referee-1, ... else."),
            column("role", pa.string(), "player, goalkeeper or referee."),
            column("team_id", pa.string(), "Team; null for referees.", nullable=True),
            column("jersey_number", pa.string(), "Number; null for referees.", nullable=True),
            *NULL_BOX,
            VISIBLE,
            column("label", pa.string(), "Detector's label; null when not seen.", nullable=True),
            column("court_x_m", pa.float32(), "Feet, along the court from its centre, metres."),
            column("court_y_m", pa.float32(), "Feet, across the court from its centre, metres."),
        ]
    ),
)
TRUE_OBJECTS = Table(
    "objects",
    "ball, rim or number seen in a frame",
    ("frame_index", "object_index"),
    pa.schema(
        [
            *FRAME_COLUMNS,
            column("object_index", pa.int32(), "Object of the frame, from 0."),
            column("label", pa.string(), "ball, ball-in-basket, rim or number."),
            *BOX,
            VISIBLE,
            column("person_id", pa.string(), "Who wears the number.", nullable=True),
            column("jersey_number", pa.string(), "Number, if it is legible.", nullable=True),
        ]
    ),
)
TRUE_FRAMES = Table(
    "frames",
    "frame",
    ("frame_index",),
    pa.schema(
        [
            *FRAME_COLUMNS,
            column("game_s", pa.float64(), "Game time that is shown: the past in a replay."),
            column(
                "image_to_court",
                pa.list_(pa.float64()),
                "Homography, 9 values row by row; null where the view has none.",
                nullable=True,
            ),
            column("period", pa.int32(), "Period, from 1."),
            column("game_clock_s", pa.float32(), "Seconds left in the period."),
            column("shot_clock_s", pa.float32(), "Seconds left to shoot."),
            column("clock_running", pa.bool_(), "Whether the game clock runs."),
            column("offence_team_id", pa.string(), "Team that has control.", nullable=True),
            column("holder_person_id", pa.string(), "Who has the ball.", nullable=True),
            column("ball_x_m", pa.float32(), "Ball, along the court, metres."),
            column("ball_y_m", pa.float32(), "Ball, across the court, metres."),
            column("ball_z_m", pa.float32(), "Ball, above the floor, metres."),
        ]
    ),
)
TRUE_EVENTS = Table(
    "events",
    "stay in the lane that is a violation, or nearly",
    ("event_index",),
    pa.schema(
        [
            column("event_index", pa.int32(), "Event of the game, from 0."),
            column("person_id", pa.string(), "Who stays."),
            column("team_id", pa.string(), "His team."),
            column("kind", pa.string(), "offensive or defensive."),
            column("grade", pa.string(), "clear, possible or near-miss."),
            column("start_s", pa.float64(), "Begin of the count, seconds of the video."),
            column("end_s", pa.float64(), "End of the count, seconds of the video."),
            column("staged", pa.bool_(), "Whether it was planted."),
            column("in_main_view", pa.bool_(), "Whether one main segment shows all of it."),
        ]
    ),
)
TRUTH_TABLES = (TRUE_PEOPLE, TRUE_OBJECTS, TRUE_FRAMES, TRUE_EVENTS)


class TruthRows:
    """Collects the rows of a broadcast while its frames are rendered."""

    def __init__(self, broadcast: FilmedGame, events: list[dict[str, Any]]) -> None:
        """Begin.

        Args:
            broadcast: whose frames will come.
            events: rows of `events`.
        """
        self._broadcast, self._events = broadcast, events
        self._people: list[dict[str, Any]] = []
        self._objects: list[dict[str, Any]] = []
        self._frames: list[dict[str, Any]] = []

    def add(self, frame: Frame) -> None:
        """Note what is true of a frame."""
        shown = {
            "frame_index": frame.index,
            "time_s": frame.time_s,
            "segment_index": frame.segment_index,
            "view": frame.view,
        }
        self._frames.append(shown | self._describe(frame))
        self._people += [shown | row for row in self._list_people(frame)]
        self._objects += [shown | row for row in self._list_objects(frame)]

    def tables(self) -> dict[str, pa.Table]:
        """Rows of every truth table, by its name."""
        rows = {
            "people": self._people,
            "objects": self._objects,
            "frames": self._frames,
            "events": self._events,
        }
        return {
            table.name: pa.Table.from_pylist(rows[table.name], schema=table.schema)
            for table in TRUTH_TABLES
        }

    def _team_id(self, team: int) -> str | None:
        return self._broadcast.game.cast.teams[team].team_id if team >= 0 else None

    def _describe(self, frame: Frame) -> dict[str, Any]:
        world, people = frame.world, self._broadcast.game.cast.people
        homography = frame.truth.image_to_court
        holder = people[int(world.people[world.holder])] if world.holder >= 0 else None
        return {
            "game_s": world.game_s,
            "image_to_court": None if homography is None else homography.ravel().tolist(),
            "period": world.period,
            "game_clock_s": world.game_clock_s,
            "shot_clock_s": world.shot_clock_s,
            "clock_running": world.clock_running,
            "offence_team_id": self._team_id(world.offence),
            "holder_person_id": holder.person_id if holder else None,
            **dict(zip(("ball_x_m", "ball_y_m", "ball_z_m"), world.ball_m.tolist(), strict=True)),
        }

    def _list_people(self, frame: Frame) -> Iterable[dict[str, Any]]:
        truth = frame.truth
        is_person = np.isin(truth.labels, PERSON_LABELS)
        row_of = {int(truth.people[row]): int(row) for row in np.flatnonzero(is_person)}
        for index, place in zip(frame.world.people, frame.world.positions_m, strict=True):
            person = self._broadcast.game.cast.people[int(index)]
            row = row_of.get(int(index))
            yield {
                "person_id": person.person_id,
                "role": person.role,
                "team_id": self._team_id(person.team),
                "jersey_number": person.number if person.team >= 0 else None,
                **(box_columns(None) if row is None else box_columns(truth.boxes_px[row])),
                "visible": 0.0 if row is None else float(truth.visible[row]),
                "label": None if row is None else str(truth.labels[row]),
                "court_x_m": float(place[0]),
                "court_y_m": float(place[1]),
            }

    def _list_objects(self, frame: Frame) -> Iterable[dict[str, Any]]:
        truth, people = frame.truth, self._broadcast.game.cast.people
        things = np.flatnonzero(~np.isin(truth.labels, PERSON_LABELS))
        for index, row in enumerate(things.tolist()):
            wearer = int(truth.people[row])
            yield {
                "object_index": index,
                "label": str(truth.labels[row]),
                **box_columns(truth.boxes_px[row]),
                "visible": float(truth.visible[row]),
                "person_id": people[wearer].person_id if wearer >= 0 else None,
                "jersey_number": str(truth.numbers[row]) or None,
            }


def box_columns(box_px: Iterable[float] | None) -> dict[str, float | None]:
    """The four columns of a box; null for none."""
    values = [None] * 4 if box_px is None else [float(value) for value in box_px]
    return dict(zip((field.name for field in BOX), values, strict=True))


def list_events(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Rows of `events`: those that begin before the video ends."""
    cast, rows = broadcast.game.cast, []
    main = [segment for segment in broadcast.segments if segment.view == "main"]
    over_s = broadcast.time_s(broadcast.frame_count)
    events = [e for e in list_lane_events(broadcast.game) if e.start_s < over_s]
    for index, event in enumerate(events):
        person = cast.people[event.person]
        end_s = min(event.end_s, over_s)
        rows.append(
            {
                "event_index": index,
                "person_id": person.person_id,
                "team_id": cast.teams[person.team].team_id,
                "kind": event.kind,
                "grade": event.grade,
                "start_s": event.start_s,
                "end_s": end_s,
                "staged": event.staged,
                "in_main_view": any(
                    broadcast.time_s(segment.start_frame) <= event.start_s
                    and end_s <= broadcast.time_s(segment.end_frame)
                    for segment in main
                ),
            }
        )
    return rows
