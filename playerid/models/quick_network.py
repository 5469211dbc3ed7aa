"""Small networks on a CPU: by ONNX Runtime, where that is quicker on this machine.

Which is quicker is measured at first use and remembered in the user's cache folder, so that every
later process computes in the same way.
"""

import json
import logging
import platform
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import torch
from torch import Tensor, nn

from playerid.kept import keep

logger = logging.getLogger(__name__)

Outputs = tuple[Tensor, ...]
Network = Callable[[Tensor], Outputs]
QUICKER = 0.9
"""Share of PyTorch's time that ONNX Runtime may take to be chosen."""


def quickest(
    network: nn.Module, weights: Path, example: Tensor, folder: Path | None = None
) -> Network:
    """A network, or the same network in ONNX Runtime if that is quicker here.

    Measured on one core of a server processor without AMX: the detector of centres takes 0.44, the
    court network 0.36 of PyTorch's time; with AMX 0.57 and 0.40.

    Args:
        network: in the mode for use; it takes one tensor and gives a tuple of tensors.
        weights: file that it was filled from: what is remembered is remembered of it.
        example: a batch as it will be asked for; others of its shape may follow.
        folder: where it is remembered; the user's cache folder by default.

    Returns:
        What takes such a batch; the network itself where ONNX Runtime is missing or cannot run it.
    """
    folder = folder or platformdirs.user_cache_path("playerid") / "onnx"
    sources = [weights.read_bytes(), _facts(example)]

    def export(path: Path) -> None:
        _export(network, example, path)

    def measure(path: Path) -> None:
        path.write_text(json.dumps(compare(network, in_onnx, example)), "utf-8")

    try:
        folder.mkdir(parents=True, exist_ok=True)
        in_onnx = _session(keep("network.onnx", sources, export, folder=folder))
        found = keep("network.json", sources, measure, folder=folder)
        if not _is_chosen(json.loads(found.read_text("utf-8"))):
            return network
    except (ImportError, OSError, RuntimeError) as error:
        logger.info("ONNX Runtime is not used: %s", error)
        return network
    return in_onnx


def _facts(example: Tensor) -> bytes:
    """The shape, the libraries and the processor."""
    facts = [list(example.shape), torch.__version__, torch.get_num_threads(), _processor()]
    return json.dumps(facts).encode()


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.is_file() else []
    name = next((line for line in lines if line.startswith("model name")), platform.processor())
    return f"{name} {torch.backends.cpu.get_cpu_capability()}"


def _export(network: nn.Module, example: Tensor, path: Path) -> None:
    """Write the network in ONNX's form."""
    with warnings.catch_warnings(), _without_functions_of_onnx():
        warnings.simplefilter("ignore")  # this way of exporting is the older of two
        torch.onnx.export(
            network, (example,), path, dynamo=False, input_names=["batch"], opset_version=17
        )


@contextmanager
def _without_functions_of_onnx() -> Iterator[None]:
    """Export without the package `onnx`, which torch asks for to look for functions of its users.

    Our networks have none; what torch wrote is then complete.
    """
    from torch.onnx._internal.torchscript_exporter import onnx_proto_utils  # noqa: PLC0415, seldom

    add = onnx_proto_utils._add_onnxscript_fn
    onnx_proto_utils._add_onnxscript_fn = lambda model_bytes, custom_opsets: model_bytes
    try:
        yield
    finally:
        onnx_proto_utils._add_onnxscript_fn = add


def _session(path: Path) -> Network:
    import onnxruntime  # noqa: PLC0415, of an extra of its own

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])

    def run(batch: Tensor) -> Outputs:
        return tuple(map(torch.from_numpy, session.run(None, {"batch": batch.numpy()})))

    return run


def _is_chosen(found: Mapping[str, float]) -> bool:
    """Whether ONNX Runtime gives the same and takes less time."""
    return bool(found["difference"] < 1e-3 and found["onnx_s"] < QUICKER * found["torch_s"])


@torch.inference_mode()
def compare(network: Network, in_onnx: Network, example: Tensor) -> dict[str, float]:
    """The least time of each of some calls, in turns, and how far their outputs are apart.

    Args:
        network: in PyTorch.
        in_onnx: the same in ONNX Runtime.
        example: of whose shape a batch is drawn.
    """
    batch = torch.rand(example.shape, generator=torch.Generator().manual_seed(0))
    exact, other = network(batch), in_onnx(batch)
    took: dict[str, list[float]] = {"torch_s": [], "onnx_s": []}
    for _ in range(5):
        for name, call in (("torch_s", network), ("onnx_s", in_onnx)):
            started_s = time.perf_counter()
            call(batch)
            took[name].append(time.perf_counter() - started_s)
    difference = max(
        float(np.abs(a.numpy() - b.numpy()).max()) for a, b in zip(exact, other, strict=True)
    )
    return {"difference": difference, **{name: min(times_s) for name, times_s in took.items()}}
