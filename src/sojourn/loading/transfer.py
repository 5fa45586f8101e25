"""One file over HTTP: resumed, retried, checked, and named only when it is whole."""

import errno
import hashlib
import http.client
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sojourn import __version__
from sojourn.errors import FetchFailed, counted
from sojourn.files import remove, write_whole

if TYPE_CHECKING:
    from email.message import Message

CHUNK = 1 << 16
MAGIC = {"xlsx": b"PK\x03\x04", "zip": b"PK\x03\x04", "xls": b"\xd0\xcf\x11\xe0", "gz": b"\x1f\x8b"}
AGENT = f"sojourn/{__version__} (official statistics reader)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for a publisher.

    Attributes
    ----------
    attempts : int
    pauses : tuple of float
        Seconds before each further attempt; the last repeats.
    silence : float
        Seconds without a byte after which the connection counts as cut.
    least : float
        Bytes a second below which a body counts as stuck, once ``grace`` seconds have passed.
    redirects : int
    """

    attempts: int = 5
    pauses: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    silence: float = 30.0
    least: float = 200.0
    grace: float = 60.0
    redirects: int = 5
    longest_pause: float = 120.0
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file in its temporary place; ``part`` is None when the publisher has nothing newer."""

    part: Path | None
    url: str
    sha256: str = ""
    size: int = 0
    etag: str = ""
    last_modified: str = ""


class _Again(Exception):
    """The attempt failed in a way that the next may not."""

    def __init__(self, why: str, pause: float = 0.0) -> None:
        super().__init__(why)
        self.pause = pause


class _Hops(urllib.request.HTTPRedirectHandler):
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen: list[str] = []

    def redirect_request(  # type: ignore[no-untyped-def]
        self, req, fp, code, msg, headers, newurl
    ) -> urllib.request.Request | None:
        self.seen.append(newurl)
        if not re.match(r"https?://", newurl) or (
            req.full_url.startswith("https://") and newurl.startswith("http://")
        ):
            raise FetchFailed(
                f"{req.full_url}: sent on to {newurl}",
                hint="only http and https are followed, and never from https to http",
            )
        if len(self.seen) > self.limit or newurl in (req.full_url, *self.seen[:-1]):
            raise FetchFailed(
                f"{req.full_url}: sent in a circle or on too often: {' → '.join(self.seen[-3:])}",
                hint="open the address in a browser; the publisher may have moved the file",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def receive(
    url: str,
    part: Path,
    kind: str,
    *,
    known: Mapping[str, str],
    limits: tuple[int, int],
    patience: Patience,
    progress: Callable[[int, int], None] | None = None,
) -> Received:
    """Receive a file into ``part``, going on where an earlier attempt ended.

    Parameters
    ----------
    kind : str
        What the bytes must be (``xlsx``, ``xls``, ``zip``, ``gz``, ``csv``).
    known : mapping
        ``etag`` and ``last_modified`` of the copy at hand, for a conditional request.
    limits : (int, int)
        Smallest and largest size in bytes.

    Raises
    ------
    FetchFailed
        Naming the address, what it answered and what to do; the disk holds no half-written file
        under the file's own name.
    """
    why = ""
    for attempt in range(patience.attempts):
        if attempt:
            pause = patience.pauses[min(attempt, len(patience.pauses)) - 1]
            patience.wait(pause)
        try:
            found = _attempt(url, part, known, limits[1], patience, progress)
        except _Again as again:
            why = str(again)
            if again.pause:
                patience.wait(min(again.pause, patience.longest_pause))
            continue
        if found.part is not None:
            _check(url, part, kind, limits)
        return found
    raise FetchFailed(
        f"{url}: {why}, after {counted(patience.attempts, 'attempt')}",
        hint="what has arrived is kept and the next fetch goes on from there; try again later",
    )


def _attempt(
    url: str,
    part: Path,
    known: Mapping[str, str],
    largest: int,
    patience: Patience,
    progress: Callable[[int, int], None] | None,
) -> Received:
    notes = part.with_name(part.name + ".json")
    held = part.stat().st_size if part.is_file() and notes.is_file() else 0
    about = json.loads(notes.read_text("utf-8")) if held else {}
    if about.get("url") != url or not (about.get("etag") or about.get("last_modified")):
        held = 0
    request = urllib.request.Request(url, headers=_headers(known, about, held))  # noqa: S310 - http(s) only
    hops = _Hops(patience.redirects)
    opener = urllib.request.build_opener(hops)
    try:
        with opener.open(request, timeout=patience.silence) as answer:
            return _body(url, answer, part, notes, held, largest, patience, progress)
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return Received(None, url)
        _answered(url, error, part)
        raise AssertionError from None  # pragma: no cover - the line above raises
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        if isinstance(error, OSError) and error.errno in (
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EACCES,
            errno.EROFS,
        ):
            remove(part)
            raise FetchFailed(
                f"{part.parent}: cannot be written ({os.strerror(error.errno)})",
                hint="make room or choose another --data; nothing was changed",
            ) from None
        reason = getattr(error, "reason", None) or error
        raise _Again(f"the connection failed ({reason})") from None


def _headers(known: Mapping[str, str], about: Mapping[str, str], held: int) -> dict[str, str]:
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if held:
        headers["Range"] = f"bytes={held}-"
        headers["If-Range"] = about.get("etag") or about["last_modified"]
        return headers
    if known.get("etag"):
        headers["If-None-Match"] = known["etag"]
    if known.get("last_modified"):
        headers["If-Modified-Since"] = known["last_modified"]
    return headers


def _answered(url: str, error: urllib.error.HTTPError, part: Path) -> None:
    """Turn an answer that is no file into a reason to try again, or into what to do."""
    if error.code == 416:  # the part does not fit the file any more
        remove(part)
        raise _Again("the file changed while it was fetched")
    if error.code in (408, 425, 429) or error.code >= 500:
        later = error.headers.get("Retry-After", "")
        raise _Again(
            f"answered {error.code} {error.reason}", float(later) if later.isdigit() else 0.0
        )
    advice = {
        401: "the publisher asks for an account: download it in a browser and load it from there",
        403: "the publisher refuses programs: download it in a browser and load it from there",
        404: "the publisher has moved the file: see its landing page (sojourn fetch --list)",
        410: "the publisher has removed the file: see its landing page (sojourn fetch --list)",
    }
    raise FetchFailed(
        f"{url}: answered {error.code} {error.reason}",
        hint=advice.get(error.code, "open the address in a browser"),
    )


def _body(
    url: str,
    answer: http.client.HTTPResponse,
    part: Path,
    notes: Path,
    held: int,
    largest: int,
    patience: Patience,
    progress: Callable[[int, int], None] | None,
) -> Received:
    headers: Message = answer.headers
    resumed = answer.status == 206 and headers.get("Content-Range", "").startswith(f"bytes {held}-")
    start = held if resumed else 0
    length = headers.get("Content-Length", "")
    total = start + int(length) if length.isdigit() else 0
    if total > largest:
        raise FetchFailed(
            f"{url}: {total:,} bytes, more than the {largest:,} declared for it",
            hint="is it the right address? raise at_most in the declaration if it is",
        )
    etag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    write_whole(
        notes, json.dumps({"url": url, "etag": etag, "last_modified": modified}), error=FetchFailed
    )
    with part.open("ab" if resumed else "wb") as stream:
        got = _copy(url, answer, stream, start, (total, largest), patience, progress)
        stream.flush()
        os.fsync(stream.fileno())
    if total and got != total:
        raise _Again(f"the connection was cut at {got:,} of {total:,} bytes")
    return Received(part, answer.url, _sha256(part), got, etag, modified)


def _copy(
    url: str,
    answer: IO[bytes],
    stream: IO[bytes],
    got: int,
    sizes: tuple[int, int],
    patience: Patience,
    progress: Callable[[int, int], None] | None,
) -> int:
    total, largest = sizes
    began, first = time.monotonic(), got
    while True:
        try:
            chunk = answer.read1(CHUNK) if hasattr(answer, "read1") else answer.read(CHUNK)
        except (http.client.IncompleteRead, TimeoutError, ConnectionError) as error:
            raise _Again(f"the connection was cut at {got:,} bytes ({error})") from None
        if not chunk:
            return got
        stream.write(chunk)
        got += len(chunk)
        if got > largest:
            raise FetchFailed(
                f"{url}: more than the {largest:,} bytes declared for it",
                hint="is it the right address?",
            )
        if progress is not None:
            progress(got, total)
        spent = time.monotonic() - began
        if spent > patience.grace and (got - first) / spent < patience.least:
            raise _Again(f"the body came at {(got - first) / spent:.0f} bytes a second")


def _check(url: str, part: Path, kind: str, limits: tuple[int, int]) -> None:
    """Refuse what is not the declared kind of file, above all a page instead of a table."""
    size = part.stat().st_size
    with part.open("rb") as stream:
        head = stream.read(4096)
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    page = re.match(r"<(?:!doctype html|html|head|body)", text, re.IGNORECASE) is not None
    magic = MAGIC.get(kind)
    wrong = page or (magic is not None and not head.startswith(magic))
    wrong |= kind == "csv" and (b"\x00" in head[:512] or head.startswith(tuple(MAGIC.values())))
    if wrong or size < limits[0]:
        remove(part)
        title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
        found = (
            f"a web page ({title[1].strip()[:80]!r})"
            if page and title
            else "a web page"
            if page
            else f"{head[:12]!r}"
        )
        said = (
            f"is {found}" if wrong else f"has {size:,} bytes, fewer than the {limits[0]:,} declared"
        )
        raise FetchFailed(
            f"{url}: expected {kind}, and what came {said}",
            hint="open the address in a browser: the publisher may show an error or ask for consent",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
