"""Figures from a data directory or from the embedded edition, with their comparison and lineage."""

import math
from collections.abc import Sequence
from datetime import date
from functools import cache

from sojourn.errors import PublishError
from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.comparison import Published, Verdict, compare, published_values
from sojourn.factsheet.figures.declared_cells import TopRatio
from sojourn.factsheet.figures.declared_others import Cited
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figure, figures
from sojourn.factsheet.figures.packed import read_pack
from sojourn.store.observations import Store
from sojourn.vocab.observation import EditionId

EMBEDDED_YEAR = 2015


def evaluator(store: Store, year: int, as_of: date) -> Evaluator:
    """Return an evaluator that also knows the figures an embedded edition carries ready-made."""
    return Evaluator(store, year, as_of, pack=read_pack(store.manifest.root))


def newest_day(store: Store) -> date:
    """Return the day of the newest edition that a store holds, or that its pack was made from."""
    pack = read_pack(store.manifest.root)
    if pack is not None and pack.as_of is not None:
        return pack.as_of
    return max(date.fromisoformat(f.vintage) for f in store.manifest.files)


#: What a factsheet cannot do without; the newest year that has both is its default.
PILLARS = ("migrant_stock", "refugees_unhcr")


def newest_year(store: Store, as_of: date) -> int:
    """Return the newest ended year for which complete editions hold migrant stock and refugees.

    Raises
    ------
    PublishError
        There is no such year among the editions known on ``as_of``.
    """
    asked = store.con.execute(
        "SELECT DISTINCT time_period FROM observation WHERE indicator = $1", [PILLARS[0]]
    ).fetchall()
    years = {int(period) for (period,) in asked if str(period).isdigit()}
    if (pack := read_pack(store.manifest.root)) is not None:
        years.add(pack.year)
    for year in sorted((y for y in years if date(y, 12, 31) <= as_of), reverse=True):
        ev = evaluator(store, year, as_of)
        if all(_whole(store, ev.one(figure_id)) for figure_id in PILLARS):
            return year
    raise PublishError(
        f"no ended year has complete editions of {' and '.join(PILLARS)} as of {as_of}",
        hint="name a year: sojourn factsheet YEAR; what is loaded: sojourn editions",
    )


def _whole(store: Store, value: FigureValue) -> bool:
    found = store.manifest.covered(value.edition)
    return value.value is not None and (found is None or found.status != "partial")


def all_values(ev: Evaluator) -> list[FigureValue]:
    """Return the values of every declared figure."""
    return [value for figure_id in figures() for value in ev.values(figure_id)]


def refuse_empty(ev: Evaluator) -> list[FigureValue]:
    """Return the values of every declared figure of a year for which the store has at least one.

    Raises
    ------
    PublishError
        Nothing that the store holds gives a figure of the year; what is cited needs no store.
    """
    values = all_values(ev)
    if all(v.value is None or v.edition.startswith("cited.") for v in values):
        reason = next(v.reason for v in values if v.value is None)
        raise PublishError(
            f"no figure of {ev.year} can be computed as of {ev.as_of}: {reason}",
            hint="see what is loaded: sojourn editions",
        )
    return values


def vintages(ev: Evaluator, published: Published) -> list[FigureValue]:
    """Return a figure in every edition of its datasets that was out by the as-of date, oldest first."""
    declared = figure(published.figure_id)
    datasets = datasets_of(declared.id)
    dates = {
        date.fromisoformat(f.vintage) for f in ev.store.manifest.files if f.dataset in datasets
    }
    if isinstance(declared, Cited):
        dates.add(ev.as_of)
    if ev.pack is not None:
        dates |= {f.released for f in ev.pack.facts.get((declared.id, ev.year), ())}
    found: dict[str, FigureValue] = {}
    for day in sorted(d for d in dates if d <= ev.as_of):
        other = ev.at(day)
        value = other.one(declared.id, sex=published.sex, area=published.area, year=published.year)
        if value.value is not None:
            found.setdefault(value.edition, value)
    return list(found.values())


@cache
def datasets_of(figure_id: str) -> frozenset[str]:
    """Return the datasets that a figure reads, and those of the figures that it rests on."""
    declared = figure(figure_id)
    found = set(declared.sources)
    for part in declared.rests_on:
        found |= datasets_of(part)
    return frozenset(found)


def verdicts(ev: Evaluator) -> list[Verdict]:
    """Compare every statement of IOM's factsheet of this year, as printed by then, with ours."""
    out = []
    for published in published_values():
        if published.factsheet != ev.year or published.published_on > ev.as_of.isoformat():
            continue
        asked = (published.figure_id, published.sex, published.area)
        ours = ev.one(asked[0], sex=asked[1], area=asked[2], year=published.year)
        out.append(compare(published, ours, lambda p=published: vintages(ev, p)))  # type: ignore[misc] # bound now
    return out


def changed(then: Evaluator, now: Evaluator, figure_ids: Sequence[str]) -> Compared:
    """Return the figures that differ between two dates, and those that cannot be compared.

    Whole tables behind the drawings (a value a country, region to region) are left to
    ``sojourn diff``. Places of either list are compared, also where the other list ends before.
    """
    pairs, without, withdrawn = [], [], []
    known: set[str] = set()
    for figure_id in (f for f in figure_ids if figure(f).op not in _NOT_COMPARED):
        listed = [v for ev in (now, then) for v in ev.values(figure_id) if v.value is not None]
        for sex, area in dict.fromkeys((v.sex, v.area) for v in listed):
            before = then.one(figure_id, sex=sex, area=area)
            after = now.one(figure_id, sex=sex, area=area)
            known |= {*_datasets_of(before), *([figure_id] if before.value is not None else [])}
            if before.value is None:
                without.append(after)
            elif after.value is None:
                withdrawn.append(before)
            elif not (_complete(then, before) and _complete(now, after)):
                continue
            elif before.edition != after.edition and not _same(before, after):
                pairs.append((before, after))
    lacked = [v for v in without if _answered(v.figure_id, known)]
    unheld = [v for v in without if v not in lacked]
    return Compared(tuple(pairs), tuple(unheld), tuple(withdrawn), tuple(lacked))


def _datasets_of(value: FigureValue) -> set[str]:
    """Return the datasets that a value was taken from; none where there is no value."""
    editions = value.edition.split(" + ") if value.value is not None else ()
    return {EditionId.of(edition).dataset for edition in editions}


def _answered(figure_id: str, known: set[str]) -> bool:
    """Whether each table behind a figure had an edition that gave another figure.

    Of two tables, one may be held and the other not: they had one where a place has a ratio.
    """
    declared = figure(figure_id)
    if isinstance(declared, TopRatio):
        return figure_id in known
    if declared.rests_on:
        return all(_answered(part, known) for part in declared.rests_on)
    return bool(known & set(declared.datasets))


#: Money is counted in millions and kept in decimals: a millionth of it was never printed.
_CLOSE = {"USD": 1e-6}


def _same(before: FigureValue, after: FigureValue) -> bool:
    """Whether two values differ by the rounding of a computation at most."""
    close = _CLOSE.get(after.unit, 1e-9)
    return math.isclose(before.value or 0.0, after.value or 0.0, rel_tol=close, abs_tol=1e-9)


def _complete(ev: Evaluator, value: FigureValue) -> bool:
    """Whether each edition behind a value is complete: a part revises nothing."""
    held = (ev.store.manifest.covered(e) for e in value.edition.split(" + "))
    return all(c is None or c.status != "partial" for c in held)


#: Whole tables, and what no edition gives.
_NOT_COMPARED = frozenset({"each", "regions", "cited", "absent"})
