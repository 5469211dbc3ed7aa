import hashlib

import pytest

from playerid.errors import WeightsError
from playerid.models import packs
from playerid.models import registry as backends
from playerid.models.packs import JOBS, Model, load_pack, pack_names


def write_weights(folder, content=b"weights"):
    (folder / "model.bin").write_bytes(content)
    return str(folder / "model.bin"), hashlib.sha256(content).hexdigest()


def test_the_packs_come_with_the_package_and_name_every_job():
    assert pack_names() == ["starter", "starter-soccer", "starter-t4", "t4"]
    for name in pack_names():
        assert set(load_pack(name)) == set(JOBS)


@pytest.mark.parametrize("name", pack_names())
def test_weights_in_the_package_are_the_ones_that_packs_name(name, tmp_path):
    for model in load_pack(name).values():
        assert model.backend in backends.BACKENDS
        if model.weights.startswith("package:"):
            assert model.local_weights(tmp_path).is_file()


def test_the_starter_pack_needs_nothing_from_outside():
    for model in load_pack("starter").values():
        assert model.weights == "" or model.weights.startswith("package:")


def test_weights_without_a_checksum_are_refused_and_the_remedy_is_named(tmp_path):
    url, _ = write_weights(tmp_path)
    with pytest.raises(WeightsError, match=r"no SHA-256 .* tracker.*sha256sum.*\[tracker\]"):
        Model("tracker", "sam2", url, "", {}).local_weights(tmp_path)


def test_a_detector_of_ones_own_must_be_named(tmp_path):
    with pytest.raises(WeightsError, match="needs weights"):
        backends.load(load_pack("t4")["detector"], tmp_path)


def test_weights_are_fetched_once_and_verified_each_time(tmp_path):
    url, sha256 = write_weights(tmp_path)
    model = Model("tracker", "sam2", url, sha256, {})
    path = model.local_weights(tmp_path / "cache")
    assert path.read_bytes() == b"weights"
    (tmp_path / "model.bin").unlink()
    assert model.local_weights(tmp_path / "cache") == path
    path.write_bytes(b"swapped")
    with pytest.raises(WeightsError, match=r"tracker, model\.bin: expected SHA-256"):
        model.local_weights(tmp_path / "cache")


def test_weights_that_cannot_be_fetched(tmp_path):
    model = Model("tracker", "sam2", str(tmp_path / "none.bin"), "0" * 64, {})
    with pytest.raises(WeightsError, match="cannot be fetched"):
        model.local_weights(tmp_path / "cache")


def test_the_digest_depends_on_backend_weights_and_parameters():
    digests = {
        Model("tracker", "sam2", "a", "1", {}).digest,
        Model("tracker", "motion", "a", "1", {}).digest,
        Model("tracker", "sam2", "a", "2", {}).digest,
        Model("tracker", "sam2", "a", "1", {"side_px": 512}).digest,
    }
    assert len(digests) == 4
    assert packs.Model("tracker", "sam2", "elsewhere", "1", {}).digest in digests


def test_a_pack_of_ones_own(tmp_path):
    (tmp_path / "mine.toml").write_text(
        '[tracker]\nbackend = "motion"\nparameters = {lost_s = 2}\n'
    )
    (model,) = load_pack(str(tmp_path / "mine.toml")).values()
    assert (model.backend, model.parameters) == ("motion", {"lost_s": 2})


def test_unknown_packs_and_jobs_are_refused(tmp_path):
    with pytest.raises(WeightsError, match="no pack 'none'"):
        load_pack("none")
    (tmp_path / "odd.toml").write_text('[cook]\nbackend = "motion"\n')
    with pytest.raises(WeightsError, match=r"unknown jobs \['cook'\]"):
        load_pack(str(tmp_path / "odd.toml"))


def test_a_swapped_file_is_refused_by_name_while_it_is_fetched_and_is_not_kept(tmp_path):
    url, sha256 = write_weights(tmp_path, b"expected")
    (tmp_path / "model.bin").write_bytes(b"swapped at the source")
    model = Model("tracker", "sam2", url, sha256, {})
    with pytest.raises(WeightsError, match=rf"{url}: expected SHA-256 {sha256}, found"):
        model.local_weights(tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.bin*"))


def test_fetching_tells_how_far_it_is(tmp_path):
    url, sha256 = write_weights(tmp_path, b"x" * (3 << 20))
    told = []
    Model("tracker", "sam2", url, sha256, {}).local_weights(
        tmp_path / "cache", lambda done, total: told.append((done, total))
    )
    assert told == [(n << 20, 3 << 20) for n in (1, 2, 3)]


def test_relative_paths_lie_beside_the_pack(tmp_path, monkeypatch):
    _, sha256 = write_weights(tmp_path)
    (tmp_path / "model.md").write_text("# Mine")
    (tmp_path / "mine.toml").write_text(
        f'[tracker]\nbackend = "sam2"\nweights = "model.bin"\nsha256 = "{sha256}"\n'
    )
    monkeypatch.chdir("/")
    model = load_pack(str(tmp_path / "mine.toml"))["tracker"]
    assert model.local_weights(tmp_path / "cache").read_bytes() == b"weights"
    assert model.read_card() == "# Mine"


def test_every_model_with_weights_of_the_starter_pack_has_a_card():
    for model in load_pack("starter").values():
        if model.weights:
            assert model.read_card().startswith("# ")


def test_a_card_that_is_not_there_says_so():
    with pytest.raises(WeightsError, match=r"team_embedder \(colour\) has no weights and"):
        load_pack("starter")["team_embedder"].read_card()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[tracker", "is no TOML file", id="broken"),
        pytest.param(
            "[tracker]\nweights = 'x'\n", r"\[tracker\] names no backend", id="no backend"
        ),
        pytest.param("tracker = 3\n", r"\[tracker\] names no backend", id="no table"),
    ],
)
def test_packs_that_are_none(tmp_path, text, message):
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(WeightsError, match=message):
        load_pack(str(tmp_path / "odd.toml"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('sha256 = "../../x"', "64 digits"),
        ("sha256 = 1", "as text"),
        ("weights = [1]", "as text"),
        ("parameters = 3", "as a table"),
        ('card = "/etc/passwd"', "a .md file beside"),
        ('card = "../../secret.md"', "a .md file beside"),
        ('card = "notes.txt"', "a .md file beside"),
        ('weights = "package:../../x.bin"', "leave the pack"),
        ('weights = "https://server:HUSH@storage/x.bin"', "a URL holds a key"),
        ('card = "https://storage/x.md?token=HUSH"', "a URL holds a key"),
    ],
)
def test_a_pack_is_not_believed(tmp_path, line, message):
    (tmp_path / "own.toml").write_text(f'[detector]\nbackend = "centres"\n{line}\n')
    with pytest.raises(WeightsError, match=message) as refused:
        load_pack(str(tmp_path / "own.toml"))
    assert "HUSH" not in str(refused.value)


def test_a_card_beside_the_pack_is_read(tmp_path):
    (tmp_path / "own.toml").write_text('[detector]\nbackend = "centres"\ncard = "own.md"\n')
    (tmp_path / "own.md").write_text("# Mine")
    assert load_pack(str(tmp_path / "own.toml"))["detector"].read_card() == "# Mine"


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    import torch
    from safetensors.torch import save_file

    from playerid.models.state import load_state

    network = torch.nn.Linear(2, 1)
    save_file({"weight": torch.full((1, 2), torch.nan), "bias": torch.zeros(1)}, tmp_path / "w")
    with pytest.raises(WeightsError, match="weight holds numbers that are none"):
        load_state(network, tmp_path / "w")
