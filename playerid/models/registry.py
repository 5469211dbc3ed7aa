"""Third-party models behind our protocols; the only home of deep-learning packages.

A backend is a class with the methods of its protocol and the constructor
`Backend(weights: Path | None, **parameters)`.
"""

import importlib
import sys
from pathlib import Path
from threading import RLock
from typing import Any

from playerid.errors import WeightsError
from playerid.models.packs import Model
from playerid.models.pretrained import fetch_pretrained, known_weights, weights_named

BACKENDS = {
    "centres": "playerid.models.detector.centres:CentreDetector",
    "rfdetr": "playerid.models.detector.rfdetr:RFDETRDetector",
    "motion": "playerid.models.tracker.motion:MotionTracker",
    "windows": "playerid.models.tracker.windowed:WindowTracker",
    "sam2": "playerid.models.tracker.sam2:SAM2Tracker",
    "small_masks": "playerid.models.mask_head.small_masks:SmallMaskHead",
    "siglip": "playerid.models.team_embedder.siglip:SigLIPEmbedder",
    "colour": "playerid.models.team_embedder.colour:ColourEmbedder",
    "resnet": "playerid.models.number_reader.resnet:ResNetNumberReader",
    "torso": "playerid.models.torso_reader.find_and_read:TorsoNumberReader",
    "smolvlm2": "playerid.models.number_reader.smolvlm2:SmolVLM2NumberReader",
    "keypoints": "playerid.models.court.keypoints:KeypointCourtModel",
    "rapidocr": "playerid.models.text_reader.rapidocr:RapidOCRReader",
}

_LOADING = RLock()
"""Threads that import packages of deep learning side by side lock one another."""


def load(model: Model, cache: Path) -> Any:
    """Build the backend of a model from its verified weights, one at a time in a process.

    Args:
        model: of a pack.
        cache: where fetched weights are kept.

    Returns:
        An object with the methods of the job's protocol.

    Raises:
        WeightsError: Unknown backend, missing package, or weights that are not the named ones.
    """
    parameters = dict(model.parameters)
    if isinstance(base := parameters.get("base"), str) and base in known_weights():
        parameters["base"] = str(fetch_pretrained(weights_named(base), cache))
    with _LOADING:
        return backend_of(model)(model.local_weights(cache), **parameters)


def backend_of(model: Model) -> Any:
    """The class of the backend of a model; its packages are imported.

    Raises:
        WeightsError: Unknown backend, or missing package.
    """
    if model.backend not in BACKENDS:
        raise WeightsError(f"unknown backend {model.backend!r}: expected one of {list(BACKENDS)}")
    module_name, class_name = BACKENDS[model.backend].split(":")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise WeightsError(
            f"backend {model.backend!r} needs {error.name!r}: pip install 'playerid[all]'"
        ) from error
    return getattr(module, class_name)


def holds_gpu() -> bool:
    """Whether models run on a GPU in this process; False as long as none needed torch."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_available())


def device_name() -> str:
    """The device that models run on here: the first GPU's name, or the CPU and its threads."""
    import torch  # noqa: PLC0415, seconds

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    return f"CPU, {torch.get_num_threads()} threads"
