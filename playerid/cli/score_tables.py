"""Scores as tables of the terminal."""

from typing import Any

from rich.table import Column, Table

from playerid.cli.options import console


def show_scores(scores: dict[str, Any]) -> None:
    """Print scores, or the rungs of a ladder, as a table."""
    if "clips" in scores:
        clips = scores["clips"]
        show_rows(clips if len({row["clip"] for row in clips}) < len(clips) else _turned(clips))
    elif "rows" in scores:
        show_rows(scores["rows"])
    elif "rungs" in scores:
        show_rows(scores["rungs"])
        console.print(f"{scores['games']} games")
    else:
        known = ((name, value) for name, value in scores.items() if value is not None)
        show_rows([{"score": name, "value": value} for name, value in known])


def show_rows(rows: list[dict[str, Any]]) -> None:
    """Print rows of the same columns, at least one, as a table."""
    names = list(rows[0])
    rest = (Column(name, overflow="fold") for name in names[1:])
    table = Table(Column(names[0], no_wrap=True), *rest)
    for row in rows:
        table.add_row(*map(_shown, row.values()))
    console.print(table)


def _turned(clips: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A column per clip, each of which has one row: more scores than fit beside one another."""
    scores = [name for name in clips[0] if name != "clip"]
    return [{"score": name} | {clip["clip"]: clip[name] for clip in clips} for name in scores]


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
