"""Evidence + roster -> who each tracklet is."""

from playerid.identify.appearance import Appearance
from playerid.identify.atoms import PIECES, renumber, split_tracklets
from playerid.identify.decision import Belief, identify_by_evidence
from playerid.identify.evidence import POSITIONS, Evidence, gather_evidence
from playerid.identify.hands import claimed_by, heed_hands, sides_said, take_in_hand
from playerid.identify.rule import identify_by_rule

identify = identify_by_evidence
"""The decision that the pipeline takes by default."""

__all__ = [
    "PIECES",
    "POSITIONS",
    "Appearance",
    "Belief",
    "Evidence",
    "claimed_by",
    "gather_evidence",
    "heed_hands",
    "identify",
    "identify_by_evidence",
    "identify_by_rule",
    "renumber",
    "sides_said",
    "split_tracklets",
    "take_in_hand",
]
