from dataclasses import replace

import numpy as np

from playerid.frames.boxes import iou
from playerid.models import registry as backends
from playerid.models.packs import load_pack
from playerid.scores.arena_sets import render_stills


def test_lower_precision_finds_the_same(tmp_path):
    (still,) = render_stills(1)
    model = load_pack("starter")["detector"]
    exact, fast = (
        backends.load(
            replace(model, parameters={**model.parameters, "precision": precision}), tmp_path
        ).detect([still.image])[0]
        for precision in ("float32", "bfloat16")
    )
    sure = exact.where(exact.scores > 0.5)
    assert len(sure) >= 10
    overlaps = iou(sure.boxes_px, fast.boxes_px) * (sure.labels[:, None] == fast.labels)
    assert np.mean(overlaps.max(axis=1) > 0.9) >= 0.9
