"""Files about people, encrypted at rest: AES-256-GCM under a key that scrypt makes of a secret.

The secret is a key file, named by ``SOJOURN_KEY``, or a passphrase asked at a terminal; where there is
no terminal nothing is asked and nothing is read. Only what is read into memory is ever plain.
"""

import errno
import json
import os
import secrets
import sys
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sojourn.errors import PlanError
from sojourn.files import write_whole

SEALED = ".sealed"  # ends the name of a file that is encrypted
FORM = "sojourn sealed 1"
KEY = "SOJOURN_KEY"
SHORTEST = 12  # characters of a passphrase
_N, _R, _P = 2**15, 8, 1  # scrypt (RFC 7914): 32 MB and about a tenth of a second
_NONCE = 12  # bytes


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
                "no key file, and no terminal to ask for a passphrase at",
                hint=f"add --key FILE, or set {KEY}=FILE",
            )
        return _typed(twice=make)
    if make and not os.path.lexists(key):
        text = secrets.token_urlsafe(32) + "\n"
        write_whole(key, text, error=PlanError, durable=True, private=True)
    try:
        return _long_enough(key.read_bytes().strip(), str(key))
    except OSError as error:
        raise PlanError(
            f"{key}: cannot be read ({error.strerror})", hint="name the key file"
        ) from None


def _typed(*, twice: bool) -> bytes:
    """Ask for a passphrase; a new one twice, for a slip of the hand would close the files for good."""
    import getpass

    typed = getpass.getpass("passphrase: ")
    # one that opens counts its bytes: files closed by fewer letters of two bytes have to open
    secret = _long_enough(typed.encode(), "the passphrase", len(typed) if twice else None)
    if twice and getpass.getpass("the same again: ").encode() != secret:
        raise PlanError("two different passphrases were typed", hint="nothing was encrypted")
    return secret


def key_can_be(key: Path) -> None:
    """Ask whether a key file is there and holds a secret, or can be made; nothing is made.

    Raises
    ------
    PlanError
        It cannot be read, is too short, or its folder cannot be written into.
    """
    if os.path.lexists(key):
        secret_of(key, make=False)
    else:
        can_be_written(key.parent)


def can_be_written(folder: Path) -> None:
    """Ask whether files can be put into a folder, or into one made there; nothing is made.

    Raises
    ------
    PlanError
        It, or the first above it that exists, is no folder or cannot be written into.
    """
    above = next(p for p in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(p))
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise PlanError(
            f"{folder}: nothing can be written there", hint="name another path; nothing was made"
        )


def _long_enough(secret: bytes, what: str, characters: int | None = None) -> bytes:
    if (len(secret) if characters is None else characters) < SHORTEST:
        raise PlanError(f"{what}: fewer than {SHORTEST} characters", hint="use a longer one")
    return secret


def seal(plain: bytes, secret: bytes, form: str = FORM) -> bytes:
    """Return content encrypted: a line that says what it is, then the rest."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    head = {
        "form": form,
        "at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "salt": salt.hex(),
        "nonce": nonce.hex(),
    }
    first = json.dumps(head).encode()
    return first + b"\n" + AESGCM(_derived(secret, salt)).encrypt(nonce, plain, first)


def unseal(content: bytes, secret: bytes, what: str, form: str = FORM) -> bytes:
    """Return what was encrypted.

    Raises
    ------
    PlanError
        It is of another form, was altered, or the key is another.
    """
    first, _, closed = content.partition(b"\n")
    salt = nonce = b""
    try:
        head = json.loads(first)
        salt, nonce = bytes.fromhex(head["salt"]), bytes.fromhex(head["nonce"])
        ours = head["form"] == form and len(nonce) == _NONCE and len(salt) > 0
    except (ValueError, TypeError, KeyError, RecursionError):
        ours = False
    if not ours:
        raise PlanError(f"{what}: is not what its name says", hint="name a file of ours")
    try:
        return AESGCM(_derived(secret, salt)).decrypt(nonce, closed, first)
    except InvalidTag:
        raise PlanError(
            f"{what}: does not open: another key, or it was altered",
            hint="name its key file; nothing was written",
        ) from None


@lru_cache(maxsize=64)
def _derived(secret: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_N, r=_R, p=_P).derive(secret)


@lru_cache(maxsize=1)
def _asked() -> bytes:
    return secret_of(None, make=False)


def held_secret() -> bytes:
    """Return the secret of the key file that ``SOJOURN_KEY`` names, or ask once at a terminal.

    Raises
    ------
    PlanError
        There is neither.
    """
    named = os.environ.get(KEY, "")
    return secret_of(Path(named), make=False) if named else _asked()


def sealed_name(path: Path) -> Path:
    """Return where a file lies when it is encrypted."""
    return path.with_name(path.name + SEALED)


def lies(path: Path) -> bool:
    """Whether a file is there, plain or encrypted."""
    return path.exists() or sealed_name(path).is_file()


def plain_bytes(path: Path) -> bytes:
    """Return the content of a file, plain or encrypted.

    Raises
    ------
    OSError
        It cannot be read.
    PlanError
        It is encrypted and does not open.
    """
    closed = sealed_name(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "a pipe or a device, and no file")
    if path.exists() or not closed.is_file():
        return path.read_bytes()
    return unseal(closed.read_bytes(), held_secret(), str(closed))
