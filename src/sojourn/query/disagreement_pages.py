"""The largest disagreements as a page, and all of them as a table."""

from collections.abc import Sequence
from pathlib import Path

from sojourn.files import write_whole
from sojourn.publish import (
    Block,
    Catalogue,
    KeyNumber,
    KeyNumbers,
    Number,
    Paragraph,
    Section,
    TableBlock,
    catalogue,
    render_html,
    report,
    to_csv,
)
from sojourn.query.disagreements import Comparison, Counted, Disagreement
from sojourn.query.quantities import quantities
from sojourn.vocab.observation import EditionId

COLUMNS = (
    "quantity",
    "unit",
    "area",
    "time_period",
    "sex",
    "spread",
    "share",
    "edition",
    "value",
    "cell",
    "parts",
    "missing",
    "says",
    "chosen",
)


def write_table(found: Sequence[Comparison], out: Path) -> int:
    """Write one row a count as CSV; return how many disagreements they are of.

    Raises
    ------
    PublishError
        The file cannot be written.
    """
    rows = tuple(
        (
            c.quantity,
            c.unit,
            d.area,
            d.time_period,
            d.sex,
            d.spread,
            d.share,
            x.edition,
            x.value,
            x.cell,
            x.parts,
            x.missing,
            x.says,
            "yes" if x is d.counts[0] else "",
        )
        for c in found
        for d in c.largest
        for x in d.counts
    )
    write_whole(out, to_csv(COLUMNS, rows).encode())
    return sum(len(c.largest) for c in found)


def write_page(found: Sequence[Comparison], out: Path, language: str, *, limit: int) -> None:
    """Write the largest disagreements of each quantity as one page, one a place.

    Raises
    ------
    PublishError
        No such language, or the file cannot be written.
    """
    words = catalogue(language)
    editions = sorted({e for c in found for e in c.editions})
    document = report(
        words,
        title=words.text("disagreements.title"),
        subtitle=words.text("disagreements.subtitle"),
        note=words.rich("disagreements.edition_note", editions=words.join(editions)),
        editions=editions,
        sections=[_section(c, words, limit) for c in found if c.editions],
    )
    write_whole(out, render_html(document).encode())


def _section(found: Comparison, words: Catalogue, limit: int) -> Section:
    name = words.text(f"quantity.{found.quantity}")
    reason = words.text(f"quantity_reason.{found.quantity}")
    blocks: tuple[Block, ...] = (Paragraph(content=words.rich("disagreements.one")),)
    if found.compared:
        blocks = (
            _key_numbers(found, words),
            _table(found, words, limit),
            _definitions(found, words),
        )
    return Section(
        id=found.quantity.replace("_", "-"),
        topic=name,
        heading=name,
        lead=words.rich("disagreements.rule", reason=reason),
        blocks=blocks,
    )


def _definitions(found: Comparison, words: Catalogue) -> TableBlock:
    """Return what each count of the quantity is, as the command line prints it."""
    held = {EditionId.of(e).dataset for e in found.editions}
    counts = [c for q in quantities() if q.id == found.quantity for c in q.counts]
    rows = tuple(
        ((c.dataset,), (words.text(f"quantity_says.{_slug(c.dataset, c.indicator)}"),))
        for c in counts
        if c.dataset in held
    )
    return TableBlock(
        id=f"definitions-{found.quantity.replace('_', '-')}",
        caption=words.text("disagreements.definitions"),
        header=(words.text("disagreements.dataset"), words.text("disagreements.definitions")),
        rows=rows,
        numeric=(False, False),
    )


def _slug(dataset: str, indicator: str) -> str:
    return f"{dataset}_{indicator}".replace(".", "_").replace("-", "_")


def _key_numbers(found: Comparison, words: Catalogue) -> KeyNumbers:
    shown = (
        ("compared", words.exact(found.compared, "")),
        ("agree", words.exact(found.agree, "")),
        ("median", words.number(100 * found.median_share, "PERCENT")),
    )
    return KeyNumbers(
        items=tuple(
            KeyNumber(label=words.text(f"disagreements.{key}"), value=Number(text))
            for key, text in shown
        )
    )


def _table(found: Comparison, words: Catalogue, limit: int) -> TableBlock:
    heads = ("place", "period", "sex", "chosen", "least", "most", "spread", "counts")
    return TableBlock(
        id=f"largest-{found.quantity.replace('_', '-')}",
        caption=words.text("disagreements.largest"),
        header=tuple(words.text(f"disagreements.{h}") for h in heads),
        rows=tuple(_row(d, words) for d in _one_a_place(found.largest)[:limit]),
        numeric=(False, False, False, True, True, True, True, False),
    )


def _one_a_place(found: Sequence[Disagreement]) -> list[Disagreement]:
    """Return the first of each place: the largest of its years and sexes."""
    first: dict[str, Disagreement] = {}
    for one in found:
        first.setdefault(one.area, one)
    return list(first.values())


def _row(found: Disagreement, words: Catalogue) -> tuple[tuple[str], ...]:
    values = [c.value for c in found.counts]
    return (
        (words.area(found.area),),
        (found.time_period,),
        (words.text(f"sex.{found.sex}"),),
        (words.exact(values[0], ""),),
        (words.exact(min(values), ""),),
        (words.exact(max(values), ""),),
        (words.exact(found.spread, ""),),
        ("; ".join(_said(c, words) for c in found.counts),),
    )


def _said(count: Counted, words: Catalogue) -> str:
    notes = []
    if count.parts > 1:
        notes.append(words.text("disagreements.sum", n=words.exact(count.parts, "")))
    if count.missing:
        notes.append(words.text("disagreements.bound", n=words.exact(count.missing, "")))
    if count.part:
        notes.append(words.text("disagreements.part"))
    value = words.exact(count.value, "")
    return f"{value} {count.cell}" + (f" ({', '.join(notes)})" if notes else "")
