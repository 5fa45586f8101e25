"""From a user's files to a protected folder: read, rule, withhold, attack, and only then write."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sojourn.errors import DisclosureRisk, TableRefused
from sojourn.files import check_folder, new_folder
from sojourn.protect.audit.attack import Attacker
from sojourn.protect.audit.audit import Audit, AuditedTable, attack, audited
from sojourn.protect.ledger.difference import Difference, refuse_small, withheld_before
from sojourn.protect.ledger.ledger import Release, append, cell_name, read_ledger
from sojourn.protect.suppress.protect import Suppression, suppress
from sojourn.protect.table.apriori import read_apriori
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.hierarchy import TOTAL, Hierarchy, read_hierarchy
from sojourn.protect.table.policy import Policy, packaged, read_policy
from sojourn.protect.table.table import Row, Table, read_table

ROUNDS = 6
Told = Callable[[str], None]
Columns = Literal["table", "microdata"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks for.

    Attributes
    ----------
    tables : tuple of Path
        The first is the one that is written; the others are linked.
    policy : str
        Name of a packaged policy, or a TOML file.
    hierarchies : tuple of (dimension, Path)
    apriori : Path or None
    by : tuple of str
        Dimensions to count microdata by; empty for a finished table.
    ledger, series, day, scheduled
        The memory of releases.
    """

    tables: tuple[Path, ...]
    policy: str
    hierarchies: tuple[tuple[str, Path], ...] = ()
    apriori: Path | None = None
    by: tuple[str, ...] = ()
    ledger: Path | None = None
    series: str = ""
    day: date | None = None
    scheduled: bool = False
    told: Told = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class Protected:
    """A protected table and what it took."""

    table: Table
    audited: AuditedTable
    suppression: Suppression
    differences: tuple[Difference, ...]

    @property
    def summary(self) -> dict[str, Any]:
        """Counts and losses, without any withheld number: ``audit.json``."""
        system, withheld = self.audited.system, self.audited.withheld
        value = system.value
        total = float(value[~np.array([bool(k) for k in system.keys])].sum()) or float(value.max())
        policy = self.audited.policy
        return {
            "policy": {"id": policy.id, "version": policy.version, "w": policy.w, "t": policy.t},
            "cells": len(value),
            "primary": int(self.suppression.primary.cells.sum()),
            "by_rule": self.suppression.primary.by_rule,
            "note": self.suppression.primary.note,
            "withheld": int(withheld.sum()),
            "exact": self.audited.audit.exact,
            "narrow": self.audited.audit.narrow,
            "loss": self.suppression.loss,
            "loss_share_of_total": self.suppression.loss / total if total else 0.0,
            "bound": self.suppression.bound,
            "how": self.suppression.how,
            "attackers": [
                {
                    "attacker": f.attacker,
                    "exact": f.exact,
                    "narrow": f.narrow,
                    "worst_width": None if np.isinf(f.worst) else f.worst,
                    "required": f.required,
                }
                for f in self.audited.audit.findings
            ],
            "releases": [{"since": d.since, "few_changed": 0 < d.changed <= policy.changed, "truth_at_hand": not d.hidden} for d in self.differences],
        }


def policy_of(name: str) -> Policy:
    """Return a packaged policy by name, or the policy of a file.

    Raises
    ------
    BadDeclaration
        No such policy, or its file is not one.
    """
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        return read_policy(_read(path), where=path.name)
    return packaged(name)


def protect(asked: Asked) -> Protected:
    """Return the protected table, attacked and safe.

    Raises
    ------
    TableRefused
        A file is no table, or contradicts itself.
    DisclosureRisk
        Nothing that may be withheld protects it, or too few persons changed since an earlier
        release.
    LedgerBroken
        The memory of releases is not whole.
    """
    policy = policy_of(asked.policy)
    releases = read_ledger(asked.ledger) if asked.ledger else ()
    tables = _tables(asked)
    system = system_of(tables, _hierarchies(asked.hierarchies))
    if not np.isfinite(system.value).all():
        raise TableRefused(
            f"{tables[0].name}: {int((~np.isfinite(system.value)).sum())} cells have no value",
            hint="`sojourn protect audit` attacks a table that somebody else has withheld cells of",
        )
    series = asked.series or tables[0].name
    found = refuse_small(system, releases, series, policy, scheduled=asked.scheduled)
    before = withheld_before(system, releases, series)
    declared = any(t.declared for t in tables)
    done, sealed = _until_safe(system, policy, before, declared=declared, told=asked.told)
    return Protected(tables[0], sealed, done, found)


def _until_safe(
    system: System, policy: Policy, before: Any, *, declared: bool, told: Told
) -> tuple[Suppression, AuditedTable]:
    """Withhold, attack, and where whole numbers are narrower than fractions withhold again."""
    hard: set[int] = set()
    for number in range(ROUNDS):
        told(f"withholding ({len(system.keys):,} cells, round {number + 1})")
        done = suppress(system, policy, declared=declared, before=before, hard=hard)
        told(f"attacking ({int(done.withheld.sum()):,} withheld cells)")
        found = attack(system, done.withheld, done.primary.cells, policy)
        if found.safe:
            return done, audited(system, done.withheld, done.primary.cells, policy)
        narrow = _too_narrow(system, found, done, policy)
        if narrow <= hard:
            break
        hard |= narrow
        before = done.withheld
    audited(system, done.withheld, done.primary.cells, policy)  # says who gets through
    raise AssertionError


def _too_narrow(system: System, found: Audit, done: Suppression, policy: Policy) -> set[int]:
    del system, policy
    width = found.interval.high - found.interval.low
    order = np.flatnonzero(done.primary.cells)
    half = order[np.argsort(width[order], kind="stable")]
    return {int(i) for i in half[: max(1, len(half) // 2)]}


def write_protected(done: Protected, out: Path) -> None:
    """Write ``table.csv`` and ``audit.json`` into a new folder, or nothing.

    Raises
    ------
    PublishError
        Something else stands there, or it cannot be written.
    """
    check_folder(out, "protected")
    with new_folder(out, "protected") as folder:
        folder.write("table.csv", table_csv(done))
        folder.write("audit.json", json.dumps(done.summary, indent=2, sort_keys=True) + "\n")


def table_csv(done: Protected) -> str:
    """Return the table with statuses, and what an outsider can compute of each withheld cell."""
    system, withheld = done.audited.system, done.audited.withheld
    index = {k: i for i, k in enumerate(system.keys)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*done.table.dimensions, "obs_value", "obs_status", "lower", "upper"])
    interval = done.audited.audit.interval
    for row in done.table.rows:
        at = index[_key(done.table, row)]
        if withheld[at]:
            low, high = interval.low[at], interval.high[at]
            writer.writerow([*row.codes, "", "Q", _plain(low), _plain(high)])
        else:
            writer.writerow([*row.codes, _plain(system.value[at]), "A", "", ""])
    return text.getvalue()


def remember(asked: Asked, done: Protected) -> None:
    """Add the release to the ledger.

    Raises
    ------
    LedgerBroken
        The ledger is not whole, or cannot be written.
    """
    if asked.ledger is None:
        return
    system, withheld = done.audited.system, done.audited.withheld
    names = [cell_name(k) for k in system.keys]
    policy = done.audited.policy
    append(
        asked.ledger,
        Release(
            series=asked.series or done.table.name,
            day=(asked.day or date.today()).isoformat(),  # noqa: DTZ011 - the office's own day
            policy=f"{policy.id or asked.policy}@{policy.version}",
            published={n: float(v) for n, v, w in zip(names, system.value, withheld, strict=True) if not w},
            withheld=tuple(n for n, w in zip(names, withheld, strict=True) if w),
            truth={n: float(v) for n, v, w in zip(names, system.value, withheld, strict=True) if w},
        ),
    )


def attack_file(
    path: Path, policy_name: str, hierarchies: Sequence[tuple[str, Path]] = ()
) -> dict[str, Any]:
    """Attack a table that somebody else has withheld cells of, knowing only what is in it.

    Returns
    -------
    dict
        ``withheld``, ``exact``, ``narrow`` (computable to within less than w) and, by cell,
        the interval.
    """
    policy = policy_of(policy_name)
    table = read_table(_read(path), name=path.name)
    system = system_of([table], _hierarchies(hierarchies))
    withheld = ~np.isfinite(system.value)
    value = np.nan_to_num(system.value, nan=0.0)
    attacker = Attacker(
        system, withheld, value, np.zeros(len(value)), np.full(len(value), np.inf), whole=system.whole
    )
    found = attacker.intervals(width=2 * max(policy.w, 1.0))
    width = (found.high - found.low)[withheld]
    return {
        "cells": len(value),
        "withheld": int(withheld.sum()),
        "exact": int((width <= 1e-6).sum()),
        "narrow": int((width < policy.w - 1e-6).sum()),
        "intervals": [
            {"cell": cell_name(system.keys[i]), "lower": _json(found.low[i]), "upper": _json(found.high[i])}
            for i in np.flatnonzero(withheld)
        ],
    }


def _json(value: float) -> float | None:
    return None if np.isinf(value) else float(value)


def _plain(value: float) -> str:
    if np.isinf(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 6))


def _key(table: Table, row: Row) -> tuple[tuple[str, str], ...]:
    pairs = zip(table.dimensions, row.codes, strict=True)
    return tuple(sorted((d, c) for d, c in pairs if c != TOTAL))


def _tables(asked: Asked) -> list[Table]:
    made = []
    for number, path in enumerate(asked.tables):
        text = _read(path)
        table = counted(text, asked.by, name=path.name) if asked.by and number == 0 else read_table(text, name=path.name)
        made.append(table)
    if asked.apriori is not None:
        made[0] = _with_apriori(made[0], _read(asked.apriori), asked.apriori.name)
    return made


def _with_apriori(table: Table, text: str, name: str) -> Table:
    said = {a.codes: a for a in read_apriori(text, name=name, dimensions=len(table.dimensions))}
    known = {r.codes for r in table.rows}
    if lost := next((c for c in said if c not in known), None):
        raise TableRefused(f"{name}: {'/'.join(lost)} is no cell of {table.name}", hint="codes as in the table, _T for totals")
    rows = []
    for row in table.rows:
        one = said.get(row.codes)
        rows.append(
            row
            if one is None
            else Row(
                row.codes,
                row.value,
                primary=row.primary or one.word == "u",
                cost=one.cost if one.word == "c" else row.cost,
                keep=row.keep or one.word in ("s", "p"),
                top=row.top,
                line=row.line,
            )
        )
    return Table(table.name, table.dimensions, tuple(rows), table.declared)


def counted(text: str, by: Sequence[str], *, name: str) -> Table:
    """Return microdata counted by dimensions, with every total.

    Raises
    ------
    TableRefused
        A dimension is no column, or a record has no code in one.
    """
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    header = lines.fieldnames or []
    if lost := [d for d in by if d not in header]:
        raise TableRefused(f"{name}: no column {lost[0]!r}", hint=f"columns are {', '.join(header)}")
    counts: dict[tuple[str, ...], int] = {}
    for number, record in enumerate(lines, start=2):
        codes = tuple((record[d] or "").strip() for d in by)
        if not all(codes) or TOTAL in codes:
            raise TableRefused(f"{name}, line {number}: a code is missing", hint="say 'unknown' where it is not known")
        counts[codes] = counts.get(codes, 0) + 1
    cells: dict[tuple[str, ...], int] = {}
    for codes, count in counts.items():
        for mask in range(2 ** len(by)):
            key = tuple(TOTAL if mask >> i & 1 else c for i, c in enumerate(codes))
            cells[key] = cells.get(key, 0) + count
    rows = tuple(Row(codes, float(cells[codes])) for codes in sorted(cells))
    return Table(name, tuple(by), rows)


def _hierarchies(given: Sequence[tuple[str, Path]]) -> Mapping[str, tuple[Hierarchy, ...]]:
    made: dict[str, tuple[Hierarchy, ...]] = {}
    for dimension, path in given:
        made[dimension] = (*made.get(dimension, ()), read_hierarchy(_read(path), name=path.name))
    return made


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise TableRefused(f"{path}: not UTF-8", hint="save it as UTF-8") from None
    except OSError as error:
        raise TableRefused(f"{path}: cannot be read ({error.strerror})", hint="name a file") from None


__all__ = ["Asked", "DisclosureRisk", "Protected", "attack_file", "protect", "remember", "write_protected"]
