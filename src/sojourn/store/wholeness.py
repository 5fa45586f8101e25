"""Whether our own Parquet files are what was written: size always, digest where it is cheap."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sojourn.errors import StoreError
from sojourn.store.manifest import KeptFile, LoadedFile, Manifest

#: Bytes up to which a store's digests are computed whenever it is opened (0.06 s of CPU).
CHEAP = 100_000_000
_ROOMS = ("observations", "memberships", "problems")


def kept(folder: Path, file: LoadedFile) -> tuple[KeptFile, ...]:
    """Return size and digest of the Parquet files that were written for one publisher's file."""
    out = []
    for sub, name in _names(file):
        path = folder / sub / name
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        out.append(KeptFile(folder=sub, name=name, bytes=path.stat().st_size, sha256=digest))
    return tuple(out)


def _names(file: LoadedFile) -> Iterator[tuple[str, str]]:
    for sub, name in zip(_ROOMS, (file.parquet, file.memberships, file.problems), strict=True):
        if name:
            yield sub, name


def damages(manifest: Manifest, folder: Path, *, every: bool) -> list[str]:
    """Return what is wrong with our own files, one sentence each.

    Parameters
    ----------
    every : bool
        Compute the digests whatever they cost; else only of a store of up to `CHEAP` bytes.
    """
    known = [k for f in manifest.files for k in f.kept]
    digests = every or sum(k.bytes for k in known) <= CHEAP
    found = [said for k in known if (said := _damage(k, folder, digest=digests))]
    bare = [(sub, name) for f in manifest.files if not f.kept for sub, name in _names(f)]
    found += [
        f"{folder / sub / name}: is gone"
        for sub, name in bare
        if not (folder / sub / name).is_file()
    ]
    return found


def unnamed(manifest: Manifest, folder: Path) -> list[Path]:
    """Return the files among ours that no entry of the manifest names: nothing reads them."""
    known = {(sub, name) for f in manifest.files for sub, name in _names(f)}
    rooms = [folder / sub for sub in _ROOMS if (folder / sub).is_dir()]
    found = [path for room in rooms for path in room.rglob("*") if not path.is_dir()]
    return sorted(p for p in found if (p.parent.name, p.name) not in known)


def _damage(file: KeptFile, folder: Path, *, digest: bool) -> str:
    path = folder / file.folder / file.name
    try:
        size = path.stat().st_size
        if size != file.bytes:
            return f"{path}: holds {size:,} bytes, {file.bytes:,} were written"
        if digest:
            with path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
                    return f"{path}: its bytes are not those that were written"
    except FileNotFoundError:
        return f"{path}: is gone"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror or error})"
    return ""


def require_whole(manifest: Manifest, folder: Path, *, every: bool = False) -> None:
    """Refuse a store of which a file is gone, cut or changed.

    Raises
    ------
    StoreError
        Naming up to three files, what they hold and what was written.
    """
    if found := damages(manifest, folder, every=every):
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        raise StoreError(
            f"{'; '.join(found[:3])}{more}",
            hint="restore the folder from a backup, or load the publishers' files into a new one",
        )
