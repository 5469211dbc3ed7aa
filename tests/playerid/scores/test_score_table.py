import json

import pytest
from typer.testing import CliRunner

from playerid.cli.main import app
from playerid.models.packs import load_pack
from playerid.scores import arena_sets
from playerid.scores.score_table import (
    LOWER_IS_BETTER,
    WANTED,
    ArenaSizes,
    Row,
    score_arena,
    score_pack,
)
from tests.playerid.training.tiny import write_crops

FLOORS = {
    ("detector", "ap50_player"): 0.85,
    ("detector", "ap50_referee"): 0.75,
    ("detector", "ap50_rim"): 0.90,
    ("detector", "ap50_ball"): 0.45,
    ("detector", "ap50_number"): 0.45,
    ("number_reader", "top1"): 0.45,
    ("torso_reader", "read"): 0.50,
    ("torso_reader", "legible_auc"): 0.80,
    ("court", "solved"): 0.80,
    ("court", "error_m"): 0.25,
    ("tracker", "hota"): 0.60,
    ("team_embedder", "tracklet_accuracy"): 0.90,
}
"""Below what the shipped models reach on these few pictures; a broken model is far from it."""


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    sizes = ArenaSizes(stills=8, tracked_s=2.0, team_games=2)
    return score_arena(load_pack("starter"), tmp_path_factory.mktemp("cache"), sizes)


@pytest.mark.parametrize(("job", "name"), FLOORS)
def test_the_starter_pack_is_above_its_floors(scores, job, name):
    value, floor = scores[job][name], FLOORS[job, name]
    assert value <= floor if name in LOWER_IS_BETTER else value >= floor


def test_the_same_pictures_are_rendered_every_time():
    first, second = (arena_sets.render_stills(1)[0] for _ in range(2))
    assert (first.image == second.image).all()
    assert first.image.shape == (720, 1280, 3)


@pytest.mark.parametrize(
    ("name", "value", "wanted", "is_reached"),
    [
        pytest.param("top1", 0.97, 0.96, True, id="better"),
        pytest.param("top1", 0.95, 0.96, False, id="worse"),
        pytest.param("ece", 0.02, 0.03, True, id="a smaller error"),
        pytest.param("ece", 0.05, 0.03, False, id="a larger error"),
        pytest.param("top1", float("nan"), 0.9, False, id="nothing to score"),
        pytest.param("hota", 0.1, None, True, id="no bar"),
    ],
)
def test_bars(name, value, wanted, is_reached):
    assert Row("job", "real", name, value, wanted).is_reached == is_reached


def test_real_files_are_scored_where_they_are(tmp_path):
    write_crops(tmp_path / "jersey_crops_valid.parquet", 12)
    models = {"number_reader": load_pack("starter")["number_reader"]}
    rows = score_pack(models, tmp_path, tmp_path, ArenaSizes(stills=1))
    assert {row.data for row in rows} == {"real", "arena"}
    wanted = {row.name: row.wanted for row in rows if row.data == "real"}
    assert wanted == {**WANTED["number_reader", "real"], "crops": None}


def test_one_job_on_a_file_as_json(tmp_path):
    write_crops(tmp_path / "crops.parquet", 12)
    command = ["models", "score", "number_reader", "--data", str(tmp_path / "crops.parquet")]
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    assert {"top1", "ece", "accuracy_at_90_coverage"} <= set(json.loads(done.output))


def test_verify_names_a_swapped_file(tmp_path):
    weights = load_pack("starter")["court"].path(tmp_path)
    (tmp_path / "court.safetensors").write_bytes(weights.read_bytes()[:-1] + b"!")
    (tmp_path / "mine.toml").write_text(
        f'[court]\nbackend = "keypoints"\nweights = "court.safetensors"\n'
        f'sha256 = "{load_pack("starter")["court"].sha256}"\n'
    )
    options = ["--pack", str(tmp_path / "mine.toml"), "--cache", str(tmp_path / "cache")]
    fetched = CliRunner().invoke(app, ["models", "fetch", *options])
    assert fetched.exit_code == 1
    assert "court.safetensors: expected SHA-256" in fetched.output
    assert CliRunner().invoke(app, ["models", "verify", *options]).exit_code == 1
    listed = CliRunner().invoke(app, ["models", "list", *options, "--json"])
    assert [row["is_here"] for row in json.loads(listed.output)] == [False]
