"""In which precision a device computes: one answer for every backend and every training."""

from functools import cache

import torch


def precision_of(name: str, device: str | torch.device) -> torch.dtype:
    """The precision that a pack names: "auto" is the one that the device is fast at.

    Args:
        name: "auto", "float32", "bfloat16" or "float16".
        device: as torch names it.
    """
    return fast_precision(device) if name == "auto" else getattr(torch, name)


def fast_precision(device: str | torch.device) -> torch.dtype:
    """The precision that a device is fast at, for the parts of a network that bear rounding."""
    where = torch.device(device)
    if where.type == "cuda":
        return gpu_precision(torch.cuda.get_device_capability(where))
    return _cpu_precision()


def gpu_precision(capability: tuple[int, int]) -> torch.dtype:
    """float16 from compute capability 7.0 (V100, T4), bfloat16 from 8.0, float32 before.

    A T4 (7.5) emulates bfloat16 at less than half the speed of float32, while
    `torch.cuda.is_bf16_supported()` says yes.
    """
    if capability >= (8, 0):
        return torch.bfloat16
    return torch.float16 if capability >= (7, 0) else torch.float32


@cache
def _cpu_precision() -> torch.dtype:
    """bfloat16 where the processor has instructions for it, which run matrix products faster.

    Measured on one core of a processor with AMX: a product of 512 x 512 matrices takes 0.25 of
    float32's time, a convolution of 64 channels 0.48. Without such instructions it is emulated.
    """
    has_instructions = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if has_instructions else torch.float32


def training_precision(device: str | torch.device) -> torch.dtype:
    """The precision of the forward pass of a training whose losses are not scaled.

    float16 loses small gradients unless losses are scaled, so where a GPU has no bfloat16, the
    training is in float32. On a CPU it is bfloat16, as the shipped weights were trained.
    """
    where = torch.device(device)
    if where.type == "cuda" and fast_precision(where) != torch.bfloat16:
        return torch.float32
    return torch.bfloat16


def in_precision(device: str | torch.device, precision: torch.dtype) -> torch.autocast:
    """Compute a block in a precision; nothing is changed for float32."""
    kind = torch.device(device).type
    if precision == torch.float32:
        return torch.autocast(kind, enabled=False)
    return torch.autocast(kind, precision)
