"""Evidence + roster -> who each tracklet is."""

from playerid.identify.appearance import Appearance
from playerid.identify.atoms import PIECES, renumber, split_by_shirts, split_tracklets
from playerid.identify.corrected import (
    apply_corrections,
    corrected_sides,
    corrections_of_boxes,
    match_corrections,
)
from playerid.identify.decision import Belief, identify_by_evidence
from playerid.identify.evidence import POSITIONS, Evidence, gather_evidence
from playerid.identify.rule import identify_by_rule

identify = identify_by_evidence
"""The decision that the pipeline takes by default."""

__all__ = [
    "PIECES",
    "POSITIONS",
    "Appearance",
    "Belief",
    "Evidence",
    "apply_corrections",
    "corrected_sides",
    "corrections_of_boxes",
    "gather_evidence",
    "identify",
    "identify_by_evidence",
    "identify_by_rule",
    "match_corrections",
    "renumber",
    "split_by_shirts",
    "split_tracklets",
]
