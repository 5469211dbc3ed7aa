"""RF-DETR made small: the library's architecture with a narrower and shallower encoder.

Its sizes are in the metadata of its weights, a safetensors file.
"""

import dataclasses
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfdetr.config
import rfdetr.models._defaults
import torch
from rfdetr.models._defaults import MODEL_DEFAULTS
from rfdetr.models.backbone.dinov2_with_windowed_attn import (
    WindowedDinov2WithRegistersBackbone,
    WindowedDinov2WithRegistersConfig,
)
from rfdetr.models.backbone.projector import MultiScaleProjector
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from playerid.errors import WeightsError
from playerid.models.detector import FIRST_LABELS
from playerid.models.detector.rfdetr_library import build_network, first_group


@dataclass(frozen=True, slots=True)
class SmallModel:
    """Sizes of an RF-DETR with a small encoder.

    Attributes:
        height_px: input height; a multiple of `patch_px` times `windows`.
        width_px: input width; likewise.
        patch_px: side of the square that becomes one token.
        windows: windows along each side of the picture in the local attention layers.
        encoder_width: channels of a token.
        encoder_layers: attention layers of the encoder.
        encoder_heads: attention heads.
        global_layers: layers, from 0, that attend to the whole picture.
        output_layers: layers, counted from 1, whose tokens the decoder sees.
        grid: side of the learned grid of positions, in tokens; it is resized to the input.
        decoder_width: channels of a query.
        decoder_feedforward: hidden channels of the decoder's feed-forward layers.
        decoder_layers: layers of the decoder.
        queries: boxes proposed per picture.
        torso_px: side at which torsos are shown in the second look for numbers; 0 for none.
    """

    height_px: int = 384
    width_px: int = 640
    patch_px: int = 16
    windows: int = 4
    encoder_width: int = 192
    encoder_layers: int = 6
    encoder_heads: int = 3
    global_layers: tuple[int, ...] = (2, 5)
    output_layers: tuple[int, ...] = (2, 4, 6)
    grid: int = 28
    decoder_width: int = 128
    decoder_feedforward: int = 512
    decoder_layers: int = 2
    queries: int = 80
    torso_px: int = 128

    def config(self, groups: int) -> rfdetr.config.ModelConfig:
        """The library's configuration, with `groups` of queries (more than one only to train)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "no pretrained weights": there are none to have
            return rfdetr.config.RFDETRNanoConfig(
                pretrain_weights=None,
                num_classes=len(FIRST_LABELS),
                resolution=self.height_px,
                patch_size=self.patch_px,
                num_windows=self.windows,
                positional_encoding_size=self.grid,
                hidden_dim=self.decoder_width,
                sa_nheads=8,
                ca_nheads=8,
                dec_layers=self.decoder_layers,
                num_queries=self.queries,
                num_select=self.queries,
                group_detr=groups,
                device="cpu",
            )

    @property
    def defaults(self) -> rfdetr.models._defaults.ModelDefaults:
        """The library's constants, with the size of the decoder."""
        return dataclasses.replace(MODEL_DEFAULTS, dim_feedforward=self.decoder_feedforward)


def build_small(sizes: SmallModel, groups: int = 1) -> nn.Module:
    """Build an RF-DETR with a small encoder and random weights.

    The library offers its encoder in fixed sizes, so the encoder and the projector that reads it
    are put in place after construction.
    """
    model = build_network(sizes.config(groups), sizes.defaults)
    backbone: Any = model.get_submodule("backbone.0")
    backbone.encoder.encoder = WindowedDinov2WithRegistersBackbone(
        WindowedDinov2WithRegistersConfig(
            hidden_size=sizes.encoder_width,
            num_hidden_layers=sizes.encoder_layers,
            num_attention_heads=sizes.encoder_heads,
            image_size=sizes.grid * sizes.patch_px,
            patch_size=sizes.patch_px,
            num_register_tokens=0,
            num_windows=sizes.windows,
            window_block_indexes=sorted(
                set(range(sizes.encoder_layers)) - set(sizes.global_layers)
            ),
            out_features=[f"stage{layer}" for layer in sizes.output_layers],
            return_dict=False,
        )
    )
    positions = backbone.encoder.encoder.embeddings.position_embeddings
    positions.data[0, 1:] = _grid_positions(sizes.grid, sizes.encoder_width)
    widths = [sizes.encoder_width] * len(sizes.output_layers)
    backbone.projector = MultiScaleProjector(widths, sizes.decoder_width, [1.0], layer_norm=True)
    return model


def _grid_positions(side: int, width: int) -> Tensor:
    """Where each token of a square grid is, as waves of rising length: (side * side, width).

    Learned positions start too weak beside the pixels to be noticed in a short training.

    References:
        Vaswani et al., Attention is all you need, 2017, section 3.5; x and y take half each.
    """
    rates = side ** (-torch.arange(width // 4) / (width // 4))
    along = torch.arange(side)[:, None] * rates
    waves = torch.cat([along.sin(), along.cos()], dim=1)
    rows, columns = waves.repeat_interleave(side, 0), waves.repeat(side, 1)
    return torch.cat([rows, columns], dim=1)


def save_small(path: Path, sizes: SmallModel, weights: dict[str, Tensor]) -> None:
    """Write a small model: weights in half precision, its sizes in the metadata.

    Args:
        path: `.safetensors` file to write.
        sizes: what `weights` belong to.
        weights: state of `build_small(sizes, groups)`; only the first group is kept.
    """
    shapes = {name: value.shape for name, value in build_small(sizes).state_dict().items()}
    metadata = {"playerid.detector": json.dumps(dataclasses.asdict(sizes))}
    save_file(first_group(weights, shapes), path, metadata)


def load_small(path: Path) -> tuple[nn.Module, SmallModel]:
    """Read a small model that `save_small` wrote.

    Raises:
        WeightsError: The file is something else.
    """
    try:
        with safe_open(path, "pt") as file:
            raw = json.loads((file.metadata() or {})["playerid.detector"])
            weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        for name in ("global_layers", "output_layers"):
            raw[name] = tuple(raw[name])
        sizes = SmallModel(**raw)
        model = build_small(sizes)
        empty = {k: v for k, v in model.state_dict().items() if not v.numel()}
        model.load_state_dict(weights | empty)
    except (SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise WeightsError(
            f"{path.name} is not a small detector of this package: {error}"
        ) from error
    return model, sizes
