"""The audit of a release: five attackers, what each can compute, and the worst cell of each.

An outsider knows what is published and that nothing is below zero. An informed outsider knows the
rules too: where empty cells are always published, a withheld count is 1 or more. A contributor is
a cell of one and subtracts himself. A colleague knows one more withheld cell. An archivist holds
every earlier release. The first four are asked here; the archivist by `sojourn.protect.ledger`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sojourn.errors import DisclosureRisk
from sojourn.protect.audit.attack import Attacker, Interval
from sojourn.protect.table.equations import (
    Floats,
    Mask,
    System,
    Widths,
    beside,
    floors,
    known_to,
    neighbours,
    parts_of,
    widths_of,
)
from sojourn.protect.table.policy import Policy

SLACK = 1e-6
MOST_COLLEAGUES = 40  # withheld cells tried as known, the smallest first
_SEAL = object()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one attacker can do.

    Attributes
    ----------
    attacker : str
    exact : int
        Primary cells that the attacker knows exactly.
    narrow : int
        Primary cells known to within less than the policy asks.
    worst : float
        Width of the narrowest primary cell that had to be computed; infinite where none had.
    required : bool
        The release is refused when this attacker finds anything.
    """

    attacker: str
    exact: int
    narrow: int
    worst: float
    required: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """What all attackers found.

    Attributes
    ----------
    findings : tuple of Finding
    interval : Interval
        What an outsider can compute of each cell.
    """

    findings: tuple[Finding, ...]
    interval: Interval

    @property
    def exact(self) -> int:
        """Primary cells that some required attacker knows exactly."""
        return max((f.exact for f in self.findings if f.required), default=0)

    @property
    def narrow(self) -> int:
        """Primary cells that some required attacker knows too well."""
        return max((f.narrow for f in self.findings if f.required), default=0)

    @property
    def safe(self) -> bool:
        """Whether nothing was found by an attacker who must find nothing."""
        return self.exact == 0 and self.narrow == 0


class AuditedTable:
    """A table that has passed its audit: the only thing that writers of protected tables take.

    It is made by `audited` and `sealed` alone.
    """

    __slots__ = ("audit", "policy", "system", "withheld")

    def __init__(
        self, seal: object, system: System, withheld: Mask, policy: Policy, audit: Audit
    ) -> None:
        if seal is not _SEAL:
            raise TypeError("an AuditedTable is made by the functions of this module")
        self.system, self.withheld, self.policy, self.audit = system, withheld, policy, audit

    def value(self, key: tuple[tuple[str, str], ...]) -> float | None:
        """Return a published value, or ``None`` where it is withheld.

        Raises
        ------
        KeyError
            The table has no such cell.
        """
        at = self.system.keys.index(key)
        return None if self.withheld[at] else float(self.system.value[at])


def audited(system: System, withheld: Mask, primary: Mask, policy: Policy) -> AuditedTable:
    """Attack a release, and return it sealed if nobody gets through.

    Raises
    ------
    DisclosureRisk
        An attacker knows a primary cell exactly or too well; no withheld number is repeated.
    """
    return sealed(system, withheld, policy, attack(system, withheld, primary, policy))


def sealed(system: System, withheld: Mask, policy: Policy, found: Audit) -> AuditedTable:
    """Return a release sealed by an audit of it in which nobody got through.

    Raises
    ------
    DisclosureRisk
        Somebody did.
    """
    if not found.safe:
        worst = next(f for f in found.findings if f.required and (f.exact or f.narrow))
        raise DisclosureRisk(
            f"{worst.attacker}: {worst.exact} primary cells are known exactly, {worst.narrow} too well",
            hint="withhold more cells, coarsen a dimension, or release fewer totals",
        )
    return AuditedTable(_SEAL, system, withheld, policy, found)


def attack(system: System, withheld: Mask, primary: Mask, policy: Policy) -> Audit:
    """Return what the attackers find, safe or not."""
    value = np.nan_to_num(system.value, nan=0.0)
    zero, far = np.zeros(len(value)), np.full(len(value), np.inf)
    wide = 2 * max(policy.w, 1.0)
    outsider = Attacker(system, withheld, value, zero, far, whole=system.whole)
    computed = outsider.intervals(width=wide)
    targets = np.flatnonzero(primary & withheld)
    open_ = int((primary & ~withheld).sum())
    knower, informed = outsider, computed
    seen = withheld & ~np.array([r.latent for r in system.rows], dtype=bool)
    if policy.zeros == "published" and system.whole and not (seen & (value == 0)).any():
        knower = Attacker(system, withheld, value, seen.astype(float), far, whole=True)
        informed = knower.intervals(targets.tolist(), width=wide)
    floor = floors(system, zeros_published=policy.zeros == "published")
    names = ("outsider", "outsider who knows the rules")
    findings = [
        _finding(name, one, targets, widths_of(system, policy), system.value, open_, floor)
        for name, one in zip(names, (computed, informed), strict=True)
    ]
    findings.append(_contributors(system, withheld, primary, policy, knower))
    findings.append(_colleague(system, withheld, primary, policy, knower))
    return Audit(tuple(findings), computed)


def _finding(
    name: str,
    interval: Interval,
    targets: np.ndarray,
    widths: Widths,
    value: Floats,
    published: int,
    floor: Floats,
) -> Finding:
    width = interval.high[targets] - interval.low[targets]
    known = np.isfinite(value[targets])
    w, w1, w2 = (each[targets] for each in (widths.w, widths.w1, widths.w2))
    short = width < w - SLACK
    up = known & (interval.high[targets] < value[targets] + w2 - SLACK)
    down = known & (interval.low[targets] > np.maximum(value[targets] - w1, floor[targets]) + SLACK)
    narrow = short | up | down
    return Finding(
        attacker=name,
        exact=int((width <= np.minimum(SLACK, w - SLACK)).sum()) + published,
        narrow=int(narrow.sum()) + published,
        worst=float(width.min(initial=np.inf)) if not published else 0.0,
        required=True,
    )


Tried = Iterable[tuple[tuple[int, ...], list[int]]]


def _tried(system: System, cells: Iterable[int], primary: Mask, withheld: Mask) -> Tried:
    """Yield what a person of each cell knows, with the primary cells that share a sum with it."""
    parts = parts_of(system)
    for one in cells:
        asked = sorted(c for c in neighbours(system, one, parts) if primary[c] and withheld[c])
        yield known_to(one, parts), asked


def _contributors(
    system: System, withheld: Mask, primary: Mask, policy: Policy, knower: Attacker
) -> Finding:
    """Return what is known of the lines of a person who is a cell of one and subtracts herself."""
    alone: list[int] = []
    if system.whole and policy.contributor > 0:
        alone = np.flatnonzero(primary & withheld & (system.value == 1.0)).tolist()
    enough = np.minimum(widths_of(system, policy).w, policy.contributor)
    tried = _tried(system, alone, primary, withheld)
    return _knowing("contributor alone in a cell", tried, enough, knower, required=True)


def _colleague(
    system: System, withheld: Mask, primary: Mask, policy: Policy, knower: Attacker
) -> Finding:
    """Somebody who knows one withheld cell more: told, not required."""
    cells = sorted(np.flatnonzero(withheld).tolist(), key=lambda c: (system.value[c], c))
    enough = np.minimum(widths_of(system, policy).w, policy.contributor)
    tried = [
        ((one,), sorted(c for c in beside(system, one) if primary[c] and withheld[c]))
        for one in cells[:MOST_COLLEAGUES]
    ]
    return _knowing("colleague who knows one more cell", tried, enough, knower, required=False)


def _knowing(
    name: str,
    tried: Tried,
    enough: Floats,
    knower: Attacker,
    *,
    required: bool,
) -> Finding:
    exact, narrow, worst = set[int](), set[int](), np.inf
    for known, asked in tried:
        for cell, (low, high) in knower.wider_than(asked, enough[asked], knowing=known).items():
            exact |= {cell} if high - low <= min(SLACK, enough[cell] - SLACK) else set()
            narrow |= {cell} if high - low < enough[cell] - SLACK else set()
            worst = min(worst, high - low)
    return Finding(name, len(exact), len(narrow), worst, required)
