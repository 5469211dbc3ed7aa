"""Pages for people: of a game, of a night; self-contained HTML made from the published tables."""

from playerid.report.pages import write_game_page, write_night_page

__all__ = ["write_game_page", "write_night_page"]
