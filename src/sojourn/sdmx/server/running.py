"""The server process: listening, the access log, a clean stop."""

import logging
import signal
import socket
from contextlib import suppress
from types import FrameType

import click
import uvicorn
from starlette.types import ASGIApp

from sojourn.errors import SojournError
from sojourn.sdmx.server.app import LONGEST


class _WithoutValues(logging.Filter):
    """Leave out what stands after the question mark: who asked for what is nobody's business."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the path of an access line."""
        if isinstance(record.args, tuple) and len(record.args) >= 3:
            parts = list(record.args)
            parts[2] = str(parts[2]).partition("?")[0]
            record.args = tuple(parts)
        return True


def configured(app: ASGIApp, access_log: str = "off") -> uvicorn.Config:
    """Return how a server runs; what is longer than a request may be is read, and refused in words."""
    return uvicorn.Config(
        app,
        http="h11",
        lifespan="off",
        log_level="info" if access_log != "off" else "warning",
        access_log=access_log != "off",
        server_header=False,
        h11_max_incomplete_event_size=4 * LONGEST,
        timeout_graceful_shutdown=10,
    )


def run(app: ASGIApp, host: str, port: int, access_log: str = "off") -> None:
    """Serve until interrupted; what is being answered then may end, for ten seconds.

    Raises
    ------
    SojournError
        The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)  # whoever reads the address may connect at once
    except OSError as error:
        listening.close()
        raise SojournError(
            f"{host}:{port}: cannot be listened on ({error.strerror})",
            hint="is another server running there? --port 0 takes a free port",
        ) from None
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"http://{shown}:{listening.getsockname()[1]}/ (stop with Ctrl+C)")
    config = configured(app, access_log)
    if access_log == "paths":
        logging.getLogger("uvicorn.access").addFilter(_WithoutValues())
    server = uvicorn.Server(config)
    before = signal.signal(signal.SIGTERM, _ended)  # the server gives it on when it has stopped
    try:
        with suppress(KeyboardInterrupt):  # a server may have stopped before it gives the signal on
            server.run(sockets=[listening])
        click.echo("stopped", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()


def _ended(number: int, frame: FrameType | None) -> None:
    """Stop as on Ctrl+C: folders of ours are cleared, and the exit code says that all is well."""
    del number, frame
    raise KeyboardInterrupt
