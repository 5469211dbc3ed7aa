"""Write a rendered match into an archive: video, game file, known answers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from playerid.archive.archive import Archive
from playerid.arena.soccer.match_broadcast import MatchBroadcast
from playerid.arena.writer import describe_game, write_filmed
from playerid.game.roster import Game
from playerid.game.shirt_colours import Worn
from playerid.tables import Table, column

TRUE_FORMATIONS = Table(
    "formations",
    "team per half",
    ("period", "team_id"),
    pa.schema(
        [
            column("period", pa.int32(), "Period, from 1."),
            column("team_id", pa.string(), "Team."),
            column("formation", pa.string(), "Outfield players of each line from the goal: 4-4-2."),
            column("start_s", pa.float64(), "Begin of the half, seconds of the video."),
            column("end_s", pa.float64(), "End of the half, seconds of the video."),
            column("attacks_right", pa.bool_(), "Whether it attacks the right goal."),
        ]
    ),
)
TRUE_PLAYS = Table(
    "plays",
    "thing that happened to the ball",
    ("play_index",),
    pa.schema(
        [
            column("play_index", pa.int32(), "Play of the match, from 0."),
            column("kind", pa.string(), "kick-off, throw-in, goal kick, corner, shot or goal."),
            column("time_s", pa.float64(), "When, seconds of the video."),
            column("period", pa.int32(), "Period, from 1."),
            column("person_id", pa.string(), "Who did it."),
            column("team_id", pa.string(), "His team."),
        ]
    ),
)


def write_match(
    archive: Archive,
    broadcast: MatchBroadcast,
    game_id: str,
    season: str,
    date: dt.date,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Game:
    """Render a match and put it into an archive; writing it again replaces the files by equal ones.

    Besides what `arena.writer.write_filmed` writes, the truth tables `formations` and `plays`. The
    game file says what the teams wear: numbers on a pitch are seldom legible and mostly on both
    rosters, so that they alone cannot tell the teams.

    Args:
        archive: where to.
        broadcast: what to render.
        game_id: a safe file name.
        season: as the league writes it.
        date: day of the match.
        on_progress: called with the frames done and the frames in all.

    Returns:
        The game file's content.

    Raises:
        ArchiveError: `game_id` is no safe name.
    """
    game = describe_game(broadcast, game_id, season, date)
    game = game.model_copy(
        update={
            side: team.model_copy(update={"kit": Worn(shirt=f"#{bytes(strip.kit.body).hex()}")})
            for side, team, strip in zip(
                ("home", "away"), game.teams, broadcast.scene.strips.teams, strict=True
            )
        }
    )
    more = {TRUE_FORMATIONS: list_formations(broadcast), TRUE_PLAYS: list_plays(broadcast)}
    write_filmed(archive, broadcast, game, [], more=more, on_progress=on_progress)
    return game


def list_formations(broadcast: MatchBroadcast) -> list[dict[str, Any]]:
    """Rows of `TRUE_FORMATIONS`."""
    match = broadcast.game
    return [
        {
            "period": half + 1,
            "team_id": team.team_id,
            "formation": names[side],
            "start_s": half * match.half_s,
            "end_s": (half + 1) * match.half_s,
            "attacks_right": (side + half) % 2 == 0,
        }
        for half, names in enumerate(match.formations)
        for side, team in enumerate(match.cast.teams)
    ]


def list_plays(broadcast: MatchBroadcast) -> list[dict[str, Any]]:
    """Rows of `TRUE_PLAYS`."""
    match, rows = broadcast.game, []
    for index, event in enumerate(match.events):
        person = match.cast.people[int(match.world_at(event.time_s).people[event.slot])]
        rows.append(
            {
                "play_index": index,
                "kind": event.kind,
                "time_s": event.time_s,
                "period": event.period,
                "person_id": person.person_id,
                "team_id": match.cast.teams[person.team].team_id,
            }
        )
    return rows
