"""Our count of GS-HOTA against the official scorer, `sn-trackeval`, on clips with known faults."""

import json
import shutil

import pytest
import trackeval

from playerid.archive.archive import Archive
from playerid.evaluate.archive_scores import evaluate_archive, score_archive
from playerid.evaluate.game import summarise
from playerid.evaluate.official_state import pair_states, score_official
from playerid.exchange.formats import export_game, import_file
from playerid.exchange.game_state_predictions import state_query
from playerid.game.truth import read_truth
from playerid.warehouse.ask import open_warehouse
from tests.playerid.exchange.made_up_sequence import (
    FAULTS,
    NAME,
    labels,
    with_fault,
    write_sequence,
)

KIND = "soccernet-gsr"


def official(folder, predictions):
    """GS-HOTA of a file of predictions, by the official scorer, against the made-up labels."""
    write_sequence(folder / "truth" / "test", labels())
    found = folder / "trackers" / "SoccerNetGS-test" / "ours" / "data"
    found.mkdir(parents=True)
    shutil.copyfile(predictions, found / f"{NAME}.json")
    quiet = {"PRINT_RESULTS": False, "PRINT_CONFIG": False, "TIME_PROGRESS": False,
             "OUTPUT_SUMMARY": False, "OUTPUT_DETAILED": False, "PLOT_CURVES": False,
             "BREAK_ON_ERROR": True, "LOG_ON_ERROR": None}  # fmt: skip
    dataset = trackeval.datasets.SoccerNetGS({
        "GT_FOLDER": str(folder / "truth"), "TRACKERS_FOLDER": str(folder / "trackers"),
        "SPLIT_TO_EVAL": "test", "TRACKERS_TO_EVAL": ["ours"], "PRINT_CONFIG": False,
    })  # fmt: skip
    metric = trackeval.metrics.HOTA({"PRINT_CONFIG": False})
    results, _ = trackeval.Evaluator(quiet).evaluate([dataset], [metric])
    hota = results["SoccerNetGS"]["ours"]["COMBINED_SEQ"]["person"]["HOTA"]["HOTA"]
    return float(hota.mean())


def ours(archive):
    """GS-HOTA of a published game against the made-up labels."""
    connection = open_warehouse(archive)
    try:
        found = connection.sql(state_query(NAME)).to_arrow_table()
    finally:
        connection.close()
    return score_official([pair_states(found, read_truth(archive, NAME))])


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    """The truth of the made-up labels, in an archive."""
    folder = tmp_path_factory.mktemp("truth")
    archive = Archive(str(folder / "archive"))
    import_file(archive, write_sequence(folder), KIND)
    return archive


def publish_found(folder, content, truth):
    """An archive in which a game was found as in these labels, and is as it is in truth."""
    archive = Archive(str(folder / "archive"))
    import_file(archive, write_sequence(folder / "found", content), KIND)
    shutil.rmtree(archive.path("truth"))
    shutil.copytree(truth.path("truth"), archive.path("truth"))
    return archive


@pytest.mark.parametrize("fault", FAULTS)
def test_the_official_scorer_gives_our_number(fault, tmp_path, truth):
    archive = publish_found(tmp_path, with_fault(fault), truth)
    (file,) = export_game(archive, NAME, KIND, tmp_path)
    number = official(tmp_path, file)
    assert ours(archive) == pytest.approx(number, abs=5e-4)
    if fault == "none":
        assert number == pytest.approx(1)
    else:
        assert 0.3 < number < 0.999


def test_ours_and_theirs_stand_beside_one_another_where_they_differ(tmp_path, truth):
    # Theirs lets one without a number agree with one without; ours asks who it is.
    scores = score_archive(publish_found(tmp_path, with_fault("none"), truth))
    assert scores["gs_hota_official"] == pytest.approx(1)
    assert scores["gs_hota_5m"] == pytest.approx((9 / 11) ** 0.5)
    assert "gs_hota_official" in summarise(list(evaluate_archive(truth).values()))


def test_who_is_not_seen_in_between_is_filled_in_and_counts(tmp_path, truth):
    kept = labels()
    kept["annotations"] = [
        row for row in kept["annotations"] if int(row["image_id"][-6:]) % 5 == 1
    ]  # fmt: skip
    archive = publish_found(tmp_path, kept, truth)
    (file,) = export_game(archive, NAME, KIND, tmp_path)
    # Samples at frames 0, 5, ... 25: four of thirty frames at the end are missed.
    assert ours(archive) == pytest.approx(official(tmp_path, file), abs=5e-4)
    assert ours(archive) == pytest.approx(((26 / 30) ** 2) ** 0.5, abs=5e-4)
    assert json.loads(file.read_text())["predictions"]
