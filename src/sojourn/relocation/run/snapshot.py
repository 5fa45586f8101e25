"""An encrypted snapshot of a ledger, and its restoration: AES-256-GCM under a key that scrypt makes.

A snapshot holds the ledger and what this machine knows of devices; never a device's private key, so
that two machines do not come to sign as one device.
"""

import base64
import json
import os
from pathlib import Path

from sojourn.errors import PlanError
from sojourn.files import write_whole
from sojourn.relocation.run.custody import read_ledger
from sojourn.relocation.run.devices import RECORD, folder_of, take_over
from sojourn.relocation.site.seal import seal, unseal

FORM = "sojourn snapshot 1"


def to_be_copied(ledger: Path, out: Path) -> None:
    """Ask before a key is made whether there is a ledger to copy, so that a refusal makes none.

    Raises
    ------
    PlanError
        There is no ledger, it is damaged, or the file exists.
    """
    if not ledger.is_file():
        raise PlanError(f"{ledger}: no ledger", hint="name the ledger; nothing was written")
    if os.path.lexists(out):
        raise PlanError(f"{out}: exists", hint="a snapshot is never written over another")
    read_ledger(ledger)


def write_snapshot(ledger: Path, out: Path, secret: bytes) -> int:
    """Write an encrypted copy of a ledger; return how many events it holds.

    Raises
    ------
    PlanError
        There is no ledger, it is damaged, or the file exists or cannot be written.
    """
    to_be_copied(ledger, out)
    content = ledger.read_bytes()
    events, torn = read_ledger(ledger)
    record = folder_of(ledger) / RECORD
    held = {
        "ledger": base64.b64encode(content[: content.rfind(b"\n") + 1] if torn else content),
        "devices": base64.b64encode(record.read_bytes() if record.is_file() else b"{}"),
    }
    plain = json.dumps({name: text.decode() for name, text in held.items()}).encode()
    write_whole(out, seal(plain, secret, FORM), error=PlanError, durable=True, private=True)
    return len(events)


def restore_snapshot(snapshot: Path, out: Path, secret: bytes) -> int:
    """Write the ledger of a snapshot to a new file; return how many events it holds.

    Raises
    ------
    PlanError
        The snapshot was altered, the key is another, or the file exists; nothing is written.
    """
    if os.path.lexists(out):
        raise PlanError(f"{out}: exists", hint="restore to a new file, then sojourn custody merge")
    plain = _opened(snapshot, secret)
    write_whole(out, base64.b64decode(plain["ledger"]), error=PlanError, durable=True, private=True)
    take_over(out, base64.b64decode(plain["devices"]))
    return len(read_ledger(out)[0])


def _opened(snapshot: Path, secret: bytes) -> dict[str, str]:
    """Return what a snapshot holds."""
    try:
        content = snapshot.read_bytes()
    except OSError as error:
        raise PlanError(
            f"{snapshot}: cannot be read ({error.strerror})", hint="name the snapshot"
        ) from None
    found: dict[str, str] = json.loads(unseal(content, secret, str(snapshot), FORM))
    return found
