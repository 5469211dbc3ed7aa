import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import SiglipConfig, SiglipModel, SiglipVisionModel

from playerid.errors import WeightsError
from playerid.models.team_embedder.siglip import SigLIPEmbedder, read_config

RANDOM = np.random.default_rng(0)
CROPS = [RANDOM.integers(0, 255, size, np.uint8) for size in [(90, 40, 3), (200, 77, 3), (5, 5, 3)]]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A tiny SigLIP, both halves, random, saved as the library publishes models."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 128, "intermediate_size": 96, "num_attention_heads": 2}
    config = SiglipConfig(
        text_config={**sizes, "num_hidden_layers": 1, "vocab_size": 64},
        vision_config={**sizes, "num_hidden_layers": 2, "image_size": 32, "patch_size": 8},
    )
    folder = tmp_path_factory.mktemp("siglip")
    SiglipModel(config).eval().save_pretrained(folder)
    return folder


def test_embeddings_equal_the_library_by_hand(published):
    crop = RANDOM.integers(0, 255, (32, 32, 3), np.uint8)  # the size of the model's input
    embedded = SigLIPEmbedder(
        published / "model.safetensors", share=1.0, precision="float32"
    ).embed([crop])

    model = SiglipVisionModel.from_pretrained(published).eval()
    pixels = torch.from_numpy(crop).permute(2, 0, 1)[None] / 255 * 2 - 1
    with torch.inference_mode():
        expected = model(pixel_values=pixels).last_hidden_state.mean(dim=1)
    assert embedded == pytest.approx(expected.numpy(), abs=1e-5)


def test_only_the_central_part_counts(published):
    embedder = SigLIPEmbedder(published / "model.safetensors", share=0.4, precision="float32")
    crop = RANDOM.integers(0, 255, (100, 50, 3), np.uint8)
    other = RANDOM.integers(0, 255, (100, 50, 3), np.uint8)
    other[30:70, 15:35] = crop[30:70, 15:35]
    same, equal = embedder.embed([crop, other])
    assert same == pytest.approx(equal, abs=1e-5)


def test_batches_do_not_change_the_result(published):
    weights = published / "model.safetensors"
    one = SigLIPEmbedder(weights, batch_size=1, precision="float32")
    many = SigLIPEmbedder(weights, batch_size=8, precision="float32")
    assert one.embed(CROPS) == pytest.approx(many.embed(CROPS), abs=1e-5)


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_is_close(published, device, precision):
    weights = published / "model.safetensors"
    exact = SigLIPEmbedder(weights, precision="float32", device=device).embed(CROPS)
    short = SigLIPEmbedder(weights, precision=precision, device=device).embed(CROPS)
    assert short.dtype == np.float32
    assert short == pytest.approx(exact, abs=0.1)


def test_the_vision_half_alone_will_do(published, tmp_path):
    tensors = load_file(published / "model.safetensors")
    half = {name: t for name, t in tensors.items() if name.startswith("vision_model.")}
    save_file(half, tmp_path / "half.safetensors")
    whole = SigLIPEmbedder(published / "model.safetensors").embed(CROPS)
    assert np.array_equal(SigLIPEmbedder(tmp_path / "half.safetensors").embed(CROPS), whole)


def test_no_crops(published):
    assert SigLIPEmbedder(published / "model.safetensors").embed([]).shape == (0, 128)


def test_the_published_base_model_is_recognised():
    shapes = {
        "embeddings.patch_embedding.weight": (768, 3, 16, 16),
        "embeddings.position_embedding.weight": (196, 768),
        "encoder.layers.0.mlp.fc1.bias": (3072,),
        "encoder.layers.11.mlp.fc1.bias": (3072,),
        "encoder.layers.1.mlp.fc1.bias": (3072,),
    }
    config = read_config({name: torch.empty(shape) for name, shape in shapes.items()})
    assert (config.image_size, config.patch_size, config.num_attention_heads) == (224, 16, 12)


def test_weights_are_needed():
    with pytest.raises(WeightsError, match="needs weights"):
        SigLIPEmbedder(None)


def test_other_weights_are_refused(published, tmp_path):
    save_file({"a": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="patch_embedding"):
        SigLIPEmbedder(tmp_path / "other.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"junk junk junk")
    with pytest.raises(WeightsError, match="no safetensors"):
        SigLIPEmbedder(tmp_path / "broken.safetensors")
    tensors = load_file(published / "model.safetensors")
    del tensors["vision_model.encoder.layers.1.layer_norm1.bias"]
    save_file(tensors, tmp_path / "short.safetensors")
    with pytest.raises(WeightsError, match=r"lacks 1 tensors, encoder.layers.1.layer_norm1.bias"):
        SigLIPEmbedder(tmp_path / "short.safetensors")
