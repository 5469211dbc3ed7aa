"""What a training begins with: the device, and weights."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from playerid.errors import WeightsError


def best_device() -> torch.device:
    """The GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def begin_with(network: nn.Module, start: Path) -> None:
    """Give a network the weights of a file.

    Raises:
        WeightsError: They are of another network, or no weights.
    """
    try:
        missing, unexpected = network.load_state_dict(load_file(start), strict=False)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"{start}: does not fit the network to train: {error}") from error
    needed = [name for name in missing if not name.endswith("num_batches_tracked")]
    if needed or unexpected:
        raise WeightsError(
            f"{start}: does not fit the network to train: lacks {needed[:3]}, has {unexpected[:3]}"
        )
