"""What is true of a rendered frame, read off the buffer that says who is seen at each pixel."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.arena.cast import Cast
from playerid.arena.figures import Sprite
from playerid.arena.world import FrameTruth, World

Array = NDArray[np.float64]
BALL_CODE = 1000  # of the ball in the buffer; people have their place in `World.people` + 1
LABEL_OF_ACTION = {
    "jump-shot": "player-jump-shot",
    "layup-dunk": "player-layup-dunk",
    "shot-block": "player-shot-block",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was drawn.

    Attributes:
        sprites: of the people in the picture, by their place in `World.people`.
        facing: (P,) cosine between chest and direction to the camera.
        ball: box of the whole ball, pixels; None if it is behind the camera.
        rims: boxes of ring and net, pixels.
    """

    sprites: dict[int, Sprite]
    facing: Array
    ball: Array | None
    rims: tuple[Array, ...]


@dataclass(slots=True)
class _Rows:
    boxes: list[Array]
    labels: list[str]
    people: list[int]
    visible: list[float]
    numbers: list[str]

    def add(self, box: Array, label: str, person: int, visible: float, number: str = "") -> None:
        self.boxes.append(box)
        self.labels.append(label)
        self.people.append(person)
        self.visible.append(min(1.0, visible))
        self.numbers.append(number)


def collect_truth(  # noqa: PLR0913
    seen: Seen,
    ids: NDArray[np.int32],
    world: World,
    cast: Cast,
    image_to_court: Array | None,
    *,
    label_of: Callable[[World, int], str] | None = None,
    least_visible_px: int = 12,
) -> FrameTruth:
    """Read the truth off the buffer.

    Args:
        seen: what was drawn.
        ids: (height, width) place in `World.people` + 1, `BALL_CODE`, or 0.
        world: the instant.
        cast: who plays.
        image_to_court: (3, 3), or None.
        label_of: the detector's label of who has a place in `World.people`; what he does by
            default.
        least_visible_px: fewer pixels of a person are not worth a box.
    """
    rows = _Rows([], [], [], [], [])
    index_of = np.zeros(BALL_CODE + 1, np.int32)
    numbers: list[tuple[Array, int, float, str]] = []
    for code, sprite in sorted(seen.sprites.items()):
        window, shown = _shown(ids, sprite, code + 1)
        count = int(np.count_nonzero(shown))
        if count < least_visible_px:
            continue
        full = int(np.count_nonzero(sprite.alpha > 127))
        person = int(world.people[code])
        label = label_of(world, code) if label_of else _label(world, cast, code)
        rows.add(_tight_box(shown, window), label, person, count / full)
        index_of[code + 1] = len(rows.boxes)
        if cast.people[person].team >= 0:
            number = _number(sprite, shown, window, ids.shape, float(seen.facing[code]))
            if number is not None:
                box, share, is_legible = number
                numbers.append(
                    (box, person, share, cast.people[person].number if is_legible else "")
                )
    for box, person, share, text in numbers:
        rows.add(box, "number", person, share, text)
    _add_things(rows, seen, ids, world)
    count = len(rows.boxes)
    return FrameTruth(
        boxes_px=np.array(rows.boxes, np.float32).reshape(count, 4),
        labels=np.array(rows.labels, dtype=np.str_),
        people=np.array(rows.people, np.int32),
        visible=np.array(rows.visible, np.float32),
        numbers=np.array(rows.numbers, dtype=np.str_),
        masks=index_of[ids],
        image_to_court=image_to_court,
    )


def _label(world: World, cast: Cast, code: int) -> str:
    if cast.people[int(world.people[code])].role == "referee":
        return "referee"
    action = str(world.actions[code])
    if action in LABEL_OF_ACTION:
        return LABEL_OF_ACTION[action]
    return "player-in-possession" if world.holder == code else "player"


def _shown(
    ids: NDArray[np.int32], sprite: Sprite, code: int
) -> tuple[tuple[int, int, int, int], NDArray[np.bool_]]:
    """The part of the picture under a sprite (x0, y0, x1, y1), and where the person shows."""
    rows, columns = sprite.alpha.shape
    y0, x0 = max(0, sprite.top), max(0, sprite.left)
    y1 = max(y0, min(ids.shape[0], sprite.top + rows))
    x1 = max(x0, min(ids.shape[1], sprite.left + columns))
    return (x0, y0, x1, y1), ids[y0:y1, x0:x1] == code


def _tight_box(shown: NDArray[np.bool_], window: tuple[int, int, int, int]) -> Array:
    columns = np.nonzero(shown.any(axis=0))[0]
    rows = np.nonzero(shown.any(axis=1))[0]
    x, y = window[:2]
    return np.array([x + columns[0], y + rows[0], x + columns[-1] + 1, y + rows[-1] + 1], float)


def _number(
    sprite: Sprite,
    shown: NDArray[np.bool_],
    window: tuple[int, int, int, int],
    shape: tuple[int, ...],
    facing: float,
) -> tuple[Array, float, bool] | None:
    """Box of the visible digits, their visible share, and whether a reader could tell them.

    Legible: digits at least 8 px high in a picture 1280 wide, turned less than about 55 degrees
    away, and at least 70 % of what is turned to the camera unhidden.
    """
    x0, y0, x1, y1 = window
    cut = np.s_[y0 - sprite.top : y1 - sprite.top, x0 - sprite.left : x1 - sprite.left]
    digits = sprite.digits[cut] & shown
    count = int(np.count_nonzero(digits))
    turned = int(np.count_nonzero(sprite.digits))
    if count < 6 or sprite.digits_full_px <= 0 or count < 0.15 * sprite.digits_full_px:
        return None
    box = _tight_box(digits, window)
    height = (box[3] - box[1]) * 1280 / shape[1]
    share = count / sprite.digits_full_px
    is_whole = count >= 0.7 * turned and turned >= 0.45 * sprite.digits_full_px
    return box, share, bool(height >= 8 and abs(facing) >= 0.57 and is_whole)


def _add_things(rows: _Rows, seen: Seen, ids: NDArray[np.int32], world: World) -> None:
    if seen.ball is not None and world.ball_in_basket and seen.rims:
        distances = [abs(float(r[[0, 2]].mean() - seen.ball[[0, 2]].mean())) for r in seen.rims]
        rim = seen.rims[int(np.argmin(distances))]
        union = np.concatenate(
            [np.minimum(rim[:2], seen.ball[:2]), np.maximum(rim[2:], seen.ball[2:])]
        )
        _add_inside(rows, union, "ball-in-basket", ids.shape, 1.0)
    elif seen.ball is not None:
        shown = ids == BALL_CODE
        size = float((seen.ball[2:] - seen.ball[:2]).prod()) * np.pi / 4
        count = int(np.count_nonzero(shown))
        if count >= max(4, 0.15 * size):
            box = _tight_box(shown, (0, 0, 0, 0))
            rows.add(box, "ball", -1, count / max(size, 1.0))
    for rim in seen.rims:
        _add_inside(rows, rim, "rim", ids.shape, 1.0)


def _add_inside(
    rows: _Rows, box: Array, label: str, shape: tuple[int, ...], visible: float
) -> None:
    """Add what of a box is inside the picture, if that is not little."""
    low, high = np.maximum(box[:2], 0), np.minimum(box[2:], [shape[1], shape[0]])
    if (high - low).min() < 2:
        return
    share = float((high - low).prod() / (box[2:] - box[:2]).prod())
    if share > 0.25:
        rows.add(np.concatenate([low, high]), label, -1, visible * share)
