"""A night of games is rendered while the caller works on those that are there."""

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.arena.night import render_night


def test_games_are_given_as_soon_as_they_are_there_and_never_twice(tmp_path):
    archive = Archive(str(tmp_path))
    assert list(render_night(archive, 1, 1.0)) == [["arena-broadcast-1s-1"]]
    seen = []
    night = render_night(archive, 2, 1.0, on_progress=lambda done, total: seen.append(total))
    assert next(night) == ["arena-broadcast-1s-1"]
    assert not seen
    assert list(night) == [["arena-broadcast-1s-2"]]
    assert set(seen) == {10}
    assert archive.exists(layout.game_file("arena-broadcast-1s-2"))
    assert list(render_night(archive, 2, 1.0)) == [["arena-broadcast-1s-1", "arena-broadcast-1s-2"]]
