"""From a user's files to a folder of changed numbers: rounded, with cell keys, or with noise."""

import csv
import io
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import DisclosureRisk, TableRefused, counted
from sojourn.files import check_folder, new_folder
from sojourn.protect.alternatives.cellkey import drawn, key_bits, key_mark
from sojourn.protect.alternatives.dp import finest, private_counts
from sojourn.protect.alternatives.rounding import controlled_rounding
from sojourn.protect.audit.rounded import attack_rounded
from sojourn.protect.ledger.audiences import seen_beside
from sojourn.protect.ledger.difference import refuse_small
from sojourn.protect.ledger.ledger import (
    PRIVATELY,
    PUBLIC,
    Release,
    append,
    cell_name,
    read_ledger,
)
from sojourn.protect.run.kept import Kept, kept_of, release_kept, with_rounded
from sojourn.protect.run.method import Method
from sojourn.protect.run.read import (
    Asked,
    hierarchies_of,
    policy_of,
    records_of,
    tables_of,
)
from sojourn.protect.run.text import text_of
from sojourn.protect.suppress.primary import primary_cells
from sojourn.protect.table.equations import Floats, System, key_of, system_of
from sojourn.protect.table.hierarchy import TOTAL
from sojourn.protect.table.policy import Policy
from sojourn.protect.table.table import Row, Table
from sojourn.terminal.one_line import OneLine

MOST_DOMAIN = 1_000_000  # finest cells of microdata with every combination of codes
WARNING = (
    "sums do not add up; each count is off by itself, and whoever may ask for thousands of "
    "differences of tables of one's choice still averages the noise out"
)
LIFTED = "numbers below zero are lifted, the grand total keeps its noise"


@dataclass(frozen=True, slots=True)
class Perturbed(OneLine):
    """A table of changed numbers.

    Attributes
    ----------
    table : Table
        What was read; its values are true and are never written.
    value : mapping of codes to int
        What is published.
    columns : mapping of str to (mapping of codes to int)
        Further columns of the file: bounds, or the width of the noise.
    summary : dict
        ``audit.json``: the method, its numbers, what was found; no true number.
    release : Release or None
        What the ledger is to remember; ``None`` without one, and where it holds that already.
    """

    table: Table
    value: Mapping[tuple[str, ...], int]
    columns: Mapping[str, Mapping[tuple[str, ...], int]]
    summary: dict[str, Any]
    release: Release | None = None


def perturb(asked: Asked, method: Method) -> Perturbed:
    """Return the table with its counts changed by a method.

    Raises
    ------
    TableRefused
        A file is no table of counts, or contradicts itself.
    DisclosureRisk
        No such table is safe, or the privacy budget is spent.
    LedgerBroken
        The memory of releases is not whole.
    """
    policy = policy_of(asked.policy)
    if method.name == "cellkey":
        return _keyed(asked, method, policy)
    table = tables_of(asked)
    if method.name == "dp":
        table = [_whole_domain(table[0], asked)]
    system = system_of(table, hierarchies_of(asked.hierarchies))
    told = np.isfinite(system.value)
    if not told.all() or not system.whole:
        what = (
            ("cell has no value", "cells have no value")
            if not told.all()
            else ("cell is no whole number", "cells are no whole numbers")
        )
        bad = ~told if not told.all() else system.value != np.round(system.value)
        raise TableRefused(
            f"{table[0].name}: {counted(int(bad.sum()), *what)} (the first: {cell_name(_first(system, bad))})",
            hint=f"--method {method.name} takes counts of people, each of them known",
        )
    if method.name == "dp":
        return _private(asked, method, policy, table[0], system)
    return _rounded(asked, method, policy, table[0], system)


def _first(system: System, bad: Any) -> Any:
    return system.keys[int(np.flatnonzero(bad)[0])]


def _by_codes(table: Table, system: System, value: Floats) -> dict[tuple[str, ...], int]:
    index = {k: i for i, k in enumerate(system.keys)}
    return {r.codes: round(value[index[key_of(table.dimensions, r.codes)]]) for r in table.rows}


def _said(method: Method, policy: Policy, cells: int, **more: object) -> dict[str, Any]:
    return {
        "method": method.name,
        "policy": {"id": policy.id, "version": policy.version, "w": policy.w, "t": policy.t},
        "cells": cells,
        **more,
    }


def _rounded(
    asked: Asked, method: Method, policy: Policy, table: Table, system: System
) -> Perturbed:
    kept = kept_of(asked, system, policy, table.name, f"round {method.base}")
    today, (system, shown) = len(system.keys), with_rounded(system, kept)
    asked.told(f"rounding ({counted(today, 'cell')})")
    made = controlled_rounding(system, method.base, shown)
    primary = primary_cells(system, policy, declared=table.declared)
    asked.told(f"attacking ({counted(int(primary.cells.sum()), 'primary cell')})")
    found = attack_rounded(system, made, method.base, primary.cells, policy.w)
    if found.exact or found.narrow:
        raise DisclosureRisk(
            f"outsider: the sums of the rounded table give {counted(found.exact, 'primary cell')} exactly, "
            f"{found.narrow} to within less than {method.base - 1}",
            hint="a larger --base, a coarser dimension, or --method suppress",
        )
    said = _said(
        method,
        policy,
        today,
        base=method.base,
        primary=int(primary.cells[:today].sum()),
        exact=found.exact,
        narrow=found.narrow,
        required_width=method.base - 1,
        below_policy_w=found.below_w,
        releases=kept.told(policy) if kept else [],
    )
    columns = {
        "lower": _by_codes(table, system, found.low),
        "upper": _by_codes(table, system, found.high),
    }
    name = f"{policy.id or asked.policy}@{policy.version}"
    release = release_kept(kept, system, made[:today], primary.cells, name)
    return Perturbed(table, _by_codes(table, system, made), columns, said, release)


def _keyed(asked: Asked, method: Method, policy: Policy) -> Perturbed:
    secret = _secret(method.key)
    path = asked.tables[0]
    counts: dict[tuple[str, ...], list[int]] = {}
    seen: dict[str, int] = {}
    given = records_of(text_of(path), asked.by, name=path.name, identifier=method.identifier)
    for line, codes, who in given:
        if not who or who in seen:
            what = f"has the --id of line {seen[who]}" if who else "has no --id"
            raise TableRefused(
                f"{path.name}, line {line}: the record {what}", hint="one identifier a record"
            )
        seen[who] = line
        bits = key_bits(who, secret)
        for mask in itertools.product((False, True), repeat=len(codes)):
            key = tuple(TOTAL if m else c for c, m in zip(codes, mask, strict=True))
            cell = counts.setdefault(key, [0, 0])
            cell[0], cell[1] = cell[0] + 1, (cell[1] + bits) % 2**64
    noise = method.noise
    value = {k: drawn(n, bits / 2.0**64, noise) for k, (n, bits) in sorted(counts.items())}
    table = Table(path.name, tuple(asked.by), tuple(Row(k, float(counts[k][0])) for k in value))
    kept, release = _kept_keyed(asked, method, policy, table, value)
    said = _said(
        method,
        policy,
        len(value),
        noise={"most": noise.most, "variance": noise.variance, "never_published_to": noise.js},
        additive=False,
        warning=WARNING,
        releases=kept.told(policy) if kept else [],
    )
    columns = {
        "lower": {k: max(0, v - noise.most) for k, v in value.items()},
        "upper": {k: v + noise.most for k, v in value.items()},
    }
    return Perturbed(table, value, columns, said, release)


def _kept_keyed(
    asked: Asked, method: Method, policy: Policy, table: Table, value: Mapping[tuple[str, ...], int]
) -> tuple[Kept | None, Release | None]:
    """Return what the series has published before, and what the memory is to hold of this release."""
    noise = method.noise
    told = f"cellkey {noise.most},{noise.variance:g},{noise.js} {key_mark(_secret(method.key))}"
    system = system_of([table])
    kept = kept_of(asked, system, policy, table.name, told)
    moved = np.array([value[r.codes] for r in table.rows], dtype=float)  # cells stand as their rows
    small = (system.value > 0) & (system.value < policy.t)
    name = f"{policy.id or asked.policy}@{policy.version}"
    return kept, release_kept(kept, system, moved, small, name)


def _secret(path: Path | None) -> bytes:
    try:
        found = (path or Path()).read_bytes()
    except OSError as error:
        raise TableRefused(
            f"{path}: the key cannot be read ({error.strerror})", hint="a file of 32 random bytes"
        ) from None
    key_bits("", found)  # refuses a short one
    return found


def _whole_domain(table: Table, asked: Asked) -> Table:
    """Return a table with a row for every combination of codes: a missing row would tell."""
    codes = [table.codes_of(i) for i in range(len(table.dimensions))]
    if int(np.prod([len(c) for c in codes], dtype=float)) > MOST_DOMAIN:
        raise TableRefused(
            f"{table.name}: more than {MOST_DOMAIN:,} combinations of codes, most of them empty",
            hint="fewer dimensions or coarser codes: noise is drawn for each",
        )
    known = {r.codes for r in table.rows}
    lost = [k for k in itertools.product(*codes) if k not in known]
    if lost and not asked.by:
        raise TableRefused(
            f"{table.name}: no row for {'/'.join(lost[0])} ({counted(len(lost), 'combination lacks', 'combinations lack')})",
            hint="with noise every combination of codes is published, the empty ones too: add rows of 0",
        )
    rows = (*table.rows, *(Row(k, 0.0) for k in lost))  # of records, none counted is none there
    return replace(table, rows=tuple(sorted(rows, key=lambda r: r.codes)))


def _private(
    asked: Asked, method: Method, policy: Policy, table: Table, system: System
) -> Perturbed:
    names = [cell_name(k) for k in system.keys]
    series = asked.series or table.name
    day = (asked.day or date.today()).isoformat()  # noqa: DTZ011 - the office's own day
    if asked.ledger is not None:
        seen = seen_beside(read_ledger(asked.ledger), policy, PUBLIC)
        others = asked.others
        refuse_small(system, seen, series, policy, scheduled=True, method=PRIVATELY, others=others)
    budget, spent, stored = _account(asked, method, names, series, day)
    made = private_counts(system, finest(system), method.epsilon)
    numbers = made.value
    if stored is not None:
        asked.told(f"released on {day} already: the stored numbers again, nothing is spent")
        numbers = np.array([stored.published[n] for n in names])
    said = _said(
        method,
        policy,
        len(names),
        epsilon=stored.spent if stored else method.epsilon,
        unit="a person, in one of the finest cells",
        stored=stored is not None,
        budget=budget,
        spent=float(spent if stored else spent + Fraction(str(method.epsilon))),
        note=LIFTED,
    )
    release = Release(
        series=series,
        day=day,
        policy=f"{policy.id or asked.policy}@{policy.version}",
        published={n: float(v) for n, v in zip(names, numbers, strict=True)},
        withheld=(),
        truth={},
        spent=method.epsilon,
        budget=budget,
        method=PRIVATELY,
    )
    columns = {"noise_95": _by_codes(table, system, made.within.astype(float))}
    value = _by_codes(table, system, numbers)
    return Perturbed(table, value, columns, said, None if stored else release)


def _account(
    asked: Asked, method: Method, names: list[str], series: str, day: str
) -> tuple[float, Fraction, Release | None]:
    """Return budget, what is spent of it, and the release that stands for that day already."""
    if asked.ledger is None:
        raise DisclosureRisk("without a ledger no answer", hint="--ledger FILE")
    before = [r for r in read_ledger(asked.ledger) if r.series == series and not r.to]
    budget, spent = _budget(before, method, series)
    stored = next((r for r in before if r.day == day and set(r.published) == set(names)), None)
    left = Fraction(str(budget)) - spent
    if stored is None and Fraction(str(method.epsilon)) > left:
        raise DisclosureRisk(
            f"the budget of {series!r} is spent: {float(spent):g} of {budget:g}, asked {method.epsilon:g}"
            if not left
            else f"the budget of {series!r} has {float(left):g} left, {float(spent):g} of {budget:g} is spent, asked {method.epsilon:g}",
            hint=f"{'no further release of these people' if not left else f'--epsilon at most {float(left):g}'}; the stored ones may be used as often as one likes",
        )
    return budget, spent, stored


def _budget(before: list[Release], method: Method, series: str) -> tuple[float, Fraction]:
    """Return the budget of a series and what is spent of it."""
    budget = before[0].budget if before else method.budget
    if not budget:
        raise DisclosureRisk(
            f"the budget of {series!r} is not declared: without a budget no answer",
            hint="--budget 2: what all releases of the series may spend together",
        )
    if method.budget and method.budget != budget:
        raise DisclosureRisk(
            f"the budget of {series!r} is {budget:g} since its first release, not {method.budget:g}",
            hint="a budget is declared once: leave --budget out",
        )
    return budget, sum((Fraction(str(r.spent)) for r in before), Fraction(0))


def write_perturbed(asked: Asked, done: Perturbed, out: Path) -> None:
    """Write ``table.csv`` and ``audit.json``; what is spent is remembered before anything leaves.

    Raises
    ------
    PublishError
        Something else stands there, or it cannot be written.
    LedgerBroken
        The ledger cannot be written: nothing leaves.
    """
    check_folder(out, "protected")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*done.table.dimensions, "obs_value", *done.columns])
    for row in done.table.rows:
        further = (column[row.codes] for column in done.columns.values())
        writer.writerow([*row.codes, done.value[row.codes], *further])
    if done.release is not None and asked.ledger is not None:
        append(asked.ledger, done.release)
    with new_folder(out, "protected") as folder:
        folder.write("table.csv", text.getvalue())
        folder.write("audit.json", json.dumps(done.summary, indent=2, sort_keys=True) + "\n")
