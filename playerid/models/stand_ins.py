"""Models of the published architectures with random weights, to measure how fast they are."""

from dataclasses import replace
from pathlib import Path

import torch
from rfdetr.models._defaults import MODEL_DEFAULTS
from safetensors.torch import save_file
from sam2.build_sam import build_sam2
from transformers import SiglipVisionConfig, SiglipVisionModel

from playerid.errors import WeightsError
from playerid.models.detector import FIRST_LABELS
from playerid.models.detector.rfdetr_library import build_network, variant_config
from playerid.models.packs import Model
from playerid.models.tracker.sam2_network import VARIANTS


def stand_in(model: Model, folder: Path) -> Model:
    """A model of a pack with random weights of the architecture that it names.

    Args:
        model: of the pack; its own weights are not looked at.
        folder: to write the weights to, in the form in which they are published.

    Raises:
        WeightsError: Nobody can tell the architecture without the weights.
    """
    writers = {"rfdetr": _write_rfdetr, "sam2": _write_sam2, "siglip": _write_siglip}
    if model.backend not in writers:
        raise WeightsError(f"the {model.job} ({model.backend}) cannot be built without its weights")
    return replace(model, weights=str(writers[model.backend](model, folder)), sha256="")


def _write_rfdetr(model: Model, folder: Path) -> Path:
    path = folder / "rfdetr.pth"
    config = variant_config(str(model.parameters.get("variant", "medium")))(
        pretrain_weights=str(path), num_classes=len(FIRST_LABELS), device="cpu"
    )
    state = build_network(config, MODEL_DEFAULTS).state_dict()
    torch.save({"model": state, "args": {"class_names": list(FIRST_LABELS)}}, path)
    return path


def _write_sam2(model: Model, folder: Path) -> Path:
    path = folder / "sam2.pt"
    variant = VARIANTS[str(model.parameters.get("variant", "small"))]
    network = build_sam2(variant, ckpt_path=None, device="cpu", mode="eval")
    torch.save({"model": network.state_dict()}, path)
    return path


def _write_siglip(model: Model, folder: Path) -> Path:
    path = folder / "siglip.safetensors"
    state = SiglipVisionModel(SiglipVisionConfig()).state_dict()
    save_file({name: value.contiguous() for name, value in state.items()}, path)
    return path
