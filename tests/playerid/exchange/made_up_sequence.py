"""A sequence of the game state challenge that nobody filmed: labels, and pictures of nothing.

Two teams of a goalkeeper and three players, a referee, somebody else and the ball, seen by a camera
over the near touchline. Positions are ours: y towards the far touchline, metres.
"""

import json

import cv2
import numpy as np

NAME = "SNGS-200"
SIZE = (960, 540)
FRAMES = 30
RATE = 25
# Corners of the far half of a pitch in the picture.
IMAGE_TO_COURT = cv2.getPerspectiveTransform(
    np.array([[200, 100], [760, 100], [960, 540], [0, 540]], np.float32),
    np.array([[-52.5, 34], [52.5, 34], [30, -34], [-30, -34]], np.float32),
)
CAST = {  # track: role, team, number, start, steps of a frame
    1: ("goalkeeper", "left", "1", (-50.0, 0.0), (0.02, 0.0)),
    2: ("player", "left", "4", (-30.0, 12.0), (0.1, 0.0)),
    3: ("player", "left", "7", (-25.0, -8.0), (0.0, 0.1)),
    4: ("player", "left", None, (-10.0, 20.0), (0.05, 0.05)),
    5: ("goalkeeper", "right", "1", (49.0, 1.0), (0.0, 0.02)),
    6: ("player", "right", "5", (28.0, -14.0), (-0.1, 0.0)),
    7: ("player", "right", "9", (18.0, 10.0), (-0.1, 0.1)),
    8: ("player", "right", "10", (2.0, -5.0), (0.1, 0.0)),
    9: ("referee", None, None, (0.0, 3.0), (0.05, 0.0)),
    10: ("other", None, None, (-40.0, 33.0), (0.0, 0.0)),
    11: ("ball", None, None, (2.5, -5.0), (0.1, 0.0)),
}


def seen_at(place, size=(20.0, 50.0)):
    """Box in the picture of who stands at a place, and its lower edge on the pitch, as labelled."""
    court_to_image = np.linalg.inv(IMAGE_TO_COURT)
    x, y, scale = court_to_image @ (*place, 1.0)
    x, bottom = x / scale, y / scale
    width, height = size
    edge = {}
    for name, at in (("left", x - width / 2), ("middle", x), ("right", x + width / 2)):
        across, along, scale = IMAGE_TO_COURT @ (at, bottom, 1.0)
        edge |= {f"x_bottom_{name}": across / scale, f"y_bottom_{name}": -along / scale}
    return {"x": x - width / 2, "y": bottom - height, "w": width, "h": height}, edge


def labels(cast=None, frames=FRAMES):
    """The content of Labels-GameState.json."""
    images = [
        {"is_labeled": True, "image_id": f"3200{frame + 1:06d}",
         "file_name": f"{frame + 1:06d}.jpg", "width": SIZE[0], "height": SIZE[1],
         "has_labeled_person": True,
         "has_labeled_pitch": True, "has_labeled_camera": True}
        for frame in range(frames)
    ]  # fmt: skip
    annotations = []
    for frame, image in enumerate(images):
        for track, (role, team, number, start, step) in (cast or CAST).items():
            place = np.array(start) + frame * np.array(step)
            box, edge = seen_at(place, (5.0, 5.0) if role == "ball" else (20.0, 50.0))
            annotations.append({
                "id": str(len(annotations)), "image_id": image["image_id"], "track_id": track,
                "supercategory": "object", "category_id": 4 if role == "ball" else 1,
                "attributes": {"role": role, "jersey": number, "team": team},
                "bbox_image": box, "bbox_pitch": edge,
            })  # fmt: skip
        annotations.append({
            "id": f"p{frame}", "image_id": image["image_id"], "supercategory": "pitch",
            "category_id": 5, "lines": {"Middle line": [{"x": 0.5, "y": 0.2}]},
        })  # fmt: skip
    return {
        "info": {"version": "1.3", "game_id": "11", "id": "200", "name": NAME, "im_dir": "img1",
                 "frame_rate": RATE, "seq_length": frames, "im_ext": ".jpg",
                 "game_time_start": "2 - 15:41", "action_class": "Corner"},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "player", "supercategory": "object"},
                       {"id": 4, "name": "ball", "supercategory": "object"},
                       {"id": 5, "name": "pitch", "supercategory": "pitch"}],
    }  # fmt: skip


def write_sequence(folder, content=None, pictures=False):
    """Write the labels, and grey pictures, as a sequence of a split; returns its folder."""
    sequence = folder / NAME
    sequence.mkdir(parents=True)
    content = content or labels()
    (sequence / "Labels-GameState.json").write_text(json.dumps(content))
    if pictures:
        (sequence / "img1").mkdir()
        for index, image in enumerate(content["images"]):
            grey = np.full((SIZE[1], SIZE[0], 3), 40 + 4 * index, np.uint8)
            cv2.imwrite(str(sequence / "img1" / image["file_name"]), grey)
    return sequence


def shift(row, _):
    """Three stand 2 m to the side."""
    if row["track_id"] in {2, 6, 9}:
        for edge in ("left", "middle", "right"):
            row["bbox_pitch"][f"x_bottom_{edge}"] += 2.0


def swap(row, frame):
    """Two exchange their tracks in the middle of the clip."""
    if row["track_id"] in {6, 7} and frame >= 12:
        row["track_id"] = 13 - row["track_id"]


def unname(row, _):
    """Nobody read two numbers."""
    if row["track_id"] in {2, 7}:
        row["attributes"]["jersey"] = None


def mistake_role(row, _):
    """A goalkeeper is taken for a player, and a player for one."""
    others = {"goalkeeper": "player", "player": "goalkeeper"}
    if row["track_id"] in {1, 3}:
        row["attributes"]["role"] = others[row["attributes"]["role"]]


def mistake_side(row, _):
    """Two are taken for the other team's."""
    if row["track_id"] in {2, 8}:
        row["attributes"]["team"] = {"left": "right", "right": "left"}[row["attributes"]["team"]]


def misplace(row, _):
    """Everybody errs by a metre or so, another way each."""
    for axis, turn in (("x", 2.4), ("y", 1.7)):
        offset = np.sin(turn * row["track_id"]) * 1.2
        for edge in ("left", "middle", "right"):
            row["bbox_pitch"][f"{axis}_bottom_{edge}"] += offset


def miss(row, frame):
    """One is not seen in every third frame."""
    return row["track_id"] == 7 and frame % 3 == 2


FAULTS = {
    "none": lambda row, frame: False, "shifted": shift, "swapped": swap, "unnamed": unname,
    "role": mistake_role, "side": mistake_side, "misplaced": misplace, "missing": miss,
}  # fmt: skip


def with_fault(fault):
    """Labels as somebody finds them who makes one kind of mistake."""
    made = labels()
    made["annotations"] = [
        row for row in made["annotations"]
        if row["supercategory"] != "object"
        or not FAULTS[fault](row, int(row["image_id"][-6:]) - 1)
    ]  # fmt: skip
    return made
