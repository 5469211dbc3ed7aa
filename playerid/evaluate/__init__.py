"""Detection, tracking and identity scores against known truth and labels by hand."""

from playerid.evaluate.game import GameEvaluation, evaluate_game, summarise
from playerid.evaluate.labels import LabelScores, read_labels, score_labelled_frames

__all__ = [
    "GameEvaluation",
    "LabelScores",
    "evaluate_game",
    "read_labels",
    "score_labelled_frames",
    "summarise",
]
