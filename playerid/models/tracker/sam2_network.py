"""SAM 2.1 networks of the library `sam2`: published ones, and a small one of the same design."""

import json
import pickle
import struct
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from sam2.build_sam import build_sam2
from sam2.modeling.backbones.hieradet import Hiera
from sam2.modeling.backbones.image_encoder import FpnNeck, ImageEncoder
from sam2.modeling.memory_attention import MemoryAttention, MemoryAttentionLayer
from sam2.modeling.memory_encoder import CXBlock, Fuser, MaskDownSampler, MemoryEncoder
from sam2.modeling.position_encoding import PositionEmbeddingSine
from sam2.modeling.sam.transformer import RoPEAttention
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor

from playerid.errors import WeightsError

VARIANTS = {
    "tiny": "configs/sam2.1/sam2.1_hiera_t.yaml",
    "small": "configs/sam2.1/sam2.1_hiera_s.yaml",
    "base+": "configs/sam2.1/sam2.1_hiera_b+.yaml",
    "large": "configs/sam2.1/sam2.1_hiera_l.yaml",
}


UNREADABLE = (pickle.UnpicklingError, struct.error, KeyError, RuntimeError, EOFError)
"""What `torch.load` raises on bytes that are no checkpoint."""


@dataclass(frozen=True, slots=True)
class SmallSAM2:
    """Sizes of a small SAM 2.1; stored in the metadata of its weights.

    Attributes:
        side_px: side of the square input.
        width: channels of the decoder and of the memory attention; a multiple of 8.
        memory_width: channels of a memory; divides `width`.
        encoder_width: channels of the encoder's first stage; each next stage has twice as many.
        encoder_layers: layers of the encoder's four stages.
        attention_layers: layers of the memory attention.
        memories: frames remembered, the prompted one included.
        window_heights: side of the window around a person that the network looks at, in heights
            of the person; 0 looks at the whole frame.
    """

    side_px: int = 128
    width: int = 64
    memory_width: int = 32
    encoder_width: int = 32
    encoder_layers: tuple[int, int, int, int] = (1, 2, 3, 1)
    attention_layers: int = 2
    memories: int = 7
    window_heights: float = 1.7


def build_small(sizes: SmallSAM2) -> SAM2Base:
    """A network with random weights.

    It differs from the published ones in its sizes only, and in that it proposes one mask instead
    of three: a box leaves nothing to choose.
    """
    return SAM2Base(
        image_encoder=_build_encoder(sizes),
        memory_attention=_build_attention(sizes),
        memory_encoder=_build_memory_encoder(sizes),
        num_maskmem=sizes.memories,
        image_size=sizes.side_px,
        sigmoid_scale_for_mem_enc=20.0,
        sigmoid_bias_for_mem_enc=-10.0,
        binarize_mask_from_pts_for_mem_enc=True,
        use_mask_input_as_output_without_sam=True,
        directly_add_no_mem_embed=True,
        no_obj_embed_spatial=True,
        use_high_res_features_in_sam=True,
        iou_prediction_use_sigmoid=True,
        use_obj_ptrs_in_encoder=True,
        add_tpos_enc_to_obj_ptrs=True,
        proj_tpos_enc_in_obj_ptrs=True,
        use_signed_tpos_enc_to_obj_ptrs=True,
        only_obj_ptrs_in_the_past_for_eval=True,
        pred_obj_scores=True,
        pred_obj_scores_mlp=True,
        fixed_no_obj_ptr=True,
        use_mlp_for_obj_ptr_proj=True,
    ).eval()


def _build_encoder(sizes: SmallSAM2) -> ImageEncoder:
    layers = sizes.encoder_layers
    third_stage_ends = sum(layers[:3]) - 1
    trunk = Hiera(
        embed_dim=sizes.encoder_width,
        num_heads=1,
        stages=layers,
        window_spec=(8, 4, 8, 4),
        global_att_blocks=(third_stage_ends,),
        window_pos_embed_bkg_spatial_size=(7, 7),
    )
    neck = FpnNeck(
        position_encoding=PositionEmbeddingSine(sizes.width, normalize=True),
        d_model=sizes.width,
        backbone_channel_list=trunk.channel_list,
        fpn_top_down_levels=[2, 3],
        fpn_interp_model="nearest",
    )
    return ImageEncoder(trunk=trunk, neck=neck, scalp=1)


def _build_attention(sizes: SmallSAM2) -> MemoryAttention:
    def attention(**inputs: int | bool) -> RoPEAttention:
        grid = sizes.side_px // 16
        return RoPEAttention(
            embedding_dim=sizes.width,
            num_heads=1,
            downsample_rate=1,
            dropout=0.0,
            feat_sizes=(grid, grid),
            **inputs,
        )

    layer = MemoryAttentionLayer(
        activation="relu",
        dim_feedforward=4 * sizes.width,
        dropout=0.0,
        pos_enc_at_attn=False,
        self_attention=attention(),
        d_model=sizes.width,
        pos_enc_at_cross_attn_keys=True,
        pos_enc_at_cross_attn_queries=False,
        cross_attention=attention(rope_k_repeat=True, kv_in_dim=sizes.memory_width),
    )
    return MemoryAttention(sizes.width, True, layer, sizes.attention_layers)


def _build_memory_encoder(sizes: SmallSAM2) -> MemoryEncoder:
    return MemoryEncoder(
        out_dim=sizes.memory_width,
        in_dim=sizes.width,
        position_encoding=PositionEmbeddingSine(sizes.memory_width, normalize=True),
        mask_downsampler=MaskDownSampler(sizes.width, kernel_size=3, stride=2, padding=1),
        fuser=Fuser(CXBlock(sizes.width, layer_scale_init_value=1e-6), num_layers=2),
    )


def save_small(network: SAM2Base, sizes: SmallSAM2, path: Path) -> None:
    """Write the weights of a small network, halved in precision, with its sizes."""
    tensors = {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in network.state_dict().items()
    }
    save_file(tensors, path, {"architecture": json.dumps(asdict(sizes)), "format": "pt"})


def load_network(
    weights: Path, variant: str = "", side_px: int = 0
) -> tuple[SAM2Base, SmallSAM2 | None]:
    """Load a network.

    Args:
        weights: a published checkpoint (`.pt`), or a safetensors file of a small network.
        variant: of a published checkpoint, one of `VARIANTS`; "" for a small network.
        side_px: side of the input of a published network; 0 is the 1024 it was trained with.

    Returns:
        The network, and the sizes of a small one; None for a published one.

    Raises:
        WeightsError: The file does not hold the weights of that network.
    """
    if variant and variant not in VARIANTS:
        raise WeightsError(f"unknown SAM 2.1 variant {variant!r}: expected one of {list(VARIANTS)}")
    if not variant:
        tensors, sizes = _read_small(weights)
        network = build_small(sizes)
        _fill(network, tensors, weights.name)
        return network, sizes
    overrides = ["++model.binarize_mask_from_pts_for_mem_enc=true"]
    overrides += [f"++model.image_size={side_px}"] if side_px else []
    network = build_sam2(VARIANTS[variant], device="cpu", hydra_overrides_extra=overrides)
    _fill(network, _read_published(weights), weights.name)
    return network, None


def _read_small(weights: Path) -> tuple[dict[str, Tensor], SmallSAM2]:
    try:
        with safe_open(weights, "pt") as file:
            sizes = json.loads((file.metadata() or {})["architecture"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError) as error:
        raise WeightsError(
            f"{weights.name} holds no small SAM 2.1 ({error}); name a variant if it is published"
        ) from error
    return tensors, SmallSAM2(**sizes | {"encoder_layers": tuple(sizes["encoder_layers"])})


def _read_published(weights: Path) -> dict[str, Tensor]:
    try:
        if weights.suffix == ".safetensors":
            with safe_open(weights, "pt") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        tensors: dict[str, Tensor] = torch.load(weights, "cpu", weights_only=True)["model"]
    except (SafetensorError, *UNREADABLE) as error:
        raise WeightsError(f"{weights.name} is no SAM 2.1 checkpoint: {error}") from error
    return tensors


def _fill(network: SAM2Base, tensors: dict[str, Tensor], name: str) -> None:
    try:
        network.load_state_dict({key: value.float() for key, value in tensors.items()})
    except RuntimeError as error:
        raise WeightsError(f"{name} does not fit the network: {str(error)[:300]}") from error
