"""What a sport allows of a roster and of line-ups, as mistakes of a game file."""

from collections.abc import Iterator, Mapping, Sequence

from playerid.leagues import Sport
from playerid.tables import PLAYING_ROLES


def roster_mistakes(
    numbers: Mapping[str, str], roles: Mapping[str, str], sport: Sport
) -> Iterator[str]:
    """Mistakes of a team.

    Args:
        numbers: active player -> number.
        roles: active player -> role.
        sport: whose limits hold.
    """
    if sport.roster is not None and len(numbers) > sport.roster:
        yield f"{len(numbers)} active players, at most {sport.roster} in {sport.name}"
    for player, number in numbers.items():
        if number.startswith("0") and not sport.zeros:
            yield f"{player}: number {number!r}: expected 1 to 99 in {sport.name}"
    known = [role for role in PLAYING_ROLES if role in sport.roles.values()]
    for player, role in roles.items():
        if role not in known:
            yield f"{player}: role {role!r}: expected {' or '.join(known)} in {sport.name}"


def lineup_mistakes(
    lineups: Sequence[tuple[str, float, Sequence[str]]], sport: Sport
) -> Iterator[str]:
    """Mistakes of line-ups.

    Args:
        lineups: team, begin in seconds, and players of each.
        sport: whose limits hold.
    """
    left: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    for index, (team, _, players) in sorted(enumerate(lineups), key=lambda each: each[1][1]):
        if len(players) > sport.on_court:
            yield f"{index}.player_ids: {len(players)}, at most {sport.on_court} in {sport.name}"
        left.setdefault(team, set()).update(before.get(team, set()) - set(players))
        if not sport.may_return and (back := left[team] & set(players)):
            yield f"{index}.player_ids: {', '.join(sorted(back))} was substituted before"
        before[team] = set(players)
