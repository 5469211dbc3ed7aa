"""How good a model is: labelled pictures, scores, comparison, promotion."""
