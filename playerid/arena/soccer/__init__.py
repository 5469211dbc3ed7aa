"""Rendered soccer: matches whose every answer is known, from a broadcast camera in the stand."""
