"""What people say who look at a game -> corrections of its tracklets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from playerid.errors import GameError
from playerid.game.corrections import Correction
from playerid.identify.corrected import NO_CORRECTION, corrections_of_boxes
from playerid.operate.hand_corrections import GameBoxes, draft_correction

KINDS = {
    "player": "Its person is this player: `who`, a player_id.",
    "team": "Its person plays for this team: `who`, a team_id, or home or away.",
    "nobody": "Its person plays for neither team.",
    "wrong team": "Its person plays for the other team than is published.",
    "swap": "From `from_s` on its person and that of `other_id` are each other's.",
    "home is the other": "The teams are the wrong way round in the whole game.",
}


@dataclass(frozen=True, slots=True)
class HandStatement:
    """One thing that somebody says of a published game.

    Attributes:
        kind: of `KINDS`.
        tracklet_id: whom it is about; None where it is about all.
        other_id: the other tracklet of a swap.
        who: the player or team.
        from_s: from when on it holds, seconds of the video; None from the tracklet's beginning.
        to_s: until when; None until its end.
    """

    kind: str
    tracklet_id: int | None = None
    other_id: int | None = None
    who: str | None = None
    from_s: float | None = None
    to_s: float | None = None


def draft_corrections(
    seen: GameBoxes, before: Sequence[Correction], said: HandStatement, said_by: str | None
) -> list[Correction]:
    """The corrections that a statement is.

    Args:
        seen: the published game.
        before: what was said already.
        said: the statement.
        said_by: who says so.

    Raises:
        GameError: It is about nobody there is, or contradicts what was said before.
    """
    made: list[Correction] = []
    for tracklet_id, who, from_s in _claims(seen, before, said):
        known = [*before, *made]
        span_s = from_s, said.to_s
        made.append(draft_correction(seen, known, tracklet_id, who, span_s, said_by))
    return made


def _claims(
    seen: GameBoxes, before: Sequence[Correction], said: HandStatement
) -> list[tuple[int, str, float | None]]:
    """Tracklet, who its person is, and from when on, of each claim of a statement."""
    if said.kind == "home is the other":
        return _sides_turned(seen, before)
    if said.kind not in KINDS:
        raise GameError(f"kind {said.kind!r}: expected of {', '.join(KINDS)}")
    if said.tracklet_id is None:
        raise GameError(f"{said.kind}: expected a tracklet_id")
    if said.kind == "swap":
        return _swapped(seen, said)
    if said.kind == "wrong team":
        return [(said.tracklet_id, _other_team(seen, said.tracklet_id), said.from_s)]
    who = "nobody" if said.kind == "nobody" else said.who
    if not who:
        raise GameError(f"{said.kind}: expected who it is")
    is_team = who in {"home", "away", *(team.team_id for team in seen.game.teams)}
    if said.kind != "nobody" and is_team != (said.kind == "team"):
        raise GameError(f"{said.kind}: {who!r} is no {said.kind} of the game")
    return [(said.tracklet_id, who, said.from_s)]


def _swapped(seen: GameBoxes, said: HandStatement) -> list[tuple[int, str, float | None]]:
    if said.other_id is None or said.other_id == said.tracklet_id or said.from_s is None:
        raise GameError("swap: expected tracklet_id, another other_id, and from_s")
    assert said.tracklet_id is not None
    ids = said.tracklet_id, said.other_id
    names = [_identity(seen, tracklet_id)["player_id"] for tracklet_id in ids]
    if missing := [i for i, name in zip(ids, names, strict=True) if name is None]:
        raise GameError(f"swap: tracklet {missing[0]} has no name; say who each of them is")
    return [(ids[0], names[1], said.from_s), (ids[1], names[0], said.from_s)]


def _other_team(seen: GameBoxes, tracklet_id: int) -> str:
    team_id = _identity(seen, tracklet_id)["team_id"]
    if team_id is None:
        raise GameError(f"wrong team: tracklet {tracklet_id} has no team; say which it is")
    home, away = (team.team_id for team in seen.game.teams)
    return away if team_id == home else home


def _sides_turned(
    seen: GameBoxes, before: Sequence[Correction], *, of_each: int = 12
) -> list[tuple[int, str, float | None]]:
    """The other team for the surest and longest seen tracklets of each.

    Corrections are tied to people of the picture, and the teams are named by them: one counts as
    much as the looks of its tracklet tell the teams apart; a dozen outweigh misread numbers. Who
    was spoken of already is left out.
    """
    claims_of = corrections_of_boxes(seen.boxes, before)
    spoken_of = set(seen.boxes["tracklet_id"].to_numpy()[claims_of != NO_CORRECTION].tolist())
    home, away = (team.team_id for team in seen.game.teams)
    counts = {
        row["values"]: row["counts"]
        for row in pc.value_counts(seen.boxes["tracklet_id"]).to_pylist()
    }
    claims: list[tuple[int, str, float | None]] = []
    for team_id, other in ((home, away), (away, home)):
        listed = seen.identities.filter(pc.equal(seen.identities["team_id"], team_id)).to_pylist()
        theirs = [row for row in listed if row["tracklet_id"] not in spoken_of]
        weights = [(r["team_prob"] or 0.0) * counts.get(r["tracklet_id"], 0) for r in theirs]
        chosen = np.argsort(weights, kind="stable")[::-1][:of_each].tolist()
        claims += [(theirs[row]["tracklet_id"], other, None) for row in chosen if weights[row]]
    if not claims:
        raise GameError("home is the other: no tracklet of the game has a team")
    return claims


def _identity(seen: GameBoxes, tracklet_id: int) -> dict[str, Any]:
    rows = seen.identities.filter(pc.equal(seen.identities["tracklet_id"], tracklet_id))
    if not len(rows):
        raise GameError(f"tracklet {tracklet_id}: no such tracklet is published")
    row: dict[str, Any] = rows.to_pylist()[0]
    return row
