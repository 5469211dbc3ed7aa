"""One event of a play-by-play, as every format gives it."""

from dataclasses import dataclass

THREE_SECONDS, DEFENSIVE_THREE_SECONDS = "three seconds", "defensive three seconds"
TECHNICAL_FOUL = "technical foul"


@dataclass(frozen=True, slots=True)
class Called:
    """What was called, in the league's own names.

    Attributes:
        kind: see `tables.CALLED_EVENTS`.
        detail: `THREE_SECONDS`, `DEFENSIVE_THREE_SECONDS`, `TECHNICAL_FOUL` or None.
        period: from 1.
        game_clock_s: seconds left in the period.
        team: the league's id and short name of the team, whichever are given.
        player_id: who did it; at a substitution, who leaves.
        in_player_id: who comes in, at a substitution.
        points: scored by it.
        home_score, away_score: after it.
        description: in words.
        name, in_name: of the two people, as the feed writes them; a surname will do.
        number, in_number: their jersey numbers.
        side: "home" or "away", of the team.
    """

    kind: str
    detail: str | None
    period: int
    game_clock_s: float
    team: tuple[str, ...] = ()
    player_id: str | None = None
    in_player_id: str | None = None
    points: int | None = None
    home_score: int | None = None
    away_score: int | None = None
    description: str | None = None
    name: str | None = None
    in_name: str | None = None
    number: str | None = None
    in_number: str | None = None
    side: str | None = None
