"""Encrypt what a site's or a plan's folder holds about people, and open it again."""

from pathlib import Path

from sojourn.errors import PlanError, PublishError, SiteRefused
from sojourn.files import MARKER, remove, write_whole
from sojourn.relocation.run.purge import ENDS, OF_A_PLAN, PERSONAL, wipe
from sojourn.relocation.site.private import FILE, add_private, is_ours
from sojourn.relocation.site.seal import lies, seal, sealed_name, unseal


def _about_people(folder: Path) -> list[Path]:
    """Return the files about people that a site or a plan can hold, whether or not they are there.

    Raises
    ------
    SiteRefused
        The folder is neither.
    """
    if lies(folder / "plan.json"):
        return [folder / n for n in OF_A_PLAN]
    if any(lies(folder / f"person.{end}") for end in ENDS):
        return [folder / f"{t}.{end}" for t in PERSONAL for end in ENDS]
    raise SiteRefused(f"{folder}: holds no site and no plan", hint="name the folder of one")


def to_be_sealed(folder: Path) -> list[Path]:
    """Return the plain files about people; asked before a key is made, so that a refusal makes none.

    Raises
    ------
    PlanError
        The folder is no site and no plan, or a file is a link or lies there encrypted too.
    """
    found = [p for p in _about_people(folder) if p.is_file()]
    for path in found:
        if path.is_symlink() or path.stat().st_nlink > 1:
            raise PlanError(
                f"{path}: is a link", hint="put the file itself there; nothing is done to it"
            )
        if sealed_name(path).exists():
            raise PlanError(
                f"{path}: lies there plain and encrypted", hint="keep the one that is right"
            )
    return found


def seal_folder(folder: Path, secret: bytes) -> list[Path]:
    """Encrypt the files about people; each plain one is overwritten once its copy is on the disk.

    Raises
    ------
    PlanError
        The folder is no site and no plan, or a file cannot be read or written; it is named, and plain
        and encrypted never both lack.
    """
    found = to_be_sealed(folder)
    for path in found:
        content = path.read_bytes()
        closed = seal(content, secret)
        _put(sealed_name(path), closed, ours=is_ours(path))
        if unseal(sealed_name(path).read_bytes(), secret, str(path)) != content:
            raise PlanError(
                f"{path}: was not written as it is", hint="check the disk; it is kept plain"
            )
        wipe(path)
    return [sealed_name(p) for p in found]


def open_folder(folder: Path, secret: bytes) -> list[Path]:
    """Decrypt the files about people again.

    Raises
    ------
    PlanError
        The folder is no site and no plan, a file does not open or cannot be written; nothing was changed.
    """
    found = [p for p in _about_people(folder) if sealed_name(p).is_file()]
    plain = {p: unseal(sealed_name(p).read_bytes(), secret, str(sealed_name(p))) for p in found}
    for path in found:
        if path.exists():
            raise PlanError(
                f"{path}: lies there plain and encrypted", hint="keep the one that is right"
            )
    for path, content in plain.items():
        _put(path, content, ours=is_ours(sealed_name(path)))
        remove(sealed_name(path))
    return found


def _put(path: Path, content: bytes, *, ours: bool) -> None:
    """Write a file for its owner alone; in a folder of ours, entered in its marker when it was before."""
    if ours and (path.parent / MARKER).is_file():
        try:
            add_private(path.parent, {path.name: content})
        except PublishError as error:
            raise PlanError(error.problem, hint=error.hint) from None
    else:
        write_whole(path, content, error=PlanError, durable=True, private=True)
    path.chmod(FILE)
