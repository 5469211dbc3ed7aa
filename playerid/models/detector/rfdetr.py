"""RF-DETR: people, numbers, ball and rims of a frame, by the library `rfdetr`.

Two kinds of weights, one class. A published checkpoint (`.pth`) has the architecture of one of the
library's variants. A small model (`.safetensors`) has the same architecture with a narrower and
shallower DINOv2 encoder; its sizes are in the file's metadata.
"""

import dataclasses
import json
import logging
import math
import pickle
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MethodType
from typing import Any

import cv2
import numpy as np
import rfdetr.config
import torch
import torchvision
from numpy.typing import NDArray
from rfdetr.models._defaults import MODEL_DEFAULTS
from rfdetr.models.backbone.dinov2_with_windowed_attn import (
    WindowedDinov2WithRegistersBackbone,
    WindowedDinov2WithRegistersConfig,
)
from rfdetr.models.backbone.projector import MultiScaleProjector
from rfdetr.models.lwdetr import build_model_from_config
from rfdetr.utilities.tensors import NestedTensor
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from playerid.errors import WeightsError
from playerid.models.detector import LABELS, PERSON_LABELS, PLAYER_LABELS, Detections
from playerid.models.detector.second_look import Sheet, find_torsos

IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_STD = (0.229, 0.224, 0.225)
THINGS = ("person", "ball", "number", "rim")
VARIANTS = ("nano", "small", "medium", "base", "large")


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
                num_classes=len(LABELS),
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
    model = _build(sizes.config(groups), sizes.defaults)
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


def _build(
    config: rfdetr.config.ModelConfig, defaults: rfdetr.models._defaults.ModelDefaults
) -> nn.Module:
    library_log = logging.getLogger("rf-detr")
    level = library_log.level
    library_log.setLevel(logging.ERROR)  # it warns that DINOv2 is not downloaded
    try:
        model: nn.Module = build_model_from_config(config, defaults=defaults)
    finally:
        library_log.setLevel(level)
    return model


def halve_backbone(model: nn.Module, device_type: str) -> None:
    """Let the backbone of a model compute in half precision: it is most of the work.

    The rest stays in full precision, because half precision tells 256 places across a picture.
    """
    backbone: Any = model.get_submodule("backbone")
    kind = torch.float16 if device_type == "cuda" else torch.bfloat16

    def halved(self: Any, pixels: NestedTensor) -> tuple[list[NestedTensor], list[Tensor], None]:
        with torch.autocast(device_type, kind):
            features, positions, _ = type(self).forward(self, pixels)
        maps = [NestedTensor(f.tensors.float(), f.mask, f.no_padding) for f in features]
        return maps, [position.float() for position in positions], None

    backbone.forward = MethodType(halved, backbone)  # so that a copy computes with its own weights


def save_small(path: Path, sizes: SmallModel, weights: dict[str, Tensor]) -> None:
    """Write a small model: weights in half precision, its sizes in the metadata.

    Args:
        path: `.safetensors` file to write.
        sizes: what `weights` belong to.
        weights: state of `build_small(sizes, groups)`; only the first group is kept.
    """
    shapes = {name: value.shape for name, value in build_small(sizes).state_dict().items()}
    halves = {
        name: weights[name][: shape[0]].half().contiguous() if shape else weights[name].half()
        for name, shape in shapes.items()
        if weights[name].numel()
    }
    metadata = {"playerid.detector": json.dumps(dataclasses.asdict(sizes))}
    save_file(halves, path, metadata)


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


def load_published(path: Path, variant: str, resolution: int) -> tuple[nn.Module, list[str], int]:
    """Load a checkpoint of the library, without unpickling anything but tensors and plain values.

    Returns:
        The model, the name of each class, the side of the square input in pixels.

    Raises:
        WeightsError: Unknown variant, a file that holds other objects, or weights of another
            variant.
    """
    if variant not in VARIANTS:
        raise WeightsError(f"unknown RF-DETR variant {variant!r}: expected one of {VARIANTS}")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        weights = {k.removeprefix("_orig_mod."): v for k, v in checkpoint["model"].items()}
        arguments = checkpoint.get("args", {})
        positions = weights["backbone.0.encoder.encoder.embeddings.position_embeddings"]
        queries = weights["refpoint_embed.weight"].shape[0]
        classes = weights["class_embed.bias"].shape[0] - 1
    except (pickle.UnpicklingError, KeyError, TypeError, RuntimeError) as error:
        raise WeightsError(
            f"{path.name} is not an RF-DETR checkpoint of tensors and plain values: {error}"
        ) from error
    groups = sum(name.startswith("transformer.enc_output.") for name in weights) // 2
    names = list(arguments.get("class_names") or LABELS) if isinstance(arguments, dict) else LABELS
    kind = getattr(rfdetr.config, f"RFDETR{variant.capitalize()}Config")
    default = kind.model_fields["resolution"].default
    config = kind(
        pretrain_weights=str(path.resolve()),
        num_classes=classes,
        num_queries=queries // max(groups, 1),
        num_select=queries // max(groups, 1),
        group_detr=max(groups, 1),
        positional_encoding_size=math.isqrt(positions.shape[1] - 1),
        resolution=resolution or default,
        device="cpu",
    )
    model = _build(config, MODEL_DEFAULTS)
    empty = {k: v for k, v in model.state_dict().items() if not v.numel()}
    try:
        model.load_state_dict(empty | weights)
    except RuntimeError as error:
        raise WeightsError(f"{path.name} is not an RF-DETR {variant}: {error}") from error
    return model, list(names), config.resolution


class RFDETRDetector:
    """A `Detector` of RF-DETR.

    Args:
        weights: `.safetensors` of a small model, or a published `.pth` checkpoint whose class
            names are among `LABELS`.
        variant: of a published checkpoint: nano, small, medium, base or large.
        resolution: side of the square input of a published checkpoint, pixels; 0 takes the
            variant's own. A small model has its own size.
        threshold: boxes with a lower score are dropped. Low, so that later steps can choose.
        same_iou: of two people whose boxes overlap more than this, the surer stays, whatever
            their labels: a player and the same player in possession are one person. Likewise of
            two balls, numbers or rims.
        device: where to run: "cpu", "cuda", or "auto". Half precision is used where the device is
            faster with it.
    """

    def __init__(
        self,
        weights: Path | None,
        variant: str = "nano",
        resolution: int = 0,
        threshold: float = 0.3,
        same_iou: float = 0.7,
        device: str = "auto",
    ) -> None:
        if weights is None:
            raise WeightsError("backend 'rfdetr' needs weights: name a file in the pack")
        names: Sequence[str] = LABELS
        if weights.suffix == ".safetensors":
            model, sizes = load_small(weights)
            self.size_px, self._torso_px = (sizes.height_px, sizes.width_px), sizes.torso_px
        else:
            model, names, side_px = load_published(weights, variant, resolution)
            self.size_px, self._torso_px = (side_px, side_px), 0
        self._classes = [i for i, name in enumerate(names) if name in LABELS]
        if not self._classes:
            raise WeightsError(f"{weights.name} finds {names}; expected some of {LABELS}")
        self._labels = np.array([names[i] for i in self._classes])
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._device = torch.device(chosen)
        self._model = model.eval().requires_grad_(requires_grad=False).to(self._device)
        self._threshold = threshold
        self._same_iou = same_iou
        on_gpu = self._device.type == "cuda"
        if on_gpu or torch.ops.mkldnn._is_mkldnn_bf16_supported():
            halve_backbone(self._model, self._device.type)

    def detect(self, images: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the boxes of each image; see `playerid.models.detector.Detector`."""
        return [self._detect(image) for image in images]

    def _detect(self, image: NDArray[np.uint8]) -> Detections:
        found = self._look(image)
        is_player = np.isin(found.labels, PLAYER_LABELS)
        if self._torso_px and is_player.any():
            found = _join(found, self._find_numbers(image, found.where(is_player)))
        return self._without_duplicates(found)

    def _look(self, image: NDArray[np.uint8]) -> Detections:
        """Everything in a picture, duplicates included."""
        with torch.inference_mode():
            output = self._model(without_padding(to_input([image], self.size_px).to(self._device)))
        logits = output["pred_logits"][0].float()[:, self._classes]
        boxes = torchvision.ops.box_convert(output["pred_boxes"][0].float(), "cxcywh", "xyxy")
        scores, classes = logits.sigmoid().max(dim=1)
        sure = scores >= self._threshold
        scores, classes, boxes = scores[sure].cpu(), classes[sure].cpu(), boxes[sure].cpu()
        height_px, width_px = image.shape[:2]
        boxes_px = boxes.clamp(0, 1) * torch.tensor([width_px, height_px, width_px, height_px])
        return Detections(
            boxes_px.numpy().astype(np.float32),
            scores.numpy().astype(np.float32),
            self._labels[classes.numpy()],
        )

    def _find_numbers(self, image: NDArray[np.uint8], players: Detections) -> Detections:
        """Look again at the surest players, enlarged."""
        most = Sheet.capacity(*self.size_px, self._torso_px)
        surest = self._without_duplicates(players).boxes_px[:most]
        sheet = Sheet(find_torsos(surest), *self.size_px, self._torso_px)
        found = self._look(sheet.draw(image))
        boxes_px, is_used = sheet.to_image(found.boxes_px)
        height_px, width_px = image.shape[:2]
        boxes_px = np.clip(boxes_px, 0, np.array([width_px, height_px] * 2, np.float32))
        on_image = Detections(boxes_px, found.scores, found.labels)
        return on_image.where(is_used & (found.labels == "number"))

    def _without_duplicates(self, found: Detections) -> Detections:
        """Keep one box per thing, surest first."""
        things = [
            "person" if label in PERSON_LABELS else label.partition("-")[0]
            for label in found.labels.tolist()
        ]
        kept = torchvision.ops.batched_nms(
            torch.from_numpy(found.boxes_px),
            torch.from_numpy(found.scores),
            torch.tensor([THINGS.index(thing) for thing in things]),
            self._same_iou,
        ).numpy()  # surest first
        return Detections(found.boxes_px[kept], found.scores[kept], found.labels[kept])


def _join(some: Detections, others: Detections) -> Detections:
    return Detections(
        np.concatenate([some.boxes_px, others.boxes_px]),
        np.concatenate([some.scores, others.scores]),
        np.concatenate([some.labels, others.labels]),
    )


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
