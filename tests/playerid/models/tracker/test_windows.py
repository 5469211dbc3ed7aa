import numpy as np
import pytest

from playerid.models.tracker.doubts import Cuts
from playerid.models.tracker.window_masks import WindowCosts, agreement, cut_look
from playerid.models.tracker.windows import Windows

RED, BLUE, FLOOR = (200, 20, 20), (20, 20, 200), (90, 90, 90)


class ByColour:
    """Follows masks by the one colour that each person of these pictures has."""

    def __init__(self, trust=1.0):
        self.given = trust

    def begin(self, *, backwards=False):
        return ColourSession(self.given)


class ColourSession:
    def __init__(self, trust):
        self.given, self.colours = trust, {}

    def prompt(self, look, people):
        for one, (left, top, right, bottom) in people.items():
            x, y = int((left + right) / 2) - look.left, int((top + bottom) / 2) - look.top
            self.colours[one] = look.picture[y, x]

    def carry(self, look):
        return {one: (look.picture == c).all(axis=2) for one, c in self.colours.items()}

    def trust(self, pair):
        return self.given

    def drop(self, person):
        self.colours.pop(person, None)

    def join(self, other):
        self.colours |= other.colours

    def split(self, people):
        part = ColourSession(self.given)
        part.colours = {one: self.colours.pop(one) for one in people}
        return part


def frame(red_x, blue_x):
    """Two rectangles of 20 x 40; the red one is in front. Boxes of red, then blue."""
    image = np.full((60, 200, 3), FLOOR, np.uint8)
    image[10:50, blue_x : blue_x + 20] = BLUE
    image[10:50, red_x : red_x + 20] = RED
    boxes = [[red_x, 10, red_x + 20, 50], [blue_x, 10, blue_x + 20, 50]]
    return image, np.array(boxes, np.float32)


CROSSING = [(40, 100), (60, 90), (72, 78), (80, 74), (92, 66), (110, 50), (130, 30)]
"""Places of red and blue: they overlap in the third to the fifth frame."""


def cross(windows, cuts, exchanged_from=3):
    """New ids of red and blue in each frame, of a tracker that takes each for the other."""
    seen = []
    for index, places in enumerate(CROSSING):
        image, boxes = frame(*places)
        tracks = np.array([7, 5] if index < exchanged_from else [5, 7])
        ids = windows.see(image, tracks, boxes)
        seen.append(cuts.rename(ids, boxes).tolist())
    return seen


def test_two_who_cross_keep_their_names_though_the_tracker_exchanges_them():
    costs = WindowCosts()
    windows = Windows(ByColour(), costs, 10.0)
    assert cross(windows, Cuts(0.4, judge=windows.judge)) == [[1, 2]] * 7
    assert costs.windows == 1


def test_nobody_sure_leaves_them_as_they_were_followed():
    windows = Windows(ByColour(trust=0.1), WindowCosts(), 10.0)
    assert cross(windows, Cuts(0.4, judge=windows.judge)) == [[1, 2]] * 7


def test_who_stands_alone_is_never_segmented():
    costs = WindowCosts()
    windows = Windows(ByColour(), costs, 10.0)
    for x in range(5):
        image, boxes = frame(20 + x, 120 - x)
        windows.see(image, np.array([1, 2]), boxes)
    assert (costs.windows, costs.person_frames, costs.pixel_frames) == (0, 0, 0)
    assert (costs.frames, costs.all_person_frames, costs.all_pixel_frames) == (5, 10, 5 * 12_000)
    assert costs.seconds == pytest.approx(0.5)


def test_the_one_box_of_two_goes_to_who_is_seen_in_it():
    """Blue walks behind red; then one box is seen, of red, and the tracker says it is blue."""
    windows = Windows(ByColour(), WindowCosts(), 10.0)
    for places in CROSSING[:3]:
        image, boxes = frame(*places)
        ids = windows.see(image, np.array([7, 5]), boxes)
    assert ids.tolist() == [0, 1]
    image, boxes = frame(80, 79)
    assert windows.see(image, np.array([5]), boxes[:1]).tolist() == [0]
    image, boxes = frame(95, 65)
    assert windows.see(image, np.array([7, 5]), boxes).tolist() == [0, 1]


def test_who_comes_out_under_a_new_track_keeps_the_old_name():
    windows = Windows(ByColour(), WindowCosts(), 10.0)
    for places in CROSSING[:3]:
        image, boxes = frame(*places)
        windows.see(image, np.array([7, 5]), boxes)
    image, boxes = frame(80, 79)
    windows.see(image, np.array([7]), boxes[:1])
    image, boxes = frame(88, 70)
    assert windows.see(image, np.array([7, 9]), boxes).tolist() == [0, 1]


def test_a_window_ends_when_they_have_parted():
    costs = WindowCosts()
    windows = Windows(ByColour(), costs, 10.0)
    cross(windows, Cuts(0.4, judge=windows.judge))
    spent = costs.pixel_frames
    image, boxes = frame(150, 20)
    windows.see(image, np.array([5, 7]), boxes)
    assert costs.pixel_frames == spent


def test_masks_agree_by_what_lies_in_one_box_alone():
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10]], np.float32)
    left, right = np.zeros((2, 10, 20), np.bool_)
    left[:, :5], right[:, 10:15] = True, True
    assert agreement([left, right], boxes) == 1
    assert agreement([right, left], boxes) == -1
    left[:, 5:10] = True  # half of it in both boxes: says nothing
    assert agreement([left, right], boxes) == 0.75
    assert agreement([np.zeros_like(left)] * 2, boxes) == 0


def test_a_window_holds_its_group_and_ends_at_the_picture():
    image, boxes = frame(0, 30)
    look = cut_look(3, image, boxes, np.vstack([boxes, [[100, 10, 120, 50]]]), margin=0.1)
    assert (look.left, look.top) == (0, 6)
    assert look.picture.shape == (48, 54, 3)  # 0 to 50 and 10 to 50, and 4 pixels on every side
    assert look.boxes_px.tolist() == boxes.tolist()
    assert look.to_picture(boxes).tolist() == [[0, 4, 20, 44], [30, 4, 50, 44]]
