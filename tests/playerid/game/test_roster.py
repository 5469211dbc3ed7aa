import json
import time

import pytest

from playerid.errors import GameError
from playerid.game.roster import read_game
from playerid.tables import ROSTERS


def game(**changes):
    """Two players a team; number 5 on both teams; one inactive player shares a number."""
    home = [("h5", "5", True), ("h00", "00", True), ("h0", "0", True)]
    away = [("a5", "5", True), ("a9", "9", True), ("a9b", "9", False)]
    sides = {
        side: {
            "team_id": side.upper(),
            "name": side.title(),
            "players": [
                {"player_id": i, "name": i.upper(), "number": n, "active": a} for i, n, a in rows
            ],
        }
        for side, rows in (("home", home), ("away", away))
    }
    facts = {"game_id": "g-1", "season": "2024-25", "date": "2025-04-27", "league": "nba"}
    return {**facts, **sides, "videos": ["video.mp4"], **changes}


def player(player_id, number, active=True):
    return {"player_id": player_id, "name": player_id, "number": number, "active": active}


def team(*players, team_id="AWAY"):
    return {"team_id": team_id, "name": team_id, "players": list(players)}


def read(content):
    return read_game(json.dumps(content), "archive/g-1/game.json")


def test_a_number_names_a_player_only_with_the_team():
    found = read(game())
    assert found.find_player("HOME", "5").player_id == "h5"
    assert found.find_player("AWAY", "5").player_id == "a5"
    assert found.find_player("HOME", "00").player_id == "h00"
    assert found.find_player("HOME", "0").player_id == "h0"
    assert found.find_player("HOME", "9") is None
    assert found.find_player("NOBODY", "5") is None


def test_an_inactive_player_is_never_found():
    assert read(game()).find_player("AWAY", "9").player_id == "a9"
    only_inactive = team(player("a5", "5"), player("a9", "9", active=False))
    assert read(game(away=only_inactive)).find_player("AWAY", "9") is None


def test_roster_rows_are_those_of_the_table():
    rows = read(game()).roster_rows()
    assert rows.schema.equals(ROSTERS.schema)
    assert rows["player_id"].to_pylist() == ["a5", "a9", "a9b", "h0", "h00", "h5"]
    assert rows["active"].to_pylist() == [True, True, False, True, True, True]


def lineup(**changes):
    return {"team_id": "HOME", "start_s": 0, "end_s": 10, "player_ids": ["h5"], **changes}


def test_lineups_are_optional_and_in_video_time():
    assert read(game()).lineups == []
    assert read(game(lineups=[lineup()])).lineups[0].end_s == 10.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"away": team(player("a1", "5"), player("a2", "5"))},
            r"away\.players: number '5' is worn by a1 and a2",
            id="number twice",
        ),
        pytest.param({"league": "nbaa"}, r"league: unknown league 'nbaa'.*nba", id="league"),
        pytest.param({"date": "27.4.2025"}, r"date: ", id="date"),
        pytest.param({"date": 20250427}, r"date: ", id="date as a number"),
        pytest.param(
            {"away": team(player("a1", "05"))},
            r"away\.players\.0\.number: expected .*'05'",
            id="not a number",
        ),
        pytest.param(
            {"away": team(player("a1", 5))}, r"away\.players\.0\.number: .*string", id="not text"
        ),
        pytest.param(
            {"away": team()}, r"away\.players: expected at least one active", id="empty roster"
        ),
        pytest.param(
            {"away": team(player("a1", "1", active=False))},
            r"away\.players: expected at least one active",
            id="nobody active",
        ),
        pytest.param({"game_id": "../other"}, r"game_id: ", id="game_id leaves its folder"),
        pytest.param({"game_id": "a/b"}, r"game_id: ", id="game_id with a slash"),
        pytest.param({"game_id": "g-1\n"}, r"game_id: ", id="game_id with a line break"),
        pytest.param({"season": ".."}, r"season: ", id="season leaves its folder"),
        pytest.param({"videos": ["../v.mp4"]}, r"videos\.0: ", id="video leaves its folder"),
        pytest.param({"videos": []}, r"videos: ", id="no video"),
        pytest.param({"videos": ["v.mp4", "v.mp4"]}, r"videos: v.mp4 stands twice", id="videos"),
        pytest.param(
            {"away": team(player("h5", "7"))},
            r"away: player_id 'h5' is on both teams",
            id="player on both teams",
        ),
        pytest.param(
            {"away": team(player("a1", "7"), team_id="HOME")},
            r"away: team_id 'HOME' is the home team's",
            id="a team against itself",
        ),
        pytest.param(
            {"away": team(player("a1", "7"), player("a1", "8"))},
            r"away\.players: player_id 'a1' stands twice",
            id="player twice",
        ),
        pytest.param({"leage": "nba"}, r"leage: ", id="misspelt field"),
        pytest.param(
            {"lineups": [lineup(player_ids=["a5"])]},
            r"lineups: 0\.player_ids: a5 not active in HOME",
            id="line-up of the other team",
        ),
        pytest.param({"lineups": [lineup(end_s=0)]}, r"lineups\.0: end_s", id="empty stretch"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_field(changes, message):
    with pytest.raises(GameError, match=message) as error:
        read(game(**changes))
    assert str(error.value).startswith("archive/g-1/game.json: 1 mistake\n")


@pytest.mark.parametrize("field", ["player_id", "name"])
def test_names_have_an_end(field):
    """Five million letters would be on every page; they are not in the message either."""
    endless = player("a1", "5") | {field: "x" * 5_000_000}
    with pytest.raises(GameError, match=r"away\.players\.0\..*at most 200 characters") as error:
        read(game(away=team(endless)))
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("are_active", [False, True])
def test_sixteen_thousand_players_take_eight_times_as_long_as_two_thousand(are_active):
    """24 s in 0.1.0: 64 times as long. With all of them active the numbers do not suffice."""

    def seconds(count):
        people = [player(f"a{n}", str(n % 99 + 1)) for n in range(count)]
        for one in people[99:]:
            one["active"] = are_active
        begin_s = time.process_time()
        message = message_of(game(away=team(*people)))
        assert bool(message) == are_active
        assert len(message) < 20_000
        return time.process_time() - begin_s

    short, long = (min(seconds(count) for _ in range(3)) for count in (2000, 16_000))
    assert long < 24 * short


def message_of(content):
    """What is wrong with a game file; "" if nothing is."""
    try:
        read(content)
    except GameError as error:
        return str(error)
    return ""


def test_every_mistake_is_named_at_once():
    bad = game(league="x", date="x", game_id="/", away=team(player("a1", "5"), player("a2", "5")))
    del bad["season"]
    with pytest.raises(GameError) as error:
        read(bad)
    fields = [line.strip().split(":")[0] for line in str(error.value).splitlines()[1:]]
    assert fields == ["game_id", "season", "date", "league", "away.players"]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]", b"null"])
def test_what_is_no_game_file_is_an_error(text):
    with pytest.raises(GameError, match=r"^game\.json: 1 mistake"):
        read_game(text, "game.json")


def dressed(**shirts):
    content = game()
    for side, shirt in shirts.items():
        content[side]["kit"] = {"shirt": shirt}
    return content


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("white", "#ffffff"),
        ("Navy", "#000080"),
        ("light blue", "#add8e6"),
        ("grey", "#808080"),
        ("#1D428A", "#1d428a"),
        ("#fff", "#ffffff"),
    ],
)
def test_shirts_are_words_or_hex(said, kept):
    found = read(dressed(home=said))
    assert found.home.shirt == kept
    assert found.away.shirt is None


@pytest.mark.parametrize("said", ["wite", "#12345", "#12345g", "", "0.5", "C0", "r"])
def test_what_is_no_colour_is_told(said):
    with pytest.raises(GameError, match=r"away\.kit\.shirt: expected a colour word") as told:
        read(dressed(away=said))
    assert repr(said) in str(told.value)


def test_a_misspelt_colour_is_guessed():
    with pytest.raises(GameError, match="do you mean 'white'"):
        read(dressed(home="wite"))


def test_a_kit_has_a_shirt_and_nothing_unknown():
    content = dressed(home="white")
    content["home"]["kit"]["shorts"] = "white"
    with pytest.raises(GameError, match=r"home\.kit\.shorts"):
        read(content)
    content["home"]["kit"] = {}
    with pytest.raises(GameError, match=r"home\.kit\.shirt: Field required"):
        read(content)
