"""The game file: which game it is, who may play in it, and with which number."""

import datetime as dt
import json
from collections import Counter
from typing import Annotated, Self

import pyarrow as pa
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from playerid.archive import layout
from playerid.errors import GameError
from playerid.game.mistakes import describe_mistakes
from playerid.game.shirt_colours import Worn
from playerid.game.sport_limits import lineup_mistakes, roster_mistakes
from playerid.leagues import league_names, load_league
from playerid.tables import NUMBERS, ROSTERS


def _known_number(number: str) -> str:
    if number not in NUMBERS[1:]:
        raise ValueError(f'expected "0", "00" or "1" to "99" as text, got {number!r}')
    return number


def _known_league(league: str) -> str:
    if league not in league_names():
        raise ValueError(f"unknown league {league!r}: expected one of {', '.join(league_names())}")
    return league


def _no_page_name(game_id: str) -> str:
    if layout.PAGE_NAME.fullmatch(game_id):
        raise ValueError(f"{game_id!r} is kept for a page of many games")
    return game_id


def _no_game_file(name: str) -> str:
    if layout.game_file("x").endswith(f"/{name}"):
        raise ValueError(f"{name!r} is the game file itself")
    return name


SafeName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\z", max_length=100)]
"""A name that is safe as one component of a path: it cannot leave its folder."""

SourceName = Annotated[SafeName, AfterValidator(_no_game_file)]
LONGEST_TEXT = 200
"""Characters of an id or a name; whoever needs more means to fill pages."""

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
"""An id or a name."""

Number = Annotated[str, AfterValidator(_known_number)]


class Player(BaseModel):
    """One player of the roster.

    Attributes:
        number: jersey number in this game as text: "0" and "00" are two numbers.
        active: whether he may play; an inactive player is never named.
        role: player, or goalkeeper where the sport has one.
        played_s: playing time by the box score, seconds, of the whole of the videos; what was
            seen is checked against it. None where nobody knows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    player_id: Text
    name: Text
    number: Number
    active: bool = True
    role: Text = "player"
    played_s: Annotated[float, Field(ge=0, strict=False)] | None = None


class Team(BaseModel):
    """One of the two teams.

    Attributes:
        players: in the order of the file.
        kit: what they wear; None where nobody says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    team_id: Text
    name: Text
    players: list[Player]
    kit: Worn | None = None

    @property
    def shirt(self) -> str | None:
        """Colour of the shirts as `#rrggbb`; None where nobody says so."""
        return self.kit.shirt if self.kit else None

    @field_validator("players")
    @classmethod
    def _check_players(cls, players: list[Player]) -> list[Player]:
        active = [player for player in players if player.active]
        problems = [] if active else ["expected at least one active player"]
        for number in _repeated([player.number for player in active]):
            wearers = [player.player_id for player in active if player.number == number]
            named, more = " and ".join(wearers[:3]), len(wearers) - 3
            others = f" and {more} others" if more > 0 else ""
            problems.append(f"number {number!r} is worn by {named}{others}")
        ids = [player.player_id for player in players]
        twice = [f"player_id {player_id!r} stands twice" for player_id in _repeated(ids)]
        problems += [*twice[:20], *([f"and {len(twice) - 20} others"] if len(twice) > 20 else [])]
        if problems:
            raise ValueError("; ".join(problems))
        return players


class Lineup(BaseModel):
    """Who of one team is on the court during a stretch of the video.

    Attributes:
        team_id: home or away team of the game.
        start_s: begin in video time, seconds.
        end_s: end in video time, seconds.
        player_ids: at most as many as play; fewer where not all are known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    team_id: Text
    start_s: Annotated[float, Field(ge=0, strict=False)]
    end_s: Annotated[float, Field(strict=False)]
    player_ids: Annotated[list[str], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.end_s <= self.start_s:
            raise ValueError(f"end_s {self.end_s} is not after start_s {self.start_s}")
        if repeated := _repeated(self.player_ids):
            raise ValueError(f"player_ids: {', '.join(repeated)} stands twice")
        return self


class Game(BaseModel):
    """One game, as `game.json` describes it.

    Attributes:
        game_id: league's identifier; a safe file name.
        season: as the league writes it; a safe file name.
        league: name of a league file.
        videos: names of the video files beside the game file, in order of play.
        lineups: who was on the court, where somebody says so; else empty.
        play_by_play: name of the file beside the game file that says what was called; see
            `playerid.play_by_play`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    game_id: Annotated[SafeName, AfterValidator(_no_page_name)]
    season: SafeName
    date: dt.date
    league: Annotated[str, AfterValidator(_known_league)]
    home: Team
    away: Team
    videos: Annotated[list[SourceName], Field(min_length=1)]
    lineups: list[Lineup] = []
    play_by_play: SourceName | None = None

    @field_validator("home", "away")
    @classmethod
    def _fits_the_sport(cls, team: Team, info: ValidationInfo) -> Team:
        if "league" in info.data:
            active = [player for player in team.players if player.active]
            numbers = {player.player_id: player.number for player in active}
            roles = {player.player_id: player.role for player in active}
            sport = load_league(info.data["league"]).sport
            if problems := list(roster_mistakes(numbers, roles, sport)):
                raise ValueError("; ".join(problems))
        return team

    @field_validator("away")
    @classmethod
    def _differs_from_home(cls, away: Team, info: ValidationInfo) -> Team:
        home = info.data.get("home")
        if home is None:
            return away
        problems = []
        if away.team_id == home.team_id:
            problems.append(f"team_id {away.team_id!r} is the home team's, too")
        both = {player.player_id for player in home.players}
        problems += [
            f"player_id {player.player_id!r} is on both teams"
            for player in away.players
            if player.player_id in both
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return away

    @field_validator("videos")
    @classmethod
    def _videos_differ(cls, videos: list[str]) -> list[str]:
        if repeated := _repeated(videos):
            raise ValueError(f"{', '.join(repeated)} stands twice")
        return videos

    @field_validator("lineups")
    @classmethod
    def _lineups_know_their_players(
        cls, lineups: list[Lineup], info: ValidationInfo
    ) -> list[Lineup]:
        teams = [info.data[side] for side in ("home", "away") if side in info.data]
        if len(teams) < 2:
            return lineups
        active = {team.team_id: {p.player_id for p in team.players if p.active} for team in teams}
        problems = []
        for index, lineup in enumerate(lineups):
            if lineup.team_id not in active:
                problems.append(f"{index}.team_id: {lineup.team_id!r} does not play")
            elif unknown := set(lineup.player_ids) - active[lineup.team_id]:
                names = ", ".join(sorted(unknown))
                problems.append(f"{index}.player_ids: {names} not active in {lineup.team_id}")
        if "league" in info.data:
            told = [(lineup.team_id, lineup.start_s, lineup.player_ids) for lineup in lineups]
            problems += lineup_mistakes(told, load_league(info.data["league"]).sport)
        if problems:
            raise ValueError("; ".join(problems))
        return lineups

    @property
    def teams(self) -> tuple[Team, Team]:
        """Home and away team."""
        return self.home, self.away

    @property
    def teams_of(self) -> dict[str, str]:
        """Player of either roster -> team."""
        return {player.player_id: team.team_id for team in self.teams for player in team.players}

    def find_player(self, team_id: str, number: str) -> Player | None:
        """The active player of a team who wears a number, or None."""
        for team in self.teams:
            if team.team_id == team_id:
                for player in team.players:
                    if player.active and player.number == number:
                        return player
        return None

    def roster_rows(self) -> pa.Table:
        """Both rosters as rows of `rosters`."""
        rows = [
            {
                "game_id": self.game_id,
                "player_id": player.player_id,
                "team_id": team.team_id,
                "player_name": player.name,
                "jersey_number": player.number,
                "active": player.active,
                "roster_role": player.role,
                "played_s": player.played_s,
            }
            for team in self.teams
            for player in team.players
        ]
        rows.sort(key=lambda row: str(row["player_id"]))
        return pa.Table.from_pylist(rows, schema=ROSTERS.schema)


def read_game(text: bytes | str, file: str) -> Game:
    """Read a game file.

    Args:
        text: content of the file, JSON.
        file: where it came from, for the message.

    Raises:
        GameError: The file is not JSON, or is incomplete, or contradicts itself; the message
            names the file and the field of every mistake.
    """
    try:
        if isinstance(text, bytes):  # Windows writes UTF-16, or UTF-8 with a mark in front
            text = text.decode(json.detect_encoding(text))
        return Game.model_validate_json(text)
    except UnicodeDecodeError as error:
        raise GameError(f"{file}: expected JSON in UTF-8: {error}") from error
    except ValidationError as error:
        raise GameError(describe_mistakes(file, error)) from error


def _repeated(values: list[str]) -> list[str]:
    """Values that stand more than once, sorted."""
    return sorted(value for value, count in Counter(values).items() if count > 1)
