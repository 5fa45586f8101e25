"""A server of the product on loopback, in a thread, for clients that speak HTTP."""

import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.query.opening import open_data
from sojourn.sdmx.run.surface import opened

if TYPE_CHECKING:
    from sojourn.sdmx.server.app import Limits


@contextmanager
def live(
    data: Path | None, *, public: bool = False, limits: "Limits | None" = None
) -> Iterator[str]:
    """Give the address of a server of a data directory, or of the embedded edition."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import uvicorn

        from sojourn.sdmx.server.app import application
        from sojourn.sdmx.server.running import configured

        store, _ = open_data(data)
        with opened(store, public=public) as surface, socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(configured(application(surface, limits)))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            end = time.monotonic() + 20
            while not server.started and time.monotonic() < end:
                time.sleep(0.01)
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                server.should_exit = True
                thread.join(20)
