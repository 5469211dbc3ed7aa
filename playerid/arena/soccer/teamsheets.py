"""Who plays a match: two invented rosters and three referees, drawn from a seed."""

import numpy as np

from playerid.arena.cast import FIRST_NAMES, LAST_NAMES, Cast, TeamSheet, draw_referee
from playerid.arena.world import Person
from playerid.leagues import Sport

CLUBS = (
    "Harbour Athletic", "Redmoor United", "Lakeside Rovers", "Ironbridge Town", "Northport City",
    "Silverdale Wanderers", "Granite Albion", "Millbrook Rangers", "Cedar Vale", "Copperfield",
    "Stonewater", "Highland Thistle", "Ashbourne County", "Riverside Olympic",
)  # fmt: skip
OUTFIELD = 10
KEEPERS = 3
"""Goalkeepers of a roster; the first of them starts."""


def draw_teamsheets(seed: int, sport: Sport) -> Cast:
    """Draw two rosters and three referees; the same seed gives the same people.

    The first eleven of each roster start, the goalkeeper first. Numbers are unique within a team;
    whoever starts has a low one more often.

    Args:
        seed: of everything.
        sport: how many a roster may have, and play.
    """
    rng = np.random.default_rng([seed, 1])
    names = rng.permutation(len(CLUBS))[:2]
    team_ids = 40_300 + rng.permutation(600)[:2]
    home, away = (TeamSheet(str(team_ids[side]), CLUBS[names[side]]) for side in (0, 1))
    assert sport.roster is not None
    full_names = rng.permutation(len(FIRST_NAMES) * len(LAST_NAMES))
    player_ids = 5_100_000 + rng.permutation(90_000)
    people: list[Person] = []
    for team in (0, 1):
        size = int(rng.integers(sport.on_court + KEEPERS + 4, sport.roster + 1))
        numbers = _draw_numbers(rng, size)
        keepers = {0, *range(sport.on_court, sport.on_court + KEEPERS - 1)}
        for index in range(size):
            row = len(people)
            first, last = divmod(int(full_names[row]), len(LAST_NAMES))
            is_keeper = index in keepers
            people.append(
                Person(
                    person_id=str(player_ids[row]),
                    role="goalkeeper" if is_keeper else "player",
                    team=team,
                    number=numbers[index],
                    name=f"{FIRST_NAMES[first]} {LAST_NAMES[last]}",
                    height_m=round(float((1.91 if is_keeper else 1.81) + rng.normal(0, 0.05)), 2),
                    look_seed=int(rng.integers(2**31)),
                )
            )
    people += [draw_referee(rng, index) for index in range(3)]
    return Cast((home, away), tuple(people))


def _draw_numbers(rng: np.random.Generator, size: int) -> list[str]:
    """Numbers 1 to 99 without a second of any; who starts first."""
    pool = np.arange(1, 100)
    weight = np.where(pool <= 11, 6.0, np.where(pool <= 40, 2.5, 0.3))
    drawn = rng.choice(pool, size, replace=False, p=weight / weight.sum())
    starters = np.sort(drawn)[: size // 2]
    rng.shuffle(starters)
    rest = np.setdiff1d(drawn, starters)
    rng.shuffle(rest)
    return [str(number) for number in (*starters, *rest)]


def starters(cast: Cast, on_court: int) -> tuple[list[int], list[int]]:
    """Indices into the cast of those who start, home and away, goalkeepers first."""
    sides = [[i for i, p in enumerate(cast.people) if p.team == team] for team in (0, 1)]
    return sides[0][:on_court], sides[1][:on_court]
