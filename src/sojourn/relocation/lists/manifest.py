"""Manifests to print: one page a coach, in the operator's language; the driver's version without needs."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from sojourn.errors import PublishError
from sojourn.publish import Document, Name, PageLabels, Paragraph, Section, TableBlock
from sojourn.relocation.proposal.proposal import ManifestRow, Proposal, Trip
from sojourn.terminal.declared import packaged_words

_ESCORTS = "\x00"  # where their names stand in a sentence


def list_languages() -> tuple[str, ...]:
    """Return the languages that have words for the lists and the report."""
    return tuple(packaged_words("sojourn.relocation.lists", "manifest_words.toml"))


@cache
def words_of(language: str) -> Mapping[str, str]:
    """Return the words of one language.

    Raises
    ------
    PublishError
        There are none.
    """
    known = packaged_words("sojourn.relocation.lists", "manifest_words.toml")
    if language not in known:
        raise PublishError(f"no manifest in {language!r}", hint=f"there are: {', '.join(known)}")
    return dict(known[language])


def manifests(
    plan: Proposal, language: str, *, driver: bool, part: str = "", digest: str = ""
) -> Document:
    """Return the manifests of every trip of a plan.

    Parameters
    ----------
    driver : bool
        The version for drivers: who sits where and leaves where, and nothing of needs or cases.
    part : str
        Which of the documents this is ("2/15"), where a plan is printed in several.
    digest : str
        Short form of the plan's digest, so that a list can be held against what was signed.

    Raises
    ------
    PublishError
        The language has no words, or the plan no trip.
    """
    words = words_of(language)
    if not plan.trips:
        raise PublishError("the plan has no trip", hint="there is nothing to print")
    direction: Literal["ltr", "rtl"] = "rtl" if words["direction"] == "rtl" else "ltr"
    rows: dict[str, list[ManifestRow]] = {}
    for row in plan.manifest:
        rows.setdefault(row.trip_id, []).append(row)
    named = words["driver_title" if driver else "title"].format(name=plan.name)
    return Document(
        language=language,
        direction=direction,
        title=f"{named} · {part}" if part else named,
        subtitle=words["subtitle"],
        notice=words["notice"],
        edition_note=(
            *((words["synthetic"],) if plan.synthetic else ()),
            *((_isolated(f"SHA-256 {digest}"),) if digest else ()),
        ),
        dated=plan.trips[0].day,
        sections=tuple(_trip(t, rows[t.id], words, driver=driver) for t in plan.trips),
        labels=PageLabels(**{name: words[name] for name in PageLabels.__dataclass_fields__}),
        description=words["subtitle"],
    )


def clock(minutes: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _trip(
    trip: Trip, rows: list[ManifestRow], words: Mapping[str, str], *, driver: bool
) -> Section:
    own = _isolated if words["direction"] == "rtl" else str
    stops = TableBlock(
        id=f"stops-{trip.id}".lower(),
        caption=words["stops"],
        header=(words["place"], words["arrival"], words["persons"]),
        rows=tuple(((s.place_id,), (clock(s.arrival),), (str(s.persons),)) for s in trip.stops),
        numeric=(False, True, True),
    )
    signed = (Paragraph(content=(words["sign"],)),)
    heads = (
        ("order", "person", "place", "seat")
        if driver
        else ("order", "person", "case", "place", "seat", "needs", "signature")
    )
    board = TableBlock(
        id=f"board-{trip.id}".lower(),
        caption=words["on_board"],
        header=tuple(words[h] for h in heads),
        rows=tuple(tuple((c,) for c in _cells(r, words, driver=driver)) for r in rows),
        numeric=tuple(h == "order" for h in heads),
        wide=True,
    )
    return Section(
        id=f"trip-{trip.id}".lower(),
        topic=words["topic"].format(trip=trip.id),
        heading=words["heading"].format(
            trip=own(trip.id), day=own(trip.day.isoformat()), departure=own(clock(trip.departure))
        ),
        blocks=(
            _about(trip, words),
            stops,
            board,
            *(() if driver else signed),
        ),
    )


def _about(trip: Trip, words: Mapping[str, str]) -> Paragraph:
    """Say of a trip what vehicle, bay and hour it has, and who goes along."""
    own = _isolated if words["direction"] == "rtl" else str
    about = words["about"].format(
        vehicle=own(trip.vehicle_id),
        bay=trip.bay,
        call=own(clock(trip.call)),
        escorts=_ESCORTS if trip.escorts else words["none"],
    )
    before, _, after = about.partition(_ESCORTS)
    named = [run for e in trip.escorts for run in (", ", Name(own(e)))][1:]
    return Paragraph(content=(before, *named, after))


def _isolated(text: str) -> str:
    """Return a text that keeps its own direction among words from right to left."""
    return f"\u2068{text}\u2069"


def _cells(row: ManifestRow, words: Mapping[str, str], *, driver: bool) -> tuple[str, ...]:
    seat = _word(words, row, "seat", row.seat.replace(" ", "_"))
    if driver:
        return (str(row.order), row.person_id, row.place_id, seat)
    needs = ", ".join(_word(words, row, "need", n) for n in row.needs)
    return (str(row.order), row.person_id, row.case_id, row.place_id, seat, needs, "")


def _word(words: Mapping[str, str], row: ManifestRow, kind: str, of: str) -> str:
    """Return the word for a seat or a need; one that no plan of ours names is refused."""
    if (found := words.get(f"{kind}_{of}")) is None:
        raise PublishError(
            f"{row.person_id}: {of!r} is no {kind} that a list has a word for",
            hint="the plan was changed: sojourn relocate audit tells where",
        )
    return found
