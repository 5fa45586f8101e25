"""One number, one card: what a number is, in words, and where it comes from, down to its cells.

A card is a title and rows of (name, text), all in the language of the page; the page shows it in
place, the lineage page and paper list it. No code stands in a card without its words.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from sojourn.factsheet.figures.comparison import Verdict
from sojourn.factsheet.figures.declared_others import Add
from sojourn.factsheet.figures.figure import FigureValue, Input, Span, figures
from sojourn.factsheet.figures.printed_series import printing
from sojourn.factsheet.pages.document import cited
from sojourn.factsheet.pages.place_names import whole_name
from sojourn.factsheet.pages.verdict_words import printed_words
from sojourn.publish import NOUN, Card, Catalogue, Number, Row, spoken
from sojourn.sources.declaration import registry
from sojourn.store.manifest import LoadedFile
from sojourn.vocab.observation import Cell, column_letters

SHOWN = 6  # cells of a sum that a card lists; lineage.json lists all
_COPIES = ("rebuilt", "re-saved", "trimmed")
_VERDICTS = {
    "exact": "exact",
    "within rounding": "within_rounding",
    "revised by the publisher": "revised",
    "needs an input we do not have": "needs",
    "cannot be reproduced": "cannot",
}


@dataclass(frozen=True, slots=True)
class CellKey:
    """What the row and the column of a cell say, as codes: place, origin, sex, period, status.

    ``unit_mult`` is the power of ten that its number is in.
    """

    area: str
    origin: str
    sex: str
    period: str
    status: str = "A"
    unit_mult: int = 0


@dataclass(frozen=True)
class Told:
    """What cards of one language are made from.

    Parameters
    ----------
    keys : mapping of cell address to CellKey
        Row and column titles, where the store holds the cell.
    others : mapping of lineage id to values
        The same figure in other editions, oldest first.
    verdicts : mapping of lineage id to Verdict
        What another publication prints.
    """

    words: Catalogue
    files: Sequence[LoadedFile]
    keys: Mapping[str, CellKey] = field(default_factory=dict)
    others: Mapping[str, Sequence[FigureValue]] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @cached_property
    def editions(self) -> Mapping[str, Row]:
        """The row of each edition: how it is cited, its day and its terms."""
        once = {f.edition: f for f in self.files}
        return {edition: _edition(self.words, file) for edition, file in once.items()}

    @cached_property
    def counted(self) -> Mapping[str, int]:
        """How many files each edition has."""
        return Counter(f.edition for f in self.files)


def _edition(words: Catalogue, file: LoadedFile) -> Row:
    day, terms = words.day(date.fromisoformat(file.vintage)), words.licence(file.license)
    told = words.text("card.terms", terms=terms)
    text = f"{cited(words, file)} {day}. {told}"
    return Row(words.text("card.edition"), text, file.landing_page)


def title(words: Catalogue, value: FigureValue) -> str:
    """Return what a number is: figure, area, sex, year.

    The figure's own name says its sex or its world where it has only one.
    """
    parts = [words.text(f"figure.{value.figure_id}")]
    if value.area != "900":
        parts.append(whole_name(words, value.area))
    if value.sex in ("F", "M") and figures()[value.figure_id].sexes != (value.sex,):
        parts.append(words.text(f"sex.{value.sex}"))
    return ", ".join([*parts, value.time_period])


def card(told: Told, value: FigureValue) -> Card:
    """Return the card of a number that has a value."""
    words = told.words
    rows = [Row(words.text("card.status"), _status(told, value))]
    rows += list(_parts(told, value))
    rows += list(_editions(told, value))
    cells = list(_inputs(value))
    rows += [_cell_row(told, i) for i in cells[:SHOWN]]
    if len(cells) > SHOWN:
        more = _said(words, "card.more_cells", len(cells) - SHOWN)
        rows.append(Row("", more, "lineage.json"))
    rows += [Row("", _span_words(words, s)) for s in value.spans]
    rows += list(_files(told, value, cells))
    rows += list(_others(told, value))
    name = title(words, value)
    return Card(
        id=value.lineage_id,
        title=name,
        value=_valued(words, value),
        rows=tuple(rows),
        cell=at.place if len(cells) == 1 and (at := _at(cells[0])) is not None else "",
        cite=_citation(told, value),
    )


#: Units that a card names after the number; the others stand in the number or in its title.
_UNITS = frozenset({"PERSONS", "DEATHS", "MOVEMENTS", "DETECTIONS", "DECISIONS", "USD"})


def _valued(words: Catalogue, value: FigureValue) -> str:
    """Return a number with every digit and its unit; a cited one with the digits that were printed.

    A noun follows only a number that is written with one: "150.3 million".
    """
    amount = value.value or 0.0
    quoted = _way(value) == "cited"
    if quoted:
        shown = words.printed(amount, value.unit, None)
    else:
        shown, amount = words.exact(amount, value.unit), min(abs(amount), NOUN - 1)
    if value.unit not in _UNITS or (quoted and value.unit == "USD"):
        return shown
    number = Number(shown, amount=amount)
    return spoken(words.rich(f"card.valued_{value.unit.lower()}", value=number))


def _said(words: Catalogue, key: str, n: int, **given: str) -> str:
    """Return a message about so many cells."""
    return spoken(words.rich(key, n=Number(words.exact(n, ""), amount=n), **given))


def _inputs(value: FigureValue) -> Iterator[Input]:
    """Yield every cell behind a number, its own first, then those of its parts."""
    yield from value.inputs
    for part in value.parts:
        yield from _inputs(part)


#: How a mark begins that has a row of its own: the file, the publication.
_TOLD_BELOW = ("rebuilt: ", "unverified copy", "cited: ")


def _status(told: Told, value: FigureValue) -> str:
    """Return how the number came about, in words: printed, summed, computed, estimated; and its marks.

    What is marked of a file or of a publication stands in its own row.
    """
    words = told.words
    said = [_said(words, f"card.status_{_way(value)}", value.n_inputs)]
    status = {told.keys[i.address].status for i in value.inputs if i.address in told.keys}
    if status & {"E", "I", "P"}:
        said.append(words.text("card.status_estimated"))
    return words.listed([*said, *_marks(words, value)])


def _marks(words: Catalogue, value: FigureValue) -> list[str]:
    """Return what is marked of a number, but for what has a row of its own."""
    marks = value.mark.split("; ")
    return [words.mark(m) for m in marks if m and not m.startswith(_TOLD_BELOW)]


def _way(value: FigureValue) -> str:
    """Return what was done to the cells of a number, as its formula says; never a sum by default."""
    if value.parts:
        return "computed"
    if value.formula.startswith("cited"):
        return "cited"
    if value.formula.startswith("sum of"):
        return "sum"
    if value.n_inputs == 1:
        return "printed"
    return "quotient" if "÷" in value.formula else "less" if "−" in value.formula else "cells"


def _parts(told: Told, value: FigureValue) -> Iterator[Row]:
    words = told.words
    for part in value.parts:
        if part.value is not None:
            text = f"{title(words, part)}{words.text('page.colon')} {words.exact(part.value, part.unit)}"
            yield Row(words.text("card.from"), text)
    declared = figures()[value.figure_id]
    for constant in declared.constants if isinstance(declared, Add) else ():
        if str(constant.year) == value.time_period:
            number = words.exact(constant.value, value.unit)
            text = f"{words.source(constant.source)}{words.text('page.colon')} {number}"
            yield Row(words.text("card.from"), text)


def _editions(told: Told, value: FigureValue) -> Iterator[Row]:
    wanted = set(value.edition.split(" + "))
    for edition, row in told.editions.items():
        if edition in wanted:
            yield row


def _at(entry: Input) -> Cell | None:
    """Return the cell of an input; None for a cited constant, which stands in no file."""
    try:
        return Cell.parse(entry.address)
    except ValueError:
        return None


def _cell_row(told: Told, entry: Input) -> Row:
    """Return the row of one cell, or of the publication that a constant is cited from."""
    cell = _at(entry)
    if cell is None:
        said = told.words.source(entry.label or entry.address)
        return Row(told.words.text("card.publication"), said)
    return Row(told.words.text("card.cell"), _cell_words(told, entry, cell))


def _where(words: Catalogue, file: str, cell: Cell) -> str:
    """Return a place as a reader finds it: a cell of a sheet, else a line of text and its column."""
    letters = column_letters(cell.col)
    if cell.sheet:
        return words.text("card.sheet", sheet=cell.sheet, cell=f"{letters}{cell.row}")
    if file.lower().endswith(".json"):
        return words.text("card.record", n=str(cell.row), column=str(cell.col))
    return words.text("card.line", n=str(cell.row), column=letters)


def _span_words(words: Catalogue, span: Span) -> str:
    """Return where the cells of a sum stand that the edition does not carry."""
    key = "card.span_sheet" if span.sheet else "card.span"
    given = {"file": span.file, "first": span.first, "last": span.last}
    return _said(words, key, span.n, sheet=span.sheet, **given)


def _cell_words(told: Told, entry: Input, cell: Cell) -> str:
    """Return a cell in words: file, sheet, cell, what its row and column say, what it reads."""
    words = told.words
    said = f"{entry.file}, {_where(words, entry.file, cell)}"
    key = told.keys.get(entry.address)
    if key is not None:
        names = [] if key.area in ("", "_T", "_Z") else [whole_name(words, key.area)]
        names += [] if key.origin in ("", "_T", "_Z") else [f"← {whole_name(words, key.origin)}"]
        head = [words.text(f"sex.{key.sex}")] if key.sex in ("_T", "F", "M") else []
        parts = [part for part in (" ".join(names), *head, key.period) if part]
        said += f" ({words.listed(parts)})"
    if entry.value is not None:
        said += f" = {words.exact(entry.value, '')}"
        if key is not None and key.unit_mult > 0:
            said += f" × {words.exact(10**key.unit_mult, '')}"
    return said


@cache
def _declared_notes() -> Mapping[str, str]:
    """Return what the declarations say of files, by digest."""
    return {sha: e.note for e in registry().editions.values() for sha in e.files if e.note}


def copy_kind(file: LoadedFile) -> str:
    """Return ``rebuilt``, ``re-saved`` or ``trimmed`` for a file that is not the publisher's bytes."""
    said = " ".join((file.name, *file.notes, _declared_notes().get(file.sha256, ""))).lower()
    return next((kind for kind in _COPIES if kind in said), "")


def _files(told: Told, value: FigureValue, cells: Sequence[Input]) -> Iterator[Row]:
    words = told.words
    names = {i.file for i in cells}
    wanted = set(value.edition.split(" + "))
    for file in told.files:
        if file.edition not in wanted:
            continue
        only = not cells and told.counted[file.edition] == 1  # a sum without its cells
        if file.name in names or only:
            kind = copy_kind(file)
            said = words.text(f"card.copy_{kind.replace('-', '_')}") if kind else ""
            mark = "" if file.verified else words.text("card.unverified")
            text = f"{file.name}, SHA-256 {file.sha256}"
            yield Row(words.text("card.file"), ". ".join(p for p in (text, said, mark) if p))


def _others(told: Told, value: FigureValue) -> Iterator[Row]:
    words = told.words
    found = told.verdicts.get(value.lineage_id)
    made = printing(found.published) if found is not None else None
    if found is not None and made is not None:
        verdict = words.text(f"verdict.{_VERDICTS[found.verdict]}")
        number = printed_words(words, made)
        said = f"{found.published.published_in}{words.text('page.colon')} {number} ({verdict})"
        yield Row(words.text("card.others"), said)
    for other in told.others.get(value.lineage_id, ()):
        if other.edition != value.edition and other.value is not None:
            yield Row(words.text("card.others"), _other(told, other))


def _other(told: Told, other: FigureValue) -> str:
    """Return a figure of other editions: each as it is cited, once, the number and its marks."""
    words = told.words
    wanted = other.edition.split(" + ")
    citations = {f.edition: cited(words, f) for f in told.files if f.edition in wanted}
    names = dict.fromkeys(citations.get(e, e) for e in wanted)
    said = f"{' + '.join(names)} {words.exact(other.value or 0.0, other.unit)}"
    marks = words.listed(_marks(words, other))
    return f"{said} ({marks})" if marks else said


def _citation(told: Told, value: FigureValue) -> tuple[str, str, str, str]:
    """Return author, year, source and address: what text, BibTeX and RIS are made of."""
    wanted = set(value.edition.split(" + "))
    files = list({f.edition: f for f in told.files if f.edition in wanted}.values())
    return (
        "; ".join(dict.fromkeys(f.publisher for f in files)),
        max((f.vintage[:4] for f in files), default=value.time_period),
        " ".join(f.citation for f in files),
        files[0].landing_page if files else "",
    )


def cards(told: Told, values: Iterable[FigureValue]) -> list[Card]:
    """Return the cards of the values that have one, once each, in order."""
    once = {v.lineage_id: v for v in values if v.value is not None}
    return [card(told, v) for v in once.values()]


def script(found: Sequence[Card]) -> str:
    """Return cards as a classic script that a page loads at the first click.

    A script, since a page opened from a disk may not fetch. Texts that many cards share stand
    once, so that the file stays small.
    """
    texts: dict[str, int] = {}

    def at(text: str) -> int:
        return texts.setdefault(text, len(texts))

    rows = {
        c.id: [
            c.title,
            c.value,
            [[at(r.name), at(r.text), at(r.href)] for r in c.rows],
            [at(part) for part in c.cite],
        ]
        for c in found
    }
    content = json.dumps({"t": list(texts), "c": rows}, ensure_ascii=False, separators=(",", ":"))
    safe = content.replace("</", "<\\/")
    return f"window.sojournCards={safe};\n"
