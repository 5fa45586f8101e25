"""A file is written whole or not at all."""

import shutil
from pathlib import Path

from sojourn.errors import PublishError


def write_whole(out: Path, content: bytes) -> None:
    """Write a file; its folder is made when it does not exist, and nothing half-written stays.

    Raises
    ------
    PublishError
        The file cannot be written; what stood there before still does.
    """
    temporary = out.with_name(f".{out.name}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(out)
    except OSError as error:
        if temporary.is_file():
            temporary.unlink(missing_ok=True)
        free = shutil.disk_usage(out.parent).free if out.parent.is_dir() else None
        raise PublishError(
            f"{out}: cannot be written ({error.strerror})",
            hint="the disk is full" if free == 0 else "check the folder and its permissions",
        ) from None
