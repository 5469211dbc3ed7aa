"""Masks made from boxes, by the image predictor of SAM 2.1."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from sam2.sam2_image_predictor import SAM2ImagePredictor

from playerid.errors import LabelsError
from playerid.frames.masks import encode_mask
from playerid.models.precision import fast_precision, in_precision
from playerid.models.pretrained import fetch_pretrained, weights_named
from playerid.models.tracker.sam2_network import load_network
from playerid.scores.coco_labels import Annotation
from playerid.training.start import best_device


class BoxMasks:
    """A `Masker`: SAM 2.1 is shown a picture and its boxes, and draws what is in them.

    Args:
        weights: of SAM 2.1 small, or of a small network of this package (`.safetensors`).
    """

    def __init__(self, weights: Path) -> None:
        variant = "" if weights.suffix == ".safetensors" else "small"
        network, _ = load_network(weights, variant, 0)
        self._device = best_device()
        self._predictor = SAM2ImagePredictor(network.to(self._device))
        side_px = network.image_size
        self._predictor._bb_feat_sizes = [(side_px // part,) * 2 for part in (4, 8, 16)]
        on_cpu = self._device.type == "cpu"
        self._precision = torch.float32 if on_cpu else fast_precision(self._device)

    def __call__(self, picture: Path, boxes: Sequence[Annotation]) -> list[dict[str, Any]]:
        """A run-length mask for each box."""
        if not boxes:
            return []
        image = cv2.imread(str(picture))
        if image is None:
            raise LabelsError(f"{picture}: is no picture")
        corners = np.array([[x, y, x + w, y + h] for x, y, w, h in (made.bbox for made in boxes)])
        with torch.inference_mode(), in_precision(self._device, self._precision):
            self._predictor.set_image(np.ascontiguousarray(image[..., ::-1]))
            masks, _, _ = self._predictor.predict(box=corners, multimask_output=False)
        shape = image.shape[:2]
        return [
            {"size": list(shape), "counts": encode_mask(mask).decode("ascii")}
            for mask in masks.reshape(-1, *shape) > 0
        ]


def box_masks(choice: str, cache: Path) -> BoxMasks:
    """What makes masks: "sam2" is SAM 2.1 small as published; or a file of weights."""
    if choice != "sam2":
        return BoxMasks(Path(choice))
    return BoxMasks(fetch_pretrained(weights_named("sam2-1-small"), cache))
