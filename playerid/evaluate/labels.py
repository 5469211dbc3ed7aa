"""Frames labelled by hand: who is where, and the number where a person can read it.

A CSV file with a header and one row per person and frame, in the order of the columns:

frame_index                          frame of the video, from 0
x_min_px,y_min_px,x_max_px,y_max_px  box of the person
role                                 player or referee
team_id                              as in the game file; empty for a referee
jersey_number                        empty where a person cannot read it in this very frame
player_id                            optional: who it is, read here or known by following the
                                     player through the video; empty if unknown
person                               optional: the same text for the same person in every frame
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from playerid.errors import LabelsError
from playerid.evaluate.people import (
    UNMATCHED,
    Matches,
    PersonRows,
    found_people,
    match_people,
    pair_frames,
)
from playerid.evaluate.ratios import ratio
from playerid.evaluate.tracking import score_tracking
from playerid.frames.boxes import BOX
from playerid.game.roster import LONGEST_TEXT
from playerid.tables import NUMBERS, PLAYING_ROLES

COLUMNS = ("frame_index", *BOX, "role", "team_id", "jersey_number")


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Rows of a run against labels, in the labelled frames.

    Attributes:
        frames: labelled frames.
        players: labelled players.
        players_found: of whom somebody with the role of a player was found.
        found: rows with the role of a player.
        referees: labelled referees.
        referees_as_players: of whom the row says player.
        team_known: labelled players with a team.
        teamed: who were found and given a team.
        team_right: of which it is the labelled one.
        numbers_right: found players whose number is the labelled one.
        numbers_wrong: whose number is another.
        numbers_missing: whose number was labelled and not found.
        numbers_unlabelled: who have a number that nobody could read in this frame.
        known: labelled players of whom it is known who they are, read or followed.
        named: who were found and given a name.
        named_right: the right one.
        readable: of the known, those whose number a person can read in at least one frame.
        named_readable: of whom were found and given a name.
        switches: changes of number between consecutive labelled frames of a person.
    """

    frames: int
    players: int
    players_found: int
    found: int
    referees: int
    referees_as_players: int
    team_known: int
    teamed: int
    team_right: int
    numbers_right: int
    numbers_wrong: int
    numbers_missing: int
    numbers_unlabelled: int
    known: int
    named: int
    named_right: int
    readable: int
    named_readable: int
    switches: int

    def scores(self) -> dict[str, float]:
        """Counts and their ratios; NaN where there is nothing to divide by."""
        told = self.numbers_right + self.numbers_wrong
        legible = told + self.numbers_missing
        return {
            "frames": self.frames,
            "player_recall": ratio(self.players_found, self.players),
            "player_precision": ratio(self.players_found, self.found),
            "referee_as_player": ratio(self.referees_as_players, self.referees),
            "team_accuracy": ratio(self.team_right, self.teamed),
            "team_coverage": ratio(self.teamed, self.team_known),
            "number_accuracy": ratio(self.numbers_right, told),
            "numbers_read": ratio(self.numbers_right, legible),
            "numbers_right": self.numbers_right,
            "numbers_wrong": self.numbers_wrong,
            "numbers_missing": self.numbers_missing,
            "numbers_unlabelled": self.numbers_unlabelled,
            "identity_precision": ratio(self.named_right, self.named),
            "identity_coverage": ratio(self.named, self.known),
            "identity_coverage_readable": ratio(self.named_readable, self.readable),
            "switches": self.switches,
        }


def read_labels(text: str, file: str) -> PersonRows:
    """Read labels by hand; the format is that of this module's description.

    Args:
        text: content of the CSV file, with commas, semicolons or tabs.
        file: where it came from, for the message.

    Raises:
        LabelsError: A column is missing, or a value is none; the message names the line.
    """
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    try:
        if missing := set(COLUMNS) - set(reader.fieldnames or ()):
            raise LabelsError(f"{file} lacks the columns {', '.join(sorted(missing))}")
        rows = [(line, row) for line, row in enumerate(reader, start=2) if any(row.values())]
    except csv.Error as error:  # as a value of more than 131,072 characters
        raise LabelsError(f"{file}, line {reader.line_num + 1}: {error}") from error
    for line, row in rows:
        _check(row, f"{file}, line {line}")
    rows.sort(key=lambda item: int(item[1]["frame_index"]))
    persons = [row.get("person") or f"line {line}" for line, row in rows]
    labels = [row for _, row in rows]
    return PersonRows(
        frames=np.array([int(row["frame_index"]) for row in labels], np.int64),
        boxes_px=np.array([[float(row[name]) for name in BOX] for row in labels]).reshape(-1, 4),
        track_ids=np.unique(persons, return_inverse=True)[1].astype(np.int64).reshape(-1),
        roles=np.array([row["role"] for row in labels], np.str_),
        team_ids=np.array([row["team_id"] for row in labels], np.str_),
        player_ids=np.array([row.get("player_id") or "" for row in labels], np.str_),
        numbers=np.array([row["jersey_number"] for row in labels], np.str_),
        court_m=np.full((len(labels), 2), np.nan),
        probs=np.ones(len(labels)),
    )


def _check(row: Mapping[str, str], place: str) -> None:
    for name in (*COLUMNS, "player_id", "person"):
        if len(row.get(name) or "") > LONGEST_TEXT:
            raise LabelsError(f"{place}: {name}: expected at most {LONGEST_TEXT} characters")
    try:
        int(row["frame_index"])
        x_min, y_min, x_max, y_max = (float(row[name]) for name in BOX)
    except (TypeError, ValueError) as error:
        raise LabelsError(f"{place}: expected numbers for the frame and the box") from error
    if x_max <= x_min or y_max <= y_min:
        raise LabelsError(f"{place}: the box is inside out")
    if row["role"] not in {*PLAYING_ROLES, "referee"}:
        raise LabelsError(
            f"{place}: expected the role {', '.join(PLAYING_ROLES)} or referee, got {row['role']!r}"
        )
    if row["jersey_number"] not in NUMBERS:
        raise LabelsError(f"{place}: {row['jersey_number']!r} is no jersey number")


def match_labels(
    player_frames: pa.Table, labels: PersonRows, *, max_away: int = 1, min_iou: float = 0.5
) -> Matches:
    """Match rows of `player_frames` with labels.

    Args:
        player_frames: published rows of the game.
        labels: from `read_labels` or `playerid.evaluate.label_formats`.
        max_away: a labelled frame that was not sampled is compared with the nearest sampled one,
            up to this many frames away; people move a few pixels in one frame.
        min_iou: least overlap of a match.
    """
    pairs = pair_frames(labels.frames, player_frames["frame_index"].to_numpy(), max_away)
    kept = labels.take(np.flatnonzero(np.isin(labels.frames, list(pairs))))
    moved = np.array([pairs[frame] for frame in kept.frames.tolist()], np.int64)
    true = replace(kept, frames=moved).take(np.argsort(moved, kind="stable"))
    frames = np.unique(np.array(list(pairs.values()), np.int64))
    return match_people(found_people(player_frames, frames), true, frames, min_iou=min_iou)


def score_labelled_tracks(player_frames: pa.Table, labels: PersonRows) -> dict[str, float]:
    """HOTA, AssA, DetA and IDF1 of the players; NaN without `person` in the labels."""
    players = labels.take(np.flatnonzero(labels.are_players))
    follows = len(np.unique(players.track_ids)) < len(players)
    found = player_frames.filter(pc.is_in(player_frames["role"], pa.array(PLAYING_ROLES)))
    return score_tracking([match_labels(found, players)] if follows else [])


def count_labels(matches: Matches) -> LabelScores:
    """Count what agrees with the labels."""
    found, true = matches.found, matches.true
    rows = np.flatnonzero((matches.true_of != UNMATCHED) & found.are_players)
    target = matches.true_of[rows]
    of_player = true.are_players[target]
    players, labels = rows[of_player], target[of_player]
    teamed = (found.team_ids[players] != "") & (true.team_ids[labels] != "")
    told, known = found.numbers[players] != "", true.numbers[labels] != ""
    same = found.numbers[players] == true.numbers[labels]
    named = (found.player_ids[players] != "") & (true.player_ids[labels] != "")
    right = found.player_ids[players] == true.player_ids[labels]
    readable = (true.player_ids != "") & np.isin(
        true.track_ids, true.track_ids[(true.numbers != "") & (true.player_ids != "")]
    )
    return LabelScores(
        frames=len(matches.pairs),
        players=int(true.are_players.sum()),
        players_found=len(players),
        found=int(found.are_players.sum()),
        referees=int((true.roles == "referee").sum()),
        referees_as_players=int((~of_player).sum()),
        team_known=int((true.are_players & (true.team_ids != "")).sum()),
        teamed=int(teamed.sum()),
        team_right=int((teamed & (found.team_ids[players] == true.team_ids[labels])).sum()),
        numbers_right=int((told & known & same).sum()),
        numbers_wrong=int((told & known & ~same).sum()),
        numbers_missing=int((~told & known).sum()),
        numbers_unlabelled=int((told & ~known).sum()),
        known=int((true.player_ids != "").sum()),
        named=int(named.sum()),
        named_right=int((named & right).sum()),
        readable=int(readable.sum()),
        named_readable=int((named & readable[labels]).sum()),
        switches=_switches(true.track_ids[labels[told]], found.numbers[players[told]]),
    )


def _switches(persons: NDArray[np.int64], numbers: Sequence[str] | NDArray[np.str_]) -> int:
    order = np.argsort(persons, kind="stable")
    told = np.asarray(numbers)[order]
    same = persons[order][1:] == persons[order][:-1]
    return int((same & (told[1:] != told[:-1])).sum())
