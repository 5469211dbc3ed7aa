"""Kits: what teams and referees wear, as textures that wrap around a torso."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.glyphs import NumberStyle, draw_number, draw_number_style, draw_text

Colour = tuple[int, int, int]

TEXTURE_HEIGHT = 224
TEXTURE_WIDTH = 448
FRONT_U = 0.25  # the chest, as a share of the way around; the back is opposite
BACK_U = 0.75


@dataclass(frozen=True, slots=True)
class Kit:
    """What one team wears. Colours are RGB.

    Attributes:
        body: jersey.
        shorts: usually as the jersey.
        trim: neck, arm holes and hems.
        panel: sides of jersey and shorts.
        panel_share: width of the side panels, as a share of the way around; 0 has none.
        stripes: 0 plain, 1 vertical pin stripes, 2 bands across, 3 fades downwards.
        number: fill of the digits.
        outline: around the digits.
        style: shape of the digits.
        number_height: height of the digits over the torso's, front and back.
        wordmark: text above the front number; "" has none.
        name_below: the name stands under the back number.
        has_hem: a line of trim runs around the waist.
        sleeves: 0 none, 1 short; referees wear 1.
        skin_tights: chance that a player wears tights or an arm sleeve.
    """

    body: Colour
    shorts: Colour
    trim: Colour
    panel: Colour
    panel_share: float
    stripes: int
    number: Colour
    outline: Colour
    style: NumberStyle
    number_height: tuple[float, float]
    wordmark: str
    name_below: bool
    has_hem: bool
    sleeves: int
    skin_tights: float


@dataclass(frozen=True, slots=True)
class Jersey:
    """One wearer's jersey, unrolled: column 0 is the right side, then chest, left side, back.

    Attributes:
        colour: (TEXTURE_HEIGHT, TEXTURE_WIDTH, 3) RGB; row 0 is the shoulder.
        digits: (TEXTURE_HEIGHT, TEXTURE_WIDTH) 0 to 255, coverage of the number.
    """

    colour: NDArray[np.uint8]
    digits: NDArray[np.uint8]


# What clubs wear: hue (OpenCV, half degrees), darkest and brightest value.
_TEAM_HUES = (
    (2, 130, 225), (177, 90, 190), (112, 105, 215), (118, 70, 160), (136, 80, 160),
    (66, 65, 140), (25, 185, 245), (10, 195, 245), (94, 85, 165), (104, 170, 230),
)  # fmt: skip
_TEAM_SHARES = (0.17, 0.09, 0.19, 0.1, 0.11, 0.08, 0.1, 0.06, 0.05, 0.05)


def luminance(colour: Colour) -> float:
    """Rec. 601 luma of an RGB colour, 0 to 255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def contrast(first: Colour, second: Colour) -> float:
    """Distance of two colours as a viewer sees it: mostly luma, some hue."""
    chroma = np.abs(np.subtract(first, second)).max()
    return abs(luminance(first) - luminance(second)) + 0.35 * float(chroma)


def draw_colour(rng: np.random.Generator, kind: str = "any") -> Colour:
    """A team colour: "light", "dark", "vivid", or any of them."""
    if kind == "any":
        kind = str(rng.choice(["light", "dark", "vivid"], p=[0.3, 0.3, 0.4]))
    if kind == "light":
        hsv = (rng.integers(180), rng.choice([0, 3, 8, 22]), rng.integers(215, 256))
    elif kind == "dark":
        hsv = (rng.choice([110, 120, 130, 5, 60, 172]), rng.integers(0, 200), rng.integers(18, 80))
    elif rng.random() < 0.08:
        hsv = (rng.integers(180), rng.integers(120, 256), rng.integers(90, 256))
    else:
        hue, low, high = _TEAM_HUES[int(rng.choice(len(_TEAM_HUES), p=_TEAM_SHARES))]
        shade = (hue + rng.integers(-3, 4)) % 180
        hsv = (shade, rng.integers(165, 246), rng.integers(low, high))
    pixel = np.array([[hsv]], np.uint8)
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0]
    return int(red), int(green), int(blue)


def _readable(rng: np.random.Generator, on: Colour, least: float) -> Colour:
    for _ in range(40):
        colour = draw_colour(rng)
        if contrast(colour, on) >= least:
            return colour
    return (15, 15, 15) if luminance(on) > 127 else (250, 250, 250)


def draw_kit(rng: np.random.Generator, wordmark: str, body: Colour) -> Kit:
    """A kit with the given jersey colour; everything else is drawn."""
    number = _readable(rng, body, float(rng.choice([70.0, 110.0, 150.0])))
    trim = number if rng.random() < 0.5 else _readable(rng, body, 50)
    has_panel = rng.random() < 0.6
    return Kit(
        body=body,
        shorts=body if rng.random() < 0.93 else draw_colour(rng),
        trim=trim,
        panel=trim if rng.random() < 0.6 else _readable(rng, body, 40),
        panel_share=rng.uniform(0.05, 0.13) if has_panel else 0.0,
        stripes=int(rng.choice([0, 1, 2, 3], p=[0.8, 0.07, 0.06, 0.07])),
        number=number,
        outline=_readable(rng, number, 60),
        style=draw_number_style(rng),
        number_height=(rng.uniform(0.22, 0.33), rng.uniform(0.29, 0.39)),
        wordmark=wordmark if rng.random() < 0.85 else "",
        name_below=bool(rng.random() < 0.12),
        has_hem=bool(rng.random() < 0.25),
        sleeves=0,
        skin_tights=rng.uniform(0.1, 0.5),
    )


def draw_kits(
    rng: np.random.Generator, level: str, wordmarks: tuple[str, str] = ("HOME", "AWAY")
) -> tuple[Kit, Kit]:
    """The kits of home and away; light or dark belongs to neither.

    Args:
        rng: source of variety.
        level: "easy" keeps the colours far apart, "broadcast" sometimes and "hard" often lets
            them be alike.
        wordmarks: what the chests say.
    """
    least = {"easy": 150.0, "broadcast": 75.0, "hard": 25.0}[level]
    first = draw_colour(rng)
    second = _readable(rng, first, least)
    if rng.random() < 0.55 and level != "hard":
        first = draw_colour(rng, "light")
        second = _readable(rng, first, max(110.0, least))
    if rng.random() < 0.5:
        first, second = second, first
    return draw_kit(rng, wordmarks[0], first), draw_kit(rng, wordmarks[1], second)


def draw_referee_kit(rng: np.random.Generator) -> Kit:
    """What the referees wear: grey, black, striped or orange shirts over black trousers."""
    look = int(rng.choice(4, p=[0.55, 0.15, 0.2, 0.1]))
    grey = int(rng.integers(95, 185))
    body = [(grey, grey, grey + 4), (28, 28, 30), (235, 235, 235), (225, 92, 35)][look]
    kit = draw_kit(rng, "", body)
    return replace(
        kit,
        shorts=(22, 22, 25),
        trim=(20, 20, 22),
        panel=(20, 20, 22),
        panel_share=float(rng.choice([0.0, 0.14, 0.18])) if look != 1 else 0.0,
        stripes=1 if look == 2 else 0,
        number=(20, 20, 22) if look != 1 else (225, 225, 225),
        number_height=(0.0, 0.2),
        sleeves=1,
        skin_tights=0.0,
    )


def draw_folds(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """Light and shade of cloth: (height, width) factors around 1, diagonal waves and creases."""
    small = rng.normal(size=(max(2, height // 24), max(2, width // 12))).astype(np.float32)
    waves = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    shear = np.array([[1, rng.uniform(-0.6, 0.6), 0], [0, 1, 0]], np.float32)
    waves = cv2.warpAffine(waves, shear, (width, height), borderMode=cv2.BORDER_REFLECT)
    creases = np.clip(1.2 - np.abs(waves) * 6, 0, 1)
    return np.asarray(1 + 0.07 * waves - 0.07 * creases, np.float32)


def _blend(picture: NDArray[np.uint8], cover: NDArray[np.uint8], colour: Colour) -> None:
    alpha = cover[..., None].astype(np.float32) / 255
    picture[:] = picture * (1 - alpha) + np.array(colour, np.float32) * alpha


def _paste(
    jersey: Jersey, art: tuple[NDArray[np.uint8], ...], centre_u: float, top: float, kit: Kit
) -> None:
    """Put a number (two layers) or a line of text (one) on the texture, centred at centre_u."""
    height, width = art[0].shape
    most = round(TEXTURE_WIDTH * 0.4)
    if width > most:
        art = tuple(cv2.resize(a, (most, height), interpolation=cv2.INTER_AREA) for a in art)
        width = most
    left = round(centre_u * TEXTURE_WIDTH - width / 2)
    upper = round(top * TEXTURE_HEIGHT)
    height = min(height, TEXTURE_HEIGHT - upper)
    window = np.s_[upper : upper + height, left : left + width]
    if len(art) == 2:
        _blend(jersey.colour[window], art[1][:height], kit.outline)
        jersey.digits[window] = np.maximum(jersey.digits[window], art[0][:height])
    _blend(jersey.colour[window], art[0][:height], kit.number)


def _cloth(kit: Kit) -> NDArray[np.uint8]:
    """The jersey before anything is printed on it."""
    cloth = np.full((TEXTURE_HEIGHT, TEXTURE_WIDTH, 3), kit.body, np.uint8)
    if kit.stripes == 1:
        period = 28 if kit.sleeves else 16
        thick = 14 if kit.sleeves else 1
        for x in range(4, TEXTURE_WIDTH, period):
            cloth[:, x : x + thick] = kit.trim
    elif kit.stripes == 2:
        top = int(TEXTURE_HEIGHT * 0.55)
        cloth[top : top + 26] = kit.trim
    elif kit.stripes == 3:
        fade = np.linspace(0, 0.8, TEXTURE_HEIGHT)[:, None, None] ** 2
        cloth[:] = cloth * (1 - fade) + np.array(kit.panel) * fade
    half = round(kit.panel_share * TEXTURE_WIDTH / 2)
    if half:
        for centre in (0, TEXTURE_WIDTH // 2, TEXTURE_WIDTH):
            cloth[40:, max(0, centre - half) : centre + half] = kit.panel
    if kit.has_hem:
        cloth[-5:] = kit.trim
    return cloth


def draw_jersey(kit: Kit, number: str, name: str, rng: np.random.Generator) -> Jersey:
    """The jersey of one wearer, with number, name and folds."""
    jersey = Jersey(_cloth(kit), np.zeros((TEXTURE_HEIGHT, TEXTURE_WIDTH), np.uint8))
    front, back = kit.number_height
    if front:
        art = draw_number(number, kit.style, round(front * TEXTURE_HEIGHT))
        top = 0.34 if kit.wordmark else 0.27
        _paste(jersey, art, FRONT_U, top, kit)
    if kit.wordmark:
        text = draw_text(kit.wordmark, 22, 0.7)
        _paste(jersey, (text,), FRONT_U, 0.22, kit)
    surname = name.rsplit(maxsplit=1)[-1].upper() if name and not kit.sleeves else ""
    top = 0.2 if kit.name_below or not surname else 0.27
    art = draw_number(number, kit.style, round(back * TEXTURE_HEIGHT))
    _paste(jersey, art, BACK_U, top, kit)
    if surname:
        text = draw_text(surname, 20, 0.75)
        place = top + back + 0.06 if kit.name_below else 0.15
        _paste(jersey, (text,), BACK_U, place, kit)
    folds = draw_folds(rng, TEXTURE_HEIGHT, TEXTURE_WIDTH)
    shaded = np.clip(jersey.colour * folds[..., None], 0, 255).astype(np.uint8)
    return Jersey(shaded, jersey.digits)
