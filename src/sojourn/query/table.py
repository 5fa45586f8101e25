"""Measures × areas × years × sexes in one table, each number with its edition, cell and cover."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from sojourn.errors import NoSuchObservation
from sojourn.query import table_asked as asks
from sojourn.query.table_absent import absent, held_part
from sojourn.query.table_asked import Measure, Names, Periods, begins_in, year_of
from sojourn.query.table_derived import derived, refuse_derived, summed
from sojourn.query.table_found import WORLD, Answer, Finder, Sources
from sojourn.query.table_model import Number, Table
from sojourn.query.table_newer import newer
from sojourn.query.table_notes import Said, in_language, listed, marks, note, told
from sojourn.query.table_numbers import SUMMED, TOTAL, Edition, Part, Wanted, read
from sojourn.query.table_ranks import cover_of, with_breaks
from sojourn.query.table_rows import held_periods, periods_of
from sojourn.query.table_rules import said_of_area
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.place import Groups, Place, place
from sojourn.vocab.short_names import short_names

By = Literal["", "source", "edition", "revision"]
Key = tuple[Place, Place, str, str]  # area, origin, sex, period of a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Transforms:
    """What is made of the numbers.

    Attributes
    ----------
    per : str
        Measure to divide by.
    scale : float
        Of the ratio; 0 takes 1,000 for a population and 100 else.
    change, growth : bool
        Against the first period asked for, in the unit and in per cent.
    share_of : str
        ``sex``, ``origin``, ``area`` (of the world) or a place.
    rank : bool
        From the largest.
    sum_over : str
        ``area``, ``origin``, ``sex``, ``time`` or ``measure``.
    """

    per: str = ""
    scale: float = 0.0
    change: bool = False
    growth: bool = False
    share_of: str = ""
    rank: bool = False
    sum_over: str = ""


@dataclass(frozen=True)
class Asked:
    """A question about one store, with its names understood."""

    store: Store
    measures: tuple[Measure, ...]
    areas: tuple[Place, ...] | None
    origins: tuple[Place, ...] | None
    periods: Periods
    sexes: tuple[str, ...]
    by: By
    as_of: date | None
    language: str
    cells: bool
    own: Groups | None
    transforms: Transforms

    @cached_property
    def marks(self) -> dict[str, Said]:
        """What must be said of every number of an edition, by edition."""
        return marks(self.store.manifest.files)


def table(
    store: Store,
    measures: Names,
    *,
    area: Names = None,
    origin: Names = "_T",
    period: Names = None,
    sex: Names = None,
    by: By = "",
    as_of: date | None = None,
    language: str = "en",
    cells: bool = False,
    groups: Groups | None = None,
    transforms: Transforms | None = None,
) -> Table:
    """Return measures by area, origin, period and sex.

    Parameters
    ----------
    measures : str or several
        Ids or names; ``population@undesa.ims`` takes one dataset or edition,
        ``immigration[criterion=Residence]`` one kind of number.
    area : str, int or several, optional
        Areas or groups (the destination where a measure is bilateral); default every country.
    origin : str, int or several
        Origins, ``*`` for each of them; default all together.
    period : str, int or several, optional
        ``2015``, ``1990,2020``, ``2010-2020``; default the newest year.
    by : str
        ``source`` or ``edition``: every rival count in a row of its own.
    as_of : date, optional
        Take the editions that were there on a day.

    Raises
    ------
    UnknownIndicator, UnknownArea, NoSuchObservation
        A name that nothing bears; the hint names the nearest.
    ForbiddenSum, ForbiddenRatio
        A sum or ratio that means nothing, with the reason.
    """
    made = transforms or Transforms()
    found = asks.measures(measures, store)
    places = None if area is None or _every(area) else asks.places(area, groups)
    origins = None if _every(origin) else asks.places(origin, groups)
    if places == () or origins == ():
        raise NoSuchObservation("no area was named", hint="leave it out for every country")
    listed = _periods(store, found, asks.periods(period), as_of, rivals=bool(by))
    asked = Asked(
        store=store,
        measures=found,
        areas=places,
        origins=origins,
        periods=listed,
        sexes=asks.sexes(sex),
        by="edition" if by == "revision" else by,
        as_of=as_of,
        language=language,
        cells=cells,
        own=groups,
        transforms=made,
    )
    refuse_derived(asked.measures, made, asked)
    return _table(asked)


def _every(given: Names) -> bool:
    """Return whether each of all places is asked for, in a row of its own."""
    return [str(one).casefold() for one in asks.many(given)] in (["*"], ["all"])


def _periods(
    store: Store, measures: Sequence[Measure], asked: Periods, as_of: date | None, *, rivals: bool
) -> Periods:
    """Return the periods asked for; the newest where none is; of a range those with any number.

    A measure of intervals alone (estimated flows) answers a range of years with those inside it.
    """
    if asked.listed and not asked.range_:
        return asked
    ends = _ends(store, measures[0], as_of)
    years = {p for p in ends if len(p) == 4}
    if not asked.listed:
        newest = max(ends, key=lambda p: (ends[p], p in years, p), default=None)
        return Periods(() if newest is None else (newest,), range_=False)
    first, last = int(min(asked.listed)[:4]), int(max(asked.listed)[:4])
    if years & set(asked.listed):
        if rivals:
            return asked
        held = {p for one in measures for _, p, _ in held_periods(store, one.indicator.id)}
        some = tuple(p for p in asked.listed if p in held)
        return Periods(some if len(some) > 1 else asked.listed, range_=True)
    inside = sorted(p for p in ends if p not in years and first <= int(p[:4]) and ends[p] <= last)
    return Periods((*asked.listed, *inside), range_=True) if inside else asked


def _ends(store: Store, measure: Measure, as_of: date | None) -> dict[str, int]:
    """Return the last year of each period that an edition of a day has, none after its own year."""
    day = (as_of or date.max).isoformat()
    told = [
        (p, v)
        for e, p, v in held_periods(store, measure.indicator.id)
        if v <= day and measure.takes(e)
    ]
    return {p: last for p, v in told if (last := year_of(p)) <= int(v[:4])}


def _table(asked: Asked) -> Table:
    finders = {m.label: finder(asked, m) for m in asked.measures}
    answers = [(f, *one) for f in finders.values() for one in _answers(asked, f)]
    if asked.periods.range_:
        kept = {key[3] for _, answer, key in answers if answer.part.value is not None}
        answers = [one for one in answers if one[2][3] in kept] or answers[:1]
    numbers = [number(asked, found, answer, key) for found, answer, key in answers]
    if not asked.by:
        numbers = with_breaks(numbers)
    made = asked.transforms
    if made.sum_over:
        numbers = summed(numbers, made.sum_over, asked)
    numbers = derived(numbers, asked, finders)
    return Table(
        numbers=tuple(in_language(numbers, asked.language)),
        by=asked.by,
        cover=told(cover_of(numbers), asked.language),
        language=asked.language,
        ranked=made.rank,
        bilateral=any(n.origin != TOTAL for n in numbers),
        with_cells=asked.cells,
    )


def finder(asked: Asked, measure: Measure) -> Finder:
    """Return a finder over every edition that counts a measure, read for what is asked."""
    wanted = Wanted(
        areas=_areas_needed(asked),
        origins=_origins_needed(asked),
        sexes=tuple({*asked.sexes, "_T"}),
        periods=asked.periods.listed,
        intervals=bool(asked.by),
        all_cells=asked.cells,
        as_of=asked.as_of,
    )
    listed = asks.candidates(asked.store, measure, rivals=bool(asked.by))
    sources = Sources(
        listed,
        lambda one: read(asked.store, measure, one, wanted),
        lambda one, period: period in periods_of(asked.store, one),
    )
    return Finder(asked.store, measure, sources)


def _areas_needed(asked: Asked) -> frozenset[str] | None:
    if asked.areas is None or any(p.printed == WORLD for p in asked.areas):
        return None
    needed = {WORLD} if asked.transforms.share_of == "area" else set()
    places = list(asked.areas)
    if asked.transforms.share_of not in ("", "sex", "origin", "area"):
        places.append(place(asked.transforms.share_of, asked.own))
        if places[-1].printed == WORLD:
            return None
    for one in places:
        needed |= {one.printed} - {""}
        for period in asked.periods.listed:
            needed |= set(one.members(asks.year_of(period)))
    return frozenset(needed)


def _origins_needed(asked: Asked) -> frozenset[str] | None:
    if asked.origins is None:
        return None
    needed = {TOTAL} if asked.transforms.share_of == "origin" else set()
    for one in asked.origins:
        needed |= {one.printed} - {""}
        for period in asked.periods.listed:
            needed |= set(one.members(asks.year_of(period)))
    return frozenset(needed)


# ------------------------------------------------------------------------------- rows


def _answers(asked: Asked, found: Finder) -> Iterator[tuple[Answer, Key]]:
    whole = asked.areas is None  # of every country one dataset answers: no rival fills its gaps
    only = {p: found.first_with(p) if whole else () for p in asked.periods.listed}
    for area in asked.areas if asked.areas is not None else _countries(found, asked):
        for origin in asked.origins if asked.origins is not None else _single(found, asked, area):
            for sex in asked.sexes:
                if asked.by:
                    yield from _rivals(asked, found, area, origin, sex)
                    continue
                for period in asked.periods.listed:
                    answer = found.answer(area, origin, sex, period, only=only[period])
                    yield answer, (area, origin, sex, period)


def _countries(found: Finder, asked: Asked) -> list[Place]:
    first = {d for p in asked.periods.listed for d in found.first_with(p)}
    held = {
        a
        for editions in found.sources.among(None if asked.by else first)
        for edition in editions
        for a, _, _, p in edition.parts
        if asked.by or p in asked.periods.listed
    }
    single = [a for a in held if a in AREAS and not AREAS[a].is_aggregate]
    places = [place(a) for a in single]
    plain = [Place(p.printed, p.printed) for p in places]  # a former State stands for itself
    return sorted(plain, key=lambda p: p.name(asked.language))


def _single(found: Finder, asked: Asked, area: Place) -> list[Place]:
    codes = {area.printed}
    held = {
        o
        for editions in found.sources
        for edition in editions
        for a, o, _, p in edition.parts
        if a in codes and (p in asked.periods.listed or asked.by)
    }
    single = [o for o in held - {TOTAL, SUMMED} if o in AREAS and not AREAS[o].is_aggregate]
    return sorted((Place(o, o) for o in single), key=lambda p: p.name(asked.language))


def _rivals(
    asked: Asked, found: Finder, area: Place, origin: Place, sex: str
) -> Iterator[tuple[Answer, Key]]:
    some = False
    for editions in found.sources:
        for edition in editions:
            listed = list(_of_edition(asked, found, edition, (area, origin, sex)))
            yield from listed
            some = some or bool(listed)
            if listed and asked.by == "source":
                break
    if not some:
        for period in asked.periods.listed:
            answer = Answer(Part(None, "", n=0), None)
            yield answer, (area, origin, sex, period)


def _of_edition(
    asked: Asked, found: Finder, edition: Edition, row: tuple[Place, Place, str]
) -> Iterator[tuple[Answer, Key]]:
    area, origin, sex = row
    for period in asked.periods.listed:
        answer = found.of(edition, area, origin, sex, period)
        if answer is not None:
            yield answer, (area, origin, sex, period)
            continue
        if len(period) != 4:
            continue
        for interval in sorted({p for *_, p in edition.parts if begins_in(p, int(period))}):
            answer = found.of(edition, area, origin, sex, interval)
            if answer is not None:
                why = note("interval", edition=edition.edition, interval=interval, year=period)
                part = replace(answer.part, notes=(*answer.part.notes, why))
                yield replace(answer, part=part), (area, origin, sex, interval)


def number(asked: Asked, found: Finder, answer: Answer, key: Key) -> Number:
    """Return an answer as a number of the table."""
    area, origin, sex, period = key
    part, edition = answer.part, answer.edition
    one = found.measure.indicator
    notes = part.notes
    if edition is not None:
        held = held_part(asked.store, edition.edition)
        notes = (asked.marks.get(edition.edition, ""), *notes, held)  # it is shown of many notes
    notes = (*notes, *(note("of_area", measure=one.id, said=said) for said in said_of_area(one.id)))
    if edition is None:
        notes = (*notes, absent(found, area, origin, sex, period))
    elif not asked.by:
        notes = (*notes, newer(found, edition.edition, period, asked.as_of))
    return Number(
        measure=found.measure.label
        if edition is None or edition.indicator == one.id
        else edition.indicator,
        area=area.id,
        area_name=_name(area, asked.language),
        origin=origin.id,
        origin_name=_name(origin, asked.language),
        sex=sex,
        period=period,
        value=part.value,
        status=part.status,
        unit=part.unit or one.unit_measure,
        lower=part.lower,
        upper=part.upper,
        source=edition.edition if edition is not None else "",
        says=edition.says if edition is not None else "",
        cover=_cover(answer, area, by_origin=origin.id == TOTAL and one.adds_over("origin")),
        composed=answer.members > 0 or part.n > 1,
        cells=part.cells if asked.cells else part.cells[:1],
        notes=tuple(n for n in notes if n),
        present=answer.present,
        decimals=one.decimals,
    )


def _name(one: Place, language: str) -> str:
    if one.group is None and (short := short_names().get((one.id, language))):
        return short
    return one.name(language)


def _cover(answer: Answer, area: Place, *, by_origin: bool) -> str:
    part = answer.part
    if answer.members:
        what = "of_areas" if area.printed == WORLD else "of_members"
        return note(what, n=len(answer.present), of=answer.members)
    if part.n <= 1 or part.lacking == part.n:
        return ""
    what = "of_origins" if by_origin else "of_cells"
    lacking = [note("without", n=part.lacking)] if part.lacking else []
    return listed([note(what, n=part.n), *lacking])
