"""An S3 server of the tests' own (SeaweedFS), and a way to it that kills whoever asks."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import s3fs

from playerid.archive.archive import Archive
from tests.flows.faulty import free_ports

WEED = Path(sys.executable).with_name("weed")
KEY, SECRET = "AKIAPLANTED", "PLANTED/secret+of=tests"
READER, READER_SECRET = "reader", "reader-secret"
"""Keys of somebody who may only read."""


class Server:
    """An S3 server on this machine that can be killed and started again over the same files."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_ports(4)
        self.process = None
        identities = [
            {
                "name": name,
                "credentials": [{"accessKey": key, "secretKey": secret}],
                "actions": actions,
            }
            for name, key, secret, actions in (
                ("tests", KEY, SECRET, ["Admin", "Read", "Write", "List", "Tagging"]),
                ("reader", READER, READER_SECRET, ["Read", "List"]),
            )
        ]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))

    def start(self):
        ports = zip(
            ("s3", "master", "volume", "filer"), range(self.port, self.port + 4), strict=True
        )
        options = [f"-{part}.port={port}" for part, port in ports]
        options += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={self.folder}/s3.json"]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [WEED, "server", f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                 "-master.telemetry=false", "-volume.max=20", "-master.volumeSizeLimitMB=64",
                 "-s3", *options],
                stdout=log, stderr=log,
            )  # fmt: skip
        with self.in_environment():
            self._wait()

    def _wait(self):
        place = Archive("s3://tests/ready")
        while self.process.poll() is None:
            with contextlib.suppress(Exception):  # whatever it answers until it is there
                place.filesystem.makedirs(place.root, exist_ok=True)
                place.write("x", b"")
                return
            time.sleep(0.5)
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @contextmanager
    def in_environment(
        self, port: int | None = None, keys: tuple[str, str] = (KEY, SECRET)
    ) -> Iterator[None]:
        """The environment names the server, or another port that leads to it, and has keys."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment(port, keys).items():
                patch.setenv(name, value)
            s3fs.S3FileSystem.clear_instance_cache()
            yield
        s3fs.S3FileSystem.clear_instance_cache()

    def environment(
        self, port: int | None = None, keys: tuple[str, str] = (KEY, SECRET)
    ) -> dict[str, str]:
        """What names the server, or a port that leads to it, and the keys to it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
            "AWS_ACCESS_KEY_ID": keys[0],
            "AWS_SECRET_ACCESS_KEY": keys[1],
            "AWS_DEFAULT_REGION": "us-east-1",
        }
