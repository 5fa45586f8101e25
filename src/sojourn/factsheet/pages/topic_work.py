"""Workers, students, cities and detected victims of trafficking."""

from sojourn.factsheet.figures.cited import latest_cited
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import ranked
from sojourn.publish import RichText, Section


def work(page: Page) -> Section | None:
    """Return the section; None for a year of which nothing is known or cited."""
    blocks = (
        *facts(
            page.say("work.fact_students_beside"),
            page.say("work.fact_victims_beside"),
            page.say("work.fact_children"),
            *_workers(page, "work.fact_workers_beside"),
        ),
        *ranked(
            page, "top_students_hosts", "students-top", "work.students", "work.students_finding"
        ),
        *ranked(
            page,
            "top_students_origins",
            "students-origins",
            "work.origins",
            "work.origins_finding",
        ),
        *ranked(page, "foreign_born_in_cities", "cities-top", "work.cities", "work.cities_finding"),
    )
    return section(
        page,
        "work",
        topic="work.topic",
        heading="work.heading",
        given={"both": _both(page)},
        blocks=blocks,
        notes=("work.note", "work.note_students"),
        new_page=False,
    )


def by_sex(page: Page) -> tuple[RichText, ...]:
    """Return what these topics say of women and men, for the page on women and girls."""
    return (*_workers(page, "work.fact_workers")[:1], page.say("work.fact_victims"))


def _both(page: Page) -> FigureValue:
    """Return the ILO's estimate of workers of both sexes; absent where none was printed by then."""
    declared = figure("migrant_workers")
    found = [v for v in latest_cited(page.ev, declared) if v.sex == "_T"]
    return (
        found[0] if found else page.ev.values(declared.id)[0]
    )  # says for which year it is printed


def _workers(page: Page, key: str) -> list[RichText]:
    """Return the ILO's estimates of the nearest year before, in the words of a statement."""
    found = {v.sex: v for v in latest_cited(page.ev, figure("migrant_workers"))}
    if not {"_T", "F", "M"} <= found.keys():
        return []
    both = found["_T"]
    domestic = latest_cited(page.ev, figure("migrant_domestic_workers"))
    return [
        page.say(key, both=both, women=found["F"], men=found["M"]),
        *(page.say("work.fact_domestic", both=both, domestic=d) for d in domestic),
    ]
