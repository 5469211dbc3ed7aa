"""Step: the score bug -> period, clocks and scores of every frame."""
