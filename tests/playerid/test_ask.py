from playerid.archive import Archive
from playerid.ask import ask


def test_lists_are_json_in_csv(tmp_path):
    query = "select [1, 2] as numbers, null::varchar[] as names, 'x' as text"
    rows = ask(Archive(str(tmp_path)), query, None, "csv", script=False)
    assert rows == '"numbers","names","text"\n"[1, 2]",,"x"\n'
