"""Evidence + roster -> who each tracklet is."""

from playerid.identify.evidence import POSITIONS, TEAMS, Evidence, gather_evidence
from playerid.identify.rule import identify_by_rule

__all__ = ["POSITIONS", "TEAMS", "Evidence", "gather_evidence", "identify_by_rule"]
