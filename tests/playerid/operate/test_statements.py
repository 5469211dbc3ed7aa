"""What people say of a game becomes corrections; what a decision changes is counted by hand."""

import pyarrow as pa
import pytest

from playerid import tables
from playerid.errors import ArchiveError, GameError
from playerid.game.corrections import Correction, Sighting
from playerid.game.roster import read_game
from playerid.operate.hand_corrections import GameBoxes
from playerid.operate.renaming import find_changes
from playerid.operate.statements import HandStatement, draft_corrections

GAME = read_game(
    """{"game_id": "g", "season": "s", "date": "2026-01-02", "league": "nba", "videos": ["v.mp4"],
    "home": {"team_id": "HOM", "name": "H", "players": [
        {"player_id": "H1", "name": "One", "number": "1"},
        {"player_id": "H2", "name": "Two", "number": "2"}]},
    "away": {"team_id": "AWY", "name": "A", "players": [
        {"player_id": "A1", "name": "Eleven", "number": "11"}]}}""",
    "game.json",
)
WHO = {1: ("H1", "HOM", 0.9), 2: (None, "HOM", 0.8), 3: ("A1", "AWY", 0.9), 4: (None, None, None)}


def box(tracklet, frame):
    """People stand 100 px apart, ten frames a second."""
    player, team, _ = WHO[tracklet]
    edges = dict(zip(
        ("x_min_px", "y_min_px", "x_max_px", "y_max_px"),
        (100.0 * tracklet, 10.0, 100.0 * tracklet + 40, 90.0), strict=True,
    ))  # fmt: skip
    return {
        "game_id": "g", "frame_index": frame, "time_s": frame / 10, "segment_index": 0,
        "tracklet_id": tracklet, "role": "player", "team_id": team, "player_id": player,
        "detection_score": 0.9, **edges,
    }  # fmt: skip


@pytest.fixture
def seen():
    boxes = [box(t, frame) for t in WHO for frame in range(10)]
    identities = [
        {
            "game_id": "g", "tracklet_id": t, "segment_index": 0, "start_s": 0.0, "end_s": 0.9,
            "role": "player", "team_id": team, "team_prob": prob, "player_id": player,
            "readings_for": 0, "readings_against": 0,
        }
        for t, (player, team, prob) in WHO.items()
    ]  # fmt: skip
    return GameBoxes(
        GAME,
        pa.Table.from_pylist(boxes, tables.PLAYER_FRAMES.schema),
        pa.Table.from_pylist(identities, tables.IDENTITIES.schema),
    )


def claims(made):
    """Where each correction is (tracklet), who it is, and from when to when."""
    return [
        (
            round(c.sightings[0].box_px[0] / 100),
            "nobody" if c.is_nobody else c.player_id or c.team_id,
            c.start_s,
            c.end_s,
        )
        for c in made
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (HandStatement("player", 2, who="H2"), [(2, "H2", 0.0, 0.9)]),
        (HandStatement("team", 4, who="away"), [(4, "AWY", 0.0, 0.9)]),
        (HandStatement("nobody", 1, from_s=0.35, to_s=0.6), [(1, "nobody", 0.4, 0.6)]),
        (HandStatement("wrong team", 2), [(2, "AWY", 0.0, 0.9)]),
        (
            HandStatement("swap", 1, 3, from_s=0.45),
            [(1, "A1", 0.5, 0.9), (3, "H1", 0.5, 0.9)],
        ),
        (
            HandStatement("home is the other"),
            [(1, "AWY", 0.0, 0.9), (2, "AWY", 0.0, 0.9), (3, "HOM", 0.0, 0.9)],
        ),
    ],
)
def test_a_statement_is_these_corrections(seen, said, expected):
    made = draft_corrections(seen, [], said, "anna")
    assert claims(made) == expected
    assert {c.said_by for c in made} == {"anna"}
    assert all(c.said_at is not None and c.said_at.tzinfo for c in made)


def test_who_was_spoken_of_already_is_left_out_when_the_sides_are_turned(seen):
    sighting = Sighting(time_s=0.0, box_px=(300, 10, 340, 90))
    before = [Correction(player_id="A1", start_s=0.0, end_s=0.9, sightings=(sighting,))]
    made = draft_corrections(seen, before, HandStatement("home is the other"), None)
    assert [tracklet for tracklet, *_ in claims(made)] == [1, 2]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (HandStatement("praise", 1), "expected of player, team"),
        (HandStatement("nobody"), "expected a tracklet_id"),
        (HandStatement("player", 1), "expected who it is"),
        (HandStatement("team", 1, who="H1"), "no team of the game"),
        (HandStatement("player", 1, who="home"), "no player of the game"),
        (HandStatement("nobody", 9), "tracklet 9 has no box"),
        (HandStatement("wrong team", 4), "has no team"),
        (HandStatement("swap", 1, 2, from_s=0.5), "tracklet 2 has no name"),
        (HandStatement("swap", 1, 3), "from_s"),
    ],
)
def test_a_statement_that_cannot_be_says_why(seen, said, why):
    with pytest.raises(GameError, match=why):
        draft_corrections(seen, [], said, None)


def decided(seen, names, pieces=None):
    """A decision: name and team of each tracklet, and frames of which a new one was cut off."""
    boxes = seen.boxes.to_pylist()
    for row in boxes:
        if (row["tracklet_id"], row["frame_index"]) in (pieces or {}):
            row["tracklet_id"] = pieces[row["tracklet_id"], row["frame_index"]]
    rows = [{"tracklet_id": t, "player_id": p, "team_id": team} for t, (p, team) in names.items()]
    schema = pa.schema([tables.IDENTITIES.schema.field(n) for n in ("tracklet_id", "player_id")])
    schema = schema.append(tables.IDENTITIES.schema.field("team_id"))
    shuffled = pa.Table.from_pylist(boxes[::-1], tables.PLAYER_FRAMES.schema)
    return shuffled, pa.Table.from_pylist(rows, schema)


def test_changes_are_counted_row_by_row(seen):
    """1 is H2 from frame 6 on, 2 gets a name, 3 loses it; 4 gets a team."""
    pieces = {(1, frame): 10 for frame in range(6, 10)}
    names = {
        1: ("H1", "HOM"), 10: ("H2", "HOM"), 2: ("H1", "HOM"), 3: (None, "AWY"), 4: (None, "AWY"),
    }  # fmt: skip
    found = find_changes(seen.boxes, *decided(seen, names, pieces))
    assert (found.rows, found.gained, found.lost, found.renamed) == (40, 10, 10, 4)
    assert found.other_team == 10
    assert found.players == {"A1": (10, 0), "H1": (10, 16), "H2": (0, 4)}
    told = [(s["tracklet_id"], s["before"], s["after"], s["rows"]) for s in found.stretches]
    assert told == [(2, None, "H1", 10), (3, "A1", None, 10), (1, "H1", "H2", 4)]
    assert (found.stretches[2]["start_s"], found.stretches[2]["end_s"]) == (0.6, 0.9)


def test_a_decision_about_other_boxes_is_not_compared(seen):
    boxes, identities = decided(seen, dict.fromkeys(WHO, (None, None)))
    with pytest.raises(ArchiveError, match="process it again"):
        find_changes(seen.boxes, boxes.slice(1), identities)
