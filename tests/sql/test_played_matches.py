"""Events and formations of matches that the arena plays, against those that it played."""

from collections import Counter

import pytest

from playerid.publish.answers import answer_play
from playerid.tables import SPOTTED_EVENTS, TEAM_SHAPES
from playerid.warehouse.warehouse import put_rows
from tests.sql.matches import open_match

SPOTTED = {
    "kick-off": {"kick-off"}, "throw-in": {"throw-in"}, "goal kick": {"clearance"},
    "corner": {"corner"}, "shot": {"shot on target", "shot off target"}, "goal": {"goal"},
}  # fmt: skip


@pytest.fixture(scope="module", params=[0.0, 0.5], ids=["as it is", "errors of 0.5 m"])
def played(request, tmp_path_factory):
    """Two matches of two minutes: what was played, and what was found."""
    found = []
    for seed in (2, 5):
        folder = tmp_path_factory.mktemp("match")
        match, connection = open_match(folder, seed, noise_m=request.param)
        put_rows(connection, "team_control", connection.sql("from team_control").to_arrow_table())
        answers = {table.name: rows.to_pylist() for table, rows in answer_play(connection, "ifab")}
        found.append((match, answers))
        connection.close()
    return request.param, found


def test_formations_are_those_that_were_played(played):
    right = [
        row["formation"] == match.formations[row["period"] - 1][row["team_id"] == "AWY"]
        for match, answers in played[1]
        for row in answers[TEAM_SHAPES.name]
    ]
    assert len(right) == 16  # two teams, two halves, with the ball and without
    assert sum(right) >= 14


def test_restarts_and_goals_are_spotted_with_few_that_were_none(played):
    noise_m, found = played
    happened, spotted, false = Counter(), Counter(), 0
    for match, answers in found:
        left = [row for row in answers[SPOTTED_EVENTS.name] if row["kind"] != "ball out of play"]
        for event in match.events:
            near = [
                row for row in left
                if row["kind"] in SPOTTED[event.kind] and abs(row["time_s"] - event.time_s) <= 2.0
            ]  # fmt: skip
            happened[event.kind] += 1
            spotted[event.kind] += bool(near)
            left = [row for row in left if row is not (near or [None])[0]]
        false += len(left)
    assert happened["kick-off"] >= 4
    assert happened["throw-in"] >= 4
    missed = happened.total() - spotted.total()
    assert missed <= (0 if noise_m == 0 else 2), (happened, spotted)
    assert false <= 5
