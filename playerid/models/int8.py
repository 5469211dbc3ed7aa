"""Small networks in 8-bit integers, on processors that multiply them four at a time.

What a layer gives is kept in 256 steps. Where they begin and end was seen on pictures of the
training and stands in the file of the weights, so that every machine computes the same integers.

References:
    Jacob et al., Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference, CVPR 2018.
"""

import copy
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.ao import quantization
from torch.ao.quantization import quantize_fx
from torch.fx import GraphModule

RANGES = "playerid.int8"
"""The fact of weights that holds the ranges of their networks: name -> ranges, as JSON."""
Ranges = Sequence[tuple[float, float]]
"""Least and largest number of each place of a network, in the order of its layers."""


def can_multiply_int8() -> bool:
    """Whether this processor multiplies and adds 8-bit integers in one instruction."""
    return bool(torch.cpu._is_vnni_supported() or torch.cpu._is_amx_tile_supported())


def watched(network: nn.Module, example: Tensor, exact: Iterable[str] = ()) -> GraphModule:
    """A copy of a network that notes the least and the largest number at each place.

    Args:
        network: in the mode for use.
        example: a batch as it will be asked for.
        exact: names of layers that stay in single precision.
    """
    observer = quantization.MinMaxObserver.with_args(dtype=torch.quint8, reduce_range=False)
    how = quantization.QConfig(  # type: ignore[no-untyped-call]
        observer, quantization.default_per_channel_weight_observer
    )
    mapping = quantization.QConfigMapping().set_global(how)
    for name in exact:
        mapping = mapping.set_module_name(name, None)
    # To note where each layer is called from would import PyTorch's compiler, 160 MB.
    fx.config.do_not_emit_stack_traces = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, of what it will do one day
        copied: GraphModule = quantize_fx.prepare_fx(copy.deepcopy(network), mapping, (example,))
    return copied


def ranges_seen(network: nn.Module) -> Ranges:
    """What a `watched` network has noted."""
    return [(float(place.min_val), float(place.max_val)) for place in _places(network)]


def in_int8(network: nn.Module, example: Tensor, exact: Iterable[str], ranges: Ranges) -> nn.Module:
    """The network in integers.

    Args:
        network: in the mode for use; it stays as it is.
        example: a batch as it will be asked for.
        exact: names of layers that stay in single precision, as when the ranges were seen.
        ranges: what `ranges_seen` said.

    Raises:
        RuntimeError: The ranges are of another network.
    """
    prepared = watched(network, example, exact)
    places = _places(prepared)
    if len(places) != len(ranges):
        raise RuntimeError(f"expected ranges of {len(places)} places, came of {len(ranges)}")
    for place, (least, most) in zip(places, ranges, strict=True):
        place.min_val, place.max_val = torch.tensor(least), torch.tensor(most)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, of what it will do one day
        integers: nn.Module = quantize_fx.convert_fx(prepared)
    return integers


def _places(prepared: nn.Module) -> list[Any]:
    return [
        module
        for name, module in prepared.named_modules()
        if name.startswith("activation_post_process")
        and isinstance(module, quantization.MinMaxObserver)
    ]
