"""What the pipeline and the scores need of a labelled sequence: a game file, pictures, truth."""

import io
import json
import logging
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from playerid import tables
from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import GameError
from playerid.exchange.game_state import LEAGUE, SIDES, LabelledSequence
from playerid.exchange.game_state_tables import box, court_views, player_ids, rosters, season_of
from playerid.game.roster import read_game

logger = logging.getLogger(__name__)

VIDEO = "img1.mp4"
UNKNOWN_DAY = "1970-01-01"  # a game file names a day; the labels do not
TRUE_EVENTS = ("person_id", "kind", "grade", "start_s", "end_s", "staged", "in_main_view")
TRUE_OBJECTS = ("frame_index", "label", *(field.name for field in tables.BOX))


def keep_sequence(archive: Archive, sequence: LabelledSequence, season: str = "") -> None:
    """Keep what the pipeline and the scores need of a sequence: a game file, pictures, truth.

    The pictures become a video without being encoded anew. Without pictures, or without a number
    in both teams, there is no game file: nobody could process it.
    """
    game_id = sequence.info.name
    for name, rows in truth_tables(sequence).items():
        content = io.BytesIO()
        pq.write_table(rows, content)
        archive.write(layout.truth_table(game_id, name), content.getvalue())
    pictures = sequence.folder / sequence.info.im_dir
    files = [pictures / image.file_name for image in sequence.images]
    if not files or not all(file.is_file() for file in files):
        logger.warning("%s: without its pictures, which nobody can process", pictures)
        return
    text = json.dumps(_game_file(sequence, season), indent=1)
    try:
        read_game(text, layout.game_file(game_id))
    except GameError as error:
        logger.warning("%s: no game file: %s", sequence.folder, error)
        return
    archive.write(layout.source_file(game_id, VIDEO), mux(files, sequence.info.frame_rate))
    archive.write(layout.game_file(game_id), text.encode())


def truth_tables(sequence: LabelledSequence) -> dict[str, pa.Table]:
    """The labels as known answers, in the frames that are wholly labelled."""
    people = sequence.people
    whole = np.array([image.frame for image in sequence.images if image.is_whole], np.int64)
    kept = np.isin(people.frames, whole)
    named = player_ids(people)
    unnamed = np.char.add("track-", people.track_ids.astype(np.str_))
    columns: dict[str, NDArray[Any]] = {
        "frame_index": people.frames, "segment_index": np.zeros(len(kept), np.int32),
        "view": np.full(len(kept), "main"), "person_id": np.where(named == "", unnamed, named),
        "role": people.roles, "team_id": people.teams, "jersey_number": people.numbers,
        **box(people), "visible": np.ones(len(kept)),
        "court_x_m": people.edges_m[:, 1, 0], "court_y_m": people.edges_m[:, 1, 1],
    }  # fmt: skip
    rows = pa.table({name: _nullable(values[kept]) for name, values in columns.items()})
    views = court_views(sequence)
    is_whole = pa.array(np.isin(views["frame_index"].to_numpy(), whole))
    frames = views.select(["frame_index", "time_s", "segment_index", "image_to_court"])
    ids = pa.array([image.image_id for image in sequence.images])
    frames = frames.append_column("image_id", ids)
    frames = frames.filter(is_whole)
    return {
        "people": rows,
        "frames": frames.append_column("view", pa.repeat("main", len(frames))),
        "objects": pa.table({name: pa.array([], pa.string()) for name in TRUE_OBJECTS}),
        "events": pa.table({name: pa.array([], pa.string()) for name in TRUE_EVENTS}),
    }


def mux(files: Sequence[Path], frame_rate: float) -> bytes:
    """JPEG pictures as the frames of a video, byte for byte."""
    content = io.BytesIO()
    rate = Fraction(frame_rate).limit_denominator(1001)
    with av.open(content, "w", format="mp4") as video:
        stream = video.add_stream("mjpeg", rate=rate)
        with Image.open(files[0]) as picture:
            stream.width, stream.height = picture.size
        stream.pix_fmt = "yuvj420p"
        stream.time_base = 1 / rate
        for index, file in enumerate(files):
            packet = av.Packet(file.read_bytes())
            packet.stream, packet.time_base = stream, 1 / rate
            packet.pts = packet.dts = index
            packet.is_keyframe = True
            video.mux(packet)
    return content.getvalue()


def _nullable(values: NDArray[Any]) -> pa.Array:
    is_text = values.dtype.kind == "U"
    return pa.array(values, mask=values == "" if is_text else None, from_pandas=not is_text)


def _game_file(sequence: LabelledSequence, season: str) -> Mapping[str, object]:
    people = sequence.people
    named = player_ids(people)
    keepers = set(named[people.roles == "goalkeeper"].tolist())
    players = rosters(people, named, sequence.info.name).to_pylist()
    return {
        "game_id": sequence.info.name, "season": season_of(sequence, season),
        "date": UNKNOWN_DAY, "league": LEAGUE, "videos": [VIDEO],
        **{place: {
            "team_id": side, "name": side,
            "players": [
                {"player_id": row["player_id"], "name": row["player_name"],
                 "number": row["jersey_number"],
                 "role": "goalkeeper" if row["player_id"] in keepers else "player"}
                for row in players if row["team_id"] == side
            ],
        } for place, side in zip(("home", "away"), SIDES, strict=True)},
    }  # fmt: skip
