"""Two small published games, made once; nothing here writes to them."""

import pytest

from tests.playerid.report.night import make_night


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return make_night(tmp_path_factory.mktemp("served"))
