"""What a store holds of each measure, read as cells: printed numbers, sums over origins, corridors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sojourn.explorer.model.measure import Measure, Role
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view
from sojourn.store.summing import why_no_sum
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicator_or_code

#: Terms under which a copy of a table may be handed on.
OPEN = ("attribution",)
ROLES: tuple[Role, ...] = ("at", "of")
WORLD = "900"
ALL = ("_T", "_Z")  # of an end that is not told apart
# What is printed on two rows for one key, or under two spellings of a place, is added.
_VARIANT = (
    "CASE WHEN o.detail LIKE '%row=%' THEN '' "
    "ELSE regexp_replace(o.detail, '(;|^)(part=[0-9]+|printed=[^;]*)', '', 'g') END"
)
_READ = (
    f"SELECT o.age, o.sex, {_VARIANT}, o.ref_area, o.origin, o.edition, o.time_period, o.value, "  # noqa: S608 - constants
    'o.obs_status, list_position($files, o.file) - 1, o.sheet, o."row", o.col, '
    "o.lower * pow(10, o.unit_mult), o.upper * pow(10, o.unit_mult), o.criterion, "
    "concat_ws('; ', nullif(o.comment, ''), nullif(o.mark, '')) "
    "FROM {source} o WHERE list_contains($e, o.edition) AND o.dataflow = $d "
    "AND o.indicator = $i AND NOT regexp_matches(o.detail, '(;|^)repeat=') "
    'ORDER BY o.edition, o.file, o.sheet, o."row", o.col'
)
Row = tuple[Any, ...]  # age, sex, variant, then a cell in the order of `Held`
Rows = list[Row]
Cells = list[Row]


@dataclass(frozen=True)
class Reading:
    """A store as the explorer reads it.

    Attributes
    ----------
    editions : tuple of str
        Editions that may be shown, of a day and of open terms where the site is public.
    withheld : tuple of str
        Editions left out because of their terms.
    """

    store: Store
    editions: tuple[str, ...]
    withheld: tuple[str, ...]

    @property
    def files(self) -> list[LoadedFile]:
        """Files of the editions shown that hold observations, in the order of the manifest."""
        shown = set(self.editions)
        held = (f for f in self.store.manifest.files if f.edition in shown and f.observations > 0)
        return list({f.sha256: f for f in held}.values())

    @property
    def parts(self) -> dict[str, tuple[int, int]]:
        """Corridors held, of how many, of each edition that is a part of a kept run."""
        told = {e: self.store.held_corridors(e) for e in self.editions}
        return {e: part for e, part in told.items() if part is not None}


def reading(store: Store, *, as_of: date | None = None, public: bool = False) -> Reading:
    """Return what of a store may be shown.

    Parameters
    ----------
    public : bool
        Leave out editions whose terms allow no copy of a table.
    """
    known = [
        f for f in store.manifest.files if as_of is None or date.fromisoformat(f.vintage) <= as_of
    ]
    shut = {f.edition for f in known if public and f.redistribution not in OPEN}
    held = dict.fromkeys(f.edition for f in known if f.observations > 0)
    return Reading(
        store,
        tuple(e for e in held if e not in shut),
        tuple(e for e in held if e in shut),
    )


def datasets(reading: Reading) -> list[tuple[str, str]]:
    """Return each (dataset, indicator) that the editions hold, in order."""
    source = sorted_or_view(reading.store)
    found = reading.store.con.execute(
        f"SELECT DISTINCT dataflow, indicator FROM {source} WHERE list_contains($e, edition) "  # noqa: S608
        "ORDER BY 1, 2",
        {"e": list(reading.editions)},
    ).fetchall()
    return [(str(d), str(i)) for d, i in found]


@dataclass(frozen=True)
class Counted:
    """One measure with its numbers.

    Attributes
    ----------
    by_sex : mapping of str to cells
        Numbers of places: as printed, else summed over the other end.
    by_place : mapping of str to cells
        Corridors of each place; of a cell by sex the edition is ``EDITION|SEX``.
    """

    measure: Measure
    by_sex: dict[str, Cells]
    by_place: dict[str, Cells]


def counted(reading: Reading, dataset: str, indicator: str) -> Iterator[Counted]:
    """Yield each measure of an indicator: at places, and by origin, with its corridors."""
    printed, by_origin, pairs = _sorted_out(reading, dataset, indicator)
    one, refused = indicator_or_code(indicator), cache(partial(why_no_sum, reading.store))
    for role, told in (("at", printed), ("of", by_origin)):
        base = Measure(dataset, indicator, role="at" if role == "at" else "of")
        adds = one.adds_over("origin" if role == "at" else "area")
        if adds or role == "at":
            sums = _summed(pairs, 3 if role == "at" else 4, adds=adds)
            world = role == "of"
            told = told + [r for r in sums if not refused(r[3], indicator, r[5], world=world)]
        if not told:
            continue
        for (age, variant), by_sex in _told_apart(told):
            measure = replace(base, age=age, variant=variant)
            whole = age == "_T" and not variant
            yield Counted(measure, by_sex, _corridors(pairs, role) if whole else {})


def _sorted_out(reading: Reading, dataset: str, indicator: str) -> tuple[Rows, Rows, Rows]:
    """Return rows printed for places, rows printed by origin for the world, and single corridors."""
    asked = reading.store.con.execute(
        _READ.replace("{source}", sorted_or_view(reading.store)),
        {
            "e": list(reading.editions),
            "d": dataset,
            "i": indicator,
            "files": [f.sha256 for f in reading.files],
        },
    )
    found = _shared(asked.fetchnumpy().values())
    printed, by_total, by_world, pairs = Rows(), Rows(), Rows(), Rows()
    singles = _singles()
    for r in found:
        if r[4] in ALL:
            printed.append((*r[:3], *_cell(r, 3)))
        elif r[3] in ALL:
            by_total.append((*r[:3], *_cell(r, 4)))
        elif r[3] == WORLD and r[4] in singles:
            by_world.append((*r[:3], *_cell(r, 4)))
        elif r[3] in singles and r[4] in singles:
            pairs.append(r)
    return _once(printed), _once(by_total or by_world), pairs


def _shared(columns: Iterable[Any]) -> Rows:
    """Return columns as rows; a text that stands in many of them is one object, hashed once."""
    kept: dict[str, str] = {}
    listed = []
    for column in columns:
        values = column.tolist()
        listed.append(map(kept.setdefault, values, values) if column.dtype == object else values)
    return list(zip(*listed, strict=True))


@cache
def _singles() -> frozenset[str]:
    """Return the areas that are no group; a code of no list is a group of its publisher."""
    return frozenset(a for a in AREAS if not AREAS[a].is_aggregate)


def _cell(r: Row, place: int) -> Row:
    """Return a row as a cell of the place at one of its ends."""
    return (r[5], r[place], r[6], r[7], r[8], 1, int(r[7] is None), *r[9:])


_key = itemgetter(0, 1, 2, 3, 4, 5, 16)


def _once(rows: Rows) -> Rows:
    """Return one row for each key and criterion; several cells of one key are added."""
    ordered = sorted(rows, key=_key)  # stable: cells of a key stay in the order of their file
    return [_added(list(same)) for _, same in groupby(ordered, key=_key)]


def _added(same: Rows) -> Row:
    if len(same) == 1:
        return same[0]
    known = [r[6] for r in same if r[6] is not None]
    first = same[0]
    status = next((r[7] for r in same if r[6] is not None), first[7])
    value = sum(known) if known else None
    return (*first[:6], value, status, len(same), len(same) - len(known), *first[10:])


def _summed(pairs: Rows, place: int, *, adds: bool) -> Rows:
    """Return sums over single origins, or over single reporters; what is missing is counted.

    Of a measure that does not add over the other end, only where one end alone has a number
    above zero: people displaced inside a country stand under their own country.
    """
    sums: dict[Row, list[Any]] = {}
    for r in pairs:
        key = (r[0], r[1], r[2], r[5], r[place], r[6])
        total = sums.get(key)
        if total is None:
            total = sums[key] = [None, r[8], 0, 0, r[9], r[10], 0]
        total[2] += 1
        if r[7] is None:
            total[3] += 1
            continue
        if total[0] is None:
            total[0], total[1] = 0.0, "A"
        total[0] += r[7]
        total[6] += r[7] != 0
    return [
        (*key, t[0], t[1], t[2], t[3], t[4], t[5], 0, 0, None, None, "", "")
        for key, t in sums.items()
        if adds or t[6] <= 1
    ]


def _told_apart(rows: Rows) -> Iterator[tuple[tuple[str, str], dict[str, Cells]]]:
    """Yield (age, variant) and cells by sex; what one key has twice becomes measures of their own."""
    by_age: dict[str, Rows] = {}
    for r in rows:
        by_age.setdefault(r[0], []).append(r)
    for age in sorted(by_age):
        listed = _printed_first(by_age[age])
        keys = {(r[1], *r[3:6]) for r in listed}
        if len(keys) == len(listed):
            yield (age, ""), _by_sex(listed, noted=True)
            continue
        by_detail = len({(*r[1:6],) for r in listed}) == len(listed)
        names = [r[2] if by_detail else _variant(r) for r in listed]
        for variant in sorted(set(names)):
            chosen = [r for r, name in zip(listed, names, strict=True) if name == variant]
            yield (age, variant), _by_sex(chosen, noted=False)


def _variant(row: Row) -> str:
    parts = (f"criterion={row[16]}" if row[16] not in ("", "_Z") else "", row[2])
    return ";".join(p for p in parts if p)


def _printed_first(rows: Rows) -> Rows:
    """Leave sums out where the number is printed."""
    printed = {(r[1], *r[3:6]) for r in rows if r[12]}
    return [r for r in rows if r[12] or (r[1], *r[3:6]) not in printed]


def _by_sex(rows: Rows, *, noted: bool) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for r in rows:
        cell = r[3:]
        if noted and r[2]:
            cell = (*cell[:-1], "; ".join(n for n in (r[2], cell[-1]) if n))
        found.setdefault(r[1], []).append(cell)
    return found


def _corridors(pairs: Rows, role: str) -> dict[str, Cells]:
    """Return the corridors of each place; rows that a variant tells apart are no corridor."""
    near, far = (3, 4) if role == "at" else (4, 3)
    some = {r[near] for r in pairs if r[7] and r[0] == "_T"}  # a place with no one is no shard
    found: dict[str, dict[Row, Row]] = {place: {} for place in sorted(some)}
    by_sex: dict[tuple[str, str], str] = {}
    for r in pairs:
        if r[0] != "_T" or (of_place := found.get(r[near])) is None:
            continue
        edition = r[5] if r[1] == "_T" else by_sex.setdefault((r[5], r[1]), f"{r[5]}|{r[1]}")
        key = (edition, r[far], r[6])
        c = (*key, r[7], r[8], 1, int(r[7] is None), *r[9:])
        if (before := of_place.get(key)) is not None:
            c = _added([("", "", "", *before), ("", "", "", *c)])[3:]
        of_place[key] = c
    return {
        place: list(cells.values())
        for place, cells in found.items()
        if any(c[3] for c in cells.values())
    }
