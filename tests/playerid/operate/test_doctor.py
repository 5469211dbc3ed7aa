import hashlib

import pytest

from playerid.archive.archive import Archive
from playerid.operate.doctor import examine

PACK = """
[number_reader]
backend = "resnet"
weights = "{weights}"
sha256 = "{sha256}"
"""


@pytest.fixture
def pack(tmp_path):
    """A pack whose one model has three bytes of weights; call it with their checksum."""
    weights = tmp_path / "model.bin"
    weights.write_bytes(b"abc")

    def write(sha256):
        path = tmp_path / "pack.toml"
        path.write_text(PACK.format(weights=weights, sha256=sha256))
        return str(path)

    return write


def findings(archive, pack, tmp_path):
    return {f.what: f for f in examine(archive, pack, tmp_path / "cache")}


def test_intact_weights_and_a_writable_archive_are_well(archive, pack, tmp_path):
    found = findings(archive, pack(hashlib.sha256(b"abc").hexdigest()), tmp_path)
    assert found["number_reader (resnet)"].state == "model.bin: intact, 0.0 MB"
    assert found[f"archive {archive.url}"].state == "can be written, 0 games"
    assert all(finding.is_well for finding in found.values())


def test_weights_with_a_wrong_checksum_are_named_and_the_rest_is_well(archive, pack, tmp_path):
    found = findings(archive, pack("0" * 64), tmp_path)
    ill = [finding for finding in found.values() if not finding.is_well]
    assert [finding.what for finding in ill] == ["number_reader (resnet)"]
    assert "model.bin: expected SHA-256 0000" in ill[0].state


def test_an_archive_that_cannot_be_written_and_an_unknown_pack_are_named(tmp_path):
    (tmp_path / "in-the-way").write_text("a file")
    found = findings(Archive(str(tmp_path / "in-the-way")), "none", tmp_path)
    assert "no pack 'none'" in found["pack none"].state
    assert "cannot be written" in found[f"archive {tmp_path}/in-the-way"].state
