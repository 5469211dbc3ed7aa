"""The score bug: teams, scores, period and clocks over the picture."""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.glyphs import TYPEFACES, draw_text
from playerid.arena.kit import Colour, contrast, draw_colour
from playerid.arena.world import World

PERIODS = ("1ST", "2ND", "3RD", "4TH")


@dataclass(frozen=True, slots=True)
class ScoreBug:
    """One broadcaster's style; lengths are shares of the picture's width.

    Attributes:
        left: of the bug.
        top: of the bug, as a share of the picture's height.
        width: of the bug.
        height: of the bug.
        names: home, away, as shown.
        colours: of home and away.
        ground: behind clock and period.
        ink: of clock and period.
        typeface: of everything.
        has_two_rows: teams above one another, or side by side.
        opacity: of the whole.
        banner: a line of text below or above; "" has none.
    """

    left: float
    top: float
    width: float
    height: float
    names: tuple[str, str]
    colours: tuple[Colour, Colour]
    ground: Colour
    ink: Colour
    typeface: str
    has_two_rows: bool
    opacity: float
    banner: str


def draw_bug_style(
    rng: np.random.Generator, names: tuple[str, str], colours: tuple[Colour, Colour]
) -> ScoreBug:
    """A style at random: in the lower or, seldom, the upper part, at either side or the middle."""
    short = rng.random() < 0.6
    shown = tuple(n[:3].upper() if short else n.split()[-1].upper()[:11] for n in names)
    two_rows = bool(rng.random() < 0.3)
    width = rng.uniform(0.16, 0.24) if two_rows else rng.uniform(0.36, 0.62)
    height = rng.uniform(0.05, 0.062) if two_rows else rng.uniform(0.024, 0.036)
    ground = draw_colour(rng, "dark") if rng.random() < 0.75 else draw_colour(rng, "light")
    place = float(rng.choice([0.04, (1 - width) / 2, 0.96 - width]))
    return ScoreBug(
        left=place,
        top=rng.uniform(0.82, 0.91) - (0.04 if two_rows else 0) if rng.random() < 0.9 else 0.05,
        width=width,
        height=height,
        names=(shown[0], shown[1]),
        colours=colours,
        ground=ground,
        ink=_ink_on(ground),
        typeface=str(rng.choice([TYPEFACES[0], TYPEFACES[0], TYPEFACES[2], TYPEFACES[3]])),
        has_two_rows=two_rows,
        opacity=float(rng.choice([1.0, 1.0, 0.85])),
        banner="" if rng.random() < 0.7 else "BONUS NIGHT  TICKETS ON SALE",
    )


@lru_cache(maxsize=4096)
def _text(text: str, height: int, typeface: str) -> NDArray[np.uint8]:
    return draw_text(text, height, 0.85, typeface)


def clock_text(game_clock_s: float) -> str:
    """The game clock as bugs show it: minutes and seconds, tenths in the last minute."""
    if game_clock_s < 60:
        return f"{math.floor(game_clock_s * 10) / 10:.1f}"
    whole = math.ceil(game_clock_s)
    return f"{whole // 60}:{whole % 60:02d}"


def period_text(period: int) -> str:
    """The name of a period: 1ST to 4TH, then OT, 2OT, ..."""
    if period <= len(PERIODS):
        return PERIODS[period - 1]
    return "OT" if period == len(PERIODS) + 1 else f"{period - len(PERIODS)}OT"


def draw_bug(picture: NDArray[np.uint8], bug: ScoreBug, world: World) -> tuple[slice, slice]:
    """Lay the bug over a picture; returns the rows and columns it hides."""
    shot = f"{math.ceil(world.shot_clock_s)}" if world.shot_clock_s > 0 else ""
    clocks = (period_text(world.period), clock_text(world.game_clock_s), shot)
    return lay_bug(picture, bug, world.scores, clocks)


def lay_bug(
    picture: NDArray[np.uint8], bug: ScoreBug, scores: tuple[int, int], clocks: "Clocks"
) -> tuple[slice, slice]:
    """Lay a bug over a picture; returns the rows and columns it hides.

    Args:
        picture: to draw on.
        bug: its style.
        scores: of home and away.
        clocks: period, game clock and shot clock, as shown; "" shows nothing.
    """
    rows, columns = picture.shape[:2]
    left, top = round(bug.left * columns), round(bug.top * rows)
    width, height = round(bug.width * columns), round(bug.height * columns)
    plate = np.empty((height, width, 3), np.uint8)
    plate[:] = bug.ground
    (_fill_two_rows if bug.has_two_rows else _fill_one_row)(plate, bug, scores, clocks)
    if bug.banner:
        strip = np.empty((height // 2, width, 3), np.uint8)
        strip[:] = bug.colours[0]
        _write(strip, bug.banner, (0, 0, width, height // 2), _ink_on(bug.colours[0]), bug)
        plate = np.vstack([plate, strip])
    _lay(picture, plate, left, top, bug.opacity)
    return slice(top, top + plate.shape[0]), slice(left, left + plate.shape[1])


Clocks = tuple[str, str, str]


def _fill_two_rows(
    plate: NDArray[np.uint8], bug: ScoreBug, scores: tuple[int, int], clocks: Clocks
) -> None:
    height, width = plate.shape[:2]
    half, split = height // 2, round(width * 0.62)
    for row, team in ((0, 1), (1, 0)):
        _draw_team(plate, bug, team, scores[team], (0, row * half, split, half))
    period, clock, shot = clocks
    _write(plate, clock, (split, 0, width - split, half), bug.ink, bug)
    lower = (split, half, width - split, height - half)
    _write(plate, f"{period}  {shot}", lower, bug.ink, bug)


def _fill_one_row(
    plate: NDArray[np.uint8], bug: ScoreBug, scores: tuple[int, int], clocks: Clocks
) -> None:
    height, width = plate.shape[:2]
    part = round(width * 0.33)
    _draw_team(plate, bug, 1, scores[1], (0, 0, part, height))
    _draw_team(plate, bug, 0, scores[0], (part, 0, part, height))
    x, rest = 2 * part, width - 2 * part
    for text, share in zip(clocks, (0.34, 0.4, 0.26), strict=True):
        span = int(rest * share)
        _write(plate, text, (x, 0, span, height), bug.ink, bug)
        x += span


def _ink_on(ground: Colour) -> Colour:
    return (248, 248, 248) if contrast((248, 248, 248), ground) > 100 else (15, 15, 18)


def _lay(
    picture: NDArray[np.uint8], plate: NDArray[np.uint8], left: int, top: int, opacity: float
) -> None:
    window = picture[top : top + plate.shape[0], left : left + plate.shape[1]]
    plate = plate[: window.shape[0], : window.shape[1]]
    window[:] = plate if opacity == 1 else cv2.addWeighted(plate, opacity, window, 1 - opacity, 0)


def _draw_team(
    plate: NDArray[np.uint8],
    bug: ScoreBug,
    team: int,
    score: int,
    box: tuple[int, int, int, int],
) -> None:
    x, y, width, height = box
    colour = bug.colours[team]
    ink = _ink_on(colour)
    plate[y : y + height, x : x + width] = colour
    split = round(width * 0.66)
    _write(plate, bug.names[team], (x, y, split, height), ink, bug)
    _write(plate, str(score), (x + split, y, width - split, height), ink, bug)


def _write(
    plate: NDArray[np.uint8],
    text: str,
    box: tuple[int, int, int, int],
    ink: Colour,
    bug: ScoreBug,
) -> None:
    """Text in the middle of a box, narrowed if it is too wide."""
    if not text.strip():
        return
    x, y, width, height = box
    size = max(4, round(height * 0.52))
    cover = _text(text, size, bug.typeface)
    most = max(1, round(width * 0.92))
    if cover.shape[1] > most:
        cover = cv2.resize(cover, (most, size), interpolation=cv2.INTER_AREA)
    top, left = y + (height - size) // 2, x + (width - cover.shape[1]) // 2
    window = plate[top : top + size, left : left + cover.shape[1]]
    share = cover[: window.shape[0], : window.shape[1], None].astype(np.float32) / 255
    window[:] = window * (1 - share) + np.array(ink, np.float32) * share
