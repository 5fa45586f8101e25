"""The application: routes, status codes, limits, compression, entity tags."""

import hashlib
import re
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Timer
from time import monotonic

import duckdb
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from sojourn import __version__
from sojourn.errors import SojournError, counted
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.surface import Surface
from sojourn.sdmx.server.asking import Asking, answer
from sojourn.sdmx.server.exploring import Explorer, to_folder
from sojourn.sdmx.server.openapi import document
from sojourn.sdmx.server.paths import PATHS, Path
from sojourn.sdmx.server.sending import Body, Sending, encoded
from sojourn.sdmx.writers.xml import head

#: Longer requests are refused with 414.
LONGEST = 32_768


@dataclass
class Limits:
    """How many requests at once, and how long each may take (seconds)."""

    at_once: int = 16
    seconds: float = 120.0
    active: int = 0
    lock: Lock = field(default_factory=Lock)

    def enter(self) -> None:
        """Take a place, or refuse (503)."""
        with self.lock:
            if self.active >= self.at_once:
                raise Refusal(
                    503,
                    f"{counted(self.active, 'request is', 'requests are')} being answered",
                    hint="try again",
                )
            self.active += 1

    def leave(self) -> None:
        """Give the place back."""
        with self.lock:
            self.active -= 1


def application(
    surface: Surface, limits: Limits | None = None, explorer: Explorer | None = None
) -> Starlette:
    """Return the ASGI application that serves a surface, and its explorer if one is given."""
    bounds = limits or Limits()
    routes: list[BaseRoute] = [
        Route("/", _welcome, methods=["GET"]),
        Route("/health", _health, methods=["GET"]),
        Route("/version", partial(_version, surface), methods=["GET"]),
        Route("/openapi.json", _openapi, methods=["GET"]),
    ]
    if explorer is not None:
        routes += [
            Route("/explore", to_folder, methods=["GET"]),
            Mount("/explore", app=explorer),
        ]
    for path in PATHS:
        endpoint = partial(_endpoint, surface, bounds, path)
        both = (path.template, path.template + "/")
        routes += [Route(template, endpoint, methods=["GET"]) for template in both]
    handlers = {HTTPException: _unknown}
    return Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]


async def _welcome(request: Request) -> Response:
    del request
    paths = sorted({p.template for p in PATHS})
    return JSONResponse({"sojourn": __version__, "agency": "SOJOURN", "paths": paths})


async def _health(request: Request) -> Response:
    del request
    return JSONResponse({"status": "ok"})


async def _version(surface: Surface, request: Request) -> Response:
    del request
    told = {
        "sojourn": __version__,
        "rest": "2.2.2",
        "public": surface.public,
        "store": surface.digest,
    }
    return JSONResponse(told)


async def _openapi(request: Request) -> Response:
    del request
    return JSONResponse(document())


async def _unknown(request: Request, error: HTTPException) -> Response:
    del request
    said = Refusal(error.status_code, error.detail, hint="see /openapi.json")
    answer = _refused(said, old=False)
    answer.headers.update(error.headers or {})
    return answer


def _refused(error: SojournError, *, old: bool) -> Response:
    status = error.status if isinstance(error, Refusal) else 503
    if isinstance(error, Empty):
        if not old:
            return Response(status_code=204, headers={"Vary": _VARY})
        status = 404
    headers = {"Vary": _VARY}
    if status == 503:
        headers["Retry-After"] = "5"
    if old:
        return Response(_error_ml(status, str(error)), status, headers, "application/xml")
    told = {
        "errors": [{"code": _CODES.get(status, 500), "title": error.problem, "detail": error.hint}]
    }
    return JSONResponse(told, status, headers)


_VARY = "Accept, Accept-Language, Accept-Encoding"
_CODES = {400: 140, 403: 110, 404: 100, 406: 140, 413: 510, 414: 140, 422: 150, 501: 501, 503: 503}


def _error_ml(status: int, text: str) -> str:
    from xml.sax.saxutils import escape

    clean = "".join(c for c in text if c >= " " or c == "\n")
    begun = head("Error", "", "").partition("<mes:Header>")[0]
    said = (
        f'<mes:ErrorMessage code="{_CODES.get(status, 500)}"><com:Text>{escape(clean)}</com:Text>'
    )
    return f"{begun}{said}</mes:ErrorMessage></mes:Error>"


async def _endpoint(surface: Surface, limits: Limits, path: Path, request: Request) -> Response:
    kept = path.old
    try:
        asking = _asking(path, request)
        tag = _tag(surface, asking, request)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": tag, "Vary": _VARY})
        limits.enter()
    except SojournError as error:
        return _refused(error, old=kept)
    try:
        made = await run_in_threadpool(_begun, surface, limits, asking, tag, _gzip(request))
    except SojournError as error:
        limits.leave()
        return _refused(error, old=kept)
    except duckdb.Error as error:
        limits.leave()
        return _refused(_failed(error), old=kept)
    except BaseException:
        limits.leave()
        raise
    if request.method != "HEAD":
        return made
    made.body_sent.close()
    return Response(headers=dict(made.headers))


def _failed(error: duckdb.Error) -> Refusal:
    if isinstance(error, duckdb.InterruptException):
        return Refusal(503, "the time limit was reached", hint="narrow the request")
    said = str(error).splitlines()[0]
    hint = "was the data directory changed since the server began? Stop it and serve it again"
    return Refusal(503, f"the store cannot answer: {said}", hint=hint)


def _asking(path: Path, request: Request) -> Asking:
    raw = request.scope.get("raw_path", b"").decode("latin-1")
    query = request.scope.get("query_string", b"").decode("latin-1")
    if len(raw) + len(query) > LONGEST:
        raise Refusal(
            414, f"a request of {len(raw) + len(query):,} bytes", hint=f"{LONGEST:,} at most"
        )
    names = path.template.split("/")[1:]
    sent = raw.partition("?")[0].split("/")[1:]
    segments = {n[1:-1]: s for n, s in zip(names, sent, strict=False) if n.startswith("{")}
    accept = request.headers.get("accept", "*/*")
    language = request.headers.get("accept-language", "")
    return Asking(path, segments, query, accept, language)


def _gzip(request: Request) -> bool:
    parts = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    return any(re.fullmatch(r"gzip(;q=(?!0(\.0*)?$).*)?", p) for p in parts)


def _tag(surface: Surface, asking: Asking, request: Request) -> str:
    if asking.path.kind == "none":
        return '"none"'
    said = (
        surface.digest,
        request.scope.get("raw_path"),
        asking.query,
        asking.format,
        asking.language,
        _gzip(request),
        __version__,
    )
    return f'"{hashlib.sha256(repr(said).encode()).hexdigest()[:40]}"'


def _begun(surface: Surface, limits: Limits, asking: Asking, tag: str, gzip: bool) -> Sending:  # noqa: FBT001 - run in a thread, by position
    """Begin an answer: what can be refused is refused before the first byte goes out."""
    end = monotonic() + limits.seconds
    mine = surface.of_request()
    timer = Timer(limits.seconds, mine.interrupt)
    timer.daemon = True
    timer.start()
    try:
        found = answer(mine, asking)
        first = next(found.pieces, "")
    except BaseException:
        timer.cancel()
        raise

    def close() -> None:
        timer.cancel()
        mine.interrupt()
        limits.leave()

    headers = {"ETag": tag, "Vary": _VARY, **found.headers}
    if gzip:
        headers["Content-Encoding"] = "gzip"
    body = Body(encoded(first, found.pieces, gzip=gzip, end=end), close, end)
    return Sending(body, headers, found.media)
