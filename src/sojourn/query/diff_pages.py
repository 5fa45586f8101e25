"""Changes between editions as a table and as a page."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

from sojourn.files import write_whole
from sojourn.publish import (
    Catalogue,
    KeyNumber,
    KeyNumbers,
    Number,
    Section,
    TableBlock,
    catalogue,
    render_html,
    report,
    to_csv,
)
from sojourn.query.diff import KINDS, Diff, NumberChange


def write_table(found: Sequence[Diff], out: Path) -> int:
    """Write the changes as CSV; return how many.

    Raises
    ------
    PublishError
        The file cannot be written.
    """
    header = ("old", "new", *(f.name for f in fields(NumberChange)))
    rows = tuple((d.old, d.new, *astuple(c)) for d in found for c in d.changes)
    write_whole(out, to_csv(header, rows).encode())
    return len(rows)


def write_page(found: Sequence[Diff], out: Path, language: str, *, limit: int) -> None:
    """Write the largest changes as one page.

    Raises
    ------
    PublishError
        No such language, or the file cannot be written.
    """
    words = catalogue(language)
    document = report(
        words,
        title=words.text("diff.title"),
        subtitle=words.text("diff.subtitle"),
        note=(words.join([f"{d.old} → {d.new}" for d in found]),) if found else (),
        editions=[d.new for d in found],
        sections=[_section(d, i, words, limit) for i, d in enumerate(found)],
    )
    write_whole(out, render_html(document).encode())


def _section(pair: Diff, number: int, words: Catalogue, limit: int) -> Section:
    keys = KeyNumbers(
        items=tuple(
            KeyNumber(
                label=words.text(f"diff.{kind}"), value=Number(words.exact(pair.counts[kind], ""))
            )
            for kind in KINDS
        )
    )
    rows = tuple(
        (
            (words.text(f"diff.{c.kind}"),),
            (f"{c.indicator}, {_where(c, words)}, {words.text(f'sex.{c.sex}')}, {c.time_period}",),
            ("—" if c.before is None else words.exact(c.before, ""),),
            ("—" if c.after is None else words.exact(c.after, ""),),
            ("—" if c.change is None else words.change(c.change, ""),),
            (" → ".join(x for x in (c.cell_before, c.cell_after) if x),),
        )
        for c in pair.changes[:limit]
    )
    heads = ("kind", "number", "before", "after", "change", "cells")
    table = TableBlock(
        id=f"changes-{number}",
        caption=words.text("diff.largest"),
        header=tuple(words.text(f"diff.{h}") for h in heads),
        rows=rows,
        numeric=(False, False, True, True, True, False),
    )
    return Section(
        id=f"pair-{number}",
        topic=pair.new,
        heading=f"{pair.old} → {pair.new}",
        lead=words.rich("diff.part", editions=words.join(list(pair.parts))) if pair.parts else (),
        blocks=(keys, table),
    )


def _where(change: NumberChange, words: Catalogue) -> str:
    if change.origin in ("_T", "_Z") or change.destination in ("_T", "_Z"):
        return words.area(change.ref_area)
    return words.area(f"{change.origin}>{change.destination}")
