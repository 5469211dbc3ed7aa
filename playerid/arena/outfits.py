"""Looks of people: skin, hair, clothes and shoes, drawn from a seed."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.arena.kit import Colour, Jersey, Kit, draw_colour, draw_folds, draw_jersey
from playerid.arena.world import Person

SKINS: tuple[Colour, ...] = (
    (62, 40, 30), (84, 55, 40), (104, 70, 50), (126, 86, 62), (150, 106, 78),
    (178, 130, 98), (206, 158, 126), (224, 182, 154),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (16, 13, 12), (24, 18, 15), (44, 30, 22), (86, 60, 38), (150, 120, 80), (120, 116, 112),
)  # fmt: skip
HAIR_STYLES = ("shaved", "short", "afro", "bun", "dreads", "headband", "cap", "long")


@dataclass(frozen=True, slots=True)
class Outfit:
    """Everything about a person that every frame shares. Colours are RGB.

    Attributes:
        skin: bare skin.
        hair: hair.
        hair_style: one of `HAIR_STYLES`.
        band: headband or cap.
        beard: share of the lower face that is covered, 0 to 1.
        textures: torso, unrolled, largest first, each half the one before.
        digits: coverage of the number, as `textures`.
        upper_arms: left, right.
        forearms: left, right.
        thighs: left, right, below the hem.
        shins: left, right.
        socks: socks.
        shoes: shoes.
        soles: soles.
        shorts: shorts, skirt or trousers.
        stripe: side of the shorts; the same as `shorts` where there is none.
        hem: how far shorts reach down the thigh; 1 for trousers.
        has_sleeves: whether the torso's cloth goes over the shoulders.
        breadth: of the body against the average.
    """

    skin: Colour
    hair: Colour
    hair_style: str
    band: Colour
    beard: float
    textures: tuple[NDArray[np.uint8], ...]
    digits: tuple[NDArray[np.uint8], ...]
    upper_arms: tuple[Colour, Colour]
    forearms: tuple[Colour, Colour]
    thighs: tuple[Colour, Colour]
    shins: tuple[Colour, Colour]
    socks: Colour
    shoes: Colour
    soles: Colour
    shorts: Colour
    stripe: Colour
    hem: float
    has_sleeves: bool
    breadth: float


def _pyramid(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    levels = [picture]
    while levels[-1].shape[0] > 40:
        last = levels[-1]
        size = (last.shape[1] // 2, last.shape[0] // 2)
        levels.append(cv2.resize(last, size, interpolation=cv2.INTER_AREA))
    return tuple(levels)


def _draw_shoes(rng: np.random.Generator, kit: Kit) -> Colour:
    roll = rng.random()
    if roll < 0.3:
        return 240, 240, 240
    if roll < 0.5:
        return 25, 25, 28
    return kit.trim if roll < 0.65 else draw_colour(rng, "vivid")


def dress_player(person: Person, kit: Kit) -> Outfit:
    """A player, the same for the same person and kit."""
    rng = np.random.default_rng([person.look_seed, 7])
    skin = SKINS[int(rng.choice(8, p=[0.1, 0.18, 0.2, 0.16, 0.12, 0.08, 0.1, 0.06]))]
    light = skin[0] > 170
    hair = HAIRS[int(rng.integers(1, 5))] if light else HAIRS[int(rng.integers(0, 2))]
    style = str(rng.choice(HAIR_STYLES, p=[0.2, 0.32, 0.1, 0.1, 0.08, 0.17, 0.0, 0.03]))
    jersey = draw_jersey(kit, person.number, person.name, rng)
    support = [(28, 28, 30), (240, 240, 240), kit.body, kit.trim][int(rng.integers(4))]

    def limb(chance: float) -> tuple[Colour, Colour]:
        worn = rng.random(2) < chance
        return (support if worn[0] else skin), (support if worn[1] else skin)

    tights = rng.random() < kit.skin_tights * 0.6
    thighs = (support, support) if tights else limb(0.05)
    return Outfit(
        skin=skin,
        hair=hair,
        hair_style=style,
        band=[(240, 240, 240), (25, 25, 28), kit.trim][int(rng.integers(3))],
        beard=float(rng.choice([0, 0, 0.5, 0.8])),
        textures=_pyramid(jersey.colour),
        digits=_pyramid(jersey.digits),
        upper_arms=limb(kit.skin_tights * 0.2),
        forearms=limb(kit.skin_tights * 0.5),
        thighs=thighs,
        shins=thighs if tights and rng.random() < 0.7 else limb(0.1),
        socks=[(238, 238, 238), (28, 28, 30), kit.trim][int(rng.choice(3, p=[0.5, 0.35, 0.15]))],
        shoes=_draw_shoes(rng, kit),
        soles=(235, 235, 232) if rng.random() < 0.7 else (40, 40, 40),
        shorts=kit.shorts,
        stripe=kit.panel if kit.panel_share else kit.shorts,
        hem=rng.uniform(0.72, 1.02),
        has_sleeves=False,
        breadth=rng.uniform(0.96, 1.18),
    )


def dress_referee(person: Person, kit: Kit) -> Outfit:
    """A referee, the same for the same person and kit."""
    rng = np.random.default_rng([person.look_seed, 8])
    skin = SKINS[int(rng.integers(1, 8))]
    jersey = draw_jersey(kit, person.number or str(rng.integers(5, 80)), "", rng)
    blank = Jersey(jersey.colour, np.zeros_like(jersey.digits))
    cloth = kit.body if kit.stripes == 0 and kit.panel_share < 0.15 else kit.trim
    return _dress_civilian(
        rng, skin, blank, arms=(cloth, skin), legs=kit.shorts, shoes=(18, 18, 20)
    )


def _dress_civilian(
    rng: np.random.Generator,
    skin: Colour,
    top: Jersey,
    *,
    arms: tuple[Colour, Colour],
    legs: Colour,
    shoes: Colour,
) -> Outfit:
    style = str(rng.choice(HAIR_STYLES, p=[0.17, 0.45, 0.03, 0.03, 0.02, 0.0, 0.1, 0.2]))
    return Outfit(
        skin=skin,
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
        hair_style=style,
        band=draw_colour(rng),
        beard=float(rng.choice([0, 0, 0.6])),
        textures=_pyramid(top.colour),
        digits=_pyramid(top.digits),
        upper_arms=(arms[0], arms[0]),
        forearms=(arms[1], arms[1]),
        thighs=(legs, legs),
        shins=(legs, legs),
        socks=legs,
        shoes=shoes,
        soles=shoes,
        shorts=legs,
        stripe=legs,
        hem=1.0,
        has_sleeves=True,
        breadth=rng.uniform(0.95, 1.25),
    )


def dress_spectator(
    rng: np.random.Generator, colours: tuple[Colour, ...], club_share: float
) -> Outfit:
    """Somebody in the stands, often in a colour of the club; or a coach, if colours are dark."""
    skin = SKINS[int(rng.integers(1, 8))]
    if colours and rng.random() < club_share:
        shirt = colours[int(rng.integers(len(colours)))]
    elif rng.random() < 0.55:
        grey = int(rng.choice([22, 32, 48, 70, 105, 150, 205]))
        shirt = (grey, grey, min(255, grey + int(rng.integers(0, 18))))
    else:
        vivid = np.array(draw_colour(rng, "vivid"), float)
        red, green, blue = (int(c) for c in vivid * 0.6 + vivid.mean() * 0.3)
        shirt = (red, green, blue)
    cloth = np.full((56, 112, 3), shirt, np.float32)
    if rng.random() < 0.3:
        cloth[:, 22:34] = draw_colour(rng)
    cloth = np.clip(cloth * draw_folds(rng, 56, 112)[..., None], 0, 255).astype(np.uint8)
    long_sleeves = rng.random() < 0.6
    trousers = [(30, 32, 44), (52, 60, 86), (24, 24, 26), (110, 98, 80)][int(rng.integers(4))]
    return _dress_civilian(
        rng,
        skin,
        Jersey(cloth, np.zeros((56, 112), np.uint8)),
        arms=(shirt, shirt if long_sleeves else skin),
        legs=trousers,
        shoes=(60, 50, 45),
    )
