"""What a score sheet adds to imported tracking: names, numbers, sides, day and playing times."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from playerid.archive.archive import Archive
from playerid.errors import GameError
from playerid.exchange.formats import Given, import_file
from playerid.game.score_sheet import read_score_sheet
from tests.playerid.exchange.test_formats import rows
from tests.playerid.exchange.test_times import moments, write_csv

DATA = Path(__file__).parents[4] / "shared" / "data" / "play_by_play"
CSV = "player_id;team_id;player_name;jersey_number\r\n7;10;Ann One;00\r\n9;20;On Bench;5\r\n"


def side(team, *players):
    return {"teamId": team, "teamCity": "City", "teamName": f"Team{team}", "players": [
        {"personId": person, "firstName": "Ann", "familyName": name, "jerseyNum": number,
         "status": status, "statistics": {"minutes": minutes}}
        for person, name, number, status, minutes in players
    ]}  # fmt: skip


LIVE = {"game": {
    "gameEt": "2015-10-28T19:00:00-04:00",
    "homeTeam": side(20, (8, "Eight", "0", "ACTIVE", "PT00M04.00S")),
    "awayTeam": side(10, (7, "Seven", "00", "ACTIVE", "PT00M04.00S"),
                     (9, "Nine", "9", "INACTIVE", "PT00M00.00S")),
}}  # fmt: skip


def told(tmp_path, **given):
    """The game of `moments`, player 7 of team 10 and 8 of team 20, with what is said beside it."""
    path, archive = tmp_path / "game.csv", Archive(str(tmp_path / "archive"))
    write_csv(path, [(1, moment) for moment in moments(50, 0.12)])
    import_file(archive, path, "sportvu-csv", Given(season="2015-16", **given))
    people = rows(archive, "select * exclude game_id from rosters order by player_id")
    (game,) = rows(
        archive,
        "select home_team_id, away_team_id, date, home_team_name, away_team_name from games",
    )
    return {row["player_id"]: row for row in people}, game


def test_a_live_box_score_says_who_is_who(tmp_path):
    file = tmp_path / "box.json"
    file.write_text(json.dumps(LIVE))
    people, game = told(tmp_path, box_score=file)
    assert game == {
        "home_team_id": "20", "away_team_id": "10", "date": date(2015, 10, 28),
        "home_team_name": "City Team20", "away_team_name": "City Team10",
    }  # fmt: skip
    assert people["7"] == {
        "player_id": "7", "team_id": "10", "player_name": "Ann Seven", "jersey_number": "00",
        "active": True, "played_s": 4.0, "roster_role": None,
    }  # fmt: skip
    assert (people["9"]["active"], people["9"]["played_s"]) == (False, 0.0)


def test_a_table_of_a_roster_with_semicolons(tmp_path, caplog):
    file = tmp_path / "roster.csv"
    file.write_text(CSV, newline="")
    people, game = told(tmp_path, box_score=file, home="20", date=date(2015, 10, 28))
    assert (people["7"]["player_name"], people["7"]["jersey_number"]) == ("Ann One", "00")
    assert sorted(people) == ["7", "8", "9"]
    assert (game["home_team_id"], game["away_team_id"]) == ("20", "10")
    assert "roster.csv: 1 tracked players are not on it, as 8" in caplog.text


def test_playing_times_of_more_than_was_tracked_are_left_out(tmp_path, caplog):
    file = tmp_path / "box.json"
    file.write_text(json.dumps(LIVE).replace("PT00M04", "PT30M04"))
    people, _ = told(tmp_path, box_score=file)
    assert {row["played_s"] for row in people.values()} == {None}
    assert "playing times are of 361 s, of which 6 s were tracked: left out" in caplog.text


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        (CSV.replace("7;10", "70;10"), {}, "of another game: none of its 2 players was tracked"),
        ('{"a": 1}', {}, "expected a box score"),
        (CSV, {"home": "30"}, "home team '30' is none of 10, 20"),
    ],
)
def test_a_score_sheet_of_another_game_is_refused(text, given, message, tmp_path):
    file = tmp_path / "box.csv"
    file.write_text(text, newline="")
    with pytest.raises(GameError, match=message):
        told(tmp_path, box_score=file, **given)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real box scores in {DATA}")
@pytest.mark.parametrize(
    ("name", "players", "player", "number", "played_s"),
    [
        ("game_details/live_0022000001.json", 34, "203925", "12", 1246),
        ("game_details/stats_boxscore_0021600270.json", 19, "202693", "", 2202),
        ("tbl_163177.json", 22, "0fa420c0-32c3-11ed-8146-8b44c5fdc3f8", "14", 545),
    ],
)
def test_real_box_scores_are_read(name, players, player, number, played_s):
    sheet = read_score_sheet((DATA / name).read_bytes(), name).players
    assert sheet.num_rows == players
    (row,) = (row for row in sheet.to_pylist() if row["player_id"] == player)
    assert (row["jersey_number"], row["played_s"]) == (number, played_s)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real box scores in {DATA}")
def test_the_box_score_that_goes_with_playbyplayv3_is_read():
    """A real live box score, told as boxscoretraditionalv3 does: minutes and seconds, no day."""
    live = (DATA / "game_details" / "live_0022000001.json").read_bytes()
    game = json.loads(live)["game"]
    told = {side: {**game[side], "players": []} for side in ("homeTeam", "awayTeam")}
    for side, team in told.items():
        for player in game[side]["players"]:
            minutes, seconds = re.fullmatch(
                r"PT(\d+)M(\d+)\.\d+S", player["statistics"]["minutes"]
            ).groups()
            played = f"{int(minutes)}:{seconds}" if int(minutes) or int(seconds) else ""
            kept = {k: player[k] for k in ("personId", "firstName", "familyName", "jerseyNum")}
            team["players"].append({**kept, "statistics": {"minutes": played}})
    content = json.dumps({"meta": {"version": 1}, "boxScoreTraditional": told}).encode()
    sheet, other = read_score_sheet(content, "v3.json"), read_score_sheet(live, "live.json")
    assert (sheet.home_team_id, sheet.away_team_id, sheet.team_names) == (
        other.home_team_id,
        other.away_team_id,
        other.team_names,
    )
    same = ["player_id", "team_id", "player_name", "jersey_number"]
    assert sheet.players.select(same).equals(other.players.select(same))
    played = [row or None for row in other.players["played_s"].to_pylist()]
    assert [row and float(int(row)) for row in played] == sheet.players["played_s"].to_pylist()
