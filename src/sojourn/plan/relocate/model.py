"""The assignment as a programme: types of units, pools of rooms, rows of scarce things.

Units that are alike in everything the planner knows are one *type* and are counted. A column is
"units of this type go to this pool"; a slack column per type counts the unplaced.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sojourn.plan.relocate.before import Before, Stays, stability, stays
from sojourn.plan.relocate.eligibility import Eligibility, Pool
from sojourn.plan.relocate.levels import Level, levels_of
from sojourn.plan.relocate.rows import Rows
from sojourn.plan.relocate.solver import Programme
from sojourn.plan.relocate.units import PairLink, Unit, Units
from sojourn.plan.site import LinkStrength, RoomType

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
        One column per kept soft link and place.
    floor : int
        The column of the group floor L4, last of all.
    group_rows : slice
        Rows of the floor; ``group_sizes`` persons each.
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


def build_model(units: Units, eligible: Eligibility, before: Before | None = None) -> Model:
    """Build the programme of a site.

    Parameters
    ----------
    before : Before, optional
        The proposal that this one follows: stability stands right after L3, and units whose
        decision is frozen stay where they are.
    """
    builder = Rows()
    types = _types(units)
    pools = _ordered_pools(eligible)
    pool_index = {pool: i for i, pool in enumerate(pools)}
    column_type, column_pool = _columns(types, eligible, pool_index)
    allowed = set(zip(column_type.tolist(), column_pool.tolist(), strict=True)) if before else set()
    held = stays(before, types, pools, allowed)
    column_type = np.concatenate([column_type, held.types])
    column_pool = np.concatenate([column_pool, held.pools])
    counts = np.array([len(t) for t in types], dtype=float)
    k, n_types = len(column_type), len(types)
    by_pool = _indices(column_pool)
    by_type = _indices(column_type)
    slack = slice(k, k + n_types)
    for t in range(n_types):
        builder.add([*by_type.get(t, ()), k + t], 1.0, counts[t], counts[t])
    takes = np.array(
        [pools[p].takes(types[t][0].size) for t, p in zip(column_type, column_pool, strict=True)],
        dtype=float,
    )
    for p, columns in by_pool.items():
        builder.add(columns, takes[columns], -np.inf, pools[p].capacity)
    _Scarce(builder, types, pools, eligible, column_type, by_pool).add_rows()
    n_keeps = _Links(builder, types, pools, eligible, column_pool, by_type).add_rows(
        units.links, k + n_types
    )
    keeps = slice(slack.stop, slack.stop + n_keeps)
    floor = keeps.stop
    first_group = builder.count
    group_sizes = _group_rows(builder, types, eligible, pools, column_type, column_pool, floor)
    upper = np.concatenate([counts[column_type], counts, np.ones(n_keeps + 1)])
    lower = np.zeros(floor + 1)
    stay = slice(k - len(held.types), k)
    lower[stay], upper[stay] = held.least, held.most
    programme = builder.programme(lower, upper)
    levels = levels_of(types, pools, eligible, column_type, column_pool, slack, keeps, floor)
    if before is not None:
        levels = (*levels[:3], stability(held, stay.start, types, floor + 1), *levels[3:])
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
        (unit.wheelchairs, unit.stretchers, unit.medical_escort),
        unit.id if unit.singular else "",
    )


def _types(units: Units) -> tuple[tuple[Unit, ...], ...]:
    """Group alike units; order by content, so that ids and row order change nothing."""
    found: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
    for unit in units.units:
        found[_content(unit)].append(unit)
    return tuple(tuple(found[key]) for key in sorted(found, key=repr))


def _ordered_pools(eligible: Eligibility) -> tuple[Pool, ...]:
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
    column_type: list[int] = []
    column_pool: list[int] = []
    for t, (unit, *_) in enumerate(types):
        chosen = sorted(pool_index[pool] for pool in eligible.allowed(unit))
        column_type += [t] * len(chosen)
        column_pool += chosen
    return np.array(column_type, dtype=np.int64), np.array(column_pool, dtype=np.int64)


def _indices(labels: np.ndarray) -> dict[int, np.ndarray]:
    """Map each label to the positions at which it stands."""
    order = np.argsort(labels, kind="stable")
    values, starts = np.unique(labels[order], return_index=True)
    return dict(zip((int(v) for v in values), np.split(order, starts[1:]), strict=False))


class _Scarce:
    """Rows of what a place has besides beds: licence, arrivals, school places, concentration."""

    def __init__(
        self,
        builder: Rows,
        types: Sequence[Sequence[Unit]],
        pools: Sequence[Pool],
        eligible: Eligibility,
        column_type: np.ndarray,
        by_pool: Mapping[int, np.ndarray],
    ) -> None:
        self.builder = builder
        self.types = types
        self.pools = pools
        self.eligible = eligible
        self.column_type = column_type
        self.of_place: dict[str, list[int]] = defaultdict(list)
        for p, pool in enumerate(pools):
            if p in by_pool:
                self.of_place[pool.place] += by_pool[p].tolist()

    def add_rows(self) -> None:
        """Add a row for each scarce thing that beds alone do not already limit."""
        rules = self.eligible.rules
        beds: dict[str, int] = defaultdict(int)
        child_beds: dict[str, int] = defaultdict(int)
        for pool in self.pools:
            beds[pool.place] += pool.capacity * max(1, pool.beds_per_room)
            if pool.room_type is RoomType.CHILD:
                child_beds[pool.place] += pool.capacity
        for place_id, columns in sorted(self.of_place.items()):
            place = self.eligible.places[place_id]
            if rules.on("R04") and child_beds[place_id] > place.max_children:
                self._row(
                    columns, [u.size * u.alone for u in self._units(columns)], place.max_children
                )
            arrivals = place.max_arrivals_per_day * len(self.eligible.open_days(place))
            if rules.on("R16") and beds[place_id] > arrivals:
                self._row(columns, [u.size for u in self._units(columns)], arrivals)
            if rules.on("R13"):
                primary = [u.school_primary for u in self._units(columns)]
                self._row(columns, primary, place.school_primary)
                secondary = [u.school_secondary for u in self._units(columns)]
                self._row(columns, secondary, place.school_secondary)
            if rules.on("R20"):
                self._concentration(columns)

    def _units(self, columns: Iterable[int]) -> list[Unit]:
        return [self.types[self.column_type[c]][0] for c in columns]

    def _row(self, columns: Sequence[int], values: Sequence[float], most: float) -> None:
        kept = [(c, v) for c, v in zip(columns, values, strict=True) if v]
        if kept:
            self.builder.add([c for c, _ in kept], np.array([v for _, v in kept]), -np.inf, most)

    def _concentration(self, columns: Sequence[int]) -> None:
        """Limit the share of one combination of needs at a place (R20)."""
        share = self.eligible.rules["R20"].number("max_share")
        total: dict[frozenset[str], int] = defaultdict(int)
        for alike in self.types:
            total[alike[0].needs] += alike[0].size * len(alike)
        units = self._units(columns)
        for needs in sorted({u.needs for u in units if u.needs}, key=sorted):
            values = [u.size * (u.needs == needs) for u in units]
            self._row(columns, values, max(1, int(share * total[needs])))


class _Links:
    """Rows of links between units: apart, in one region, and softly together."""

    def __init__(
        self,
        builder: Rows,
        types: Sequence[Sequence[Unit]],
        pools: Sequence[Pool],
        eligible: Eligibility,
        column_pool: np.ndarray,
        by_type: Mapping[int, np.ndarray],
    ) -> None:
        self.builder = builder
        self.eligible = eligible
        self.place_of = [pools[p].place for p in column_pool]
        type_of = {alike[0].id: t for t, alike in enumerate(types) if alike[0].singular}
        self.columns = {u: by_type.get(t, np.zeros(0, int)) for u, t in type_of.items()}

    def add_rows(self, links: Iterable[PairLink], next_column: int) -> int:
        """Add the rows; return how many columns of kept soft links they use."""
        keeps = 0
        for link in links:
            a, b = self.columns[link.a], self.columns[link.b]
            if link.strength in APART and self.eligible.rules.on("R08"):
                self._apart(a, b)
            elif link.strength is LinkStrength.SAME_REGION and self.eligible.rules.on("R03"):
                self._one_region(a, b)
            elif link.strength is LinkStrength.PREFER:
                keeps += self._together(a, b, next_column + keeps)
        return keeps

    def _by(self, columns: np.ndarray, label: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for c in columns:
            place = self.place_of[c]
            key = place if label == "place" else getattr(self.eligible.places[place], label)
            found[key].append(int(c))
        return found

    def _apart(self, a: np.ndarray, b: np.ndarray) -> None:
        wider = self.eligible.rules["R08"].parameters["other_department"]
        label = "department" if wider else "place"
        mine, theirs = self._by(a, label), self._by(b, label)
        for key in sorted(mine.keys() & theirs.keys()):
            self.builder.add(mine[key] + theirs[key], 1.0, -np.inf, 1.0)

    def _one_region(self, a: np.ndarray, b: np.ndarray) -> None:
        mine, theirs = self._by(a, "region"), self._by(b, "region")
        for region in sorted(mine):
            elsewhere = [c for r, cs in theirs.items() if r != region for c in cs]
            self.builder.add(mine[region] + elsewhere, 1.0, -np.inf, 1.0)

    def _together(self, a: np.ndarray, b: np.ndarray, column: int) -> int:
        mine, theirs = self._by(a, "place"), self._by(b, "place")
        shared = sorted(mine.keys() & theirs.keys())
        for offset, place in enumerate(shared):
            for own in (mine[place], theirs[place]):
                values = np.array([-1.0] * len(own) + [1.0])
                self.builder.add([*own, column + offset], values, -np.inf, 0.0)
        return len(shared)


def _group_rows(
    builder: Rows,
    types: Sequence[Sequence[Unit]],
    eligible: Eligibility,
    pools: Sequence[Pool],
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
    pooled: dict[str, int] = defaultdict(int)
    for group, persons in total.items():
        pooled[name[group]] += persons
    columns: dict[str, list[int]] = defaultdict(list)
    values: dict[str, list[float]] = defaultdict(list)
    regions = [eligible.places[p.place].region for p in pools]
    for c, (t, p) in enumerate(zip(column_type, column_pool, strict=True)):
        unit = types[t][0]
        if regions[p] in unit.wished:
            for group, persons in unit.groups:
                columns[name[group]].append(c)
                values[name[group]].append(-float(persons))
    for group in sorted(pooled):
        builder.add(
            [*columns[group], floor], np.array([*values[group], pooled[group]]), -np.inf, 0.0
        )
    return tuple(pooled[group] for group in sorted(pooled))
