"""Counts of several games put together, and the shares that they make."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Counts = TypeVar("Counts", bound="DataclassInstance")


def add_counts(games: Sequence[Counts]) -> Counts:
    """Counts of several games together.

    Args:
        games: at least one; every field is a count.
    """
    kind = type(games[0])
    return kind(*(sum(getattr(game, field.name) for game in games) for field in fields(kind)))


def ratio(part: int, whole: int) -> float:
    """Share of the whole; NaN of nothing."""
    return part / whole if whole else float("nan")
