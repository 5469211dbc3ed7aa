"""People and balls that are set into labelled frames."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playerid.frames.boxes import iou, scale_boxes
from playerid.models.detector import LABELS
from playerid.models.mask_head.patches import GROWN
from playerid.models.mask_head.small_masks import SmallMaskHead
from playerid.models.packs import STARTER, load_pack
from playerid.scores.labelled_frames import UNSURE
from playerid.training.detector_render import render_frames
from playerid.training.fuller_frames import BALL, PEOPLE, FullerFrames, are_alone

PLAYER = LABELS.index("player")


@pytest.fixture(scope="module")
def head():
    return SmallMaskHead(load_pack(STARTER)["mask_head"].local_weights(Path("unused")))


@pytest.fixture(scope="module")
def frame():
    """A rendered frame, labelled as people label real ones."""
    drawn = next(render_frames(4_700_001, 1, ("easy",), only_main=True))
    kinds = [LABELS.index(name) for name in LABELS if name.startswith("player")]
    labels = np.where(np.isin(drawn.labels, kinds), PLAYER, drawn.labels)
    kept = np.isin(labels, [*PEOPLE, BALL])
    return replace(drawn, boxes=drawn.boxes[kept], labels=labels[kept], is_real=True)


def test_people_are_set_beside_others_and_nothing_else_changes(head, frame):
    fuller = FullerFrames([frame], head)
    added = 0
    for seed in range(8):
        drawn = fuller.draw(0, np.random.default_rng(seed), most_balls=0)
        count = len(frame.boxes)
        np.testing.assert_array_equal(drawn.boxes[:count], frame.boxes)
        np.testing.assert_array_equal(drawn.labels[:count], frame.labels)
        new = drawn.boxes[count:]
        added += len(new)
        people = frame.boxes[np.isin(frame.labels, PEOPLE)]
        assert (iou(new, people) > 0).any(axis=1).all()
        assert np.isin(drawn.labels[count:], PEOPLE).all()
        assert_changed_only_in(frame, drawn, new)
    assert added >= 8


def assert_changed_only_in(frame, drawn, boxes):
    before, after = frame.image().astype(int), drawn.image().astype(int)
    height, width = before.shape[:2]
    change = np.abs(after - before).max(axis=2)
    for left, top, right, bottom in scale_boxes(boxes, GROWN) * [width, height, width, height]:
        rows = slice(max(int(top) - 8, 0), int(bottom) + 8)
        columns = slice(max(int(left) - 8, 0), int(right) + 8)
        assert (change[rows, columns] > 40).mean() > 0.02, "nobody was drawn there"
        change[rows, columns] = 0
    assert np.quantile(change, 0.999) < 40  # compressed once more


def test_who_stands_farther_away_is_behind(head, frame):
    """The pixels of who was there stay, where the new one's feet are higher in the picture."""
    fuller = FullerFrames([frame], head)
    for seed in range(40):
        drawn = fuller.draw(0, np.random.default_rng(seed), most_people=1, most_balls=0)
        if len(drawn.boxes) == len(frame.boxes):
            continue
        new = drawn.boxes[-1]
        nearer = [
            cut
            for cut in fuller._standing[0]
            if new[3] < cut.box[3] and iou(new[None], cut.box[None])[0, 0] > 0.05
        ]
        for cut in nearer[:1]:
            height, width = frame.image().shape[:2]
            middle = (cut.box[:2] + cut.box[2:]) / 2 * [width, height]
            row, column = int(middle[1]), int(middle[0])
            around = np.s_[row - 2 : row + 3, column - 1 : column + 2]
            change = np.abs(drawn.image()[around].astype(int) - frame.image()[around])
            assert change.mean() < 25
            return
    raise AssertionError("nobody was set behind another")


def test_balls_are_added_where_the_ball_is_labelled(head, frame):
    with_ball = replace(
        frame,
        boxes=np.concatenate([frame.boxes, [[0.5, 0.1, 0.52, 0.135]]]).astype(np.float32),
        labels=np.append(frame.labels, BALL),
    )
    without = replace(with_ball, known=("player", "referee"))
    fuller = FullerFrames([with_ball, without], head)
    balls = {
        index: sum(
            int((fuller.draw(index, np.random.default_rng(seed)).labels == BALL).sum())
            for seed in range(6)
        )
        for index in (0, 1)
    }
    own = int((with_ball.labels == BALL).sum())
    assert balls[0] > 6 * own
    assert balls[1] == 6 * own


def test_a_frame_without_people_stays_as_it_is(head, frame):
    nobody = replace(frame, boxes=frame.boxes[:0], labels=frame.labels[:0])
    assert FullerFrames([nobody], head).draw(0, np.random.default_rng(0)) is nobody


def test_the_same_seed_draws_the_same(head, frame):
    first, again = (
        FullerFrames([frame], head).draw(0, np.random.default_rng(3)).jpeg for _ in range(2)
    )
    assert first == again


def test_who_touches_somebody_or_the_edge_is_not_cut_out(frame):
    boxes = [[0.1, 0.2, 0.2, 0.5], [0.19, 0.2, 0.3, 0.5], [0.5, 0.2, 0.6, 0.5], [0, 0.6, 0.1, 0.9]]
    labels = [PLAYER, UNSURE, PLAYER, PLAYER]
    crowd = replace(frame, boxes=np.array(boxes, np.float32), labels=np.array(labels))
    assert are_alone(crowd).tolist() == [False, False, True, False]
