"""playerid: which player is where in every frame of a game video."""
