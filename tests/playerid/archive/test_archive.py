import pytest

from playerid.archive.archive import Archive
from playerid.errors import ArchiveError


@pytest.mark.parametrize("path", ["../x", "games/../../x", "/etc/passwd"])
def test_paths_cannot_leave_the_archive(archive, path):
    with pytest.raises(ArchiveError, match="leaves the archive"):
        archive.read(path)


def test_an_object_is_replaced_in_one_step(archive):
    archive.write("catalog/s/g.json", b"old")
    archive.write("catalog/s/g.json", b"new")
    assert archive.read("catalog/s/g.json") == b"new"
    assert archive.names("catalog/s") == ["g.json"]


def test_what_is_not_there_is_named(archive):
    with pytest.raises(ArchiveError, match=r"catalog/s/g\.json: not in the archive"):
        archive.read("catalog/s/g.json")
    assert not archive.exists("catalog/s/g.json")


def test_an_archive_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError, match="cannot be written"):
        Archive(str(tmp_path / "file")).probe()


def test_the_memory_file_system_works_too():
    archive = Archive("memory://league")
    archive.probe()
    archive.write_json("games/g/game.json", {"game_id": "g"})
    assert archive.read_json("games/g/game.json") == {"game_id": "g"}
    assert archive.game_ids() == ["g"]
