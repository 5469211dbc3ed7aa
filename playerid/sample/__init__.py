"""Step one: videos -> segments, and the frames to look at."""
