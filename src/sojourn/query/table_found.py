"""The number that answers for a place: printed, summed over origins, or composed of its members."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn.query.table_asked import Candidate, Measure, year_of
from sojourn.query.table_notes import SHOWN, Said, meaning, named, names, note
from sojourn.query.table_numbers import TOTAL, Edition, Part, added
from sojourn.query.works import newest_of_works, work_of
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view
from sojourn.store.summing import why_no_sum
from sojourn.vocab.area import AREAS
from sojourn.vocab.meaning import held_by, meanings
from sojourn.vocab.observation import EditionId
from sojourn.vocab.place import Place

WORLD = "900"


@dataclass(frozen=True, slots=True)
class Answer:
    """A number with the edition that gives it, and over how many members it was composed.

    Attributes
    ----------
    members : int
        Members of the group; 0 where the number is printed for the place itself.
    present : tuple of str
        Members that have a number.
    """

    part: Part
    edition: Edition | None
    members: int = 0
    present: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sources:
    """Editions of each dataset that counts a measure, in order; read when they are first asked.

    Attributes
    ----------
    read : callable
        Gives the editions of a dataset, newest first.
    holds : callable
        Says whether a dataset has any cell of a period; one that has none is not read for it.
    """

    listed: Sequence[Candidate]
    read: Callable[[Candidate], Sequence[Edition]]
    holds: Callable[[Candidate, str], bool] = lambda _one, _period: True
    kept: dict[int, Sequence[Edition]] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Sequence[Edition]]:
        return self.among(None)

    def among(
        self, datasets: Container[str] | None, period: str = ""
    ) -> Iterator[Sequence[Edition]]:
        """Yield the editions of some datasets, or of all; no other is read."""
        for number, one in enumerate(self.listed):
            if datasets is not None and one.dataset not in datasets:
                continue
            if period and not self.holds(one, period):
                continue
            if number not in self.kept:
                self.kept[number] = self.read(one)
            if self.kept[number]:
                yield self.kept[number]

    def by_work(
        self, datasets: Container[str] | None, period: str = ""
    ) -> Iterator[Sequence[Edition]]:
        """Yield the editions of each publication, newest first, whichever of its forms they have."""
        read: set[str] = set()
        for one in self.listed:
            work = work_of(one.dataset)
            if work in read or (datasets is not None and one.dataset not in datasets):
                continue
            read.add(work)
            forms = {c.dataset for c in self.listed if work_of(c.dataset) == work}
            asked = forms if datasets is None else {d for d in forms if d in datasets}
            found = [e for editions in self.among(asked, period) for e in editions]
            yield newest_of_works(
                found, lambda e: e.dataset, lambda e: EditionId.of(e.edition).vintage
            )


@dataclass(frozen=True)
class Finder:
    """Looks numbers of one measure up in the editions that count it."""

    store: Store
    measure: Measure
    sources: Sources

    def first_with(self, period: str) -> tuple[str, ...]:
        """Return the forms of the first publication that has a number of a period: all countries are its."""
        for editions in self.sources.by_work(None, period):
            for edition in editions:
                if any(p == period and v.value is not None for (*_, p), v in edition.parts.items()):
                    return tuple(dict.fromkeys(e.dataset for e in editions))
        return ()

    def answer(
        self, area: Place, origin: Place, sex: str, period: str, *, only: Sequence[str] = ()
    ) -> Answer:
        """Return the number of the first publication that has it, from its newest edition that does.

        Parameters
        ----------
        only : sequence of str
            Datasets that alone may answer, so that no rival fills their gaps; empty for any.
        """
        missing: Answer | None = None
        notes: list[str] = []
        for editions in self.sources.by_work(only or None, period):
            for edition in editions:
                found = self.of(edition, area, origin, sex, period)
                if found is None:
                    continue
                if (refused := self._no_sum(edition, found, area, period)) is not None:
                    notes.append(refused)
                    continue
                if found.part.value is not None:
                    return _noted(found, [*notes, *self._is_a_part(edition, found)])
                missing = missing or found
                if self._says_nothing(edition, period):
                    notes.append(note("prints_none", edition=edition.edition, period=period))
                    continue
                break  # what its newest edition withholds is not taken from an older one
        return _noted(missing or Answer(Part(None, "", n=0), None), notes)

    def of(
        self, edition: Edition, area: Place, origin: Place, sex: str, period: str
    ) -> Answer | None:
        """Return the number of one edition; None where it holds nothing of the kind."""
        year = year_of(period)
        if area.printed and (area.group is None or not area.group.without):
            part = self._from(edition, area.printed, origin, sex, period, year)
            if part is not None:
                said = tuple(map(meaning, meanings(edition.edition, area.printed, year)))
                until = self._part_year(edition, period)
                return Answer(replace(part, notes=(*part.notes, *said, *until)), edition)
        if area.printed == WORLD:
            return self._composed(
                edition, area, self._everyone(edition, period), origin, sex, period
            )
        if area.group is None:
            return None
        return self._composed(edition, area, area.members(year), origin, sex, period)

    def _everyone(self, edition: Edition, period: str) -> tuple[str, ...]:
        held = {a for a, _, _, p in edition.parts if p == period}
        return tuple(sorted(a for a in held if a in AREAS and not AREAS[a].is_aggregate))

    def _composed(
        self,
        edition: Edition,
        area: Place,
        members: Sequence[str],
        origin: Place,
        sex: str,
        period: str,
    ) -> Answer | None:
        year = year_of(period)
        within = set(members)
        held = {m: held_by(edition.edition, m, year) for m in members}
        without = set(area.group.without) if area.group is not None else set()
        parts: list[Part] = []
        present: list[str] = []
        absent: list[str] = []
        for member in members:
            part = self._from(edition, member, origin, sex, period, year)
            if part is None and any(member in held[m] for m in members if m != member):
                within.discard(member)  # counted under the code of another member
                continue
            if part is not None and held[member] & without:
                others = names(sorted(held[member] & without))
                why = note("code_holds", code=member, names=others)
                return Answer(Part(None, "", n=0, notes=(why,)), edition, len(members))
            if part is not None:
                parts.append(part)
            (present if part is not None and part.value is not None else absent).append(member)
        if not parts:
            return None
        if not self.measure.indicator.adds_over("area") and len(within) > 1:
            return None
        said = [meaning(m) for a in members for m in meanings(edition.edition, a, year) if m.holds]
        return Answer(
            added(
                parts,
                [
                    *_how(area, present, absent, len(within)),
                    *said,
                    *self._part_year(edition, period),
                ],
            ),
            edition,
            len(within),
            tuple(present),
        )

    def _from(
        self, edition: Edition, area: str, origin: Place, sex: str, period: str, year: int
    ) -> Part | None:
        """Return the number of one printed area, for one origin or the members of a group of them."""
        if origin.id == TOTAL:
            return edition.of(area, TOTAL, sex, period)
        if origin.printed and (part := edition.of(area, origin.printed, sex, period)) is not None:
            return part
        if origin.group is None or not self.measure.indicator.adds_over("origin"):
            return None
        members = origin.members(year)
        found = {m: edition.of(area, m, sex, period) for m in members}
        parts = [p for p in found.values() if p is not None]
        if not parts:
            return None
        with_number = sum(p.value is not None for p in parts)
        summed = note("origins", n=with_number, members=len(members), place=named(origin))
        return added(parts, [summed])

    def _says_nothing(self, edition: Edition, period: str) -> bool:
        """Whether an edition has cells of a measure and period, and no number in any of them."""
        key = ("says nothing", edition.edition, edition.indicator, period)
        if key not in self.store.answers:
            self.store.answers[key] = self.store.con.execute(
                f"SELECT count(value) FROM {sorted_or_view(self.store)} "  # noqa: S608 - a constant
                "WHERE edition = $e AND indicator = $i "
                "AND time_period = $p",
                {"e": edition.edition, "i": edition.indicator, "p": period},
            ).fetchall()
        return bool(self.store.answers[key][0][0] == 0)

    def _no_sum(self, edition: Edition, found: Answer, area: Place, period: str) -> Said | None:
        """Return why a sum is none; None where it is one, or the number is printed as it stands."""
        if found.part.n <= 1 and not found.members:
            return None
        world = area.printed == WORLD and found.members > 0
        no = why_no_sum(self.store, edition.edition, edition.indicator, period, world=world)
        if no is None:
            return None
        why, told = no.why, dict[str, str | int](edition=edition.edition)
        told |= {} if why == "part" else {"period": period}
        told |= {"n": no.n, "most": no.most} if why == "few" else {}
        return note(f"{why}_not_summed", **told)

    def _covered(self, edition: str) -> Any:
        key = ("covered", edition)
        if key not in self.store.answers:
            self.store.answers[key] = [self.store.manifest.covered(edition)]
        return self.store.answers[key][0]

    def _is_a_part(self, edition: Edition, found: Answer) -> list[str]:
        """Return what must be said of a sum over a part of a table, whole for this slice."""
        held = self._covered(edition.edition)
        summed = found.part.n > 1 or found.members
        if held is None or held.status != "partial" or not summed:
            return []
        why = note("part_why", edition=edition.edition, why=held.reasons[0])
        plain = note("part", edition=edition.edition)  # reasons are kept in English
        return [Said(lambda language: why if language == "en" else plain.tell(language), "part")]

    def _part_year(self, edition: Edition, period: str) -> tuple[str, ...]:
        held = self._covered(edition.edition)
        if held is None or not held.part_year(period):
            return ()
        return (note("part_year", period=period, edition=edition.edition, until=str(held.until)),)


def _noted(found: Answer, notes: Sequence[str]) -> Answer:
    if not notes:
        return found
    return replace(
        found, part=replace(found.part, notes=(*found.part.notes, *dict.fromkeys(notes)))
    )


def _how(area: Place, present: Sequence[str], absent: Sequence[str], members: int) -> list[str]:
    """Return in words how a group was composed; the members without a number by name."""
    more = len(absent) - SHOWN
    made = note("composed", place=named(area), n=len(present), members=members)
    if not absent:
        return [made]
    lacking = note("lacking", names=names(absent))
    if more > 0:
        lacking = note("lacking_more", names=names(absent), more=more)
    return [note("then", first=made, then=lacking)]
