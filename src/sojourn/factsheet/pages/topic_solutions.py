"""What becomes of claims and of displacement: decisions, minors, resettlement, returns, hosts."""

from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import block, cut, ranked, wording
from sojourn.publish import Bar, ChartBlock, Section, ranked_bars, spoken

HOSTS = "refugees_by_origin_and_host"


def solutions(page: Page) -> Section | None:
    """Return the section; None for a year of which no edition holds any of it."""
    blocks = (
        *ranked(
            page,
            "top_asylum_decisions",
            "decisions-top",
            "solutions.decisions",
            "solutions.decisions_finding",
        ),
        *hosts(page),
        *facts(
            page.say("solutions.fact_decisions"),
            page.say("solutions.fact_minors"),
            page.say("solutions.fact_resettled_beside"),
            page.say("solutions.fact_returned"),
            page.say("solutions.fact_stateless"),
        ),
    )
    return section(
        page,
        "solutions",
        topic="solutions.topic",
        heading="solutions.heading",
        blocks=blocks,
        notes="solutions.note",
        new_page=False,
    )


def hosts(page: Page) -> list[ChartBlock]:
    """Return the hosts of the origin that most refugees come from."""
    values = [v for v in page.ev.values(HOSTS) if v.value is not None]
    if not values:
        page.absent(page.ev.values(HOSTS)[0])
        return []
    words = page.words
    page.printed += values
    origin = words.area(values[0].area.split(">")[0])
    name = words.text("solutions.hosts", origin=origin, year=page.year)
    said = page.say("solutions.hosts_finding")
    rows = [
        Bar(words.short(v.area.split(">")[1]), v.value or 0.0, trace=v.lineage_id) for v in values
    ]
    chart = ranked_bars(
        rows,
        wording(page, "hosts-of-origin", name, spoken(said), "PERSONS"),
        header=(words.text("page.area"), words.text("page.value")),
    )
    return [
        block(
            page, chart, said, values, caption=cut(page, values), cover=cut(page, values), half=True
        )
    ]
