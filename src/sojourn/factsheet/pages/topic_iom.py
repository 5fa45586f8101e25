"""IOM beside the sources, and IOM beside itself: statements held, moved, and confirmed by nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sojourn.factsheet.figures.comparison import CANNOT, EXACT, NEEDS, REVISED, ROUNDING, Verdict
from sojourn.factsheet.figures.printed_series import Movement, Printing
from sojourn.factsheet.pages.document import Page, facts
from sojourn.factsheet.pages.verdict_words import changes_head, named, printed_words, verdict_row
from sojourn.publish import Block, ChangesTable, Notes, RichText, Section, TableBlock, spoken
from sojourn.vocab.observation import EditionId


def iom(
    page: Page, verdicts: Sequence[Verdict], moved: Sequence[Movement], *, every: bool
) -> Section | None:
    """Return the section; None for a year of which IOM printed no factsheet.

    Parameters
    ----------
    every : bool
        Print all statements; otherwise those alone that cannot be reproduced.
    """
    if not verdicts:
        return None
    words = page.words
    count = Counter(v.verdict for v in verdicts)
    agree = count[EXACT] + count[ROUNDING]
    told = {"agree": agree, "revised": count[REVISED], "cannot": count[CANNOT]}
    told["needs"] = count[NEEDS]
    shown = [v for v in verdicts if every or v.verdict == CANNOT]
    blocks: list[Block] = [*facts((_counted(page, told),))]
    blocks += _moved(page, moved)
    blocks += facts(page.say("iom.fact_minors"))
    if shown:
        key = "changes.iom" if every else "iom.cannot"
        rows = tuple(verdict_row(page, v) for v in shown)
        head = changes_head(words)
        blocks.append(ChangesTable(id="iom", caption=words.text(key), header=head, changes=rows))
    if not every:
        title = words.text("word.changes_page")
        blocks.append(Notes(items=(words.rich("iom.note", page=title),)))
    return Section(
        id="iom-section",
        topic=words.text("iom.topic"),
        heading=_heading(page, agree, words.exact(len(verdicts), "")),
        lead=words.rich("iom.lead"),
        blocks=tuple(blocks),
        new_page=False,
    )


def _counted(page: Page, told: Mapping[str, int]) -> str:
    """Return how many statements have each verdict; a verdict that none has is not named."""
    said = [
        spoken(page.words.rich(f"iom.count_{name}", n=page.count(n)))
        for name, n in told.items()
        if n
    ]
    return f"{page.words.listed(said)}."


def _heading(page: Page, agree: int, every: str) -> str:
    """Return how many statements agree with the figures of the page's day of knowledge."""
    day, count = page.words.day(page.ev.as_of), page.count(agree)
    return spoken(page.words.rich("iom.heading", agree=count, all=every, as_of=day))


def _moved(page: Page, moved: Sequence[Movement]) -> list[TableBlock]:
    """Return the table of counts that moved: each printing dated, then each edition held."""
    words = page.words
    rows: list[tuple[RichText, ...]] = []
    for movement in moved:
        name = named(page, *movement.key)
        for made in movement.printings:
            number = printed_words(words, made)
            rows.append(((name,), (_day(page, made),), (made.published_in,), (number,)))
        for held in movement.editions:
            label = held.edition.split(" + ")[-1]
            day = words.dated(EditionId.of(label).vintage)
            number_now = page.number(held, exact=True)
            rows.append(((name,), (day,), (label,), (number_now,)))
    if not rows:
        return []
    return [
        TableBlock(
            id="iom-moved",
            caption=words.text("iom.moved"),
            header=tuple(words.text(f"iom.{k}") for k in ("count", "on", "where", "number")),
            rows=tuple(rows),
            numeric=(False, False, False, True),
            wide=True,
        )
    ]


def _day(page: Page, made: Printing) -> str:
    return page.words.dated(made.published_on)
