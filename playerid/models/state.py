"""Weights of our own networks: read from safetensors, which holds numbers and no code."""

from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from playerid.archive.local_files import in_one_step
from playerid.errors import WeightsError

SPORT = "playerid.sport"
"""The fact of weights that names a sport."""


def load_state(network: nn.Module, weights: Path) -> None:
    """Fill a network with weights, in single precision, and make it ready to use.

    Args:
        network: to fill.
        weights: safetensors file with all its parameters; counters of batches may be missing.

    Raises:
        WeightsError: The file is no safetensors file, or is of another network.
    """
    kind = type(network).__name__
    try:
        state = {name: value.float() for name, value in load_file(weights).items()}
        if broken := [name for name, value in state.items() if not value.isfinite().all()]:
            raise WeightsError(f"{weights}: {broken[0]} holds numbers that are none (NaN or inf)")
        missing, unexpected = network.load_state_dict(state, strict=False)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise WeightsError(f"{weights} does not hold the weights of a {kind}: {error}") from error
    lacking = [name for name in missing if not name.endswith("num_batches_tracked")]
    if unexpected or lacking:
        raise WeightsError(
            f"{weights} does not hold the weights of a {kind}:"
            f" lacks {lacking[:3]}, has unknown {unexpected[:3]}"
        )
    network.eval()


def shapes_of(weights: Path, *names: str) -> list[list[int]]:
    """Shapes of some of the arrays of a file.

    Raises:
        WeightsError: The file is no safetensors file, or lacks one of them.
    """
    try:
        with safe_open(weights, "np") as file:
            return [file.get_slice(name).get_shape() for name in names]
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{weights} does not hold {', '.join(names)}: {error}") from error


def facts_of(weights: Path) -> dict[str, str]:
    """What a file of weights says of itself, such as `SPORT`.

    Raises:
        WeightsError: The file is no safetensors file.
    """
    try:
        with safe_open(weights, "np") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{weights} holds no weights: {error}") from error


def save_state(network: nn.Module, path: Path, facts: dict[str, str] | None = None) -> None:
    """Write what `load_state` reads, in half precision, in one step.

    Args:
        network: whose weights.
        path: safetensors file.
        facts: what `facts_of` shall tell.
    """
    half = {
        name: value.half().contiguous() if value.is_floating_point() else value.contiguous()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    with in_one_step(path) as partial:
        save_file(half, partial, facts)
