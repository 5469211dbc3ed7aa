import json
import re

import pytest

from playerid.errors import GameError
from playerid.game.play_by_play import (
    people_of_game,
    read_called_events,
    read_play_by_play,
)
from playerid.game.roster import read_game

HEADER = (
    "EVENTMSGTYPE,EVENTMSGACTIONTYPE,PERIOD,PCTIMESTRING,HOMEDESCRIPTION,VISITORDESCRIPTION,SCORE,"
    "PERSON1TYPE,PLAYER1_ID,PLAYER1_TEAM_ID,PLAYER1_TEAM_ABBREVIATION,PLAYER2_ID"
)
ROWS = [
    "12,0,1,12:00,,,,0,0,,,0",
    "1,100,1,11:47,,Beal 3PT Jump Shot (3 PTS),3 - 0,5,203078,1610612764.0,WAS,0",
    "5,8,1,11:30,Crowder 3 Second Violation Turnover,,,4,203109,1610612738.0,BOS,0",
    "6,17,1,11:02,,T.FOUL (Def. 3 Sec Wizards),,5,203078,1610612764.0,WAS,0",
    "3,16,1,11:02,MISS Crowder Free Throw Technical,,,4,203109,1610612738.0,BOS,0",
    "4,0,1,11:02,CELTICS Rebound,,,2,1610612738,,,0",
    "8,0,1,10:40,SUB: Smart FOR Crowder,,,4,203109,1610612738.0,BOS,203935",
]
CSV = "\n".join([HEADER, *ROWS]) + "\n"


def make_game(home="BOS", **more):
    teams = {
        "home": {"team_id": home, "name": "Celtics", "players": [
            {"player_id": "203109", "name": "Jae Crowder", "number": "99"},
            {"player_id": "203935", "name": "Marcus Smart", "number": "36"},
        ]},
        "away": {"team_id": "WAS", "name": "Wizards", "players": [
            {"player_id": "203078", "name": "Bradley Beal", "number": "3"},
        ]},
    }  # fmt: skip
    game = {"game_id": "g1", "season": "2015-16", "date": "2015-11-06", "league": "nba"}
    return read_game(json.dumps(game | teams | {"videos": ["v.mp4"]} | more), "game.json")


def action(kind, clock, **more):
    return {"actionType": kind, "clock": clock, "period": 1, "scoreHome": "0", **more}


CELTICS = {"teamId": 1610612738, "teamTricode": "BOS"}
WIZARDS = {"teamId": 1610612764, "teamTricode": "WAS"}
LIVE = {"game": {"actions": [
    action("period", "PT12M00.00S", subType="start", personId=0),
    action("3pt", "PT11M47.00S", personId=203078, shotResult="Made", scoreAway="3", **WIZARDS),
    action("turnover", "PT11M30.00S", subType="3-second-violation", personId=203109, **CELTICS),
    action("foul", "PT11M02.00S", subType="technical", descriptor="defensive-3-second",
           personId=203078, **WIZARDS),
    action("freethrow", "PT11M02.00S", personId=203109, shotResult="Missed", **CELTICS),
    action("rebound", "PT11M02.00S", personId=0, **CELTICS),
    action("substitution", "PT10M40.00S", subType="out", personId=203109, **CELTICS),
    action("substitution", "PT10M40.00S", subType="in", personId=203935, **CELTICS),
]}}  # fmt: skip
# kind, detail, clock, team, player, who comes in, points
EXPECTED = [
    ("period begin", None, 720, None, None, None, None),
    ("made shot", None, 707, "WAS", "203078", None, 3),
    ("turnover", "three seconds", 690, "BOS", "203109", None, None),
    ("foul", "defensive three seconds", 662, "WAS", "203078", None, None),
    ("free throw", None, 662, "BOS", "203109", None, 0),
    ("rebound", None, 662, "BOS", None, None, None),
]


def brief(rows):
    names = (
        "kind", "detail", "game_clock_s", "team_id", "player_id", "in_player_id", "points"
    )  # fmt: skip
    return [tuple(row[name] for name in names) for row in rows.to_pylist()]


def as_result_sets():
    values = [row.split(",") for row in ROWS]
    for row in values:
        row[:3] = map(int, row[:3])
        row[4:] = [value or None for value in row[4:]]
    sets = [{"name": "PlayByPlay", "headers": HEADER.split(","), "rowSet": values}]
    return json.dumps({"resource": "playbyplay", "resultSets": sets})


def read(content, file, game):
    return read_play_by_play(content, file, game.game_id, people_of_game(game))


@pytest.mark.parametrize(
    ("file", "content"), [("pbp.csv", CSV), ("pbp.json", as_result_sets())], ids=["CSV", "JSON"]
)
def test_rows_of_the_statistics_site(file, content):
    rows = read(content.encode(), file, make_game())
    assert brief(rows) == [
        *EXPECTED,
        ("substitution", None, 640, "BOS", "203109", "203935", None),
    ]
    assert rows["away_score"].to_pylist()[1] == 3  # visitors stand first in SCORE
    assert rows["home_score"].to_pylist()[1] == 0
    assert rows["event_index"].to_pylist() == list(range(7))


def test_actions_of_the_live_feed():
    rows = read(json.dumps(LIVE).encode(), "pbp.json", make_game())
    assert brief(rows) == [
        *EXPECTED,
        ("substitution", None, 640, "BOS", "203109", None, None),
        ("substitution", None, 640, "BOS", None, "203935", None),
    ]
    assert (rows["home_score"][1].as_py(), rows["away_score"][1].as_py()) == (0, 3)


def test_teams_are_known_by_their_players_where_the_game_file_names_them_otherwise():
    rows = read(CSV.encode(), "pbp.csv", make_game(home="Boston"))
    assert rows["team_id"].to_pylist()[5] == "Boston"


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("p.csv", CSV.replace("11:47", "noon"), r"p\.csv: 1 mistake\n  1\.PCTIMESTRING: "),
        ("p.csv", CSV.replace(",PERIOD,", ",QUARTER,"), r"0\.PERIOD: Field required"),
        ("p.csv", re.sub("203(?=[0-9]{3})", "7", CSV), r"of another game: 3 of 3 people"),
        ("p.csv", "a,b\n1,2\n1,2,3\n", r"p\.csv: neither JSON nor CSV in UTF-8: line 3 has more"),
        ("p.json", "{}", r"p\.json: no feed that is known: JSON with nothing\. Known are stats"),
        ("p.json", '{"a": 1, "b": []}', r"p\.json: no feed that is known: JSON with a, b\."),
        ("p.json", "{", r"p\.json: neither JSON nor CSV"),
        ("p.csv", "\x00\xff", r"p\.csv: "),
        ("p.json", json.dumps({"resultSets": [{"headers": [], "rowSet": [1]}]}), r"resultSets"),
        ("p.json", json.dumps(LIVE).replace("PT11M47", "11M47"), r"1\.clock: "),
    ],
)
def test_mistakes_are_named(file, content, message):
    with pytest.raises(GameError, match=message):
        read(content.encode("latin-1"), file, make_game())


def test_empty_cells_beyond_the_columns_are_nothing():
    """As spreadsheets leave them, once somebody wrote a note there and removed it."""
    content = CSV.replace("\n", ",,\n").replace(HEADER + ",,", HEADER)
    assert read(content.encode(), "p.csv", make_game()) == read(CSV.encode(), "p.csv", make_game())


def test_somebody_of_neither_roster_is_null_and_told(caplog):
    rows = read(CSV.replace("203935", "77").encode(), "p.csv", make_game())
    assert brief(rows)[6] == ("substitution", None, 640, "BOS", "203109", None, None)
    assert "p.csv: 1 events are of a player of neither roster, as 77: null" in caplog.text


def test_a_team_that_does_not_play_is_null_and_told(caplog):
    rows = read(CSV.replace(",2,1610612738", ",2,99").encode(), "p.csv", make_game())
    assert rows["team_id"].to_pylist()[5] is None
    assert "p.csv: 1 events are of another team, as 99: null" in caplog.text


def test_events_are_put_in_the_order_of_their_clock(caplog):
    """The substitution of 10:40 stands first; the two events of 11:02 keep their order."""
    content = "\n".join([HEADER, ROWS[6], *ROWS[:6]]) + "\n"
    rows = read(content.encode(), "p.csv", make_game())
    assert brief(rows) == brief(read(CSV.encode(), "p.csv", make_game()))
    assert "p.csv: 6 of 7 events stood after later ones and were moved, as" in caplog.text


def test_many_mistakes_are_counted_and_a_few_listed():
    content = "\n".join([HEADER, *(ROWS[0].replace("12:00", "noon") for _ in range(700))])
    with pytest.raises(GameError, match=r"p\.csv: 700 mistakes") as caught:
        read(content.encode(), "p.csv", make_game())
    assert str(caught.value).count("\n") == 11
    assert "and 690 more" in str(caught.value)


def test_a_game_without_a_play_by_play_has_no_called_events(archive):
    assert read_called_events(archive, make_game()).num_rows == 0
    with pytest.raises(GameError, match=r"games/g1/game\.json: play_by_play: 'p\.csv' is not in"):
        read_called_events(archive, make_game(play_by_play="p.csv"))
    archive.write("games/g1/p.csv", CSV.encode())
    assert read_called_events(archive, make_game(play_by_play="p.csv")).num_rows == 7


@pytest.mark.parametrize("field", ["clock", "actionType", "subType", "teamTricode", "personId"])
def test_five_million_letters_are_refused_or_nobody(field):
    """Of whatever field: the message is short, and nothing of it stands in the rows."""
    endless = json.loads(json.dumps(LIVE))
    endless["game"]["actions"][1][field] = "x" * 5_000_000
    size, message = size_or_message(json.dumps(endless).encode())
    assert size < 10_000
    assert len(message) < 500
    assert message.startswith("p.json: ") or size > 0


def size_or_message(content):
    """Bytes of the rows, or what is wrong."""
    try:
        return read(content, "p.json", make_game()).nbytes, ""
    except GameError as error:
        return 0, str(error)


def test_a_table_with_endless_columns_is_none_that_is_known():
    with pytest.raises(GameError, match=r"p\.csv: ") as error:
        read(("x" * 100_000 + ",b\n1,2\n").encode(), "p.csv", make_game())
    assert len(str(error.value)) < 500
