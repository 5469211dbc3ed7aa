import math

import pyarrow as pa

from playerid.evaluate.formation_counts import FormationCounts, count_formations
from playerid.tables import TEAM_SHAPES

TRUE = pa.table(
    {"period": [1, 1], "team_id": ["HOM", "AWY"], "formation": ["4-4-2", "3-5-2"]},
)


def shape(team, formation, period=1, in_possession=True):
    return {
        "game_id": "g", "team_id": team, "period": period, "in_possession": in_possession,
        "formation": formation, "players": 10, "observed_s": 30.0,
    }  # fmt: skip


def test_a_formation_counts_where_the_true_one_is_known():
    rows = [
        shape("HOM", "4-4-2"),
        shape("HOM", "4-3-3", in_possession=False),
        shape("AWY", None),
        shape("AWY", "3-5-2", period=2),
    ]
    counts = count_formations(pa.Table.from_pylist(rows, TEAM_SHAPES.schema), TRUE)
    assert counts == FormationCounts(played=4, told=2, right=1)
    assert counts.scores() == {"formations_told": 0.5, "formations_right": 0.5}


def test_where_no_formation_is_known_there_is_nothing_to_score():
    counts = count_formations(TEAM_SHAPES.schema.empty_table(), None)
    assert counts == FormationCounts()
    assert all(math.isnan(value) for value in counts.scores().values())
