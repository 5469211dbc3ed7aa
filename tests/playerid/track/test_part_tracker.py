import numpy as np

from playerid.frames.boxes import BOX
from playerid.frames.crops import decode_jpeg
from playerid.frames.main_view import SampledFrame
from playerid.frames.masks import decode_mask, mask_boxes
from playerid.models.detector import Detections
from playerid.models.tracker import TrackedPeople
from playerid.models.tracker.motion import MotionTracker
from playerid.track.part_tracker import PartTracker

BOXES = np.array(
    [[20, 20, 60, 120], [100, 20, 140, 120], [110, 20, 150, 120], [200, 20, 240, 120]], np.float32
)
LABELS = np.array(["player", "player", "player", "referee"])


class SameFour:
    """A player alone, two who stand in each other's way, a referee."""

    def detect(self, images):
        return [Detections(BOXES, np.ones(4, np.float32), LABELS) for _ in images]

    def start_segment(self, samples_per_second):
        pass

    def update(self, image, people):
        ids = np.arange(1, 5, dtype=np.int32)
        return TrackedPeople(people.boxes_px, ids, people.scores, people.labels)


def observe(samples_per_torso, count=5):
    image = np.zeros((150, 260, 3), np.uint8)
    image[25:85, 18:62] = 200  # the upper body of the first
    frames = [SampledFrame(3 * i, 0.1 * i, 2, image) for i in range(count)]
    tracker = PartTracker(
        "g",
        SameFour(),
        SameFour(),
        samples_per_second=10,
        samples_per_torso=samples_per_torso,
    )
    assert list(tracker.track(frames)) == [0, 3, 6, 9, 12]
    return tracker.tables()["torso_crops"]


def test_bodies_of_players_who_stand_alone_are_kept_of_every_second_frame():
    rows = observe(2)
    assert rows["tracklet_id"].to_pylist() == [20001] * 3
    assert rows["frame_index"].to_pylist() == [0, 6, 12]
    assert rows["segment_index"].to_pylist() == [2] * 3
    crop = decode_jpeg(rows["jpeg"][0].as_py())
    assert crop.shape == (60, 44, 3)  # 0.6 of the height, 1.1 of the width
    assert crop.min() > 190


def test_without_a_reader_no_bodies_are_kept():
    assert observe(0).num_rows == 0


class BoxesAsMasks:
    """A mask head that takes the whole box for the person."""

    def find_masks(self, image, boxes_px):
        masks = np.zeros((len(boxes_px), *image.shape[:2]), np.bool_)
        for mask, (left, top, right, bottom) in zip(masks, boxes_px.astype(int), strict=True):
            mask[top:bottom, left:right] = True
        return list(masks)


def tracked_masks(mask_head):
    image = np.zeros((150, 260, 3), np.uint8)
    frames = [SampledFrame(3 * i, 0.1 * i, 0, image) for i in range(3)]
    tracker = PartTracker(
        "g", SameFour(), MotionTracker(), samples_per_second=10, mask_head=mask_head
    )
    list(tracker.track(frames))
    return tracker.tables()


def test_masks_of_a_mask_head_go_with_their_people_through_the_tracker_into_the_table():
    made = tracked_masks(BoxesAsMasks())
    boxes, masks = (made[name].to_pylist() for name in ("tracked_boxes", "masks"))
    assert len(masks) == len(boxes) == 12
    for box, row in zip(boxes, masks, strict=True):
        keys = ("frame_index", "tracklet_id")
        assert [box[key] for key in keys] == [row[key] for key in keys]
        mask = decode_mask(row["mask_rle"], row["height_px"], row["width_px"])
        edges = [box[name] for name in BOX]
        assert mask_boxes([mask])[0].tolist() == edges


def test_without_a_mask_head_no_masks_are_kept():
    assert tracked_masks(None)["masks"].num_rows == 0
