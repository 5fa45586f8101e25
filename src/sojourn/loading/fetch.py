"""Editions from their publishers into ``raw/``: every download kept, none overwritten."""

import fcntl
import json
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sojourn.errors import FetchFailed, SojournError
from sojourn.files import make_folders, move, remove, write_whole
from sojourn.loading.transfer import Patience, Received, receive
from sojourn.sources.declaration import Address, Registry
from sojourn.vocab.observation import EditionId

RECORD = "fetched.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One download, as ``raw/DATASET/fetched.json`` records it.

    Attributes
    ----------
    status : str
        ``new``, ``changed`` (other bytes than before under the same address), ``unchanged`` or
        ``failed``.
    path : str
        Where the file stands; empty when nothing came.
    """

    dataset: str
    url: str
    name: str
    status: str
    path: str = ""
    sha256: str = ""
    bytes: int = 0
    etag: str = ""
    last_modified: str = ""
    fetched_at: str = ""
    license: str = ""
    error: str = ""


def chosen(known: Registry, asked: Sequence[str]) -> list[Address]:
    """Return the declared addresses of publishers, datasets or editions.

    Raises
    ------
    FetchFailed
        Nobody declares an address for one of them.
    """
    out: list[Address] = []
    for name in asked:
        dataset, day = EditionId.of(name)
        found = [
            a
            for a in known.addresses
            if (a.dataset == dataset or a.dataset.startswith(f"{dataset}."))
            and (not day or a.edition.startswith(day))
        ]
        if not found:
            pages = sorted(
                {d.landing_page for d in known.datasets.values() if d.id.startswith(dataset)} - {""}
            )
            raise FetchFailed(
                f"no address is declared for {name!r}",
                hint=f"download it by hand from {', '.join(pages)}, then: sojourn load FILE"
                if pages
                else "see: sojourn fetch --list",
            )
        out += [a for a in found if a not in out]
    return out


def fetch(
    root: Path,
    addresses: Sequence[Address],
    known: Registry,
    *,
    base_url: str = "",
    patience: Patience | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Fetched]:
    """Download files into ``root/raw``; a failure of one leaves the others.

    Parameters
    ----------
    base_url : str
        A mirror: scheme and host in place of the publisher's.
    """
    return [_one(root, a, known, base_url, patience or Patience(), progress) for a in addresses]


def _one(
    root: Path,
    address: Address,
    known: Registry,
    base_url: str,
    patience: Patience,
    progress: Callable[[str, int, int], None] | None,
) -> Fetched:
    folder = root / "raw" / address.dataset
    url = _mirrored(address.url, base_url)
    editions = known.of_dataset(address.dataset)
    terms = next((e.license for e in editions if e.vintage.isoformat() == address.edition), "")
    terms = terms or (editions[-1].license if editions else "not stated")
    about = Fetched(
        dataset=address.dataset, url=url, name=address.name, status="failed", license=terms
    )
    try:
        make_folders(folder)
        with (folder / ".lock").open("w") as lock:
            _lock(lock.fileno(), folder)
            return _received(folder, address, about, patience, progress)
    except OSError as error:
        return replace(about, error=f"{folder}: cannot be written ({error.strerror})")
    except SojournError as error:
        return replace(about, error=str(error))


def _lock(number: int, folder: Path) -> None:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise FetchFailed(
            f"{folder}: another process is fetching into it", hint="wait for it"
        ) from None


def _received(
    folder: Path,
    address: Address,
    about: Fetched,
    patience: Patience,
    progress: Callable[[str, int, int], None] | None,
) -> Fetched:
    record = read_record(folder)
    earlier = [f for f in record if f.url == about.url and Path(f.path).is_file()]
    last = earlier[-1] if earlier else None
    got = receive(
        about.url,
        folder / f".{address.name}.part",
        address.kind,
        known={} if last is None else {"etag": last.etag, "last_modified": last.last_modified},
        limits=(address.at_least, address.at_most),
        patience=patience,
        progress=None if progress is None else lambda n, total: progress(address.name, n, total),
    )
    now = datetime.now(UTC).replace(microsecond=0)
    if got.part is None or (last is not None and got.sha256 == last.sha256):
        _tidy(folder, address.name)
        assert last is not None  # noqa: S101 - 304 answers a condition, which only a copy gives
        return replace(last, status="unchanged")
    target = _target(folder, address.name, got, now)
    move(got.part, target)
    done = replace(
        about,
        status="new" if last is None else "changed",
        path=str(target),
        sha256=got.sha256,
        bytes=got.size,
        etag=got.etag,
        last_modified=got.last_modified,
        fetched_at=now.isoformat(),
    )
    text = json.dumps([asdict(f) for f in (*record, done)], ensure_ascii=False, indent=1)
    write_whole(folder / RECORD, text.encode())
    _tidy(folder, address.name)
    return done


def _target(folder: Path, name: str, got: Received, now: datetime) -> Path:
    """Return where a new file goes: under its own name, or dated beside an older one."""
    plain = folder / name
    if not plain.exists():
        return plain
    return folder / f"{plain.stem}.{now.date().isoformat()}-{got.sha256[:8]}{plain.suffix}"


def _tidy(folder: Path, name: str) -> None:
    for leftover in (f".{name}.part", f".{name}.part.json"):
        remove(folder / leftover)


def _mirrored(url: str, base_url: str) -> str:
    if not base_url:
        return url
    parts = urllib.parse.urlsplit(url)
    return base_url.rstrip("/") + urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))


def read_record(folder: Path) -> list[Fetched]:
    """Return what was downloaded into a folder, oldest first.

    Raises
    ------
    FetchFailed
        The record is damaged.
    """
    path = folder / RECORD
    if not path.is_file():
        return []
    try:
        return [Fetched(**entry) for entry in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError) as error:
        raise FetchFailed(
            f"{path}: cannot be read ({error})",
            hint="move it away: the files beside it stay as they are",
        ) from None
