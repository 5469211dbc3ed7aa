"""Corrections of a game by several people: each replaces the state of the file that they saw."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import ArchiveError, GameError, PlayerIdError
from playerid.game.corrections import (
    Correction,
    Corrections,
    find_problems,
    read_corrections,
    write_corrections,
)
from playerid.operate.hand_corrections import GameBoxes, read_boxes, standing_in
from playerid.operate.renaming import NameChanges, find_changes
from playerid.operate.statements import HandStatement, draft_corrections


class DecidedRows(Protocol):
    """A decided game: rows of `atom_boxes` and of `identities`."""

    @property
    def atom_boxes(self) -> pa.Table:
        """Rows of `atom_boxes`."""

    @property
    def identities(self) -> pa.Table:
        """Rows of `identities`."""


class Decider(Protocol):
    """Decides and publishes games again, without models."""

    def decide(self, entry: Entry, corrections: Sequence[Correction]) -> DecidedRows:
        """Decide a published game with other corrections."""

    def corrections_sha256(self, entry: Entry) -> str | None:
        """SHA-256 of the corrections with which a game was decided; None if there were none."""

    def publish(self, entry: Entry) -> Entry:
        """Publish a game with the corrections that are kept now."""


@dataclass
class WhenNeeded:
    """A decider that is made by the first game that is decided or asked about.

    Attributes:
        make: makes it.
    """

    make: Callable[[], Decider]
    _making: threading.Lock = field(default_factory=threading.Lock, init=False)
    _made: Decider | None = field(default=None, init=False)

    def decide(self, entry: Entry, corrections: Sequence[Correction]) -> DecidedRows:
        """See `Decider`."""
        return self._decider().decide(entry, corrections)

    def corrections_sha256(self, entry: Entry) -> str | None:
        """See `Decider`."""
        return self._decider().corrections_sha256(entry)

    def publish(self, entry: Entry) -> Entry:
        """See `Decider`."""
        return self._decider().publish(entry)

    def _decider(self) -> Decider:
        with self._making:
            if self._made is None:
                self._made = self.make()
            return self._made


class ChangedSince(Exception):  # noqa: N818, somebody was quicker
    """The corrections are others than those that were seen."""


@dataclass
class Correcting:
    """The corrections of an archive's games.

    Attributes:
        archive: where the games are.
        decider: decides games again; None where they can only be looked at.
    """

    archive: Archive
    decider: Decider | None
    _seen: OrderedDict[str, GameBoxes] = field(default_factory=OrderedDict, init=False)
    _versions: OrderedDict[tuple[str, str], tuple[Correction, ...]] = field(
        default_factory=OrderedDict, init=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def boxes(self, entry: Entry, tag: str) -> GameBoxes:
        """The published game that is corrected; the last two are at hand."""
        with self._lock:
            if tag not in self._seen:
                self._seen[tag] = read_boxes(self.archive, entry.game_id, entry)
            self._seen.move_to_end(tag)
            while len(self._seen) > 2:
                self._seen.popitem(last=False)
            return self._seen[tag]

    def read(self, seen: GameBoxes) -> Corrections:
        """The corrections of a game; who is told later that they changed is told how."""
        found = read_corrections(self.archive, seen.game)
        with self._lock:
            self._versions[seen.game.game_id, found.version or ""] = found.items
            while len(self._versions) > 200:
                self._versions.popitem(last=False)
        return found

    def told(self, entry: Entry, seen: GameBoxes, found: Corrections) -> dict[str, Any]:
        """The corrections of a game as JSON, and whether what is published holds them."""
        return {
            "version": found.version or "",
            "is_published": self._is_published(entry, found),
            "corrections": [
                {
                    "index": index,
                    **each.correction.model_dump(mode="json", exclude={"sightings"}),
                    "tracklet_ids": list(each.tracklet_ids),
                    "boxes": each.boxes,
                }
                for index, each in enumerate(standing_in(seen, found.items))
            ],
        }

    def draft(
        self,
        seen: GameBoxes,
        found: Corrections,
        said: Sequence[HandStatement],
        removed: Sequence[int],
        said_by: str | None,
    ) -> list[Correction]:
        """The corrections after some are taken back and others added.

        Raises:
            GameError: There is no such correction or person, or they contradict each other.
        """
        if unknown := [index for index in removed if not 0 <= index < len(found.items)]:
            raise GameError(f"no corrections.{unknown[0]}; there are {len(found.items)}")
        items = [item for index, item in enumerate(found.items) if index not in set(removed)]
        for each in said:
            items += draft_corrections(seen, items, each, said_by)
        if problems := find_problems(items, seen.game):
            raise GameError("\n  ".join(problems))
        return items

    def save(
        self, seen: GameBoxes, found: Corrections, version: str, items: list[Correction]
    ) -> None:
        """Keep corrections in the place of those that were seen.

        Raises:
            ChangedSince: Somebody else changed them.
        """
        if (found.version or "") != version:
            raise ChangedSince
        try:
            write_corrections(self.archive, seen.game, items, found)
        except ArchiveError as error:
            raise ChangedSince from error

    def changed_since(self, seen: GameBoxes, version: str, found: Corrections) -> dict[str, Any]:
        """What somebody else changed since a version: the corrections they added, or took back."""
        before = self._versions.get((seen.game.game_id, version))
        if before is None:
            return {"added": None, "removed": None}
        plain = [
            [c.model_dump(mode="json", exclude={"sightings"}) for c in ours if c not in theirs]
            for ours, theirs in ((found.items, before), (before, found.items))
        ]
        return {"added": plain[0], "removed": plain[1]}

    def preview(self, entry: Entry, seen: GameBoxes, items: Sequence[Correction]) -> dict[str, Any]:
        """What corrections would change in the published rows.

        Raises:
            ArchiveError: The game cannot be decided again here.
        """
        decided = self.need_decider().decide(entry, items)
        changes = find_changes(seen.boxes, decided.atom_boxes, decided.identities)
        return _plain(changes)

    def publish(self, entry: Entry) -> Entry:
        """Publish a game with the corrections that are kept now."""
        return self.need_decider().publish(entry)

    def need_decider(self) -> Decider:
        """What decides games.

        Raises:
            ArchiveError: There is none.
        """
        if self.decider is None:
            raise ArchiveError("games cannot be decided here; start the server with playerid serve")
        return self.decider

    def _is_published(self, entry: Entry, found: Corrections) -> bool | None:
        """Whether what is published holds just these; None if nobody knows, as after an import."""
        try:
            return self.need_decider().corrections_sha256(entry) == found.sha256
        except PlayerIdError:
            return None


def _plain(changes: NameChanges) -> dict[str, Any]:
    plain = asdict(changes)
    plain["players"] = [
        {"player_id": name, "rows_before": before, "rows_after": after}
        for name, (before, after) in changes.players.items()
    ]
    return plain
