import datetime as dt

import numpy as np
import pyarrow.parquet as pq
import pytest

from playerid.archive.archive import Archive
from playerid.arena.soccer.match_broadcast import plan_match
from playerid.arena.soccer.match_writer import write_match
from playerid.game.roster import read_game
from playerid.game.truth import read_truth

DATE = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def broadcast():
    return plan_match(8, "easy", half_s=0.2)


@pytest.fixture(scope="module")
def written(broadcast, tmp_path_factory):
    archive = Archive(str(tmp_path_factory.mktemp("archive")))
    write_match(archive, broadcast, "match-1", "2026-27", DATE)
    return archive


def table(archive, name):
    return pq.read_table(archive.open(f"truth/match-1/{name}.parquet"))


def test_the_game_file_names_rosters_roles_and_league(written, broadcast):
    game = read_game(written.read("games/match-1/game.json"), "game.json")
    assert game.league == "ifab"
    listed = [(p.player_id, p.role) for team in (game.home, game.away) for p in team.players]
    people = broadcast.game.cast.people
    assert listed == [(p.person_id, p.role) for p in people if p.team >= 0]
    shirts = [bytes.fromhex(team.shirt[1:]) for team in game.teams]
    assert shirts == [bytes(strip.kit.body) for strip in broadcast.scene.strips.teams]


def test_the_truth_is_read_by_the_scorers(written):
    truth = read_truth(written, "match-1")
    assert truth.frames.num_rows == 10
    assert truth.people.num_rows == 250
    roles = np.array(truth.people["role"])
    assert (roles == "goalkeeper").sum() == 20
    assert truth.events.num_rows == 0


def test_formations_are_told_for_every_half(written, broadcast):
    rows = table(written, "formations").to_pylist()
    home, away = (team.team_id for team in broadcast.game.cast.teams)
    told = {(r["period"], r["team_id"]): (r["formation"], r["attacks_right"]) for r in rows}
    (first, last), (early, late) = broadcast.game.formations
    assert told == {
        (1, home): (first, True), (1, away): (last, False),
        (2, home): (early, False), (2, away): (late, True),
    }  # fmt: skip


def test_the_same_seed_writes_the_same_tables(written, broadcast, tmp_path):
    again = Archive(str(tmp_path))
    write_match(again, plan_match(8, "easy", half_s=0.2), "match-1", "2026-27", DATE)
    for name in ("people", "objects", "frames", "formations", "plays"):
        assert table(again, name).equals(table(written, name))
