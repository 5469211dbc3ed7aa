from pathlib import Path

import pytest

from playerid.errors import WeightsError
from playerid.models import registry
from playerid.models.measuring import measure_pack
from playerid.models.packs import Model, load_pack
from playerid.models.stand_ins import stand_in


def test_a_pack_is_measured_with_the_weights_that_are_here(tmp_path):
    pack = {job: load_pack("starter-t4")[job] for job in ("number_reader", "tracker", "court")}
    numbers, one, two, court = measure_pack(pack, tmp_path, [1, 2], [256], seconds=0)
    assert (numbers.job, numbers.of, numbers.weights) == ("number_reader", "crop", "real")
    assert (one.people, two.people, one.side_px) == (1, 2, 0)
    assert min(one.per_second, two.per_second) > 0
    chosen = registry.load(pack["court"], tmp_path).precision  # int8 where that is quicker here
    assert (court.of, court.precision) == ("frame", chosen)
    assert chosen in {"float32", "int8"}
    assert one.precision == "float32"
    assert court.megabytes > 50


def test_architectures_are_built_without_their_weights(tmp_path):
    embedder = stand_in(load_pack("t4")["team_embedder"], tmp_path)
    assert Path(embedder.weights).stat().st_size > 300e6  # 93 M parameters in float32
    with pytest.raises(WeightsError, match=r"number_reader \(smolvlm2\) cannot be built"):
        stand_in(Model("number_reader", "smolvlm2", "", "", {}), tmp_path)
