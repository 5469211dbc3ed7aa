from itertools import combinations

import numpy as np
import pytest

from playerid.arena.drawn_numbers import render_number_crop
from playerid.arena.glyphs import STROKES, draw_number, draw_number_style
from playerid.arena.kit import (
    BACK_U,
    FRONT_U,
    TEXTURE_WIDTH,
    contrast,
    draw_jersey,
    draw_kits,
    draw_referee_kit,
)


@pytest.mark.parametrize("seed", range(6))
def test_every_two_digits_differ_in_every_style(seed):
    style = draw_number_style(np.random.default_rng(seed))
    drawn = {d: draw_number(d, style, 64)[0] > 127 for d in STROKES}
    for (first, one), (second, other) in combinations(drawn.items(), 2):
        if one.shape == other.shape:
            assert np.count_nonzero(one ^ other) > 0.02 * one.size, (first, second)


def test_outline_covers_the_digits():
    style = draw_number_style(np.random.default_rng(1))
    fill, outer = draw_number("47", style, 64)
    assert fill.shape == outer.shape
    assert (outer >= fill).all()


def test_jersey_has_its_number_on_chest_and_back():
    rng = np.random.default_rng(2)
    jersey = draw_jersey(draw_kits(rng, "easy")[0], "23", "Jo Tillman", rng)
    columns = np.nonzero((jersey.digits > 127).any(axis=0))[0] / TEXTURE_WIDTH
    front = columns[columns < 0.5]
    back = columns[columns >= 0.5]
    assert front.mean() == pytest.approx(FRONT_U, abs=0.02)
    assert back.mean() == pytest.approx(BACK_U, abs=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_numbers_stand_out_from_their_jersey(seed):
    rng = np.random.default_rng(seed)
    for kit in (*draw_kits(rng, "hard"), draw_referee_kit(rng)):
        assert contrast(kit.number, kit.body) > 55


def test_easy_kits_are_far_apart_and_home_is_not_always_light():
    home_is_lighter = 0
    for seed in range(40):
        home, away = draw_kits(np.random.default_rng(seed), "easy")
        assert contrast(home.body, away.body) > 100
        home_is_lighter += sum(home.body) > sum(away.body)
    assert 8 < home_is_lighter < 32


def test_number_crops_are_repeatable_and_varied():
    first = [render_number_crop(np.random.default_rng(s)) for s in range(40)]
    again = [render_number_crop(np.random.default_rng(s)) for s in range(40)]
    for (crop, text), (other, same) in zip(first, again, strict=True):
        assert text == same
        assert np.array_equal(crop, other)
        assert crop.ndim == 3
    texts = {text for _, text in first}
    assert len(texts) > 15
    assert all(text == "" or text.isdigit() for text in texts)
