"""Who carries masks through windows by the memory of a SAM 2.1."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from sam2.modeling.sam2_base import SAM2Base

from playerid.frames.masks import Mask
from playerid.models.precision import in_precision
from playerid.models.tracker.sam2_memory import Features, Masks, Memory
from playerid.models.tracker.sam2_views import (
    FrameWindow,
    bring_back,
    cut_view,
    normalise,
)
from playerid.models.tracker.window_masks import Boxes, Look

LAST_FRAME = 1 << 20  # frames are counted down from here where time runs backwards


class SAM2Follower:
    """Carries masks by the memory of a SAM 2.1: a `MaskFollower`."""

    def __init__(self, network: SAM2Base, precision: torch.dtype = torch.float32) -> None:
        """Follow with a network, on the device on which it is."""
        self._network, self._precision = network, precision

    def begin(self, *, backwards: bool = False) -> "SAM2Session":
        """A session that knows nobody."""
        return SAM2Session(self._network, self._precision, backwards=backwards)


class SAM2Session:
    """One window of a `SAM2Follower`: a `MaskSession`."""

    def __init__(self, network: SAM2Base, precision: torch.dtype, *, backwards: bool) -> None:
        """Begin with nobody."""
        self.memory = Memory(network)
        self._network, self._precision, self._backwards = network, precision, backwards
        self._device = next(network.parameters()).device

    @torch.inference_mode()
    def prompt(self, look: Look, people: Mapping[int, Boxes]) -> None:
        """Say where people are; see `MaskSession`."""
        if not people:
            return
        boxes = look.to_picture(np.stack(list(people.values())))
        corners = _square(look).to_view(boxes, self._network.image_size)
        with in_precision(self._device, self._precision):
            features = self._encode(look).take([0] * len(people))
            self.memory.prompt(
                self._time(look), list(people), features, torch.from_numpy(corners).to(self._device)
            )

    @torch.inference_mode()
    def carry(self, look: Look) -> dict[int, Mask]:
        """The masks of everybody in the next picture; see `MaskSession`."""
        people = list(self.memory.histories)
        if not people:
            return {}
        with in_precision(self._device, self._precision):
            features = self._encode(look).take([0] * len(people))
            found = self.memory.carry(self._time(look), people, features)
        self.memory.prune(self._time(look))
        return dict(zip(people, _apart(found, look), strict=True))

    def trust(self, pair: tuple[int, int]) -> float:
        """It remembers everybody."""
        return float(all(one in self.memory.histories for one in pair))

    def drop(self, person: int) -> None:
        """Forget somebody."""
        self.memory.forget(person)

    def join(self, other: "SAM2Session") -> None:
        """Take over the people of another session."""
        self.memory.take_over(list(other.memory.histories), other.memory)

    def split(self, people: Sequence[int]) -> "SAM2Session":
        """Give some of the people to a session of their own."""
        part = SAM2Session(self._network, self._precision, backwards=self._backwards)
        part.memory.take_over(people, self.memory)
        return part

    def _time(self, look: Look) -> int:
        return LAST_FRAME - look.frame if self._backwards else look.frame

    def _encode(self, look: Look) -> Features:
        """What the network sees in a picture; it is encoded once."""
        if "sam2" not in look.known:
            picture = cut_view(look.picture, _square(look), self._network.image_size)
            look.known["sam2"] = self.memory.look(normalise([picture]).to(self._device))
        features = look.known["sam2"]
        assert isinstance(features, Features)
        return features


def _square(look: Look) -> FrameWindow:
    """The square around a picture; what is beyond its edges is black."""
    height, width = look.picture.shape[:2]
    side = max(height, width)
    return FrameWindow((width - side) // 2, (height - side) // 2, side, side)


def _apart(found: Masks, look: Look) -> list[Mask]:
    """Masks in the pixels of a picture; each belongs to the highest logit."""
    shape, square = (look.picture.shape[0], look.picture.shape[1]), _square(look)
    planes = [bring_back(plane.cpu().numpy(), square, shape).logits for plane in found.logits]
    best = np.max(planes, axis=0)
    return [(plane > 0) & (plane >= best) for plane in planes]
