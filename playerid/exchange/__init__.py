"""Other people's formats: their tracks as our public tables, our tables as their files."""

from playerid.exchange.publication import publish_tables
from playerid.exchange.sportvu import import_sportvu

__all__ = ["import_sportvu", "publish_tables"]
