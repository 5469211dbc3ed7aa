"""Soccer: its facts, and the marks of its pitches."""
