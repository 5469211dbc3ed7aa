"""Substitutions: one of a team is seen no more, and then another for the first time."""

import numpy as np

from playerid.models.spotter import AWAY, HOME, SampledGame, Spot


def spot_substitutions(
    game: SampledGame, *, settled_s: float = 240.0, longest_s: float = 600.0
) -> list[Spot]:
    """Pairs of who leaves and who comes, by the first and last time at which each is named.

    Args:
        game: the game; who was substituted does not come back.
        settled_s: who is first seen before, counted in what is shown of the game, was on from the
            beginning; who is last seen so near the end stayed to it.
        longest_s: between the last of one and the first of the other.

    Returns:
        One for each newcomer whom somebody of his team made room for.
    """
    if not len(game.times_s):
        return []
    step_s = float(np.median(np.diff(game.times_s))) if len(game.times_s) > 1 else 0.0
    settled = round(settled_s / step_s) if step_s else 0
    found: list[Spot] = []
    for side in (HOME, AWAY):
        first, last = _times_seen(game, side)
        gone = sorted(
            (p for p in first if last[p] < len(game.times_s) - settled),
            key=lambda person: last[person],
        )
        for newcomer in sorted(first, key=lambda person: first[person]):
            if first[newcomer] < settled:
                continue
            comes_s = float(game.times_s[first[newcomer]])
            left = [
                p for p in gone
                if p != newcomer and 0 < comes_s - game.times_s[last[p]] <= longest_s
            ]  # fmt: skip
            if not left:
                continue
            leaver = left[-1]
            gone.remove(leaver)
            gap_s = comes_s - float(game.times_s[last[leaver]])
            found.append(Spot(
                comes_s, "substitution", side, float(0.9 * np.exp(-gap_s / longest_s)),
                player_id=str(game.player_ids[leaver]),
                in_player_id=str(game.player_ids[newcomer]),
            ))  # fmt: skip
    return found


def _times_seen(game: SampledGame, side: int) -> tuple[dict[int, int], dict[int, int]]:
    """First and last sample of each named person of a side."""
    own = (game.sides[game.seen] == side) & (game.player_ids[game.seen] != "")
    persons, samples = game.seen[own], game.seen_at[own]
    first = dict(zip(persons[::-1].tolist(), samples[::-1].tolist(), strict=True))
    last = dict(zip(persons.tolist(), samples.tolist(), strict=True))
    return first, last
