"""Models as things to score, compare, promote and fetch; training is in `playerid.training`."""
