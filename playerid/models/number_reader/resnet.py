"""Jersey numbers read by a residual network of the CIFAR form."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from playerid.errors import WeightsError
from playerid.models.number_reader import Readings
from playerid.models.quick_network import Network, precision_of, quickest
from playerid.tables import NUMBERS

NO_DIGIT = 10
ZOOMS = (1.0, 1.18, 0.87)
"""A crop is read at these magnifications, and the logits are averaged: on 1,213 crops of rendered
games 0.825 are read right, with the first alone 0.809."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a weights file needs to be rebuilt; stored in its metadata.

    Attributes:
        height_px, width_px: size that every crop is resized to, whatever its shape.
        blocks: residual blocks in each of the three stages; 5 is ResNet-32.
        width: channels of the first stage; each next stage has twice as many.
        rows, columns: cells that the last feature map is averaged into; the head must know
            which digit stands left.
        temperature: logits are divided by it; fitted on crops that were not trained on.
    """

    height_px: int = 32
    width_px: int = 40
    blocks: int = 5
    width: int = 16
    rows: int = 2
    columns: int = 4
    temperature: float = 1.0

    def to_metadata(self) -> dict[str, str]:
        """The form in which safetensors keeps it."""
        return {"architecture": json.dumps(asdict(self)), "format": "pt"}


def digits_of(number: str) -> tuple[int, int]:
    """Tens and units of an answer, each 0 to 9, or `NO_DIGIT` where it has none."""
    padded = number.rjust(2)
    tens, units = (NO_DIGIT if digit == " " else int(digit) for digit in padded)
    return tens, units


class _Block(nn.Module):
    """Two 3x3 convolutions and a shortcut that pads channels, as in the CIFAR networks."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, outputs - inputs

    def forward(self, x: Tensor) -> Tensor:
        out = functional.relu(self.norm1(self.conv1(x)))
        out = self.norm2(self.conv2(out))
        if self.added:
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.added))
        return functional.relu(out + x)


class NumberNetwork(nn.Module):
    """ResNet-6n+2 with a head of two digits: an answer's logit is its tens' plus its units'.

    The sum makes numbers readable that no training crop showed, once their digits were seen.

    References:
        He et al., Deep Residual Learning for Image Recognition, section 4.2.
    """

    rows: Tensor
    columns: Tensor
    answer_tens: Tensor
    answer_units: Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        width = architecture.width
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        stages, inputs = [], width
        for stage in range(3):
            outputs = width * 2**stage
            for block in range(architecture.blocks):
                stride = 2 if stage and not block else 1
                stages.append(_Block(inputs, outputs, stride))
                inputs = outputs
        self.stages = nn.Sequential(*stages)
        rows, columns = (-(-side // 4) for side in (architecture.height_px, architecture.width_px))
        self.register_buffer("rows", _means(rows, architecture.rows), persistent=False)
        self.register_buffer("columns", _means(columns, architecture.columns), persistent=False)
        self.head = nn.Linear(inputs * architecture.rows * architecture.columns, 2 * (NO_DIGIT + 1))
        tens, units = zip(*map(digits_of, NUMBERS), strict=True)
        self.register_buffer("answer_tens", torch.tensor(tens), persistent=False)
        self.register_buffer("answer_units", torch.tensor(units), persistent=False)

    def forward(self, crops: Tensor) -> Tensor:
        """Read resized crops.

        Args:
            crops: (N, 3, height_px, width_px) RGB in [-1, 1].

        Returns:
            (N, 102) logits of `NUMBERS`, before the temperature.
        """
        features = self.stages(self.stem(crops))
        means = torch.matmul(torch.matmul(self.rows, features), self.columns.T)
        digits = self.head(means.flatten(1)).float()
        tens, units = digits.split(NO_DIGIT + 1, dim=1)
        logits: Tensor = tens[:, self.answer_tens] + units[:, self.answer_units]
        return logits


def _means(cells: int, bins: int) -> Tensor:
    """(bins, cells) weights that average cells as adaptive pooling does, which ONNX lacks."""
    weights = torch.zeros(bins, cells)
    for row in range(bins):
        start, end = row * cells // bins, -(-(row + 1) * cells // bins)
        weights[row, start:end] = 1 / (end - start)
    return weights


def resize_crop(crop: NDArray[np.uint8], height_px: int, width_px: int) -> NDArray[np.uint8]:
    """Stretch a crop to the network's size, averaging when it shrinks."""
    shrinks = crop.shape[0] > height_px and crop.shape[1] > width_px
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(crop, (width_px, height_px), interpolation=interpolation)
    return np.asarray(resized, np.uint8)


def zoom_crop(crop: NDArray[np.uint8], zoom: float) -> NDArray[np.uint8]:
    """The crop magnified about its middle; what is seen beyond its edges repeats them."""
    height_px, width_px = crop.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width_px - 1) / 2, (height_px - 1) / 2), 0, zoom)
    border = cv2.BORDER_REPLICATE
    zoomed = cv2.warpAffine(crop, matrix, (width_px, height_px), borderMode=border)
    return np.asarray(zoomed, np.uint8)


def to_input(crops: NDArray[np.uint8]) -> Tensor:
    """(N, height, width, 3) uint8 RGB to the network's (N, 3, height, width) in [-1, 1]."""
    pixels = torch.from_numpy(crops).permute(0, 3, 1, 2)
    return pixels.float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)


def load_network(weights: Path) -> NumberNetwork:
    """Rebuild a network from a safetensors file, ready to read.

    Raises:
        WeightsError: The file is not of this architecture.
    """
    try:
        with safe_open(str(weights), framework="pt") as opened:
            facts = json.loads((opened.metadata() or {})["architecture"])
        network = NumberNetwork(Architecture(**facts))
        network.load_state_dict(load_file(str(weights)))
    except Exception as error:
        raise WeightsError(
            f"{weights.name} does not hold the number reader this version reads: {error}"
        ) from error
    return network.eval().to(memory_format=torch.channels_last)


def logits_of(
    network: Network,
    facts: Architecture,
    crops: Sequence[NDArray[np.uint8]],
    batch_size: int = 64,
    device: torch.device | str = "cpu",
) -> Tensor:
    """(N, 102) logits of crops of any size, averaged over `ZOOMS`, before the temperature.

    Args:
        network: a `NumberNetwork` on the device, or what computes it.
        facts: its architecture.
        crops: RGB, N may be 0.
        batch_size: crops in one pass.
        device: that computes.
    """
    chunks = [torch.zeros(0, len(NUMBERS))]
    for start in range(0, len(crops), batch_size):
        chunk = crops[start : start + batch_size]
        views = [
            resize_crop(zoom_crop(crop, zoom), facts.height_px, facts.width_px)
            for zoom in ZOOMS
            for crop in chunk
        ]
        with torch.inference_mode():
            logits: Tensor = network(to_input(np.stack(views)).to(device))
        chunks.append(logits.reshape(len(ZOOMS), len(chunk), -1).mean(dim=0).cpu())
    return torch.cat(chunks)


def quick_reader(network: NumberNetwork, weights: Path, name: str = "") -> Network:
    """What computes a network most quickly on this machine's processor; see `quickest`."""
    facts = network.architecture
    example = to_input(np.zeros((len(ZOOMS) * 16, facts.height_px, facts.width_px, 3), np.uint8))
    return quickest(network, weights, example, name=name, exact=("head",))


class ResNetNumberReader:
    """Reads jersey numbers with calibrated probabilities.

    It expects number boxes padded by about 10 px at 1280x720: crops of 25 to 60 px in which the
    digits take half the height or more. Crops are stretched to one size, so their shape does not
    matter; a number that fills less than a third of its crop is likely to be called illegible.
    """

    def __init__(self, weights: Path | None, batch_size: int = 64, device: str = "") -> None:
        """Load the network.

        Args:
            weights: safetensors file that `playerid train number_reader` wrote.
            batch_size: crops in one pass; more gains nothing on a CPU.
            device: as torch names it; "" takes a GPU where there is one.

        Raises:
            WeightsError: No weights, or not of this architecture.
        """
        if weights is None:
            raise WeightsError("backend 'resnet' needs weights: a safetensors file")
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        network = load_network(weights).to(self._device)
        self._facts, self._batch_size = network.architecture, batch_size
        self._network = quick_reader(network, weights) if self._device == "cpu" else network
        self.precision = precision_of(self._network)

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Read each crop; one without pixels is illegible.

        Args:
            crops: RGB crops of number boxes, each (height, width, 3), any size.
        """
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        probs[:, NUMBERS.index("")] = 1
        filled = [index for index, crop in enumerate(crops) if crop.size]
        shown = [crops[index] for index in filled]
        logits = logits_of(self._network, self._facts, shown, self._batch_size, self._device)
        probs[filled] = functional.softmax(logits / self._facts.temperature, dim=1).numpy()
        return Readings(probs)
