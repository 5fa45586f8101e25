"""Returns, orders to leave, refusals of entry, and detections at the external borders of the EU."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import ranked
from sojourn.publish import RichText, Section, TableBlock

if TYPE_CHECKING:
    from sojourn.factsheet.figures.figure import FigureValue

ROWS = ("returned_eu", "ordered_to_leave_eu", "refused_entry_eu")


def borders(page: Page) -> Section | None:
    """Return the section; None for a year of which no edition holds any of it."""
    blocks = (
        *level_table(page, "borders", ROWS, area="EU28"),
        *ranked(
            page, "top_returned", "returned-top", "borders.returned", "borders.returned_finding"
        ),
        *ranked(
            page,
            "irregular_crossings_by_route",
            "crossings-route",
            "borders.routes",
            "borders.routes_finding",
            note=page.words.rich("borders.routes_note"),
        ),
        *facts(page.say("borders.fact_crossings"), page.say("borders.fact_assisted_beside")),
    )
    return section(
        page,
        "borders",
        topic="borders.topic",
        heading="borders.heading",
        blocks=blocks,
        new_page=False,
    )


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
            page.absent(value)
            continue
        change = ev.one(f"{figure_id}_change", area=area)
        moved: RichText = ("—",)
        if change.value is not None and change.edition == value.edition:
            moved = (page.number(change, signed=True),)
        name = words.text(f"figure.{figure_id}")
        rows.append(((name,), (page.number(value, exact=True),), moved))
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
