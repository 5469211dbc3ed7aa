"""Step: crops of a game -> two clusters -> home and away."""
