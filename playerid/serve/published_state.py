"""What is published now: one state of the catalog, taken whole, and taken anew once it moved."""

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.archive.catalog import read_catalog
from playerid.archive.entry import Entry
from playerid.archive.verify import whole_games


@dataclass(frozen=True)
class PublishedState:
    """The games that were published at one moment.

    Attributes:
        entries: game -> its entry.
        tags: game -> what tells this publication of it from every other.
        left_out: path of an entry, or game, that is damaged -> what is wrong.
    """

    entries: Mapping[str, Entry]
    tags: Mapping[str, str]
    left_out: Mapping[str, str]

    @cached_property
    def tag(self) -> str:
        """What tells this state from every other."""
        return digest(json.dumps([sorted(self.tags.items()), sorted(self.left_out)]))


@dataclass
class CurrentState:
    """The state that is published now, at most a moment old.

    Attributes:
        archive: where the games are.
        look_every_s: the catalog is listed again after so long.
    """

    archive: Archive
    look_every_s: float = 1.0
    _state: PublishedState | None = field(default=None, init=False)
    _listed: dict[str, str] = field(default_factory=dict, init=False)
    _looked_at_s: float = field(default=-float("inf"), init=False)
    _looking: threading.Lock = field(default_factory=threading.Lock, init=False)

    def now(self) -> PublishedState:
        """The state; while one caller looks whether it moved, the others have the one before."""
        if (state := self.at_hand()) is not None:
            return state
        state = self._state
        if state is not None and not self._looking.acquire(blocking=False):
            return state
        if state is None:
            self._looking.acquire()
        try:
            return self._look()
        finally:
            self._looking.release()

    def at_hand(self) -> PublishedState | None:
        """The state, if it was looked at just now; it takes no time."""
        is_recent = time.monotonic() - self._looked_at_s < self.look_every_s
        return self._state if is_recent else None

    def look(self) -> PublishedState:
        """The state as it is at this moment, as after a publication."""
        with self._looking:
            return self._look()

    def _look(self) -> PublishedState:
        listed: dict[str, str] = {}
        for season in self.archive.seasons():
            listed |= self.archive.versions(layout.season_folder(season), ".json")
        if self._state is None or listed != self._listed:
            self._state = self._read(self._state)
            self._listed = listed
        self._looked_at_s = time.monotonic()
        return self._state

    def _read(self, before: PublishedState | None) -> PublishedState:
        found = read_catalog(self.archive)
        known = before.entries if before else {}
        same = {e.game_id for e in found.entries if known.get(e.game_id) == e}
        changed = [entry for entry in found.entries if entry.game_id not in same]
        whole = {entry.game_id for entry in whole_games(self.archive, changed)}
        entries = {e.game_id: e for e in found.entries if e.game_id in same or e.game_id in whole}
        tags = {
            game_id: before.tags[game_id] if before and game_id in same else tag_of(entry)
            for game_id, entry in entries.items()
        }
        why = "a published file is missing or cut off"
        left_out = {e.game_id: why for e in changed if e.game_id not in whole}
        return PublishedState(entries, tags, {**found.damaged, **left_out})


def tag_of(entry: Entry) -> str:
    """What tells a publication of a game from every other."""
    return digest(json.dumps(entry.to_json(), sort_keys=True))


def digest(text: str) -> str:
    """What tells a text from every other."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
