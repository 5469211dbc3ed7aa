"""What a torso reader is shown: bodies that are dressed, rendered, and labelled by hand."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from playerid.training.number_crops import Crops
from playerid.training.torso_pictures import NO_BOX, Picture, Rng, Seen, Torsos, dress, film
from playerid.training.torso_sources import (
    read_hand_labels,
    read_people,
    read_torsos,
    recording_of,
)

Bodies = dict[tuple[str, int], Picture]
FRAMES = "players_train"


def is_aside(image_id: str, parts: int = 6) -> bool:
    """Whether a labelled frame is kept to calibrate on: whole stretches of recordings are."""
    digest = hashlib.md5(recording_of(image_id).encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) % parts == 0


@dataclass(slots=True)
class Supply:
    """Everything there is to learn from.

    Attributes:
        players: upper bodies of real players, to be dressed.
        referees: of real referees, whose small numbers nobody reads.
        labels: what people read on players; "" where they could not.
        crops: real number crops, upright.
        rendered: upper bodies of rendered games.
        pool: dressed bodies that are shown more than once.
        pool_size: of them, when it is full; the oldest give way.
    """

    players: Bodies
    referees: list[Picture]
    labels: dict[tuple[str, int], str]
    crops: Crops
    rendered: Torsos = field(default_factory=Torsos)
    pool: list[Seen] = field(default_factory=list)
    pool_size: int = 4000
    _added: int = 0

    def dress_more(self, rng: Rng, count: int) -> None:
        """Put more dressed bodies into the pool."""
        counts = Counter(self.crops.numbers)
        weights = np.array([counts[number] ** -0.5 for number in self.crops.numbers])
        bare = [key for key in self.players if self.labels.get(key) == ""]
        keys = list(self.players)
        for _ in range(count):
            from_bare = len(bare) > 60 and rng.random() < 0.8
            key = (bare if from_bare else keys)[rng.integers(len(bare if from_bare else keys))]
            crop = Crops()
            if len(weights):
                crop = self.crops.subset(rng.choice(len(weights), 1, p=weights / weights.sum()))
            dressed = dress(rng, self.players[key], crop)
            if len(self.pool) < self.pool_size:
                self.pool.append(dressed)
            else:
                self.pool[self._added % self.pool_size] = dressed
            self._added += 1

    def draw_batch(self, rng: Rng, shares: "Shares") -> list[Seen]:
        """Upper bodies as broadcasts show them, of every kind that there is."""
        batch: list[Seen] = []

        def show(count: int, make: Callable[[], Seen], near: bool = False) -> None:
            taken = 0
            while taken < count:
                drawn = make()
                width = min(drawn[0].shape[1], 90)
                span = (0.8 * width, 1.3 * width) if near else (22.0, 80.0)
                if (seen := film(rng, drawn, width_px=span)) is not None:
                    batch.append(seen)
                    taken += 1

        show(shares.dressed, lambda: self.pool[rng.integers(len(self.pool))])
        if self.rendered.numbers:
            show(shares.rendered, lambda: self.rendered.at(int(rng.integers(len(self.rendered)))))
        known = [
            [key for key, n in self.labels.items() if bool(n) == is_read] for is_read in (1, 0)
        ]
        if all(known):
            show(shares.labelled, lambda: self._labelled(rng, known), near=True)
        if self.referees:
            referees = self.referees
            show(shares.referees, lambda: (referees[rng.integers(len(referees))], "", NO_BOX))
        return batch

    def _labelled(self, rng: Rng, known: list[list[tuple[str, int]]]) -> Seen:
        keys = known[0] if rng.random() < 0.55 else known[1]
        key = keys[rng.integers(len(keys))]
        return self.players[key], self.labels[key], NO_BOX


@dataclass(frozen=True, slots=True)
class Shares:
    """How many bodies of each kind are in a batch."""

    dressed: int = 24
    rendered: int = 12
    labelled: int = 12
    referees: int = 3


def read_supply(data_dir: Path, crops: Crops) -> tuple[Supply, Torsos]:
    """What is there to learn from, and the labelled bodies that are set aside.

    Rendered bodies are not read: see `read_rendered`.
    """
    players = read_people(data_dir, FRAMES)
    labels = {key: n for key, n in read_hand_labels().items() if key in players}
    aside = [key for key in labels if is_aside(key[0])]
    kept = Torsos(
        [players[key] for key in aside], [labels[key] for key in aside], [NO_BOX] * len(aside)
    )
    referees = read_people(data_dir, FRAMES, label="referee")
    return (
        Supply(
            {key: body for key, body in players.items() if not is_aside(key[0])},
            [body for key, body in referees.items() if not is_aside(key[0])],
            {key: number for key, number in labels.items() if not is_aside(key[0])},
            crops,
        ),
        kept,
    )


def read_rendered(folder: Path) -> Torsos:
    """The upper bodies of all files that a rendering process has left in a folder."""
    return sum((read_torsos(file) for file in sorted(folder.glob("*.parquet"))), Torsos())
