"""Scores as tables of the terminal."""

from typing import Any

from rich.table import Column, Table

from playerid.cli.options import console


def show_scores(scores: dict[str, Any]) -> None:
    """Print scores, or the rungs of a ladder, as a table."""
    if "clips" in scores:
        show_rows(scores["clips"])
    elif "rungs" in scores:
        show_rows(scores["rungs"])
        console.print(f"{scores['games']} games")
    else:
        known = ((name, value) for name, value in scores.items() if value is not None)
        show_rows([{"score": name, "value": value} for name, value in known])


def show_rows(rows: list[dict[str, Any]]) -> None:
    """Print rows of the same columns, at least one, as a table."""
    names = list(rows[0])
    table = Table(Column(names[0], no_wrap=True), *names[1:])
    for row in rows:
        table.add_row(*map(_shown, row.values()))
    console.print(table)


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
