"""The texts of a score bug among all texts of some frames: clock, period, scores, shot clock."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playerid.clock.bug_text import BugText, parse_text
from playerid.frames.boxes import intersections, ios
from playerid.game.roster import Game, Team
from playerid.leagues import load_league
from playerid.models.text_reader import TextLines


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in one frame: its box, (4,) pixels, and what it may say."""

    look: int
    box_px: NDArray[np.float64]
    text: str
    shown: BugText

    @property
    def height_px(self) -> float:
        """Of the box, pixels."""
        return float(self.box_px[3] - self.box_px[1])


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the picture where texts of one kind stand: the lines seen there, in order."""

    lines: tuple[Line, ...]

    @property
    def kind(self) -> str:
        """See `BugText.kind`; names and other words have none."""
        return self.lines[0].shown.kind

    @property
    def box_px(self) -> NDArray[np.float64]:
        """(4,) box around all of them, pixels."""
        boxes = np.array([line.box_px for line in self.lines])
        return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])

    @property
    def centre_px(self) -> NDArray[np.float64]:
        """(2,) middle of the box, pixels."""
        return (self.box_px[:2] + self.box_px[2:]) / 2

    @property
    def height_px(self) -> float:
        """Usual height of a line, pixels."""
        return float(np.median([line.height_px for line in self.lines]))

    def numbers(self) -> NDArray[np.float64]:
        """Whole numbers shown, in order."""
        return np.array(
            [s.score for s in (line.shown for line in self.lines) if s.score is not None]
        )


def find_places(looks: Iterable[TextLines], game: Game) -> dict[str, list[float]]:
    """Find the texts of a bug: what stands still, and reads like clocks and scores.

    Args:
        looks: text of frames of the main view of one video, in order.
        game: its game file: whose scores, and how many periods.

    Returns:
        Field -> box with a margin, pixels; empty where no clock is found.
    """
    periods = load_league(game.league).clock.periods
    lines: list[Line] = []
    count = 0
    for count, found in enumerate(looks, start=1):
        for box, text in zip(found.boxes_px.astype(np.float64), found.texts, strict=True):
            lines.append(Line(count, box, text, parse_text(text, periods)))
    places = _still_places(lines, least=max(2, 0.3 * count))
    fields = _assign_fields(places, game.teams)
    return {field: _with_margin(place, places) for field, place in fields.items()}


def _still_places(lines: Sequence[Line], least: float) -> list[Place]:
    """Group lines that say the same kind of thing at the same place; the more they say come first.

    The reader may join neighbouring texts in some frames; of overlapping places only the first is
    kept. Period, clock and seconds in one line count three times: their place holds each of them.
    """
    groups: list[list[Line]] = []
    for line in lines:
        for group in groups:
            if _is_same_place(line, group[-1]):
                group.append(line)
                break
        else:
            groups.append([line])
    groups.sort(
        key=lambda lines: len(lines) * max(len(lines[0].shown.kind.split()), 1), reverse=True
    )
    places: list[Place] = []
    for group in groups:
        place = Place(tuple(group))
        overlap = [ios(place.box_px[None], other.box_px[None])[0, 0] > 0.5 for other in places]
        if len({line.look for line in group}) >= least and not any(overlap):
            places.append(place)
    return places


def _is_same_place(line: Line, other: Line) -> bool:
    if line.shown.kind != other.shown.kind or line.look == other.look:
        return False
    if not line.shown.kind and line.text != other.text:
        return False
    ratio = line.height_px / max(other.height_px, 1e-6)
    return 0.7 < ratio < 1.4 and bool(ios(line.box_px[None], other.box_px[None])[0, 0] > 0.6)


def _assign_fields(places: Sequence[Place], teams: tuple[Team, Team]) -> dict[str, Place]:
    """Field -> its place; empty without a clock."""
    clocks = [p for p in places if "clock" in p.kind.split()]
    if not clocks:
        return {}
    clock = max(clocks, key=lambda p: (len(p.lines), max(s.shown.clock_s or 0 for s in p.lines)))
    near = [p for p in places if _is_beside(p, clock)]
    fields = {"clock": clock}
    if period := _first(near, lambda p: "period" in p.kind.split()):
        fields["period"] = period
    if scores := _find_scores(near):
        fields |= _by_team(scores, near, teams)
    taken = [id(p) for p in fields.values()]
    rest = [p for p in near if id(p) not in taken or "seconds" in p.kind.split()]
    if shot_clock := _first(rest, _is_shot_clock):
        fields["shot_clock"] = shot_clock
    return fields


def _first(places: Iterable[Place], is_wanted: Callable[[Place], bool]) -> Place | None:
    return next((p for p in places if is_wanted(p)), None)


def _is_beside(place: Place, clock: Place) -> bool:
    """Whether it belongs to the clock's bug: letters of like size, at most two rows away."""
    height = clock.height_px
    return (
        0.5 < place.height_px / height < 2.0
        and abs(place.centre_px[1] - clock.centre_px[1]) < 2.5 * height
    )


def _is_shot_clock(place: Place) -> bool:
    """Seconds beside a clock or period; or numbers that fall and stay below the longest count."""
    if "seconds" in place.kind.split():
        return True
    if "clock" in place.kind.split():
        return max(line.shown.clock_s or 0 for line in place.lines) < 24
    numbers = place.numbers()
    return len(numbers) > 0 and numbers.max() <= 35 and bool((np.diff(numbers) < 0).any())


def _find_scores(places: Sequence[Place]) -> tuple[Place, Place] | None:
    """The two places of numbers that do not fall, in one row or column, in the largest letters."""
    rising = [
        p
        for p in places
        if p.kind.endswith("number") and (np.diff(p.numbers()) < 0).sum() <= 0.1 * len(p.lines)
    ]
    pairs = [(a, b) for a, b in itertools.combinations(rising, 2) if _are_aligned(a, b)]
    if not pairs:
        return None
    a, b = max(pairs, key=lambda pair: sum(p.height_px * len(p.lines) for p in pair))
    axis = int(np.argmax(np.abs(a.centre_px - b.centre_px)))
    first, second = sorted((a, b), key=lambda p: float(p.centre_px[axis]))
    return first, second


def _are_aligned(a: Place, b: Place) -> bool:
    is_row = abs(a.centre_px[1] - b.centre_px[1]) < 0.3 * (a.height_px + b.height_px)
    is_column = min(a.box_px[2], b.box_px[2]) > max(a.box_px[0], b.box_px[0])
    return 0.75 < a.height_px / b.height_px < 1.33 and bool(is_row or is_column)


def _by_team(
    scores: tuple[Place, Place], near: Sequence[Place], teams: tuple[Team, Team]
) -> dict[str, Place]:
    """Names stand in the order of their scores; visitors first where a name is not found."""
    first, second = scores
    axis = int(np.argmax(np.abs(first.centre_px - second.centre_px)))
    home, away = ([p.centre_px[axis] for p in near if _names(p.lines[0], t)] for t in teams)
    if home and away and min(home) < min(away):
        return {"home_score": first, "away_score": second}
    return {"home_score": second, "away_score": first}


def _names(line: Line, team: Team) -> bool:
    word, name = line.shown.name or line.text.upper().strip(), team.name.upper()
    words = {team.team_id.upper(), name, name.split()[-1]}
    return word in words or (len(word) == 3 and any(w.startswith(word) for w in words))


def _with_margin(place: Place, places: Sequence[Place]) -> list[float]:
    """A box with room for a longer text, up to the neighbours in its row."""
    margin = 0.35 * place.height_px
    box = place.box_px
    grown = box + np.array([-margin, -margin / 4, margin, margin / 4])
    for other in (p for p in places if p is not place):
        x, y = other.centre_px
        if not intersections(grown[None], other.box_px[None]).any() or not box[1] < y < box[3]:
            continue
        if x > box[2]:
            grown[2] = min(grown[2], (box[2] + other.box_px[0]) / 2)
        elif x < box[0]:
            grown[0] = max(grown[0], (box[0] + other.box_px[2]) / 2)
    return [float(value) for value in grown]
