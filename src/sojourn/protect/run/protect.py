"""From a user's files to a protected folder: read, rule, withhold, attack, and only then write."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import DisclosureRisk, TableRefused, counted
from sojourn.files import check_folder, new_folder
from sojourn.protect.audit.attack import Attacker
from sojourn.protect.audit.audit import AuditedTable, Finding
from sojourn.protect.ledger.audiences import seen_beside
from sojourn.protect.ledger.difference import Difference, refuse_small
from sojourn.protect.ledger.ledger import PUBLIC, append, cell_name, read_ledger, release_of
from sojourn.protect.run.before import Before, against_all
from sojourn.protect.run.ladder import WHOLE, refuse_kept
from sojourn.protect.run.lost import lost
from sojourn.protect.run.read import (
    Asked,
    hierarchies_of,
    policy_of,
    said_of,
    system_asked,
    tables_of,
)
from sojourn.protect.run.text import text_of
from sojourn.protect.suppress.protect import Suppression
from sojourn.protect.table.equations import Mask, system_of
from sojourn.protect.table.hierarchy import TOTAL
from sojourn.protect.table.table import Row, Table, read_table
from sojourn.terminal.one_line import OneLine


@dataclass(frozen=True, slots=True)
class Protected(OneLine):
    """A protected table and what it took.

    Attributes
    ----------
    table : Table
    linked : tuple of Table
        Tables of the same people that were protected with it.
    """

    table: Table
    audited: AuditedTable
    suppression: Suppression
    differences: tuple[Difference, ...]
    rung: str = WHOLE
    audience: str = PUBLIC
    counter: Finding | None = None
    uncounted: int = 0
    linked: tuple[Table, ...] = ()

    @property
    def written(self) -> dict[str, Table]:
        """Every table by the name of the file that it is written to."""
        more = {f"table-{i}.csv": one for i, one in enumerate(self.linked, start=2)}
        return {"table.csv": self.table, **more}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What each attacker found."""
        more = () if self.counter is None else (self.counter,)
        return (*self.audited.audit.findings, *more)

    @property
    def summary(self) -> dict[str, Any]:
        """Counts and losses, without any withheld number: ``audit.json``."""
        system, withheld = self.audited.system, self.audited.withheld
        value = system.value
        shown = ~withheld & np.array([not k for k in system.keys])  # the grand total, if published
        total = float(value[shown].sum())
        policy, audit = self.audited.policy, self.audited.audit
        told = lost(system, withheld, audit.interval, self.suppression)
        today = np.array([bool(r.codes) for r in system.rows])  # not of an earlier release alone
        return {
            "policy": {"id": policy.id, "version": policy.version, "w": policy.w, "t": policy.t},
            "audience": self.audience,
            "tables": {file: one.name for file, one in self.written.items()},
            "published": self.rung,
            "cells": int(today.sum()),
            "cells_of_earlier_releases": int((~today).sum()),
            **self._primary(today),
            "withheld": int((withheld & today).sum()),
            "withheld_share_of_cells": round(float(withheld[today].mean()), 4),
            "exact": self.audited.audit.exact,
            "narrow": self.audited.audit.narrow,
            "loss": told.loss if np.isfinite(told.loss) else None,
            "loss_is": "exact" if told.exact else "at most",
            "loss_share_of_total": _share(told.loss, total),
            "bound": told.bound,
            "intervals": "of single sums in large components" if audit.large else "exact",
            "witnesses_checked": audit.witnesses,
            "how": self.suppression.how,
            "attackers": _attackers(self.findings),
            "releases_too_large_to_count": self.uncounted,
            "releases": [
                {
                    "since": d.since,
                    "few_changed": 0 < d.changed <= policy.changed,
                    "truth_at_hand": not d.hidden,
                }
                for d in self.differences
            ],
        }

    def _primary(self, today: Mask) -> dict[str, Any]:
        """Return what the rules withhold, and what everybody knows of it anyhow."""
        primary, audit = self.suppression.primary, self.audited.audit
        return {
            "primary": int((primary.cells & today).sum()),
            "by_rule": primary.by_rule,
            "note": primary.note,
            "known_already": primary.public,
            "narrow_already": audit.narrow_already,
            "exact_already": audit.exact_already,
        }


def _attackers(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "attacker": f.attacker,
            "exact": f.exact,
            "narrow": f.narrow,
            "worst_width": None if np.isinf(f.worst) else f.worst,
            "required": f.required,
        }
        for f in findings
    ]


def _share(loss: float, total: float) -> float | None:
    return round(loss / total, 4) if total and np.isfinite(loss) else None


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
    releases = seen_beside(releases, policy, asked.audience)
    tables = tables_of(asked)
    system = system_asked(asked, tables)
    if not np.isfinite(system.value).all():
        raise TableRefused(
            f"{tables[0].name}: {counted(int((~np.isfinite(system.value)).sum()), 'cell has', 'cells have')} no value",
            hint="`sojourn protect audit` attacks a table that somebody else has withheld cells of",
        )
    series = asked.series or tables[0].name
    found = refuse_small(
        system, releases, series, policy, scheduled=asked.scheduled, others=asked.others
    )
    declared = any(t.declared for t in tables)
    made = against_all(
        system,
        policy,
        Before(releases, series, found, asked.scheduled, said_of(asked)),
        declared=declared,
        told=asked.told,
    )
    why = (
        "a rule asks for it" if made.rung == WHOLE else f"all that can be published is {made.rung}"
    )
    refuse_kept(system, made.done.withheld[: len(system.keys)], why)
    return Protected(
        tables[0],
        made.sealed,
        made.done,
        found,
        made.rung,
        asked.audience,
        made.finding,
        made.left_out,
        tuple(tables[1:]),
    )


def write_protected(done: Protected, out: Path) -> None:
    """Write ``table.csv``, ``audit.json`` and ``report.html`` into a new folder, or nothing.

    Linked tables follow as ``table-2.csv`` and so on, in the order in which they were named.

    Raises
    ------
    PublishError
        Something else stands there, or it cannot be written.
    """
    from sojourn.protect.run.report import report_of
    from sojourn.publish import render_html

    check_folder(out, "protected")
    said = done.summary
    page = render_html(report_of(done.table.name, said, done.audited.policy))
    with new_folder(out, "protected") as folder:
        for name, table in done.written.items():
            folder.write(name, table_csv(done, table))
        folder.write("audit.json", json.dumps(said, indent=2, sort_keys=True) + "\n")
        folder.write("report.html", page)


def table_csv(done: Protected, table: Table) -> str:
    """Return a table with statuses, and what an outsider can compute of each withheld cell."""
    system, withheld = done.audited.system, done.audited.withheld
    index = {k: i for i, k in enumerate(system.keys)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*table.dimensions, "obs_value", "obs_status", "lower", "upper"])
    interval = done.audited.audit.interval
    for row in table.rows:
        at = index[_key(table, row)]
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
    policy = done.audited.policy
    append(
        asked.ledger,
        release_of(
            done.audited.system,
            done.audited.withheld,
            done.suppression.primary.cells,
            asked.series or done.table.name,
            (asked.day or date.today()).isoformat(),  # noqa: DTZ011 - the office's own day
            f"{policy.id or asked.policy}@{policy.version}",
            asked.audience,
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
    table = read_table(text_of(path), name=path.name)
    system = system_of([table], hierarchies_of(hierarchies))
    withheld = ~np.isfinite(system.value)
    value = np.nan_to_num(system.value, nan=0.0)
    attacker = Attacker(
        system,
        withheld,
        value,
        np.zeros(len(value)),
        np.full(len(value), np.inf),
        whole=system.whole,
    )
    found = attacker.intervals(width=2 * max(policy.w, 1.0))
    width = (found.high - found.low)[withheld]
    return {
        "cells": len(value),
        "withheld": int(withheld.sum()),
        "exact": int((width <= 1e-6).sum()),
        "narrow": int((width < policy.w - 1e-6).sum()),
        "intervals": [
            {
                "cell": cell_name(system.keys[i]),
                "lower": _json(found.low[i]),
                "upper": _json(found.high[i]),
            }
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


__all__ = [
    "Asked",
    "DisclosureRisk",
    "Protected",
    "attack_file",
    "protect",
    "remember",
    "write_protected",
]
