"""One archive with a game of basketball and a game of soccer."""

import pyarrow.parquet as pq
import pytest

from playerid.archive import catalog
from playerid.archive.archive import Archive
from playerid.errors import TableError
from playerid.exchange import publish_tables
from playerid.queries import stored_name, views
from playerid.tables import PUBLIC_TABLES
from playerid.warehouse.ask import OpenArchive
from tests.sql.handmade import IN_LANE, Game, Person, at, handler_and_marker, open_game

COURT, PITCH = "0020000001", "match-1"


def eleven(team, sign, first):
    """A keeper on his line, and ten in a row of midfielders."""
    names = [f"{team}{n}" for n in range(1, 12)]
    places = [(sign * -50.0, 0.0), *((sign * -10.0 + n, 6.0 * (n - 5)) for n in range(10))]
    return [
        Person(first + n, team, at(place), name, 0.99, "player" if n else "goalkeeper")
        for n, (name, place) in enumerate(zip(names, places, strict=True))
    ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(str(tmp_path_factory.mktemp("sports")))
    court = [*handler_and_marker(), Person(5, "HOM", at(IN_LANE), "H5", 0.9)]
    pitch = [*eleven("HOM", 1, 100), *eleven("AWY", -1, 200)]
    for game in (
        Game(court, 5.0, game_id=COURT),
        Game(pitch, 5.0, lambda _: 105, league="ifab", game_id=PITCH),
    ):
        folder = tmp_path_factory.mktemp(game.game_id)
        open_game(folder, game).close()
        publish_tables(
            made,
            {
                t.name: pq.read_table(folder / f"{t.name}-{game.game_id}.parquet")
                for t in PUBLIC_TABLES
            },
        )
    return made


def only(archive, game_id):
    return OpenArchive(archive, games=[catalog.find_game(archive, game_id)])


def test_what_one_sport_has_another_does_not(archive):
    with only(archive, PITCH) as games:
        message = "lane_stays is a view of basketball, which none of these games plays"
        with pytest.raises(TableError, match=message):
            games.sql("from lane_stays")
        shown = {row[0] for row in games.sql("show tables").fetchall()}
        assert not {view.name for view in views() if view.sport == "basketball"} & shown
    with only(archive, COURT) as games:
        assert games.sql("select count(*) from lane_stays").fetchall() == [(1,)]


def test_only_the_answers_of_its_sport_are_stored_with_a_game(archive):
    stored = {game: catalog.find_game(archive, game).tables for game in (COURT, PITCH)}
    assert stored_name("lane_stays") in stored[COURT]
    assert stored_name("lane_stays") not in stored[PITCH]
    assert stored_name("team_control") in stored[PITCH]


def test_stored_answers_are_read_beside_games_of_another_sport(archive):
    with OpenArchive(archive) as games:
        assert games.sql("select distinct game_id from lane_stays").fetchall() == [(COURT,)]
        ((definition,),) = games.sql(
            "select sql from duckdb_views() where view_name = 'lane_stays' and schema_name = 'main'"
        ).fetchall()
        assert "read_parquet" in definition


def test_whom_a_keeper_stands_behind_attacks_the_other_goal(archive):
    with only(archive, PITCH) as games:
        assert games.sql("select home_sign from attack_baskets").fetchall() == [(1,)]
        rows = games.sql("select distinct attack_sign, state from team_control").fetchall()
        assert (1, "controlled") in rows


def test_a_lineup_is_as_many_as_play(archive):
    with only(archive, PITCH) as games:
        counts = games.sql(
            "select distinct len(string_split(player_ids, ',')) from named_fives"
        ).fetchall()
        assert counts == [(11,)]
