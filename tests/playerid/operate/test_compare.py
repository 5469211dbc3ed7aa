import pyarrow as pa
import pytest

from playerid import tables
from playerid.archive import catalog, store
from playerid.archive.archive import Archive
from playerid.archive.entry import Entry
from playerid.errors import ArchiveError
from playerid.operate.compare import VARYING, find_differences

PLAYERS = [("1", "Ann"), ("2", "Bea")]


@pytest.fixture
def publish(tmp_path):
    """Publish g1 with the given players, and nothing else, in an archive of that name."""

    def publish(name, players):
        archive = Archive(str(tmp_path / name))
        rows = [
            {"game_id": "g1", "team_id": "t", "jersey_number": number, "active": True}
            | {"player_id": number, "player_name": player}
            for number, player in players
        ]
        filled = {"rosters": pa.Table.from_pylist(rows, tables.ROSTERS.schema)}
        found = {
            table.name: store.write_public(
                archive, table, "s", "g1", filled.get(table.name, table.schema.empty_table())
            )
            for table in tables.PUBLIC_TABLES
        }
        catalog.commit(archive, Entry("g1", "s", "i", "e", 0, 0.0, found))
        return archive

    return publish


def test_equal_games_have_no_differences(publish):
    assert find_differences(publish("a", PLAYERS), publish("b", PLAYERS), ["g1"]) == (2, [])


@pytest.mark.parametrize(
    ("players", "said"),
    [
        pytest.param([("1", "Ann"), ("2", "Bo")], "row 1: player_name: 'Bea', 'Bo'", id="a value"),
        pytest.param(PLAYERS[:1], "2 rows of", id="a row"),
    ],
)
def test_the_first_difference_of_a_table_is_named(publish, players, said):
    _, (difference,) = find_differences(publish("a", PLAYERS), publish("b", players), ["g1"])
    assert difference.startswith("g1: rosters: ")
    assert said in difference


def test_a_game_that_one_archive_lacks_is_an_error(publish, tmp_path):
    with pytest.raises(ArchiveError, match="g1 is not published"):
        find_differences(publish("a", PLAYERS), Archive(str(tmp_path / "empty")), ["g1"])


def test_what_varies_are_columns_of_games():
    assert set(tables.GAMES.schema.names) >= VARYING
