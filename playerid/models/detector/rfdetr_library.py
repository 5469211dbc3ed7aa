"""RF-DETR as the library `rfdetr` has it: its variants, its checkpoints, what was trained here.

A published checkpoint (`.pth`) holds tensors and plain values. Weights that were fine-tuned here
are safetensors; variant, classes and sizes are in their metadata: a pack names the file only.
"""

import json
import logging
import math
import pickle
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import Any

import cv2
import numpy as np
import rfdetr.config
import rfdetr.models._defaults
import torch
from numpy.typing import NDArray
from rfdetr.models._defaults import MODEL_DEFAULTS
from rfdetr.models.lwdetr import build_model_from_config
from rfdetr.utilities.tensors import NestedTensor
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from playerid.errors import WeightsError
from playerid.models.detector import FIRST_LABELS
from playerid.models.precision import in_precision

IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_STD = (0.229, 0.224, 0.225)
VARIANTS = ("nano", "small", "medium", "base", "large", "seg-nano", "seg-small", "seg-medium")
FINE_TUNED = "playerid.rfdetr"
"""Key of the metadata of weights that were fine-tuned here."""


def build_network(
    config: rfdetr.config.ModelConfig, defaults: rfdetr.models._defaults.ModelDefaults
) -> nn.Module:
    """Build a network of the library with random weights, and without its warnings about them."""
    library_log = logging.getLogger("rf-detr")
    level = library_log.level
    library_log.setLevel(logging.ERROR)  # it warns that DINOv2 is not downloaded
    try:
        model: nn.Module = build_model_from_config(config, defaults=defaults)
    finally:
        library_log.setLevel(level)
    return model


def variant_config(variant: str) -> type[rfdetr.config.ModelConfig]:
    """The library's configuration of a variant; raises WeightsError if there is none."""
    if variant not in VARIANTS:
        raise WeightsError(f"unknown RF-DETR variant {variant!r}: expected one of {VARIANTS}")
    name = "".join(part.capitalize() for part in variant.split("-"))
    kind: type[rfdetr.config.ModelConfig] = getattr(rfdetr.config, f"RFDETR{name}Config")
    return kind


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], Mapping[str, Any]]:
    """Weights and arguments of a checkpoint; nothing but tensors and plain values is unpickled.

    Plain values may stand in a namespace, as in the published checkpoints.

    Raises:
        WeightsError: The file holds other objects, or no weights.
    """
    try:
        with torch.serialization.safe_globals([Namespace, SimpleNamespace]):
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        weights = {k.removeprefix("_orig_mod."): v for k, v in checkpoint["model"].items()}
        arguments = checkpoint.get("args") or {}
    except (pickle.UnpicklingError, KeyError, TypeError, RuntimeError, EOFError) as error:
        raise WeightsError(
            f"{path.name} is not an RF-DETR checkpoint of tensors and plain values: {error}"
        ) from error
    return weights, arguments if isinstance(arguments, dict) else vars(arguments)


def sizes_of(weights: Mapping[str, Tensor]) -> dict[str, int]:
    """The sizes of a network that are free within a variant, read off its weights.

    Raises:
        WeightsError: They are no weights of RF-DETR.
    """
    try:
        positions = weights["backbone.0.encoder.encoder.embeddings.position_embeddings"]
        queries = weights["refpoint_embed.weight"].shape[0]
        classes = weights["class_embed.bias"].shape[0] - 1
    except KeyError as error:
        raise WeightsError(f"no weights of an RF-DETR: {error} is missing") from error
    groups = max(sum(name.startswith("transformer.enc_output.") for name in weights) // 2, 1)
    return {
        "num_classes": classes,
        "num_queries": queries // groups,
        "num_select": queries // groups,
        "group_detr": groups,
        "positional_encoding_size": math.isqrt(positions.shape[1] - 1),
    }


def load_published(path: Path, variant: str, resolution: int) -> tuple[nn.Module, list[str], int]:
    """Load a checkpoint of the library.

    Returns:
        The model, the name of each class, the side of the square input in pixels.

    Raises:
        WeightsError: Unknown variant, a file that holds other objects, or weights of another
            variant.
    """
    kind = variant_config(variant)
    weights, arguments = read_checkpoint(path)
    sizes = sizes_of(weights)
    names = list(arguments.get("class_names") or FIRST_LABELS)
    if not arguments.get("class_names") and sizes["num_classes"] != len(FIRST_LABELS):
        raise WeightsError(
            f"{path.name} finds {sizes['num_classes']} classes that it does not name; fine-tune it"
            " with playerid train detector --backend rfdetr"
        )
    side_px = resolution or int(kind.model_fields["resolution"].default)
    config = kind(
        pretrain_weights=str(path.resolve()),
        resolution=side_px,
        device="cpu",
        **sizes,
    )
    return _filled(config, weights, f"{path.name} is not an RF-DETR {variant}"), names, side_px


def save_fine_tuned(
    path: Path, weights: Mapping[str, Tensor], variant: str, names: Sequence[str], side_px: int
) -> None:
    """Write weights of a variant in half precision, with what is needed to load them.

    Args:
        path: `.safetensors` file to write.
        weights: of the network; only the first group of queries is kept, which is all that is
            looked at after the training.
        variant: one of `VARIANTS`.
        names: of the classes, in the network's order.
        side_px: side of the square input.
    """
    sizes = {**sizes_of(weights), "group_detr": 1}
    config = variant_config(variant)(
        pretrain_weights=str(path.resolve()), resolution=side_px, device="cpu", **sizes
    )
    shapes = {k: v.shape for k, v in build_network(config, MODEL_DEFAULTS).state_dict().items()}
    facts = {"variant": variant, "names": list(names), "side_px": side_px, "sizes": sizes}
    metadata = {FINE_TUNED: json.dumps(facts), "playerid.backend": "rfdetr"}
    save_file(first_group(weights, shapes), path, metadata)


def first_group(
    weights: Mapping[str, Tensor], shapes: Mapping[str, torch.Size]
) -> dict[str, Tensor]:
    """Weights of the first group of queries, in half precision; `shapes` are those of one group."""
    return {
        name: (weights[name][: shape[0]] if shape else weights[name]).half().contiguous()
        for name, shape in shapes.items()
        if weights[name].numel()
    }


def load_fine_tuned(path: Path) -> tuple[nn.Module, list[str], int]:
    """Load what `save_fine_tuned` wrote; returns as `load_published` does.

    Raises:
        WeightsError: The file is something else.
    """
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})[FINE_TUNED])
            weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        config = variant_config(facts["variant"])(
            pretrain_weights=str(path.resolve()),
            resolution=facts["side_px"],
            device="cpu",
            **facts["sizes"],
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path.name} is no RF-DETR that was trained here: {error}") from error
    network = _filled(config, weights, f"{path.name} is damaged")
    return network, list(facts["names"]), int(facts["side_px"])


def is_fine_tuned(path: Path) -> bool:
    """Whether a safetensors file says that `save_fine_tuned` wrote it."""
    try:
        with safe_open(path, "pt") as file:
            return FINE_TUNED in (file.metadata() or {})
    except (SafetensorError, OSError):
        return False


def _filled(
    config: rfdetr.config.ModelConfig, weights: Mapping[str, Tensor], complaint: str
) -> nn.Module:
    model = build_network(config, MODEL_DEFAULTS)
    empty = {k: v for k, v in model.state_dict().items() if not v.numel()}
    try:
        model.load_state_dict(empty | dict(weights))
    except RuntimeError as error:
        raise WeightsError(f"{complaint}: {error}") from error
    return model


def halve_backbone(model: nn.Module, device: str | torch.device, precision: torch.dtype) -> None:
    """Let the backbone of a model compute in a shorter precision: it is most of the work.

    The rest stays in full precision, because half precision tells 256 places across a picture.
    """
    backbone: Any = model.get_submodule("backbone")

    def halved(self: Any, pixels: NestedTensor) -> tuple[list[NestedTensor], list[Tensor], None]:
        with in_precision(device, precision):
            features, positions, _ = type(self).forward(self, pixels)
        maps = [NestedTensor(f.tensors.float(), f.mask, f.no_padding) for f in features]
        return maps, [position.float() for position in positions], None

    backbone.forward = MethodType(halved, backbone)  # so that a copy computes with its own weights


def to_input(images: Sequence[NDArray[np.uint8]], size_px: tuple[int, int]) -> Tensor:
    """Resize RGB images to (height, width) and scale their colours: (N, 3, height, width)."""
    height_px, width_px = size_px
    resized = [
        image
        if image.shape[:2] == size_px
        else cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
        for image in images
    ]
    pixels = torch.from_numpy(np.stack(resized)).permute(0, 3, 1, 2).float() / 255
    mean, std = torch.tensor(IMAGE_MEAN), torch.tensor(IMAGE_STD)
    return (pixels - mean[:, None, None]) / std[:, None, None]


def without_padding(pixels: Tensor) -> NestedTensor:
    """What the library's model takes: pictures, and that none of them is padded."""
    count, _, height_px, width_px = pixels.shape
    mask = torch.zeros((count, height_px, width_px), dtype=torch.bool, device=pixels.device)
    return NestedTensor(pixels, mask, no_padding=True)
