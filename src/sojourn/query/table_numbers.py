"""Numbers of one measure from every edition that counts it, found by place, origin, sex and period."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sojourn.query.table_asked import Candidate, Measure
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import column_letters
from sojourn.vocab.status import ObsStatus, one_status

TOTAL, SUMMED = "_T", "+"  # printed for all origins; the sum of the single origins that are printed
Key = tuple[str, str, str, str]  # ref_area, origin, sex, period


@dataclass(frozen=True, slots=True)
class Part:
    """A number as printed, or a sum of printed ones.

    Attributes
    ----------
    value : float or None
        In the unit of the measure; None is missing, never zero.
    status : str
        SDMX code; the gravest of what was added.
    cells : tuple of str
        Addresses; of a sum the first, or all where they were asked for.
    n, lacking : int
        Cells added, and how many of them have no number.
    lower, upper : float or None
        Bounds, where the source gives them; a sum has none.
    notes : tuple of str
        What a reader has to know of it.
    """

    value: float | None
    status: str
    cells: tuple[str, ...] = ()
    n: int = 1
    lacking: int = 0
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """What one edition holds of one measure.

    Attributes
    ----------
    says : str
        What is counted, in the publisher's terms.
    parts : mapping of key to Part
        Printed numbers by area, origin (`TOTAL`, `SUMMED` or an area), sex and period.
    """

    edition: str
    dataset: str
    indicator: str
    says: str
    parts: Mapping[Key, Part] = field(repr=False)

    def of(self, area: str, origin: str, sex: str, period: str) -> Part | None:
        """Return the printed number, or for all origins the sum of those that are printed."""
        found = self.parts.get((area, origin, sex, period))
        if found is None and origin == TOTAL:
            return self.parts.get((area, SUMMED, sex, period))
        return found


def added(parts: Sequence[Part], notes: Iterable[str] = ()) -> Part:
    """Return the sum of numbers; what is missing stays out and is counted as lacking.

    Examples
    --------
    >>> whole = added([Part(2.0, "A"), Part(None, "O")])
    >>> whole.value, whole.n, whole.lacking
    (2.0, 2, 1)
    """
    known = [p for p in parts if p.value is not None]
    said = [ObsStatus(p.status) for p in (known or parts) if p.status]
    return Part(
        value=sum(p.value for p in known if p.value is not None) if known else None,
        status=str(one_status(said)) if said else "",
        cells=tuple(c for p in parts for c in p.cells),
        n=sum(p.n for p in parts),
        lacking=sum(p.lacking if p.value is not None else max(p.n, 1) for p in parts),
        unit=next((p.unit for p in parts if p.unit), ""),
        notes=tuple(dict.fromkeys([*notes, *(n for p in parts for n in p.notes)])),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a measure are needed; None is all."""

    areas: frozenset[str] | None
    origins: frozenset[str] | None
    sexes: tuple[str, ...]
    periods: tuple[str, ...]
    intervals: bool = False
    all_cells: bool = False
    as_of: date | None = None


def editions_of(
    store: Store, measure: Measure, candidate: Candidate, as_of: date | None
) -> list[str]:
    """Return the editions of a dataset that may answer on a day, newest first."""
    found = {
        (f.vintage, f.edition)
        for f in store.manifest.files
        if f.dataset == candidate.dataset
        and (as_of is None or date.fromisoformat(f.vintage) <= as_of)
        and measure.takes(f.edition)
    }
    if candidate.dataset.startswith("sojourn."):
        return [e for _, e in sorted(found, key=_run_order)]
    return [e for _, e in sorted(found, reverse=True)]


def _run_order(run: tuple[str, str]) -> tuple[int, bool, int, bool, int]:
    """Return what orders computed runs: newest, the default method, the plainest, with a band."""
    vintage, edition = run
    parts = edition.split("+")
    choices = sum(p != "band" for p in parts)
    day = -int(vintage.replace("-", ""))
    return day, "pseudo-bayes" not in parts, choices, "band" not in parts, len(edition)


#: From so many values on, a list is shorter than its parts.
_FEW = 60
_VARIANT = (
    "CASE WHEN o.detail LIKE '%row=%' THEN '' "
    "ELSE regexp_replace(o.detail, '(;|^)part=[0-9]+', '') END"
)
#: Of a sum: a place that is printed under two spellings is in it with both.
_OF_SUM = f"regexp_replace({_VARIANT}, '(;|^)printed=[^;]*', '', 'g')"
_ADDRESS = "o.edition || '#' || o.sheet || '!' || o.col || ',' || o.\"row\""


def read(store: Store, measure: Measure, candidate: Candidate, wanted: Wanted) -> list[Edition]:
    """Return what each edition of a dataset holds of a measure, newest edition first."""
    editions = editions_of(store, measure, candidate, wanted.as_of)
    if not editions:
        return []
    conditions, given = _conditions(measure, candidate, wanted)
    shared = " AND ".join([*conditions, _one_of("o.edition", "editions", editions, given)])
    rows = _rows(store, f"{shared} AND {_origins(wanted, given)}", given, wanted, "o.origin")
    if (wanted.origins is None or TOTAL in wanted.origins) and _by_origin(store, candidate):
        given = {k: v for k, v in given.items() if not k.startswith("origins")}
        given["groups"] = [a for a in AREAS if AREAS[a].is_aggregate]
        single = "o.origin NOT IN ('_T', '_Z') AND NOT list_contains($groups, o.origin)"
        rows += _rows(store, f"{shared} AND {single}", given, wanted, f"'{SUMMED}'")
    by_edition: dict[str, dict[Key, list[tuple[Any, ...]]]] = {}
    for edition, area, origin, sex, period, *rest in rows:
        key = (area, TOTAL if origin == "_Z" else origin, sex, period)
        by_edition.setdefault(edition, {}).setdefault(key, []).append(tuple(rest))
    return [
        Edition(
            e,
            candidate.dataset,
            candidate.indicator,
            candidate.says,
            {key: _part(found) for key, found in by_edition[e].items()},
        )
        for e in editions
        if e in by_edition
    ]


def _by_origin(store: Store, candidate: Candidate) -> bool:
    """Return whether a dataset tells any origin apart; where it does not, nothing is summed."""
    key = ("by origin", candidate.dataset, candidate.indicator)
    if key not in store.answers:
        store.answers[key] = store.con.execute(
            f"SELECT 1 FROM {sorted_or_view(store)} WHERE dataflow = $d AND indicator = $i "  # noqa: S608
            "AND origin NOT IN ('_T', '_Z') LIMIT 1",
            {"d": candidate.dataset, "i": candidate.indicator},
        ).fetchall()
    return bool(store.answers[key])


def _conditions(
    measure: Measure, candidate: Candidate, wanted: Wanted
) -> tuple[list[str], dict[str, object]]:
    given: dict[str, object] = {"dataset": candidate.dataset, "indicator": candidate.indicator}
    parts = [
        "o.dataflow = $dataset",
        "o.indicator = $indicator",
        "o.age = '_T'",
        _one_of("o.sex", "sexes", wanted.sexes, given),
        "NOT regexp_matches(o.detail, '(;|^)repeat=')",
    ]
    if wanted.areas is not None:
        parts.append(_one_of("o.ref_area", "areas", sorted(wanted.areas), given))
    if wanted.periods:
        also = " OR contains(o.time_period, '/P')" if wanted.intervals else ""
        parts.append(f"({_one_of('o.time_period', 'periods', wanted.periods, given)}{also})")
    for number, (key, value) in enumerate({**candidate.where, **measure.where}.items()):
        name = f"c{number}"
        given[name] = value if key == "detail" else f"{key}={value}"
        if key == "detail":
            parts.append(f"o.detail = ${name}")
            continue
        inside = f"list_contains(string_split(o.detail, ';'), ${name})"
        if key == "criterion":
            given["criterion"] = value
            inside = f"({inside} OR o.criterion = $criterion)"
        parts.append(inside)
    return parts, given


def _one_of(column: str, name: str, values: Sequence[str], given: dict[str, object]) -> str:
    """Return a condition that the engine can look up in a sorted table, where the values are few."""
    if not values or len(values) > _FEW:
        given[name] = list(values)
        return f"list_contains(${name}, {column})"
    for number, value in enumerate(values):
        given[f"{name}_{number}"] = value
    return f"{column} IN ({', '.join(f'${name}_{n}' for n in range(len(values)))})"


def _origins(wanted: Wanted, given: dict[str, object]) -> str:
    if wanted.origins is None:
        return "true"
    held = wanted.origins | ({"_Z"} if TOTAL in wanted.origins else set())
    return _one_of("o.origin", "origins", sorted(held), given)


def _rows(
    store: Store, where: str, given: Mapping[str, object], wanted: Wanted, origin: str
) -> list[tuple[Any, ...]]:
    order = 'ORDER BY o.sheet, o."row", o.col'
    cells = f"list({_ADDRESS} {order})" if wanted.all_cells else f"[first({_ADDRESS} {order})]"
    scaled = "pow(10, o.unit_mult)"
    variant = _VARIANT if origin == "o.origin" else _OF_SUM
    found: list[tuple[Any, ...]] = store.con.execute(
        f"SELECT o.edition, o.ref_area, {origin} AS from_, o.sex, o.time_period, o.criterion, "  # noqa: S608 - constants
        f"{variant} AS variant, sum(o.value), count(*), count(o.value), {cells}, "
        'first(o.obs_status ORDER BY o.value IS NULL, o."row"), first(o.unit_measure), '
        f"first(o.lower * {scaled}), first(o.upper * {scaled}) "
        f"FROM {sorted_or_view(store)} o WHERE {where} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
        {k: v for k, v in given.items() if re.search(rf"\${k}\b", where)},
    ).fetchall()
    return found


def _part(found: Sequence[tuple[Any, ...]]) -> Part:
    """Return the one number of a key; where several stand that nothing asked tells apart, none."""
    if len(found) > 1:
        ways = sorted(
            {
                " ".join(x for x in (f"criterion={c}" if c != "_Z" else "", v) if x)
                for c, v, *_ in found
            }
        )
        note = f"{len(found)} numbers stand here, told apart by {' | '.join(ways[:6])}: name one, MEASURE[KEY=VALUE]"
        cells = tuple(_cell(a) for f in found for a in f[5])
        return Part(
            None, "", cells, n=len(found), lacking=len(found), unit=found[0][7], notes=(note,)
        )
    _, _, value, n, known, cells, status, unit, lower, upper = found[0]
    one = n == 1
    return Part(
        None if value is None else float(value),
        status,
        tuple(_cell(a) for a in cells),
        n=n,
        lacking=n - known,
        lower=lower if one else None,
        upper=upper if one else None,
        unit=unit,
    )


def _cell(address: str) -> str:
    head, _, place = address.rpartition("!")
    column, row = place.split(",")
    sheet = "" if head.endswith("#") else "!"
    return f"{head}{sheet}{column_letters(int(column))}{row}"
