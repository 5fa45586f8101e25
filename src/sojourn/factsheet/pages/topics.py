"""The sections on corridors, displacement, asylum, lives lost, remittances, and on the sources."""

from sojourn.factsheet.figures.tables import REGIONS, region_matrix
from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import block, ranked, wording
from sojourn.factsheet.pages.series import course, series, yearly
from sojourn.publish import ChartBlock, Section, chord, heat, spoken

THRESHOLD = 500_000.0  # bands below it are too thin to read


def corridors(page: Page) -> Section | None:
    """Return the corridors: chord, heat map, ranked list, and North and South."""
    blocks = (
        *facts(page.say("corridors.facts")),
        *_between_regions(page),
        *_ranked(page, "top_corridors", "top-corridors", "corridors.top", half=False),
    )
    return section(
        page,
        "corridors",
        topic="corridors.topic",
        heading="corridors.heading",
        blocks=blocks,
        notes="corridors.note",
    )


def _ranked(
    page: Page, figure_id: str, chart_id: str, key: str, *, half: bool = True
) -> list[ChartBlock]:
    return ranked(page, figure_id, chart_id, key, f"{key}_finding", half=half)


def _between_regions(page: Page) -> list[ChartBlock]:
    matrix, cited = region_matrix(page.ev)
    if not matrix:
        page.absent(page.ev.values("migrants_between_regions")[0])
        return []
    words = page.words
    title = words.text("corridors.chord", year=page.year)
    finding = page.say("corridors.chord_finding")
    labels = [words.area(r) for r in REGIONS]
    first = wording(page, "chord", title, f"{title}. {spoken(finding)}", "PERSONS")
    second = wording(page, "heat", words.text("corridors.heat", year=page.year), title, "PERSONS")
    caption = words.rich("corridors.threshold", threshold=words.number(THRESHOLD, "PERSONS"))
    around = chord(
        labels,
        matrix,
        first,
        threshold=THRESHOLD,
        words=(
            words.text("corridors.corner"),
            words.text("corridors.out"),
            words.text("corridors.in"),
        ),
    )
    grid = heat(labels, matrix, second, corner=words.text("corridors.corner"))
    return [
        block(page, around, finding, cited, caption=caption),
        block(page, grid, finding, cited),
    ]


def displacement(page: Page) -> Section | None:
    """Return refugees and internally displaced people, side by side and never added."""
    blocks = (
        *facts(
            page.say("displacement.fact_refugees"),
            page.say("displacement.fact_idps"),
            page.say("displacement.fact_new"),
            page.say("displacement.fact_change"),
        ),
        *_displacement_course(page),
        *_ranked(page, "top_refugee_hosts", "refugee-hosts", "displacement.hosts"),
        *_ranked(page, "top_refugee_origins", "refugee-origins", "displacement.origins"),
        *_ranked(page, "top_idps_conflict", "idps-top", "displacement.idps", half=False),
    )
    return section(
        page,
        "displacement",
        topic="displacement.topic",
        heading="displacement.heading",
        blocks=blocks,
        notes=("displacement.note_idps", "displacement.note_refugees"),
    )


def _displacement_course(page: Page) -> list[ChartBlock]:
    """Return internal displacement over time: people at the end of a year, movements in it."""
    words, years = page.words, yearly(page.ev.year, 10)
    stock = [(words.text("displacement.conflict"), series(page, "idps_conflict", years))]
    moved = [
        (words.text("displacement.disasters"), series(page, "new_displacements_disaster", years)),
        (words.text("displacement.conflict"), series(page, "new_displacements_conflict", years)),
    ]
    return [
        *course(page, stock, "idps-trend", "displacement.stock_trend"),
        *course(page, moved, "displacements-trend", "displacement.flow_trend"),
    ]


def asylum(page: Page) -> Section | None:
    """Return first-time applications, or all where no edition tells them apart; pending claims."""
    first = "top_first_time_applicants", "asylum-claims", "asylum.chart", "asylum.finding"
    every = "top_asylum_applicants", "asylum-every", "asylum.every", "asylum.finding_every"
    blocks = (
        *(ranked(page, *first, half=False) or ranked(page, *every, half=False)),
        *facts(
            page.say("asylum.fact_all"),
            page.say("asylum.fact_pending"),
            page.say("asylum.fact_eu"),
            page.say("asylum.fact_minors"),
        ),
    )
    return section(
        page,
        "asylum",
        topic="asylum.topic",
        heading="asylum.heading",
        blocks=blocks,
        notes="asylum.note",
    )


def deaths(page: Page) -> Section | None:
    """Return the dead and missing, by route."""
    blocks = (
        *ranked(
            page,
            "dead_and_missing_by_route",
            "deaths-route",
            "deaths.chart",
            "deaths.finding",
            half=False,
        ),
        *facts(page.say("deaths.fact_med"), page.say("deaths.fact_change")),
    )
    return section(
        page,
        "deaths",
        topic="deaths.topic",
        heading="deaths.heading",
        blocks=blocks,
        notes="deaths.note",
    )


def money(page: Page) -> Section | None:
    """Return remittances."""
    years = yearly(page.ev.year, 15)
    blocks = (
        *ranked(
            page,
            "top_remittances",
            "remittances-top",
            "money.chart",
            "money.finding",
            half=False,
        ),
        *course(
            page,
            [(page.words.area("900"), series(page, "remittances_world", years))],
            "remittances-trend",
            "money.trend",
        ),
        *facts(page.say("money.fact_dev"), page.say("money.fact_change")),
    )
    return section(page, "remittances", topic="money.topic", heading="money.heading", blocks=blocks)
