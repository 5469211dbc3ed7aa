"""Appearance of a player as SigLIP sees it, by the library `transformers`.

Weights are the published file (`model.safetensors` of `google/siglip-base-patch16-224`, with or
without its text half); the architecture is read off the tensors.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from transformers import SiglipImageProcessor, SiglipVisionConfig, SiglipVisionModel

from playerid.errors import WeightsError
from playerid.frames.crops import central_part
from playerid.models.precision import precision_of

PREFIX = "vision_model."


class SigLIPEmbedder:
    """The mean of SigLIP's last hidden states over the central part of a crop."""

    def __init__(
        self,
        weights: Path | None,
        *,
        share: float = 0.4,
        batch_size: int = 32,
        precision: str = "auto",
        device: str = "",
    ) -> None:
        """Load the model.

        Args:
            weights: a safetensors file.
            share: of the crop's sides that is looked at.
            batch_size: crops that go through at a time.
            precision: "auto" is what the device is fast at, see `playerid.models.precision`; or
                "float32", "bfloat16" (three times as fast on processors that know it), "float16".
            device: of torch; a GPU where there is one by default.

        Raises:
            WeightsError: There are no weights, or they are no SigLIP vision model.
        """
        if weights is None:
            raise WeightsError(
                "backend 'siglip' needs weights: name a safetensors file in the pack"
            )
        self._share = share
        self._batch_size = batch_size
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.precision = precision_of(precision, self._device)
        tensors = _vision_tensors(weights)
        config = read_config(tensors)
        self._width = config.hidden_size
        self._processor = SiglipImageProcessor(
            size={"height": config.image_size, "width": config.image_size}
        )
        model = SiglipVisionModel(config)
        expected = {key.removeprefix(PREFIX): key for key in model.state_dict()}
        if missing := sorted(set(expected) - set(tensors)):
            raise WeightsError(f"{weights.name} lacks {len(missing)} tensors, {missing[0]} first")
        model.load_state_dict({expected[name]: tensors[name] for name in expected})
        self._model = model.to(self._device, self.precision).eval()

    @torch.inference_mode()
    def embed(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Embed each crop.

        Args:
            crops: RGB crops of people's boxes, each (height, width, 3), any size.

        Returns:
            (N, D) float32; D is 768 for the base model.
        """
        rows = [np.zeros((0, self._width), np.float32)]
        for start in range(0, len(crops), self._batch_size):
            parts = [
                torch.from_numpy(central_part(crop, self._share).transpose(2, 0, 1).copy())
                for crop in crops[start : start + self._batch_size]
            ]
            inputs = self._processor(images=parts, return_tensors="pt")
            pixels = inputs["pixel_values"].to(self._device, self.precision)
            states = self._model(pixel_values=pixels).last_hidden_state
            rows.append(states.float().mean(dim=1).cpu().numpy())
        return np.concatenate(rows)


def _vision_tensors(weights: Path) -> dict[str, Tensor]:
    """The tensors of the vision half, without their prefix."""
    try:
        tensors = load_file(weights)
    except SafetensorError as error:
        raise WeightsError(f"{weights.name} is no safetensors file: {error}") from error
    if any(name.startswith(PREFIX) for name in tensors):
        tensors = {name: value for name, value in tensors.items() if name.startswith(PREFIX)}
    return {name.removeprefix(PREFIX): value for name, value in tensors.items()}


def read_config(tensors: dict[str, Tensor], head_width: int = 64) -> SiglipVisionConfig:
    """The architecture that tensors belong to.

    Args:
        tensors: of the vision model.
        head_width: channels of an attention head, which no tensor shows; 64 in the base model.

    Raises:
        WeightsError: The tensors are not those of a SigLIP vision model.
    """
    try:
        width, channels, patch_px, _ = tensors["embeddings.patch_embedding.weight"].shape
        places = len(tensors["embeddings.position_embedding.weight"])
        hidden = len(tensors["encoder.layers.0.mlp.fc1.bias"])
    except KeyError as error:
        raise WeightsError(f"no SigLIP vision model: tensor {error} is missing") from error
    layers = {name.split(".")[2] for name in tensors if name.startswith("encoder.layers.")}
    return SiglipVisionConfig(
        hidden_size=width,
        intermediate_size=hidden,
        num_hidden_layers=len(layers),
        num_attention_heads=max(width // head_width, 1),
        num_channels=channels,
        image_size=round(places**0.5) * patch_px,
        patch_size=patch_px,
        vision_use_head="head.probe" in tensors,
    )
