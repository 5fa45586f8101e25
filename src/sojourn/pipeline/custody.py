"""The custody ledger as a file: one line an event, each with its checksum, on disk before it counts."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from sojourn.errors import PlanError
from sojourn.pipeline.writing import write_whole
from sojourn.plan.custody import Event, merge, refuse


def read_ledger(path: Path) -> tuple[list[Event], str]:
    """Return the events of a ledger, and what must be said of its last line.

    A last line that was torn by a crash is left out and named; a damaged line in the middle is an
    error, for something else has happened to the file.

    Raises
    ------
    PlanError
        The file cannot be read, or a line that is not the last is damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], ""
    except OSError as error:
        raise PlanError(f"{path}: cannot be read ({error.strerror})", hint="check the file") from None  # fmt: skip
    lines = content.split(b"\n")
    torn = lines.pop()  # what stands after the last line break
    events = []
    for number, line in enumerate(lines, start=1):
        event = _event(line)
        if event is None:
            raise PlanError(
                f"{path}: line {number} is damaged",
                hint="restore the ledger from another device: sojourn custody merge",
            )
        events.append(event)
    said = f"{path}: the last line was torn by a crash and holds no event" if torn else ""
    return events, said


def append(path: Path, event: Event) -> Event:
    """Write one event; it is on disk when this returns. The number is the device's next.

    Raises
    ------
    PlanError
        The event cannot be, the ledger is damaged, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
            events, torn = read_ledger(path)
            number = 1 + max((e.number for e in events if e.device == event.device), default=0)
            new = Event(**{**asdict(event), "number": number})
            refuse(new)
            if torn:
                _cut(path)
            stream.seek(0, os.SEEK_END)
            stream.write(_line(new))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise PlanError(f"{path}: cannot be written ({error.strerror})", hint="make room: the event was not noted") from None  # fmt: skip
    return new


def write_merged(paths: Iterable[Path], out: Path) -> int:
    """Merge ledgers into one file; return how many events it has.

    Raises
    ------
    PlanError, PublishError
        A ledger is damaged or was altered; nothing is written.
    """
    merged = merge([read_ledger(p)[0] for p in paths])
    write_whole(out, b"".join(_line(e) for e in merged))
    return len(merged)


def _cut(path: Path) -> None:
    """Cut a torn last line off, so that the next event begins a line of its own."""
    content = path.read_bytes()
    with path.open("rb+") as stream:
        stream.truncate(content.rfind(b"\n") + 1)
        os.fsync(stream.fileno())


def _line(event: Event) -> bytes:
    text = json.dumps(asdict(event), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{digest} {text}\n".encode()


def _event(line: bytes) -> Event | None:
    digest, _, text = line.partition(b" ")
    if hashlib.sha256(text).hexdigest()[:16].encode() != digest:
        return None
    try:
        event = Event(**json.loads(text))
        refuse(event)
    except (ValueError, TypeError, PlanError):
        return None
    return event
