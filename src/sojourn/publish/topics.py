"""The sections on corridors, displacement, asylum, lives lost, remittances, and on the sources."""

from collections.abc import Sequence

from sojourn.publish.comparison import CANNOT, EXACT, NEEDS, REVISED, ROUNDING, Published, Verdict
from sojourn.publish.content import (
    Change,
    ChangesTable,
    ChartBlock,
    Paragraph,
    RichText,
    Section,
    TableBlock,
)
from sojourn.publish.draw.chord import chord, heat
from sojourn.publish.factsheet import Page, facts, section
from sojourn.publish.figure import FigureValue
from sojourn.publish.sections import block, ranked, wording
from sojourn.publish.series import course, series, yearly
from sojourn.publish.tables import REGIONS, region_matrix
from sojourn.publish.text import spoken
from sojourn.vocab.observation import Cell

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
        notes="displacement.note",
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
    """Return first-time applications and pending claims."""
    blocks = (
        *ranked(
            page,
            "top_first_time_applicants",
            "asylum-claims",
            "asylum.chart",
            "asylum.finding",
            half=False,
        ),
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


_VERDICT = {
    EXACT: "exact",
    ROUNDING: "within_rounding",
    REVISED: "revised",
    NEEDS: "needs",
    CANNOT: "cannot",
}


def changes(
    page: Page,
    verdicts: Sequence[Verdict],
    pairs: Sequence[tuple[FigureValue, FigureValue]],
    dates: tuple[str, str],
) -> Section:
    """Return what changed: beside IOM's own figures, and between two as-of dates."""
    words = page.words
    head = tuple(
        words.text(f"changes.{k}")
        for k in ("figure", "then", "now", "difference", "verdict", "reason")
    )
    iom = ChangesTable(
        id="iom",
        caption=words.text("changes.iom"),
        header=head,  # type: ignore[arg-type] # six headings
        changes=tuple(_verdict_row(page, v) for v in verdicts),
    )
    rows = tuple(_pair_row(page, a, b) for a, b in pairs)
    between = ChangesTable(
        id="dates",
        caption=words.text("changes.dates", then=dates[0], now=dates[1]),
        header=head,  # type: ignore[arg-type] # six headings
        changes=rows,
    )
    return Section(
        id="changes",
        topic=words.text("changes.topic"),
        heading=words.text("changes.heading", count=words.exact(len(rows), "")),
        lead=words.rich("changes.lead"),
        blocks=(iom, between) if verdicts else (between,),
    )


def _name(page: Page, value: FigureValue) -> str:
    words = page.words
    name = words.text(f"figure.{value.figure_id}")
    if (value.area != "900" and ">" not in value.area) or value.figure_id == "top_corridors":
        name += f", {words.area(value.area)}"
    return name + (f", {words.text(f'sex.{value.sex}')}" if value.sex != "_T" else "")


def _difference(page: Page, size: float, unit: str) -> str:
    """Return a difference with its sign; of two shares, in percentage points."""
    return page.words.change(size, "PERCENTAGE_POINTS" if unit == "PERCENT" else unit)


def _verdict_row(page: Page, found: Verdict) -> Change:
    words, unit = page.words, found.published.unit
    difference: RichText = (
        ("—",) if found.difference is None else (_difference(page, found.difference, unit),)
    )
    verdict = "as_worded" if found.as_worded else _VERDICT[found.verdict]
    return Change(
        figure=_name(page, found.ours),
        then=(_printed(page, found.published),),
        now=(page.number(found.ours),),
        difference=difference,
        verdict=words.text(f"verdict.{verdict}"),
        reason=_why(page, found),
    )


def _printed(page: Page, published: Published) -> str:
    """Return a statement as IOM worded it, with the month of the edition that prints it."""
    words, month = page.words, page.words.month(published.published_on)
    if published.value is None:
        return month
    number = words.printed(published.value, published.unit, published.precision)
    if published.qualifier:
        key = published.qualifier.replace(" ", "_")
        number = words.text(f"qualifier.{key}", value=number)
    return f"{number} ({month})"


def _why(page: Page, found: Verdict) -> RichText:
    """Return the evidence of a verdict in the language of the page."""
    words, ours, evidence = page.words, found.ours, found.evidence
    if found.verdict == REVISED and evidence is not None and evidence.value is not None:
        if ours.value is None:
            return (f"{evidence.edition}: ", page.number(evidence), f"; {ours.reason}")
        change = words.change(100 * (ours.value - evidence.value) / evidence.value, "PERCENT")
        return (f"{evidence.edition}: ", page.number(evidence), f" → {ours.edition} ({change})")
    if found.verdict == NEEDS and evidence is not None:
        month = words.month(found.published.published_on)
        return words.rich("changes.needs_edition", year=month, edition=evidence.edition)
    if found.verdict == CANNOT and evidence is not None:
        month = words.month(found.published.published_on)
        value = page.number(evidence, exact=True)
        return words.rich("changes.cannot", month=month, edition=evidence.edition, value=value)
    if f"why.{ours.figure_id}" in words.messages:
        return words.rich(f"why.{ours.figure_id}")
    if found.verdict in (EXACT, ROUNDING):
        return (ours.edition,)
    return (found.reason,)


def _pair_row(page: Page, then: FigureValue, now: FigureValue) -> Change:
    words = page.words
    difference: RichText = ("—",)
    if then.value is not None and now.value is not None:
        difference = (_difference(page, now.value - then.value, now.unit),)
    reason = then.reason or now.reason or f"{then.edition} → {now.edition}"
    return Change(
        figure=_name(page, now),
        then=(page.number(then),),
        now=(page.number(now),),
        difference=difference,
        verdict=words.text("changes.revised" if then.value is not None else "changes.new"),
        reason=(reason,),
    )


def problems(page: Page) -> Section:
    """Return the contradictions found in the tables behind these figures, with their cells."""
    words = page.words
    found = page.ev.store.con.execute(
        'SELECT edition, message, size, sheet, "row", col FROM problem ORDER BY size DESC NULLS LAST, message LIMIT 12'
    ).fetchall()
    from_cells = [
        ((f"{edition}#{_place(sheet, row, col)}",), (message,))
        for edition, message, _, sheet, row, col in found
    ]
    table = TableBlock(
        id="problems",
        caption=words.text("problems.topic"),
        header=(words.text("problems.cell"), words.text("problems.problem")),
        rows=tuple(from_cells),
        numeric=(False, False),
    )
    none = Paragraph(content=words.rich("problems.none"))
    return Section(
        id="problems-section",
        topic=words.text("problems.topic"),
        heading=words.text("problems.heading"),
        lead=words.rich("problems.lead"),
        blocks=(table,) if from_cells else (none,),
    )


def _place(sheet: str, row: int, col: int) -> str:
    return Cell("", "", sheet, row, col).place
