"""The explorer of the store that is served, under ``/explore/``: written when it is first asked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock, Thread

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from sojourn.errors import SojournError
from sojourn.explorer.run.explorer import site_files
from sojourn.files import Folder, scratch
from sojourn.store.observations import Store

_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8">{more}<title>sojourn</title>'
    "<main><h1>sojourn</h1><p>{said}</p></main></html>"
)


class _Stopped(Exception):
    pass


@dataclass
class Explorer:
    """The site of a store in a folder that is gone when the server stops.

    Attributes
    ----------
    public : bool
        Editions whose terms allow no copy are left out.
    patience : float
        Seconds that a visitor waits for the site before being told to come back.
    """

    store: Store
    folder: Path
    public: bool
    embedded: bool
    patience: float = 20.0
    refused: str = ""
    broken: str = ""
    done: Event = field(default_factory=Event)
    stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    thread: Thread | None = None

    def ready(self) -> bool:
        """Begin to write the site if nobody has; whether it is there."""
        with self.lock:
            if self.thread is None:
                self.thread = Thread(target=self._write, daemon=True)
                self.thread.start()
        return self.done.wait(self.patience)

    def _write(self) -> None:
        own = replace(self.store, connected=self.store.con.cursor(), answers={})
        try:
            for name, text in site_files(
                own, public=self.public, embedded=self.embedded, progress=self._step
            ):
                Folder(self.folder).write(name, text)
        except _Stopped:
            return
        except (SojournError, OSError) as error:
            self.refused = str(error)
        except Exception as error:  # told to the visitor, who would else be asked to wait for ever
            self.broken = f"The pages could not be written ({type(error).__name__}: {error})."
            logging.getLogger(__name__).exception("the explorer could not be written")
        finally:
            self.done.set()

    def _step(self, said: str, done: int, of: int) -> None:
        del said, done, of
        if self.stop.is_set():
            raise _Stopped

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file of the site, or say that it is being written."""
        answer = await self._answer(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        if not await run_in_threadpool(self.ready):
            said = _PAGE.format(
                said="The pages are being written; this one asks again by itself.",
                more='<meta http-equiv="refresh" content="5">',
            )
            return HTMLResponse(said, 503, {"Retry-After": "5"})
        if self.broken:
            return HTMLResponse(_PAGE.format(said=_escaped(self.broken), more=""), 503)
        if self.refused:
            return HTMLResponse(_PAGE.format(said=_escaped(self.refused), more=""), 403)
        site = StaticFiles(directory=self.folder, html=True, follow_symlink=False)
        return await site.get_response(site.get_path(request.scope), request.scope)


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)


async def to_folder(request: Request) -> Response:
    """Send a visitor of ``/explore`` to ``/explore/``, where links of pages work."""
    del request
    return RedirectResponse("/explore/", 308)


@contextmanager
def exploring(store: Store, *, public: bool, embedded: bool) -> Iterator[Explorer]:
    """Give the explorer of a store; its folder is gone afterwards."""
    with scratch() as folder:
        made = Explorer(store, folder.path, public, embedded)
        try:
            yield made
        finally:
            made.stop.set()
            if made.thread is not None:
                made.thread.join(30)
