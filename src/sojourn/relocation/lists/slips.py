"""Each person's own slip, in her language: where, when, with whom, how to say no, whom to call."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import format_date

from sojourn.errors import PublishError
from sojourn.relocation.lists.manifest import clock
from sojourn.relocation.proposal.proposal import ManifestRow, Proposal, Trip
from sojourn.relocation.site.site import Person, Site
from sojourn.terminal.declared import packaged_words

SOURCE = "en"
DRAFT = "DRAFT translation: no reader of this language has signed it."
TO_WRITE = "______________________"
#: Codes by which a register may name a language that has words; Sorani (ckb) has words of its own.
OTHERWISE: Mapping[str, str] = {
    "ara": "ar",
    "arb": "ar",
    "apc": "ar",
    "apd": "ar",
    "fas": "fa",
    "per": "fa",
    "prs": "fa",
    "pes": "fa",
    "pus": "ps",
    "pbu": "ps",
    "pst": "ps",
    "kur": "ku",
    "kmr": "ku",
    "amh": "am",
    "tir": "ti",
    "fra": "fr",
    "fre": "fr",
    "eng": "en",
}
_LONG = frozenset({"en", "fr", "ar", "fa"})  # elsewhere the day of the week and ISO 8601


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What one person is handed.

    Attributes
    ----------
    language : str
        Of the words.
    rows : tuple of (str, str, tuple of str)
        Pictogram, heading and lines.
    marks : tuple of str
        What has to be said of the paper: synthetic, a draft.
    """

    person: str
    language: str
    direction: str
    title: str
    voluntary: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    marks: tuple[str, ...]


@cache
def slip_words(language: str) -> Mapping[str, str]:
    """Return the words of a language.

    Raises
    ------
    PublishError
        There are none.
    """
    known = _catalogue()
    if language not in known:
        raise PublishError(f"no slip in {language!r}", hint=f"there are: {', '.join(known)}")
    return dict(known[language])


def slip_languages() -> tuple[str, ...]:
    """Return the languages that have words."""
    return tuple(_catalogue())


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    return packaged_words("sojourn.relocation.lists", "slip_words.toml")


def language_of(person: Person) -> str | None:
    """Return the first of a person's languages that has words; None where none has."""
    for named in person.languages:
        code = named.casefold().replace("_", "-").partition("-")[0]
        code = OTHERWISE.get(code, code)
        if code in _catalogue():
            return code
    return None


def _lead_there(site: Site, plan: Proposal) -> None:
    """Refuse a plan with a seat for nobody of the site, or on a trip that does not lead to its place."""
    people, places = {p.id for p in site.persons}, {p.id for p in site.places}
    stops = {(t.id, s.place_id) for t in plan.trips for s in t.stops if s.place_id in places}
    for r in plan.manifest:
        if r.person_id not in people or (r.trip_id, r.place_id) not in stops:
            raise PublishError(
                f"{r.person_id!r} has a seat on a trip that does not lead to its place",
                hint="sojourn relocate audit says what is wrong with this plan",
            )


def slips(
    site: Site, plan: Proposal, *, call: str = "", people: Collection[str] = (), language: str = ""
) -> tuple[Slip, ...]:
    """Return the slips of everybody with a place, in the order of boarding.

    Parameters
    ----------
    call : str
        Whom to call, as the operator writes it; empty: a line to fill in by hand.
    people : collection of person
        Only of these; everybody by default.
    language : str
        Of all slips; each person's own by default, English where none of hers has words.

    Raises
    ------
    PublishError
        The language has no words, or a person has no seat in the plan.
    """
    known = {p.id: p for p in site.persons}
    seats = {r.person_id: r for r in plan.manifest}
    absent = sorted(set(people) - set(seats))
    if absent:
        raise PublishError(
            f"{absent[0]!r} has no seat in the plan", hint="a slip is for people with a place"
        )
    trips = {t.id: t for t in plan.trips}
    _lead_there(site, plan)
    rows = sorted(seats.values(), key=lambda r: (trips[r.trip_id].day, r.trip_id, r.order))
    together: dict[str, list[str]] = {}
    for r in rows:
        together.setdefault(r.case_id, []).append(r.person_id)
    regions = {p.id: p.region for p in site.places}
    return tuple(
        _slip(
            row,
            trips[row.trip_id],
            regions[row.place_id],
            [p for p in together[row.case_id] if p != row.person_id],
            call,
            language or language_of(known[row.person_id]) or SOURCE,
            synthetic=plan.synthetic,
        )
        for row in rows
        if not people or row.person_id in people
    )


def _slip(
    row: ManifestRow,
    trip: Trip,
    region: str,
    others: list[str],
    call: str,
    language: str,
    *,
    synthetic: bool,
) -> Slip:
    w = slip_words(language)
    stop = next(s for s in trip.stops if s.place_id == row.place_id)
    come = w["come"].format(
        call=_own(clock(trip.call)),
        departure=_own(clock(trip.departure)),
        arrival=_own(clock(stop.arrival)),
    )
    coach = w["coach"].format(
        vehicle=_own(trip.vehicle_id), bay=_own(str(trip.bay)), order=_own(str(row.order))
    )
    named = w["with_case"].format(people=_listed(others)) if others else w["with_nobody"]
    staff = w["escorts"].format(escorts=_listed(trip.escorts)) if trip.escorts else ""
    marks = (w["synthetic"] if synthetic else "", *((w["draft"], DRAFT) if not w["reader"] else ()))
    return Slip(
        person=row.person_id,
        language=language,
        direction=w["direction"],
        title=w["title"],
        voluntary=w["voluntary"],
        rows=(
            ("place", w["where"], (f"{_own(region)} · {_own(row.place_id)}",)),
            ("clock", w["when"], _kept(day_of(trip.day, language), come, coach, w["clock"])),
            ("people", w["with"], _kept(named, staff)),
            ("hand", w["decline"], (w["decline_text"],)),
            ("phone", w["phone"], (_own(call or TO_WRITE),)),
        ),
        marks=_kept(*marks),
    )


#: English with the day before the month, as where the sites are.
_ORDER = {"en": "en_GB"}


def day_of(day: date, language: str) -> str:
    """Return a day of our calendar as a language writes it, or with its ISO form.

    >>> day_of(date(2016, 10, 24), "fr"), day_of(date(2016, 10, 24), "ku")
    ('lundi 24 octobre 2016', 'duşem, \u20682016-10-24\u2069')
    """
    if language in _LONG:
        return format_date(day, "full", locale=_ORDER.get(language, language))
    comma = {"ar": "،", "ps": "،", "ckb": "،", "am": "፣", "ti": "፣"}.get(language, ",")
    return f"{format_date(day, 'EEEE', locale=language)}{comma} {_own(day.isoformat())}"


def _kept(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _listed(names: Collection[str]) -> str:
    return " · ".join(map(_own, names))


def _own(text: str) -> str:
    """Return a text that keeps its own direction among other words."""
    return f"\u2068{text}\u2069"
