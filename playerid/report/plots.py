"""The charts of a game's page, each as one SVG element."""

import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from playerid.leagues.marks import Court
from playerid.warehouse.plain_text import visible

HOME_COLOUR, AWAY_COLOUR, OTHER_COLOUR = "#1d6fd6", "#d9730d", "#8a8f98"
MAIN_COLOUR, CUT_COLOUR, WARNING_COLOUR = "#3f9142", "#c9ccd1", "#c0262d"
VIEW_COLOURS = {"main": MAIN_COLOUR, "other": CUT_COLOUR, "missing": "black"}
STYLE: dict[Any, Any] = {  # matplotlib names its keys in a type of its own
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's font
    "svg.hashsalt": "playerid",  # the same game makes the same page
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def timeline(segments: pa.Table, coverage: pa.Table, violations: pa.Table, shots: pa.Table) -> str:
    """Segments by view, how much of them is known, and when something happened."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.6, 3.0), layout="constrained")
        views, known = figure.subplots(2, 1, sharex=True, height_ratios=(1, 3))
        for view, colour in VIEW_COLOURS.items():
            chosen = segments.filter(pc.equal(segments["view"], view))
            if view == "missing" and not len(chosen):
                continue
            views.broken_barh(_spans(chosen), (0, 1), color=colour, edgecolor="white", label=view)
        is_possible = pc.equal(violations["grade"], "possible")
        sure, possible = (violations.filter(some) for some in (pc.invert(is_possible), is_possible))
        _mark(views, sure["start_s"], "v", WARNING_COLOUR, "three seconds")
        _mark(views, possible["start_s"], "1", WARNING_COLOUR, "possibly three seconds")
        _mark(views, shots["release_s"], "|", "black", "shot attempt")
        views.set(yticks=[], ylim=(0, 2.2))
        views.spines["left"].set_visible(False)
        views.legend(ncols=6, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        time_s = coverage["time_s"].to_numpy()
        known.step(time_s, _floats(coverage["named_players"]), where="mid", color=HOME_COLOUR)
        known.set(ylim=(0, 10.5), xlabel="time of the video, min:s")
        known.set_ylabel("named players", color=HOME_COLOUR)
        solved = known.twinx()
        solved.step(time_s, 100 * _floats(coverage["court_solved"]), where="mid", color=MAIN_COLOUR)
        solved.set(ylim=(0, 105))
        solved.set_ylabel("court solved, %", color=MAIN_COLOUR)
        known.xaxis.set_major_formatter(lambda value, _: minutes(value))
        return _svg(figure, "Timeline of segments and coverage")


def presence(rows: pa.Table, home_team_id: str) -> str:
    """When each player was seen in the main view; the fainter, the less sure."""
    bars = rows.to_pylist()
    first_home = sorted(bars, key=lambda bar: bar["team_id"] != home_team_id)
    order = list(dict.fromkeys((bar["team_id"], bar["player_id"]) for bar in first_home))
    names = {(bar["team_id"], bar["player_id"]): _name(bar) for bar in bars}
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.6, 0.8 + 0.22 * max(len(order), 1)), layout="constrained")
        axes = figure.subplots()
        for bar in bars:
            row = order.index((bar["team_id"], bar["player_id"]))
            colour = HOME_COLOUR if bar["team_id"] == home_team_id else AWAY_COLOUR
            span = (bar["start_s"], max(bar["end_s"] - bar["start_s"], 0.1))
            shade = 0.25 + 0.75 * float(bar["identity_prob"])
            axes.broken_barh([span], (row - 0.4, 0.8), color=colour, alpha=shade, linewidth=0)
        axes.set_yticks(range(len(order)), [names[key] for key in order])
        axes.invert_yaxis()
        axes.set_xlabel("time of the video, min:s")
        axes.xaxis.set_major_formatter(lambda value, _: minutes(value))
        return _svg(figure, "Who was on the court, and when")


def confidence(rows: pa.Table) -> str:
    """Seconds of players by the probability of the likeliest, named and unnamed."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.8, 2.6), layout="constrained")
        axes = figure.subplots()
        bottom = np.zeros(20)
        for is_named, colour, label in ((True, HOME_COLOUR, "named"), (False, CUT_COLOUR, "not")):
            chosen = rows.filter(pc.equal(rows["is_named"], is_named))
            height = np.zeros(20)
            bins = np.rint(_floats(chosen["from_prob"]) * 20).astype(int)
            height[bins] = _floats(chosen["seen_s"])
            centres = np.arange(20) / 20 + 0.025
            axes.bar(centres, height, 0.045, bottom=bottom, color=colour, label=label)
            bottom += height
        axes.set(xlabel="probability of the likeliest player", ylabel="player-seconds", xlim=(0, 1))
        axes.legend(frameon=False)
        return _svg(figure, "How sure the identities are")


def heat_map(cells: pa.Table, court: Court, label: str, *, width_in: float = 3.2) -> str:
    """Where somebody was, in cells of one metre, turned so that their team attacks to the right.

    Args:
        cells: columns cell_x_m, cell_y_m, seen_s.
        court: its lengths.
        label: who.
        width_in: of the picture, inches.
    """
    half_x, half_y = int(np.ceil(court.length / 2)), int(np.ceil(court.width / 2))
    edges = (np.arange(-half_x, half_x + 1), np.arange(-half_y, half_y + 1))
    seen, _, _ = np.histogram2d(
        _floats(cells["cell_x_m"]), _floats(cells["cell_y_m"]), edges,
        weights=_floats(cells["seen_s"]),
    )  # fmt: skip
    with mpl.rc_context(STYLE):
        figure, axes = _court_figure(court, width_in)
        brightest = np.quantile(seen[seen > 0], 0.98) if (seen > 0).any() else 1.0
        axes.imshow(
            np.ma.masked_equal(np.sqrt(seen.T), 0), origin="lower", cmap="YlOrRd",
            extent=(-half_x, half_x, -half_y, half_y), vmin=0, vmax=np.sqrt(brightest),
        )  # fmt: skip
        return _svg(figure, f"Heat map of {label}, attacking to the right")


def shot_chart(shots: pa.Table, court: Court, home_team_id: str) -> str:
    """Shot attempts of both teams, turned to the basket on the right: o made, x missed, . unknown.

    Attempts whose place is unknown are not in it.
    """
    with mpl.rc_context(STYLE):
        figure, axes = _court_figure(court, 4.8)
        for shot in shots.to_pylist():
            if shot["court_x_m"] is None:
                continue
            turn = -1 if shot["court_x_m"] < 0 else 1
            marker = {True: "o", False: "x", None: "."}[shot["is_made"]]
            colour = HOME_COLOUR if shot["team_id"] == home_team_id else AWAY_COLOUR
            place = turn * shot["court_x_m"], turn * shot["court_y_m"]
            axes.plot(*place, marker, color=colour, markersize=7, markeredgewidth=2)
        axes.set_xlim(0, court.length / 2 + 0.5)
        return _svg(figure, "Shot attempts")


def coordinates(court: Court, *, width_in: float = 6.4) -> str:
    """A court with the axes of its coordinates and the places that people ask for."""
    with mpl.rc_context(STYLE):
        figure, axes = _court_figure(court, width_in)
        for end, name in (
            ((court.length / 4, 0), "court_x_m"),
            ((0, court.width / 3), "court_y_m"),
        ):
            axes.annotate(
                "", xy=end, xytext=(0, 0), arrowprops={"arrowstyle": "->", "color": WARNING_COLOUR}
            )
            axes.text(end[0], end[1], f" {name}", color=WARNING_COLOUR, va="bottom")
        marks = [(0.0, 0.0), (court.target_x, 0.0), court.area_corner]
        marks += [(court.length / 2, -court.width / 2), (-court.length / 2, court.width / 2)]
        for x, y in marks:
            axes.plot(x, y, "o", color=HOME_COLOUR, markersize=4)
            side = "right" if x > 0 else "left"
            text = f"({x:.2f}, {y:.2f})"
            axes.text(x, y - 0.2, text, ha=side, va="top" if y < 1 else "bottom", fontsize=7)
        axes.text(0, -court.width / 2 + 0.2, "side of the main camera", ha="center", fontsize=8)
        return _svg(figure, "Coordinates of the court")


def bars(labels: Sequence[str], lengths: Sequence[float], meaning: str, title: str) -> str:
    """One bar per label, the first at the top."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.6, 0.8 + 0.24 * len(labels)), layout="constrained")
        axes = figure.subplots()
        axes.barh(range(len(labels)), lengths, color=HOME_COLOUR)
        axes.set_yticks(range(len(labels)), labels)
        axes.invert_yaxis()
        axes.set_xlabel(meaning)
        return _svg(figure, title)


def points(
    x: NDArray[np.float64], y: NDArray[np.float64], meanings: tuple[str, str], title: str
) -> str:
    """One point per row."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(5.6, 3.6), layout="constrained")
        axes = figure.subplots()
        axes.plot(x, y, "o", color=HOME_COLOUR, alpha=0.6, markeredgewidth=0)
        axes.set(xlabel=meanings[0], ylabel=meanings[1])
        return _svg(figure, title)


def minutes(time_s: float) -> str:
    """A time as min:s."""
    whole = round(time_s)
    return f"{whole // 60}:{whole % 60:02d}"


def _court_figure(court: Court, width_in: float) -> tuple[Figure, Axes]:
    width, height = court.length + 1, court.width + 1
    figure = Figure(figsize=(width_in, width_in * height / width))
    axes = figure.add_axes((0, 0, 1, 1))
    for line in court.lines():
        axes.plot(line[:, 0], line[:, 1], color="#555555", linewidth=0.7, zorder=2)
    axes.set(xlim=(-width / 2, width / 2), ylim=(-height / 2, height / 2), aspect="equal")
    axes.set_axis_off()
    return figure, axes


def _mark(axes: Axes, times_s: Iterable[Any], marker: str, colour: str, label: str) -> None:
    at = [time.as_py() for time in times_s]
    axes.plot(at, [1.6] * len(at), marker, color=colour, label=label, markersize=6)


def _spans(segments: pa.Table) -> Sequence[tuple[float, float]]:
    starts, ends = _floats(segments["start_s"]), _floats(segments["end_s"])
    return list(zip(starts.tolist(), (ends - starts).tolist(), strict=True))


def _floats(values: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(values.to_numpy(), np.float64)


def _name(bar: dict[str, Any]) -> str:
    return visible(str(bar["player_name"] or bar["player_id"]))


def _svg(figure: Figure, label: str) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    text = buffer.getvalue()
    opening = f'<svg role="img" aria-label="{escape(visible(label))}" '
    return opening + text[text.index("<svg ") + len("<svg ") :]
