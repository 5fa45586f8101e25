"""What was printed of a plan and where, so that a purge finds it again."""

import json
from collections.abc import Sequence
from pathlib import Path

from sojourn.errors import PlanMismatch
from sojourn.files import write_whole

RECORD = "printed.json"


def remember(plan: Path, written: Sequence[Path]) -> None:
    """Add files to the record that lies with a plan.

    Raises
    ------
    PublishError
        The record cannot be written.
    """
    known = {*map(str, printed(plan)), *(str(p.resolve()) for p in written)}
    text = json.dumps(sorted(known), ensure_ascii=False, indent=1) + "\n"
    write_whole(plan / RECORD, text.encode(), private=True)


def printed(plan: Path) -> tuple[Path, ...]:
    """Return the files that were printed of a plan, whether or not they are still there.

    Raises
    ------
    PlanMismatch
        The record was changed and names no files.
    """
    try:
        found = json.loads((plan / RECORD).read_text("utf-8"))
        return tuple(Path(p) for p in sorted(list.copy(found)))  # TypeError: no list
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, RecursionError):
        raise PlanMismatch(
            f"{plan / RECORD}: is no list of printed files",
            hint="remove it, and remove printed lists by hand",
        ) from None
