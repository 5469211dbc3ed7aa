"""What has a name is on the disk, in the order in which it is needed when the power is gone."""

import os
from pathlib import Path

import pytest

from playerid.archive import catalog, layout
from playerid.archive.local_files import in_one_step
from tests.playerid.archive.publishable import publishable


class Disk:
    """What was asked of the system, in order: ("flush", path, bytes) and ("rename", from, to)."""

    def __init__(self, patch):
        self.asked = []
        self._do = {name: getattr(os, name) for name in ("fsync", "rename", "replace")}
        patch.setattr(os, "fsync", self.fsync)
        patch.setattr(os, "rename", lambda *names: self.rename("rename", *names))
        patch.setattr(os, "replace", lambda *names: self.rename("replace", *names))

    def fsync(self, descriptor):
        self._do["fsync"](descriptor)
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        self.asked.append(("flush", path, os.fstat(descriptor).st_size))

    def rename(self, how, source, target):
        self.asked.append(("rename", os.fspath(source), os.fspath(target)))
        self._do[how](source, target)

    @property
    def named(self):
        """Path that was given its content -> when."""
        return {to: at for at, (what, _, to) in enumerate(self.asked) if what == "rename"}

    def flushes_before(self, path):
        """Whether all of a file was flushed before it had its name, and its folder after."""
        at = self.named[str(path)]
        content = ("flush", self.asked[at][1], Path(path).stat().st_size)
        folders = [asked[:2] for asked in self.asked[at:]]
        return content in self.asked[:at] and ("flush", str(Path(path).parent)) in folders


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def test_an_object_is_on_the_disk_before_it_has_its_name_and_its_name_after(archive, disk):
    catalog.commit(archive, publishable(archive))
    objects = [archive.path(path) for path in archive.find("")]
    written = [path for path in objects if Path(path).stat().st_size]  # a lock is empty
    assert len(written) > 10
    assert [path for path in written if not disk.flushes_before(path)] == []


def test_what_an_entry_names_is_on_the_disk_before_the_entry_is(archive, disk):
    entry = catalog.commit(archive, publishable(archive))
    committed = disk.named[archive.path(layout.catalog_entry("2024-25", "g1"))]
    for manifest in entry.tables.values():
        path = Path(archive.path(manifest.path))
        named = disk.named[str(path)]
        flushed = [asked[:2] for asked in disk.asked[named:committed]]
        assert ("flush", str(path.parent)) in flushed


def test_a_file_of_this_machine_is_put_into_the_archive_the_same_way(archive, disk, tmp_path):
    (tmp_path / "video.mp4").write_bytes(b"v" * 5000)
    archive.write_file("games/g1/video.mp4", tmp_path / "video.mp4")
    assert disk.flushes_before(archive.path("games/g1/video.mp4"))


def test_packs_and_weights_are_replaced_the_same_way(disk, tmp_path):
    with in_one_step(tmp_path / "own.toml") as partial:
        partial.write_bytes(b"x" * 5000)
    assert disk.flushes_before(tmp_path / "own.toml")
