"""Four roles, each opened by a key file; this machine keeps only what recognises them."""

import json
from enum import StrEnum
from pathlib import Path

from sojourn.errors import PlanError
from sojourn.files import check_folder, new_folder, write_whole
from sojourn.relocation.custody.chain import new_key, public_of
from sojourn.relocation.run.devices import folder_of
from sojourn.relocation.site.private import make_private
from sojourn.relocation.site.seal import can_be_written

RECORD = "desk.json"


class Role(StrEnum):
    """Who stands at the desk."""

    REGISTRAR = "registrar"
    PROTECTION = "protection"
    TRANSPORT = "transport"
    SIGNER = "signer"


def keys_can_be(folder: Path) -> None:
    """Ask whether key files can be made in a folder; nothing is made.

    Raises
    ------
    PlanError
        It exists and is not empty, or cannot be written.
    """
    check_folder(folder, error=PlanError)
    can_be_written(folder.parent)


def make_keys(ledger: Path, folder: Path) -> list[Path]:
    """Write a key file for each role into a new folder; keys made before no longer open anything.

    Raises
    ------
    PlanError
        The folder exists and is not empty, or cannot be written.
    """
    made = {role: new_key() for role in Role}
    with new_folder(folder, error=PlanError) as inside:
        for role, pem in made.items():
            inside.write(f"{role}.key", pem)
        make_private(inside.path)
    make_private(folder)
    known = {role: public_of(pem) for role, pem in made.items()}
    record = folder_of(ledger) / RECORD
    write_whole(record, json.dumps(known, indent=1) + "\n", error=PlanError, private=True)
    record.parent.chmod(0o700)
    return [folder / f"{role}.key" for role in Role]


def known_keys(ledger: Path) -> dict[str, Role]:
    """Return public key to role; empty where no keys were made for this ledger.

    Raises
    ------
    PlanError
        The record was changed and says nothing.
    """
    path = folder_of(ledger) / RECORD
    try:
        found = json.loads(path.read_text("utf-8"))
        return {str(key): Role(role) for role, key in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, RecursionError):
        raise PlanError(
            f"{path}: is no record of roles", hint="make new key files: --keys NEW-FOLDER"
        ) from None


def role_of(known: dict[str, Role], pem: str) -> Role | None:
    """Return the role that a key file opens; None when it opens none."""
    try:
        return known.get(public_of(pem.strip() + "\n"))
    except ValueError:
        return None
