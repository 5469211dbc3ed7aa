"""The curve of a training run: its points, and a static page that draws them."""

import html
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

Point = Mapping[str, float]

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 15px/1.5 sans-serif; max-width: 960px; margin: 2em auto; }}
table {{ border-collapse: collapse; }} td, th {{ padding: 0 1em 0 0; text-align: right; }}</style>
<h1>{title}</h1>
<p>{count} points; the last one is step {step:,.0f}.</p>
{drawing}
<h2>Last points</h2>
<table><tr>{heads}</tr>
{rows}
</table></html>
"""


def read_curve(out: Path) -> list[Point]:
    """Points of `curve.jsonl` in the folder of a run, in the order of their steps.

    A run that was killed may have noted steps after its last checkpoint: they were taken again,
    and the later note counts. A line that is half written is left out.
    """
    path, points = out / "curve.jsonl", dict[float, Point]()
    if not path.is_file():
        return []
    for line in path.read_text("utf-8").splitlines():
        try:
            point = json.loads(line)
        except json.JSONDecodeError:
            continue
        points = {step: known for step, known in points.items() if step < point["step"]}
        points[point["step"]] = {k: v for k, v in point.items() if isinstance(v, int | float)}
    return list(points.values())


def write_page(curve: Sequence[Point], path: Path, title: str) -> None:
    """Draw every number of the curve over the steps, on a page that needs nothing else.

    Args:
        curve: points of `read_curve`, at least one.
        path: HTML file to write.
        title: of the page.
    """
    names = [name for name in curve[-1] if name != "step"]
    with mpl.rc_context({"svg.hashsalt": "playerid", "font.size": 9}):
        figure = Figure(figsize=(9.6, 2.0 * len(names)), layout="constrained")
        stacked = figure.subplots(len(names), 1, squeeze=False)[:, 0]
        for axes, name in zip(stacked, names, strict=True):
            known = [point for point in curve if name in point]
            axes.plot([p["step"] for p in known], [p[name] for p in known], marker=".")
            axes.set(xlabel="step", ylabel=name)
            axes.grid(alpha=0.3)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    heads = "".join(f"<th>{html.escape(name)}</th>" for name in ("step", *names))
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{p.get(name, ''):.6g}</td>" for name in ("step", *names)) + "</tr>"
        for p in curve[-10:]
        if all(name in p for name in names)
    )
    page = PAGE.format(
        title=html.escape(title),
        count=len(curve),
        step=curve[-1]["step"],
        drawing=drawn.getvalue()[drawn.getvalue().index("<svg") :],
        heads=heads,
        rows=rows,
    )
    path.write_text(page, "utf-8")
