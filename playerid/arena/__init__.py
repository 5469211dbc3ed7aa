"""Rendered games whose every answer is known: demo, tests, training."""
