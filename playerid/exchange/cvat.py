"""CVAT for video 1.1: tracks of boxes, with who each person is as an attribute of every box.

References:
    https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/
"""

import xml.etree.ElementTree as ET
from pathlib import Path

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

EDGES = {"xtl": "x_min_px", "ytl": "y_min_px", "xbr": "x_max_px", "ybr": "y_max_px"}
WHO, TRACKLET = "who", "tracklet_id"
ROLES = ("player", "referee", "other")


def write_cvat(
    connection: duckdb.DuckDBPyConnection, folder: Path, pictures: Pictures
) -> list[Path]:
    """Write `<game_id>-<video>.cvat.xml`, one for each video file, to be uploaded to its task.

    The task is made of the video file itself, so that its frames are those of the file. Between
    two sampled frames CVAT interpolates. It cannot hold: places on the court, probabilities, the
    ball, the clock, cuts, people without a box.

    Raises:
        TableError: Nobody has a box.
    """
    (game_id,) = connection.sql("select game_id from games").fetchall()[0]
    tracks, labels = tracks_of(connection), labels_of(connection)
    frames = {row[0]: row[1] for row in connection.sql(VIDEOS).fetchall()}
    paths = []
    for video, listed in tracks.items():
        root = ET.Element("annotations")
        ET.SubElement(root, "version").text = "1.1"
        _add_meta(root, f"{game_id} {video}", frames[video], labels, pictures.size_px(video))
        for number, track in enumerate(listed):
            _add_track(root, number, track, frames[video])
        path = folder / f"{game_id}-{video}.cvat.xml"
        ET.indent(root)
        ET.ElementTree(root).write(path, "utf-8", xml_declaration=True)
        paths.append(path)
    return paths


def _add_meta(
    root: ET.Element, name: str, frames: int, labels: list[str], size_px: tuple[int, int] | None
) -> None:
    task = ET.SubElement(ET.SubElement(root, "meta"), "task")
    for tag, text in (
        ("name", name),
        ("size", str(frames)),
        ("mode", "interpolation"),
        ("start_frame", "0"),
        ("stop_frame", str(frames - 1)),
    ):
        ET.SubElement(task, tag).text = text
    known = ET.SubElement(task, "labels")
    for role in ROLES:
        label = ET.SubElement(known, "label")
        ET.SubElement(label, "name").text = role
        attributes = ET.SubElement(label, "attributes")
        for attribute, is_mutable, kind, values in (
            (WHO, "True", "select", "\n".join(labels)),
            (TRACKLET, "False", "number", "-1;2147483647;1"),
        ):
            made = ET.SubElement(attributes, "attribute")
            for tag, text in (
                ("name", attribute),
                ("mutable", is_mutable),
                ("input_type", kind),
                ("default_value", "unknown" if attribute == WHO else "-1"),
                ("values", values),
            ):
                ET.SubElement(made, tag).text = text
    if size_px:
        size = ET.SubElement(task, "original_size")
        for tag, value in zip(("width", "height"), size_px, strict=True):
            ET.SubElement(size, tag).text = str(value)


def _add_track(root: ET.Element, number: int, track: Track, frames: int) -> None:
    element = ET.SubElement(root, "track", id=str(number), label=track.role, source="auto")
    last = track.rows[-1]
    shown = [(row, int(row["frame"]), "0") for row in track.rows]
    if last["frame"] + 1 < frames:
        shown.append((last, int(last["frame"]) + 1, "1"))
    for row, frame, outside in shown:
        edges = {tag: f"{row[name]:.3f}" for tag, name in EDGES.items()}
        place = {"frame": str(frame), "keyframe": "1", "outside": outside, "occluded": "0"}
        box = ET.SubElement(element, "box", place | edges | {"z_order": "0"})
        for name, text in ((WHO, track.who), (TRACKLET, str(track.tracklet_id))):
            ET.SubElement(box, "attribute", name=name).text = text


def read_cvat(path: Path, first_frame: int) -> SaidBoxes:
    """The boxes of an export of CVAT for video 1.1, and who each is said to be.

    Frames between two key frames are interpolated as CVAT shows them.

    Args:
        path: the XML.
        first_frame: frame of the game at which its video begins.

    Raises:
        TableError: It is not such an export.
    """
    try:
        text = path.read_text("utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise TableError(f"{path}: expected no document type in an export of CVAT")
        tracks = list(ET.fromstring(text).iter("track"))
        boxes = [(frame, box, who) for track in tracks for frame, box, who in _shown(track)]
    except (OSError, UnicodeDecodeError, ET.ParseError, KeyError, ValueError) as error:
        raise TableError(f"{path}: expected an export of CVAT for video 1.1: {error}") from error
    if not boxes:
        raise TableError(f"{path}: holds no track of boxes")
    return SaidBoxes(
        np.array([frame + first_frame for frame, _, _ in boxes], np.int64),
        np.array([box for _, box, _ in boxes], np.float64),
        [who for _, _, who in boxes],
    )


def _shown(track: ET.Element) -> list[tuple[int, list[float], str]]:
    """Frame, box and person of each frame in which a track is shown."""
    found: list[tuple[int, list[float], str]] = []
    before: tuple[int, list[float], str] | None = None
    for box in sorted(track.iter("box"), key=lambda each: int(each.attrib["frame"])):
        frame = int(box.attrib["frame"])
        edges = [float(box.attrib[name]) for name in EDGES]
        if before is not None:
            for between in range(before[0] + 1, frame):
                share = (between - before[0]) / (frame - before[0])
                mixed = [a + share * (b - a) for a, b in zip(before[1], edges, strict=True)]
                found.append((between, mixed, before[2]))
        said = {each.attrib["name"]: each.text or "" for each in box.iter("attribute")}
        before = None
        if box.attrib.get("outside", "0") == "0":
            before = frame, edges, said[WHO]
            found.append(before)
    return found
