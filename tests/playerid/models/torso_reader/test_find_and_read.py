from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from playerid.errors import WeightsError
from playerid.models.number_reader.resnet import Architecture, NumberNetwork
from playerid.models.packs import load_pack
from playerid.models.registry import load
from playerid.models.torso_reader.find_and_read import (
    CELL_PX,
    COLUMNS,
    HEIGHT_PX,
    PADDING,
    ROWS,
    WIDTH_PX,
    FinderNetwork,
    Found,
    TorsoModel,
    TorsoNumberReader,
    boxes_at,
    cut_number,
    find_numbers,
    legibility_cues,
    load_model,
    save_model,
)
from playerid.models.torso_reader.legibility import Legibility, read_probs
from playerid.tables import NUMBERS
from playerid.training.number_crops import Crops
from playerid.training.torso_pictures import dress, film

SMALL = Architecture(height_px=16, width_px=12, blocks=1, width=4, temperature=1.5)


def untrained():
    torch.manual_seed(0)
    return TorsoModel(
        FinderNetwork().eval(), NumberNetwork(SMALL).eval(), Legibility(-1.0, 0.5, 0.25, 0.125)
    )


def noise(*shapes):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (*shape, 3), np.uint8) for shape in shapes]


def test_a_box_stands_where_its_cell_and_its_offsets_say():
    assert (ROWS * CELL_PX, COLUMNS * CELL_PX) == (HEIGHT_PX, WIDTH_PX)
    places = torch.zeros(1, 4, ROWS * COLUMNS)
    cell = 4 * COLUMNS + 3  # the middle one: 4.5 of 9 rows, 3.5 of 7 columns
    places[0, :, cell] = torch.tensor([0.5, -0.5, np.log(2.0), np.log(4.0)])
    x_min, y_min, x_max, y_max = boxes_at(places, torch.tensor([cell]))[0].tolist()
    assert x_min == pytest.approx((4 - 1) / COLUMNS)
    assert x_max == pytest.approx((4 + 1) / COLUMNS)
    assert y_min == pytest.approx((4 - 2) / ROWS)
    assert y_max == pytest.approx((4 + 2) / ROWS)


def test_a_number_is_cut_with_some_cloth_around_it():
    torso = np.zeros((100, 80, 3), np.uint8)
    crop = cut_number(torso, np.array([0.25, 0.4, 0.75, 0.6]))
    assert crop.shape[:2] == (round(20 * (1 + 2 * PADDING)), round(40 + 2 * PADDING * 20))


def test_the_odds_are_those_of_all_cells_against_nothing():
    network = FinderNetwork().eval()
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias.zero_()
        network.nothing.weight.zero_()
        network.nothing.bias.fill_(1.0)
    found = find_numbers(network, noise((40, 30)))
    assert found.odds[0] == pytest.approx(np.log(ROWS * COLUMNS) - 1, abs=1e-5)


def test_cues_are_the_odds_of_place_number_and_answer():
    logits = torch.full((1, len(NUMBERS)), -100.0)
    logits[0, NUMBERS.index("")] = 1.0
    logits[0, NUMBERS.index("7")] = 3.0
    logits[0, NUMBERS.index("1")] = 2.0
    found = Found(np.zeros((1, 4), np.float32), np.array([0.5], np.float32))
    cues = legibility_cues(found, logits)[0]
    assert cues[0] == pytest.approx(0.5)
    assert cues[1] == pytest.approx(np.log(np.exp(3) + np.exp(2)) - 1, abs=1e-4)
    assert cues[2] == pytest.approx(1.0, abs=1e-4)  # e to 1 for the likelier of the two


def test_legibility_is_a_logistic_function():
    prob = Legibility(-1.0, 0.5, 0.25, 0.125).probs(np.array([[2.0, 4.0, 8.0]]))
    assert prob[0] == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_what_is_legible_is_shared_among_the_numbers():
    logits = torch.full((1, len(NUMBERS)), -100.0)
    logits[0, NUMBERS.index("")] = 50.0  # says nothing: legibility is decided apart
    logits[0, NUMBERS.index("7")] = 2 * np.log(3.0)
    logits[0, NUMBERS.index("1")] = 0.0
    probs = read_probs(logits, np.array([0.8]), temperature=2.0)[0]
    assert probs[NUMBERS.index("")] == pytest.approx(0.2)
    assert probs[NUMBERS.index("7")] == pytest.approx(0.6)
    assert probs[NUMBERS.index("1")] == pytest.approx(0.2)


def test_a_model_reads_as_it_was_saved(tmp_path):
    model = untrained()
    save_model(model, tmp_path / "torso.safetensors")
    loaded = load_model(tmp_path / "torso.safetensors")
    assert loaded.legibility == model.legibility
    assert loaded.reader.architecture == SMALL
    torsos = noise((80, 60), (120, 90))
    before, after = (find_numbers(m.finder, torsos) for m in (model, loaded))
    np.testing.assert_allclose(before.odds, after.odds, atol=0.02)  # half precision


def test_readings_are_distributions_and_do_not_depend_on_the_batch(tmp_path):
    save_model(untrained(), tmp_path / "torso.safetensors")
    torsos = noise((80, 60), (40, 30), (150, 70))
    together = TorsoNumberReader(tmp_path / "torso.safetensors").read_torsos(torsos)
    alone = TorsoNumberReader(tmp_path / "torso.safetensors", batch_size=1).read_torsos(torsos)
    np.testing.assert_allclose(together.probs.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together.probs, alone.probs, atol=1e-4)


def test_no_crops_and_a_crop_without_pixels(tmp_path):
    save_model(untrained(), tmp_path / "torso.safetensors")
    reader = TorsoNumberReader(tmp_path / "torso.safetensors")
    assert reader.read_torsos([]).probs.shape == (0, 102)
    empty = reader.read_torsos([np.zeros((0, 5, 3), np.uint8)])
    assert empty.probs[0, NUMBERS.index("")] == 1


def test_weights_that_are_no_torso_reader_are_refused(tmp_path):
    save_file(NumberNetwork(SMALL).state_dict(), tmp_path / "n.safetensors", SMALL.to_metadata())
    with pytest.raises(WeightsError, match=r"n\.safetensors does not hold the torso reader"):
        load_model(tmp_path / "n.safetensors")
    with pytest.raises(WeightsError, match="needs weights"):
        TorsoNumberReader(None)


def test_the_shipped_reader_reads_numbers_on_bodies_and_sees_when_there_are_none():
    reader = load(load_pack("starter")["torso_reader"], Path())
    rng = np.random.default_rng(11)
    shown = []
    while len(shown) < 120:
        cloth = np.full((100, 75, 3), rng.integers(0, 255, 3), np.uint8)
        seen = film(rng, dress(rng, cloth, Crops()), width_px=(45, 75))
        shown += [seen] if seen else []
    probs = reader.read_torsos([picture for picture, _, _ in shown]).probs
    legible = np.array([bool(number) for _, number, _ in shown])
    answers = np.array([NUMBERS.index(number) for _, number, _ in shown])
    right = probs[:, 1:].argmax(axis=1) + 1 == answers
    assert right[legible].mean() > 0.6  # one in a hundred by chance
    assert (1 - probs[legible, 0]).mean() > 0.3 + (1 - probs[~legible, 0]).mean()
