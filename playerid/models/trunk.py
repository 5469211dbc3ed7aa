"""The convolutional trunk that the court's keypoints and the detector of centres share."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock
from torchvision.ops import FeaturePyramidNetwork

STRIDE = 4
"""Pixels of the input per cell of the finest map."""
WIDTHS = (32, 64, 128, 192)
"""Channels of the four stages of the encoder."""
BLOCKS = (2, 2, 2, 3)
"""Residual blocks of the four stages."""
PYRAMID_WIDTH = 64
"""Channels of the finest map."""


class PyramidTrunk(nn.Module):
    """Residual encoder and feature pyramid; a network is this trunk with heads of its own.

    A network inherits it instead of holding it, so that its weights keep the names they have in
    the shipped files.
    """

    def __init__(self) -> None:
        super().__init__()
        last = WIDTHS[-1]
        self.stem = nn.Sequential(
            nn.Conv2d(3, 24, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU()
        )
        self.stages = nn.ModuleList(
            _residual_stage(inputs, outputs, blocks)
            for inputs, outputs, blocks in zip((24, *WIDTHS[:-1]), WIDTHS, BLOCKS, strict=True)
        )
        self.context = nn.Linear(last, last)
        self.pyramid = FeaturePyramidNetwork(list(WIDTHS), PYRAMID_WIDTH)
        self.smooth = BasicBlock(PYRAMID_WIDTH, PYRAMID_WIDTH)

    def features(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Look at images (B, 3, H, W) of `to_tensor`.

        Returns:
            The finest map (B, 64, H / 4, W / 4), which knows the whole picture; and the mean of
            the coarsest one (B, 192).
        """
        features = self.stem(images)
        levels: dict[str, Tensor] = {}
        for index, stage in enumerate(self.stages):
            features = stage(features)
            levels[str(index)] = features
        whole = features.mean(dim=(2, 3))
        levels[str(len(self.stages) - 1)] = features + self.context(whole)[:, :, None, None]
        return self.smooth(self.pyramid(levels)["0"]), whole


def _residual_stage(inputs: int, outputs: int, blocks: int) -> nn.Sequential:
    """Residual blocks, the first of which halves the resolution."""
    shortcut = nn.Sequential(
        nn.Conv2d(inputs, outputs, 1, stride=2, bias=False), nn.BatchNorm2d(outputs)
    )
    first = BasicBlock(inputs, outputs, stride=2, downsample=shortcut)
    return nn.Sequential(first, *(BasicBlock(outputs, outputs) for _ in range(blocks - 1)))


def to_tensor(images: Sequence[NDArray[np.uint8]], width_px: int, height_px: int) -> Tensor:
    """Resize RGB images to a network's input, (B, 3, height, width), about -2 to 2."""
    size = (width_px, height_px)
    resized = [
        image
        if image.shape[:2] == (height_px, width_px)
        else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        for image in images
    ]
    return torch.from_numpy(np.stack(resized)).permute(0, 3, 1, 2).float() / 64 - 2
