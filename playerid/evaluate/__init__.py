"""Detection, tracking and identity scores against known truth and labels by hand."""

from playerid.evaluate.game import GameEvaluation, evaluate_game, summarise

__all__ = ["GameEvaluation", "evaluate_game", "summarise"]
