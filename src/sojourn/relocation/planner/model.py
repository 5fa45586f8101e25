"""The assignment as a programme: types of units, pools of rooms, rows of scarce things.

Units that are alike in everything the planner knows are one *type* and are counted. A column is
"units of this type go to this pool"; a slack column per type counts the unplaced.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.relocation.planner.before import Before, Stays, holds, stability, stays
from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.features import Features, features
from sojourn.relocation.planner.levels import Level, levels_of
from sojourn.relocation.planner.links import Links
from sojourn.relocation.planner.own_rooms import OwnRooms
from sojourn.relocation.planner.rows import Rows
from sojourn.relocation.planner.scarce import add_scarce
from sojourn.relocation.planner.solver import Programme
from sojourn.relocation.planner.units import Unit, Units
from sojourn.relocation.site.site import LinkStrength

SMALL_GROUP = 10  # persons; smaller groups are pooled, or one of them would rule the floor
APART = (LinkStrength.SEPARATE, LinkStrength.NOT_MEET)


@dataclass(frozen=True)
class Model:
    """The programme and what its columns mean.

    Attributes
    ----------
    types : tuple of tuple of Unit
        Units alike, in canonical order.
    column_type, column_pool : ndarray, shape (k,)
        Of the k assignment columns, which come first; the last of them are those of staying.
    held : Stays
        Columns of staying where an earlier plan is followed.
    before : Before or None
    slack : slice
        The unplaced of each type.
    keeps : slice
        After the columns of own rooms, one column per kept soft link and place; up to the floor follow those that tell which of two
        sides kept apart a place holds.
    floor : int
        The column of the group floor L4, last of all.
    group_rows : slice
        Rows of the floor; ``group_sizes`` persons each.
    shares : int, optional
        From this column on shares will do; else all but the floor are whole numbers.
    """

    types: tuple[tuple[Unit, ...], ...]
    pools: tuple[Pool, ...]
    programme: Programme
    column_type: np.ndarray
    column_pool: np.ndarray
    held: Stays
    before: Before | None
    slack: slice
    keeps: slice
    floor: int
    group_rows: slice
    group_sizes: tuple[int, ...]
    levels: tuple[Level, ...]
    shares: int | None = None

    @property
    def own(self) -> slice:
        """Columns of rooms for those whose age is disputed, and of the beds left over in them."""
        return slice(self.slack.stop, self.keeps.start)


def _all_columns(
    types: tuple[tuple[Unit, ...], ...],
    pools: Sequence[Pool],
    eligible: Eligibility,
    before: Before | None,
    used: Mapping[str, Pool] | None,
) -> tuple[np.ndarray, np.ndarray, Stays]:
    """Return type and pool of each assignment column, those of staying last."""
    index = {pool: i for i, pool in enumerate(pools)}
    if used is None:
        column_type, column_pool = _columns(types, eligible, index)
    else:
        column_type, column_pool = _columns_of(types, used, index)
    keys = column_type * len(pools) + column_pool
    held = stays(before, types, pools, lambda t, p: holds(keys, t * len(pools) + p))
    return (
        np.concatenate([column_type, held.types]),
        np.concatenate([column_pool, held.pools]),
        held,
    )


def column_bounds(held: Stays, columns: int, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return lower and upper bounds; the last columns are units that stay as they are."""
    lower, upper = np.zeros(len(most)), most.copy()
    stay = slice(columns - len(held.types), columns)
    lower[stay], upper[stay] = held.least, held.most
    return lower, upper


def build_model(
    units: Units,
    eligible: Eligibility,
    before: Before | None = None,
    used: Mapping[str, Pool] | None = None,
    meeting: int | None = None,
    *,
    pairs: bool = False,
) -> Model:
    """Build the programme of a site.

    Parameters
    ----------
    before : Before, optional
        The proposal that this one follows: stability stands right after L3, and units whose
        decision is frozen stay where they are.
    used : mapping of unit id to Pool, optional
        A plan: the programme then has its columns only, enough to count what it is worth.
    meeting : int, optional
        At how many places a soft link may be kept; all by default.
    pairs : bool
        Each row that keeps apart is about two units.
    """
    builder = Rows()
    types = types_of(units)
    pools = ordered_pools(eligible)
    column_type, column_pool, held = _all_columns(types, pools, eligible, before, used)
    f = features(types, pools, eligible)
    k, n_types = len(column_type), len(types)
    slack = slice(k, k + n_types)
    type_rows(builder, f, column_type)
    own = OwnRooms(types, eligible)
    own.add(builder, pools, (column_type, column_pool), slack.stop)
    at = slack.stop + len(own.upper)
    pool_rows(builder, f, column_type, column_pool, own.spare)
    add_scarce(builder, f, types, pools, eligible, column_type, column_pool)
    n_keeps, n_sides = Links(builder, types, pools, eligible, column_type, column_pool).add_rows(
        units.links, at, meeting, pairs=pairs
    )
    keeps, floor = slice(at, at + n_keeps), at + n_keeps + n_sides
    first_group = builder.count
    group_sizes = group_rows(builder, f, types, column_type, column_pool, floor)
    most = [f.count[column_type], f.count, own.upper, np.ones(n_keeps + n_sides + 1)]
    programme = builder.programme(*column_bounds(held, k, np.concatenate(most)))
    order = eligible.rules.level_order
    levels = levels_of(f, column_type, column_pool, slack, keeps, floor, order)
    if before is not None:
        levels = with_stability(levels, held, k, types)
    return Model(
        types=types,
        pools=pools,
        programme=programme,
        column_type=column_type,
        column_pool=column_pool,
        held=held,
        before=before,
        slack=slack,
        keeps=keeps,
        floor=floor,
        group_rows=slice(first_group, builder.count),
        group_sizes=group_sizes,
        levels=levels,
    )


def with_stability(
    levels: tuple[Level, ...], held: Stays, columns: int, types: Sequence[Sequence[Unit]]
) -> tuple[Level, ...]:
    """Return the levels with stability right after those of people without a place.

    Parameters
    ----------
    columns : int
        Assignment columns, of which those of staying are the last.
    """
    still = stability(held, columns - len(held.types), types, len(levels[0].cost))
    return (*levels[:3], still, *levels[3:])


def _content(unit: Unit) -> tuple[object, ...]:
    """Everything the planner knows of a unit except who it is."""
    return (
        unit.tier,
        unit.kind.value,
        unit.size,
        unit.weight,
        tuple(sorted(unit.needs)),
        unit.points,
        unit.wished,
        unit.groups,
        unit.languages,
        unit.related,
        unit.blocked,
        (unit.girls, unit.children, unit.alone_older, unit.alone_young),
        (unit.school_primary, unit.school_secondary),
        (unit.wheelchairs, unit.stretchers, unit.medical_escort, unit.disputed),
        unit.id if unit.singular else "",
    )


def types_of(units: Units) -> tuple[tuple[Unit, ...], ...]:
    """Group alike units; order by content, so that ids and row order change nothing."""
    found: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
    for unit in units.units:
        found[_content(unit)].append(unit)
    return tuple(tuple(found[key]) for key in sorted(found, key=repr))


def ordered_pools(eligible: Eligibility) -> tuple[Pool, ...]:
    """Return the pools in an order that ids change least: by region, place, kind of room."""

    def content(pool: Pool) -> tuple[object, ...]:
        place = eligible.places[pool.place]
        return (
            place.region,
            place.lat,
            place.lon,
            pool.room_type.value,
            pool.beds_per_room,
            pool.capacity,
            pool.place,
        )

    return tuple(sorted(eligible.pools, key=content))


def _columns(
    types: Sequence[Sequence[Unit]], eligible: Eligibility, pool_index: Mapping[Pool, int]
) -> tuple[np.ndarray, np.ndarray]:
    """List the allowed (type, pool) pairs, by type then pool."""
    known: dict[int, np.ndarray] = {}  # alike units are handed the same tuple: no need to compare
    chosen: list[np.ndarray] = []
    for unit, *_ in types:
        allowed = eligible.allowed(unit)
        if id(allowed) not in known:
            known[id(allowed)] = np.array(sorted(pool_index[p] for p in allowed), dtype=np.int64)
        chosen.append(known[id(allowed)])
    lengths = [len(c) for c in chosen]
    column_pool = np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)
    return np.repeat(np.arange(len(types), dtype=np.int64), lengths), column_pool


def _columns_of(
    types: Sequence[Sequence[Unit]], used: Mapping[str, Pool], pool_index: Mapping[Pool, int]
) -> tuple[np.ndarray, np.ndarray]:
    """List the (type, pool) pairs of a plan, by type then pool."""
    pairs = sorted(
        {
            (t, pool_index[used[u.id]])
            for t, alike in enumerate(types)
            for u in alike
            if u.id in used
        }
    )
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def type_rows(builder: Rows, f: Features, column_type: np.ndarray) -> None:
    """Every unit of a type goes somewhere or is counted as unplaced."""
    k, n = len(column_type), len(f.count)
    rows = np.concatenate([column_type, np.arange(n)])
    builder.block(rows, np.arange(k + n), np.ones(k + n), f.count, f.count)


def pool_rows(
    builder: Rows,
    f: Features,
    column_type: np.ndarray,
    column_pool: np.ndarray,
    spare: Sequence[tuple[int, int]] = (),
) -> None:
    """No pool takes more than it has (R01), beds left over in rooms of their own (pool, column) among it."""
    more = np.array(spare, dtype=np.int64).reshape(-1, 2)
    used, rows = np.unique(np.concatenate([column_pool, more[:, 0]]), return_inverse=True)
    low = np.full(len(used), -np.inf)
    columns = np.concatenate([np.arange(len(column_pool)), more[:, 1]])
    takes = np.append(f.takes(column_type, column_pool), np.ones(len(more)))
    builder.block(rows, columns, takes, low, f.capacity[used])


def group_rows(
    builder: Rows,
    f: Features,
    types: Sequence[Sequence[Unit]],
    column_type: np.ndarray,
    column_pool: np.ndarray,
    floor: int,
) -> tuple[int, ...]:
    """Add one row per group: floor x persons <= persons offered a first or second wish."""
    total: dict[str, int] = defaultdict(int)
    for alike in types:
        for group, persons in alike[0].groups:
            total[group] += persons * len(alike)
    name = {g: g if n >= SMALL_GROUP else g.split("=")[0] + "=other" for g, n in total.items()}
    names = sorted(set(name.values()))
    members = np.zeros((len(types), len(names)))
    for t, (unit, *_) in enumerate(types):
        for group, count in unit.groups:
            members[t, names.index(name[group])] += count
    sizes = (members * f.count[:, None]).sum(axis=0)
    hit = np.flatnonzero(f.wished[column_type, f.region[f.place[column_pool]]])
    for number, size in enumerate(sizes.tolist()):
        mine = members[column_type[hit], number]
        columns = hit[mine > 0]
        builder.add([*columns, floor], np.append(-mine[mine > 0], size), -np.inf, 0.0)
    return tuple(int(size) for size in sizes)
