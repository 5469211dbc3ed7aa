"""Who plays: two invented rosters and three referees, drawn from a seed."""

from dataclasses import dataclass

import numpy as np

from playerid.arena.world import Person

PLAYERS_PER_TEAM = 13
REFEREES = 3

TEAM_NAMES = (
    "Harbor City Gulls", "Redwood Rams", "Prairie Comets", "Lakeside Herons", "Ironbridge Forge",
    "Canyon Coyotes", "Northport Tides", "Silver Mesa Suns", "Granite Peaks", "Bayou Pelicans",
    "Cedar Falls Otters", "Highland Stags", "Delta Kites", "Copper Valley Miners",
    "Juniper Foxes", "Stonewater Pikes",
)  # fmt: skip
FIRST_NAMES = (
    "Adrian", "Bashir", "Caleb", "Dario", "Elias", "Femi", "Goran", "Hakeem", "Ivo", "Jalen",
    "Kofi", "Luka", "Marcus", "Nikola", "Omari", "Pascal", "Quincy", "Rashad", "Stefan", "Tariq",
    "Ugo", "Viktor", "Wendell", "Xavier", "Yannick", "Zoran", "Andre", "Boris", "Cedric", "Dante",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Bellweather", "Castellan", "Dravec", "Eastman", "Farrow", "Grantley", "Holloway",
    "Ibarra", "Jankov", "Kessler", "Lindqvist", "Marchetti", "Nwosu", "Okafor-Reed", "Pruitt",
    "Quarles", "Rademaker", "Sandoval", "Tillman", "Ulrich", "Vantage", "Whitlock", "Yarrow",
    "Zielinski", "Ashdown", "Brackett", "Corvin", "Delacroix", "Emberly",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TeamSheet:
    """One team of a rendered game.

    Attributes:
        team_id: invented identifier.
        name: full name.
    """

    team_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of a game.

    Attributes:
        teams: home, away.
        people: 13 home players, 13 away players, 3 referees; `World.people` indexes it. The
            first five of each team start, in the order guard, guard, forward, forward, centre.
    """

    teams: tuple[TeamSheet, TeamSheet]
    people: tuple[Person, ...]


def draw_cast(seed: int) -> Cast:
    """Draw two rosters and three referees; the same seed gives the same people.

    Numbers are unique within a team and often shared between the teams; "0" and "00" can meet.
    """
    rng = np.random.default_rng([seed, 1])
    names = rng.permutation(len(TEAM_NAMES))[:2]
    team_ids = 1710612700 + rng.permutation(60)[:2]
    teams = (
        TeamSheet(str(team_ids[0]), TEAM_NAMES[names[0]]),
        TeamSheet(str(team_ids[1]), TEAM_NAMES[names[1]]),
    )
    full_names = rng.permutation(len(FIRST_NAMES) * len(LAST_NAMES))
    player_ids = 7_600_000 + rng.permutation(90_000)
    people = []
    for team in (0, 1):
        numbers = draw_numbers(rng)
        for index, number in enumerate(numbers):
            row = team * PLAYERS_PER_TEAM + index
            first, last = divmod(int(full_names[row]), len(LAST_NAMES))
            tall = (1.90, 1.94, 2.00, 2.05, 2.11)[index % 5]
            people.append(
                Person(
                    person_id=str(player_ids[row]),
                    role="player",
                    team=team,
                    number=number,
                    name=f"{FIRST_NAMES[first]} {LAST_NAMES[last]}",
                    height_m=round(float(tall + rng.normal(0, 0.035)), 2),
                    look_seed=int(rng.integers(2**31)),
                )
            )
    people += [draw_referee(rng, index) for index in range(REFEREES)]
    return Cast(teams, tuple(people))


def draw_numbers(rng: np.random.Generator) -> list[str]:
    """Draw the numbers of one team; low numbers are commoner, "0" and "00" possible."""
    pool = ["0", "00", *(str(number) for number in range(1, 100))]
    weight = np.array([4.0, 1.5] + [4.0] * 35 + [1.5] * 20 + [0.5] * 44)
    drawn = rng.choice(len(pool), PLAYERS_PER_TEAM, replace=False, p=weight / weight.sum())
    return [pool[index] for index in drawn]


def draw_referee(rng: np.random.Generator, index: int) -> Person:
    """Draw one referee."""
    first = FIRST_NAMES[rng.integers(len(FIRST_NAMES))]
    last = LAST_NAMES[rng.integers(len(LAST_NAMES))]
    return Person(
        person_id=f"referee-{index + 1}",
        role="referee",
        team=-1,
        number="",
        name=f"{first} {last}",
        height_m=round(float(rng.normal(1.85, 0.05)), 2),
        look_seed=int(rng.integers(2**31)),
    )
