"""The convolutional trunk that the court's keypoints and the detector of centres share."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 4
"""Pixels of the input per cell of the finest map."""
WIDTHS = (32, 64, 128, 192)
"""Channels of the four stages of the encoder."""
BLOCKS = (2, 2, 2, 3)
"""Residual blocks of the four stages."""
PYRAMID_WIDTH = 64
"""Channels of the finest map."""


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut.

    torchvision has the same, but to import it takes a process 1.2 s and 160 MB: it brings PyTorch's
    compiler with it.

    References:
        He et al., Deep Residual Learning for Image Recognition, CVPR 2016, section 3.3.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        found = functional.relu(self.bn1(self.conv1(features)))
        return functional.relu(self.bn2(self.conv2(found)) + self.downsample(features))


class FeaturePyramid(nn.Module):
    """Carries what coarse maps know down to the finest.

    References:
        Lin et al., Feature Pyramid Networks for Object Detection, CVPR 2017, section 3.
    """

    def __init__(self, widths: Sequence[int], outputs: int) -> None:
        super().__init__()
        self.laterals = nn.ModuleList(nn.Conv2d(width, outputs, 1) for width in widths)
        self.finest = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, levels: Sequence[Tensor]) -> Tensor:
        """Maps (B, widths, H, W), the finest first, to one as fine as that."""
        *finer, coarsest = (
            lateral(level) for lateral, level in zip(self.laterals, levels, strict=True)
        )
        merged = coarsest
        for level in reversed(finer):
            merged = level + functional.interpolate(merged, size=level.shape[-2:])
        finest: Tensor = self.finest(merged)
        return finest


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
        self.pyramid = FeaturePyramid(WIDTHS, PYRAMID_WIDTH)
        self.smooth = ResidualBlock(PYRAMID_WIDTH, PYRAMID_WIDTH)

    def features(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Look at images (B, 3, H, W) of `to_tensor`.

        Returns:
            The finest map (B, 64, H / 4, W / 4), which knows the whole picture; and the mean of
            the coarsest one (B, 192).
        """
        features = self.stem(images)
        levels = []
        for stage in self.stages:
            features = stage(features)
            levels.append(features)
        whole = features.mean(dim=(2, 3))
        levels[-1] = features + self.context(whole)[:, :, None, None]
        return self.smooth(self.pyramid(levels)), whole


def _residual_stage(inputs: int, outputs: int, blocks: int) -> nn.Sequential:
    """Residual blocks, the first of which halves the resolution."""
    first = ResidualBlock(inputs, outputs, stride=2)
    return nn.Sequential(first, *(ResidualBlock(outputs, outputs) for _ in range(blocks - 1)))


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
