import json
import os
from pathlib import Path

import pytest

from playerid.archive.archive import Archive
from playerid.errors import ArchiveError, GameError, VideoError
from playerid.game.intake import add_game, find_game

GAME = {
    "game_id": "g1",
    "season": "2024-25",
    "date": "2025-01-01",
    "league": "nba",
    "home": {"team_id": "H", "name": "Home", "players": [
        {"player_id": "h1", "name": "One", "number": "1"}]},
    "away": {"team_id": "A", "name": "Away", "players": [
        {"player_id": "a1", "name": "One", "number": "1"}]},
    "videos": ["game.mp4"],
}  # fmt: skip


@pytest.fixture
def source(tmp_path, make_video):
    """A video with its game file beside it, as people keep them."""
    make_video("game.mp4", [(5, (90, 60, 30))])
    (tmp_path / "game.game.json").write_text(json.dumps(GAME))
    return tmp_path / "game.mp4"


def test_a_video_with_a_game_file_beside_it_becomes_a_game(archive, source):
    assert add_game(archive, source) == "g1"
    assert archive.read("games/g1/game.mp4") == source.read_bytes()
    assert archive.read_json("games/g1/game.json") == GAME


def test_the_game_file_may_be_elsewhere(archive, source, tmp_path):
    """A video of a folder that nobody may write to, whose own game file is of another kind."""
    (tmp_path / "mine").mkdir()
    source.with_suffix(".game.json").rename(tmp_path / "mine" / "game.json")
    source.with_suffix(".game.json").write_text("{}")
    assert add_game(archive, source, tmp_path / "mine" / "game.json") == "g1"
    assert archive.read("games/g1/game.mp4") == source.read_bytes()


def test_a_game_of_the_archive_stays_as_it_is(archive, source):
    add_game(archive, source)
    before = archive.read("games/g1/game.mp4")
    assert add_game(archive, source.parent / "archive" / "games" / "g1") == "g1"
    assert archive.read("games/g1/game.mp4") == before


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic link", "hard link"])
@pytest.mark.parametrize("reverse", [False, True], ids=["in the archive", "to the archive"])
def test_linked_videos_keep_their_content(archive, source, link, reverse):
    """The archive's copy is a link to the person's video, or the other way round."""
    add_game(archive, source)
    content, copy = source.read_bytes(), Path(archive.path("games/g1/game.mp4"))
    linked, target = (source, copy) if reverse else (copy, source)
    linked.unlink()
    link(target, linked)
    assert add_game(archive, source) == "g1"
    assert source.read_bytes() == copy.read_bytes() == content


def test_a_linked_folder_is_the_same_game(archive, source, tmp_path):
    add_game(archive, source)
    before = archive.read("games/g1/game.mp4")
    (tmp_path / "link").symlink_to(archive.path("games/g1"))
    assert add_game(archive, tmp_path / "link") == "g1"
    assert archive.read("games/g1/game.mp4") == before


def test_a_video_is_replaced_beside_what_was_linked_to_it(archive, source, make_video):
    """A copy of yesterday is linked to the archive's; today's video does not change it."""
    add_game(archive, source)
    yesterday = source.with_name("yesterday.mp4")
    os.link(archive.path("games/g1/game.mp4"), yesterday)
    before = yesterday.read_bytes()
    make_video("game.mp4", [(9, (10, 60, 90))])
    add_game(archive, source)
    assert archive.read("games/g1/game.mp4") == source.read_bytes() != before
    assert yesterday.read_bytes() == before


def test_the_video_that_is_named_is_the_game_whatever_the_game_file_calls_it(
    archive, source, make_video, tmp_path
):
    """`process second_half.mp4 --game-file game.json`, which names `game.mp4`: another file."""
    second_half = make_video("second_half.mp4", [(9, (10, 60, 90))])
    game_file = source.with_suffix(".game.json")
    add_game(archive, second_half, game_file)
    assert archive.read("games/g1/game.mp4") == second_half.read_bytes() != source.read_bytes()
    game_file.write_text(json.dumps(GAME | {"videos": ["game.mp4", "overtime.mp4"]}))
    with pytest.raises(GameError, match=r"names 2 videos, but not 'second_half\.mp4'"):
        add_game(archive, second_half, game_file)


@pytest.mark.parametrize(
    ("harm", "error", "message"),
    [
        pytest.param(
            lambda video: video.with_suffix(".game.json").unlink(),
            GameError,
            r"game\.game\.json: missing",
            id="no game file",
        ),
        pytest.param(
            lambda video: video.unlink(), GameError, "'game.mp4' is not in", id="no video"
        ),
        pytest.param(
            lambda video: video.write_bytes(b""), VideoError, "not a readable", id="zero bytes"
        ),
    ],
)
def test_a_bad_game_replaces_nothing(archive, source, harm, error, message):
    add_game(archive, source)
    before = archive.read("games/g1/game.mp4")
    harm(source)
    with pytest.raises(error, match=message):
        add_game(archive, source)
    assert archive.read("games/g1/game.mp4") == before


def test_an_archive_that_cannot_be_written_is_named(source, tmp_path):
    (tmp_path / "in-the-way").write_text("a file")
    with pytest.raises(ArchiveError, match="in-the-way cannot be written"):
        add_game(Archive(str(tmp_path / "in-the-way")), source)


def test_a_game_is_found_by_its_id_or_its_files(archive, source):
    assert find_game(archive, str(source)) == "g1"
    assert find_game(archive, "g1") == "g1"
    for name in ("g2", str(source) + "4", "../games/g1"):
        with pytest.raises(GameError, match=r"neither a game of the archive .* nor a file"):
            find_game(archive, name)


def test_a_play_by_play_is_checked_and_comes_along(archive, source):
    source.with_suffix(".game.json").write_text(json.dumps(GAME | {"play_by_play": "called.csv"}))
    with pytest.raises(GameError, match=r"play_by_play: 'called\.csv' is not in"):
        add_game(archive, source)
    called = source.with_name("called.csv")
    called.write_text("EVENTMSGTYPE,EVENTMSGACTIONTYPE,PERIOD,PCTIMESTRING\n12,0,first,12:00\n")
    with pytest.raises(GameError, match=r"called\.csv: 1 mistake\n  0\.PERIOD: "):
        add_game(archive, source)
    called.write_text("EVENTMSGTYPE,EVENTMSGACTIONTYPE,PERIOD,PCTIMESTRING\n12,0,1,12:00\n")
    add_game(archive, source)
    assert archive.read("games/g1/called.csv") == called.read_bytes()


def test_a_game_file_may_begin_with_a_byte_order_mark(archive, source):
    source.with_suffix(".game.json").write_text(json.dumps(GAME), "utf-8-sig")
    assert add_game(archive, source) == "g1"
