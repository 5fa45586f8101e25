"""What is made of a table's numbers: sums, ratios, shares, changes, ranks; and what is refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.errors import ForbiddenRatio, ForbiddenSum, NoSuchObservation
from sojourn.query import table_asked as asks
from sojourn.query.table_asked import Measure
from sojourn.query.table_found import Finder
from sojourn.query.table_model import Number
from sojourn.query.table_notes import SHOWN, Said, has, listed, named, note, told
from sojourn.query.table_numbers import TOTAL
from sojourn.query.table_ranks import by_rank, ranked
from sojourn.query.table_rules import refuse_ratio, refuse_sum_of, refuse_sum_over
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import EditionId
from sojourn.vocab.place import Place, place, refuse_overlap
from sojourn.vocab.status import ObsStatus, one_status

if TYPE_CHECKING:
    from sojourn.query.table import Asked, Transforms

AXES = ("area", "origin", "sex", "time", "measure")
#: Words for a ratio; of any other scale, PER_1000 or the like.
_UNITS = {100.0: "PERCENT", 1.0: "RATIO"}
Find = Mapping[str, Finder]


def refuse_derived(measures: Sequence[Measure], made: "Transforms", asked: "Asked") -> None:
    """Refuse what would mean nothing, before anything is read.

    Raises
    ------
    ForbiddenSum, ForbiddenRatio, NoSuchObservation
        With the reason.
    """
    if (made.change or made.growth) and len(asked.periods.listed) < 2:
        raise NoSuchObservation(
            "a change needs two periods", hint="for instance --period 1990,2020"
        )
    if made.per:
        under = asks.measures(made.per, asked.store)
        if len(under) != 1:
            raise NoSuchObservation(
                f"{made.per!r}: one measure stands below a ratio", hint="--per population"
            )
        for one in measures:
            refuse_ratio(one.indicator, under[0].indicator)
    if made.scale < 0 or made.scale != made.scale or made.scale == float("inf"):
        raise NoSuchObservation(f"{made.scale}: no scale of a ratio", hint="1000, 100 or 100000")
    if made.share_of and any(m.indicator.kind == "rate" for m in measures):
        raise ForbiddenRatio(
            "a share of a rate means nothing", hint="name the numbers behind the rate"
        )
    _refuse_sums(measures, made.sum_over, asked)
    if made.share_of not in ("", "area", "origin", "sex"):
        place(made.share_of, asked.own)  # raises, with the nearest


def _refuse_sums(measures: Sequence[Measure], axis: str, asked: "Asked") -> None:
    if not axis:
        return
    if axis not in AXES:
        raise NoSuchObservation(f"no sum over {axis!r}", hint=f"one of {', '.join(AXES)}")
    if asked.by:
        raise ForbiddenSum("rival counts are never added", hint="leave out --by, or the sum")
    if axis == "measure":
        refuse_sum_of([m.indicator.id for m in measures])
        return
    for one in measures:
        refuse_sum_over(one.indicator, axis)  # type: ignore[arg-type]  # one of AXES
    _refuse_parts(axis, asked)


def _refuse_parts(axis: str, asked: "Asked") -> None:
    """Refuse a sum of what overlaps: areas, origins, or both sexes together."""
    if axis == "area" and asked.areas is not None:
        for period in asked.periods.listed:
            refuse_overlap(_counted(asked.areas), asks.year_of(period))
    if axis == "origin" and asked.origins is not None:
        if any(p.id == TOTAL for p in asked.origins):
            raise ForbiddenSum("all origins together hold each of them", hint="--origin '*'")
        for period in asked.periods.listed:
            refuse_overlap(_counted(asked.origins), asks.year_of(period))
    if axis == "sex" and set(asked.sexes) != {"F", "M"}:
        raise ForbiddenSum("a sum over sexes is of women and men", hint="--sex F,M")


def _counted(places: Iterable[Place]) -> list[Place]:
    """Return the places with their members; an aggregate whose members nobody told is refused."""
    found = []
    for one in places:
        if one.group is None and one.printed in AREAS and AREAS[one.printed].is_aggregate:
            raise ForbiddenSum(
                f"{one.name()} is a group whose members are not known here: it may overlap",
                hint="name countries, or a group of `sojourn areas --members`",
            )
        found.append(one)
    return found


# -------------------------------------------------------------------------------- sums


def summed(numbers: Sequence[Number], axis: str, asked: "Asked") -> list[Number]:
    """Return the numbers added over a dimension; what is missing stays out and is told."""
    field = {"time": "period"}.get(axis, axis)

    def key(n: Number) -> tuple[str, ...]:
        fields = ("measure", "area", "origin", "sex", "period")
        return tuple(getattr(n, f) for f in fields if f != field)

    order: dict[tuple[str, ...], list[Number]] = {}
    for n in numbers:
        order.setdefault(key(n), []).append(n)
    return [_sum(found, axis, asked) for found in order.values()]


def _sum(found: Sequence[Number], axis: str, asked: "Asked") -> Number:
    known = [n for n in found if n.value is not None]
    cover = note(f"added_{axis}", n=len(known), of=len(found))
    lacking = [_of_axis(n, axis) for n in found if n.value is None]
    notes = [said for n in found for said in n.notes]
    if lacking:
        more = " …" if len(lacking) > SHOWN else ""
        notes.append(note("sum_lacks", cover=cover, names=", ".join(lacking[:SHOWN]) + more))
    sources = list(dict.fromkeys(n.source for n in known))
    value = sum(n.value for n in known if n.value is not None) if known else None
    if axis == "measure" and (lacking or len({EditionId.of(s).dataset for s in sources}) > 1):
        value = None
        notes.append(note("one_table"))
    statuses = [ObsStatus(n.status) for n in (known or found) if n.status]
    changed: dict[str, str] = {
        "area": {"area": "+", "area_name": told(note("sum_areas", n=len(found)), asked.language)},
        "origin": {
            "origin": "+",
            "origin_name": told(note("sum_origins", n=len(found)), asked.language),
        },
        "sex": {"sex": "_T"},
        "time": {"period": f"{found[0].period}–{found[-1].period}"},
        "measure": {"measure": " + ".join(n.measure for n in found)},
    }[axis]
    return replace(
        found[0],
        **changed,  # type: ignore[arg-type]  # names of text fields
        value=value,
        status=str(one_status(statuses)) if statuses else "",
        lower=None,
        upper=None,
        source=" / ".join(sources),
        cover=cover,
        composed=True,
        cells=tuple(c for n in found for c in n.cells) if asked.cells else found[0].cells[:1],
        notes=tuple(dict.fromkeys(notes)),
        present=tuple(sorted({p for n in known for p in (n.present or (n.area,))})),
    )


def _of_axis(n: Number, axis: str) -> str:
    return {"area": n.area_name, "origin": n.origin_name, "sex": n.sex, "time": n.period}.get(
        axis, n.measure
    )


# ------------------------------------------------------------------ ratios and changes


def derived(numbers: Sequence[Number], asked: "Asked", finders: Find) -> list[Number]:
    """Return the numbers with what was asked to be made of them, then ranked."""
    made = asked.transforms
    last: list[Number] = list(numbers)
    out = [list(numbers)]
    if made.per:
        last = _per(last, asked)
        out.append(last)
    if made.share_of:
        last = _share(last if not made.per else list(numbers), asked, finders)
        out.append(last)
    base = last
    if made.change:
        out.append(_against(base, "change", _change))
    if made.growth:
        out.append(_against(base, "growth", _growth))
    if not made.rank:
        return [n for block in out for n in block]
    return by_rank([*out[:-1], ranked(out[-1])])


def _per(numbers: Sequence[Number], asked: "Asked") -> list[Number]:
    from sojourn.query.table import finder

    under = asks.measures(asked.transforms.per, asked.store)[0]
    found = finder(replace(asked, by=""), under)
    population = under.indicator.id.startswith("population")
    scale = asked.transforms.scale or (1000.0 if population else 100.0)
    own_origin = under.indicator.adds_over("origin")
    out = []
    for n in numbers:
        if n.area == "+":
            raise ForbiddenRatio(
                "a ratio of a sum over areas needs one group below and above",
                hint="name the group: --area DEU+FRA --per population",
            )
        area, origin = place(n.area, asked.own), place(n.origin if own_origin else TOTAL, asked.own)
        answer = found.answer(area, origin, n.sex, n.period)
        below, notes = answer.part.value, list(answer.part.notes)
        source = answer.edition.edition if answer.edition is not None else ""
        without = _no_ratio(n, under.label, answer.present, below)
        other = _other_counts(asked, under, n) if without and below is None else ""
        notes += [listed([without, other], "")] if without else _two_editions(n.source, source)
        value = None
        if not without and n.value is not None and below is not None:
            value = scale * n.value / below
        said = note("per", scale=int(scale), label=under.label)
        if scale == 100.0:
            said = note("percent_of", whole=under.label)
        out.append(
            _made(
                n,
                value,
                said,
                _UNITS.get(scale, f"PER_{scale:.0f}"),
                source,
                notes,
                answer.part.cells,
            )
        )
    return out


def _other_counts(asked: "Asked", under: asks.Measure, n: Number) -> str:
    """Return which other measure of the same quantity has the place and period, to divide by."""
    from sojourn.query.table import finder

    for one in asks.other_measures(asked.store, under.indicator.id):
        answer = finder(replace(asked, by=""), one).answer(
            place(n.area, asked.own), place(TOTAL), n.sex, n.period
        )
        if answer.part.value is not None:
            return note("other_has", label=one.label, name=Said(one.indicator.name))
    return ""


def _two_editions(above: str, below: str) -> list[str]:
    """Return what must be said where a ratio stands on two editions of one table."""
    if not above or not below or " / " in above or above == below:
        return []
    if EditionId.of(above).dataset != EditionId.of(below).dataset:
        return []
    return [note("two_editions", above=above, below=below)]


def _no_ratio(n: Number, label: str, present: Sequence[str], below: float | None) -> str:
    """Return why a number has no ratio to what is below it; empty where it has one."""
    if below is None:
        return note("nothing_below", label=label, area=n.area_name, period=n.period)
    if below == 0:
        return note("zero_below", label=label, area=n.area_name, period=n.period, zero=0)
    if n.present and present and set(n.present) != set(present):
        return note(
            "other_cover", measure=n.measure, n=len(n.present), label=label, below=len(present)
        )
    return ""


def _made(
    n: Number,
    value: float | None,
    said: str,
    unit: str,
    source: str = "",
    notes: Iterable[str] = (),
    cells: Sequence[str] = (),
) -> Number:
    both = " / ".join(dict.fromkeys(s for s in (*n.source.split(" / "), source) if s))
    return replace(
        n,
        transform=said,
        value=value,
        status=n.status if value is not None else "",
        unit=unit,
        lower=None,
        upper=None,
        source=both,
        composed=True,
        cells=(*n.cells, *(cells if len(n.cells) > 1 else cells[:1])),
        notes=tuple(dict.fromkeys([*n.notes, *notes])),
        decimals=1,
    )


def _share(numbers: Sequence[Number], asked: "Asked", finders: Find) -> list[Number]:
    axis = asked.transforms.share_of
    out = []
    for n in numbers:
        found = finders.get(n.measure)
        area = place("900" if axis == "area" else n.area, asked.own) if n.area != "+" else None
        if axis not in ("area", "origin", "sex"):
            area = place(axis, asked.own)
        if found is None or area is None:
            out.append(
                _made(n, None, _of_whole(axis, area), "PERCENT", notes=[note("no_share_of_sum")])
            )
            continue
        origin = place(TOTAL if axis == "origin" else n.origin, asked.own)
        sex = "_T" if axis == "sex" else n.sex
        answer = found.answer(area, origin, sex, n.period)
        source = answer.edition.edition if answer.edition is not None else ""
        whole, notes = answer.part.value, list(answer.part.notes)
        value = None
        if n.value is not None and whole and source == n.source:
            value = 100 * n.value / whole
        elif n.value is not None and whole and source:
            notes.append(note("share_editions", one=n.source, other=source))
        elif n.value is not None:
            notes.append(note("no_whole", measure=n.measure, period=n.period))
        said = _of_whole(axis, area)
        out.append(_made(n, value, said, "PERCENT", source, notes, answer.part.cells))
    return out


def _of_whole(axis: str, area: Place | None) -> Said:
    """Return the head of a share: of what it is."""
    if axis in ("sex", "origin"):
        return note(f"percent_of_{axis}")
    return note("percent_of", whole=named(area) if area is not None else axis)


def _change(first: float, last: float) -> float | None:
    return last - first


def _growth(first: float, last: float) -> float | None:
    return 100 * (last / first - 1) if first else None


Compare = Callable[[float, float], float | None]


def _against(numbers: Sequence[Number], word: str, compare: Compare) -> list[Number]:
    """Return each later number against the first of its row; editions are never mixed."""

    def row(n: Number) -> tuple[str, ...]:
        return (n.measure, n.transform, n.area, n.origin, n.sex)

    rows: dict[tuple[str, ...], list[Number]] = {}
    for n in numbers:
        rows.setdefault(row(n), []).append(n)
    out = []
    for found in rows.values():
        by_source: dict[str, list[Number]] = {}
        for n in sorted(found, key=lambda n: n.period):
            by_source.setdefault(n.source, []).append(n)
        rival = len(found) > len({n.period for n in found})
        for group in by_source.values() if rival else [sorted(found, key=lambda n: n.period)]:
            first, *later = group
            out += [_compared(first, n, word, compare) for n in later]
    return out


def _compared(first: Number, n: Number, word: str, compare: Compare) -> Number:
    why, value = _not_compared(first, n), None
    if first.value is not None and n.value is not None and why is None:
        value = compare(first.value, n.value)
        if set(first.notes) != set(n.notes):
            why = note("cover_differs", area=n.area_name, first=first.period, last=n.period)
    notes = [why] if why is not None else []
    since = note(f"{word}_since", period=first.period)
    said = listed([n.transform, since]) if n.transform else since
    unit = "PERCENT" if word == "growth" else n.unit
    cells = (*first.cells, *n.cells) if n.cells != first.cells else n.cells
    made = _made(n, value, said, unit, first.source, (*first.notes, *notes))
    return replace(made, cells=cells, decimals=1 if word == "growth" else n.decimals)


def _not_compared(first: Number, n: Number) -> str | None:
    """Return why two numbers of a row are not compared; None where they are."""
    if first.value is None or n.value is None:
        period = first.period if first.value is None else n.period
        return note("no_number", area=n.area_name, period=period)
    if first.source != n.source:
        return note(
            "editions_differ", one=first.source, first=first.period, other=n.source, last=n.period
        )
    if part_year := has("part_year", (*first.notes, *n.notes)):
        return part_year
    if first.present != n.present:
        return note("members_differ", area=n.area_name, first=first.period, last=n.period)
    return None
