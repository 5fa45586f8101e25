"""A store of an earlier version brought to this one, from what it holds: no publisher's file is asked."""

from dataclasses import dataclass, replace
from pathlib import Path

from sojourn.errors import NoSuchObservation
from sojourn.loading.coverage import with_declared_extent
from sojourn.sources.declaration import Registry
from sojourn.store.coverage import assess
from sojourn.store.manifest import write_manifest, writing
from sojourn.store.wholeness import kept, require_whole
from sojourn.terminal.one_line import OneLine


@dataclass(frozen=True)
class Upgraded(OneLine):
    """What an upgrade found: files whose digests were noted, editions assessed, and the parts."""

    digests: int
    editions: int
    partial: tuple[str, ...]


def upgrade(root: Path, known: Registry) -> Upgraded:
    """Note the digest of each Parquet file and the coverage of each edition.

    Raises
    ------
    NoSuchObservation
        The directory holds no store.
    StoreError
        A Parquet file is gone, cut or changed.
    """
    if not (root / "store" / "manifest.json").is_file():
        raise NoSuchObservation(f"{root}: no data are loaded here", hint="check the path")
    frames = {d.id: d.frame for d in known.datasets.values()}
    with writing(root) as manifest:
        folder = root / "store"
        require_whole(manifest, folder, every=True)
        bare = sum(not f.kept for f in manifest.files)
        files = tuple(f if f.kept else replace(f, kept=kept(folder, f)) for f in manifest.files)
        held = with_declared_extent(replace(manifest, files=files), known)
        whole = assess(held, frames)
        write_manifest(whole)
    parts = tuple(c.edition for c in whole.coverage if c.status == "partial")
    return Upgraded(bare, len(whole.coverage), parts)
