"""Numbers of one measure from every edition that counts it, found by place, origin, sex and period."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from sojourn.query.table_asked import Candidate, Measure
from sojourn.query.table_notes import note
from sojourn.query.table_rows import Found, Row, addresses, one_of, printed, summed_up, together
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view, stretches
from sojourn.vocab.area import AREAS
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


class Parts(Mapping[Key, Part]):
    """Numbers of an edition by their key; each is made when it is first asked for."""

    def __init__(self, rows: Mapping[Key, Sequence[Row | Found]], *, all_cells: bool) -> None:
        self._rows, self._made, self._all_cells = rows, dict[Key, Part](), all_cells

    def __getitem__(self, key: Key) -> Part:
        """Return the number of a key."""
        if (made := self._made.get(key)) is None:
            rows = self._rows[key]
            found = rows if key[1] == SUMMED else together(rows, all_cells=self._all_cells)
            made = self._made[key] = _part(found)
        return made

    def __contains__(self, key: object) -> bool:
        """Say whether an edition has anything of a key; nothing is made for it."""
        return key in self._rows

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


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
        for one in (origin, SUMMED) if origin == TOTAL else (origin,):
            if (area, one, sex, period) in self.parts:
                return self.parts[area, one, sex, period]
        return None


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


def read(store: Store, measure: Measure, candidate: Candidate, wanted: Wanted) -> list[Edition]:
    """Return what each edition of a dataset holds of a measure, newest edition first."""
    editions = editions_of(store, measure, candidate, wanted.as_of)
    within = stretches(store, candidate.dataset, candidate.indicator, editions, wanted.areas)
    apart = by_origin(store, candidate) if editions else False
    if (
        not editions
        or within == ""
        or (wanted.origins is not None and _beyond(wanted, apart=apart))
    ):
        return []
    conditions, given = _conditions(measure, candidate, wanted)
    conditions = [*([within] if within else []), *conditions]
    shared = " AND ".join([*conditions, one_of("o.edition", "editions", editions, given)])
    every = wanted.all_cells
    rows = printed(store, f"{shared} AND {_origins(wanted, given)}", given)
    if apart and (wanted.origins is None or TOTAL in wanted.origins):
        given["groups"] = _groups()
        single = "o.origin NOT IN ('_T', '_Z') AND NOT list_contains($groups, o.origin)"
        rows += summed_up(store, f"{shared} AND {single}", given, SUMMED, all_cells=every)
    by_edition: dict[str, dict[Key, list[Row | Found]]] = {e: {} for e in editions}
    for row in rows:
        edition, area, origin, sex, period, *_ = row
        key = (area, TOTAL if origin == "_Z" else origin, sex, period)
        by_edition[edition].setdefault(key, []).append(row)
    return [
        Edition(
            e,
            candidate.dataset,
            candidate.indicator,
            candidate.says,
            Parts(by_edition[e], all_cells=every),
        )
        for e in editions
        if by_edition[e]
    ]


def _beyond(wanted: Wanted, *, apart: bool) -> bool:
    """Return whether only single origins are asked for, of a dataset that tells none apart."""
    return not apart and wanted.origins is not None and TOTAL not in wanted.origins


@cache
def _groups() -> list[str]:
    return [a for a in AREAS if AREAS[a].is_aggregate]


def by_origin(store: Store, candidate: Candidate) -> bool:
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
        one_of("o.sex", "sexes", wanted.sexes, given),
        "NOT regexp_matches(o.detail, '(;|^)repeat=')",
    ]
    if wanted.areas is not None:
        parts.append(one_of("o.ref_area", "areas", sorted(wanted.areas), given))
    if wanted.periods:
        also = " OR contains(o.time_period, '/P')" if wanted.intervals else ""
        parts.append(f"({one_of('o.time_period', 'periods', wanted.periods, given)}{also})")
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


def _origins(wanted: Wanted, given: dict[str, object]) -> str:
    if wanted.origins is None:
        return "true"
    held = wanted.origins | ({"_Z"} if TOTAL in wanted.origins else set())
    return one_of("o.origin", "origins", sorted(held), given)


def _part(found: Sequence[Found]) -> Part:
    """Return the one number of a key; where several stand that nothing asked tells apart, none."""
    if len(found) > 1:
        ways = sorted(
            {
                " ".join(x for x in (f"criterion={c}" if c != "_Z" else "", v) if x)
                for c, v in ((f[5], f[6]) for f in found)
            }
        )
        several = note("several", n=len(found), ways=" | ".join(ways[:6]))
        cells = tuple(c for f in found for c in addresses(f[0], f[10]))
        return Part(
            None, "", cells, n=len(found), lacking=len(found), unit=found[0][12], notes=(several,)
        )
    edition, *_ = found[0]
    value, n, known, cells, status, unit, lower, upper = found[0][7:]
    one = n == 1
    return Part(
        None if value is None else float(value),
        status,
        addresses(edition, cells),
        n=n,
        lacking=n - known,
        lower=lower if one else None,
        upper=upper if one else None,
        unit=unit,
    )
