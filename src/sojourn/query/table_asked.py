"""What a table is asked for: measures, places, periods and sexes, as a person types them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sojourn.errors import NoSuchObservation, UnknownIndicator
from sojourn.query.asked import several
from sojourn.query.quantities import quantities
from sojourn.query.table_notes import kept
from sojourn.query.works import newest_of_works
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view
from sojourn.terminal.nearest import did_you_mean
from sojourn.vocab.indicator import Indicator, indicator
from sojourn.vocab.observation import EditionId
from sojourn.vocab.place import Groups, Place, place

Names = str | int | Iterable[str | int] | None
SEXES = ("_T", "F", "M")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as asked: ``refugees``, ``population@undesa.ims``, ``immigration[criterion=Residence]``.

    Attributes
    ----------
    source : str
        Dataset or edition that alone may answer; empty for any.
    where : mapping of str to str
        Criterion or keys of the detail that a row must have.
    """

    indicator: Indicator
    source: str
    where: Mapping[str, str]
    label: str

    def takes(self, edition: str) -> bool:
        """Return whether an edition may answer."""
        dataset = EditionId.of(edition).dataset
        return self.source in ("", dataset, edition) or (
            "@" in self.source and edition.startswith(self.source)
        )


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods asked for: single ones in their order, or a range of which those with numbers stand.

    Attributes
    ----------
    listed : tuple of str
        Years or intervals; empty for the newest.
    range_ : bool
        Whether periods without any number are left out.
    """

    listed: tuple[str, ...]
    range_: bool


_MEASURE = re.compile(r"(?P<name>[^\[\]@]+)(?:\[(?P<where>[^\[\]]*)\])?(?:@(?P<source>.+))?")


def measures(given: Names, store: Store) -> tuple[Measure, ...]:
    """Return the measures asked for.

    Raises
    ------
    UnknownIndicator
        No measure is called so; the hint names the nearest.
    NoSuchObservation
        No such dataset or edition is loaded, or nothing was asked for.
    """
    asked = many(given)
    if not asked:
        raise NoSuchObservation("no measure was named", hint="`sojourn indicators` lists them")
    return tuple(_measure(str(one), store) for one in asked)


def _measure(text: str, store: Store) -> Measure:
    found = _MEASURE.fullmatch(text.strip())
    name = found["name"].strip() if found else text
    one = _indicator(name, store)
    where: dict[str, str] = {}
    for pair in ((found and found["where"]) or "").split(","):
        key, sign, value = pair.partition("=")
        if pair.strip() and not (sign and value.strip()):
            raise NoSuchObservation(
                f"{text}: {pair!r} is no condition", hint=f"for instance {one.id}[stage=NA]"
            )
        if pair.strip():
            where[key.strip()] = value.strip()
    source = ((found and found["source"]) or "").strip()
    if source:
        _loaded(source, store)
    label = one.id + (f"[{','.join(f'{k}={v}' for k, v in where.items())}]" if where else "")
    return Measure(one, source, where, label)


def _indicator(name: str, store: Store) -> Indicator:
    """Return an indicator by its name; a code that only a loaded table has is told as such."""
    try:
        return indicator(name)  # raises, with the nearest
    except UnknownIndicator:
        _refuse_quantity(name)
        held = sorted({dataset for dataset, code in _datasets(store) if code == name})
        if not held:
            raise
        raise UnknownIndicator(
            f"{name!r} is a code of {', '.join(held)}: no unit of it is known here, nor what may be added",
            hint=f"its numbers as printed: sojourn observations --indicator {name}",
        ) from None


def _refuse_quantity(name: str) -> None:
    """Refuse the name of a quantity that several measures count, with the measures."""
    counts = [c for q in quantities() if q.id == name for c in q.counts]
    if counts:
        told = {c.indicator: f"{c.indicator} ({c.says})" for c in reversed(counts)}
        raise UnknownIndicator(
            f"{name!r} is a quantity, counted by several measures; name one of them",
            hint="; ".join(reversed(told.values())),
        )


def other_measures(store: Store, name: str) -> list[Measure]:
    """Return the other measures of the quantities that a measure counts, those that are held."""
    there = {code for _, code in _datasets(store)}
    counted = [
        c.indicator
        for q in quantities()
        if q.id == name
        for c in q.counts
        if c.indicator != name and c.indicator in there
    ]
    return [Measure(indicator(i), "", {}, i) for i in dict.fromkeys(counted)]


def _datasets(store: Store) -> list[tuple[str, str]]:
    """Return each dataset with each indicator that it holds."""
    if "table_datasets" not in store.answers:
        store.answers["table_datasets"] = store.con.execute(
            f"SELECT DISTINCT dataflow, indicator FROM {sorted_or_view(store)} ORDER BY 1, 2"  # noqa: S608
        ).fetchall()
    return store.answers["table_datasets"]


def _loaded(source: str, store: Store) -> None:
    held = {f.dataset for f in store.manifest.files} | {f.edition for f in store.manifest.files}
    if source in held or ("@" in source and any(e.startswith(source) for e in held)):
        return
    raise NoSuchObservation(
        f"no dataset or edition {source!r} is loaded here",
        hint=did_you_mean(source, held, most=3, cutoff=0.5, otherwise="see: sojourn editions"),
    )


def many(given: Names) -> list[str | int]:
    """Return what was given as a list: one, several, or several in a text with commas.

    Examples
    --------
    >>> many("DEU, FRA"), many(276), many(None), many("Bolivia (Plurinational State of)")
    (['DEU', 'FRA'], [276], [], ['Bolivia (Plurinational State of)'])
    """
    if isinstance(given, str):
        outside = re.split(r",(?![^\[(]*[\])])", given)
        return [part.strip() for part in outside if part.strip()]
    found: list[str | int] = []
    for part in several(given):
        found += many(part) if isinstance(part, str | Iterable) else [part]
    return found


def places(given: Names, own: Groups | None) -> tuple[Place, ...]:
    """Return the places asked for; a name that holds a comma is one when it is known as a whole.

    Raises
    ------
    UnknownArea, ForbiddenSum, HarmonizeError
        See `sojourn.vocab.place.place`.
    """
    listed: list[str | int] = []
    for one in several(given):
        whole = isinstance(one, str) and "," in one and _is_place(one, own)
        listed += [one] if whole else many(one)
    found = [place(one, own) for one in listed]
    return tuple({p.id: p for p in found}.values())


def _is_place(text: str, own: Groups | None) -> bool:
    from sojourn.errors import SojournError

    try:
        place(text, own)
    except SojournError:
        return False
    return True


#: What a range spans at most; a longer one is a slip of the hand (1015-2015).
_MOST_YEARS = 300
_YEAR = re.compile(r"\d{4}")
_RANGE = re.compile(r"(\d{4})\s*(?:-|–|:|\.\.)\s*(\d{4})")
_INTERVAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?/P\d+[YM]|\d{4}-\d{2}(-\d{2})?|\d{4}-[QSW]\d{1,2}")


def periods(given: Names) -> Periods:
    """Return the periods asked for: ``2015``, ``1990,2020``, ``2010-2020``, ``2010-07-01/P5Y``.

    Raises
    ------
    NoSuchObservation
        Something that is no period, a range that ends before it begins, or one of over 300 years.
    """
    listed: dict[str, None] = {}
    ranged = False
    for one in many(given):
        text = str(one)
        span = _RANGE.fullmatch(text)
        if span is not None:
            first, last = int(span[1]), int(span[2])
            if last < first:
                raise NoSuchObservation(
                    f"{text}: the range ends before it begins", hint="2010-2020"
                )
            if last - first > _MOST_YEARS:
                raise NoSuchObservation(
                    f"{text}: the range is longer than {_MOST_YEARS} years", hint="2010-2020"
                )
            listed |= dict.fromkeys(str(y) for y in range(first, last + 1))
            ranged = True
        elif _YEAR.fullmatch(text) or _INTERVAL.fullmatch(text):
            listed[text] = None
        else:
            raise NoSuchObservation(
                f"{text!r} is no period", hint="2015, or 1990,2020, or 2010-2020, or 2010-07-01/P5Y"
            )
    return Periods(tuple(listed), ranged)


def sexes(given: Names) -> tuple[str, ...]:
    """Return the sexes asked for; both together when none is.

    Raises
    ------
    NoSuchObservation
        Something that is no sex of the code list.
    """
    also = {"T": "_T", "BOTH": "_T", "WOMEN": "F", "FEMALE": "F", "MEN": "M", "MALE": "M"}
    found: dict[str, None] = {}
    for one in many(given):
        code = also.get(str(one).upper(), str(one).upper())
        if code not in SEXES:
            raise NoSuchObservation(f"{one!r} is no sex", hint="F, M or _T (both together)")
        found[code] = None
    return tuple(found) or ("_T",)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One dataset that counts a measure, in the order of who is asked first."""

    dataset: str
    indicator: str
    says: str
    where: Mapping[str, str]


def candidates(store: Store, one: Measure, *, rivals: bool) -> Sequence[Candidate]:
    """Return who counts a measure: declared counts in their order, then whoever else holds it.

    Forms of one publication stand together, that with the newest edition first.

    Parameters
    ----------
    rivals : bool
        Also other indicators that count the same quantity by other rules.
    """
    found: dict[tuple[str, str], Candidate] = {}
    for quantity in quantities():
        if quantity.id != one.indicator.id and all(
            c.indicator != one.indicator.id for c in quantity.counts
        ):
            continue
        for c in quantity.counts:
            if c.indicator == one.indicator.id or (rivals and quantity.id == one.indicator.id):
                fixed = {k: v for k, v in c.where.items() if k in ("detail", "criterion")}
                says = kept({"en": c.says, "fr": c.says_fr, "es": c.says_es})
                found.setdefault(
                    (c.dataset, c.indicator), Candidate(c.dataset, c.indicator, says, fixed)
                )
    held = _datasets(store)
    for dataset, name in held:
        if name == one.indicator.id:
            found.setdefault((dataset, name), Candidate(dataset, name, "", {}))
    there = {(d, n) for d, n in held}
    listed = [c for key, c in found.items() if key in there]
    asked = [
        c
        for c in listed
        if not c.dataset.startswith("sojourn.") or one.indicator.id == "migration_flow"
    ]
    return newest_of_works(asked, lambda c: c.dataset, lambda c: _newest(store, c))


def newest_of_all(store: Store) -> None:
    """Find the newest editions of every indicator at once, for who asks candidates of all."""
    found = store.con.execute(
        f"SELECT indicator, dataflow, max(vintage) FROM {sorted_or_view(store)} "  # noqa: S608 - a constant
        "WHERE value IS NOT NULL GROUP BY 1, 2"
    ).fetchall()
    for name in {i for i, *_ in found}:
        store.answers["newest", name] = [(d, v) for i, d, v in found if i == name]


def _newest(store: Store, one: Candidate) -> str:
    """Return the day of the newest edition in which a dataset has a number of an indicator."""
    key = ("newest", one.indicator)
    if key not in store.answers:
        store.answers[key] = store.con.execute(
            f"SELECT dataflow, max(vintage) FROM {sorted_or_view(store)} "  # noqa: S608 - a constant
            "WHERE indicator = $i AND value IS NOT NULL GROUP BY 1",
            {"i": one.indicator},
        ).fetchall()
    return str(dict(store.answers[key]).get(one.dataset, ""))


def year_of(period: str) -> int:
    """Return the year whose members and meanings a period takes: its own, or its last.

    Examples
    --------
    >>> year_of("2015"), year_of("2010-07-01/P5Y")
    (2015, 2015)
    """
    start, _, length = period.partition("/P")
    years = int(length[:-1]) if length.endswith("Y") else 0
    return int(start[:4]) + years


def begins_in(interval: str, year: int) -> bool:
    """Return whether a year begins within an interval of years.

    Examples
    --------
    >>> begins_in("2010-07-01/P5Y", 2015), begins_in("2015-07-01/P5Y", 2015)
    (True, False)
    """
    start, _, length = interval.partition("/P")
    if not length.endswith("Y"):
        return False
    first = date.fromisoformat(start) if len(start) == 10 else date(int(start[:4]), 1, 1)
    return first <= date(year, 1, 1) < first.replace(year=first.year + int(length[:-1]))
