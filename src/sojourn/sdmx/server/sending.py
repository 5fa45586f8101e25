"""An answer under way: its pieces, gzip, the clock that stops it, the place that it takes."""

import logging
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic

import anyio
import duckdb
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Body:
    """The bytes of an answer; ``close`` stops what makes them, ``end`` is when they must be out.

    Attributes
    ----------
    end : float
        Moment of `time.monotonic`.
    """

    pieces: Iterator[bytes]
    close: Callable[[], None]
    end: float


class Sending(StreamingResponse):
    """A body sent in pieces; whoever hangs up or reads too slowly takes no place for longer."""

    def __init__(self, body: Body, headers: Mapping[str, str], media: str) -> None:
        super().__init__(_sent(body), headers=dict(headers), media_type=media)
        self.body_sent = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; at the time limit, or when nobody listens, the connection is closed."""
        try:
            with anyio.move_on_after(self.body_sent.end - monotonic()) as limit:
                await super().__call__(scope, receive, send)
            if limit.cancelled_caught:
                LOG.warning("the time limit was reached: an answer was cut")
        except (ClientDisconnect, TimeoutError, duckdb.Error):
            LOG.info("an answer was cut")
        finally:
            self.body_sent.close()


async def _sent(body: Body) -> AsyncIterator[bytes]:
    while (piece := await run_in_threadpool(partial(next, body.pieces, None))) is not None:
        yield piece


def encoded(first: str, rest: Iterator[str], *, gzip: bool, end: float) -> Iterator[bytes]:
    """Return pieces of text as bytes, packed if asked; the same text gives the same bytes.

    Raises
    ------
    TimeoutError
        The end was reached, or the query behind was stopped: what was sent is a part only.
    """
    packer = zlib.compressobj(5, wbits=31) if gzip else None  # its header holds no time
    piece: str | None = first
    while piece is not None:
        sent = piece.encode()
        if packer is not None:
            sent = packer.compress(sent)
        if sent:
            yield sent
        if monotonic() > end:
            raise TimeoutError("the time limit was reached; the answer is cut")
        piece = next(rest, None)
    if packer is not None:
        yield packer.flush()
