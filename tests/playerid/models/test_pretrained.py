import hashlib
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from playerid.cli.main import app
from playerid.errors import WeightsError
from playerid.models.packs import load_pack
from playerid.models.pretrained import (
    Pretrained,
    fetch_pretrained,
    known_weights,
    to_fetch,
    weights_named,
)

# What FIELD 1 of the notes gives; the middle of a digest tells them apart.
PINNED = {"tracker": ("sam2-1-small", 184_416_285), "team_embedder": ("siglip-base", 812_672_320)}


def publish(folder, content=b"weights", **facts):
    """A folder in the form of the model hub, and what a pack would say of it."""
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(content)
    (folder / "config.json").write_text("{}")
    (folder / "README.md").write_text("# Not needed")
    sha256 = hashlib.sha256(content).hexdigest()
    return Pretrained("mine", str(folder / "model.safetensors"), sha256, **facts)


def test_everything_published_that_the_pack_names_is_pinned():
    pack = load_pack("t4")
    for job, (name, size) in PINNED.items():
        assert to_fetch(pack[job]) == weights_named(name)
        assert weights_named(name).bytes == size
    assert to_fetch(pack["detector"]).name == "rfdetr-medium"
    assert to_fetch(pack["court"]) is None
    assert all(
        len(known.sha256) == 64 or len(known.md5) == 32 for known in known_weights().values()
    )


def test_weights_come_once_and_are_checked_each_time(tmp_path):
    wanted = publish(tmp_path / "hub", beside=True)
    told = []
    path = fetch_pretrained(wanted, tmp_path / "cache", on_bytes=lambda *far: told.append(far))
    assert told == [(7, 7)]
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "config.json",
        "model.safetensors",
    ]
    (tmp_path / "hub" / "model.safetensors").unlink()
    assert fetch_pretrained(wanted, tmp_path / "cache") == path
    path.write_bytes(b"swapped")
    with pytest.raises(WeightsError, match="expected SHA-256"):
        fetch_pretrained(wanted, tmp_path / "cache")


def test_a_folder_of_files_is_taken_by_what_they_hold_and_not_by_their_names(tmp_path):
    publish(tmp_path / "files" / "a", b"another model")
    wanted = publish(tmp_path / "files" / "b")
    elsewhere = replace(wanted, url="hf://nobody/nothing@main/model.safetensors")
    path = fetch_pretrained(elsewhere, tmp_path / "cache", tmp_path / "files")
    assert path.read_bytes() == b"weights"
    missing = replace(elsewhere, sha256="0" * 64)
    with pytest.raises(WeightsError, match=r"holds no model\.safetensors with SHA-256 0000.*/a/"):
        fetch_pretrained(missing, tmp_path / "cache", tmp_path / "files")


def test_what_is_not_the_published_file_is_refused_and_not_kept(tmp_path):
    wanted = publish(tmp_path / "hub", b"right")
    (tmp_path / "hub" / "model.safetensors").write_bytes(b"wrong")
    with pytest.raises(WeightsError, match="expected SHA-256"):
        fetch_pretrained(wanted, tmp_path / "cache")
    assert not wanted.path(tmp_path / "cache").exists()
    by_md5 = replace(wanted, sha256="", md5=hashlib.md5(b"wrong").hexdigest())
    assert fetch_pretrained(by_md5, tmp_path / "cache").read_bytes() == b"wrong"


def test_the_command_says_what_is_missing_and_how_it_is_made(tmp_path):
    (tmp_path / "files").mkdir()
    run = ["models", "fetch", "--pack", "t4", "--files", str(tmp_path / "files")]
    done = CliRunner().invoke(app, [*run, "--cache", str(tmp_path / "cache")])
    assert done.exit_code == 1
    for name in ("rfdetr-medium", "sam2-1-small", "siglip-base"):
        assert f"{name}: {tmp_path / 'files'} holds no " in done.output
    assert "playerid train detector --backend rfdetr --variant medium" in done.output


def test_the_command_fetches_the_weights_of_a_pack_of_ones_own(tmp_path):
    wanted = publish(tmp_path / "hub")
    (tmp_path / "own.toml").write_text(
        f'[tracker]\nbackend = "sam2"\nweights = "{wanted.url}"\nsha256 = "{wanted.sha256}"\n'
    )
    run = ["models", "fetch", "--pack", str(tmp_path / "own.toml")]
    done = CliRunner().invoke(app, [*run, "--cache", str(tmp_path / "cache")])
    assert done.exit_code == 0, done.output
    assert wanted.path(tmp_path / "cache").read_bytes() == b"weights"


def test_unknown_names_are_refused(tmp_path):
    done = CliRunner().invoke(app, ["models", "fetch", "yolo", "--cache", str(tmp_path)])
    assert done.exit_code == 1
    assert "no published weights 'yolo': expected one of ['sam2-1-small'" in done.output
