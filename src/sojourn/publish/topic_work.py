"""Workers, students, cities and detected victims of trafficking."""

from sojourn.publish.content import Block, Notes, RichText, Section
from sojourn.publish.factsheet import Page, facts
from sojourn.publish.sections import ranked
from sojourn.publish.topic_solutions import cited_line

WORLD = "UIS: World"


def work(page: Page) -> Section | None:
    """Return the section; None for a year of which nothing is known or cited."""
    words, ev = page.words, page.ev
    students = ev.one("students", area=WORLD)
    workers = cited_line(page, "work.fact_workers", "migrant_workers")
    blocks: list[Block] = []
    if students.value is not None:
        blocks += ranked(
            page, "top_students_hosts", "students-top", "work.students", "work.students_finding"
        )
    if ev.values("foreign_born_in_cities")[0].value is not None:
        blocks += ranked(
            page, "foreign_born_in_cities", "cities-top", "work.cities", "work.cities_finding"
        )
    listed = facts(
        workers,
        cited_line(page, "work.fact_domestic", "migrant_domestic_workers"),
        _students(page),
        _victims(page),
        page.fact("work.fact_children", children=ev.one("trafficking_victims_children")),
    )
    if not blocks and not listed:
        return None
    heading = words.text("work.heading_none", year=page.year)
    if students.value is not None:
        heading = words.text(
            "work.heading", students=words.exact(students.value, "PERSONS"), year=page.year
        )
    return Section(
        id="work",
        topic=words.text("work.topic"),
        heading=heading,
        blocks=(*listed, *blocks, Notes(items=(words.rich("work.note"),))),
        new_page=False,
    )


def _students(page: Page) -> RichText:
    now, change = (page.ev.one(f, area=WORLD) for f in ("students", "students_change"))
    if now.value is None:
        return ()
    number = page.number(now, exact=True)
    if change.value is None:
        return page.words.rich("work.fact_students_alone", students=number)
    moved = page.number(change, signed=True)
    return page.words.rich("work.fact_students", students=number, change=moved)


def _victims(page: Page) -> RichText:
    """Return detected victims, by sex where reported; always as a lower bound."""
    both, women, men = (page.ev.one("trafficking_victims", sex=s) for s in ("_T", "F", "M"))
    told = page.fact("work.fact_victims", victims=both, women=women, men=men)
    return told or page.fact("work.fact_victims_alone", victims=both)
