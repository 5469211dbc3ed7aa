"""A game's video in an object store is served by ranges: no request asks for all of it."""

import random
import re
import time

import pytest
import s3fs
from starlette.testclient import TestClient

from playerid.archive.archive import Archive
from playerid.serve.app import make_app
from tests.playerid.report.night import FILMED, film, handmade, publish

MIB = 1 << 20


@pytest.fixture
def asked(server, monkeypatch):
    """Ranges of the objects that the store was asked for: (first, last byte), None for a whole."""
    asked = []
    real = s3fs.S3FileSystem._call_s3

    async def counted(self, method, *arguments, **given):
        if method == "get_object" and str(given.get("Key", "")).endswith(".mp4"):
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", given.get("Range", ""))
            asked.append(tuple(map(int, found.groups())) if found else None)
        return await real(self, method, *arguments, **given)

    monkeypatch.setattr(s3fs.S3FileSystem, "_call_s3", counted)
    return asked


def test_a_video_of_a_store_is_read_by_ranges_and_never_whole(asked, tmp_path):
    archive = Archive(f"s3://tests/video-{time.time_ns()}")
    publish(archive, tmp_path, handmade(FILMED, 4.0))
    film(archive, tmp_path, FILMED)
    whole = random.Random(1).randbytes(24 * MIB + 5)
    archive.write(f"games/{FILMED}/video.mp4", whole)
    url = f"/v1/games/{FILMED}/video"
    with TestClient(make_app(archive), base_url="http://127.0.0.1") as client:
        told = client.head(url)
        assert (told.headers["content-length"], asked) == (str(len(whole)), [])
        middle = 12 * MIB
        answer = client.get(url, headers={"Range": f"bytes={middle}-{middle + 99}"})
        assert (answer.status_code, answer.content) == (206, whole[middle : middle + 100])
        assert answer.headers["content-range"] == f"bytes {middle}-{middle + 99}/{len(whole)}"
        assert asked == [(middle, middle + 99)]

        end = client.get(url, headers={"Range": f"bytes=-{3 * MIB}"})
        assert end.content == whole[-3 * MIB :]
        assert [last - first + 1 for first, last in asked[1:]] == [MIB] * 3
        asked.clear()
        assert client.get(url).content == whole  # also who asks for all is given it by and by
        assert [last - first + 1 for first, last in asked] == [MIB] * 24 + [5]
        beyond = client.get(url, headers={"Range": f"bytes={len(whole)}-"})
        assert beyond.status_code == 416
