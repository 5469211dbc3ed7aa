"""Other people's formats: their tracks as our public tables, our tables as their files."""

from playerid.exchange.publish import publish_tables
from playerid.exchange.sportvu import Play, find_holders, find_shots, import_sportvu

__all__ = ["Play", "find_holders", "find_shots", "import_sportvu", "publish_tables"]
