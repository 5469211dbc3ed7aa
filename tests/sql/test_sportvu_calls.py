"""The play-by-play of real games beside what was recorded of them, if the data lie there."""

import tarfile
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from playerid.exchange import import_sportvu
from playerid.game.play_by_play import KnownPeople, read_play_by_play
from playerid.warehouse import warehouse
from tests.sql.test_sportvu import DATA

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no recorded plays in {DATA}"),
]
GAMES = 3


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    """The games of which most plays were recorded, with what was called in them."""
    clips, positions, players = (
        pq.read_table(DATA / f"{name}.parquet")
        for name in ("clips", "positions", "players_by_game")
    )
    chosen = [game for game, _ in Counter(clips["game_id"].to_pylist()).most_common(GAMES)]
    clips = clips.filter(pc.is_in(clips["game_id"], pa.array(chosen)))
    positions = positions.filter(pc.is_in(positions["clip"], clips["clip"]))
    players = players.filter(pc.is_in(players["game_id"], pa.array(chosen)))
    tables = import_sportvu(clips, positions, players)
    teams_of = {game_id: {} for game_id in chosen}
    for row in tables["rosters"].to_pylist():
        teams_of[row["game_id"]][row["player_id"]] = row["team_id"]
    called = []
    with tarfile.open(DATA / "play_by_play_632_games.tar.gz") as archive:
        for member in archive:
            game_id = member.name.rpartition("/")[2].removesuffix(".csv")
            if game_id in chosen:
                content = archive.extractfile(member).read()
                people = KnownPeople(teams_of[game_id])
                called.append(read_play_by_play(content, member.name, game_id, people))
    tables["called_events"] = pa.concat_tables(called)
    folder = tmp_path_factory.mktemp("calls")
    for name, rows in tables.items():
        pq.write_table(rows, folder / f"{name}.parquet")
    return warehouse.connect({name: [str(folder / f"{name}.parquet")] for name in tables})


def test_those_on_the_court_are_those_who_were_called_there(connection):
    query = "select sum(agreed_s), sum(disagreed_s), sum(unjudged_s) from lineup_agreement"
    agreed, disagreed, unjudged = connection.execute(query).fetchone()
    assert agreed > 9 * unjudged > 0
    assert disagreed <= 0.01 * agreed


def test_possessions_are_those_that_were_called(connection):
    query = "select sum(agreed_s), sum(disagreed_s), sum(judged_s) from possession_agreement"
    agreed, disagreed, judged = connection.execute(query).fetchone()
    assert judged > 300
    assert (agreed + disagreed, disagreed <= 0.03 * judged) == (pytest.approx(judged), True)


def test_a_game_has_as_many_called_possessions_as_published(connection):
    """The pace of that season was 95.8 possessions a team in 48 minutes (basketball-reference)."""
    query = "select count(*) / count(distinct game_id) from called_possessions"
    (possessions,) = connection.execute(query).fetchone()
    assert 180 <= possessions <= 220
