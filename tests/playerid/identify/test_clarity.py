"""How clearly tracklets are seen, worked by hand."""

import numpy as np
import pyarrow as pa
import pytest

from playerid.identify.clarity import clarities_of, ghost_probs


def boxes(*rows):
    """Each row: tracklet, label, score."""
    tracklets, labels, scores = zip(*rows, strict=True)
    return pa.table(
        {
            "tracklet_id": pa.array(tracklets, pa.int32()),
            "label": pa.array(labels, pa.string()),
            "detection_score": pa.array(scores, pa.float32()),
        }
    )


def test_a_tracklet_is_as_clear_as_its_middle_score_by_that_of_the_players():
    """Scores of players: .2 .8 .8 .8 .8 .9 .9, the middle one is .8; a referee's and a bridged
    frame's do not count."""
    table = boxes(
        (1, "player", 0.8), (1, "player", 0.9), (1, "player", 0.8),
        (2, "player", 0.2), (2, "", 0.0),
        (3, "referee", 0.4),
        (4, "", 0.0),
        (5, "player-in-possession", 0.8), (5, "player", 0.8), (5, "player", 0.9),
    )  # fmt: skip
    assert clarities_of(table, np.array([1, 2, 3, 4, 5, 6])) == pytest.approx(
        [1, 0.25, 0.5, 0, 1, 0], rel=1e-6
    )


def test_nothing_tracked_has_no_clarity():
    empty = boxes((1, "player", 0.5)).slice(0, 0)
    assert clarities_of(empty, np.zeros(0, np.int32)).shape == (0,)


def test_what_is_hardly_detected_is_seldom_a_player():
    probs = ghost_probs(np.array([0.0, 0.5, 1.0, 5.0]))
    assert probs == pytest.approx([0.996, 0.634, 0.012, 0.003], abs=1e-3)
