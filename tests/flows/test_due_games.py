"""Which games are due, whatever a game consists of: none stops the others."""

import json
from pathlib import Path

import pytest

from flows.nightly import nightly
from playerid.archive import catalog
from playerid.archive.layout import catalog_entry
from playerid.operate import quarantine
from playerid.operate.plan import video_durations
from tasks.platform.due_games import due_games
from tasks.platform.here import run
from tests.playerid.archive.publishable import publishable


def with_play_by_play(archive, game_id, content):
    path = f"games/{game_id}/game.json"
    raw = archive.read_json(path) | {"play_by_play": "called.json"}
    archive.write(path, json.dumps(raw).encode())
    archive.write(f"games/{game_id}/called.json", content)


def live(**fields):
    """A live feed of one action."""
    action = {
        "actionNumber": 1, "period": 1, "clock": "PT10M00.00S", "actionType": "2pt",
        "teamId": 1, "teamTricode": "HOME", "personId": 7, "playerName": "Player 1",
        "scoreHome": "0", "scoreAway": "0",
    }  # fmt: skip
    return json.dumps({"game": {"gameId": "g", "actions": [action | fields]}}).encode()


def folder_in_place(archive, path):
    archive.remove(path)
    archive.filesystem.makedirs(archive.path(path))


def loop_in_place(archive, path):
    archive.remove(path)
    Path(archive.path(path)).symlink_to(archive.path(path))


HARM = {
    "score": lambda a, g: with_play_by_play(a, g, live(scoreHome="99999999999")),
    "surrogate": lambda a, g: with_play_by_play(a, g, live(description="\ud800")),
    "digits": lambda a, g: with_play_by_play(a, g, b"[" + b"1" * 5000 + b"]"),
    "deep": lambda a, g: with_play_by_play(a, g, b"[" * 200_000),
    "deep-game": lambda a, g: a.write(f"games/{g}/game.json", b"[" * 200_000),
    "text-twice": lambda a, g: a.write(f"games/{g}/game.json", b"\xff\xfe"),
    "folder-for-game": lambda a, g: folder_in_place(a, f"games/{g}/game.json"),
    "folder-for-video": lambda a, g: folder_in_place(a, f"games/{g}/video.mp4"),
    "loop-for-game": lambda a, g: loop_in_place(a, f"games/{g}/game.json"),
    "loop-for-video": lambda a, g: loop_in_place(a, f"games/{g}/video.mp4"),
    "torn-corrections": lambda a, g: a.write(f"corrections/{g}.json", b"[" * 200_000),
    "torn-entry": lambda a, g: a.write(catalog_entry("2024-25", g), b"{"),
}


@pytest.mark.parametrize("harm", HARM)
def test_one_bad_game_is_due_and_stops_no_other(archive, settings, add_game, harm):
    for game_id in ("good", "bad"):
        add_game(game_id, ((30, (120, 90, 60)),))
    HARM[harm](archive, "bad")
    assert due_games(settings) == ["bad", "good"]
    assert video_durations(archive, ["bad", "good"])["good"] == pytest.approx(1.0)


def test_a_game_is_due_until_one_whole_entry_of_its_season_is_there(archive, settings, add_game):
    from playerid.game.inputs import read_inputs

    add_game("g1", ((30, (120, 90, 60)),))
    digest = settings.digest_of(read_inputs(archive, "g1"))
    entry = publishable(archive, inputs=digest)
    catalog.commit(archive, entry)
    assert due_games(settings) == []
    content = archive.read(entry.tables["games"].path)
    archive.remove(entry.tables["games"].path)
    assert due_games(settings) == ["g1"], "an object of it is gone"
    archive.write(entry.tables["games"].path, content)
    other = publishable(archive, season="2034-25", inputs=digest)
    archive.write_json(catalog_entry("2034-25", "g1"), other.to_json())
    assert due_games(settings) == ["g1"], "an entry of another season is left"
    catalog.commit(archive, entry)
    assert due_games(settings) == []


def test_a_night_of_bad_games_publishes_the_good_one_and_says_what_is_wrong(
    archive, settings, add_game
):
    """Without a server, as `playerid nightly` runs on a laptop."""
    for game_id in ("good", *HARM):
        add_game(game_id, ((30, (120, 90, 60)),))
    for game_id, harm in HARM.items():
        harm(archive, game_id)
    reasons = run(nightly, settings)
    assert set(reasons) == {"good", *HARM}
    assert [game_id for game_id, reason in reasons.items() if reason is None] == [
        "good",
        "torn-entry",
    ]
    aside = quarantine.find_all(archive)
    assert set(aside) == set(HARM) - {"torn-entry"}
    assert "called.json: a value that no game has" in aside["score"].reason
    assert run(nightly, settings).keys() == aside.keys()


def test_a_corrected_season_moves_the_game(archive, settings, add_game):
    add_game("g1", ((30, (120, 90, 60)),))
    assert run(nightly, settings) == {"g1": None}
    raw = archive.read_json("games/g1/game.json") | {"season": "2025-26"}
    archive.write_json("games/g1/game.json", raw)
    assert run(nightly, settings) == {"g1": None}
    assert [(e.season, e.game_id) for e in catalog.entries(archive)] == [("2025-26", "g1")]
    assert run(nightly, settings) == {}
