"""A scene without a crowd's chance: ten players and a referee at places chosen by hand."""

from dataclasses import replace

import numpy as np
import pytest

from playerid.arena.camera import Camera, aim, aim_close_up
from playerid.arena.cast import draw_cast
from playerid.arena.figures import Sprite
from playerid.arena.picture import VIEWS, Scene, _draw_reflection
from playerid.arena.world import World
from playerid.leagues import league_names, load_basketball
from playerid.models.detector import LABELS, PERSON_LABELS

NBA = load_basketball("nba")
CAST = draw_cast(5)
SOUTH, NORTH = -np.pi / 2, np.pi / 2  # towards and away from the main camera
MAIN = aim((0.0, -24.0, 9.0), (7.0, 0.0, 1.0), 16.0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(5, "easy", NBA, CAST)


def make_world(places, facing=NORTH, actions="run", holder=-1, ball=(5.0, 6.0, 2.0)) -> World:
    """Home players 0, 1, ... at the places, still; the ball away from all of them."""
    count = len(places)
    return World(
        game_s=10.0,
        people=np.arange(count, dtype=np.int32),
        positions_m=np.array(places, float),
        velocities_mps=np.zeros((count, 2)),
        facing_rad=np.full(count, facing),
        actions=np.full(count, actions, dtype="<U12"),
        lift_m=np.zeros(count),
        ball_m=np.array(ball),
        holder=holder,
        ball_in_basket=False,
        offence=0,
        attacks_right=True,
        period=1,
        game_clock_s=100.0,
        shot_clock_s=12.0,
        clock_running=True,
        scores=(10, 12),
    )


def box_of(truth, label):
    return truth.boxes_px[np.nonzero(truth.labels == label)[0][0]]


def test_frame_and_truth_have_the_promised_shapes(scene):
    picture, truth = scene.render(make_world([(7, 0), (9, 2)]), MAIN, "main", 0)
    assert picture.shape == (720, 1280, 3)
    assert picture.dtype == np.uint8
    count = len(truth.labels)
    assert truth.boxes_px.shape == (count, 4)
    assert truth.boxes_px.dtype == np.float32
    assert set(truth.labels) <= set(LABELS)
    assert truth.masks.shape == (720, 1280)
    assert truth.masks.dtype == np.int32
    assert len(truth.people) == len(truth.visible) == len(truth.numbers) == count
    assert truth.image_to_court == pytest.approx(MAIN.image_to_court)


def test_boxes_are_tight_around_the_masks(scene):
    _, truth = scene.render(make_world([(7, 0), (7.3, 0.8), (4, -3)]), MAIN, "main", 0)
    people = [i for i, label in enumerate(truth.labels) if label in PERSON_LABELS]
    assert len(people) == 3
    for i in people:
        rows, columns = np.nonzero(truth.masks == i + 1)
        tight = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert truth.boxes_px[i].tolist() == tight


def test_foot_point_is_where_the_player_stands(scene):
    _, truth = scene.render(make_world([(7, 0)]), MAIN, "main", 0)
    x0, _, x1, y1 = truth.boxes_px[0]
    foot = MAIN.image_to_court @ [(x0 + x1) / 2, y1, 1]
    assert foot[:2] / foot[2] == pytest.approx([7, 0], abs=0.45)


def test_body_is_as_tall_as_the_person(scene):
    _, truth = scene.render(make_world([(7, 0)]), MAIN, "main", 0)
    feet, head = MAIN.project(np.array([[7.0, 0, 0], [7.0, 0, CAST.people[0].height_m]]))[0]
    height = truth.boxes_px[0][3] - truth.boxes_px[0][1]
    assert height == pytest.approx(feet[1] - head[1], rel=0.1)


def test_player_out_of_view_or_hidden_has_no_box(scene):
    camera = aim((7.0, -24.0, 1.2), (7.0, 0.0, 1.2), 8.0)
    behind = (7.0, 1.0)  # straight behind the nearer player
    _, truth = scene.render(make_world([(7, 0), (-14, 0), behind]), camera, "replay", 0)
    assert 1 not in truth.people
    nearer, farther = (
        truth.visible[(truth.people == person) & (truth.labels == "player")] for person in (0, 2)
    )
    assert nearer.tolist() == [1.0]
    assert (farther < 0.4).all()


def test_same_arguments_give_the_same_frame(scene):
    world = make_world([(7, 0), (9, 2)])
    first, truth = scene.render(world, MAIN, "main", 3, compressed=True)
    again, same = Scene(5, "easy", NBA, CAST).render(world, MAIN, "main", 3, compressed=True)
    assert np.array_equal(first, again)
    assert np.array_equal(truth.boxes_px, same.boxes_px)
    other, _ = scene.render(world, MAIN, "main", 4, compressed=True)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("facing", "width_m", "is_legible"),
    [
        pytest.param(NORTH, 12.0, True, id="back, near"),
        pytest.param(SOUTH, 9.0, True, id="chest, near"),
        pytest.param(0.0, 12.0, False, id="side"),
        pytest.param(NORTH, 60.0, False, id="too small to read"),
    ],
)
def test_number_is_told_only_where_a_reader_could_tell(scene, facing, width_m, is_legible):
    camera = aim((7.0, -24.0, 6.0), (7.0, 0.0, 1.0), width_m)
    world = make_world([(7, 0)], facing=facing, actions="defend")
    _, truth = scene.render(world, camera, "main", 0)
    told = set(truth.numbers[truth.labels == "number"])
    assert (CAST.people[0].number in told) is is_legible
    assert told <= {CAST.people[0].number, ""}


def test_number_box_lies_on_its_wearer(scene):
    _, truth = scene.render(make_world([(7, 0)]), aim((7, -24, 6), (7, 0, 1), 12.0), "main", 0)
    player, number = box_of(truth, "player"), box_of(truth, "number")
    assert (number[:2] >= player[:2]).all()
    assert (number[2:] <= player[2:]).all()
    height = player[3] - player[1]
    assert player[1] + 0.1 * height < number[1] < player[1] + 0.4 * height


@pytest.mark.parametrize(
    ("action", "holder", "label"),
    [
        ("run", -1, "player"),
        ("hold", 0, "player-in-possession"),
        ("jump-shot", 0, "player-jump-shot"),
        ("layup-dunk", -1, "player-layup-dunk"),
        ("shot-block", -1, "player-shot-block"),
    ],
)
def test_label_follows_the_action(scene, action, holder, label):
    world = make_world([(7, 0)], actions=action, holder=holder, ball=(7.0, 0.4, 1.2))
    _, truth = scene.render(world, MAIN, "main", 0)
    assert truth.labels[0] == label


def test_ball_and_rim_are_where_they_are(scene):
    _, truth = scene.render(make_world([(3, 0)]), MAIN, "main", 0)
    ball = box_of(truth, "ball")
    centre = MAIN.project(np.array([5.0, 6.0, 2.0]))[0]
    assert [(ball[0] + ball[2]) / 2, (ball[1] + ball[3]) / 2] == pytest.approx(centre, abs=1.5)
    rim = box_of(truth, "rim")
    ring = MAIN.project(np.array([NBA.court.basket_x, 0.0, NBA.court.rim_height]))[0]
    assert rim[0] < ring[0] < rim[2]
    assert rim[1] < ring[1] < rim[3]


def test_ball_in_basket_is_one_box_with_its_own_label(scene):
    ball = (NBA.court.basket_x, 0.0, 2.9)
    world = replace(make_world([(3, 0)], ball=ball), ball_in_basket=True)
    _, truth = scene.render(world, MAIN, "main", 0)
    assert (truth.labels == "ball-in-basket").sum() == 1
    assert "ball" not in truth.labels


def test_referees_are_referees(scene):
    world = make_world([(7, 0)])
    world = replace(world, people=np.array([26], np.int32))
    _, truth = scene.render(world, MAIN, "main", 0)
    assert truth.labels[0] == "referee"
    assert "number" not in truth.labels


@pytest.mark.parametrize("league", league_names("basketball"))
def test_every_leagues_court_draws_its_lines_where_the_rules_put_them(league):
    rules = load_basketball(league)
    scene = Scene(2, "easy", rules, CAST)
    court = rules.court
    camera = Camera((0.0, -0.01, 30.0), 0.0, np.pi / 2 - 0.0003, 0.0, 1150.0, 1280, 720)
    world = make_world([(0, 11)])
    picture, _ = scene.render(world, camera, "replay", 0)
    on = [(court.length / 4, court.width / 2 + court.line_width / 2)]
    off = [(court.length / 4, court.width / 2 - 0.35)]
    place = [np.append(p, 0.0) for p in on + off]
    pixels = np.round(camera.project(np.array(place))[0]).astype(int)
    line, wood = (picture[y, x].astype(int) for x, y in pixels)
    assert np.abs(line - wood).max() > 25


def test_every_view_renders_at_any_size(scene):
    world = make_world([(7, 0), (8, 1), (3, 3)])
    close = aim_close_up(np.random.default_rng(0), np.array([7.0, 0.0]), (640, 360))
    for view in VIEWS:
        picture, truth = scene.render(world, close, view, 0)
        assert picture.shape == (360, 640, 3)
        assert (truth.image_to_court is None) == (view in {"close-up", "crowd"})


def test_people_behind_the_camera_do_no_harm(scene):
    low = aim((12.0, 0.0, 1.5), (0.0, 0.0, 1.0), 6.0)
    _, truth = scene.render(make_world([(13, 0), (12, 0.1), (5, 0)]), low, "replay", 0)
    assert set(truth.people[truth.people >= 0]) == {2}


@pytest.mark.parametrize("shown", [1, 2, 5])
def test_who_is_cut_off_by_the_edge_is_mirrored_by_what_is_left_of_him(shown):
    """One column of four rows was taken for a colour."""
    alpha = np.full((8, 6), 200, np.uint8)
    sprite = Sprite(shown - 6, 2, np.dstack([alpha] * 3), alpha, alpha > 255, 0.0)
    picture = np.full((20, 30, 3), 100, np.uint8)
    _draw_reflection(picture, sprite, 10, 0.3)
    assert (picture[10:14, :shown] != 100).all()
    picture[10:14, :shown] = 100
    assert (picture == 100).all()


@pytest.mark.parametrize("below", [0, 1, 3])
def test_feet_below_what_is_drawn_are_mirrored_from_the_last_row_that_is(below):
    alpha = np.full((8, 6), 200, np.uint8)
    sprite = Sprite(2, 2, np.dstack([alpha] * 3), alpha, alpha > 255, 0.0)
    picture = np.full((20, 30, 3), 100, np.uint8)
    _draw_reflection(picture, sprite, 10 + below, 0.3)
    assert (picture[10:14, 2:8] != 100).all()
    picture[10:14, 2:8] = 100
    assert (picture == 100).all()
