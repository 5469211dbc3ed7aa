"""The score bug: found once per video, its texts read, decoded into clocks and scores."""

from playerid.scorebug.decode import decode_clock
from playerid.scorebug.find import boxes_in_video, find_score_bug, find_score_bugs
from playerid.scorebug.read import read_score_bug, thin_out
from playerid.scorebug.text import FIELDS, TextLines, TextReader

__all__ = [
    "FIELDS",
    "TextLines",
    "TextReader",
    "boxes_in_video",
    "decode_clock",
    "find_score_bug",
    "find_score_bugs",
    "read_score_bug",
    "thin_out",
]
