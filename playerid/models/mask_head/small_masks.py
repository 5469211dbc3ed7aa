"""Small masks in boxes, by a network of 0.2 M parameters.

It sees a person's box with a little around it, and perhaps where the person's mask was thought to
be, as MaskTrack does, so that it can also follow a mask from frame to frame.

References:
    He et al., Mask R-CNN, ICCV 2017. Perazzi et al., Learning Video Object Segmentation from
    Static Images, CVPR 2017.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from playerid.errors import WeightsError
from playerid.frames.boxes import scale_boxes
from playerid.frames.masks import Mask
from playerid.models.mask_head.patches import GROWN, INPUT_PX, cut_patch, paint_masks
from playerid.models.state import load_state


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class MaskNetwork(nn.Module):
    """(N, 4, 64, 32) pictures with a mask to begin with -> (N, 64, 32) logits.

    The planes are red, green and blue in [-1, 1], and where the person was thought to be in
    [0, 1], zero where nobody knows.
    """

    def __init__(self) -> None:
        """Weights are random."""
        super().__init__()
        self.fine = nn.Sequential(_block(4, 24, 2), _block(24, 24))
        self.middle = nn.Sequential(_block(24, 48, 2), _block(48, 48))
        self.coarse = nn.Sequential(_block(48, 64, 2), _block(64, 64), _block(64, 64))
        self.to_middle = nn.Conv2d(64, 48, 1)
        self.join_middle = _block(48, 48)
        self.to_fine = nn.Conv2d(48, 24, 1)
        self.join_fine = _block(24, 24)
        self.out = nn.Conv2d(24, 4, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        fine = self.fine(pictures)
        middle = self.middle(fine)
        coarse = self.to_middle(self.coarse(middle))
        middle = self.join_middle(middle + _enlarged(coarse))
        fine = self.join_fine(fine + _enlarged(self.to_fine(middle)))
        logits: Tensor = functional.pixel_shuffle(self.out(fine), 2)[:, 0]
        return logits


def _enlarged(planes: Tensor) -> Tensor:
    return functional.interpolate(planes, scale_factor=2.0, mode="bilinear", align_corners=False)


def load_network(weights: Path) -> MaskNetwork:
    """The network of a safetensors file, in the mode of use.

    Raises:
        WeightsError: They are of something else.
    """
    network = MaskNetwork()
    try:
        load_state(network, weights)
    except WeightsError as error:
        raise WeightsError(f"{weights}: expected weights of a mask head: {error}") from error
    return network


def to_planes(pictures: Sequence[NDArray[np.uint8]], priors: Sequence[NDArray[np.uint8]]) -> Tensor:
    """(N, 4, 64, 32) input of the network.

    Args:
        pictures: N times (64, 32, 3) RGB.
        priors: N times (64, 32), 255 where the person is thought to be.
    """
    colours = np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1
    known = np.stack(priors)[:, None].astype(np.float32) / 255
    return torch.from_numpy(np.concatenate([colours, known], axis=1))


class SmallMaskHead:
    """Small masks in boxes: a `MaskHead`."""

    def __init__(self, weights: Path | None) -> None:
        """Load the network.

        Raises:
            WeightsError: There are no weights, or not those of the network.
        """
        if weights is None:
            raise WeightsError("backend 'small_masks' needs weights: name them in the pack")
        self.network = load_network(weights)

    @torch.inference_mode()
    def find_logits(
        self,
        image: NDArray[np.uint8],
        boxes_px: NDArray[np.floating],
        known: Sequence[NDArray[np.uint8]] = (),
    ) -> NDArray[np.float32]:
        """Logits on a grid over each box, grown by `GROWN`.

        Args:
            image: (height, width, 3) RGB.
            boxes_px: (N, 4), pixels.
            known: N times (height, width), 255 where each person is thought to be; empty where
                nobody knows.

        Returns:
            (N, 64, 32) float32; above 0 is inside.
        """
        if not len(boxes_px):
            return np.zeros((0, *INPUT_PX), np.float32)
        grown = scale_boxes(boxes_px, GROWN)
        pictures = [cut_patch(image, box) for box in grown]
        empty = np.zeros(INPUT_PX, np.uint8)
        priors = [cut_patch(m, b) for m, b in zip(known, grown, strict=True)] if known else ()
        planes = to_planes(pictures, priors or [empty] * len(grown))
        return np.asarray(self.network(planes).numpy(), np.float32)

    def find_masks(
        self, image: NDArray[np.uint8], boxes_px: NDArray[np.floating]
    ) -> Sequence[Mask]:
        """Find the mask of the person in each box; see `MaskHead`."""
        return paint_masks(self.find_logits(image, boxes_px), boxes_px, image.shape[:2])
