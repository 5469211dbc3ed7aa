"""What a league engineer asks of an archive: how it stands, what is to come, what to mend."""
