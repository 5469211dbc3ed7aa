"""Which segments show the main view: the wide camera, from above."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from playerid.court.geometry import CourtView
from playerid.models.detector import PERSON_LABELS, Detections


def horizon_height(  # noqa: PLR0913
    people: Iterable[Detections],
    courts: Iterable[CourtView],
    size_px: tuple[int, int],
    looks: int,
    *,
    fewest_people: int = 5,
    tallest: float = 0.42,
    least_court: float = 0.4,
) -> float:
    """How high the horizon is in a segment that shows the play; the higher the camera, the higher.

    Wide views show the people on the court in most frames, and the court in some. Close-ups,
    crowds and benches do not.

    Args:
        people: what the detector found in frames spread over the segment; no more of them are
            asked for than it takes to know that most are no wide view.
        courts: how these frames show the court; asked for if most are.
        size_px: width and height of the frames.
        looks: how many frames these are.
        fewest_people: players and referees that a wide view shows in the middle of its frames.
        tallest: largest median height of a person, as a share of the frame; players fill 12 to
            35 % of a wide view.
        least_court: share of the frames that must have the horizon there, or higher.

    Returns:
        From the upper edge down, as a share of the picture's height, negative above it; infinite
        if the segment does not show the play.
    """
    crowds = 0
    for place, found in enumerate(people, start=1):
        persons = found.where(np.isin(found.labels, PERSON_LABELS) & (found.scores >= 0.5))
        heights = (persons.boxes_px[:, 3] - persons.boxes_px[:, 1]) / size_px[1]
        crowds += len(persons) >= fewest_people and float(np.median(heights)) <= tallest
        if (crowds + looks - place) * 2 <= looks:
            break
    if crowds * 2 <= looks:
        return math.inf
    horizons = sorted(_horizon(court, size_px) for court in courts)
    return horizons[math.ceil(least_court * len(horizons)) - 1]


def _horizon(court: CourtView, size_px: tuple[int, int]) -> float:
    """The lower end of the horizon, as `horizon_height` has it; infinite without a court."""
    if court.image_to_court is None or court.image_to_court[2, 1] <= 0:
        return math.inf
    across, down, rest = court.image_to_court[2]
    return float(max(-rest, -rest - across * size_px[0]) / down / size_px[1])


def choose_main(
    horizons: Sequence[float],
    lengths_s: Sequence[float],
    *,
    margin: float = 0.05,
    lowest: float = 0.25,
) -> list[bool]:
    """Tell the segments of the wide camera, which shows most of the play, from low replays.

    A camera high in the stand sees the horizon above the picture. Where it stands lower, its own
    segments say how low the horizon may be: those of rendered games had it down to 0.11.

    Args:
        horizons: `horizon_height` of each segment of a game.
        lengths_s: of the segments, seconds.
        margin: added to the usual height of the game.
        lowest: no wide camera sees it lower.
    """
    # A segment without a horizon does not show the play from above and has no vote.
    heights, weights = np.array(horizons), np.array(lengths_s)
    shown = np.isfinite(heights)
    if not shown.any():
        return [False] * len(heights)
    # The rest vote by their length: the median height is that of the camera that shows most.
    order = np.flatnonzero(shown)[np.argsort(heights[shown])]
    passed = np.cumsum(weights[order])
    usual = heights[order[np.searchsorted(passed, passed[-1] / 2)]]
    # A little below it still is this camera; a horizon above the picture always passes.
    limit = min(max(0.0, float(usual) + margin), lowest)
    return [height <= limit for height in horizons]
