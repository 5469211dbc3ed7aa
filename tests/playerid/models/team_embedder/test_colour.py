import numpy as np
import pytest

from playerid.models.team_embedder.colour import ColourEmbedder
from playerid.teams.clusters import cluster_embeddings

FLOOR, SKIN, BLACK = (190, 150, 100), (150, 100, 80), (20, 20, 25)


def draw_person(shirt, seed, height=110, width=48):
    """A person in front of the floor: head, shirt, shorts, legs; noise and light vary."""
    random = np.random.default_rng(seed)
    crop = np.full((height, width, 3), FLOOR, float)
    lean = random.integers(-3, 4)

    def paint(top, bottom, half_width, colour):
        middle = width // 2 + lean
        rows = slice(int(top * height), int(bottom * height))
        crop[rows, middle - half_width : middle + half_width] = colour

    paint(0.02, 0.16, 6, SKIN)
    paint(0.16, 0.48, 12, shirt)
    paint(0.48, 0.64, 12, shirt)
    paint(0.64, 1.0, 9, SKIN)
    paint(0.24, 0.36, 5, BLACK)
    crop = crop * random.uniform(0.85, 1.15) + random.normal(0, 12, crop.shape)
    return np.clip(crop, 0, 255).astype(np.uint8)


def embed_two_teams(first, second, per_tracklet=6):
    ids = np.repeat(np.arange(10), per_tracklet)
    crops = [draw_person(first if i < 5 else second, seed) for seed, i in enumerate(ids)]
    return ColourEmbedder().embed(crops), ids


def test_an_embedding_has_62_finite_numbers():
    embedded = ColourEmbedder().embed(
        [draw_person((200, 30, 30), 0), np.zeros((1, 1, 3), np.uint8)]
    )
    assert embedded.shape == (2, 62)
    assert embedded.dtype == np.float32
    assert np.isfinite(embedded).all()


def test_no_crops():
    assert ColourEmbedder().embed([]).shape == (0, 62)


def test_the_lightness_of_a_white_shirt_is_one_and_of_a_black_one_zero():
    white, black = ColourEmbedder().embed(
        [np.full((80, 40, 3), shade, np.uint8) for shade in (255, 0)]
    )
    assert white[0] == pytest.approx(1, abs=0.01)
    assert black[0] == pytest.approx(0, abs=0.01)


def test_histograms_sum_to_one():
    (row,) = ColourEmbedder().embed([draw_person((30, 60, 200), 1)])
    assert row[33:39].sum() == pytest.approx(1, abs=1e-5)
    assert row[39:47].sum() == pytest.approx(1, abs=1e-5)


def test_red_and_blue_in_the_order_of_rgb():
    red, blue = ColourEmbedder().embed(
        [np.full((80, 40, 3), colour, np.uint8) for colour in ((255, 0, 0), (0, 0, 255))]
    )
    assert red[21:33].argmax() == 0
    assert blue[21:33].argmax() == 8


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param((240, 240, 240), (20, 40, 120), id="white and navy"),
        pytest.param((200, 30, 30), (30, 120, 60), id="red and green"),
        pytest.param((30, 40, 140), (30, 90, 190), id="two blues"),
        pytest.param((150, 20, 30), (200, 60, 20), id="red and orange"),
    ],
)
def test_teams_of_drawn_people(first, second):
    clusters = cluster_embeddings(*embed_two_teams(first, second))
    sides = clusters.tracklet_clusters
    assert len(set(sides[:5])) == len(set(sides[5:])) == 1
    assert {sides[0], sides[5]} == {0, 1}
