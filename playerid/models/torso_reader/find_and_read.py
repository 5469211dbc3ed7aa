"""Jersey numbers read from upper bodies: one network says where a number is, one reads there."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from playerid.errors import WeightsError
from playerid.frames.crops import cut_people
from playerid.models.number_reader import Readings
from playerid.models.number_reader.resnet import (
    Architecture,
    NumberNetwork,
    logits_of,
    quick_reader,
    resize_crop,
    to_input,
)
from playerid.models.quick_network import Network, precision_of, quickest
from playerid.models.torso_reader.legibility import Legibility, read_probs
from playerid.tables import NUMBERS

HEIGHT_PX, WIDTH_PX = 72, 56
CELL_PX = 8
ROWS, COLUMNS = HEIGHT_PX // CELL_PX, WIDTH_PX // CELL_PX
PADDING = 0.3


class _Block(nn.Module):
    """Two 3x3 convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.skip: nn.Module = nn.Identity()
        if inputs != outputs:
            self.skip = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(x)))))
        return functional.relu(out + self.skip(x))


class FinderNetwork(nn.Module):
    """Says in which cell of an upper body the number stands, or that none can be read."""

    def __init__(self, widths: tuple[int, int, int] = (24, 48, 96)) -> None:
        super().__init__()
        first, second, third = widths
        self.body = nn.Sequential(
            nn.Conv2d(3, first, 5, 2, 2, bias=False),
            nn.BatchNorm2d(first),
            nn.ReLU(),
            _Block(first, first, 1),
            _Block(first, second, 2),
            _Block(second, second, 1),
            _Block(second, third, 2),
            _Block(third, third, 1),
            _Block(third, third, 1),
        )
        self.head = nn.Conv2d(third, 5, 1)
        self.nothing = nn.Linear(third, 1)

    def forward(self, torsos: Tensor) -> tuple[Tensor, Tensor]:
        """Look at resized torsos.

        Args:
            torsos: (N, 3, HEIGHT_PX, WIDTH_PX) RGB in [-1, 1].

        Returns:
            (N, ROWS * COLUMNS + 1) logits of the cells, row by row, and of "no legible number";
            (N, 4, ROWS * COLUMNS) the number's middle, in cells from the cell's own, and the
            logarithms of its width and height in cells.
        """
        features = self.body(torsos)
        maps = self.head(features).float().flatten(2)
        nothing = self.nothing(features.mean(dim=(2, 3))).float()
        return torch.cat([maps[:, 0], nothing], dim=1), maps[:, 1:]


def boxes_at(places: Tensor, cells: Tensor) -> Tensor:
    """The number boxes of chosen cells.

    Args:
        places: (N, 4, ROWS * COLUMNS) as `FinderNetwork` gives them.
        cells: (N,) index of a cell.

    Returns:
        (N, 4) boxes as fractions of the torso: (x_min, y_min, x_max, y_max).
    """
    own = places.gather(2, cells[:, None, None].expand(-1, 4, 1))[..., 0]
    row, column = cells // COLUMNS, cells % COLUMNS
    middle = torch.stack([(column + 0.5 + own[:, 0]), (row + 0.5 + own[:, 1])], dim=1)
    half = own[:, 2:].clamp(-1.5, 2.5).exp() / 2
    grid = torch.tensor([COLUMNS, ROWS], dtype=own.dtype)
    return torch.cat([(middle - half) / grid, (middle + half) / grid], dim=1)


def cut_number(torso: NDArray[np.uint8], box: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The part of a torso that a number box (fractions) and its surroundings cover."""
    height, width = torso.shape[:2]
    pixels = np.asarray(box, float) * [width, height, width, height]
    tall = pixels[3] - pixels[1]
    grown = pixels + np.array([-1, -1, 1, 1]) * PADDING * tall
    return cut_people(torso, grown[None])[0]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the finder sees numbers on N torsos.

    Attributes:
        boxes: (N, 4) fractions of the torso, of the likeliest place.
        odds: (N,) log odds that a legible number is there at all.
    """

    boxes: NDArray[np.float32]
    odds: NDArray[np.float32]


def find_numbers(
    network: Network,
    torsos: Sequence[NDArray[np.uint8]],
    batch_size: int = 64,
    device: torch.device | str = "cpu",
) -> Found:
    """Find the likeliest place of a number on each torso; N may be 0.

    Args:
        network: a `FinderNetwork` on the device, or what computes it.
        torsos: RGB, any size.
        batch_size: torsos in one pass.
        device: that computes.
    """
    boxes, odds = [torch.zeros(0, 4)], [torch.zeros(0)]
    for start in range(0, len(torsos), batch_size):
        chunk = torsos[start : start + batch_size]
        views = np.stack([resize_crop(torso, HEIGHT_PX, WIDTH_PX) for torso in chunk])
        with torch.inference_mode():
            logits, places = (part.cpu() for part in network(to_input(views).to(device)))
        boxes.append(boxes_at(places, logits[:, :-1].argmax(dim=1)))
        odds.append(logits[:, :-1].logsumexp(dim=1) - logits[:, -1])
    return Found(torch.cat(boxes).numpy(), torch.cat(odds).numpy())


def legibility_cues(found: Found, logits: Tensor) -> NDArray[np.float64]:
    """(N, 3) cues of `Legibility`, of what was found and of (N, 102) logits read there."""
    numbers = logits[:, 1:].double()
    read = numbers.logsumexp(dim=1) - logits[:, 0]
    best = numbers.softmax(dim=1).max(dim=1).values.clamp(1e-6, 1 - 1e-6)
    cues = np.column_stack([found.odds, read.numpy(), (best / (1 - best)).log().numpy()])
    return np.asarray(np.clip(cues, -12, 12), np.float64)


@dataclass(frozen=True, slots=True)
class TorsoModel:
    """Everything that a weights file holds."""

    finder: FinderNetwork
    reader: NumberNetwork
    legibility: Legibility


def save_model(model: TorsoModel, path: Path) -> None:
    """Write the weights in half precision, with what else is needed in the metadata."""
    tensors = {
        f"{name}.{key}": value.half().contiguous() if value.dtype.is_floating_point else value
        for name, network in (("finder", model.finder), ("reader", model.reader))
        for key, value in network.state_dict().items()
    }
    metadata = {
        **model.reader.architecture.to_metadata(),
        "legibility": json.dumps(asdict(model.legibility)),
    }
    save_file(tensors, path, metadata=metadata)


def load_model(weights: Path) -> TorsoModel:
    """Rebuild the networks from a safetensors file, ready to read.

    Raises:
        WeightsError: The file is not of this architecture.
    """
    try:
        with safe_open(str(weights), framework="pt") as opened:
            facts = opened.metadata() or {}
        reader = NumberNetwork(Architecture(**json.loads(facts["architecture"])))
        finder = FinderNetwork()
        tensors = load_file(str(weights))
        for name, network in (("finder", finder), ("reader", reader)):
            prefix = f"{name}."
            network.load_state_dict(
                {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
            )
        legibility = Legibility(**json.loads(facts["legibility"]))
    except Exception as error:
        raise WeightsError(
            f"{weights.name} does not hold the torso reader this version reads: {error}"
        ) from error
    for network in (finder, reader):
        network.eval().to(memory_format=torch.channels_last)
    return TorsoModel(finder, reader, legibility)


def look(
    model: TorsoModel,
    torsos: Sequence[NDArray[np.uint8]],
    batch_size: int = 64,
    quick: tuple[Network, Network] | None = None,
) -> tuple[Found, Tensor]:
    """Where a number would be on each torso, and (N, 102) logits of what is read there.

    Args:
        model: all that a weights file holds.
        torsos: RGB, any size.
        batch_size: torsos in one pass.
        quick: what computes finder and reader more quickly.
    """
    finder, reader = quick or (model.finder, model.reader)
    device = next(model.finder.parameters()).device
    found = find_numbers(finder, torsos, batch_size, device)
    crops = [cut_number(torso, box) for torso, box in zip(torsos, found.boxes, strict=True)]
    return found, logits_of(reader, model.reader.architecture, crops, batch_size, device)


class TorsoNumberReader:
    """Reads jersey numbers off upper bodies with calibrated probabilities."""

    def __init__(self, weights: Path | None, batch_size: int = 64, device: str = "") -> None:
        """Load the networks.

        Args:
            weights: safetensors file that `playerid train torso_reader` wrote.
            batch_size: torsos in one pass.
            device: as torch names it; "" takes a GPU where there is one.

        Raises:
            WeightsError: No weights, or not of this architecture.
        """
        if weights is None:
            raise WeightsError("backend 'torso' needs weights: a safetensors file")
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._model = load_model(weights)
        self._model.finder.to(device)
        self._model.reader.to(device)
        self._batch_size = batch_size
        self._quick: tuple[Network, Network] | None = None
        self.precision = "float32"
        if device == "cpu":
            torsos = to_input(np.zeros((16, HEIGHT_PX, WIDTH_PX, 3), np.uint8))
            heads = ("head", "nothing")
            self._quick = (
                quickest(self._model.finder, weights, torsos, name="finder", exact=heads),
                quick_reader(self._model.reader, weights, "reader"),
            )
            self.precision = precision_of(self._quick[1])

    def read_torsos(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Read each crop; one without pixels is illegible.

        Args:
            crops: RGB crops as `playerid.frames.crops.cut_torsos` cuts them, any size.
        """
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        probs[:, NUMBERS.index("")] = 1
        filled = [index for index, crop in enumerate(crops) if crop.size]
        shown = [crops[index] for index in filled]
        found, logits = look(self._model, shown, self._batch_size, self._quick)
        legible = self._model.legibility.probs(legibility_cues(found, logits))
        temperature = self._model.reader.architecture.temperature
        probs[filled] = read_probs(logits, legible, temperature)
        return Readings(probs)
