"""The audit of a release: five attackers, what each can compute, and the worst cell of each.

An outsider knows what is published and that nothing is below zero. An informed outsider knows the
rules too: where empty cells are always published, a withheld count is 1 or more. A contributor
subtracts what is theirs. A colleague knows one more withheld cell. An archivist holds
every earlier release. The first four are asked here; the archivist by `sojourn.protect.ledger`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.errors import DisclosureRisk, counted
from sojourn.protect.audit.attack import Attacker, Interval
from sojourn.protect.audit.witness import Ints, Moved, Proof, proven
from sojourn.protect.table.equations import (
    Floats,
    Key,
    Mask,
    Sums,
    System,
    floors,
)
from sojourn.protect.table.granted import Widths, widths_of
from sojourn.protect.table.insiders import insiders
from sojourn.protect.table.policy import Policy

SLACK = 1e-6
EXACT_CELLS = 400  # withheld cells that hang together: so many are computed, two programmes each
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
    large : int
        Withheld cells of components so large that the interval is only what single sums give.
    witnesses : int
        Other tables that agree with what is published, checked.
    narrow_already, exact_already : int
        Primary cells of which public totals alone leave less than the policy asks, and of these
        such as they give exactly: no attacker is said to have found them.
    """

    findings: tuple[Finding, ...]
    interval: Interval
    large: int = 0
    witnesses: int = 0
    narrow_already: int = 0
    exact_already: int = 0

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

    def cells(self) -> dict[Key, float | None]:
        """Return every cell that may be printed: its value, ``None`` where it is withheld."""
        told = zip(self.system.keys, self.system.rows, self.withheld, strict=True)
        value = self.system.value.tolist()
        return {
            key: None if hidden else value[i]
            for i, (key, row, hidden) in enumerate(told)
            if row.codes and not row.latent
        }


def audited(
    system: System,
    withheld: Mask,
    primary: Mask,
    policy: Policy,
    witnesses: Sequence[Moved] = (),
) -> AuditedTable:
    """Attack a release, and return it sealed if nobody gets through.

    Raises
    ------
    DisclosureRisk
        An attacker knows a primary cell exactly or too well; no withheld number is repeated.
    """
    return sealed(system, withheld, policy, attack(system, withheld, primary, policy, witnesses))


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
            f"{worst.attacker}: {counted(worst.exact, 'primary cell is', 'primary cells are')} known exactly, {worst.narrow} too well",
            hint="withhold more cells, coarsen a dimension, or release fewer totals",
        )
    return AuditedTable(_SEAL, system, withheld, policy, found)


def attack(
    system: System,
    withheld: Mask,
    primary: Mask,
    policy: Policy,
    witnesses: Sequence[Moved] = (),
) -> Audit:
    """Return what the attackers find, safe or not.

    Every withheld cell of a component with at most ``EXACT_CELLS`` of them is computed. In a
    larger one a primary cell is computed unless checked witnesses prove it wide enough, and what
    is told of the others is what single sums give.

    Parameters
    ----------
    witnesses : sequence of (cells, movements), optional
        Other tables that agree with what is published, from whoever chose the cells; each is
        checked here.
    """
    value = np.nan_to_num(system.value, nan=0.0)
    zero, far = np.zeros(len(value)), np.full(len(value), np.inf)
    wide = 2 * max(policy.w, 1.0)
    outsider = Attacker(system, withheld, value, zero, far, whole=system.whole)
    seen = withheld & ~np.array([r.latent for r in system.rows], dtype=bool)
    knower = outsider
    if policy.zeros == "published" and system.whole and not (seen & (value == 0)).any():
        knower = Attacker(system, withheld, value, seen.astype(float), far, whole=True)
    large = outsider.large(EXACT_CELLS)
    asked = _Asked(
        system,
        withheld,
        np.flatnonzero(primary & withheld),
        int((primary & ~withheld).sum()),
        widths_of(system, policy, np.flatnonzero(primary & withheld).tolist()),
        floors(system, zeros_published=policy.zeros == "published"),
        large,
        proven(system, withheld, knower.low, witnesses, whole=system.whole),
    )
    computed = _computed(outsider, withheld & ~large, wide)
    informed = computed
    if knower is not outsider:
        informed = knower.intervals(asked.unproven(), width=wide)
    findings = [
        _finding("outsider", computed, outsider, asked, np.flatnonzero(withheld & ~large).tolist()),
        _finding("outsider who knows the rules", informed, knower, asked, asked.unproven()),
        _contributors(asked, policy, knower),
        _colleague(asked, policy, knower),
    ]
    already = asked.already()
    return Audit(tuple(findings), computed, int(large.sum()), asked.proof.held, *already)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is attacked, and what is asked of it."""

    system: System
    withheld: Mask
    targets: Ints
    published: int
    widths: Widths
    floor: Floats
    large: Mask
    proof: Proof

    def already(self) -> tuple[int, int]:
        """Return of how many targets public totals leave less than asked, and of how many nothing."""
        w, policy = self.widths.w[self.targets], self.widths.policy[self.targets]
        less = w < policy - SLACK
        return int(less.sum()), int((less & (w <= SLACK)).sum())

    def unproven(self) -> list[int]:
        """Return the targets of small components that no witness proves wide enough."""
        value, proof, at = np.nan_to_num(self.system.value), self.proof, self.targets
        open_ = self.narrow(value - proof.down, value + proof.up)
        return [int(c) for c in at[open_ & ~self.large[at]]]

    def narrow(self, low: Floats, high: Floats) -> Mask:
        """Return which targets lie in an interval that is too narrow."""
        at, value = self.targets, self.system.value[self.targets]
        w, w1, w2 = (each[at] for each in (self.widths.w, self.widths.w1, self.widths.w2))
        known = np.isfinite(value)
        found: Mask = (
            (high[at] - low[at] < w - SLACK)
            | known & (high[at] < value + w2 - SLACK)
            | known & (low[at] > np.maximum(value - w1, self.floor[at]) + SLACK)
        )
        return found


def _computed(outsider: Attacker, small: Mask, wide: float) -> Interval:
    """Return what an outsider computes: exactly in small components, by single sums in large."""
    exact, rough = outsider.intervals(np.flatnonzero(small).tolist(), width=wide), outsider.bounds()
    return Interval(np.where(small, exact.low, rough.low), np.where(small, exact.high, rough.high))


def _finding(
    name: str, exact: Interval, attacker: Attacker, asked: _Asked, computed: Sequence[int]
) -> Finding:
    """Return what an attacker finds: of the cells computed, and of others what is proven."""
    at, value, proof = asked.targets, np.nan_to_num(asked.system.value), asked.proof
    low, high = value - proof.down, value + proof.up
    told = np.isin(np.arange(len(low)), computed)
    low, high = np.where(told, exact.low, low), np.where(told, exact.high, high)
    for cell in at[asked.narrow(low, high) & ~told[at]].tolist():
        one = attacker.intervals([cell], width=np.inf)
        low[cell], high[cell] = one.low[cell], one.high[cell]
    width, w = (high - low)[at], asked.widths.w[at]
    return Finding(
        attacker=name,
        exact=int((width <= np.minimum(SLACK, w - SLACK)).sum()) + asked.published,
        narrow=int(asked.narrow(low, high).sum()) + asked.published,
        worst=float(width.min(initial=np.inf)) if not asked.published else 0.0,
        required=True,
    )


#: What somebody knows, what is at least so much to them, and the cells that are tried.
Tried = Iterable[tuple[tuple[int, ...], Mapping[int, float], list[int]]]


def _contributors(asked: _Asked, policy: Policy, knower: Attacker) -> Finding:
    """Return what people who are counted learn by subtracting what is theirs."""
    primary = np.zeros(len(asked.withheld), dtype=bool)
    primary[asked.targets] = True
    inside = insiders(asked.system, primary, policy)
    tried = (
        (one.knows, {c: a for c, a in one.own if asked.withheld[c]}, list(one.targets))
        for one in inside
    )
    return _knowing("contributor alone in a cell", tried, policy, knower, asked, required=True)


def _colleague(asked: _Asked, policy: Policy, knower: Attacker) -> Finding:
    """Somebody who knows one withheld cell more: told, not required."""
    value, sums, primary = asked.system.value, Sums(asked.system), set(asked.targets.tolist())
    cells = sorted(np.flatnonzero(asked.withheld).tolist(), key=lambda c: (value[c], c))
    tried = (
        ((one,), dict[int, float](), sorted(sums.beside(one) & primary))
        for one in cells[:MOST_COLLEAGUES]
    )
    name = "colleague who knows one more cell"
    return _knowing(name, tried, policy, knower, asked, required=False)


def _knowing(
    name: str, tried: Tried, policy: Policy, knower: Attacker, asked: _Asked, *, required: bool
) -> Finding:
    exact, narrow, worst = set[int](), set[int](), np.inf
    against = asked.proof.against()
    value = np.nan_to_num(asked.system.value)
    for known, own, cells in tried:
        fall = {c: value[c] - a for c, a in own.items()}
        enough = np.minimum(
            widths_of(asked.system, policy, cells, known, own).w, policy.contributor
        )
        open_ = [
            c
            for c in cells
            if against.width(c, frozenset(known), enough[c], fall) < enough[c] - SLACK
        ]
        if not required:  # told only: in a large component what is not proven counts as narrow
            narrow |= {c for c in open_ if asked.large[c]}
            open_ = [c for c in open_ if not asked.large[c]]
        for cell, (low, high) in knower.wider_than(
            open_, enough[open_], knowing=known, own=own
        ).items():
            exact |= {cell} if high - low <= min(SLACK, enough[cell] - SLACK) else set()
            narrow |= {cell} if high - low < enough[cell] - SLACK else set()
            worst = min(worst, high - low)
    return Finding(name, len(exact), len(narrow), worst, required)
