"""Known problems: what the publishers' own tables contradict, the largest with their cells."""

from sojourn.factsheet.pages.document import Page
from sojourn.harmonize.names import with_names
from sojourn.publish import Catalogue, Paragraph, RichText, Section, TableBlock
from sojourn.store.observations import Store
from sojourn.vocab.observation import Cell

SHOWN = 12

Problem = tuple[str, str, str, str, str, int, int, str, float | None]


def known_problems(store: Store) -> tuple[int, list[Problem]]:
    """Return how many contradictions a store holds, and the largest of them.

    Returns
    -------
    (int, list of (edition, area, period, message, sheet, row, col, contract, size))
        The area and period are those of the cell; empty where the store does not carry it.
    """
    ((count,),) = store.con.execute("SELECT count(*) FROM problem").fetchall()
    rows = store.con.execute(
        "SELECT p.edition, coalesce(min(o.ref_area), ''), coalesce(min(o.time_period), ''), "
        'p.message, p.sheet, p."row", p.col, p.contract, p.size FROM (SELECT * FROM problem '
        'ORDER BY size DESC NULLS LAST, message, edition, sheet, "row", col LIMIT $n) p '
        'LEFT JOIN raw_observation o ON o.file = p.file AND o.sheet = p.sheet AND o."row" = p."row" '
        "AND o.col = p.col GROUP BY p.contract, p.edition, p.message, p.size, p.sheet, p.row, p.col "
        'ORDER BY p.size DESC NULLS LAST, p.message, p.edition, p.sheet, p."row", p.col',
        {"n": SHOWN},
    ).fetchall()
    return count, [tuple(row) for row in rows]


def problems(page: Page) -> Section:
    """Return the contradictions found in the tables behind these figures, with their cells."""
    words, pack = page.words, page.ev.pack
    count, found = known_problems(page.ev.store) if pack is None else pack.problems
    rows: list[tuple[RichText, ...]] = [
        (
            (", ".join(x for x in (words.area(area) if area else "", period) if x) or "—",),
            (_said(words, message, *told),),
            (f"{edition}#{Cell('', '', sheet, row, col).place}",),
        )
        for edition, area, period, message, sheet, row, col, *told in found
    ]
    table = TableBlock(
        id="problems",
        caption=words.text(
            "problems.shown", shown=words.exact(len(rows), ""), all=words.exact(count, "")
        ),
        header=tuple(words.text(f"problems.{h}") for h in ("place", "problem", "cell")),
        rows=tuple(rows),
        numeric=(False, False, False),
    )
    none = Paragraph(content=words.rich("problems.none"))
    return Section(
        id="problems-section",
        topic=words.text("problems.topic"),
        heading=words.text("problems.heading") if rows else words.text("problems.topic"),
        lead=words.rich("problems.lead"),
        blocks=(table,) if rows else (none,),
    )


def _said(words: Catalogue, message: str, contract: str = "", size: float | None = None) -> str:
    """Return a contradiction in the language of the page: what was found is written in English."""
    key = f"contract.{contract.replace('-', '_')}"
    if words.language == "en" or key not in words.messages:
        return with_names(message)
    rule = words.text(key)
    return (
        rule if size is None else words.text("problems.size", rule=rule, size=words.exact(size, ""))
    )
