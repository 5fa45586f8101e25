"""The ledger of releases: one line each, chained by hashes; the truth of withheld cells stays apart.

A line says what left: series, day, policy, published cells, withheld cells, what was spent. The
values of withheld cells are kept in a file beside it that only its owner may read, since the
difference of two releases cannot be judged without them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import LedgerBroken
from sojourn.files import write_whole
from sojourn.protect.table.equations import Mask, System
from sojourn.protect.table.said import BESIDE

FIRST = "0" * 64
PRIVATE = ".private"
ASKED = " asked"
PUBLIC = "public"
SUPPRESS, PRIVATELY = "suppress", "dp"
EARLIER = "@release"  # dimension of the cells of an earlier release of other people


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a series.

    Attributes
    ----------
    series, day : str
        What is released, and when (ISO date).
    policy : str
        Id and version.
    published : mapping of str to float
        Value by cell, ``dimension=code`` joined by ``/``.
    withheld : tuple of str
    truth : mapping of str to float
        Values of the withheld cells; empty where the private file is not at hand.
    spent : float
        Privacy budget ε spent by this release; 0 where it was published without noise.
    budget : float
        What the series may spend in all, as its first release with noise declared.
    sums : tuple of tuple of str
        Each total and its parts, by cell; empty where an older ledger does not say.
    asked : mapping of str to float
        The withheld cells that had to be protected, with the width of their own, 0 for the
        policy's; empty where the private file is not at hand.
    audience : str
        To whom.
    to : str
        The person and the number of the copy, where somebody saw everything.
    method : str
        How it was made safe, with its numbers: ``suppress``, ``round 5``, ``cellkey 5,3,2`` and a mark
        of the key, ``dp``.
    """

    series: str
    day: str
    policy: str
    published: Mapping[str, float]
    withheld: tuple[str, ...]
    truth: Mapping[str, float]
    spent: float = 0.0
    budget: float = 0.0
    sums: tuple[tuple[str, ...], ...] = ()
    asked: Mapping[str, float] = field(default_factory=dict)
    audience: str = PUBLIC
    to: str = ""
    method: str = SUPPRESS

    @property
    def noisy(self) -> bool:
        """Whether its numbers are not the true ones."""
        return self.method != SUPPRESS


def cell_name(key: Sequence[tuple[str, str]]) -> str:
    """Return the name of a cell in the ledger; the grand total is ``_T``."""
    return "/".join(f"{d}={c}" for d, c in key) or "_T"


def key_named(name: str) -> tuple[tuple[str, str], ...]:
    """Return the key of a cell by its name in the ledger."""
    parts: list[str] = []
    for piece in [] if name == "_T" else name.split("/"):
        if "=" in piece or not parts:
            parts.append(piece)
        else:
            parts[-1] += f"/{piece}"  # a code may hold a stroke
    pairs = (p.partition("=") for p in parts)
    return tuple((dimension, code) for dimension, _, code in pairs)


def renamed(release: Release, names: Callable[[str], str | None]) -> Release:
    """Return a release with its cells under other names; those without one fall out.

    Its sums are kept where all of their cells have a name.
    """
    at = {n: names(n) for n in (*release.published, *release.withheld)}
    sums = tuple(tuple(at[n] or "" for n in one) for one in release.sums)
    return replace(
        release,
        published={m: v for n, v in release.published.items() if (m := at[n])},
        withheld=tuple(m for n in release.withheld if (m := at[n])),
        truth={m: v for n, v in release.truth.items() if (m := at.get(n))},
        asked={m: v for n, v in release.asked.items() if (m := at.get(n))},
        sums=tuple(one for one in sums if all(one)),
    )


def release_of(
    system: System,
    withheld: Mask,
    primary: Mask,
    series: str,
    day: str,
    policy: str,
    audience: str = PUBLIC,
) -> Release:
    """Return the release of a system: what is published of it, and the truth of the rest."""
    names = [cell_name(k) for k in system.keys]
    here = np.array([all(d not in (EARLIER, BESIDE) for d, _ in key) for key in system.keys])
    told = [(names[i], float(system.value[i]), bool(withheld[i])) for i in np.flatnonzero(here)]
    sums = [one for one in sums_of(system) if here[one].all()]
    return Release(
        series=series,
        day=day,
        policy=policy,
        published={name: value for name, value, hidden in told if not hidden},
        withheld=tuple(name for name, _, hidden in told if hidden),
        truth={name: value for name, value, hidden in told if hidden},
        sums=tuple(tuple(names[i] for i in one) for one in sums),
        audience=audience,
        asked={
            names[i]: system.rows[i].width or 0.0 for i in np.flatnonzero(primary & withheld & here)
        },
    )


def sums_of(system: System) -> list[list[int]]:
    """Return the cells of each equation, the total first."""
    matrix, found = system.sums, []
    for row in range(matrix.shape[0]):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, signs = matrix.indices[at], matrix.data[at]
        found.append([*cells[signs > 0].tolist(), *cells[signs < 0].tolist()])
    return found


def read_ledger(path: Path) -> tuple[Release, ...]:
    """Return the releases of a ledger, the oldest first; none where there is no ledger yet.

    Raises
    ------
    LedgerBroken
        A line is no entry, was edited, removed or moved; the first broken one is named.
    """
    if not path.exists():
        return ()
    private = _private(path)
    found, before = [], FIRST
    for number, line in enumerate(_text(path).splitlines(), start=1):
        entry = _entry(line, path, number)
        told = entry.pop("hash", "")
        if entry.get("previous") != before or _hash(entry) != told:
            raise LedgerBroken(
                f"{path}, entry {number}: the chain breaks here",
                hint="this entry or one before it was edited, removed or moved: restore the ledger from its copy",
            )
        before = told
        found.append(
            Release(
                series=entry["series"],
                day=entry["day"],
                policy=entry["policy"],
                published=entry["published"],
                withheld=tuple(entry["withheld"]),
                truth=private.get(told, {}),
                spent=entry.get("spent", 0.0),
                budget=entry.get("budget", 0.0),
                sums=_named(entry),
                asked=private.get(told + ASKED, {}),
                audience=entry.get("audience", PUBLIC),
                to=entry.get("to", ""),
                method=entry.get("method", PRIVATELY if entry.get("spent") else SUPPRESS),
            )
        )
    return tuple(found)


def append(path: Path, release: Release) -> str:
    """Add a release in one transaction and return the hash of its entry.

    Raises
    ------
    LedgerBroken
        The ledger is broken already: nothing is added to it.
    PublishError
        It cannot be written; what stood there before still does.
    """
    read_ledger(path)
    text = _text(path) if path.exists() else ""
    before = json.loads(text.splitlines()[-1])["hash"] if text.strip() else FIRST
    entry: dict[str, Any] = {
        "previous": before,
        "series": release.series,
        "day": release.day,
        "policy": release.policy,
        "published": dict(release.published),
        "withheld": list(release.withheld),
        "spent": release.spent,
        **({"budget": release.budget} if release.budget else {}),
        **({"sums": _numbered(release)} if release.sums else {}),
        **({"audience": release.audience} if release.audience != PUBLIC else {}),
        **({"to": release.to} if release.to else {}),
        **({"method": release.method} if release.noisy else {}),
    }
    entry["hash"] = _hash(entry)
    private = {**_private(path), entry["hash"]: dict(release.truth)}
    private[entry["hash"] + ASKED] = dict(release.asked)
    kept = json.dumps(private, sort_keys=True)
    write_whole(_beside(path), kept, error=LedgerBroken, durable=True, private=True)
    line = json.dumps(entry, sort_keys=True) + "\n"
    write_whole(path, text + line, error=LedgerBroken, durable=True)
    return str(entry["hash"])


def _numbered(release: Release) -> list[list[int]]:
    """Return the sums with the place of each cell among the sorted names of all."""
    names = sorted({*release.published, *release.withheld})
    at = {name: i for i, name in enumerate(names)}
    return [[at[name] for name in one] for one in release.sums]


def _named(entry: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    names = sorted({*entry["published"], *entry["withheld"]})
    return tuple(tuple(names[i] for i in one) for one in entry.get("sums", ()))


def _hash(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def _entry(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not {
        "series",
        "day",
        "policy",
        "published",
        "withheld",
    } <= set(entry):
        raise LedgerBroken(
            f"{path}, entry {number}: no entry of a ledger", hint="restore the ledger from its copy"
        )
    return entry


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerBroken(
            f"{path}: cannot be read ({error})", hint="name the ledger itself"
        ) from None


def _beside(path: Path) -> Path:
    return path.with_name(path.name + PRIVATE)


def _private(path: Path) -> dict[str, dict[str, float]]:
    beside = _beside(path)
    if not beside.exists():
        return {}
    try:
        told = json.loads(_text(beside))
    except (json.JSONDecodeError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise LedgerBroken(f"{beside}: not what was written", hint="restore it from its copy")
    return told
