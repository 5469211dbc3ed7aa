"""People linked by how they move, and by their masks where they overlap."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from playerid.errors import WeightsError
from playerid.models.detector import Detections
from playerid.models.mask_head.small_masks import SmallMaskHead
from playerid.models.tracker import TrackedPeople
from playerid.models.tracker.head_follower import HeadFollower
from playerid.models.tracker.motion import MotionTracker
from playerid.models.tracker.window_masks import MaskFollower, WindowCosts

FOLLOWERS = ("mask_head", "sam2")


class WindowTracker:
    """A `MotionTracker` that decides overlaps by masks, in windows: see `Windows`."""

    def __init__(
        self,
        weights: Path | None,
        *,
        follower: str = "mask_head",
        variant: str = "",
        side_px: int = 0,
        split_iou: float = 0.4,
        distinct: float = 30.0,
    ) -> None:
        """Load the network.

        Args:
            weights: of a mask head, or of SAM 2.1.
            follower: who carries masks through windows, one of `FOLLOWERS`.
            variant: of published weights of SAM 2.1: "tiny", "small", "base+" or "large".
            side_px: side of a published network's input, to which windows are brought; 0 is 256:
                people in a window are seldom higher.
            split_iou: of `MotionTracker`.
            distinct: of `MotionTracker`.

        Raises:
            WeightsError: There is no such follower, or the weights are not its own.
        """
        if follower not in FOLLOWERS:
            raise WeightsError(f"unknown follower {follower!r}: expected one of {FOLLOWERS}")
        if weights is None:
            raise WeightsError("backend 'windows' needs weights: of a mask head, or of SAM 2.1")
        better = 0.15
        if follower == "sam2":
            better = 0.5  # below, the small network exchanges more people than it puts right
        self._tracker = MotionTracker(
            split_iou=split_iou,
            distinct=distinct,
            follower=load_follower(follower, weights, variant, side_px),
            better=better,
        )

    @property
    def costs(self) -> WindowCosts:
        """What the windows have taken so far."""
        return self._tracker.costs

    def start_segment(self, frames_per_second: float) -> None:
        """Forget everybody; see `Tracker`."""
        self._tracker.start_segment(frames_per_second)

    def update(self, image: NDArray[np.uint8], people: Detections) -> TrackedPeople:
        """Take the next sampled frame; see `Tracker`."""
        return self._tracker.update(image, people)


def load_follower(follower: str, weights: Path, variant: str, side_px: int) -> MaskFollower:
    """Who carries masks through windows; arguments as of `WindowTracker`."""
    if follower == "mask_head":
        return HeadFollower(SmallMaskHead(weights))
    from playerid.models.precision import precision_of  # noqa: PLC0415, as the next
    from playerid.models.tracker.sam2_follower import SAM2Follower  # noqa: PLC0415, sam2: seconds
    from playerid.models.tracker.sam2_network import load_network  # noqa: PLC0415

    network, _ = load_network(weights, variant, side_px or 256)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    precision = torch.float32 if device.type == "cpu" else precision_of("auto", device)
    return SAM2Follower(network.to(device), precision)
