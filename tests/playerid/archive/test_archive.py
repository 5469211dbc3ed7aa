from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

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


class Placeholders(MemoryFileSystem):
    """An object store whose console left an empty object for each folder."""

    protocol = "placeholders"
    store: ClassVar[dict] = {}
    pseudo_dirs: ClassVar[list] = [""]

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(str(path).removeprefix("placeholders://"))

    def ls(self, path, detail=True, **options):
        folder = self._strip_protocol(path)
        own = {"name": f"{folder}/", "size": 0, "type": "file"}
        found = [own, *super().ls(path, detail=True)]
        return found if detail else [info["name"] for info in found]

    def find(self, path, maxdepth=None, withdirs=False, detail=False, **options):
        found = super().find(path, detail=True)
        found |= {f"{self._strip_protocol(path)}/": {"size": 0, "type": "file"}}
        return found if detail else sorted(found)


def test_placeholders_of_folders_are_no_names():
    fsspec.register_implementation("placeholders", Placeholders, clobber=True)
    archive = Archive("placeholders://league")
    archive.write("games/g1/game.json", b"{}")
    archive.write("interim/g1/cache/track-1-ab.json", b"{}")
    assert archive.game_ids() == ["g1"]
    assert archive.names("interim/g1/cache") == ["track-1-ab.json"]
    assert list(archive.find("games")) == ["games/g1/game.json"]


def test_the_memory_file_system_works_too():
    archive = Archive("memory://league")
    archive.probe()
    archive.write_json("games/g/game.json", {"game_id": "g"})
    assert archive.read_json("games/g/game.json") == {"game_id": "g"}
    assert archive.game_ids() == ["g"]
