"""Step: everything about a game -> its public tables and stored answers."""
