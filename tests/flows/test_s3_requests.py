"""How often an object store is asked while a game is published in it."""

import time

from playerid.archive.archive import Archive
from playerid.operate.compare import published_rows
from tests.flows.killing import relay_to
from tests.flows.victims import publish


def test_publishing_a_game_of_three_seconds_asks_few_requests(server, archive, settings, add_game):
    """3,174 in 0.1.0, of which 2,976 HEAD: facts of what never changes are asked once."""
    add_game("g1")
    place = Archive(f"s3://tests/requests-{time.time_ns()}")
    for path in archive.find(""):
        place.write(path, archive.read(path))
    with relay_to(server.port) as relay, server.in_environment(relay.port):
        publish(place, "g1", settings.pack)
        asked = relay.asked.copy()
        publish(place, "g1", settings.pack)
        again = relay.asked - asked
    assert published_rows(place, "g1")["player_frames"].num_rows > 0
    assert asked["HEAD"] < 200
    assert asked.total() < 500
    assert again.total() < asked.total()
