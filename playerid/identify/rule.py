"""The named baseline: validated number, team and roster, back-filled over the tracklet."""

import numpy as np
import pyarrow as pa

from playerid.identify.evidence import Evidence
from playerid.identify.rows import (
    NOT_NAMED,
    Decisions,
    identity_rows,
    keep_one_place,
    validate_all,
)


def identify_by_rule(
    evidence: Evidence, *, min_team_prob: float = 0.7, one_place: bool = True
) -> pa.Table:
    """Name each tracklet whose readings establish a number that its team's roster knows.

    The name holds for the whole tracklet. Where two tracklets of one player share frames, the
    one with more readings keeps the name and the other loses it. `identity_prob` is the share of
    readings that agree (with one added for and against) times the probability of the team: an
    estimate, not calibrated.

    Args:
        evidence: of the whole game.
        min_team_prob: below it the same number on the other team is too likely.
        one_place: False lets a player be in two places, as the reference does.

    Returns:
        Rows of `identities`, one per tracklet.
    """
    tracklets, game = evidence.tracklets, evidence.game
    count = len(tracklets)
    index_of = {str(name): i for i, name in enumerate(evidence.candidates.player_ids)}
    players = np.full(count, NOT_NAMED, np.int64)
    probs, strengths = np.full(count, np.nan), np.zeros(count)
    for row, validation in enumerate(validate_all(evidence)):
        home_prob = float(tracklets.home_probs[row])
        team_prob = max(home_prob, 1 - home_prob)
        if validation.number is None or not tracklets.are_players[row]:
            continue
        if team_prob < min_team_prob:
            continue
        team = game.home if home_prob >= 0.5 else game.away
        player = game.find_player(team.team_id, validation.number)
        if player is not None:
            players[row] = index_of[player.player_id]
            agreeing, against = validation.readings_for, validation.readings_against
            probs[row] = (agreeing + 1) / (agreeing + against + 2) * team_prob
            strengths[row] = agreeing
    if one_place:
        players = keep_one_place(evidence, players, strengths)
    named = players != NOT_NAMED
    return identity_rows(
        evidence,
        Decisions(
            players,
            players[:, None],
            np.where(named, probs, np.nan)[:, None],
            np.where(named, "read", ""),
        ),
    )
