"""Returns, orders to leave, refusals of entry, and detections at the external borders of the EU."""

from collections.abc import Sequence

from sojourn.publish.content import Block, RichText, Section, TableBlock
from sojourn.publish.factsheet import Page, facts
from sojourn.publish.figure import FigureValue
from sojourn.publish.sections import ranked

ROWS = ("returned_eu", "ordered_to_leave_eu", "refused_entry_eu")


def borders(page: Page) -> Section | None:
    """Return the section; None for a year of which no edition holds any of it."""
    words, ev = page.words, page.ev
    returned = ev.one("returned_eu", area="EU28")
    ordered = ev.one("ordered_to_leave_eu", area="EU28")
    seen = ev.one("irregular_crossings", area="EU")
    blocks: list[Block] = [*level_table(page, "borders", ROWS, area="EU28")]
    if returned.value is not None:
        blocks += ranked(
            page, "top_returned", "returned-top", "borders.returned", "borders.returned_finding"
        )
    if seen.value is not None:
        blocks += ranked(
            page,
            "irregular_crossings_by_route",
            "crossings-route",
            "borders.routes",
            "borders.routes_finding",
            note="borders.routes_note",
        )
    blocks += facts(
        crossings(page, seen),
        page.fact("borders.fact_assisted", assisted=ev.one("assisted_voluntary_returns")),
    )
    if not blocks:
        return None
    heading = words.text("borders.heading_none", year=page.year)
    if returned.value is not None and ordered.value is not None:
        heading = words.text(
            "borders.heading",
            returned=words.exact(returned.value, "PERSONS"),
            ordered=words.exact(ordered.value, "PERSONS"),
        )
    return Section(
        id="borders",
        topic=words.text("borders.topic"),
        heading=heading,
        blocks=tuple(blocks),
        new_page=False,
    )


def crossings(page: Page, seen: FigureValue) -> RichText:
    """Return the number of detections with the sentence that it never goes without."""
    change = page.ev.one("irregular_crossings_change", area="EU")
    if seen.value is None:
        return ()
    number = page.number(seen, exact=True)
    if change.value is None:
        return page.words.rich("borders.fact_crossings_alone", seen=number)
    moved = page.number(change, signed=True)
    return page.words.rich("borders.fact_crossings", seen=number, change=moved)


def level_table(
    page: Page, table_id: str, figure_ids: Sequence[str], *, area: str = "900"
) -> list[TableBlock]:
    """Return figures of the year with their change on the year before; no row without a number."""
    words, ev = page.words, page.ev
    rows: list[tuple[RichText, ...]] = []
    shown: list[FigureValue] = []
    for figure_id in figure_ids:
        value = ev.one(figure_id, area=area)
        if value.value is None:
            continue
        change = ev.one(f"{figure_id}_change", area=area)
        moved: RichText = ("—",)
        if change.value is not None:
            moved = (page.number(change, signed=True),)
        rows.append(
            ((words.text(f"figure.{figure_id}"),), (page.number(value, exact=True),), moved)
        )
        shown.append(value)
    if not rows:
        return []
    return [
        TableBlock(
            id=f"{table_id}-levels",
            caption=words.text(f"{table_id}.table", year=page.year),
            header=(words.text("changes.figure"), page.year, words.text("levels.change")),
            rows=tuple(rows),
            numeric=(False, True, True),
            source=page.source(*shown),
            wide=True,
        )
    ]
