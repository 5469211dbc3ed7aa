"""A LoRA adapter of SmolVLM2 as one safetensors file, so that a pack can name and check it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from peft.utils import set_peft_model_state_dict
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from playerid.errors import WeightsError

ADAPTER = "playerid.smolvlm2"
"""Key of the metadata that says which layers are adapted, and how."""


def new_adapter(model: Any, facts: Mapping[str, Any]) -> None:
    """Put low-rank layers beside those of a model; only they learn.

    Args:
        model: of SmolVLM2.
        facts: `r`, `lora_alpha` and `target_modules` of peft.

    References:
        Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021.
    """
    inject_adapter_in_model(LoraConfig(**facts), model)


def save_adapter(model: Any, facts: Mapping[str, Any], base: str, path: Path) -> None:
    """Write the adapter of a model.

    Args:
        model: with an adapter.
        facts: that it was made with.
        base: published weights, or a folder in their form, that it belongs to.
        path: safetensors file.
    """
    metadata = {
        ADAPTER: json.dumps(dict(facts)),
        "playerid.backend": "smolvlm2",
        "playerid.parameters": json.dumps({"base": base}),
    }
    state = get_peft_model_state_dict(model)
    save_file({name: value.half().contiguous() for name, value in state.items()}, path, metadata)


def is_adapter(weights: Path) -> bool:
    """Whether a file is what `save_adapter` wrote."""
    if weights.suffix != ".safetensors" or not weights.is_file():
        return False
    try:
        with safe_open(weights, "pt") as file:
            return ADAPTER in (file.metadata() or {})
    except SafetensorError:
        return False


def put_adapter(model: Any, weights: Path) -> None:
    """Give a model the adapter of a file.

    Raises:
        WeightsError: It is of another model.
    """
    with safe_open(weights, "pt") as file:
        facts = json.loads(file.metadata()[ADAPTER])
    try:
        new_adapter(model, facts)
        state = {name: value.to(model.dtype) for name, value in load_file(weights).items()}
        unknown = set_peft_model_state_dict(model, state).unexpected_keys
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{weights.name} is an adapter of another model: {error}") from error
    if unknown:
        raise WeightsError(f"{weights.name} is an adapter of another model: has {unknown[:3]}")
    model.to(model.dtype).eval()
