"""The `playerid` command."""
