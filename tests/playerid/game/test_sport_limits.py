from playerid.game.sport_limits import lineup_mistakes, roster_mistakes
from playerid.leagues import load_sport

SOCCER, BASKETBALL = load_sport("soccer"), load_sport("basketball")


def squad(count, role="player"):
    numbers = {f"p{n}": str(n) for n in range(1, count + 1)}
    return numbers, dict.fromkeys(numbers, role)


def test_a_roster_has_as_many_as_its_sport_allows():
    assert not list(roster_mistakes(*squad(26), SOCCER))
    assert list(roster_mistakes(*squad(27), SOCCER)) == ["27 active players, at most 26 in soccer"]
    assert not list(roster_mistakes(*squad(40), BASKETBALL))


def test_zeros_are_numbers_only_where_the_sport_has_them():
    numbers, roles = {"p": "0", "q": "00"}, {"p": "player", "q": "player"}
    assert not list(roster_mistakes(numbers, roles, BASKETBALL))
    assert list(roster_mistakes(numbers, roles, SOCCER)) == [
        "p: number '0': expected 1 to 99 in soccer",
        "q: number '00': expected 1 to 99 in soccer",
    ]


def test_only_some_sports_have_goalkeepers():
    assert not list(roster_mistakes(*squad(1, "goalkeeper"), SOCCER))
    assert list(roster_mistakes(*squad(1, "goalkeeper"), BASKETBALL)) == [
        "p1: role 'goalkeeper': expected player in basketball"
    ]


def test_who_was_substituted_does_not_return_where_the_sport_says_so():
    lineups = [("A", 20.0, ["p"]), ("A", 0.0, ["p", "q"]), ("A", 40.0, ["p", "q"])]
    assert not list(lineup_mistakes(lineups, BASKETBALL))
    assert list(lineup_mistakes(lineups, SOCCER)) == ["2.player_ids: q was substituted before"]


def test_no_more_are_in_a_lineup_than_play():
    six = [("A", 0.0, list("abcdef"))]
    assert list(lineup_mistakes(six, BASKETBALL)) == ["0.player_ids: 6, at most 5 in basketball"]
    assert not list(lineup_mistakes(six, SOCCER))
