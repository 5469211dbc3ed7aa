"""Killed at the moments that matter: between write and commit, half way, before the answer."""

import shutil
import time

import pytest

from playerid.archive.archive import Archive
from playerid.archive.layout import is_partial
from playerid.archive.sweep import find_leftovers, sweep
from playerid.operate.compare import published_rows
from tests.flows.killing import BEFORE, HALF, UNSEEN, Moment, relay_to
from tests.flows.victims import (
    PUBLISHING,
    Place,
    assert_one_of,
    correct,
    count_corrections,
    leave_leftovers,
    moments_of_promotion,
    promote,
    publish,
    sweep_all,
    write_pack,
)

IN_BOTH_STORES = pytest.mark.parametrize("known", ["folder", "s3"], indirect=True)


@pytest.fixture
def known(request, archive, settings, add_game):
    """A game whose steps are known, in a folder or in an object store, and its rows."""
    add_game("g1")
    if request.param == "folder":
        yield prepare(Place(archive, "g1", settings.pack, None, {}))
        return
    server = request.getfixturevalue("server")
    there = Archive(f"s3://tests/moments-{time.time_ns()}")
    for path in archive.find(""):
        there.write(path, archive.read(path))
    with relay_to(server.port) as relay:
        environment = server.environment(relay.port)
        yield prepare(Place(there, "g1", settings.pack, relay, environment))


def prepare(place):
    """Process the game undisturbed, and forget that it was published."""
    publish(place.archive, "g1", place.pack)
    rows = published_rows(place.archive, "g1")
    place.unpublish()
    return place, rows


@IN_BOTH_STORES
def test_a_game_is_published_whole_or_not_at_all(known):
    """Killed in one run after the other: readers find the game or none, and nothing is lost.

    What is done and not answered stands: the last run has nothing to publish.
    """
    place, rows = known
    forget_last_step(place)
    moments = {"half of a step": Moment("write", "/interim/.*parquet", HALF)}
    if place.relay is None:
        entry = r"/catalog/[^/]*/g1\.json"
        moments["the entry written, and not renamed"] = Moment("rename", entry, BEFORE)
    moments |= PUBLISHING
    for name, moment in moments.items():
        before = place.records()
        assert place.kill(publish, moment), name
        assert before.items() <= place.records().items(), name
        is_there = name == "committed, and nobody was told"
        assert place.archive.exists("catalog/2024-25/g1.json") == is_there, name
        place.assert_never_torn(rows)
    publish(place.archive, "g1", place.pack)
    place.assert_whole(rows)


def forget_last_step(place):
    """Have the next run decide again who is who."""
    (record,) = [path for path in place.records() if "/cache/identify" in path]
    place.archive.remove(record)


@IN_BOTH_STORES
def test_a_killed_sweep_removes_only_leftovers_and_goes_on(known):
    place, rows = known
    publish(place.archive, "g1", place.pack)
    for when in (BEFORE, UNSEEN):
        left = leave_leftovers(place.archive, "g1", "2024-25")
        assert place.kill(sweep_all, Moment("remove", "/tables/games/", when, 3))
        still = {leftover.path for leftover in find_leftovers(place.archive, min_age_s=0)}
        assert still < set(left)
        assert len(still) == len(left) - (3 if when == BEFORE else 4)
        place.assert_whole(rows)


@IN_BOTH_STORES
def test_a_killed_correction_is_said_or_not(known):
    place, rows = known
    publish(place.archive, "g1", place.pack)
    first, second = sorted(set(rows["player_frames"]["tracklet_id"].to_pylist()))[:2]
    file = r"/corrections/[^/]*"
    for when, expected in ((BEFORE, 0), (HALF, 0), (UNSEEN, 1)):
        moment = Moment("write", file, when)
        assert place.kill(correct, moment, first, "home-3")
        assert count_corrections(place.archive, "g1") == expected, when
    assert place.kill(correct, Moment("write", file, HALF), second, "home-4")
    assert count_corrections(place.archive, "g1") == 1
    for _ in range(2):  # who was not told that it stands says it again
        correct(place.archive, "g1", place.pack, second, "home-4")
    assert count_corrections(place.archive, "g1") == 2
    sweep(place.archive, find_leftovers(place.archive, min_age_s=0))
    assert [path for path in place.archive.find("corrections") if is_partial(path)] == []
    publish(place.archive, "g1", place.pack)
    named = published_rows(place.archive, "g1")["player_frames"]
    who = dict(zip(named["tracklet_id"].to_pylist(), named["player_id"].to_pylist(), strict=True))
    assert (who[first], who[second]) == ("home-3", "home-4")


@pytest.fixture
def pack(tmp_path):
    """A pack, other weights, and the digests of both."""
    return write_pack(tmp_path)


def test_a_pack_has_whole_weights_whenever_its_promotion_is_killed(archive, pack):
    """At every opening and renaming there is, and in the middle of the weights and of the pack."""
    path, candidate, digests = pack
    place, text = Place(archive, "g1", "", None, {}), path.read_text()
    for moment in moments_of_promotion(path):
        path.write_text(text)
        shutil.rmtree(path.parent / "own", ignore_errors=True)
        assert place.kill(promote, moment, "number_reader", candidate, path), moment
        assert_one_of(path, "number_reader", digests)
        promote(archive, "g1", "", "number_reader", candidate, path)
        assert_one_of(path, "number_reader", digests[1:])
