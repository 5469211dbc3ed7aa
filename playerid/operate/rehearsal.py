"""Processes a game as a league's machine would, kills the run once, and notes what it took."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from playerid import tables
from playerid.archive import layout, store
from playerid.archive.archive import Archive
from playerid.archive.step_records import StepRecord, find_records, stage_costs, stage_of
from playerid.errors import ArchiveError
from playerid.frames.segments import Part, Segment, segments_from, split_parts
from playerid.operate.runs import read_runs

CUT, LOOKED_AT = "sample", "track"
"""Stages that cut a video into parts, and that look at one part."""
STRETCHES = 6
OnParts = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What processing one game took.

    Attributes:
        video_s, main_view_s: length of the broadcast, and of its main view.
        segments, parts: of it.
        wall_s: of both runs together.
        cpu_s: of all steps that were recorded.
        killed_after_s: when the first run was killed; 0 if it ended by itself.
        again_s: from the second call until it had made something new.
        kept: steps that the second run found made.
        stages: stage -> its wall seconds and its processor seconds.
        megabytes: greatest memory of all processes in each sixth of the time, MiB.
        bytes: of the videos, of working tables, of published tables and of pages.
        reason: why the game was set aside; empty if it was published.
    """

    video_s: float
    main_view_s: float
    segments: int
    parts: int
    wall_s: float
    cpu_s: float
    killed_after_s: float
    again_s: float
    kept: int
    stages: Mapping[str, tuple[float, float]]
    megabytes: Sequence[float]
    bytes: Mapping[str, int]
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a running command: seconds since it was called, MiB, steps that are recorded."""

    at_s: float
    megabytes: float
    made: int


def rehearse(
    archive: Archive,
    game_id: str,
    command: Sequence[str],
    log: Path,
    on_parts: OnParts = lambda done, total: None,
) -> Rehearsal:
    """Run a command that processes a game, kill it in the middle of the game, and run it again.

    Args:
        archive: where the game lies.
        game_id: the game; what earlier runs made of it is forgotten.
        command: processes it.
        log: file for what it says.
        on_parts: called with the parts that were looked at and those in all.

    Raises:
        ArchiveError: The command could not cut its video.
    """
    for made in archive.find(layout.working_folder(game_id)):
        archive.remove(made)
    first = _watch(archive, game_id, command, log, on_parts, is_killed=True)
    second = _watch(archive, game_id, command, log, on_parts, is_killed=False)
    records = find_records(archive, game_id)
    segments = _segments(archive, records)
    run = read_runs(archive, [game_id]).get(game_id)
    if not segments or not run:
        raise ArchiveError(f"{game_id}: it was not processed; {log} says why")
    kept = first[-1].made
    news_s = [look.at_s for look in second if look.made > kept]
    spent = stage_costs({name: record.cost for name, record in records.items() if record.cost})
    dearest = sorted(spent, key=lambda stage: -spent[stage].wall_s)
    memory = np.array([look.megabytes for look in (*first, *second)])
    return Rehearsal(
        video_s=max(segment.end_s for segment in segments),
        main_view_s=sum(s.end_s - s.start_s for s in segments if s.view == "main"),
        segments=len(segments),
        parts=len(split_parts(game_id, segments)),
        wall_s=first[-1].at_s + second[-1].at_s,
        cpu_s=sum(cost.cpu_s for cost in spent.values()),
        killed_after_s=first[-1].at_s,
        again_s=news_s[0] if news_s else 0.0,
        kept=kept,
        stages={stage: (spent[stage].wall_s, spent[stage].cpu_s) for stage in dearest},
        megabytes=[float(sixth.max(initial=0)) for sixth in np.array_split(memory, STRETCHES)],
        bytes=_bytes(archive, game_id),
        reason=run.reason,
    )


def _watch(
    archive: Archive,
    game_id: str,
    command: Sequence[str],
    log: Path,
    on_parts: OnParts,
    *,
    is_killed: bool,
) -> list[_Look]:
    """Run a command; look at it once a second, and kill it after half of the parts, if asked."""
    begun_s, looks = time.monotonic(), [_Look(0.0, 0.0, 0)]
    parts: list[Part] = []
    with log.open("ab") as told, subprocess.Popen(command, stdout=told, stderr=told) as process:
        try:
            while process.poll() is None:
                time.sleep(1)
                made = archive.names(layout.records_folder(game_id), ".json")
                stages = [stage_of(name) for name in made]
                if not parts and CUT in stages:
                    segments = _segments(archive, find_records(archive, game_id))
                    parts = split_parts(game_id, segments)
                done = stages.count(LOOKED_AT)
                on_parts(done, len(parts))
                at_s = time.monotonic() - begun_s
                looks.append(_Look(at_s, _memory(process.pid), len(made)))
                if is_killed and parts and done >= len(parts) / 2:
                    break
        finally:
            for one in _family(process.pid):
                with suppress(psutil.NoSuchProcess):
                    one.kill()
    return looks


def _family(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _memory(pid: int) -> float:
    """Memory of a process and of those it started, MiB."""
    total = 0
    for one in _family(pid):
        with suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total / 2**20


def _segments(archive: Archive, records: Mapping[str, StepRecord]) -> list[Segment]:
    """The segments that the video was cut into; none before it was."""
    cut = [record for name, record in records.items() if stage_of(name) == CUT]
    return segments_from(store.read_all(archive, tables.SEGMENTS, cut[0].outputs)) if cut else []


def _bytes(archive: Archive, game_id: str) -> dict[str, int]:
    """What of a game takes how much room."""
    folders = {
        "video": layout.game_folder(game_id),
        "working tables": layout.working_folder(game_id),
        "published tables": layout.TABLES,
        "pages": layout.PICTURES,
    }
    return {
        what: sum(int(info["size"]) for info in archive.find(folder).values())
        for what, folder in folders.items()
    }
