"""Kill commands -9 at named and at random moments, in a folder and in an object store.

Publishing, sweeping, correcting and promoting are begun in a process of their own. Every second
kill is at a moment by name (half of a Parquet, between write and commit, in a conditional write,
a request done and not answered), the others after a random part of the time that the command
takes undisturbed. After each kill readers find the game whole, row for row as an untouched run
publishes it, or not at all; what was recorded stays; the command run again ends as if nothing had
been. Prints a table of what was killed and how often something was wrong, and fails if it was;
ended early, by Ctrl-C or SIGTERM, it prints that of what was killed until then.
"""

import argparse
import contextlib
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from playerid.archive.archive import Archive
from playerid.frames.video_writing import write_video
from playerid.operate.compare import published_rows
from tests.flows import victims
from tests.flows.blank import PACK, write_game
from tests.flows.killing import BEFORE, HALF, UNSEEN, Moment, relay_to
from tests.flows.object_store import Server
from tests.flows.victims import Place

console = Console()
GAME = "g1"
WHAT = {"publish": 80, "sweep": 40, "correct": 40, "promote": 40}
"""What is killed -> how often, of 200."""
CORRECTIONS = r"/corrections/[^/]*"
NAMED = {
    "publish": [Moment("write", "/interim/.*parquet", HALF), *victims.PUBLISHING.values()],
    "sweep": [Moment("remove", "/tables/games/", when, n)
              for n in range(4) for when in (BEFORE, UNSEEN)],
    "correct": [Moment("write", CORRECTIONS, when) for when in (BEFORE, HALF, UNSEEN)],
}  # fmt: skip


@dataclass
class Store:
    """Where things are killed: a place, and what an undisturbed run says there.

    Attributes:
        name: of the kind of store.
        place: with its game.
        folder: of this machine, for packs.
        rows: published undisturbed.
        corrected: the same after the correction.
        tracklet_id: that is corrected.
        lasts_s: command -> how long it takes undisturbed.
    """

    name: str
    place: Place
    folder: Path
    rows: dict = field(default_factory=dict)
    corrected: dict = field(default_factory=dict)
    tracklet_id: int = -1
    lasts_s: dict[str, float] = field(default_factory=dict)

    def arguments(self, what: str) -> tuple:
        """What a command is told beside the game."""
        if what == "correct":
            return self.tracklet_id, "home-3"
        if what == "promote":
            pack, candidate, _ = self.pack
            return "number_reader", candidate, pack
        return ()

    @property
    def pack(self) -> tuple[Path, Path, tuple[str, str]]:
        """A pack, other weights, the digests of both."""
        pack, new = self.folder / "pack/own.toml", self.folder / "new.safetensors"
        return pack, new, self.digests

    def write_pack(self) -> None:
        """Make the pack once."""
        *_, self.digests = victims.write_pack(self.folder)
        self.text = self.pack[0].read_text()


JOBS = {"publish": victims.publish, "sweep": victims.sweep_all, "correct": victims.correct,
        "promote": victims.promote}  # fmt: skip


def main() -> None:
    """Kill as often as is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--only", choices=WHAT, help="kill but these, as often as of that many")
    parser.add_argument("--seed", type=int, default=20261130)
    wanted = parser.parse_args()
    chance, begin_s = random.Random(wanted.seed), time.monotonic()
    table: dict[tuple[str, str], Counter] = {}
    wrongs = []
    with tempfile.TemporaryDirectory() as name, stores(Path(name)) as found:
        for store in found:
            measure(store)
        plan = [one for one in kills(found, wanted.kills) if wanted.only in {None, one[1]}]
        chance.shuffle(plan)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            for store, what, moment in track(plan, "killing", console=console):
                wrong = kill(store, what, moment, chance)
                counted = table.setdefault((what, store.name), Counter())
                counted["named" if moment else "random"] += 1
                counted["wrong"] += bool(wrong)
                if wrong:
                    wrongs.append(f"{what}, {store.name}, {moment}: {wrong}")
        rows = sum(one.num_rows for one in found[0].rows.values())
    report(table, rows, time.monotonic() - begin_s)
    for wrong in wrongs:
        console.print(wrong, style="red")
    sys.exit(bool(wrongs))


@contextmanager
def stores(folder: Path) -> Iterator[list[Store]]:
    """A folder and an object store, each with the game, processed once."""
    (folder / "s3").mkdir()
    (folder / "blank.toml").write_text(PACK)
    server = Server(folder / "s3")
    server.start()
    local = Archive(str(folder / "archive"))
    write_game(local, GAME, video(folder / "video.mp4"))
    remote = Archive("s3://tests/archive")
    pack = str(folder / "blank.toml")
    try:
        with server.in_environment(), relay_to(server.port) as relay:
            for path in local.find(""):
                remote.write(path, local.read(path))
            environment = server.environment(relay.port)
            yield [
                Store("folder", Place(local, GAME, pack, None, {}), folder / "one"),
                Store("S3", Place(remote, GAME, pack, relay, environment), folder / "two"),
            ]
    finally:
        server.kill()


def video(path: Path) -> bytes:
    """Three seconds of plain pictures in two shots of play and one of none."""
    colours = ((120, 90, 60), (0, 0, 0), (60, 120, 90))
    pictures = (np.full((180, 320, 3), colour, np.uint8) for colour in colours for _ in range(30))
    write_video(str(path), pictures, Fraction(30))
    return path.read_bytes()


def measure(store: Store) -> None:
    """Do everything once undisturbed: what it says, and how long it takes."""
    store.folder.mkdir()
    store.write_pack()
    place = store.place
    store.lasts_s["publish"] = last_s(store, "publish")
    store.rows = published_rows(place.archive, GAME)
    store.tracklet_id = min(set(store.rows["player_frames"]["tracklet_id"].to_pylist()))
    store.lasts_s["correct"] = last_s(store, "correct")
    victims.publish(place.archive, GAME, place.pack)
    store.corrected = published_rows(place.archive, GAME)
    assert store.corrected != store.rows
    victims.leave_leftovers(place.archive, GAME, "2024-25")
    store.lasts_s["sweep"] = last_s(store, "sweep")
    store.lasts_s["promote"] = last_s(store, "promote")


def last_s(store: Store, what: str) -> float:
    """Seconds that a command takes in a process of its own."""
    begin_s = time.monotonic()
    assert not store.place.kill_after(JOBS[what], 600, *store.arguments(what)), what
    return time.monotonic() - begin_s


def kills(found: list[Store], count: int) -> Iterator[tuple[Store, str, Moment | None]]:
    """What is killed, where, and at which moment; None is a random one."""
    for what, of_200 in WHAT.items():
        wanted = max(1, round(of_200 * count / 200))
        named = itertools.cycle(NAMED.get(what, []))
        for number in range(wanted):
            store = found[0] if what == "promote" else found[number // 2 % 2]
            if number % 2:
                yield store, what, None
            elif what == "promote":
                moments = victims.moments_of_promotion(store.pack[0])
                yield store, what, moments[number // 2 % len(moments)]
            else:
                if store is found[0]:  # each moment in the one store, then in the other
                    moment = next(named)
                yield store, what, moment


def kill(store: Store, what: str, moment: Moment | None, chance: random.Random) -> str:
    """Kill a command, and say what is wrong afterwards; "" if nothing is."""
    try:
        before = begin(store, what)
        job, arguments = JOBS[what], store.arguments(what)
        if moment:
            assert store.place.kill(job, moment, *arguments), "nobody was killed"
        else:
            while not store.place.kill_after(
                job, chance.uniform(0, store.lasts_s[what]), *arguments
            ):
                before = begin(store, what)
        CHECKS[what](store, before)
    except Exception as error:  # whatever it is, it is reported beside the others
        return f"{type(error).__name__}: {error}"[:500]
    return ""


def begin(store: Store, what: str) -> dict[str, str]:
    """Bring everything to where the command has something to do; what is recorded then."""
    archive = store.place.archive
    if what in {"publish", "sweep"}:
        store.place.unpublish()
    if what == "publish":
        for path in [path for path in store.place.records() if "/cache/identify" in path]:
            archive.remove(path)  # the last step is decided again
    elif what == "sweep":
        victims.publish(archive, GAME, store.place.pack)
        victims.leave_leftovers(archive, GAME, "2024-25")
    elif what == "correct":
        for path in archive.find("corrections"):
            archive.remove(path)
    else:
        store.pack[0].write_text(store.text)
        shutil.rmtree(store.pack[0].parent / "own", ignore_errors=True)
    return store.place.records()


def check_publishing(store: Store, before: dict[str, str]) -> None:
    """The game is whole or not there; then it is published with nothing of before made again."""
    store.place.assert_never_torn(store.rows)
    assert before.items() <= store.place.records().items(), "what was recorded was lost"
    victims.publish(store.place.archive, GAME, store.place.pack)
    store.place.assert_whole(store.rows)


def check_sweeping(store: Store, before: dict[str, str]) -> None:
    """Nothing but leftovers is gone, and the next sweep leaves none."""
    store.place.assert_never_torn(store.rows)
    assert before == store.place.records(), "a sweep changed what is recorded"
    store.place.assert_whole(store.rows)


def check_correcting(store: Store, before: dict[str, str]) -> None:
    """The correction stands or does not; said again it stands once, and names its player."""
    archive, place = store.place.archive, store.place
    assert victims.count_corrections(archive, GAME) in {0, 1}
    victims.correct(archive, GAME, place.pack, *store.arguments("correct"))
    assert victims.count_corrections(archive, GAME) == 1
    victims.publish(archive, GAME, place.pack)
    place.assert_whole(store.corrected)


def check_promoting(store: Store, before: dict[str, str]) -> None:
    """The pack has whole weights, and the new ones once it is promoted again."""
    pack, _, digests = store.pack
    victims.assert_one_of(pack, "number_reader", digests)
    victims.promote(store.place.archive, GAME, "", *store.arguments("promote"))
    victims.assert_one_of(pack, "number_reader", digests[1:])


CHECKS = {"publish": check_publishing, "sweep": check_sweeping, "correct": check_correcting,
          "promote": check_promoting}  # fmt: skip


def report(table: dict[tuple[str, str], Counter], rows: int, took_s: float) -> None:
    """Print what was killed as a table for the README."""
    lines = [
        "| killed | in | at named moments | at random moments | something wrong |",
        "|---|---|---|---|---|",
    ]
    for (what, where), counted in sorted(table.items()):
        numbers = [str(counted[name]) for name in ("named", "random", "wrong")]
        lines.append(f"| {what} | {where} | {' | '.join(numbers)} |")
    total = sum((one for one in table.values()), Counter())
    count = total["named"] + total["random"]
    lines.append(
        f"\n{count} kills in {took_s / 60:.0f} minutes, {total['wrong']} with something wrong;"
        f" {rows} rows compared after each."
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
