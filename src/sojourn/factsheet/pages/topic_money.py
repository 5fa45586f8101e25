"""Remittances sent, and what remittances received weigh in an economy."""

from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import ranked
from sojourn.publish import Section


def weight(page: Page) -> Section | None:
    """Return the section; None for a year of which no edition holds any of it."""
    blocks = (
        *ranked(
            page,
            "top_remittances_share_of_gdp",
            "remittances-gdp",
            "weight.shares",
            "weight.shares_finding",
            note=page.words.rich("weight.shares_note"),
        ),
        *ranked(
            page, "top_remittances_sent", "remittances-sent", "weight.sent", "weight.sent_finding"
        ),
        *facts(page.say("weight.fact_developing")),
    )
    return section(
        page,
        "weight",
        topic="weight.topic",
        heading="weight.heading",
        blocks=blocks,
        notes="weight.note",
        new_page=False,
    )
