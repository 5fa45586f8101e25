"""Remittances sent, and what remittances received weigh in an economy."""

from sojourn.publish.content import Block, Notes, Section
from sojourn.publish.factsheet import Page, facts
from sojourn.publish.sections import ranked


def weight(page: Page) -> Section | None:
    """Return the section; None for a year of which no edition holds any of it."""
    words, ev = page.words, page.ev
    sent = ev.values("top_remittances_sent")[0]
    shares = ev.values("top_remittances_share_of_gdp")[0]
    blocks: list[Block] = []
    if shares.value is not None:
        blocks += ranked(
            page,
            "top_remittances_share_of_gdp",
            "remittances-gdp",
            "weight.shares",
            "weight.shares_finding",
            note="weight.shares_note",
        )
    if sent.value is not None:
        blocks += ranked(
            page, "top_remittances_sent", "remittances-sent", "weight.sent", "weight.sent_finding"
        )
    blocks += facts(
        page.fact("weight.fact_developing", share=ev.one("remittances_developing_share")),
    )
    if not blocks:
        return None
    heading = words.text("weight.heading_none")
    if shares.value is not None:
        heading = words.text(
            "weight.heading",
            first=words.area(shares.area),
            share=words.number(shares.value, "PERCENT"),
        )
    return Section(
        id="weight",
        topic=words.text("weight.topic"),
        heading=heading,
        blocks=(*blocks, Notes(items=(words.rich("weight.note"),))),
        new_page=False,
    )
