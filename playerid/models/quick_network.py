"""Small networks on a CPU: by PyTorch, by ONNX Runtime, or in 8-bit integers.

Which is quickest is measured at first use and remembered in the user's cache folder, so that every
later process computes in the same way.
"""

import json
import logging
import platform
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.nn import functional

from playerid.kept import keep
from playerid.models.int8 import RANGES, can_multiply_int8, in_int8, ranges_seen, watched
from playerid.models.state import facts_of

logger = logging.getLogger(__name__)

Network = Callable[[Tensor], Any]
"""Takes a batch; gives a tensor, or a tuple of them."""
QUICKER = 0.9
"""Share of PyTorch's time that another way may take to be chosen."""
NEAREST = 1e-3
"""How far ONNX Runtime's numbers may be from PyTorch's."""
LEAST_LIKENESS = 0.98
"""Least correlation of integers' outputs with those of floats: where it is less, they overflow."""
ENOUGH_S = 0.3
"""A way is measured twice, and up to five times if it took less in all."""
QUICK = 0.5
"""Share of PyTorch's time at which no further way is tried: making one takes a second or more."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Networks that are watched while pictures are shown to their models.

    Attributes:
        networks: name of each in its file of weights -> the network that watches itself.
    """

    networks: dict[str, nn.Module] = field(default_factory=dict)

    def ranges(self) -> str:
        """The fact `RANGES` of the file of weights."""
        return json.dumps({name: ranges_seen(network) for name, network in self.networks.items()})


_WATCHING: ContextVar[Watched | None] = ContextVar("watching", default=None)


@contextmanager
def watching() -> Iterator[Watched]:
    """Watch the networks of models that are loaded inside the block."""
    token = _WATCHING.set(seen := Watched())
    try:
        yield seen
    finally:
        _WATCHING.reset(token)


def quickest(
    network: nn.Module,
    weights: Path,
    example: Tensor,
    *,
    name: str = "",
    exact: Iterable[str] = (),
    folder: Path | None = None,
) -> Network:
    """A network, or what computes the same more quickly on this machine.

    Measured on one core of a server processor without AMX, as shares of PyTorch's time: ONNX
    Runtime 0.75, integers 0.24 for the detector of centres.

    Args:
        network: in the mode for use; as `Network` says.
        weights: file that it was filled from. Integers are tried where it holds their `RANGES`.
        example: a batch as it will be asked for; others may have more or fewer pictures.
        name: of the network, where the file holds several.
        exact: layers that stay in single precision when the others compute in integers.
        folder: where it is remembered; the user's cache folder by default.

    Returns:
        What takes such a batch; the network itself where nothing is quicker, or nothing can be
        remembered.
    """
    if (seen := _WATCHING.get()) is not None:
        seen.networks[name] = watched(network, example, exact)
        return seen.networks[name]
    folder = folder or platformdirs.user_cache_path("playerid") / "onnx"
    sources = [weights.read_bytes(), name.encode(), _facts(example)]
    others: dict[str, Callable[[], Network]] = {}
    ranges = json.loads(facts_of(weights).get(RANGES, "{}"))
    if name in ranges and can_multiply_int8():
        others["int8"] = lambda: in_int8(network, example, exact, ranges[name])
    others["onnx"] = lambda: _in_onnx(network, example, sources, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)

        def measure(path: Path) -> None:
            path.write_text(json.dumps(compare(network, others, example)), "utf-8")

        found = json.loads(keep("network.json", sources, measure, folder=folder).read_text("utf-8"))
        chosen = choose(found)
        return others[chosen]() if chosen in others else network
    except (ImportError, OSError, RuntimeError) as error:
        logger.info("PyTorch computes, in single precision: %s", error)
        return network


def precision_of(network: Network) -> str:
    """What a network that `quickest` gave computes in: "int8" or "float32"."""
    return "int8" if isinstance(network, GraphModule) else "float32"


def _in_onnx(
    network: nn.Module, example: Tensor, sources: Iterable[bytes], folder: Path
) -> Network:
    return _session(
        keep("network.onnx", sources, lambda path: _export(network, example, path), folder=folder)
    )


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
            network, (example,), path, dynamo=False, opset_version=17,
            input_names=["batch"], dynamic_axes={"batch": {0: "pictures"}},
        )  # fmt: skip


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

    def run(batch: Tensor) -> Any:
        found = tuple(map(torch.from_numpy, session.run(None, {"batch": batch.numpy()})))
        return found if len(found) > 1 else found[0]

    return run


def choose(found: Mapping[str, Mapping[str, float]]) -> str:
    """The quickest way that computes the same; "torch" where no other is clearly quicker."""
    right = [name for name, way in found.items() if _is_same(name, way)]
    first = min(right, key=lambda name: found[name]["seconds"])
    return first if _share(found, first) < QUICKER else "torch"


def _share(found: Mapping[str, Mapping[str, float]], name: str) -> float:
    """The time that a way takes, as a share of PyTorch's."""
    return found[name]["seconds"] / found["torch"]["seconds"]


def _is_same(name: str, way: Mapping[str, float]) -> bool:
    if name == "int8":
        return way["likeness"] > LEAST_LIKENESS
    return way["difference"] < NEAREST


@torch.inference_mode()
def compare(
    network: Network, others: Mapping[str, Callable[[], Network]], example: Tensor
) -> dict[str, dict[str, float]]:
    """Measure ways to compute a network.

    Args:
        network: in PyTorch.
        others: name -> makes the same in another way, tried in this order until one is `QUICK`;
            one that cannot be made is left out.
        example: of whose shape a batch is drawn.

    Returns:
        Name, "torch" for the network -> the least `seconds` of some calls; the largest
        `difference` of a number, and the least `likeness`, the correlation of an output.
    """
    batch = 2 * functional.interpolate(  # smooth, as pictures are
        torch.rand(*example.shape[:2], 6, 8, generator=torch.Generator().manual_seed(0)),
        example.shape[2:],
        mode="bilinear",
    ) - 1  # fmt: skip
    expected = _listed(network(batch))
    found = {"torch": _measured(network, batch, expected)}
    for name, make in others.items():
        try:
            found[name] = _measured(make(), batch, expected)
        except (ImportError, OSError, RuntimeError) as error:
            logger.info("%s cannot compute a network here: %s", name, error)
            continue
        if _is_same(name, found[name]) and _share(found, name) < QUICK:
            break
    return found


def _measured(
    way: Network, batch: Tensor, expected: Iterable[NDArray[np.float32]]
) -> dict[str, float]:
    pairs = list(zip(_listed(way(batch)), expected, strict=True))
    took_s: list[float] = []
    while len(took_s) < 2 or (len(took_s) < 5 and sum(took_s) < ENOUGH_S):
        started_s = time.perf_counter()
        way(batch)
        took_s.append(time.perf_counter() - started_s)
    return {
        "seconds": min(took_s),
        "difference": max(float(np.abs(a - b).max()) for a, b in pairs),
        "likeness": min(float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in pairs),
    }


def _listed(outputs: Any) -> list[NDArray[np.float32]]:
    return [part.numpy() for part in (outputs if isinstance(outputs, tuple) else (outputs,))]
