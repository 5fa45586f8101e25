"""What does not fit in the files: deaths near to new cases, or to the people notified, or above them."""

from sojourn.health.brief.page import Page
from sojourn.publish import Block, Number, Paragraph, RichText


def deaths_note(page: Page) -> tuple[Block, ...]:
    """Return the sentence on deaths that do not fit beside cases or notifications, where they do not."""
    found = page.brief.deaths
    if found is None or not found.near:
        return ()
    said, ends = _count(page, found.deaths), ""
    if found.lower is not None and found.upper is not None:
        ends = f" ({_count(page, found.lower)}–{_count(page, found.upper)})"
    beside = [
        page.text(key, n=_count(page, n))
        for key, n in (("n_cases", found.cases), ("n_notified", found.notified))
        if n is not None
    ]
    key = f"deaths_beside_{found.near}"
    name = "target_tb_deaths" if found.topic == "tb" else "short_malaria_mortality"
    label = page.text("in_year", name=page.text(name), year=str(found.year))
    deaths: Number | str = (
        page.cited(said, "deaths-beside", label, found.cells) if found.cells else said
    )
    told: RichText = page.rich(
        key, deaths=deaths, interval=ends, beside=page.words.join(beside), year=str(found.year)
    )
    return (Paragraph(content=told, style="small"),)


def _count(page: Page, value: float) -> str:
    return page.words.exact(round(value), "")
