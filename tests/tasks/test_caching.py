import pyarrow as pa
import pytest
from prefect import flow

from playerid.archive import store
from playerid.archive.store import digest_of
from playerid.tables import SAMPLED_FRAMES
from tasks.platform.caching import remembered

pytestmark = pytest.mark.usefixtures("orchestrator")


@pytest.fixture
def run(archive):
    """Run a step that writes one table: (facts, version) -> whether it computed anything."""

    def run(facts, step="count-1"):
        calls = []

        def make():
            calls.append(1)
            row = {"game_id": "g", "frame_index": facts["n"], "time_s": 0.0, "segment_index": 0}
            rows = pa.Table.from_pylist([row], SAMPLED_FRAMES.schema)
            yield store.write(archive, SAMPLED_FRAMES, "g", rows)

        @flow
        def one_step():
            return remembered(archive, "g", step, facts, make)

        manifests = one_step()
        return bool(calls), manifests

    return run


def test_the_same_facts_are_computed_once(run):
    assert run({"n": 1})[0]
    assert not run({"n": 1})[0]
    assert run({"n": 2})[0]


def test_a_new_version_of_a_step_computes_again(run):
    run({"n": 1})
    assert run({"n": 1}, step="count-2")[0]


@pytest.mark.parametrize("harm", ["deleted", "changed"])
def test_an_output_that_is_not_what_was_recorded_is_made_again(archive, run, harm):
    _, (manifest,) = run({"n": 1})
    if harm == "deleted":
        archive.remove(manifest.path)
    else:
        archive.write(manifest.path, b"other content")
    was_computed, manifests = run({"n": 1})
    assert was_computed
    assert manifests == [manifest]
    assert store.is_intact(archive, manifests)


@pytest.mark.parametrize("torn", [b"", b"{}", b'{"outputs": 1}'])
def test_a_torn_record_is_a_miss(archive, run, torn):
    _, manifests = run({"n": 1})
    (record,) = archive.versions("interim/g/cache", ".json")
    archive.write(record, torn)
    assert run({"n": 1}) == (True, manifests)
    assert run({"n": 1}) == (False, manifests)


def test_the_digest_of_manifests_does_not_depend_on_their_order(run):
    first, second = run({"n": 1})[1] + run({"n": 2})[1]
    assert digest_of([first, second]) == digest_of([second, first])
    assert digest_of([first]) != digest_of([second])


def test_what_is_published_in_another_way_has_another_digest(run):
    manifests = run({"n": 1})[1]
    assert digest_of(manifests, "publish-1") != digest_of(manifests, "publish-2")
