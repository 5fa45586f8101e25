"""Remove a site's personal data, and say what remains.

Of a plan and of what was printed of it, only files go that stand as we wrote them, in folders that we
made: a plan folder that somebody else wrote can name any file. The rest is named and left.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from sojourn.errors import PlanMismatch, SiteRefused
from sojourn.files import MARKER, forget
from sojourn.relocation.run.printed import RECORD, printed
from sojourn.relocation.run.releases import MEMORY_FILES
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.run.tables import columns_of
from sojourn.relocation.site.private import is_ours
from sojourn.relocation.site.schema import read_schema
from sojourn.relocation.site.seal import FORM, SEALED, lies
from sojourn.terminal.one_line import OneLine

#: Tables about people; places, vehicles and rules are not.
PERSONAL = ("person", "case", "link", "relative_elsewhere", "name")
ENDS = ("csv", "json")
OF_A_PLAN = (
    "plan.json",
    "plan.sqlite",
    "assignments.csv",
    "unplaced.csv",
    "out_of_plan.csv",
    "manifest.csv",
    "driver.csv",
    "changes.csv",
    "events.csv",
)
LISTS = ("manifest.", "driver.", "report.", "slips.")  # how the names of printed lists begin
#: What a list of ours holds, whatever a record that was edited by hand says of the file.
SIGNS = {".html": b'<meta name="generator" content="sojourn"', ".pdf": b"/Author(sojourn)"}


@dataclass(frozen=True)
class Purge(OneLine):
    """Files that hold personal data, and files that stay.

    Attributes
    ----------
    foreign : tuple of Path
        Files named like ours, or named by the plan's record, that are not as we wrote them.
    """

    gone: tuple[Path, ...]
    kept: tuple[Path, ...]
    foreign: tuple[Path, ...] = ()


def look(site: Path, plan: Path | None = None) -> Purge:
    """Say what a purge would remove and keep; nothing is touched.

    Raises
    ------
    SiteRefused
        The folder is no site, or the other no plan.
    PlanMismatch
        The plan's record of printed files was changed.
    """
    there = [p for t in PERSONAL for p in _plain_and_sealed(site, t) if p.is_file()]
    gone = [p for p in there if _is_table(p)]
    if not any(p.name.startswith("person.") for p in gone):
        raise SiteRefused(f"{site}: holds no table of persons", hint="name the folder of a site")
    if plan is not None and not lies(plan / "plan.json"):
        raise SiteRefused(
            f"{plan}: holds no plan", hint="name the folder that sojourn relocate plan wrote"
        )
    gone += [p for n in MEMORY_FILES if (p := site / n).is_file() and not p.is_symlink()]
    everything = [p for p in sorted(site.rglob("*")) if p.is_file()]
    foreign = [p for p in there if p not in gone]
    if plan is not None:
        everything += [p for p in sorted(plan.rglob("*")) if p.is_file()]
        meant = _of_plan(plan)
        ours = [p for p in meant if is_ours(p) and _reads_like_ours(p)]
        foreign += [p for p in meant if p not in ours and not _is_record(p, plan)]
        gone += [*ours, *(p for p in meant if _is_record(p, plan))]
        everything += [p for p in printed(plan) if is_ours(p) and plan.resolve() not in p.parents]
    out = {*gone, *foreign}
    kept = tuple(p for p in everything if p not in out and p.name != MARKER)
    return Purge(tuple(gone), kept, tuple(foreign))


def _of_plan(plan: Path) -> list[Path]:
    """Return what is named like a plan's rows about people, or a list printed of it anywhere."""
    here = [plan / f"{n}{end}" for n in OF_A_PLAN for end in ("", SEALED)]
    here += [p for p in plan.rglob("*") if p.name.startswith(LISTS)]
    elsewhere = [
        p for p in printed(plan) if p.name.startswith(LISTS) and plan.resolve() not in p.parents
    ]
    return sorted({p for p in [*here, *elsewhere, plan / RECORD] if _stands(p)})


def _plain_and_sealed(site: Path, table: str) -> list[Path]:
    return [site / f"{table}.{end}{more}" for end in ENDS for more in ("", SEALED)]


def _is_table(path: Path) -> bool:
    """Whether a file of a site reads like the table that it is named after, or is mapped to it."""
    table = path.name.partition(".")[0]
    content = path.read_bytes()
    if path.suffix == SEALED:
        return content.startswith(b'{"form": "' + FORM.encode())
    if (path.parent / "columns.toml").is_file() or not content.strip():
        return True
    required = read_schema(table).required
    head = content.decode("utf-8-sig", "replace").lstrip()
    if path.suffix == ".json":
        return head.startswith("[") and (head[1:].strip() == "]" or f'"{required[0]}"' in head)
    named = re.split(r"[,;\t]", head.partition("\n")[0].replace('"', ""))
    return {*required} <= {re.split("[/-]", name.strip())[-1] for name in named}


def _stands(path: Path) -> bool:
    try:
        return path.is_file() or path.is_symlink()
    except (OSError, ValueError):  # a record can name what no disk holds
        return False


def _is_record(path: Path, plan: Path) -> bool:
    """Whether it is the plan's own list of printed files, which `printed` has read as one."""
    return path == plan / RECORD and not path.is_symlink() and path.stat().st_nlink == 1


def _reads_like_ours(path: Path) -> bool:
    """Whether a file holds what this program writes under such a name, whatever a marker says."""
    content = path.read_bytes()
    if path.suffix == SEALED:
        return content.startswith(b'{"form": "' + FORM.encode())
    if path.suffix == ".csv":
        own = columns_of(path.stem)
        given = content.split(b"\n", 1)[0].decode("utf-8", "replace").strip().split(",")
        return bool(own) and given[0] == own[0] and 2 * len({*given} & {*own}) >= len(own)
    if path.suffix == ".sqlite":
        return content.startswith(b"SQLite format 3\0")
    if path.name == "plan.json":
        return _is_plan(path.parent)
    sign = SIGNS.get(path.suffix)
    return sign is not None and sign in content


def _is_plan(folder: Path) -> bool:
    try:
        read_plan(folder)
    except PlanMismatch:
        return False
    return True


def wipe(path: Path) -> None:
    """Overwrite a file and remove it."""
    if not path.is_symlink() and path.stat().st_nlink == 1:  # what a link leads to is not ours
        with path.open("r+b") as stream:
            stream.write(b"\0" * path.stat().st_size)
            stream.flush()
            os.fsync(stream.fileno())
    path.unlink()


def purge(site: Path, plan: Path | None = None) -> Purge:
    """Overwrite and remove what holds personal data.

    Raises
    ------
    SiteRefused
        The folders are not what they should be, or a file cannot be removed; it is named.
    """
    found = look(site, plan)
    for path in found.gone:
        try:
            wipe(path)
        except OSError as error:
            raise SiteRefused(
                f"{path}: cannot be removed ({error.strerror})",
                hint="remove it by hand, and run again",
            ) from None
    for folder in sorted({p.parent for p in found.gone}):
        forget(folder)
    return found
