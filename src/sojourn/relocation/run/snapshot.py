"""An encrypted snapshot of a ledger, and its restoration: AES-256-GCM under a key that scrypt makes.

A snapshot holds the ledger and what this machine knows of devices; never a device's private key, so
that two machines do not come to sign as one device.
"""

import base64
import json
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sojourn.errors import PlanError
from sojourn.files import write_whole
from sojourn.relocation.run.custody import read_ledger
from sojourn.relocation.run.devices import RECORD, folder_of

FORM = "sojourn snapshot 1"
_N, _R, _P = 2**15, 8, 1  # scrypt (RFC 7914): 32 MB and about a tenth of a second
_NONCE = 12  # bytes
SHORTEST = 12  # characters of a passphrase


def secret_of(key: Path | None, *, make: bool) -> bytes:
    """Return the secret of a key file, which is made when asked for; else ask at a terminal.

    Raises
    ------
    PlanError
        The file cannot be read or is too short, or there is neither a file nor a terminal.
    """
    if key is None:
        if not sys.stdin.isatty():
            raise PlanError(
                "no key file, and no terminal to ask for a passphrase at", hint="add --key FILE"
            )
        import getpass

        return _long_enough(getpass.getpass("passphrase: ").encode(), "the passphrase")
    if make and not os.path.lexists(key):
        text = secrets.token_urlsafe(32) + "\n"
        write_whole(key, text, error=PlanError, durable=True, private=True)
    try:
        return _long_enough(key.read_bytes().strip(), str(key))
    except OSError as error:
        raise PlanError(
            f"{key}: cannot be read ({error.strerror})", hint="name the key file"
        ) from None


def _long_enough(secret: bytes, what: str) -> bytes:
    if len(secret) < SHORTEST:
        raise PlanError(f"{what}: fewer than {SHORTEST} characters", hint="use a longer one")
    return secret


def write_snapshot(ledger: Path, out: Path, secret: bytes) -> int:
    """Write an encrypted copy of a ledger; return how many events it holds.

    Raises
    ------
    PlanError
        There is no ledger, it is damaged, or the file exists or cannot be written.
    """
    if not ledger.is_file():
        raise PlanError(f"{ledger}: no ledger", hint="name the ledger; nothing was written")
    if os.path.lexists(out):
        raise PlanError(f"{out}: exists", hint="a snapshot is never written over another")
    content = ledger.read_bytes()
    events, torn = read_ledger(ledger)
    record = folder_of(ledger) / RECORD
    held = {
        "ledger": base64.b64encode(content[: content.rfind(b"\n") + 1] if torn else content),
        "devices": base64.b64encode(record.read_bytes() if record.is_file() else b"{}"),
    }
    plain = json.dumps({name: text.decode() for name, text in held.items()}).encode()
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    head = {
        "form": FORM,
        "at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "salt": salt.hex(),
        "nonce": nonce.hex(),
    }
    first = json.dumps(head).encode()
    sealed = AESGCM(_derived(secret, salt)).encrypt(nonce, plain, first)
    write_whole(out, first + b"\n" + sealed, error=PlanError, durable=True, private=True)
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
    record = folder_of(out) / RECORD
    write_whole(record, base64.b64decode(plain["devices"]), error=PlanError, private=True)
    record.parent.chmod(0o700)
    return len(read_ledger(out)[0])


def _opened(snapshot: Path, secret: bytes) -> dict[str, str]:
    """Return what a snapshot holds."""
    salt = nonce = b""
    try:
        first, _, sealed = snapshot.read_bytes().partition(b"\n")
    except OSError as error:
        raise PlanError(
            f"{snapshot}: cannot be read ({error.strerror})", hint="name the snapshot"
        ) from None
    try:
        head = json.loads(first)
        salt, nonce = bytes.fromhex(head["salt"]), bytes.fromhex(head["nonce"])
        ours = head["form"] == FORM and len(nonce) == _NONCE
    except (ValueError, TypeError, KeyError):
        ours = False
    if not ours:
        raise PlanError(f"{snapshot}: is no snapshot", hint="name the snapshot")
    try:
        found: dict[str, str] = json.loads(
            AESGCM(_derived(secret, salt)).decrypt(nonce, sealed, first)
        )
    except InvalidTag:
        raise PlanError(
            f"{snapshot}: does not open: another key, or it was altered",
            hint="name its key file; nothing was written",
        ) from None
    return found


def _derived(secret: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_N, r=_R, p=_P).derive(secret)
