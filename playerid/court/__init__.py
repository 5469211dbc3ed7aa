"""Step: sampled frames -> where the court is in each."""
