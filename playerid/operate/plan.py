"""What processing games will cost and how long it will take, from games that were measured."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import av
import numpy as np
from scipy.optimize import nnls

from playerid.archive import catalog, layout
from playerid.archive.archive import Archive
from playerid.archive.patience import may_pass
from playerid.errors import ArchiveError, VideoError
from playerid.game.inputs import stored_game
from playerid.operate.overview import published_facts
from playerid.operate.prices import Prices

RATES = ("wall_s", "cpu_s", "gpu_s", "bytes_read", "bytes_written")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be expected.

    Attributes:
        games: how many.
        measured_games: how many the expectation rests on.
        video_s: length of the videos.
        wall_s: from start to end, at the given number of workers.
        cpu_s, gpu_s: summed over all workers.
        bytes_read, bytes_written: of the archive.
        price: of the machines, in the currency of the price table.
    """

    games: int
    measured_games: int
    video_s: float
    wall_s: float
    cpu_s: float
    gpu_s: float
    bytes_read: float
    bytes_written: float
    price: float


def plan_games(
    durations_s: Mapping[str, float],
    measured: Sequence[Mapping[str, float | None]],
    prices: Prices,
    *,
    workers: int = 1,
    start_s: float = 20.0,
) -> Plan:
    """Expect of each game, and of each second of its video, what it took in the measured games.

    Args:
        durations_s: length of the videos of each game that is to be processed.
        measured: rows of `games` with their costs; those without are left out.
        prices: of the machines.
        workers: games at the same time.
        start_s: time before a run elsewhere begins and after it ends: polling, a process,
            imports, twice (the game and its GPU half); measured at 8 to 9 s each.

    Raises:
        ArchiveError: No game was measured.
    """
    known = [row for row in measured if row.get("wall_s") and row.get("duration_s")]
    if not known:
        raise ArchiveError("no published game has recorded costs; process one or two games first")
    lengths_s = list(durations_s.values())
    costs = {name: expected_costs(known, name, lengths_s) for name in RATES}
    total = {name: sum(each) for name, each in costs.items()}
    return Plan(
        games=len(durations_s),
        measured_games=len(known),
        video_s=sum(lengths_s),
        wall_s=makespan([wall_s + start_s for wall_s in costs["wall_s"]], workers),
        cpu_s=total["cpu_s"],
        gpu_s=total["gpu_s"],
        bytes_read=total["bytes_read"],
        bytes_written=total["bytes_written"],
        price=prices.of(total["wall_s"] + start_s * len(durations_s), total["gpu_s"]),
    )


def expected_costs(
    measured: Sequence[Mapping[str, float | None]], name: str, lengths_s: Sequence[float]
) -> list[float]:
    """Cost of games by their length: a part for the game and one for each second of its video.

    The two are fitted by least squares, neither below zero; where all measured games are equally
    long, nothing tells them apart, and all is for the seconds. No video costs nothing.
    """
    spent = np.array([float(row[name] or 0) for row in measured])
    seconds = np.array([float(row["duration_s"] or 0) for row in measured])
    per_game, per_second = 0.0, float(spent.sum() / seconds.sum())
    if np.ptp(seconds) > 0.05 * seconds.max():
        per_game, per_second = nnls(np.column_stack([np.ones_like(seconds), seconds]), spent)[0]
    return [float(per_game + per_second * length_s) if length_s else 0.0 for length_s in lengths_s]


def makespan(jobs_s: Iterable[float], workers: int) -> float:
    """Time until the last of the jobs ends when each worker takes the next one in order."""
    free_at_s = [0.0] * workers
    for job_s in jobs_s:
        heapq.heapreplace(free_at_s, free_at_s[0] + job_s)
    return max(free_at_s)


def measured_games(archive: Archive) -> list[Mapping[str, float | None]]:
    """Rows of `games` of all published games."""
    return list(published_facts(archive, catalog.entries(archive)).values())


def video_durations(archive: Archive, game_ids: Sequence[str]) -> dict[str, float]:
    """Length of the videos of each game by their headers, seconds; nothing is decoded.

    Zero for a game that cannot be read, whatever that causes: it will be set aside before anything
    is spent.
    """

    def duration_s(game_id: str) -> float:
        try:
            game = stored_game(archive, game_id)
            videos = [layout.source_file(game_id, name) for name in game.videos]
            return sum(_duration_s(archive, video) for video in videos)
        except Exception as error:
            if may_pass(error):
                raise
            return 0.0

    with ThreadPoolExecutor(16) as readers:
        return dict(zip(game_ids, readers.map(duration_s, game_ids), strict=True))


def _duration_s(archive: Archive, path: str) -> float:
    with archive.open(path) as source:
        try:
            with av.open(source, mode="r") as container:
                duration = container.duration
        except (OSError, ValueError) as error:
            raise VideoError(f"{path}: not a readable video ({error})") from error
    if not duration:
        raise VideoError(f"{path}: does not say how long it is")
    return float(duration / av.time_base)
