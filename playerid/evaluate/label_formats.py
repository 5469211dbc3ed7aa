"""Labelled frames from files: the CSV of `playerid.evaluate.labels`, MOTChallenge, COCO.

MOTChallenge (`gt.txt`) says who belongs together; everybody in it is taken for a player, as
SportsMOT labels them. COCO says player or referee by its categories, any other than these and
"person", a player, is left out; the frame of an image is that which its `file_name` says
(`playerid.evaluate.frame_names`), or its `frame_index`, which is no part of COCO; people are
followed if annotations have a `track_id`, which is none either. Neither says team, number or
player, so nothing is scored of these. A frame without any label is not compared.
"""

import json
from pathlib import Path

import numpy as np

from playerid.errors import LabelsError
from playerid.evaluate.frame_names import frames_of_images
from playerid.evaluate.labels import read_labels
from playerid.evaluate.people import PersonRows, found_people
from playerid.exchange.mot import read_mot
from playerid.game.roster import Game
from playerid.models.detector import PERSON_LABELS
from playerid.scores.coco_labels import Coco, parse_coco


def read_label_file(path: Path, game: Game) -> PersonRows:
    """Read labels: `.txt` is MOTChallenge, `.json` is COCO, anything else the CSV.

    Raises:
        LabelsError: The file cannot be read, is no such CSV or COCO, or a COCO file labels no
            person.
        TableError: It is no MOTChallenge text.
    """
    if not path.is_file():
        raise LabelsError(f"{path}: no such file of labels")
    if path.suffix == ".txt":
        rows = read_mot(path, game, frame_rate=1.0)["player_frames"]  # times are not looked at
        return found_people(rows, rows["frame_index"].to_numpy())
    if path.suffix == ".json":
        return _people(parse_coco(path), path)
    try:
        content = path.read_bytes()
        return read_labels(content.decode(json.detect_encoding(content)), str(path))
    except UnicodeDecodeError as error:
        raise LabelsError(f"{path}: expected CSV in UTF-8: {error}") from error


def _people(coco: Coco, path: Path) -> PersonRows:
    roles = {
        category.id: "referee" if category.name == "referee" else "player"
        for category in coco.categories
        if category.name in {*PERSON_LABELS, "person"}
    }
    for index, made in enumerate(coco.annotations):
        if min(made.bbox[2:]) <= 0:
            raise LabelsError(f"{path}: annotations.{index}: bbox has no width or no height")
    labels = [made for made in coco.annotations if made.category_id in roles]
    if not labels:
        raise LabelsError(f"{path}: annotations: no player, referee or person")
    frames = frames_of_images(coco.images, path)
    boxes = np.array([made.bbox for made in labels])
    follows = all(made.track_id is not None for made in labels)
    size = len(labels)
    unknown = np.full(size, "")
    people = PersonRows(
        frames=np.array([frames[made.image_id] for made in labels], np.int64),
        boxes_px=np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]),
        track_ids=np.array([made.track_id for made in labels] if follows else range(size)),
        roles=np.array([roles[made.category_id] for made in labels], np.str_),
        team_ids=unknown,
        player_ids=unknown,
        numbers=unknown,
        court_m=np.full((size, 2), np.nan),
        probs=np.ones(size),
    )
    return people.take(np.argsort(people.frames, kind="stable"))
