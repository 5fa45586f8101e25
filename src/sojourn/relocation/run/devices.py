"""Keys of devices, and what this machine knows of others: kept apart from the ledger.

Whoever carries a ledger away, or writes into it, has neither the key nor the record of what was
there. ``SOJOURN_KEYS`` names the folder; the user's own state folder by default.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sojourn.errors import PlanError
from sojourn.files import write_whole
from sojourn.relocation.custody.chain import Known, heads, new_key, public_of
from sojourn.relocation.custody.custody import Event, is_clock

RECORD = "devices.json"


def folder_of(ledger: Path) -> Path:
    """Return where this machine keeps what belongs to a ledger."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    keys = os.environ.get("SOJOURN_KEYS") or Path(state) / "sojourn" / "custody"
    return Path(keys) / hashlib.sha256(str(ledger.resolve()).encode()).hexdigest()[:24]


def device_key(ledger: Path, device: str) -> str:
    """Return a device's private key; it is made on first use.

    Raises
    ------
    PlanError
        It cannot be read or written, or is none.
    """
    path = folder_of(ledger) / f"{hashlib.sha256(device.encode()).hexdigest()[:16]}.pem"
    try:
        pem = path.read_text("utf-8")
        public_of(pem)
    except FileNotFoundError:
        pem = new_key()
        _write(path, pem)
    except (OSError, ValueError):
        raise PlanError(
            f"{path}: holds no key of a device", hint="restore it from its copy; nothing was noted"
        ) from None
    return pem


def known_devices(ledger: Path) -> dict[str, Known]:
    """Return what this machine knows of the devices of a ledger; empty where nothing was kept.

    Raises
    ------
    PlanError
        The record was changed and says nothing.
    """
    path = folder_of(ledger) / RECORD
    try:
        return devices_of(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        raise PlanError(
            f"{path}: is no record of devices", hint="restore it from its copy"
        ) from None


def devices_of(record: bytes) -> dict[str, Known]:
    """Return what a record says of devices.

    Raises
    ------
    ValueError, TypeError, AttributeError, RecursionError
        It is no record.
    """
    return {str(d): _known(k) for d, k in json.loads(record).items()}


def _known(told: Mapping[str, Any]) -> Known:
    """Ask that a record says of a device what we write: an event is chained to it unread."""
    found = Known(**told)
    if not all(isinstance(told.get(n, ""), str) for n in ("key", "head", "clock")):
        raise ValueError("a key, head or clock that is no text")
    if not (found.clock == "" or is_clock(found.clock)):
        raise ValueError("a clock that we never write")
    if type(told.get("number", 0)) is not int or found.number < 0:
        raise ValueError("a number that we never write")
    return found


def take_over(ledger: Path, record: bytes) -> None:
    """Add what a record says; of what this machine has seen itself nothing is forgotten."""
    _keep(ledger, _further(known_devices(ledger), devices_of(record)))


def remember(ledger: Path, events: Iterable[Event]) -> None:
    """Keep the heads of the chains that these events make longer."""
    _keep(ledger, heads(events, known_devices(ledger)))


def exchange(out: Path, ledgers: Sequence[Path], events: Sequence[Event]) -> None:
    """Take over what the merged ledgers' machines know: keys, and heads as far as they had come."""
    found = known_devices(out)
    for ledger in ledgers:
        found = _further(found, known_devices(ledger))
    _keep(out, heads(events, found))


def _further(found: Mapping[str, Known], others: Mapping[str, Known]) -> dict[str, Known]:
    """Return what is known of each device, as far as either had come."""
    known = dict(found)
    for device, other in others.items():
        mine = known.get(device)
        if mine is None or (mine.key == other.key and other.number > mine.number):
            known[device] = other
    return known


def _keep(ledger: Path, known: dict[str, Known]) -> None:
    text = json.dumps({d: asdict(k) for d, k in sorted(known.items())}, indent=1) + "\n"
    _write(folder_of(ledger) / RECORD, text)


def _write(path: Path, text: str) -> None:
    write_whole(path, text, error=PlanError, durable=True, private=True)
    path.parent.chmod(0o700)
