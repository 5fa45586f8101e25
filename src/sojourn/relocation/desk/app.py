"""The application: who asks, may she, and does the request come from a page of ours."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sojourn.errors import SojournError
from sojourn.relocation.desk.answers import TABLE
from sojourn.relocation.desk.asked import Asked
from sojourn.relocation.desk.forms import MOST, body_of, fields_of
from sojourn.relocation.desk.held import Held
from sojourn.relocation.desk.next_step import said_at_a_page
from sojourn.relocation.desk.pages import LANGUAGES, page, style, words_of
from sojourn.relocation.desk.roles import Role, known_keys, role_of

IDLE = 30 * 60  # seconds, after which a role is asked for its key again
COOKIE, LANGUAGE = "desk", "language"
SMALL = 64 * 1024  # bytes of a form without a ledger
HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass
class _Session:
    role: Role
    csrf: str
    used: float


@dataclass
class Sessions:
    """Who is at the desk now; kept in memory alone, and forgotten when the desk is closed."""

    known: dict[str, _Session] = field(default_factory=dict)

    def begin(self, role: Role) -> str:
        """Return the token of a new session."""
        token = secrets.token_urlsafe(32)
        self.known[token] = _Session(role, secrets.token_urlsafe(24), monotonic())
        return token

    def of(self, request: Request) -> _Session | None:
        """Return the session of a request, unless it is too old."""
        token = request.cookies.get(COOKIE, "")
        found = self.known.get(token)
        if found is None or monotonic() - found.used > IDLE:
            self.known.pop(token, None)
            return None
        found.used = monotonic()
        return found


def application(held: Held) -> Starlette:
    """Return the ASGI application of a desk."""
    sessions = Sessions()

    async def answer(request: Request) -> Response:
        try:
            done = await _answered(held, sessions, request)
        except HTTPException as error:
            done = _plain(request, str(error.detail), error.status_code)
        done.headers.update(HEADERS | dict(done.headers))
        return done

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


async def _answered(held: Held, sessions: Sessions, request: Request) -> Response:
    _come_from_here(request)
    path = request.url.path
    if path == "/desk.css":
        return Response(style(), media_type="text/css")
    if path == "/language":
        return _language(request)
    session = sessions.of(request)
    if path == "/in" and request.method == "POST":
        return await _in(held, sessions, request)
    if session is None:
        return _enter(request, held, "", 200 if path == "/" else 401)
    fields = await _fields(request)
    if request.method == "POST" and not secrets.compare_digest(
        fields.get("csrf", b""), session.csrf.encode()
    ):
        raise HTTPException(403, "this form is not of the desk that is open")
    if path == "/out" and request.method == "POST":
        sessions.known.pop(request.cookies.get(COOKIE, ""), None)
        return _gone()
    asked = Asked(held, session.role, _spoken(request), session.csrf, fields)
    return await run_in_threadpool(_within, asked, request.method, path)


def _within(asked: Asked, method: str, path: str) -> Response:
    roles, answer = TABLE.get((method, path), (None, None))
    if roles is None or answer is None:
        raise HTTPException(404, "no such page")
    if asked.role not in roles:
        said = asked.words["forbidden"]
        return asked.page("home.html", said, 403, links=[], tables=[], said=said, bad=True)
    try:
        return answer(asked)
    except (SojournError, OSError) as error:
        title = asked.words["error"]
        said = said_at_a_page(error, asked.words)
        return asked.page("home.html", title, 400, links=[], tables=[], said=said, bad=True)


def _come_from_here(request: Request) -> None:
    """Refuse another host's name (a page elsewhere that was pointed here), and foreign forms."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in HOSTS:
        raise HTTPException(403, "the desk is asked by its own address alone")
    origin = request.headers.get("origin")
    if request.method == "POST" and origin is not None and origin != f"http://{host}":
        raise HTTPException(403, "this form is not of the desk")


async def _fields(request: Request) -> Mapping[str, bytes]:
    if request.method == "GET":
        return {name: value.encode() for name, value in request.query_params.items()}
    most = MOST if request.url.path == "/merge" else SMALL
    body = await body_of(request, most)
    return fields_of(request.headers.get("content-type", ""), body)


async def _in(held: Held, sessions: Sessions, request: Request) -> Response:
    fields = await _fields(request)
    pem = fields.get("key", b"").strip() or fields.get("text", b"")
    role = role_of(known_keys(held.ledger.path), pem.decode("utf-8", "replace"))
    if role is None:
        return _enter(request, held, words_of(_spoken(request))["wrong_key"], 403)
    done = RedirectResponse("/", 303)
    token = sessions.begin(role)
    done.set_cookie(COOKIE, token, httponly=True, samesite="strict")
    return done


def _gone() -> Response:
    done = RedirectResponse("/", 303)
    done.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return done


def _language(request: Request) -> Response:
    to = request.query_params.get("to", "")
    done = RedirectResponse("/", 303)
    if to in LANGUAGES:
        done.set_cookie(LANGUAGE, to, httponly=True, samesite="strict")
    return done


def _spoken(request: Request) -> str:
    asked = request.cookies.get(LANGUAGE, "")
    return asked if asked in LANGUAGES else "en"


def _enter(request: Request, held: Held, said: str, status: int) -> Response:
    language = _spoken(request)
    title, synthetic = words_of(language)["desk"], held.site.rules.operation.synthetic
    shown = page(
        "enter.html", language, title=title, said=said, bad=bool(said), synthetic=synthetic
    )
    return HTMLResponse(shown, status)


def _plain(request: Request, said: str, status: int) -> Response:
    language = _spoken(request)
    title = words_of(language)["error"]
    shown = page("desk.html", language, title=title, said=said, bad=True)
    return HTMLResponse(shown, status)
