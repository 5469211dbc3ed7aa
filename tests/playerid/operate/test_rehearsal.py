"""A game with slow, blank models is killed in the middle, and called again."""

import json
import sys
from fractions import Fraction

import numpy as np
import pytest
from typer.testing import CliRunner

from playerid.archive.archive import Archive
from playerid.cli.main import app
from playerid.errors import ArchiveError
from playerid.frames.video_writing import write_video
from playerid.operate.rehearsal import Rehearsal, rehearse
from tests.flows.blank import PACK, write_game

PARTS = 4
SCRIPT = """
import sys, time
sys.path.insert(0, ".")
from playerid.cli.main import app
from tests.flows.blank import ByPlace, use_blank

update = ByPlace.update

def update_slowly(*told):
    time.sleep(0.1)
    return update(*told)

use_blank()
ByPlace.update = update_slowly
app(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A game of four files of three seconds, each a part."""
    folder = tmp_path_factory.mktemp("rehearsal")
    (folder / "blank.toml").write_text(PACK)
    names = [f"part-{index}.mp4" for index in range(PARTS)]
    place = Archive(str(folder / "archive"))
    write_game(place, "g1", b"")
    for index, name in enumerate(names):
        pictures = [np.full((90, 160, 3), 60 + 40 * index, np.uint8)] * 60
        write_video(str(folder / name), pictures, Fraction(20))
        place.write_file(f"games/g1/{name}", folder / name)
    game = place.read_json("games/g1/game.json")
    place.write("games/g1/game.json", json.dumps({**game, "videos": names}).encode())
    return place


@pytest.fixture(scope="module")
def command(archive):
    pack = archive.url.removesuffix("archive") + "blank.toml"
    return [
        sys.executable, "-c", SCRIPT, "process", "g1", "--archive", archive.url, "--pack", pack,
    ]  # fmt: skip


def test_a_run_that_is_killed_goes_on_where_it_was(archive, command, tmp_path):
    told = []
    found = rehearse(
        archive, "g1", command, tmp_path / "log", lambda done, total: told.append((done, total))
    )
    assert found.reason == ""
    assert (found.parts, found.segments) == (PARTS, PARTS)
    assert found.video_s == pytest.approx(12, abs=0.2)
    assert found.main_view_s == found.video_s
    assert 0 < found.killed_after_s < found.wall_s
    assert found.kept >= PARTS / 2
    assert 0 < found.again_s < found.wall_s - found.killed_after_s
    assert {"sample", "track", "court", "identify"} <= found.stages.keys()
    assert found.cpu_s == pytest.approx(sum(cpu_s for _, cpu_s in found.stages.values()))
    assert len(found.megabytes) == 6
    assert max(found.megabytes) > 100
    assert all(found.bytes.values())
    assert told[-1] == (PARTS, PARTS)
    json.dumps(found.to_json())


def test_what_a_run_before_has_made_is_forgotten(archive, tmp_path):
    write_game(archive, "g3", b"")
    archive.write("interim/g3/cache/sample-1-00.json", b"{}")
    with pytest.raises(ArchiveError, match="g3: it was not processed"):
        rehearse(archive, "g3", [sys.executable, "-c", ""], tmp_path / "log")
    assert not archive.find("interim/g3")


def test_a_command_that_does_nothing_is_said(archive, tmp_path):
    write_game(archive, "g2", b"")
    with pytest.raises(ArchiveError, match="g2: it was not processed"):
        rehearse(archive, "g2", [sys.executable, "-c", ""], tmp_path / "log")


def test_a_rehearsal_that_is_done_shows_its_report_again(tmp_path):
    found = Rehearsal(
        video_s=8280, main_view_s=2700, segments=1833, parts=46, wall_s=5040, cpu_s=6900,
        killed_after_s=3180, again_s=16, kept=71, stages={"track": (1740, 2760)},
        megabytes=[1100] * 6, bytes={"video": 1_410_000_000}, reason="",
    )  # fmt: skip
    (tmp_path / "rehearsal.json").write_text(json.dumps(found.to_json()))
    shown = CliRunner().invoke(app, ["rehearse", str(tmp_path), "--json"])
    assert json.loads(shown.output) == json.loads(json.dumps(found.to_json()))
    assert not (tmp_path / "archive" / "games").exists()
