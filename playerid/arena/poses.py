"""Where the joints of a body are: from action, speed and facing to a skeleton."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Proportions of the body, in body heights (Winter, Biomechanics and Motor Control of Human
# Movement, 4th ed., fig. 4.1; shoulders and arms as of tall athletes).
THIGH, SHIN, ANKLE = 0.245, 0.246, 0.039
TORSO, HIP_HALF, SHOULDER_HALF = 0.288, 0.054, 0.111
UPPER_ARM, FOREARM, HAND = 0.175, 0.15, 0.05

JOINTS = (
    "hip_l", "hip_r", "knee_l", "knee_r", "ankle_l", "ankle_r", "toe_l", "toe_r",
    "shoulder_l", "shoulder_r", "elbow_l", "elbow_r", "wrist_l", "wrist_r", "hand_l", "hand_r",
    "pelvis", "neck", "head",
)  # fmt: skip
JOINT = {name: i for i, name in enumerate(JOINTS)}


@dataclass(frozen=True, slots=True)
class Stance:
    """Targets of one body in its own frame, body heights: forward, left, up from the floor.

    Attributes:
        pelvis: centre of the hips.
        lean_rad: of the trunk, forward.
        feet: left and right ankle.
        hands: left and right wrist.
        twist_rad: shoulders against hips.
    """

    pelvis: tuple[float, float, float]
    lean_rad: float
    feet: tuple[tuple[float, float, float], tuple[float, float, float]]
    hands: tuple[tuple[float, float, float], tuple[float, float, float]]
    twist_rad: float = 0.0


def make_stance(
    action: str,
    *,
    speed_mps: float,
    heading_rad: float,
    phase_rad: float,
    variant: float,
    ball: tuple[float, float, float] | None = None,
) -> Stance:
    """The stance of an action.

    Args:
        action: one of `playerid.arena.world.ACTIONS`, or "sit", "stand", "cheer" for crowds.
        speed_mps: over the floor.
        heading_rad: of the velocity against the facing, counter-clockwise.
        phase_rad: of the step cycle.
        variant: in [0, 1), which of several habits.
        ball: centre in the body's frame, body heights, when this person has it.
    """
    if action == "sit":
        return _sit(variant)
    if action == "cheer":
        up = ((0.05, 0.16, 1.1), (0.05, -0.16, 1.08 + 0.1 * variant))
        return Stance((0, 0, 0.525), 0.0, ((0, 0.07, ANKLE), (0, -0.07, ANKLE)), up)
    legs = _step(speed_mps, heading_rad, phase_rad)
    if action in {"run", "stand"}:
        stance = _move(legs, speed_mps, phase_rad, variant)
    elif action in {"defend", "screen"}:
        stance = _guard(action, legs, phase_rad, variant)
    elif action == "dribble":
        stance = _dribble(legs, ball, phase_rad, variant)
    elif action == "hold":
        stance = _hold(legs, ball, variant)
    else:
        stance = _jump(action, legs, ball, variant)
    return stance


Legs = tuple[tuple[tuple[float, float, float], tuple[float, float, float]], float, float]


def _step(speed: float, heading: float, phase: float) -> Legs:
    """Ankles, pelvis height and lean of a step cycle along the heading."""
    reach = 0.03 + 0.26 * min(1.0, speed / 6.0) if speed > 0.4 else 0.0
    raise_ = 0.02 + 0.17 * min(1.0, speed / 6.0) if speed > 0.4 else 0.0
    along, aside = math.cos(heading), math.sin(heading)
    feet = []
    for side, offset in ((0.062, 0.0), (-0.062, math.pi)):
        swing = reach * math.sin(phase + offset)
        lifted = raise_ * max(0.0, math.cos(phase + offset + 0.5)) ** 1.2
        back = max(0.0, -math.sin(phase + offset)) * raise_ * 0.7
        feet.append((along * swing, side + aside * swing * 0.8, ANKLE + lifted + back))
    bounce = 0.012 * math.cos(2 * phase) * min(1.0, speed / 3)
    height = 0.52 - 0.22 * reach**1.3 + bounce
    return (feet[0], feet[1]), height, 0.03 + 0.2 * min(1.0, speed / 6.0) * along


def _move(legs: Legs, speed: float, phase: float, variant: float) -> Stance:
    feet, height, lean = legs
    if speed < 1.0 and variant > 0.55:
        low = variant > 0.85
        spread = ((0.0, 0.09, ANKLE), (0.02, -0.09, ANKLE))
        if low:
            return Stance((-0.06, 0, 0.475), 0.75, spread, ((0.13, 0.1, 0.3), (0.13, -0.1, 0.3)))
        return Stance((0, 0, 0.52), 0.04, spread, ((0.03, 0.12, 0.57), (0.03, -0.12, 0.57)))
    drive = min(1.0, speed / 5.0)
    hands = []
    for side, offset in ((1, math.pi), (-1, 0.0)):
        swing = math.sin(phase + offset)
        forward = 0.03 + drive * (0.06 + 0.2 * swing) + 0.05 * swing * min(1, speed)
        up = 0.485 + drive * (0.13 + 0.12 * swing)
        hands.append((forward, side * (0.175 - 0.03 * drive), up))
    twist = 0.25 * drive * math.sin(phase)
    return Stance((0, 0, height), lean, feet, (hands[0], hands[1]), twist)


def _guard(action: str, legs: Legs, phase: float, variant: float) -> Stance:
    feet, height, _ = legs
    wide = tuple((f, side + (0.09 if side > 0 else -0.09), u) for f, side, u in feet)
    spread = (wide[0], wide[1])
    if action == "screen":
        return Stance(
            (0, 0, height - 0.035), 0.06, spread, ((0.11, 0.02, 0.5), (0.13, -0.02, 0.53))
        )
    low = 0.03 + 0.06 * variant
    sway = 0.03 * math.sin(phase)
    high = 0.92 if variant > 0.6 else 0.66
    hands = ((0.16, 0.3, 0.62 + sway), (0.2, -0.28, high - sway))
    return Stance((-0.05, 0, height - low), 0.22 + 0.3 * low / 0.09, spread, hands)


def _dribble(
    legs: Legs, ball: tuple[float, float, float] | None, phase: float, variant: float
) -> Stance:
    feet, height, lean = legs
    point = ball or (0.2, 0.14 if variant > 0.4 else -0.14, 0.35)
    on_left = point[1] > 0
    reach = (point[0], point[1], max(point[2] + 0.06, 0.36))
    off = (0.12, -0.19 if on_left else 0.19, 0.6 + 0.04 * math.sin(phase))
    hands = (reach, off) if on_left else (off, reach)
    return Stance((-0.02, 0, height - 0.03), lean + 0.22, feet, hands)


def _hold(legs: Legs, ball: tuple[float, float, float] | None, variant: float) -> Stance:
    feet, height, lean = legs
    point = ball or (0.19, 0.0, 0.62 + 0.2 * variant)
    hands = ((point[0], point[1] + 0.05, point[2]), (point[0], point[1] - 0.05, point[2]))
    return Stance((0, 0, height - 0.015), lean + 0.08, feet, hands)


def _jump(
    action: str, legs: Legs, ball: tuple[float, float, float] | None, variant: float
) -> Stance:
    height = legs[1]
    point = ball if ball and ball[2] > 0.7 else (0.1, -0.03, 1.14)
    if action == "jump-shot":
        down = ((-0.02, 0.055, ANKLE), (-0.04, -0.055, ANKLE + 0.01))
        guide = (point[0], point[1] + 0.06, point[2] - 0.04)
        return Stance((0, 0, 0.528), -0.03, down, (guide, (point[0], point[1], point[2] - 0.05)))
    if action == "shot-block":
        down = ((-0.05, 0.06, ANKLE + 0.03), (-0.02, -0.06, ANKLE))
        other = (0.1, 0.17, 1.12) if variant > 0.5 else (0.08, 0.2, 0.75)
        return Stance((0, 0, 0.528), 0.1, down, (other, (0.14, -0.07, 1.2)))
    knee_up = ((0.1, 0.06, ANKLE + 0.2), (-0.1, -0.05, ANKLE))
    left = variant > 0.5
    swap = (knee_up[0], knee_up[1]) if left else _mirrored(knee_up)
    reach = (point[0], point[1], point[2] - 0.04)
    off = (0.12, 0.16 if left else -0.16, 0.72)
    hands = (off, reach) if left else (reach, off)
    return Stance((0, 0, max(height, 0.52)), 0.12, swap, hands)


Pair = tuple[tuple[float, float, float], tuple[float, float, float]]


def _mirrored(pair: Pair) -> Pair:
    (a, b, c), (d, e, f) = pair
    return (d, -e, f), (a, -b, c)


def _sit(variant: float) -> Stance:
    feet = ((0.25, 0.07, ANKLE), (0.25 - 0.06 * variant, -0.07, ANKLE))
    if variant > 0.8:
        hands = ((0.14, 0.04, 0.55), (0.14, -0.04, 0.55))
    else:
        hands = ((0.2, 0.06, 0.34), (0.2, -0.06, 0.34))
    return Stance((0, 0, 0.27), -0.05 + 0.25 * variant, feet, hands)


def _bend(root: Array, target: Array, lengths: tuple[float, float], pole: Array) -> Array:
    """Middle joint and end of two-link limbs (N, 3); the joint bends towards `pole`."""
    first, second = lengths
    offset = target - root
    distance = np.linalg.norm(offset, axis=1, keepdims=True)
    reach = np.clip(distance, abs(first - second) + 0.01, (first + second) * 0.998)
    along = offset / np.maximum(distance, 1e-6)
    share = (first**2 - second**2 + reach**2) / (2 * reach)
    height = np.sqrt(np.maximum(first**2 - share**2, 0))
    side = pole - (pole * along).sum(axis=1, keepdims=True) * along
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-6)
    return np.stack([root + along * share + side * height, root + along * reach])


def pose_bodies(
    stances: list[Stance], positions_m: Array, facing_rad: Array, heights_m: Array
) -> Array:
    """Put bodies in the world.

    Args:
        stances: of N bodies.
        positions_m: (N, 3) the point of the floor under the body, raised by a jump.
        facing_rad: (N,) direction of the chest.
        heights_m: (N,).

    Returns:
        (N, len(JOINTS), 3) joints in court coordinates, metres.
    """
    count = len(stances)
    body = np.zeros((count, len(JOINTS), 3))
    pelvis = np.array([s.pelvis for s in stances])
    lean = np.array([s.lean_rad for s in stances])
    twist = np.array([s.twist_rad for s in stances])
    feet = np.array([s.feet for s in stances])
    hands = np.array([s.hands for s in stances])
    trunk = np.column_stack([np.sin(lean), np.zeros(count), np.cos(lean)]) * TORSO
    neck = pelvis + trunk
    body[:, JOINT["pelvis"]] = pelvis
    body[:, JOINT["neck"]] = neck
    nod = lean[:, None] * 0.35
    head = np.column_stack([0.018 + 0.11 * np.sin(nod), np.zeros(count), 0.105 * np.cos(nod)])
    body[:, JOINT["head"]] = neck + head
    for i, side in enumerate((1.0, -1.0)):
        across = np.column_stack([-np.sin(twist), np.cos(twist), np.zeros(count)]) * side
        hip = pelvis + np.array([0, side * HIP_HALF, 0])
        shoulder = neck + across * SHOULDER_HALF - trunk * 0.06
        out = np.tile([1.0, side * 0.25, 0.1], (count, 1))
        knee, ankle = _bend(hip, feet[:, i], (THIGH, SHIN), out)
        elbow, wrist = _bend(
            shoulder,
            hands[:, i],
            (UPPER_ARM, FOREARM),
            np.tile([-1.0, side * 0.45, -0.3], (count, 1)),
        )
        toe = ankle + np.column_stack(
            [np.full(count, 0.097), np.full(count, side * 0.025), np.full(count, -0.022)]
        )
        grip = (wrist - elbow) / FOREARM * HAND
        for name, value in (
            ("hip", hip), ("knee", knee), ("ankle", ankle), ("toe", toe),
            ("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist), ("hand", wrist + grip),
        ):  # fmt: skip
            body[:, JOINT[f"{name}_{'l' if side > 0 else 'r'}"]] = value
    cos, sin = np.cos(facing_rad)[:, None], np.sin(facing_rad)[:, None]
    world = np.stack(
        [
            body[..., 0] * cos - body[..., 1] * sin,
            body[..., 0] * sin + body[..., 1] * cos,
            body[..., 2],
        ],
        axis=-1,
    )
    return np.asarray(world * heights_m[:, None, None] + positions_m[:, None, :])
