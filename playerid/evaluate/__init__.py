"""Detection, tracking and identity scores against known truth and labels by hand."""

from playerid.evaluate.game import GameEvaluation, evaluate_game, summarise
from playerid.evaluate.labels import LabelScores, count_labels, match_labels, score_labelled_tracks

__all__ = [
    "GameEvaluation",
    "LabelScores",
    "count_labels",
    "evaluate_game",
    "match_labels",
    "score_labelled_tracks",
    "summarise",
]
