"""Who is left out: migrants, women and men, the foreign-born among people notified."""

from sojourn.health.brief.page import Fact, Page
from sojourn.publish import (
    Block,
    KeyNumber,
    KeyNumbers,
    Number,
    Paragraph,
    RichText,
    Section,
    TableBlock,
)

SMALL = 0.05  # per cent: so near to none, or to all, a share would read as none, or as all
FEW = 20  # people: a share of fewer is chance, and speaks of persons


def left_out(page: Page) -> Section:
    """Return the section: who the people are, and what a programme that stops at residents does."""
    brief = page.brief
    blocks: list[Block] = []
    if brief.facts:
        blocks.append(KeyNumbers(items=tuple(_key(page, f) for f in brief.facts)))
    blocks.append(Paragraph(content=(page.text(f"left_out_{brief.topic}"),)))
    blocks.append(Paragraph(content=(page.text(f"sex_{brief.topic}"),), style="small"))
    if brief.alone:
        blocks.append(_floor(page))
    return Section(
        id="left-out",
        topic=page.text("left_out"),
        heading=_heading(page),
        blocks=tuple(blocks),
        new_page=False,
    )


def _heading(page: Page) -> str:
    known = {f.id: page.percent(f.value) for f in page.brief.facts if f.value is not None}
    if "migrants" in known and "women_migrants" in known:
        return page.text("left_out_heading", share=known["migrants"], women=known["women_migrants"])
    return page.text("left_out_unknown", area=page.place)


def _key(page: Page, fact: Fact) -> KeyNumber:
    if fact.value is None:
        label = page.text(f"fact_{fact.id}", area=page.place)
        return KeyNumber(label=label, value=Number("—"), change=(page.text("fact_missing"),))
    label = page.text(
        "in_year", name=page.text(f"fact_{fact.id}", area=page.place), year=str(fact.year)
    )
    if _few(fact):
        said = page.text("fact_few", few=page.words.exact(FEW, ""))
        return KeyNumber(label=label, value=Number("—"), change=(said,))
    shown = page.percent(fact.value)
    if fact.count is not None and (fact.note or _reads_as_another(fact.value)):
        part, whole = (page.words.exact(c, "") for c in fact.count)
        shown = page.text("count_of", part=part, whole=whole)
    number = page.cited(shown, f"people-{fact.id}".replace("_", "-"), label, fact.cells)
    return KeyNumber(label=label, value=number, change=_said(page, fact))


def _few(fact: Fact) -> bool:
    """Whether a share of people would be one of so few that none is told."""
    return fact.count is not None and not fact.note and fact.count[1] < FEW


def _said(page: Page, fact: Fact) -> RichText:
    """Return over whom a share is told, who is not counted, and what contradicts it."""
    words = page.words
    if fact.note:
        migrants = page.percent(fact.migrants or 0.0)
        return (page.text(f"fact_{fact.note}", migrants=migrants),)
    told = []
    n, of, out = (words.exact(c, "") for c in (*fact.countries, len(fact.out)))
    if fact.out:
        told.append(page.text("fact_countries_without", n=n, all=of, out=out))
    elif fact.countries[1] > 1:
        told.append(page.text("fact_countries", n=n, all=of))
    if fact.gap:
        told.append(page.text("fact_gap", year=str(fact.gap)))
    if fact.most:
        told.append(page.text("fact_most"))
    if fact.counted is not None:
        told.append(_counted(page, fact.counted, fact.count))
    return (words.listed(told),) if told else ()


def _counted(page: Page, share: float, count: tuple[float, float] | None) -> str:
    """Return of how many of the notified the sex is told; of whom it is not, where nearly all are."""
    if count is not None and _reads_as_another(share):
        n = round(count[1] * (100.0 / share - 1.0))
        return page.text("fact_counted_but", n=page.words.exact(n, ""))
    return page.text("fact_counted", share=page.percent(share))


def _reads_as_another(share: float) -> bool:
    """Whether a share would read as none, or as all, and is neither."""
    return 0.0 < share < SMALL or 100.0 - SMALL <= share < 100.0


def _floor(page: Page) -> TableBlock:
    """Return R with mobile people included and left out, and the floor the left out set."""
    closed = page.brief.run["closed_form"]
    r0 = page.brief.run["r0"]["value"]
    caption = page.text("floor", r0=page.words.exact(r0, ""), mark=page.text("mark_A"))
    rows = tuple(
        ((page.text(f"floor_{key}"),), (page.ran(spread(page, closed[key])),))
        for key in ("included", "left_out", "floor")
    )
    return TableBlock(
        id="floor",
        caption=caption,
        header=(page.text("head_case"), page.text("head_r")),
        rows=rows,
        numeric=(False, True),
    )


def spread(page: Page, found: dict[str, float]) -> str:
    """Return a median with its interval, two digits behind the point."""
    low, middle, high = (
        page.words.exact(round(found[k], 2), "") for k in ("low", "median", "high")
    )
    return f"{middle} ({low}–{high})"
