"""Step: number crops -> readings of tracklets."""
