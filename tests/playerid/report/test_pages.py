import base64
import datetime as dt
import gc
import html
import io
import re
from dataclasses import replace

import av
import numpy as np
import pyarrow as pa
import pytest
from jinja2 import UndefinedError

from playerid.errors import ArchiveError
from playerid.report import pages, write_game_page, write_night_page
from playerid.report.facts import read_facts
from playerid.report.plays import PlayOfViolation, read_play
from playerid.report.templates import environment
from tests.playerid.report.night import FILMED, IMPORTED, NASTY_NAME, make_night

DAY = dt.date(2026, 1, 2)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_night(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def page(archive):
    write_game_page(archive, FILMED)
    return archive.read(f"pictures/{FILMED}/report.html").decode()


def section(page, name):
    return re.search(rf'<h2 id="{name}">(.*?)(?=<h2|\Z)', page, re.DOTALL)[1]


def test_the_violation_is_told(page):
    told = " ".join(section(page, "violations").split())
    assert "0:02 offence" in told
    assert "Between 4.0 and 4.0 s counted; ended: left the lane" in told
    assert told.count('class="play"') == 1
    assert "three seconds: <b>1</b> clear, <b>0</b> technical, <b>0</b> possible" in page


def test_no_page_shows_a_method_for_a_value(archive, page):
    write_night_page(archive, None)
    night = archive.read("pictures/index.html").decode()
    assert "method" not in night
    assert "object at 0x" not in night + page


def test_a_key_is_never_taken_for_a_method():
    names = [name for name in dir(dict) if not name.startswith("_")]
    template = environment().from_string(
        "".join("{{ row.NAME }}".replace("NAME", name) for name in names)
    )
    assert template.render(row=dict.fromkeys(names, 1)) == "1" * len(names)
    with pytest.raises(UndefinedError):
        environment().from_string("{{ row.items }}").render(row={})


def test_its_clip_lasts_from_a_second_before_to_a_second_after(page):
    data = re.search(r"data:video/mp4;base64,([A-Za-z0-9+/=]+)", page)[1]
    with av.open(io.BytesIO(base64.b64decode(data))) as clip:
        assert clip.streams.video[0].codec_context.name == "h264"
        frames = [frame.to_ndarray(format="gray") for frame in clip.decode(video=0)]
    assert len(frames) == 61  # 1.0 to 7.0 s, ten a second
    corners = [np.median(frame[-20:, -20:]) for frame in (frames[0], frames[-1])]
    assert corners == pytest.approx([10 + 2 * 10, 10 + 2 * 70], abs=4)


def test_the_plan_shows_the_paths_in_metres_with_the_far_side_up(page):
    told = section(page, "violations")
    offender = re.search(r'<g class="home offender">\s*<polyline class="path" points="(.*?)"', told)
    places = [tuple(map(float, point.split(","))) for point in offender[1].split()]
    assert places[0] == (6.0, 6.0)  # court_y_m is -6: the near side is below
    assert places[30] == (12.0, 0.0)
    assert len(re.findall(r'<g class="dot"', told)) == 3


def test_every_player_has_the_seconds_by_hand(page):
    rows = re.findall(r"<tr><td>(HOM|AWY)</td><td class=\"n\">(\d+)</td>\s*<td>(.*?)</td>\s*"
                      r"<td class=\"n\">(.*?)</td>", section(page, "people"))  # fmt: skip
    assert {(team, number, seen) for team, number, _, seen in rows} == {
        ("HOM", "1", "0:08"), ("HOM", "5", "0:08"), ("AWY", "11", "0:08")
    }  # fmt: skip


def test_all_gates_are_shown_and_pass(page):
    counts = re.findall(r'<td class="n (good|bad)">(\d+)</td>', section(page, "gates"))
    assert len(counts) >= 10
    assert set(counts) == {("good", "0")}


def test_text_of_others_stays_text(page):
    assert NASTY_NAME not in page
    assert html.escape(NASTY_NAME, quote=False) in page


def test_nothing_is_loaded_from_elsewhere(page):
    outside = re.findall(r"""(?:src|href)=["'](?!data:|#)([^"']*)""", page)
    assert outside == []


def test_the_same_game_makes_the_same_page(archive, page):
    write_game_page(archive, FILMED)
    assert archive.read(f"pictures/{FILMED}/report.html").decode() == page


def test_no_more_than_one_clip_is_held_while_a_page_is_written(archive, page, monkeypatch):
    """The game's only violation is shown four times."""
    held = []

    def facts_of(connection, entry):
        facts = read_facts(connection, entry)
        four = {"violations": pa.concat_tables([facts.rows["violations"]] * 4)}
        return replace(facts, rows={**facts.rows, **four})

    def read(connection, violation, footage):
        held.append(sum(isinstance(each, PlayOfViolation) for each in gc.get_objects()))
        return read_play(connection, violation, footage)

    with monkeypatch.context() as patched:
        patched.setattr(pages, "read_facts", facts_of)
        patched.setattr(pages, "read_play", read)
        write_game_page(archive, FILMED)
    fuller = archive.read(f"pictures/{FILMED}/report.html").decode()
    assert fuller.count("<video") == 4 * page.count("<video") == 4
    assert len(held) == 4
    assert max(held) <= 1  # the one before, which the template is about to forget
    archive.write(f"pictures/{FILMED}/report.html", page.encode())


def test_a_game_without_a_video_has_a_page_without_clips(archive):
    write_game_page(archive, IMPORTED)
    page = archive.read(f"pictures/{IMPORTED}/report.html").decode()
    assert "<video" not in page
    assert "None was found." in section(page, "violations")


def test_a_night_links_its_games_and_names_those_set_aside(archive):
    assert write_night_page(archive, DAY).endswith("pictures/night-2026-01-02.html")
    page = archive.read("pictures/night-2026-01-02.html").decode()
    links = re.findall(r'<a href="(.*?)"', page)
    assert links == [f"{FILMED}/report.html", f"{IMPORTED}/report.html"]
    for link in links:
        assert b'href="../night-2026-01-02.html"' in archive.read(f"pictures/{link}")
    assert "no video" in page


def test_what_is_not_published_is_said(archive):
    with pytest.raises(ArchiveError, match="game 0020000009 is not published"):
        write_game_page(archive, "0020000009")
    with pytest.raises(ArchiveError, match="no published game of 2026-01-03"):
        write_night_page(archive, dt.date(2026, 1, 3))


def test_teams_have_their_names_and_pages_link_to_a_studio(tmp_path):
    archive = make_night(tmp_path)
    path = f"games/{FILMED}/game.json"
    game = archive.read_json(path)
    for side, name in (("home", "Harbour <i>Herons</i>"), ("away", "Mill Wheels")):
        game[side]["name"] = name
    archive.write_json(path, game)
    write_night_page(archive, DAY, "https://127.0.0.1/")
    page = archive.read(f"pictures/{FILMED}/report.html").decode()
    assert "<h1>Mill Wheels at Harbour &lt;i&gt;Herons&lt;/i&gt;</h1>" in page
    assert "<td>Mill Wheels</td>" in section(page, "people")
    assert not re.search(r">\s*(HOM|AWY)\b", page.split('id="provenance"')[0])
    assert f'href="https://127.0.0.1/games/{FILMED}"' in page
    assert f'href="https://127.0.0.1/games/{FILMED}?t=2.00"' in section(page, "violations")
    night = archive.read("pictures/night-2026-01-02.html").decode()
    assert "Mill Wheels at Harbour" in night
    assert "AWY at HOM" in night  # of this one there is no game file
