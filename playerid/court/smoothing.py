"""Views of the frames of a game -> the same, smoothed over time within each segment."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from playerid.court.geometry import CourtView, to_court_below_horizon, to_image_in_front

_GRID = np.array([[x, y] for y in (0.45, 0.7, 0.95) for x in (0.05, 0.35, 0.65, 0.95)])
"""Places in a picture, as shares of its size, at which views are compared."""


def smooth_views(  # noqa: PLR0913
    views: Sequence[CourtView],
    times_s: Sequence[float],
    segments: Sequence[int],
    size_px: tuple[int, int],
    *,
    window_s: float = 0.35,
    max_gap_s: float = 1.2,
    reach_m: float = 40.0,
) -> list[CourtView]:
    """Smooth the views of each segment over time, reject outliers and bridge short gaps.

    A camera turns and zooms smoothly: where a floor point appears in the picture is nearly a
    straight line in time over half a second. Each view is replaced by what a robust line through
    its neighbours and itself says of a grid of floor points. A view that leaves its neighbours'
    line by more than 2 % of the width is treated as missing.

    Args:
        views: one per frame, in order of time.
        times_s: of the frames.
        segments: segment of each frame; nothing crosses from one to another.
        size_px: width and height of the pictures.
        window_s: neighbours up to this far away count, the nearer the more.
        max_gap_s: a frame without a view gets one if it lies in a gap of at most this length.
        reach_m: floor points farther from the centre, near the horizon, are not compared.

    Returns:
        One view per frame.
    """
    times, parts = np.asarray(times_s, np.float64), np.asarray(segments)
    size = np.array(size_px, np.float64)
    smoothed = list(views)
    for segment in np.unique(parts):
        frames = np.flatnonzero(parts == segment).tolist()
        part = _Segment(
            [views[i] for i in frames], times[frames], size, (window_s, max_gap_s, reach_m)
        )
        solved = part.without_outliers(0.02 * size_px[0])
        for position, frame in enumerate(frames):
            smoothed[frame] = part.smooth(position, solved)
    return smoothed


class _Segment:
    """The views of one segment."""

    def __init__(
        self,
        views: list[CourtView],
        times_s: NDArray[np.float64],
        size_px: NDArray[np.float64],
        reach: tuple[float, float, float],
    ) -> None:
        self._views = views
        self._times = times_s
        self._grid_px = _GRID * size_px
        self._window_s, self._max_gap_s, self._reach_m = reach

    def without_outliers(self, tolerance_px: float) -> NDArray[np.bool_]:
        """Tell which frames have a view that fits its neighbours.

        An outlier spoils its neighbours' lines too: the worst around goes first, and the others
        are judged again without it.
        """
        good = np.array([view.image_to_court is not None for view in self._views], np.bool_)
        gaps = np.zeros(len(good))
        changed = good.copy()
        while changed.any():
            for position in np.flatnonzero(changed & good).tolist():
                gaps[position] = self._gap(position, good)
            gaps[~good] = 0
            worst = [
                p
                for p in np.flatnonzero(gaps > tolerance_px).tolist()
                if gaps[p] >= gaps[self._near(p, good)].max()
            ]
            good[worst] = False
            changed[:] = False
            for position in worst:
                changed[self._near(position, good)] = True
        return good

    def _gap(self, position: int, good: NDArray[np.bool_]) -> float:
        """How far a view is from the line through its neighbours, pixels; 0 without two."""
        near = self._near(position, good)
        near = near[near != position]
        if len(near) < 2:
            return 0.0
        points_m, seen = self._floor_points(position)
        line = _robust_line(self._times[near] - self._times[position], self._tracks(points_m, near))
        gaps = np.linalg.norm(line - self._grid_px[seen], axis=1)
        return float(np.nanmedian(gaps)) if np.isfinite(gaps).any() else 0.0

    def smooth(self, position: int, solved: NDArray[np.bool_]) -> CourtView:
        """The view that a frame's surroundings, and its own view, say it has."""
        view = self._views[position]
        now = self._times[position]
        bridged = not solved[position]
        reach = self._bridge if bridged else self._near
        near = reach(position, solved)
        if bridged and not len(near):
            return _unsolved(view)
        if len(near) < 2:
            return view
        anchor = near[np.abs(self._times[near] - now).argmin()]
        points_m, _ = self._floor_points(int(anchor))
        tracks = self._tracks(points_m, near)
        places_px = _robust_line(self._times[near] - now, tracks)
        fine = np.isfinite(places_px).all(axis=1)
        if fine.sum() < 4:
            return view if solved[position] else _unsolved(view)
        matrix, _ = cv2.findHomography(places_px[fine], points_m[fine])
        if matrix is None or np.linalg.matrix_rank(matrix) < 3:
            return view if solved[position] else _unsolved(view)
        middle = np.append(places_px[fine].mean(axis=0), 1.0)
        matrix = matrix * np.sign(matrix[2] @ middle)
        errors = [self._views[i].court_error_m or 0.0 for i in near]
        error_m = float(np.median(errors) if solved[position] else np.max(errors))
        points = view.points if solved[position] else 0
        return CourtView(matrix, error_m, points, "")

    def _near(self, position: int, solved: NDArray[np.bool_]) -> NDArray[np.intp]:
        close = np.abs(self._times - self._times[position]) <= self._window_s
        return np.flatnonzero(close & solved)

    def _bridge(self, position: int, solved: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Solved frames on both sides of a gap; none if a side lacks them or it is too long."""
        known = np.flatnonzero(solved)
        before, after = known[known < position], known[known > position]
        if not len(before) or not len(after):
            return known[:0]
        if self._times[after[0]] - self._times[before[-1]] > self._max_gap_s:
            return known[:0]
        return np.concatenate([before[-2:], after[:2]])

    def _floor_points(self, position: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Court points that a frame shows at the grid, and which of the grid they are."""
        matrix = self._views[position].image_to_court
        assert matrix is not None
        points_m = to_court_below_horizon(self._grid_px, matrix)
        near = np.abs(np.nan_to_num(points_m, nan=1e9)) < self._reach_m
        seen = np.asarray(near.all(axis=1), np.bool_)
        return points_m[seen], seen

    def _tracks(
        self, points_m: NDArray[np.float64], frames: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Where the frames show the points, (frames, points, 2); NaN behind a camera."""
        tracks = []
        for frame in frames:
            matrix = self._views[frame].image_to_court
            assert matrix is not None
            tracks.append(to_image_in_front(points_m, matrix))
        return np.stack(tracks)


def _robust_line(
    times_s: NDArray[np.float64], tracks: NDArray[np.float64], rounds: int = 3
) -> NDArray[np.float64]:
    """Value at time 0 of a robust straight line through each track.

    Args:
        times_s: (T,) relative to the moment that is asked for.
        tracks: (T, N, 2).
        rounds: of reweighting; a sample off by more than the median gap loses weight.

    Returns:
        (N, 2); the weighted mean where two moments do not make a line.
    """
    reach = np.abs(times_s).max() + 1e-9
    weights = 1.0 - 0.6 * np.abs(times_s) / reach
    for _ in range(rounds):
        total = weights.sum()
        mean_s = (weights * times_s).sum() / total
        mean = np.tensordot(weights, tracks, axes=1) / total
        spread = (weights * (times_s - mean_s) ** 2).sum()
        slope = np.zeros_like(mean)
        if len(times_s) > 2 or spread > 0:
            centred = weights * (times_s - mean_s)
            slope = np.tensordot(centred, tracks - mean, axes=1) / max(spread, 1e-12)
        line = mean + (times_s - mean_s)[:, None, None] * slope
        gap = np.nanmedian(np.linalg.norm(tracks - line, axis=2), axis=1)
        scale = np.median(gap) + 0.5
        weights = (1.0 - 0.6 * np.abs(times_s) / reach) / (1 + (gap / (2.5 * scale)) ** 2)
    answer: NDArray[np.float64] = mean - mean_s * slope
    return answer


def _unsolved(view: CourtView) -> CourtView:
    reason = view.reason or "the view does not fit those before and after it"
    return CourtView(None, None, view.points, reason)
