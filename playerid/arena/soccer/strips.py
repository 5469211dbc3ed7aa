"""What players, goalkeepers and referees of a match wear: shirts with sleeves, shorts, socks."""

from dataclasses import dataclass, replace

import numpy as np

from playerid.arena.kit import Colour, Kit, contrast, draw_colour, draw_kit, draw_kits
from playerid.arena.outfits import Outfit, dress_player
from playerid.arena.world import Person


@dataclass(frozen=True, slots=True)
class Strip:
    """One kit from neck to boots.

    Attributes:
        kit: shirt, shorts and number.
        socks: up to the knee.
    """

    kit: Kit
    socks: Colour


@dataclass(frozen=True, slots=True)
class Strips:
    """What everybody of a match wears.

    Attributes:
        teams: of home and away.
        keepers: of their goalkeepers.
        referees: of all three.
    """

    teams: tuple[Strip, Strip]
    keepers: tuple[Strip, Strip]
    referees: Strip


def draw_strips(rng: np.random.Generator, level: str) -> Strips:
    """Draw the kits of a match: goalkeepers and referees unlike both teams.

    Args:
        rng: draws everything.
        level: as `playerid.arena.kit.draw_kits`.
    """
    home, away = (_strip(rng, kit) for kit in draw_kits(rng, level, ("", "")))
    worn = [home.kit.body, away.kit.body]
    keepers = []
    for _ in (0, 1):
        body = _unlike(rng, worn, ["vivid", "vivid", "light", "dark"])
        worn.append(body)
        kit = draw_kit(rng, "", body)
        keepers.append(_strip(rng, replace(kit, shorts=body, stripes=0)))
    blacks: list[Colour] = [
        (22, 22, 26),
        (24, 24, 30),
        (225, 225, 40),
        (235, 120, 40),
        (60, 190, 220),
    ]
    fitting = [c for c in blacks if min(contrast(c, other) for other in worn[:2]) > 60] or blacks[
        2:
    ]
    whistle = fitting[0 if rng.random() < 0.55 else int(rng.integers(len(fitting)))]
    kit = draw_kit(rng, "", whistle)
    referee = replace(
        kit, shorts=(22, 22, 26), stripes=0, panel_share=0.0, number=whistle, outline=whistle,
        number_height=(0.0, 0.05), sleeves=1, skin_tights=0.0,
    )  # fmt: skip
    socks: Colour = (22, 22, 26)
    return Strips((home, away), (keepers[0], keepers[1]), Strip(referee, socks))


def _unlike(rng: np.random.Generator, worn: list[Colour], kinds: list[str]) -> Colour:
    """A colour that cannot be taken for one that is worn."""
    drawn = [draw_colour(rng, str(rng.choice(kinds))) for _ in range(30)]
    return max(drawn, key=lambda colour: min(*(contrast(colour, w) for w in worn), 95.0))


def _strip(rng: np.random.Generator, kit: Kit) -> Strip:
    """Make a soccer kit of any: sleeves, a small number in front and a large one behind."""
    shorts = kit.body
    if rng.random() < 0.55:
        shorts = [(245, 245, 245), (20, 20, 26), kit.trim, draw_colour(rng)][int(rng.integers(4))]
    socks = [kit.body, shorts, kit.trim, (20, 20, 24)][int(rng.choice(4, p=[0.45, 0.3, 0.15, 0.1]))]
    striped = int(rng.choice([0, 1, 2, 3], p=[0.68, 0.17, 0.07, 0.08]))
    shirt = replace(
        kit, shorts=shorts, stripes=striped, wordmark="", name_below=False, sleeves=1,
        number_height=(rng.uniform(0.1, 0.16), rng.uniform(0.36, 0.46)), skin_tights=0.06,
    )  # fmt: skip
    return Strip(shirt, socks)


def dress(person: Person, strip: Strip, *, has_gloves: bool = False) -> Outfit:
    """A player or referee in a strip, the same for the same person and strip."""
    rng = np.random.default_rng([person.look_seed, 9])
    kit = strip.kit
    plain = dress_player(person if person.number else replace(person, number="1"), kit)
    is_long = has_gloves or rng.random() < 0.2
    fore = kit.body if is_long else plain.skin
    boots: list[Colour] = [
        (25, 25, 28),
        (240, 240, 240),
        (255, 90, 40),
        (190, 240, 60),
        (80, 180, 255),
    ]
    return replace(
        plain,
        hair_style=str(rng.choice(["shaved", "short", "bun", "long"], p=[0.2, 0.6, 0.1, 0.1])),
        upper_arms=(kit.body, kit.body),
        forearms=(fore, fore),
        thighs=(plain.skin, plain.skin),
        shins=(strip.socks, strip.socks),
        socks=strip.socks,
        shoes=boots[int(rng.integers(len(boots)))],
        shorts=kit.shorts,
        hem=rng.uniform(0.5, 0.7),
        has_sleeves=True,
        breadth=rng.uniform(0.92, 1.1),
    )
