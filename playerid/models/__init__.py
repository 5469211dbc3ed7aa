"""Models of others behind our protocols: with training, the only home of deep learning."""
