"""Basketball: its facts, and the marks of its courts."""
