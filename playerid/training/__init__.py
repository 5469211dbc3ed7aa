"""Training of the starter models: data, loops, cards. Beside the backends, a home of torch."""
