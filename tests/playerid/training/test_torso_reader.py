import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from playerid.errors import LabelsError
from playerid.frames.crops import encode_jpeg
from playerid.models.number_reader.resnet import Architecture, NumberNetwork
from playerid.models.torso_reader.find_and_read import COLUMNS, ROWS, FinderNetwork, load_model
from playerid.tables import NUMBERS
from playerid.training import torso_supply
from playerid.training.jobs import TrainingPlan
from playerid.training.number_crops import Crops, draw_crops
from playerid.training.torso_fit import TorsoNetworks, finder_loss, overlap, reader_batch
from playerid.training.torso_network import TorsoRecipe, fit_legibility, train
from playerid.training.torso_pictures import NO_BOX, dress, film
from playerid.training.torso_sources import (
    read_hand_labels,
    read_people,
    read_torsos,
    recording_of,
    write_game_torsos,
)
from playerid.training.torso_supply import Shares, is_aside

GREY = np.full((90, 66, 3), 120, np.uint8)
TINY = TorsoRecipe(
    shares=Shares(dressed=3, rendered=1, labelled=2, referees=1),
    read_after=0,
    read_every=1,
    first_dressed=4,
    new_dressed=1,
    judged=6,
    note_every_s=0.01,
)


def body(number, box=(0.3, 0.3, 0.6, 0.5)):
    return GREY, number, box if number else NO_BOX


def write_frames(path, ids):
    """Frames of one large player and one referee each."""
    boxes = [
        {"label": "player", "box": [0.1, 0.2, 0.2, 0.7]},
        {"label": "referee", "box": [0.5, 0.2, 0.6, 0.7]},
        {"label": "player", "box": [0.7, 0.2, 0.705, 0.7]},
    ]
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    rows = {"image_id": ids, "boxes": [boxes] * len(ids), "jpeg": [encode_jpeg(image)] * len(ids)}
    pq.write_table(pa.table(rows), path)


def test_a_dressed_body_carries_its_number_where_it_says():
    rng, crops = np.random.default_rng(3), draw_crops(4, seed=1)
    seen = [dress(rng, GREY, crops) for _ in range(40)]
    numbers = [number for _, number, _ in seen]
    assert 5 < numbers.count("") < 25
    for picture, number, box in seen:
        assert picture.shape == (144, 112, 3)
        assert number in NUMBERS
        assert np.isnan(box[0]) == (number == "")
        if number:
            assert 0 < (box[0] + box[2]) / 2 < 1
            assert 0 < (box[1] + box[3]) / 2 < 1
            assert 0.05 < box[3] - box[1] < 0.7


def test_digits_that_are_too_small_are_not_legible_and_those_between_are_left_out():
    tall = [(0.3, 0.3, 0.6, 0.3 + share) for share in (0.02, 0.5)]
    rng = np.random.default_rng(1)
    for _ in range(20):
        small = film(rng, (GREY, "7", tall[0]), width_px=(40, 60))
        assert small is not None
        assert small[1] == ""
        large = film(rng, (GREY, "7", tall[1]), width_px=(60, 61))
        assert large is None or large[1] == "7"


def test_the_finder_loses_nothing_where_it_is_sure_and_right():
    logits = torch.full((2, ROWS * COLUMNS + 1), -20.0)
    places = torch.zeros(2, 4, ROWS * COLUMNS)
    box = (3 / COLUMNS, 4 / ROWS, 4 / COLUMNS, 5 / ROWS)  # exactly one cell
    logits[0, 4 * COLUMNS + 3] = 20
    logits[1, -1] = 20
    assert float(finder_loss(logits, places, [body("7", box), body("")])) < 1e-4
    assert float(finder_loss(logits, places, [body(""), body("7", box)])) > 10


def test_a_number_without_a_box_may_be_found_anywhere():
    logits = torch.full((1, ROWS * COLUMNS + 1), -20.0)
    logits[0, 5] = 20
    places = torch.zeros(1, 4, ROWS * COLUMNS)
    assert float(finder_loss(logits, places, [body("7", NO_BOX)])) < 1e-4


def test_overlap_of_pairs():
    first = np.array([[0, 0, 2, 2], [0, 0, 1, 1]], float)
    second = np.array([[1, 0, 3, 2], [2, 2, 3, 3]], float)
    np.testing.assert_allclose(overlap(first, second), [2 / 6, 0])


def test_the_reader_is_taught_nothing_where_no_number_is():
    rng = np.random.default_rng(0)
    on, off = np.array([[0.3, 0.3, 0.6, 0.5]]), np.array([[0.0, 0.8, 0.2, 0.95]])
    assert reader_batch(rng, [body("7")], on, 8, 8)[1].tolist() == [NUMBERS.index("7")]
    assert reader_batch(rng, [body("")], on, 8, 8)[1].tolist() == [NUMBERS.index("")]
    answers = {reader_batch(rng, [body("7")], off, 8, 8)[1].item() for _ in range(40)}
    assert answers == {NUMBERS.index("7"), NUMBERS.index("")}  # the true place, or the missed one


def test_legibility_is_fitted_to_what_people_could_read():
    rng = np.random.default_rng(2)
    cues = rng.normal(0, 2, (3000, 3))
    legible = rng.random(3000) < 1 / (1 + np.exp(0.5 - 1.5 * cues[:, 0]))
    fitted = fit_legibility(cues, legible, decay=0.0)
    assert fitted.bias == pytest.approx(-0.5, abs=0.15)
    assert fitted.found == pytest.approx(1.5, abs=0.2)
    assert fitted.read == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize(
    ("image_id", "recording"),
    [
        ("frame_105992_jpg.rf.0a", "frame 5"),
        ("frame_9682_jpg.rf.0a", "frame 0"),
        ("youtube-100_jpg.rf.0a", "youtube 5"),
        ("Iowa_mp4-100_jpg.rf.0a", "Iowa_mp4"),
        ("mine", "mine"),
    ],
)
def test_frames_of_one_stretch_stay_together(image_id, recording):
    assert recording_of(image_id) == recording


def test_hand_labels_are_numbers_and_some_stretches_are_set_aside():
    labels = read_hand_labels()
    assert set(labels.values()) <= set(NUMBERS)
    aside = [key for key in labels if is_aside(key[0])]
    assert 0.1 < len(aside) / len(labels) < 0.4
    learned = {recording_of(image) for image, _ in labels} - {recording_of(k[0]) for k in aside}
    assert all(not is_aside(image) for image, _ in labels if recording_of(image) in learned)


def test_people_of_frames_are_cut_at_the_size_of_a_broadcast(tmp_path):
    write_frames(tmp_path / "players_train.parquet", ["a", "b"])
    people = read_people(tmp_path)
    assert set(people) == {("a", 0), ("b", 0)}  # the narrow one is left out
    assert people["a", 0].shape == (round(0.6 * 360), round(1.1 * 128) + 1, 3) or (
        abs(people["a", 0].shape[1] - 1.1 * 128) <= 1.5
    )
    assert set(read_people(tmp_path, label="referee")) == {("a", 1), ("b", 1)}
    assert read_people(tmp_path / "nowhere") == {}


def test_bodies_of_rendered_games_know_their_numbers(tmp_path):
    count = write_game_torsos(tmp_path / "t.parquet", games=2, seed=3, frames_per_game=1)
    torsos = read_torsos(tmp_path / "t.parquet")
    assert len(torsos) == count >= 10
    for picture, number, box in map(torsos.at, range(count)):
        assert picture.ndim == 3
        assert number in NUMBERS
        assert np.isnan(box[0]) == (number == "")
        if number:
            assert -0.2 < box[0] < box[2] < 1.2
            assert -0.2 < box[1] < box[3] < 1.2
    assert any(torsos.numbers)


def test_two_steps_of_training_leave_weights_that_load_and_a_run_that_goes_on(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("playerid.training.torso_network.new_networks", tiny_networks)
    labels = {("frame_1_jpg", 0): "7", ("frame_2_jpg", 0): "", ("youtube-5_jpg", 0): "12"}
    monkeypatch.setattr(torso_supply, "read_hand_labels", lambda: labels)
    ids = [image for image, _ in labels]
    write_frames(tmp_path / "players_train.parquet", ids)
    crops = draw_crops(24, seed=5)
    jpegs = [cv2.imencode(".png", p[..., ::-1])[1].tobytes() for p in crops.pictures]
    numbers = [number or None for number in crops.numbers]
    table = pa.table({"jpeg": jpegs, "number": numbers})
    pq.write_table(table, tmp_path / "jersey_crops_train.parquet")
    plan = TrainingPlan(tmp_path, tmp_path / "run", minutes=0.01)
    weights = train(plan, TINY)
    model = load_model(weights)
    assert model.reader.architecture.width == 4
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["step"] >= 1
    train(TrainingPlan(tmp_path, tmp_path / "run", minutes=saved["elapsed_s"] / 60 + 0.005), TINY)
    later = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert later["step"] > saved["step"]
    assert (tmp_path / "run" / "curve.jsonl").read_text().count("\n") >= 2


def tiny_networks(start):
    torch.manual_seed(0)
    facts = Architecture(height_px=16, width_px=12, blocks=1, width=4)
    return TorsoNetworks(
        FinderNetwork((4, 4, 4)) if start else FinderNetwork(), NumberNetwork(facts)
    )


def test_without_frames_nothing_is_trained(tmp_path):
    with pytest.raises(LabelsError, match=r"expected players_train\.parquet"):
        train(TrainingPlan(tmp_path, tmp_path / "run", minutes=0.01), TINY)


def test_the_pool_forgets_the_oldest():
    supply = torso_supply.Supply({("a", 0): GREY}, [], {}, Crops(["x"], ["7"]), pool_size=3)
    supply.crops = draw_crops(5, seed=2)
    supply.dress_more(np.random.default_rng(0), 3)
    first = list(supply.pool)
    supply.dress_more(np.random.default_rng(1), 1)
    assert len(supply.pool) == 3
    assert supply.pool[0] is not first[0]
    assert supply.pool[1] is first[1]
