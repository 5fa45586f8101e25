"""The factsheet as a document: findings in the headings, numbers bound to figures.

Each section is a function from the evaluated figures and a catalogue to a ``Section``; a section
whose figures are absent says why, and never shows an empty chart.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from operator import attrgetter

from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.figures.lineage import tree, unique
from sojourn.factsheet.figures.statement import Binding, Said, first_true, statements
from sojourn.factsheet.pages.place_names import place_name
from sojourn.publish import (
    NOUN,
    Block,
    Catalogue,
    ChartBlock,
    Document,
    Facts,
    LineageAppendix,
    Notes,
    Number,
    RichText,
    Run,
    Section,
    TableBlock,
    labels_of,
    other_languages,
    spoken,
)
from sojourn.store.manifest import LoadedFile

#: Units of which the page prints whole numbers.
COUNTS = frozenset({"PERSONS", "DEATHS", "MOVEMENTS", "DETECTIONS", "DECISIONS"})


@dataclass
class Page:
    """What the sections of one document share: figures, words, and what was printed so far.

    ``printed`` are numbers, ``said`` statements, ``lacking`` values that were asked for and absent.
    """

    ev: Evaluator
    words: Catalogue
    files: Sequence[LoadedFile]
    printed: list[FigureValue] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    lacking: list[FigureValue] = field(default_factory=list)

    @property
    def year(self) -> str:
        """The factsheet's year as text."""
        return str(self.ev.year)

    @property
    def cites(self) -> bool:
        """Whether a number stands here that is cited from a publication and has no cell."""
        return any(e.startswith("cited.") for v in self.printed for e in v.edition.split(" + "))

    def number(
        self, value: FigureValue, *, signed: bool = False, exact: bool = False, digits: int = 1
    ) -> Number:
        """Return a value as a printed number that leads to its lineage."""
        if value.value is None:
            return Number(self.words.text("word.not_available"))
        self.printed.append(value)
        write = self.words.change if signed else self.words.exact if exact else self.words.number
        if is_cited(value) and not signed:  # in the digits that were printed
            return Number(
                self.words.printed(value.value, value.unit, None), value.lineage_id, value.value
            )
        whole = exact and value.unit in COUNTS  # estimates of people have decimals in some tables
        amount = float(round(value.value)) if whole else value.value
        shown = write(amount, value.unit)
        if digits > 1 and not exact:
            apart = self.words.change if signed else self.words.number
            shown = apart(amount, value.unit, digits)
        return Number(shown, value.lineage_id, amount)

    def apart(
        self, first: FigureValue, second: FigureValue, *, signed: bool = False
    ) -> tuple[Number, Number]:
        """Return two numbers set against each other, in one form, with the digits that tell them apart."""
        sizes = [abs(v.value or 0.0) for v in (first, second)]
        if first.unit in COUNTS and min(sizes) < NOUN <= max(sizes) < 10 * NOUN:
            whole = (self.number(v, exact=True) for v in (first, second))
            one, other = (replace(n, display=_plus(n, signed=signed)) for n in whole)
            return one, other
        digits = self.words.digits_apart(first.value or 0.0, second.value or 0.0, first.unit) or 1
        one, other = (self.number(v, digits=digits, signed=signed) for v in (first, second))
        return one, other

    def count(self, amount: int) -> Number:
        """Return a count of what the page itself lists, which has no cell."""
        return Number(self.words.exact(amount, ""), None, amount)

    def say(self, key: str, **given: FigureValue | str) -> RichText:
        """Return a statement, or the first of its alternatives that is true; empty when none is.

        Parameters
        ----------
        given : FigureValue or str
            Values of the bindings that ask for one, and words that are no claim (years, names).
        """
        handed = {k: v for k, v in given.items() if isinstance(v, FigureValue)}
        plain = {k: v for k, v in given.items() if isinstance(v, str)}
        said, missing = first_true(self.ev, key, handed)
        self.lacking += missing
        if said is None:
            return ()
        self.said.append(said)
        return self.words.rich(said.statement.key, **{**self._runs(said), **plain})

    def claim(self, key: str, **given: FigureValue | str) -> str:
        """Return a statement as plain words, for a heading."""
        return spoken(self.say(key, **given))

    def _runs(self, said: Said) -> dict[str, Run | RichText]:
        """Return what the placeholders of a statement stand for: numbers, and their places."""
        runs: dict[str, Run | RichText] = {"year": self.year}
        for name, value in said.values.items():
            runs[f"{name}_area"] = place_name(self.words, value.area)
            runs[f"{name}_year"] = value.time_period
            runs[f"{name}_base"] = value.base
            runs[f"{name}_unit"] = value.unit
            runs[f"{name}_rank"] = self.words.exact(value.rank, "")
            runs[f"{name}_edition"] = value.edition
            runs[name] = self._bound(said.statement.bind[name], value)
        for first, second in _against(said):
            runs[first], runs[second] = self.apart(said.values[first], said.values[second])
        message = self.words.messages[said.statement.key]
        for name in (n for n, value in said.values.items() if value.least):
            runs[name] = self._least(message.partition(f"{{{name}}}")[0], runs[name])
        return runs

    def _least(self, before: str, number: Run | RichText) -> Run | RichText:
        """Return a lower bound as one, unless the words before it say so."""
        said = self.words.rich("qualifier.at_least", value=number)
        lead = str(said[0])
        if before.casefold().endswith(lead.casefold()):
            return number
        return (lead[0].upper() + lead[1:], *said[1:]) if not before else said

    def _bound(self, binding: Binding, value: FigureValue) -> Number:
        if binding.computed:
            amount = value.value or 0.0
            return Number(self.words.number(amount, value.unit), None, amount)
        if binding.size and value.value is not None:
            self.printed.append(value)
            shown = self.words.number(abs(value.value), value.unit)
            return Number(shown, value.lineage_id, abs(value.value))
        return self.number(value, signed=binding.signed, exact=binding.exact)

    def source(self, *values: FigureValue) -> RichText:
        """Return the source line: publisher, edition, licence and marks of the files behind."""
        editions = {e for v in values for e in v.edition.split(" + ") if e}
        parts = []
        for file in self.files:
            if file.edition in editions:
                editions.discard(file.edition)
                terms = self.words.licence(file.license)
                terms = terms[:1].upper() + terms[1:]
                parts.append(f"{cited(self.words, file)} {terms.removesuffix('.')}.")
        marks = self.words.listed(self.words.mark(m) for m in _marks(values))
        return (" ".join([*dict.fromkeys(parts), *([f"[{marks}]"] if marks else [])]),)

    def short_source(self, *values: FigureValue) -> str:
        """Return publisher and title of the editions behind, in one line."""
        editions = {e for v in values for e in v.edition.split(" + ") if e}
        named = dict.fromkeys(
            f"{f.publisher}, {self.words.edition_title(f.title)}"
            for f in self.files
            if f.edition in editions
        )
        return self.words.listed(named)

    def absent(self, value: FigureValue) -> None:
        """Note that a figure is missing, for the list of what the year lacks."""
        self.lacking.append(value)


def _plus(number: Number, *, signed: bool) -> str:
    """Return a number as it reads, with a plus where its sign is asked for."""
    return f"{'+' if signed and (number.amount or 0.0) > 0 else ''}{number.display}"


_NUMBERS = re.compile(r"\d[\d,]*")


def _marks(values: Sequence[FigureValue]) -> list[str]:
    """Return what is marked of the values, each kind once: of numbers that differ, their range."""
    kinds: dict[str, list[list[str]]] = {}
    for mark in sorted({part for v in values for part in v.mark.split("; ")} - {""}):
        kinds.setdefault(_NUMBERS.sub("{}", mark), []).append(_NUMBERS.findall(mark))
    return [_ranged(kind, numbers) for kind, numbers in kinds.items()]


def _ranged(kind: str, numbers: Sequence[Sequence[str]]) -> str:
    """Return a mark with the least and the most of each of its numbers."""
    said = []
    for column in zip(*numbers, strict=True):
        ordered = sorted(set(column), key=lambda n: int(n.replace(",", "")))
        said.append("–".join(dict.fromkeys((ordered[0], ordered[-1]))))
    return kind.format(*said)


def _against(said: Said) -> list[tuple[str, str]]:
    """Return the bindings of a statement that read one figure twice, as it stands."""
    bind = said.statement.bind
    plain = [n for n, b in bind.items() if not (b.computed or b.size or b.signed or b.exact)]
    pairs = combinations((n for n in plain if not is_cited(said.values[n])), 2)
    key = attrgetter("figure_id", "unit")
    return [(a, b) for a, b in pairs if key(said.values[a]) == key(said.values[b])]


def is_cited(value: FigureValue) -> bool:
    """Whether a number is quoted from a publication and stands in no file."""
    return value.edition.startswith("cited.") and " + " not in value.edition


def cited(words: Catalogue, file: LoadedFile) -> str:
    """Return how a publisher wants an edition cited, what the edition is called in the language."""
    return file.citation.replace(file.title, words.edition_title(file.title), 1)


def facts(*items: RichText) -> tuple[Block, ...]:
    """Return the facts that have all their numbers, as one block."""
    kept = tuple(item for item in items if item)
    return (Facts(items=kept),) if kept else ()


def section(
    page: Page,
    section_id: str,
    *,
    topic: str,
    heading: str,
    blocks: Sequence[Block],
    notes: str | tuple[str, ...] = (),
    asides: tuple[RichText, ...] = (),
    given: Mapping[str, FigureValue] | None = None,
    new_page: bool = True,
) -> Section | None:
    """Return a section under the statement of its heading; None where no figure bears it out.

    A note that is declared as a statement stands only where its condition holds; ``given`` are
    values that the heading asks for.
    """
    words = page.words
    said = page.say(heading, **(given or {})) if blocks or heading in statements() else ()
    if not blocks and not any(isinstance(run, Number) for run in said):
        return None
    declared = (page.say(one.key) for one in statements().values() if one.section == section_id)
    blocks = (*blocks, *facts(*declared))
    keys = (notes,) if isinstance(notes, str) else notes
    told = [page.say(key) if key in statements() else words.rich(key) for key in keys]
    items = tuple(note for note in (*told, *asides) if note)
    below = (Notes(items=items),) if items else ()
    return Section(
        id=section_id,
        topic=words.text(topic, year=page.year),
        heading=spoken(said) or words.text(topic, year=page.year),
        said=said,
        blocks=(*blocks, *below),
        new_page=new_page,
    )


def lacking_section(page: Page) -> Section | None:
    """Return what the year lacks, one line a reason; None when it lacks nothing."""
    words = page.words
    printed = {v.lineage_id for v in page.printed}
    by_reason: dict[str, list[str]] = {}
    for value in unique(v for v in page.lacking if v.value is None):
        if value.lineage_id in printed or "." in value.figure_id:
            continue
        names = by_reason.setdefault(words.reason(value.reason), [])
        name = words.text(f"figure.{value.figure_id}")
        if value.sex in ("F", "M") and len(figure(value.figure_id).sexes) > 1:
            name += f", {words.text(f'sex.{value.sex}')}"
        names += [] if name in names else [name]
    if not by_reason:
        return None
    lines = tuple(
        words.rich("lacking.line", figures=words.listed(names), reason=reason)
        for reason, names in by_reason.items()
    )
    return Section(
        id="lacking",
        topic=words.text("lacking.topic"),
        heading=words.text("lacking.heading", year=page.year),
        blocks=(Notes(items=lines),),
        new_page=False,
    )


def lineage_section(page: Page) -> Section:
    """Return the appendix: where each printed number comes from."""
    return Section(
        id="lineage",
        topic=page.words.text("methods.trace_topic"),
        heading=page.words.text("methods.trace_heading"),
        blocks=(LineageAppendix(trees=tuple(tree(v) for v in unique(page.printed))),),
    )


def document(
    page: Page,
    sections: Sequence[Section],
    *,
    kind: str,
    stem: str,
    embedded: bool,
    as_of: date,
    languages: Sequence[str],
) -> Document:
    """Return a document of finished sections with masthead, footer and the other languages it is written in."""
    words = page.words
    note: RichText = words.rich("edition_note", as_of=words.day(as_of))
    if embedded:
        note = (*note, " ", *words.rich("embedded_note", year=page.year))
    return Document(
        language=words.language,
        direction=words.direction,
        title=words.text(f"{kind}title", year=page.year),
        subtitle=words.text("subtitle_cited" if page.cites and not kind else f"{kind}subtitle"),
        notice=words.text("notice"),
        edition_note=note,
        dated=as_of,
        sections=tuple(sections),
        labels=labels_of(words),
        alternates=other_languages(words.language, stem, languages),
        footer=(
            words.rich("cite", year=page.year, as_of=words.day(as_of)),
            words.rich("disclaimer"),
        ),
        description=words.text("description"),
    )


def sources_section(page: Page) -> Section:
    """Return the methods page with the editions that the printed numbers come from."""
    words = page.words
    used = {e for v in page.printed for e in v.edition.split(" + ")}
    rows = [
        (
            (cited(words, f),),
            (words.day(date.fromisoformat(f.vintage)),),
            (words.licence(f.license),),
            (words.mark(f.mark) if f.mark else "—",),
        )
        for f in {f.edition: f for f in page.files if f.edition in used}.values()
    ]
    table = TableBlock(
        id="editions",
        caption=words.text("methods.sources"),
        header=(
            words.text("methods.source"),
            words.text("methods.released"),
            words.text("methods.licence"),
            words.text("page.notes"),
        ),
        rows=tuple(rows),
        numeric=(False, False, False, False),
    )
    return Section(
        id="methods",
        topic=words.text("methods.topic"),
        heading=words.text("methods.heading_cited" if page.cites else "methods.heading"),
        lead=words.rich("methods.lead"),
        blocks=(table,) if rows else (),
    )


__all__ = [
    "ChartBlock",
    "Page",
    "document",
    "facts",
    "lineage_section",
    "sources_section",
]
