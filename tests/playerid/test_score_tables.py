"""Scores as the terminal shows them."""

from playerid.cli.score_tables import show_scores


def clip_rows(*steps):
    return [
        {"clip": clip, **({"step": step} if step else {}), "identity_precision": 0.1 * number}
        for clip in ("one", "two")
        for number, step in enumerate(steps, start=1)
    ]


def test_every_step_of_every_clip_is_shown(capsys):
    show_scores({"clips": clip_rows("box reader", "both", "+ line-ups known")})
    lines = capsys.readouterr().out.splitlines()
    for clip in ("one", "two"):
        for step, value in (("box reader", "0.100"), ("both", "0.200"), ("+ line-ups", "0.300")):
            assert any(clip in line and step in line and value in line for line in lines)


def test_clips_stand_beside_one_another(capsys):
    show_scores({"clips": clip_rows(None)})
    lines = capsys.readouterr().out.splitlines()
    assert any("one" in line and "two" in line for line in lines)
    assert any("identity_precision" in line and line.count("0.100") == 2 for line in lines)
