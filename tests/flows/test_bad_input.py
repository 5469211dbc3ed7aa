"""One night with every kind of bad game, and with games that are only unusual."""

import hashlib
import json
from fractions import Fraction

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from flows.nightly import nightly
from flows.process_game import process_game
from playerid import tables
from playerid.archive import catalog, store
from playerid.cli.main import app
from playerid.errors import ArchiveError, WeightsError

pytestmark = pytest.mark.usefixtures("orchestrator")

COLOUR = (120, 90, 60)
UNEVEN_MS = np.cumsum([0, *[40, 40, 120] * 10])


def sound_only(path):
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path.read_bytes()


def video(path, size, times_ms=tuple(range(0, 1000, 40)), rotation=0, pixel=None, keys=250):
    """A plain picture of (height, width) with a white mark in its upper left corner."""
    image = np.full((*size, 3), COLOUR, np.uint8)
    image[: size[0] // 8, : size[1] // 8] = 255
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.gop_size = keys
        if pixel:
            stream.codec_context.sample_aspect_ratio = pixel
        if rotation:
            stream.set_display_rotation(rotation)
        for time_ms in times_ms:
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            frame.pts, frame.time_base = int(time_ms), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def objects(archive, folder):
    """Path -> digest of everything in a folder of the archive."""
    filesystem = archive.filesystem
    return {
        path: hashlib.sha256(filesystem.cat_file(path)).hexdigest()
        for path in filesystem.find(archive.path(folder))
    }


def change(archive, game_id, **fields):
    path = f"games/{game_id}/game.json"
    archive.write(path, json.dumps(archive.read_json(path) | fields).encode())


def number_twice(archive, game_id):
    home = archive.read_json(f"games/{game_id}/game.json")["home"]
    home["players"][0]["number"] = "1"
    change(archive, game_id, home=home)


BAD = {
    "no-video": ("GameError", "games/no-video/game.json: videos: 'video.mp4' is not in the folder"),
    "truncated": ("VideoError", "games/truncated/video.mp4: "),
    "zero-bytes": ("VideoError", "games/zero-bytes/video.mp4: not a readable video"),
    "sound-only": ("VideoError", "games/sound-only/video.mp4: expected a video stream"),
    "number-twice": ("GameError", "home.players: number '1' is worn by home-0 and home-1"),
    "unknown-league": ("GameError", "league: unknown league 'xfl'"),
    "breaks-later": ("VideoError", "games/breaks-later/video.mp4: not a readable video"),
}


def test_bad_games_are_set_aside_each_with_its_reason(archive, settings, add_game, tmp_path):
    for game_id in ("good", *BAD):
        add_game(game_id, ((30, COLOUR),))
    assert nightly(settings, ["good", "breaks-later"]) == {"good": None, "breaks-later": None}
    published = objects(archive, "tables") | objects(archive, "catalog")

    archive.remove("games/no-video/video.mp4")
    whole = archive.read("games/truncated/video.mp4")
    archive.write("games/truncated/video.mp4", whole[: len(whole) * 2 // 3])
    archive.write("games/zero-bytes/video.mp4", b"")
    archive.write("games/sound-only/video.mp4", sound_only(tmp_path / "sound.mp4"))
    number_twice(archive, "number-twice")
    change(archive, "unknown-league", league="xfl")
    archive.write("games/breaks-later/video.mp4", b"not a video")
    add_game("new", ((30, COLOUR),))

    reasons = nightly(settings)
    assert set(reasons) == {*BAD, "new"}
    assert reasons["new"] is None
    for game_id, (error, reason) in BAD.items():
        assert reason in reasons[game_id], game_id
        record = archive.read_json(f"quarantine/{game_id}.json")
        assert (record["error"], record["reason"]) == (error, reasons[game_id])
    after = objects(archive, "tables") | objects(archive, "catalog")
    assert published.items() <= after.items()
    assert [e.game_id for e in catalog.entries(archive)] == ["breaks-later", "good", "new"]


def test_the_tables_of_an_uneven_video_have_its_own_times(archive, settings, add_game, tmp_path):
    add_game("uneven")
    content = video(tmp_path / "uneven.mp4", (180, 320), UNEVEN_MS)
    archive.write("games/uneven/video.mp4", content)
    entry = process_game("uneven", settings)
    rows = store.read(archive, tables.PLAYER_FRAMES, entry.tables["player_frames"])
    frames, times_s = (np.asarray(rows[name]) for name in ("frame_index", "time_s"))
    assert len(rows) > 0
    assert times_s == pytest.approx(UNEVEN_MS[frames] / 1000, abs=1e-3)


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        pytest.param({"size": (240, 320)}, (320, 240), id="4:3"),
        pytest.param({"size": (180, 240), "pixel": Fraction(4, 3)}, (320, 180), id="wide pixels"),
        pytest.param({"size": (320, 180), "rotation": -90}, (320, 180), id="rotated"),
    ],
)
def test_people_are_found_in_the_picture_as_it_is_shown(
    archive, settings, add_game, tmp_path, shape, shown
):
    """The detector of these tests draws its boxes at fixed shares of the picture's sides."""
    add_game("odd")
    archive.write("games/odd/video.mp4", video(tmp_path / "odd.mp4", **shape))
    entry = process_game("odd", settings)
    rows = store.read(archive, tables.PLAYER_FRAMES, entry.tables["player_frames"])
    width, height = shown
    assert max(rows["x_max_px"].to_pylist()) == pytest.approx(0.91 * width, abs=0.2)
    assert max(rows["y_max_px"].to_pylist()) == pytest.approx(0.75 * height, abs=0.2)


def test_an_archive_that_cannot_be_written_stops_at_once(settings, tmp_path):
    (tmp_path / "in-the-way").write_text("a file")
    unwritable = settings.model_copy(update={"archive_url": str(tmp_path / "in-the-way")})
    with pytest.raises(ArchiveError, match=r"in-the-way cannot be written"):
        nightly(unwritable)


def test_weights_with_a_wrong_checksum_publish_nothing(archive, settings, add_game, tmp_path):
    published = process_game(add_game("g1"), settings)
    (tmp_path / "weights.bin").write_bytes(b"swapped")
    pack = tmp_path / "swapped.toml"
    named = f'"blank-reader"\nweights = "{tmp_path}/weights.bin"\nsha256 = "{"0" * 64}"'
    pack.write_text((tmp_path / "blank.toml").read_text().replace('"blank-reader"', named))
    swapped = settings.model_copy(update={"pack": str(pack)})
    with pytest.raises(WeightsError, match=r"weights\.bin: expected SHA-256 0000"):
        process_game("g1", swapped)
    assert catalog.find_entry(archive, "2024-25", "g1") == published


def test_the_command_line_says_what_is_wrong_once_and_plainly(archive, settings, add_game, caplog):
    archive.write(f"games/{add_game('g1')}/video.mp4", b"not a video")
    arguments = ["process", "g1", "--archive", archive.url, "--pack", settings.pack]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 1
    assert (told.output + caplog.text).count("not a readable video") == 1
    assert "Traceback" not in told.output + caplog.text


def damage(content, path, places):
    """Zero the packets of a video at these places, in the order of decoding."""
    path.write_bytes(content)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        damaged = bytearray(content)
        for packet in packets[places]:
            damaged[packet.pos : packet.pos + packet.size] = bytes(packet.size)
    return bytes(damaged)


def test_a_game_with_a_damaged_middle_is_published_with_the_time_that_is_missing(
    archive, settings, add_game, tmp_path
):
    """A key frame every second; from 1.2 to 1.4 s nothing can be read, so nothing up to 2 s."""
    add_game("damaged")
    whole = video(tmp_path / "whole.mp4", (180, 320), range(0, 3000, 40), keys=25)
    content = damage(whole, tmp_path / "damaged.mp4", slice(30, 35))
    archive.write("games/damaged/video.mp4", content)
    entry = process_game("damaged", settings)
    segments = store.read(archive, tables.SEGMENTS, entry.tables["segments"]).to_pylist()
    assert [segment["view"] for segment in segments] == ["main", "missing", "main"]
    before, lost, after = segments
    assert before["end_s"] == lost["start_s"] == pytest.approx(1.2, abs=0.13)
    assert after["start_s"] == lost["end_s"] == pytest.approx(2, abs=1e-3)
    assert after["end_s"] == pytest.approx(3, abs=1e-3)
    rows = store.read(archive, tables.PLAYER_FRAMES, entry.tables["player_frames"])
    assert set(rows["segment_index"].to_pylist()) == {0, 2}
