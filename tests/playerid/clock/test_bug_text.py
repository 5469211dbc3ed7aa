import pytest

from playerid.clock.bug_text import parse_text


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("4:13", "clock", 253),
        ("12:00", "clock", 720),
        ("4.13", "clock", 253),
        ("09.2", "clock", 9.2),
        (":34.5", "clock", 34.5),
        ("0:04.3", "clock", 4.3),
        ("1ST 11:19", "clock", 679),
        ("1ST 11:19", "period", 1),
        ("1ST 10:53:13", "clock", 653),
        ("1ST 10:53:13", "shot_clock", 13),
        ("7:38 22", "shot_clock", 22),
        (":05", "shot_clock", 5),
        ("24", "shot_clock", 24),
        ("4.4", "shot_clock", 4.4),
        ("2nd Qtr", "period", 2),
        ("IST", "period", 1),
        ("Q3", "period", 3),
        ("4TH", "period", 4),
        ("OT", "period", 5),
        ("2OT", "period", 6),
        ("OT2", "period", 6),
        ("107", "home_score", 107),
        ("COMETS 73", "away_score", 73),
        ("MIA108", "away_score", 108),
    ],
)
def test_what_texts_of_score_bugs_say(text, field, value):
    assert parse_text(text, periods=4).value(field) == value


@pytest.mark.parametrize("text", ["", "BONUS", "TOMORROW 8:00 PM/ET", "4:99", "HALF", "40-30"])
def test_other_texts_say_nothing(text):
    shown = parse_text(text, periods=4)
    assert shown.kind == ""
    assert [shown.value(f) for f in ("clock", "period", "shot_clock", "home_score")] == [None] * 4


def test_a_league_with_halves_has_no_third_period():
    assert parse_text("2ND HALF", periods=2).period == 2
    assert parse_text("3RD", periods=2).period is None
    assert parse_text("OT", periods=2).period == 3


def test_kinds_tell_places_apart():
    texts = ["12", "107", "COMETS 73", "4:13", "1ST 4:13", ":05", "1ST  24"]
    assert [parse_text(text, periods=4).kind for text in texts] == [
        "number", "number", "named number", "clock", "period clock", "seconds", "period seconds",
    ]  # fmt: skip
