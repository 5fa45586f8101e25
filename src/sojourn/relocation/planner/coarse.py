"""The programme of a large site over classes of rooms: a small relaxation with honest bounds.

Pools of one region and kind of room that the rules allow to exactly the same units are one *class*; its
beds are their sum, its services and travel the best among them. Every plan of the site is a plan of
the classes at no higher a cost, so that a bound over classes is a bound over places.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sojourn.relocation.planner.before import Before, Stays, over_classes, stays
from sojourn.relocation.planner.eligibility import Eligibility, Pool, children_at
from sojourn.relocation.planner.features import Features, Ints, features
from sojourn.relocation.planner.levels import levels_of
from sojourn.relocation.planner.links import Links
from sojourn.relocation.planner.model import (
    Model,
    column_bounds,
    group_rows,
    ordered_pools,
    pool_rows,
    type_rows,
    types_of,
    with_stability,
)
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.site.site import LinkStrength


def coarse_model(units: Units, eligible: Eligibility, before: Before | None = None) -> Model:
    """Build the programme over classes; a class stands as the first of its pools, with all their beds.

    After an earlier plan whoever stays where they were stays in that class: as many may as were in its
    pools and may still be, so that no plan moves fewer people than the programme says.

    Left out, so that the programme stays a relaxation: links that keep units apart, soft links, and
    that each place on its own has school places, a licence and a number of arrivals.
    """
    types, pools = types_of(units), ordered_pools(eligible)
    index = {pool: i for i, pool in enumerate(pools)}
    lists, which = _allowed(types, eligible, index)
    of = _classes(lists, pools, eligible)
    f = _merged(features(types, pools, eligible), of)
    classes = _pools_of(pools, of, f)
    held = _held(before, types, pools, lists, which, of)
    column_type, column_class = _columns(lists, which, of, held)
    k, n_types = len(column_type), len(types)
    slack, keeps, floor = slice(k, k + n_types), slice(k + n_types, k + n_types), k + n_types
    builder = Rows()
    type_rows(builder, f, column_type)
    pool_rows(builder, f, column_type, column_class)
    _scarce_by_region(builder, f, eligible, classes, column_type, column_class)
    together = [link for link in units.links if link.strength is LinkStrength.SAME_REGION]
    Links(builder, types, classes, eligible, column_type, column_class).add_rows(together, 0)
    first = builder.count
    sizes = group_rows(builder, f, types, column_type, column_class, floor)
    upper = np.concatenate([f.count[column_type], f.count, np.ones(1)])
    programme = builder.programme(*column_bounds(held, k, upper))
    order = [name for name in eligible.rules.level_order if name != "L6"]
    levels = levels_of(f, column_type, column_class, slack, keeps, floor, order)
    if before is not None:
        levels = with_stability(levels, held, k, types)
    return Model(
        types=types,
        pools=classes,
        programme=programme,
        column_type=column_type,
        column_pool=column_class,
        held=held,
        before=before,
        slack=slack,
        keeps=keeps,
        floor=floor,
        group_rows=slice(first, builder.count),
        group_sizes=sizes,
        levels=levels,
    )


def _columns(
    lists: Sequence[Ints], which: Sequence[int], of: Ints, held: Stays
) -> tuple[Ints, Ints]:
    """Return type and class of each assignment column, those of staying last."""
    distinct = [np.unique(of[chosen]) for chosen in lists]
    lengths = np.array([len(distinct[n]) for n in which], dtype=np.int64)
    return (
        np.concatenate([np.repeat(np.arange(len(which), dtype=np.int64), lengths), held.types]),
        np.concatenate([*(distinct[n] for n in which), held.pools]),
    )


def _held(
    before: Before | None,
    types: Sequence[Sequence[Unit]],
    pools: Sequence[Pool],
    lists: Sequence[Ints],
    which: Sequence[int],
    of: Ints,
) -> Stays:
    """Return the columns of staying in a class."""
    sets = [frozenset(chosen.tolist()) for chosen in lists]
    return over_classes(stays(before, types, pools, lambda t, p: p in sets[which[t]]), of)


def _allowed(
    types: Sequence[Sequence[Unit]], eligible: Eligibility, index: dict[Pool, int]
) -> tuple[list[Ints], list[int]]:
    """Return the distinct lists of pools that types are allowed, and which list is whose."""
    known: dict[int, int] = {}  # units alike in what the rules ask are handed the same tuple
    lists: list[Ints] = []
    which = []
    for unit, *_ in types:
        allowed = eligible.allowed(unit)
        if id(allowed) not in known:
            known[id(allowed)] = len(lists)
            lists.append(np.array([index[p] for p in allowed], dtype=np.int64))
        which.append(known[id(allowed)])
    return lists, which


def _classes(lists: Sequence[Ints], pools: Sequence[Pool], eligible: Eligibility) -> Ints:
    """Return the class of each pool, numbered by the first of its pools."""
    marks: list[list[int]] = [[] for _ in pools]
    for number, chosen in enumerate(lists):
        for p in chosen.tolist():
            marks[p].append(number)
    known: dict[tuple[object, ...], int] = {}
    found = []
    for pool, mine in zip(pools, marks, strict=True):
        region = eligible.places[pool.place].region
        key = (region, pool.room_type, pool.beds_per_room, tuple(mine))
        found.append(known.setdefault(key, len(known)))
    return np.array(found, dtype=np.int64)


def _merged(f: Features, of: Ints) -> Features:
    """Return the features of the classes: beds summed, services and travel the best there are."""
    n = int(of.max(initial=-1)) + 1
    first = np.unique(of, return_index=True)[1]
    offers = np.zeros((n, f.offers.shape[1]), bool)
    speaks = np.zeros((n, f.speaks.shape[1]), bool)
    schools = np.zeros((n, f.schools.shape[1]))
    minutes = np.full((n, f.minutes.shape[1]), np.inf)
    np.logical_or.at(offers, of, f.offers[f.place])
    np.logical_or.at(speaks, of, f.speaks[f.place])
    np.maximum.at(schools, of, f.schools[f.place])
    np.minimum.at(minutes, of, f.minutes[f.place])
    return replace(
        f,
        places=tuple(f.places[p] for p in f.place[first]),
        place=np.arange(n, dtype=np.int64),
        rooms=f.rooms[first],
        capacity=np.bincount(of, weights=f.capacity, minlength=n).astype(float),
        region=f.region[f.place[first]],
        offers=offers,
        speaks=speaks,
        schools=schools,
        minutes=minutes,
    )


def _pools_of(pools: Sequence[Pool], of: Ints, f: Features) -> tuple[Pool, ...]:
    first = np.unique(of, return_index=True)[1]
    return tuple(replace(pools[p], capacity=int(f.capacity[c])) for c, p in enumerate(first))


def _scarce_by_region(
    builder: Rows,
    f: Features,
    eligible: Eligibility,
    classes: Sequence[Pool],
    column_type: Ints,
    column_class: Ints,
) -> None:
    """Limit children alone, arrivals and pupils by what all places of a region have together."""
    regions = [eligible.places[p.place].region for p in classes]
    has: dict[tuple[str, str], float] = defaultdict(float)
    for place in (
        eligible.places[name] for name in sorted({pool.place for pool in eligible.pools})
    ):
        days = len(eligible.open_days(place))
        has[place.region, "R04"] += children_at(place)
        has[place.region, "R16"] += place.max_arrivals_per_day * days
        has[place.region, "primary"] += place.school_primary
        has[place.region, "secondary"] += place.school_secondary
    at = f.region[column_class]
    name = dict(zip(f.region.tolist(), regions, strict=True))
    asked = [("R04", "R04", f.alone), ("R16", "R16", f.size)]
    asked += [("R13", "primary", f.school[:, 0]), ("R13", "secondary", f.school[:, 1])]
    for rule, what, value in asked:
        kept = np.flatnonzero(value[column_type] != 0)
        used, rows = np.unique(at[kept], return_inverse=True)
        if eligible.rules.on(rule) and len(used):
            most = np.array([has[name[int(r)], what] for r in used])
            low = np.full(len(used), -np.inf)
            builder.block(rows, kept, value[column_type[kept]].astype(float), low, most)
