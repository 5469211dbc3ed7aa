"""Every feed tells the same short game, by hand; real files of each, if they lie beside, add up."""

import json
from collections import Counter
from pathlib import Path

import pytest

from playerid.errors import GameError
from playerid.game.play_by_play import FEEDS, KnownPeople, read_play_by_play
from playerid.game.play_by_play.called import Called
from playerid.game.play_by_play.feed import seconds_of
from playerid.game.play_by_play.who_plays import Finder, plain

DATA = Path(__file__).parents[4] / "shared" / "data" / "play_by_play"

# H1 One and H2 Two-Stone of HOM, A1 Öne and A2 Ince of AWY.
PEOPLE = KnownPeople(
    {"H1": "HOM", "H2": "HOM", "A1": "AWY", "A2": "AWY"},
    {"H1": "Ann One", "H2": "Bea Two-Stone Jr.", "A1": "Cleo Öne", "A2": "Dia \u0130nce"},
    {"H1": "1", "H2": "22", "A1": "1", "A2": "0"},
    {"home": "HOM", "away": "AWY"},
    {"HOM": "Home Town", "AWY": "Away City"},
)


def v3(action, clock, person, team, description, **more):
    fields = {
        "actionType": action, "subType": "", "clock": clock, "period": 1, "teamId": team,
        "teamTricode": team or "", "personId": person, "playerName": "", "shotValue": 0,
        "scoreHome": "", "scoreAway": "", "description": description,
    }  # fmt: skip
    return fields | more


V3 = {"game": {"actions": [
    v3("period", "PT12M00.00S", 0, 0, "Start of 1st Period", subType="start", scoreHome="0"),
    v3("Made Shot", "PT11M47.00S", "A1", "AWY", "One 26' 3PT Jump Shot (3 PTS)", shotValue=3,
       playerName="Öne", scoreAway="3"),
    v3("Turnover", "PT11M30.00S", "H1", "HOM", "One 3 Second Violation Turnover",
       subType="3 Second Violation"),
    v3("Foul", "PT11M02.00S", "A1", "AWY", "One T.FOUL (Def. 3 Sec Away)",
       subType="Defense 3 Second"),
    v3("Free Throw", "PT11M02.00S", "H1", "HOM", "MISS One Free Throw Technical"),
    v3("Substitution", "PT10M40.50S", "H1", "HOM", "SUB: Two-Stone Jr. FOR One"),
]}}  # fmt: skip
DATA_NBA = {"g": {"pd": [{"p": 1, "pla": [
    {"etype": 12, "mtype": 0, "cl": "12:00", "de": "Start Period", "tid": 0, "pid": 0},
    {"etype": 1, "mtype": 1, "cl": "11:47", "de": "Made", "tid": "AWY", "pid": "A1", "opt1": 3,
     "hs": 0, "vs": 3},
    {"etype": 5, "mtype": 8, "cl": "11:30", "de": "3 Second", "tid": "HOM", "pid": "H1"},
    {"etype": 6, "mtype": 17, "cl": "11:02", "de": "Def 3 Sec", "tid": "AWY", "pid": "A1"},
    {"etype": 3, "mtype": 16, "cl": "11:02", "de": "Missed", "tid": "HOM", "pid": "H1"},
    {"etype": 8, "mtype": 0, "cl": "10:40.5", "de": "", "tid": "HOM", "pid": "H1", "epid": "H2"},
]}]}}  # fmt: skip
NBA = [
    ("period begin", None, 720, None, None, None, None),
    ("made shot", None, 707, "AWY", "A1", None, 3),
    ("turnover", "three seconds", 690, "HOM", "H1", None, None),
    ("foul", "defensive three seconds", 662, "AWY", "A1", None, None),
    ("free throw", None, 662, "HOM", "H1", None, 0),
    ("substitution", None, 640.5, "HOM", "H1", "H2", None),
]


def atrium(what, clock, team, number, *, success=None):
    return {
        "desc": what, "clock": clock, "entityId": f"uuid-{team}", "personId": f"uuid-{number}",
        "bib": number, "name": "?", "success": success,
        "scores": {"uuid-HOM": 0, "uuid-AWY": 3},
    }  # fmt: skip


ATRIUM = {
    "fixture": {"competitors": [
        {"entityId": "uuid-HOM", "name": "HOME TOWN", "isHome": True},
        {"entityId": "uuid-AWY", "name": "another name", "isHome": False},
    ]},
    "pbp": {
        "1": {"events": [
            atrium("3 Say\u0131 Jump Shot", "PT9M47S", "AWY", "1", success=True),
            atrium("Top Kayb\u0131 - Steps", "PT9M30S", "HOM", "1"),
            atrium("Serbest At\u0131\u015f 1/2", "PT9M2S", "HOM", "1", success=False),
            atrium("Oyundan \u00c7\u0131kan", "PT8M", "HOM", "1"),
            atrium("Oyuna Giren", "PT8M", "HOM", "22"),
        ]},
        "4": {"events": []},
        "11": {"events": [atrium("Teknik Faul", "PT5S", "AWY", "0")]},
    },
}  # fmt: skip
EURO = {
    "CodeTeamA": "HOM", "CodeTeamB": "AWY", "SecondQuarter": [], "ThirdQuarter": [],
    "ForthQuarter": [],
    "FirstQuarter": [
        {"PLAYTYPE": "BP ", "MARKERTIME": "", "CODETEAM": "", "PLAYER_ID": ""},
        {"PLAYTYPE": "3FGM", "MARKERTIME": "09:47", "CODETEAM": "AWY ", "PLAYER_ID": "A1   ",
         "PLAYER": "ÖNE, CLEO", "DORSAL": "1", "POINTS_A": 0, "POINTS_B": 3},
        {"PLAYTYPE": "OUT", "MARKERTIME": "08:00", "CODETEAM": "HOM", "PLAYER_ID": "P9",
         "PLAYER": "ONE, ANN", "DORSAL": ""},
        {"PLAYTYPE": "IN", "MARKERTIME": "08:00", "CODETEAM": "HOM", "PLAYER_ID": "H2"},
        {"PLAYTYPE": "EP", "MARKERTIME": "", "CODETEAM": "", "PLAYER_ID": ""},
    ],
    "ExtraTime": [
        {"PLAYTYPE": "EP", "MARKERTIME": "", "CODETEAM": "", "PLAYER_ID": ""},
        {"PLAYTYPE": "FTM", "MARKERTIME": "05:00", "CODETEAM": "HOM", "PLAYER_ID": "H1"},
    ],
}  # fmt: skip


def fiba(index, action, clock, team, number, **more):
    fields = {
        "actionNumber": index, "actionType": action, "subType": "", "clock": clock, "gt": clock[:5],
        "tno": team, "period": 1, "periodType": "REGULAR", "shirtNumber": number, "success": 1,
        "firstName": "?", "familyName": "?", "s1": 0, "s2": 3,
    }  # fmt: skip
    return fields | more


FIBA = {"tm": {"1": {}, "2": {}}, "pbp": [
    fiba(9, "foul", "00:05:40", 2, "0", subType="benchTechnical", periodType="OVERTIME"),
    fiba(5, "substitution", "08:00:00", 1, "22", subType="in"),
    fiba(4, "substitution", "08:00:00", 1, "1", subType="out"),
    fiba(3, "freethrow", "09:02:00", 1, "1", subType="1of2", success=0),
    fiba(2, "turnover", "09:30:00", 1, "1", subType="3sec"),
    fiba(1, "3pt", "09:47:00", 2, "1", subType="jumpshot"),
]}  # fmt: skip


def espn(kind, clock, team, *athletes, text="", **more):
    people = [{"athlete": {"id": athlete}} for athlete in athletes]
    fields = {
        "type": {"id": "0", "text": kind}, "text": text, "period": {"number": 1},
        "clock": {"displayValue": clock}, "homeScore": 0, "awayScore": 3, "participants": people,
        "scoringPlay": False, "shootingPlay": False, "scoreValue": 0,
    }  # fmt: skip
    return fields | ({"team": {"id": team}} if team else {}) | more


def espn_athlete(number, name, jersey):
    return {"athlete": {"id": number, "displayName": name, "jersey": jersey}}


ESPN = {
    "header": {"competitions": [{"competitors": [
        {"id": "10", "homeAway": "home"}, {"id": "20", "homeAway": "away"}]}]},
    "boxscore": {"players": [
        {"team": {"id": "10"}, "statistics": [{"athletes": [
            espn_athlete("71", "Ann One", "1"), espn_athlete("72", "Bea Two-Stone Jr.", "22")]}]},
        {"team": {"id": "20"}, "statistics": [{"athletes": [
            espn_athlete("81", "Cleo Öne", "1")]}]},
    ]},
    "plays": [
        espn("Jump Shot", "11:47", "20", "81", shootingPlay=True, scoringPlay=True, scoreValue=3),
        espn("3-Second Turnover", "11:30", "10", "71"),
        espn("Defensive 3-Seconds Technical Foul", "11:02", "20", "81"),
        espn("Free Throw - Technical", "11:02", "10", "71", shootingPlay=True, scoreValue=1),
        espn("Substitution", "40.5", "10", "72", "71", text="Bea enters the game for Ann"),
        espn("End Period", "0.0", None),
    ],
}  # fmt: skip


def brief(content):
    rows = read_play_by_play(json.dumps(content).encode(), "pbp.json", "g1", PEOPLE).to_pylist()
    names = (
        "kind", "detail", "game_clock_s", "team_id", "player_id", "in_player_id", "points",
    )  # fmt: skip
    return [tuple(row[name] for name in names) for row in rows], rows


@pytest.mark.parametrize("content", [V3, DATA_NBA], ids=["playbyplayv3", "data.nba.com"])
def test_feeds_of_the_nba_tell_the_same(content):
    found, rows = brief(content)
    assert found == NBA
    assert rows[1]["away_score"] == 3


def test_a_table_of_playbyplayv3_with_semicolons_and_na(caplog):
    columns = list(V3["game"]["actions"][0])
    lines = [columns, *([a[c] or "NA" for c in columns] for a in V3["game"]["actions"])]
    text = "\ufeff" + "\r\n".join(";".join(map(str, line)) for line in lines) + "\r\n"
    rows = read_play_by_play(text.encode(), "pbp.csv", "g1", PEOPLE)
    assert [row["kind"] for row in rows.to_pylist()] == [event[0] for event in NBA]
    assert rows["in_player_id"].to_pylist()[-1] == "H2"
    assert not caplog.text


def test_atrium_is_known_by_numbers_and_sides():
    """Neither its ids nor the name of the visitors are those of the game."""
    found, rows = brief(ATRIUM)
    assert found == [
        ("made shot", None, 587, "AWY", "A1", None, 3),
        ("turnover", None, 570, "HOM", "H1", None, None),
        ("free throw", None, 542, "HOM", "H1", None, 0),
        ("substitution", None, 480, "HOM", "H1", None, None),
        ("substitution", None, 480, "HOM", None, "H2", None),
        ("foul", "technical foul", 5, "AWY", "A2", None, None),
    ]
    assert [row["period"] for row in rows] == [1, 1, 1, 1, 1, 5]
    assert (rows[0]["home_score"], rows[0]["away_score"]) == (0, 3)


def test_espn_is_known_by_names_numbers_and_sides():
    found, _ = brief(ESPN)
    assert found == [
        ("made shot", None, 707, "AWY", "A1", None, 3),
        ("turnover", "three seconds", 690, "HOM", "H1", None, None),
        ("foul", "defensive three seconds", 662, "AWY", "A1", None, None),
        ("free throw", None, 662, "HOM", "H1", None, 0),
        ("substitution", None, 40.5, "HOM", "H1", "H2", None),
        ("period end", None, 0, None, None, None, None),
    ]


def test_fiba_livestats_is_known_by_numbers_and_sides_and_counts_backwards():
    found, rows = brief(FIBA)
    assert found == [
        ("made shot", None, 587, "AWY", "A1", None, 3),
        ("turnover", "three seconds", 570, "HOM", "H1", None, None),
        ("free throw", None, 542, "HOM", "H1", None, 0),
        ("substitution", None, 480, "HOM", "H1", None, None),
        ("substitution", None, 480, "HOM", None, "H2", None),
        ("foul", "technical foul", pytest.approx(5.4), "AWY", "A2", None, None),
    ]
    assert [row["period"] for row in rows] == [1, 1, 1, 1, 1, 5]


def test_the_euroleague_is_known_by_ids_and_names():
    found, rows = brief(EURO)
    assert found == [
        ("period begin", None, 600, None, None, None, None),
        ("made shot", None, 587, "AWY", "A1", None, 3),
        ("substitution", None, 480, "HOM", "H1", None, None),
        ("substitution", None, 480, "HOM", None, "H2", None),
        ("period end", None, 0, None, None, None, None),
        ("period end", None, 0, None, None, None, None),
        ("free throw", None, 300, "HOM", "H1", None, 1),
    ]
    assert [row["period"] for row in rows] == [1, 1, 1, 1, 1, 5, 6]


def test_a_file_is_of_one_feed_at_most_except_actions():
    contents = (V3, DATA_NBA, ATRIUM, EURO, FIBA, ESPN)
    counts = [sum(feed.recognises(content) for feed in FEEDS) for content in contents]
    assert counts == [2, 1, 1, 1, 1, 1]  # the live feed is asked after playbyplayv3


def test_a_feed_that_is_not_known_is_one_line():
    with pytest.raises(
        GameError, match=r"no feed that is known: a table with Quarter, Time\. Known"
    ):
        read_play_by_play(b"Quarter,Time\n1,2\n", "p.csv", "g1", PEOPLE)


@pytest.mark.parametrize(
    ("clock", "seconds"),
    [("11:47", 707), ("00:03.2", 3.2), ("PT11M47.00S", 707), ("PT8M", 480), ("PT5S", 5)],
)
def test_clocks(clock, seconds):
    assert seconds_of(clock) == pytest.approx(seconds)


def test_two_of_one_name_are_nobody():
    people = KnownPeople({"1": "T", "2": "T"}, {"1": "Al Fox", "2": "Bo Fox"})
    event = Called("substitution", None, 1, 9.0, team=("T",), player_id="9", in_name="Fox")
    assert Finder(people, [event]).comes_in(event) is None
    leaves = Called("substitution", None, 1, 9.0, team=("T",), player_id="1", in_name="Fox")
    assert Finder(people, [leaves]).comes_in(leaves) == "2"


def test_names_are_compared_without_accents_case_and_dots():
    assert plain("\u0130NCE Jr.") == plain("ince jr") == "ince jr"
    assert plain("Bates-Diop") == "bates diop"
    assert plain("O'Neal") == "oneal"


def real(name):
    """A real file, with the people that it names itself."""
    content = (DATA / name).read_bytes()
    parsed = json.loads(content)
    feed = next(feed for feed in FEEDS if feed.recognises(parsed))
    events = feed.read(parsed)
    teams = {e.player_id: e.team[0] for e in events if e.player_id and e.team}
    teams |= {e.in_player_id: e.team[0] for e in events if e.in_player_id and e.team}
    names = {e.player_id: e.name for e in events if e.player_id and e.name}
    return read_play_by_play(content, name, "g", KnownPeople(teams, names)).to_pylist()


REAL = {
    "playbyplayv3_sample.json": (116, 117),
    "pbp/data_0021600270.json": (126, 115),
    "pbp/stats_0021600270.json": (126, 115),
    "pbp/live_0022000001.json": (125, 99),
    "tbl_163177.json": (102, 87),
}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real play-by-play in {DATA}")
@pytest.mark.parametrize("name", REAL)
def test_points_of_a_real_file_add_up_to_its_score(name):
    rows = real(name)
    points = Counter()
    for row in rows:
        points[row["team_id"]] += row["points"] or 0
    points.pop(None, None)
    assert sorted(points.values()) == sorted(REAL[name])
    if name == "playbyplayv3_sample.json":
        comes_in = [row["in_player_id"] for row in rows if row["kind"] == "substitution"]
        assert comes_in.count(None) <= 2
        assert len(comes_in) == 43
