"""The state of a rendered game at one instant, and its cast: what motion makes, pictures show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ACTIONS = (
    "run",  # stand, walk or run, as the speed says
    "defend",  # low stance, arms out
    "hold",  # has the ball in the hands
    "dribble",
    "jump-shot",
    "layup-dunk",
    "shot-block",
    "screen",
)


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the cast, the same in every frame.

    Attributes:
        person_id: player id of the roster; "referee-1" ... for referees.
        role: "player" or "referee".
        team: 0 home, 1 away, -1 referee.
        number: jersey number as text.
        name: full name.
        height_m: body height.
        look_seed: draws skin, hair, build, shoes, sleeves.
    """

    person_id: str
    role: str
    team: int
    number: str
    name: str
    height_m: float
    look_seed: int


@dataclass(frozen=True, slots=True)
class World:
    """One instant of a game.

    Attributes:
        game_s: time since the start of the rendered action, seconds (a replay shows old ones).
        people: (P,) int, indices into the cast, of those on the floor: ten players, referees.
        positions_m: (P, 2) feet, court coordinates: origin at the centre of the court, x along
            the length (right in the main camera's view), y towards the far sideline.
        velocities_mps: (P, 2).
        facing_rad: (P,) direction of the chest, 0 along +x, counter-clockwise seen from above.
        actions: (P,) str, each one of `ACTIONS`.
        lift_m: (P,) height of the feet above the floor.
        ball_m: (3,) centre of the ball; z up.
        holder: position in `people` of who has the ball, -1 in flight or loose.
        ball_in_basket: the ball is passing through a ring.
        offence: team that has control, 0 or 1; -1 when nobody has.
        attacks_right: basket that the offence attacks: True for x > 0.
        period: from 1.
        game_clock_s: seconds left in the period.
        shot_clock_s: seconds left.
        clock_running: whether the game clock runs.
        scores: (home, away).
    """

    game_s: float
    people: NDArray[np.int32]
    positions_m: NDArray[np.float64]
    velocities_mps: NDArray[np.float64]
    facing_rad: NDArray[np.float64]
    actions: NDArray[np.str_]
    lift_m: NDArray[np.float64]
    ball_m: NDArray[np.float64]
    holder: int
    ball_in_basket: bool
    offence: int
    attacks_right: bool
    period: int
    game_clock_s: float
    shot_clock_s: float
    clock_running: bool
    scores: tuple[int, int]


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """Everything that is true of one rendered frame.

    N boxes follow the order people, then numbers, then ball and rims; only what is inside the
    picture and not wholly hidden has a box.

    Attributes:
        boxes_px: (N, 4) float32, boxes of what is visible, pixels.
        labels: (N,) str, of `playerid.models.detector.LABELS`.
        people: (N,) int32, index into the cast of the person (for a number, its wearer); -1 else.
        visible: (N,) float32, visible share of the thing's pixels, in [0, 1].
        numbers: (N,) str, jersey number on a number box whose digits a reader could tell; "" else.
        masks: (height, width) int32, index + 1 into `boxes_px` of the person seen at each
            pixel; 0 where there is none.
        image_to_court: (3, 3) pixels to metres; None in views that do not show the court so.
    """

    boxes_px: NDArray[np.float32]
    labels: NDArray[np.str_]
    people: NDArray[np.int32]
    visible: NDArray[np.float32]
    numbers: NDArray[np.str_]
    masks: NDArray[np.int32]
    image_to_court: NDArray[np.float64] | None

    def edge_on(self, sliver: float = 0.4) -> NDArray[np.bool_]:
        """(N,) numbers narrower than `sliver` times their height: nobody can read them."""
        sides_px = self.boxes_px[:, 2:] - self.boxes_px[:, :2]
        is_narrow = sides_px[:, 0] < sliver * sides_px[:, 1]
        return np.asarray((self.labels == "number") & is_narrow)
