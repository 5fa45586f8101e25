"""What a store holds of each measure, read as cells: printed numbers, sums over origins, corridors."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.explorer.model.cells import WRITTEN, Cells, combined, joined, recoded, starts_of
from sojourn.explorer.model.measure import Measure, Role
from sojourn.explorer.run.adding import added, keyed, of_one_cell, summed
from sojourn.explorer.run.columns import columns
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
    by_sex : mapping of str to Cells
        Numbers of places: as printed, else summed over the other end.
    by_place : mapping of str to Cells
        Corridors of each place; of a cell by sex the edition is ``EDITION|SEX``.
    """

    measure: Measure
    by_sex: Mapping[str, Cells]
    by_place: Mapping[str, Cells]


def counted(reading: Reading, dataset: str, indicator: str = "") -> Iterator[Counted]:
    """Yield each measure of a dataset, or of one of its indicators: at places, and by origin."""
    files = [f.sha256 for f in reading.files]
    rows = columns(reading.store, reading.editions, files, dataset, indicator)
    refused = cache(partial(why_no_sum, reading.store))
    for name in list(rows):
        yield from _counted(of_one_cell(rows.pop(name)), dataset, name, refused)


def _counted(
    rows: Cells, dataset: str, indicator: str, refused: Callable[..., object]
) -> Iterator[Counted]:
    """Yield each measure of an indicator with its corridors."""
    one = indicator_or_code(indicator)

    printed, by_origin, pairs = _sorted_out(rows)
    for role, told in zip(ROLES, (printed, by_origin), strict=True):
        end = "area" if role == "at" else "origin"
        base = Measure(dataset, indicator, role=role)
        adds = one.adds_over("origin" if role == "at" else "area")
        listed = told
        if adds or role == "at":
            whole = partial(_whole, refused, indicator, role)
            listed = joined([told, summed(pairs, end, adds=adds, may_sum=whole)])
        made = list(told_apart(listed))
        corridors = of_places(pairs, end) if made else {}
        for (age, variant), by_sex in made:
            measure = replace(base, age=age, variant=variant)
            of_all = age == "_T" and not variant
            yield Counted(measure, by_sex, corridors if of_all else {})


def _whole(
    refused: Callable[..., object], indicator: str, role: Role, edition: str, period: str
) -> bool:
    """Return whether what an edition holds of a period may be summed."""
    return refused(edition, indicator, period, world=role == "of") is None


def _sorted_out(rows: Cells) -> tuple[Cells, Cells, Cells]:
    """Return cells printed for places, cells printed by origin for the world, single corridors."""
    areas, origins = rows.words["area"], rows.words["origin"]
    all_origins = _which(origins, ALL)[rows["origin"]]
    all_areas = _which(areas, ALL)[rows["area"]]
    from_one = _which(origins, _singles())[rows["origin"]]
    to_one = _which(areas, _singles())[rows["area"]]
    of_world = _which(areas, (WORLD,))[rows["area"]] & from_one
    printed = _once(rows.take(all_origins), "area")
    of_total = ~all_origins & all_areas
    by_origin = rows.take(of_total if of_total.any() else of_world & ~all_origins)
    pairs = rows.take(~all_origins & ~all_areas & to_one & from_one)
    return printed, _once(by_origin, "origin"), pairs


def _which(words: Sequence[str], chosen: Container[str]) -> NDArray[Any]:
    return np.array([w in chosen for w in words], dtype=bool)


@cache
def _singles() -> frozenset[str]:
    """Return the areas that are no group; a code of no list is a group of its publisher."""
    return frozenset(a for a in AREAS if not AREAS[a].is_aggregate)


def _once(rows: Cells, end: str) -> Cells:
    """Return one cell for each key and criterion; several cells of one key are added."""
    rows = rows.having({"place": rows.words[end]}, place=rows[end])
    names = ("age", "sex", "variant", "edition", "place", "period", "criterion")
    return added(rows, keyed(rows, names))


# ------------------------------------------------------------------- measures told apart

_KEY = ("age", "sex", "edition", "place", "period")


def told_apart(rows: Cells) -> Iterator[tuple[tuple[str, str], dict[str, Cells]]]:
    """Yield (age, variant) and cells by sex; what one key has twice becomes measures of their own."""
    if not len(rows):
        return
    rows = _printed_first(rows)
    twice = _ages_with_rivals(rows, _KEY)
    by_criterion = _ages_with_rivals(rows, (*_KEY, "variant"))
    apart = np.isin(rows["age"], twice)
    variants = len(rows.words["variant"])
    criterion = np.where(np.isin(rows["age"], by_criterion), rows["criterion"], 0)
    pair = combined([criterion, rows["variant"]], [len(rows.words["criterion"]), variants])
    pairs, of = np.unique(np.where(apart, pair, -1), return_inverse=True)
    named = ["" if p < 0 else _variant(rows, *divmod(p, variants)) for p in pairs.tolist()]
    shown, names = recoded(of.astype(np.int64), named)
    rows = about(rows, noted=~apart).having({"shown": names}, shown=shown)
    rows = rows.only((*WRITTEN, "age", "shown", "sex"))
    key = keyed(rows, ("age", "shown", "sex"))
    order = np.argsort(key, kind="stable")
    rows, bounds = rows.take(order), starts_of(key[order]).tolist()
    found: dict[tuple[str, str], dict[str, Cells]] = {}
    for start, end in zip(bounds, [*bounds[1:], len(rows)], strict=True):
        age, name, sex = (rows.words[n][rows[n][start]] for n in ("age", "shown", "sex"))
        found.setdefault((age, name), {})[sex] = rows.take(slice(start, end))
    yield from found.items()


def _ages_with_rivals(rows: Cells, names: Sequence[str]) -> NDArray[Any]:
    """Return the ages in which a key has several rows."""
    key = keyed(rows, names)
    order = np.argsort(key, kind="stable")
    listed = key[order]
    return np.unique(rows["age"][order[1:][listed[1:] == listed[:-1]]])


def _variant(rows: Cells, criterion: int, variant: int) -> str:
    told = rows.words["criterion"][criterion]
    parts = (f"criterion={told}" if told not in ("", "_Z") else "", rows.words["variant"][variant])
    return ";".join(p for p in parts if p)


def _printed_first(rows: Cells) -> Cells:
    """Leave sums out where the number is printed."""
    printed = rows["row"] > 0
    if printed.all() or not printed.any():
        return rows
    key = keyed(rows, _KEY)
    return rows.take(printed | ~np.isin(key, key[printed]))


def about(rows: Cells, noted: NDArray[Any]) -> Cells:
    """Return rows with who is counted and what is said of them, as one code.

    Parameters
    ----------
    noted : array of bool
        Where what tells rival numbers apart is part of the note.
    """
    variants, criteria, notes = (rows.words[n] for n in ("variant", "criterion", "note"))
    none = len(variants)
    variant = np.where(noted, rows["variant"].astype(np.int64), none)
    key = combined(
        [variant, rows["criterion"], rows["note"]], [none + 1, len(criteria), len(notes)]
    )
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    said = []
    for k in first.tolist():
        told = "" if variant[k] == none else variants[variant[k]]
        both = (told, notes[rows["note"][k]])
        said.append((criteria[rows["criterion"][k]], "; ".join(n for n in both if n)))
    codes, listed = recoded(of.astype(np.int64), said)
    return rows.having({"about": listed}, about=codes)


def of_places(pairs: Cells, end: str) -> dict[str, Cells]:
    """Return the corridors of each place that has any one; of a cell by sex the edition says so."""
    other = "origin" if end == "area" else "area"
    pairs = pairs.take(_which(pairs.words["age"], ("_T",))[pairs["age"]])
    if not len(pairs):
        return {}
    sexes, editions = pairs.words["sex"], pairs.words["edition"]
    named = [e if s == "_T" else f"{e}|{s}" for e in editions for s in sexes]
    both = combined([pairs["edition"], pairs["sex"]], [len(editions), len(sexes)])
    edition, listed = recoded(both, named)
    words = {"edition": listed, "place": pairs.words[other]}
    pairs = pairs.having(words, edition=edition, place=pairs[other])
    pairs = added(pairs, keyed(pairs, (end, "edition", "place", "period")))
    pairs = about(pairs, noted=np.zeros(len(pairs), dtype=bool)).only((*WRITTEN, end))
    starts = starts_of(pairs[end])
    some = np.add.reduceat(np.nan_to_num(pairs["value"]) != 0, starts, dtype=np.int64) > 0
    bounds = [*starts.tolist(), len(pairs)]
    return {
        pairs.words[end][pairs[end][a]]: pairs.take(slice(a, b))
        for a, b, any_ in zip(bounds, bounds[1:], some.tolist(), strict=False)
        if any_
    }
