"""What processes do that are killed in tests, and how an archive must be afterwards."""

import hashlib
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

from playerid.archive import catalog, layout
from playerid.archive.archive import Archive
from playerid.archive.sweep import find_leftovers, sweep
from playerid.game.corrections import read_corrections
from playerid.game.inputs import stored_game
from playerid.models.packs import load_pack
from playerid.operate import quarantine
from playerid.operate.compare import published_rows
from playerid.operate.hand_corrections import add_correction
from playerid.scores.promotion import write_promoted
from tests.flows.killing import BEFORE, HALF, UNSEEN, Moment, Relay, die_at

PARQUET, ENTRY = r"/tables/.*\.parquet", r"/catalog/[^/]*/[^/]*\.json"
ENTRY_OR_PARTIAL = ENTRY + r"|/catalog/[^/]*/\.[^/]*\.partial"
PUBLISHING = {
    "half of a Parquet": Moment("write", PARQUET, HALF, 5),
    "between writing and committing": Moment("write", ENTRY_OR_PARTIAL, BEFORE),
    "half of the entry": Moment("write", ENTRY_OR_PARTIAL, HALF),
    "committed, and nobody was told": Moment("write", ENTRY, UNSEEN),
}
"""Moments of publishing, of any store."""


@dataclass(frozen=True)
class Place:
    """An archive with a game, and how its processes reach it.

    Attributes:
        archive: the archive.
        game_id: the game.
        pack: file or name of the model pack.
        relay: on the way to an object store; None for a folder.
        environment: what processes find in their environment.
    """

    archive: Archive
    game_id: str
    pack: str
    relay: Relay | None
    environment: dict[str, str]

    def kill(self, job, moment: Moment, *arguments) -> bool:
        """Do a job in a process that dies at a moment; whether it did."""
        child, begin = self._start(job, None if self.relay else moment, arguments)
        if self.relay:
            self.relay.kill_at(moment, child.pid)
        begin.send("begin")
        child.join()
        return self._is_dead(child)

    def kill_after(self, job, seconds: float, *arguments) -> bool:
        """Do a job in a process that is killed so many seconds later; whether it still ran."""
        child, begin = self._start(job, None, arguments)
        begin.send("begin")
        child.join(seconds)
        child.kill()
        child.join()
        return self._is_dead(child)

    def _start(self, job, dies, arguments):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.flows.victims", "flows.process_game"])
        begin, end = context.Pipe()
        known = self.archive.url, self.game_id, self.pack
        child = context.Process(
            target=_do, args=(job, self.environment, end, dies, known, arguments)
        )
        child.start()
        return child, begin

    def _is_dead(self, child) -> bool:
        for mark in self.archive.find(layout.marks_folder(self.game_id)):
            self.archive.remove(mark)  # after three kills the game is set aside
        assert child.exitcode in {0, -9, -25}, child.exitcode
        return child.exitcode != 0

    def records(self) -> dict[str, str]:
        """Record of each finished step -> its version."""
        return self.archive.versions(layout.records_folder(self.game_id), ".json")

    def unpublish(self) -> None:
        """Forget what was published; what the steps made is still known."""
        for folder in ("tables", "catalog", "runs", "corrections", "index", "pictures"):
            for path in self.archive.find(folder):
                self.archive.remove(path)

    def assert_never_torn(self, undisturbed) -> None:
        """Readers find the whole game, or none."""
        entries = catalog.read_catalog(self.archive)
        assert entries.damaged == {}
        if entries.entries:
            assert published_rows(self.archive, self.game_id) == undisturbed

    def assert_whole(self, undisturbed) -> None:
        """One published game as of an undisturbed run, and no trace once it was swept."""
        sweep(self.archive, find_leftovers(self.archive, min_age_s=0))
        rows = published_rows(self.archive, self.game_id)
        assert [name for name in undisturbed if rows.get(name) != undisturbed[name]] == []
        assert rows.keys() == undisturbed.keys()
        assert [entry.game_id for entry in catalog.entries(self.archive)] == [self.game_id]
        assert quarantine.find_all(self.archive) == {}
        assert [path for path in self.archive.find("") if layout.is_trace(path)] == []
        assert find_leftovers(self.archive, min_age_s=0) == []
        assert self.archive.names(layout.marks_folder(self.game_id)) == []


def _do(job, environment, begin, dies, known, arguments) -> None:
    os.environ.update(environment)
    begin.recv()
    url, game_id, pack = known
    if dies:
        die_at(dies)
    job(Archive(url), game_id, pack, *arguments)


def publish(archive, game_id, pack) -> None:
    """Process a game; whatever is known of it is not computed again."""
    from flows.process_game import process_game
    from tasks.platform.here import run
    from tasks.platform.settings import Settings
    from tests.flows.blank import use_blank

    use_blank()
    run(process_game, game_id, Settings(archive_url=archive.url, pack=pack))


def sweep_all(archive, game_id, pack) -> None:
    """Remove every leftover."""
    sweep(archive, find_leftovers(archive, min_age_s=0))


def correct(archive, game_id, pack, tracklet_id, who) -> None:
    """Say who a tracklet is."""
    add_correction(archive, game_id, tracklet_id, who)


def promote(archive, game_id, pack, job, candidate, to) -> None:
    """Put new weights into a pack."""
    write_promoted(str(to), job, candidate, to)


PACK_OF_ONE = """
[number_reader]
backend = "blank-reader"
weights = "old.safetensors"
sha256 = "{sha256}"
"""


def write_pack(folder: Path) -> tuple[Path, Path, tuple[str, str]]:
    """A pack whose reader has weights of 1,000 bytes, and others: (pack, others, digests)."""
    (folder / "pack").mkdir()
    files = {folder / "pack/old.safetensors": b"o" * 1000, folder / "new.safetensors": b"n" * 9000}
    for path, content in files.items():
        path.write_bytes(content)
    old, new = (hashlib.sha256(content).hexdigest() for content in files.values())
    (folder / "pack/own.toml").write_text(PACK_OF_ONE.format(sha256=old))
    return folder / "pack/own.toml", folder / "new.safetensors", (old, new)


def moments_of_promotion(pack: Path) -> list[Moment]:
    """Every opening and renaming there is, and the middle of the weights and of the pack."""
    inside = rf"{pack.parent}/.*"
    moments = [Moment("write", inside, HALF, n, size) for n, size in ((0, 4000), (1, 50))]
    for what in ("write", "rename"):
        moments += [Moment(what, inside, when, n) for when in (BEFORE, UNSEEN) for n in range(2)]
    return moments


def leave_leftovers(archive: Archive, game_id: str, season: str, count: int = 6) -> list[str]:
    """Write tables that nothing names, and half written ones."""
    folder = layout.published_folder("games", season, game_id)
    names = [hashlib.sha256(bytes([number])).hexdigest()[:24] for number in range(count)]
    paths = [f"{folder}/{name}-00000000.parquet" for name in names]
    paths.append(f"{folder}/.{names[0]}.0123456789ab.partial")
    for path in paths:
        archive.write(path, b"PAR1")
    return paths


def count_corrections(archive: Archive, game_id: str) -> int:
    """How many corrections stand; a torn file raises."""
    return len(read_corrections(archive, stored_game(archive, game_id)).items)


def assert_one_of(pack: Path, job: str, digests) -> None:
    """A pack has the weights of before or the new ones, and they are whole."""
    model = load_pack(str(pack))[job]
    assert model.sha256 in digests
    model.local_weights(pack.parent / "cache")
