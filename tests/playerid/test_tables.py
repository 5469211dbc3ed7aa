import pyarrow as pa
import pytest

from playerid.tables import PUBLIC_TABLES, TABLES

UNITS = ("_px", "_m", "_s", "_mps", "_prob", "_score", "_index", "_id", "_frame")
UNITLESS = {
    "ios", "cluster", "points", "readings_for", "readings_against", "period",
    "court_coverage", "identity_coverage", "bytes_read", "bytes_written", "players",
    "meetings",
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_declarations_keep_their_own_rules(table):
    for field in table.schema:
        assert field.metadata[b"meaning"].endswith(b"."), field.name
        is_measured = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
        if is_measured:
            assert field.name.endswith(UNITS) or field.name in UNITLESS, field.name
    for name in table.key:
        assert not table.schema.field(name).nullable, name


def test_a_column_means_the_same_in_every_table():
    shared = {}
    for table in TABLES:
        for field in table.schema:
            if field.name in {"tracklet_id", "label", "jersey_number"}:
                continue  # a reading's may be null, a label depends on what is labelled
            meaning = shared.setdefault(field.name, field)
            assert field.type == meaning.type, (table.name, field.name)


def test_every_public_table_names_its_game():
    assert all("game_id" in table.key for table in PUBLIC_TABLES)
