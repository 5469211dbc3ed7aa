"""Who plays: players and teams of a game, found by whatever a feed calls them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from playerid.game.play_by_play.called import Called
from playerid.game.roster import Game


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """The rosters of a game.

    Attributes:
        teams_of: player of either roster -> team.
        names_of: player -> full name.
        numbers_of: player -> jersey number.
        sides: "home" and "away" -> team, where that is known.
        team_names: team -> name.
    """

    teams_of: Mapping[str, str]
    names_of: Mapping[str, str] = field(default_factory=dict)
    numbers_of: Mapping[str, str] = field(default_factory=dict)
    sides: Mapping[str, str] = field(default_factory=dict)
    team_names: Mapping[str, str] = field(default_factory=dict)


def people_of_game(game: Game) -> KnownPeople:
    """As the game file has them."""
    players = [(team, player) for team in game.teams for player in team.players]
    return KnownPeople(
        {player.player_id: team.team_id for team, player in players},
        {player.player_id: player.name for _, player in players},
        {player.player_id: player.number for _, player in players},
        {"home": game.home.team_id, "away": game.away.team_id},
        {team.team_id: team.name for team in game.teams},
    )


def people_of_rows(
    rosters: pa.Table, home_team_id: str = "", away_team_id: str = ""
) -> KnownPeople:
    """As rows of `rosters` of one game have them."""
    rows = rosters.to_pylist()
    sides = {"home": home_team_id, "away": away_team_id}
    return KnownPeople(
        {row["player_id"]: row["team_id"] for row in rows},
        {row["player_id"]: row["player_name"] for row in rows},
        {row["player_id"]: row["jersey_number"] for row in rows if row["jersey_number"]},
        {side: team for side, team in sides.items() if team},
    )


class Finder:
    """Finds players and teams of a game from what the events of a feed say.

    A player is found by id; or else by the number or the name, in a known team. A team is found
    by id or name; or else by the side, or by what players of it are named with it.
    """

    def __init__(self, people: KnownPeople, events: Iterable[Called]) -> None:
        self._people = people
        self._teams = {team: team for team in people.teams_of.values()}
        self._teams |= {plain(name): team for team, name in people.team_names.items()}
        self._names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._numbers = {
            (people.teams_of[player], number): player
            for player, number in people.numbers_of.items()
        }
        for player, name in people.names_of.items():
            words = plain(name).split()
            for first in range(len(words)):
                self._names[people.teams_of[player]][" ".join(words[first:])].add(player)
        self._learn(list(events))

    def _learn(self, events: list[Called]) -> None:
        """Names of teams and players that the rosters lack, from events of known people."""
        for event in events:
            team = self.team(event)
            for name in event.team if team else ():
                self._teams.setdefault(plain(name), str(team))
            player = event.player_id
            if event.name and player is not None and player in self._people.teams_of:
                self._names[self._people.teams_of[player]][plain(event.name)].add(player)

    def team(self, event: Called) -> str | None:
        """The team of an event, by itself or by its people."""
        people = [p for p in (event.player_id, event.in_player_id) if p is not None]
        teams = (self._people.teams_of.get(person) for person in people)
        return self._team_of(event) or next(filter(None, teams), None)

    def _team_of(self, event: Called) -> str | None:
        named = (self._teams.get(name) or self._teams.get(plain(name)) for name in event.team)
        return next(filter(None, named), None) or self._people.sides.get(event.side or "")

    def player(self, event: Called) -> str | None:
        """Who did it, or leaves."""
        return self._find(event, event.player_id, event.name, event.number)

    def comes_in(self, event: Called) -> str | None:
        """Who comes in; never who leaves."""
        leaves = {event.player_id}
        return self._find(event, event.in_player_id, event.in_name, event.in_number, leaves)

    def _find(
        self,
        event: Called,
        player: str | None,
        name: str | None,
        number: str | None,
        others: Iterable[str | None] = (),
    ) -> str | None:
        if player in self._people.teams_of:
            return player
        team = self.team(event)
        if team is None:
            return None
        if number is not None and (team, number) in self._numbers:
            return self._numbers[team, number]
        named = self._names[team].get(plain(name or ""), set()) - set(others)
        return next(iter(named)) if len(named) == 1 else None


def plain(name: str) -> str:
    """A name without accents, case and dots; a dotless i of Turkish is an i."""
    letters = unicodedata.normalize("NFKD", name.replace("\u0131", "i")).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", kept.replace("'", "").replace("-", " ")))
