"""Files about people are their owner's alone."""

import hashlib
import json
from pathlib import Path

from sojourn.files import MARKER

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077


def make_private(folder: Path) -> None:
    """Let nobody but their owner read a folder of ours and what is in it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(FOLDER if path.is_dir() else FILE)


def is_open(folder: Path) -> bool:
    """Whether others than its owner may read a folder."""
    return bool(folder.stat().st_mode & OTHERS)


def is_ours(path: Path) -> bool:
    """Whether a file stands as we wrote it, in a folder that we made and marked."""
    if path.is_symlink() or not path.is_file() or path.stat().st_nlink > 1:
        return False
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return any(
        digest in _written(folder).get(path.relative_to(folder).as_posix(), ())
        for folder in list(path.parents)[:3]
    )


def _written(folder: Path) -> dict[str, list[str]]:
    try:
        content = json.loads((folder / MARKER).read_text("utf-8"))
        return {str(n): [str(d) for d in digests] for n, digests in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
