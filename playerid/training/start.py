"""What a training begins with: processes, the device, and weights."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import PrepareForLaunch, patch_environment
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torch.multiprocessing.spawn import spawn

from playerid.errors import WeightsError


def train_in_processes(count: int, train: Callable[..., None], *arguments: Any) -> None:
    """Call a function in so many processes, whose `TrainingRun` take every step together.

    Args:
        count: 1 calls it in this process; otherwise one for each GPU, or, where there is none,
            processes that share the cores.
        train: of a module, because the processes import it.
        *arguments: of `train`.
    """
    if count == 1:
        train(*arguments)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    threads = os.environ.get("OMP_NUM_THREADS", max((os.cpu_count() or 1) // count, 1))
    launch = PrepareForLaunch(train, "MULTI_GPU" if torch.cuda.is_available() else "MULTI_CPU")
    with patch_environment(
        world_size=count, nproc=count, node_rank=0, local_world_size=count, omp_num_threads=threads,
        master_addr="127.0.0.1", master_port=port, gloo_socket_ifname="lo",
    ):  # fmt: skip
        spawn(launch, arguments, count, daemon=True)  # type: ignore[no-untyped-call]


def process_index() -> int:
    """Which of the processes that train together this one is, from 0."""
    return int(PartialState(cpu=not torch.cuda.is_available()).process_index)


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


def begin_with_what_fits(network: nn.Module, start: Path) -> bool:
    """Give a network those weights of a file that have its names and shapes.

    Returns:
        Whether all that the network needs were there.

    Raises:
        WeightsError: They are no weights.
    """
    try:
        known = {name: value.float() for name, value in load_file(start).items()}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{start}: expected weights as safetensors: {error}") from error
    wanted = network.state_dict()
    shared = {n: v for n, v in known.items() if n in wanted and v.shape == wanted[n].shape}
    missing = network.load_state_dict(shared, strict=False).missing_keys
    return all(name.endswith("num_batches_tracked") for name in missing)
