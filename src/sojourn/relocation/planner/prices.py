"""Prices that prove the bounds of people without a place to somebody who has no solver.

They are the dual values of a relaxation of the whole plan, each level with those above no worse than the
plan has them. Whoever audits the plan works out anew what they prove (`sojourn.relocation.audit.proof`);
nothing has to be believed of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.before import stays
from sojourn.relocation.planner.carriage import INSIDE, Carriage, without_wishes
from sojourn.relocation.planner.dealing import counted
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.features import features
from sojourn.relocation.planner.levels import levels_of
from sojourn.relocation.planner.model import Model, ordered_pools, pool_rows, type_rows, types_of
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.scarce import add_scarce
from sojourn.relocation.planner.solver import FaceSolver, Programme, Vector
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.planner.ways import Run
from sojourn.relocation.proposal.proposal import Price

FIRST = ("L1", "L2", "L3")
MILLION = 1_000_000
TOO_MANY = 150_000  # columns of places; above, no prices are given and the audit says so
Name = tuple[str, str, str, int]  # what, at, of, size
UNNAMED: Name = ("", "", "", 0)


@dataclass(frozen=True)
class _Priced:
    """A relaxation and what each of its rows is; rows without a name are left out."""

    model: Model
    names: tuple[Name, ...]


@dataclass(frozen=True)
class Proven:
    """Prices, and the least cost of each of the first three levels that they prove."""

    prices: tuple[Price, ...]
    bounds: tuple[float, ...]


def prices_of(
    units: Sequence[Unit],
    eligible: Eligibility,
    placed: Mapping[str, Pool],
    runs: Sequence[Run],
    *,
    fixed: Collection[str] = (),
    departed: Collection[str] = (),
    short: bool,
) -> Proven:
    """Return the prices for each of the first three levels that leaves anybody out.

    Parameters
    ----------
    placed : mapping of unit id to Pool
        The plan.
    runs : sequence of Run
        Vehicles on days, after trips that have left with those who are ``departed``.
    fixed : collection of unit id
        Whose place may not change any more.
    short : bool
        Whether somebody has no seat: trips are priced too.
    """
    priced = _places(units, eligible, placed, fixed)
    if priced is None:
        return Proven((), ())
    x = counted(priced.model, dict(placed))
    costs = [round(float(level.cost @ x)) for level in priced.model.levels]
    if short and any(costs):
        priced = _with_trips(priced, eligible, runs, set(departed))
    return _duals(priced, costs)


def _places(
    units: Sequence[Unit],
    eligible: Eligibility,
    placed: Mapping[str, Pool],
    fixed: Collection[str],
) -> _Priced | None:
    """Return the relaxation of places alone: rooms, and what a place has besides beds."""
    light = tuple(replace(u, singular=u.singular or u.id in fixed) for u in without_wishes(units))
    types, pools = types_of(Units(light, ())), ordered_pools(eligible)
    column_type, column_pool = _columns(types, eligible, pools, placed, fixed)
    if len(column_type) > TOO_MANY:
        return None
    k, n = len(column_type), len(types)
    slack, end = slice(k, k + n), k + n
    f, builder = features(types, pools, eligible), Rows()
    type_rows(builder, f, column_type)
    names = [("inside", "", "", 0)] * builder.count
    pool_rows(builder, f, column_type, column_pool)
    names += [
        ("rooms", pools[p].place, pools[p].room_type.value, pools[p].beds_per_room)
        for p in np.unique(column_pool).tolist()
    ]
    scarce = add_scarce(builder, f, types, pools, eligible, column_type, column_pool)
    names += [UNNAMED if what == "needs" else (what, at, "", 0) for what, at in scarce]
    most = np.concatenate([f.count[column_type], f.count, np.ones(1)])
    most[[k + t for t, alike in enumerate(types) if alike[0].id in fixed]] = 0.0
    keeps = slice(end, end)
    levels = levels_of(f, column_type, column_pool, slack, keeps, end, FIRST)
    model = Model(
        types=types,
        pools=pools,
        programme=builder.programme(np.zeros(end + 1), most),
        column_type=column_type,
        column_pool=column_pool,
        held=stays(None, types, pools, lambda *_: True),
        before=None,
        slack=slack,
        keeps=keeps,
        floor=end,
        group_rows=slice(0, 0),
        group_sizes=(),
        levels=levels,
    )
    return _Priced(model, tuple(names))


def _columns(
    types: Sequence[Sequence[Unit]],
    eligible: Eligibility,
    pools: Sequence[Pool],
    placed: Mapping[str, Pool],
    fixed: Collection[str],
) -> tuple[np.ndarray, np.ndarray]:
    """List the lawful (type, pool) pairs; whoever may not be moved has one."""
    index = {pool: p for p, pool in enumerate(pools)}
    chosen = [
        np.array(
            [index[placed[alike[0].id]]]
            if alike[0].id in fixed
            else sorted(index[p] for p in eligible.allowed(alike[0])),
            dtype=np.int64,
        )
        for alike in types
    ]
    lengths = [len(c) for c in chosen]
    column_type = np.repeat(np.arange(len(types), dtype=np.int64), lengths)
    return column_type, np.concatenate([*chosen, np.zeros(0, dtype=np.int64)])


def _with_trips(
    priced: _Priced, eligible: Eligibility, runs: Sequence[Run], departed: set[str]
) -> _Priced:
    """Return the relaxation with what trips can carry."""
    carriage = Carriage(priced.model, eligible, runs, departed)
    wide = carriage.model()
    upper = wide.programme.upper.copy()
    upper[carriage.first :] = (
        np.inf
    )  # rows limit trips and escorts already; prices are read off them
    wide = replace(wide, programme=replace(wide.programme, upper=upper))
    names: list[Name] = list(priced.names)
    dates = [tuple(d.isoformat() for d in days.dates) for days in carriage.days]
    for name in carriage.names:
        what, at, of = name
        if name == INSIDE or not what:
            names.append((*name, 0))
        elif what in ("guards a day", "nurses a day", "departures"):
            names.append((what, ";".join(dates[int(at)]), of, 0))
        else:
            names.append((what, at, of, 0))
    return _Priced(wide, tuple(names))


def _duals(priced: _Priced, costs: Sequence[int]) -> Proven:
    """Return the prices of each level, those above held at what the plan costs there."""
    kept = np.array([bool(what) for what, *_ in priced.names])
    names = [name for name in priced.names if name[0]]
    full = priced.model.programme
    programme = replace(
        full,
        matrix=sparse.csr_matrix(full.matrix)[kept].tocsc(),
        row_lower=full.row_lower[kept],
        row_upper=full.row_upper[kept],
    )
    found, bounds = list[Price](), list[float]()
    for level, cost in zip(priced.model.levels, costs, strict=True):
        bounds.append(0.0)
        if cost:
            result = FaceSolver(programme).minimize(_wide(level.cost, programme))
            bounds[-1] = result.objective
            found += _named(level.id, names, -result.dual)
        programme = _no_worse(programme, level.cost, cost)
        names.append(("held", level.id, "", 0))
    return Proven(tuple(found), tuple(bounds))


def _wide(cost: Vector, programme: Programme) -> Vector:
    return np.append(cost, np.zeros(len(programme.lower) - len(cost)))


def _no_worse(programme: Programme, cost: Vector, value: int) -> Programme:
    """Add the row: a level is no worse than the plan has it."""
    row = sparse.csr_matrix(_wide(cost, programme))
    return replace(
        programme,
        matrix=sparse.vstack([sparse.csr_matrix(programme.matrix), row]).tocsc(),
        row_lower=np.append(programme.row_lower, -np.inf),
        row_upper=np.append(programme.row_upper, float(value)),
    )


def _named(level: str, names: Sequence[Name], prices: Vector) -> list[Price]:
    found = []
    for (what, at, of, size), price in zip(names, prices.tolist(), strict=True):
        millionths = round(price * MILLION)
        if what == "inside" or millionths <= 0:
            continue
        found += [
            Price(level=level, what=what, at=one, of=of, size=size, millionths=millionths)
            for one in (at.split(";") if " a day" in what or what == "departures" else [at])
        ]
    return sorted(found, key=lambda p: (p.what, p.at, p.of, p.size))
