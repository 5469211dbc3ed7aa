"""An archive served on the loopback, for a browser to look at."""

import threading
import time
from contextlib import contextmanager

import uvicorn

from playerid.serve.app import make_app


@contextmanager
def serving(archive, **options):
    """Serve an archive on a free port of the loopback; gives the address."""
    config = uvicorn.Config(make_app(archive, **options), host="127.0.0.1", port=0,
                            log_level="warning")  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
