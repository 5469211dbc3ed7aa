"""What SAM 2.1 remembers of each person, frame by frame, bounded whatever the length.

The library's video predictor preloads the video, loops over people and never forgets. Here its
network is stepped directly: the same arithmetic, one frame at a time, people with equal histories
together, and nothing kept that the network cannot look at any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor

MANY_FRAMES = 1 << 30  # the network asks how long the video is; nobody knows


@dataclass(frozen=True, slots=True)
class Features:
    """What the image encoder made of V views.

    Attributes:
        maps: per level, from fine to coarse: (places, V, channels).
        positions: likewise, the positions' encodings.
        sizes: per level: (rows, columns).
    """

    maps: list[Tensor]
    positions: list[Tensor]
    sizes: list[tuple[int, int]]

    def take(self, views: Sequence[int]) -> "Features":
        """The features of some views, in that order; a view may stand several times."""
        return Features(
            [_take(level, views) for level in self.maps],
            [_take(level, views) for level in self.positions],
            self.sizes,
        )


def _take(level: Tensor, views: Sequence[int]) -> Tensor:
    """Views of one level; without a copy where the library makes none, which keeps its rounding."""
    if level.shape[1] == 1:
        return level.expand(-1, len(views), -1)
    if list(views) == list(range(views[0], views[0] + len(views))):
        return level[:, views[0] : views[0] + len(views)]
    return level[:, torch.tensor(list(views), device=level.device)]


@dataclass(slots=True)
class History:
    """Memories of one person: frame -> output of the network.

    Attributes:
        prompted: frames in which a box was given.
        carried: frames in which memory alone did the work.
    """

    prompted: dict[int, dict[str, Tensor]] = field(default_factory=dict)
    carried: dict[int, dict[str, Tensor]] = field(default_factory=dict)

    def key(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """People with equal keys go through the network together."""
        return tuple(self.prompted), tuple(self.carried)

    def size(self) -> int:
        """Numbers that are remembered."""
        outputs = [*self.prompted.values(), *self.carried.values()]
        return sum(tensor.numel() for output in outputs for tensor in output.values())


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks of N people in their views.

    Attributes:
        logits: (N, rows, columns), a quarter of the view's side; above 0 is inside.
        scores: (N,) logits of the person being there at all.
    """

    logits: Tensor
    scores: Tensor


class Memory:
    """Steps a network through the frames of a segment."""

    def __init__(
        self,
        network: SAM2Base,
        max_prompts: int = 4,
        batch_size: int = 16,
        kept_as: torch.dtype = torch.bfloat16,
    ) -> None:
        """Start without people.

        Args:
            network: of the library.
            max_prompts: prompted frames that are looked at, the latest ones; at least 2.
            batch_size: people that go through the network together.
            kept_as: kind of number of the spatial memories; bfloat16 is the library's.
        """
        self.network = network
        network.max_cond_frames_in_attn = max_prompts
        self._max_prompts = max_prompts
        self._batch_size, self._kept_as = batch_size, kept_as
        self._places: Tensor | None = None  # encoding of the places of a memory, always the same
        self.histories: dict[int, History] = {}

    def look(self, views: Tensor) -> Features:
        """Encode V normalised square images (V, 3, side, side)."""
        encoded = self.network.forward_image(views)
        _, maps, positions, sizes = self.network._prepare_backbone_features(encoded)
        return Features(maps, positions, sizes)

    def prompt(
        self, frame: int, people: Sequence[int], features: Features, boxes_px: Tensor
    ) -> Masks:
        """Segment people from their boxes, and remember it in place of what memory said.

        Args:
            frame: index that grows by one from frame to frame.
            people: N ids, known or new.
            features: of N views.
            boxes_px: (N, 4) in pixels of the view.
        """
        for person in people:
            self.histories.setdefault(person, History()).carried.pop(frame, None)
        corners = boxes_px.reshape(-1, 2, 2)
        labels = torch.tensor([[2, 3]], dtype=torch.int32, device=boxes_px.device)
        points = {"point_coords": corners, "point_labels": labels.expand(len(people), -1)}
        return self._run(frame, list(range(len(people))), people, features, points)

    def carry(self, frame: int, people: Sequence[int], features: Features) -> Masks:
        """Segment N known people from memory, and remember it; `features` are of N views."""
        groups: dict[object, list[int]] = {}
        for row, person in enumerate(people):
            groups.setdefault(self.histories[person].key(), []).append(row)
        logits: list[Tensor | None] = [None] * len(people)
        scores: list[Tensor | None] = [None] * len(people)
        for rows in groups.values():
            for start in range(0, len(rows), self._batch_size):
                some = rows[start : start + self._batch_size]
                masks = self._run(frame, some, people, features, None)
                for position, row in enumerate(some):
                    logits[row], scores[row] = masks.logits[position], masks.scores[position]
        return Masks(
            torch.stack([row for row in logits if row is not None]),
            torch.stack([row for row in scores if row is not None]),
        )

    def forget(self, person: int) -> None:
        """Drop everything about a person."""
        self.histories.pop(person, None)

    def take_over(self, people: Sequence[int], other: "Memory") -> None:
        """Go on with what another memory of the same network remembers of people."""
        self.histories |= {person: other.histories.pop(person) for person in people}
        self._places = other._places if self._places is None else self._places

    def size(self) -> int:
        """Numbers that are remembered of everybody."""
        return sum(history.size() for history in self.histories.values())

    def prune(self, frame: int) -> None:
        """Drop what no later frame can look at.

        A frame looks at the latest prompted frames, at the spatial memories of the frames just
        before it, and at the pointers of some more frames before it.
        """
        # The network looks at spatial memories and at pointers so far back, and no further.
        next_frame = frame + 1
        oldest_memory = next_frame - (self.network.num_maskmem - 1)
        oldest_pointer = next_frame - (self.network.max_obj_ptrs_in_encoder - 1)
        for history in self.histories.values():
            # Of the prompted frames it looks at the latest; older ones become plain memories.
            latest = sorted(history.prompted)[-self._max_prompts :]
            for old in [t for t in history.prompted if t not in latest]:
                output = history.prompted.pop(old)
                history.carried[old] = output
            # What is behind both limits can never be looked at again.
            for old in [t for t in history.carried if t < min(oldest_memory, oldest_pointer)]:
                del history.carried[old]
            # Between the limits only the pointer is looked at: the large spatial memory goes.
            for t, output in history.carried.items():
                if t < oldest_memory:
                    output.pop("maskmem_features", None)
            history.carried = dict(sorted(history.carried.items()))

    def _run(
        self,
        frame: int,
        rows: list[int],
        people: Sequence[int],
        features: Features,
        points: dict[str, Tensor] | None,
    ) -> Masks:
        # One step of the network for people whose memories are of the same frames.
        histories = [self.histories[people[row]] for row in rows]
        seen = features.take(rows)
        output = self.network.track_step(
            frame_idx=frame,
            is_init_cond_frame=points is not None,
            current_vision_feats=seen.maps,
            current_vision_pos_embeds=seen.positions,
            feat_sizes=seen.sizes,
            point_inputs=points,
            mask_inputs=None,
            output_dict={} if points is not None else self._recall(histories),
            num_frames=MANY_FRAMES,
        )
        self._places = output["maskmem_pos_enc"][-1][:1] if self._places is None else self._places
        # Each person keeps a share of the output: the spatial memory and the pointer.
        for position, history in enumerate(histories):
            kept = history.carried if points is None else history.prompted
            one = slice(position, position + 1)
            kept[frame] = {
                "maskmem_features": output["maskmem_features"][one].to(self._kept_as),
                "obj_ptr": output["obj_ptr"][one],
            }
        return Masks(output["pred_masks"][:, 0].float(), output["object_score_logits"][:, 0])

    def _recall(self, histories: list[History]) -> dict[str, dict[int, dict[str, object]]]:
        """The memories of people with equal histories, in the form the network reads."""
        first = histories[0]
        return {
            "cond_frame_outputs": {
                t: self._join([history.prompted[t] for history in histories])
                for t in first.prompted
            },
            "non_cond_frame_outputs": {
                t: self._join([history.carried[t] for history in histories]) for t in first.carried
            },
        }

    def _join(self, outputs: list[dict[str, Tensor]]) -> dict[str, object]:
        joined: dict[str, object] = {"obj_ptr": torch.cat([o["obj_ptr"] for o in outputs])}
        if all("maskmem_features" in output for output in outputs):
            assert self._places is not None
            joined["maskmem_features"] = torch.cat([o["maskmem_features"] for o in outputs])
            joined["maskmem_pos_enc"] = [self._places.expand(len(outputs), -1, -1, -1)]
        return joined
