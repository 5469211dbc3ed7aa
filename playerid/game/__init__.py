"""What is known of a game before anybody looks: its file, rosters, play-by-play, corrections."""
