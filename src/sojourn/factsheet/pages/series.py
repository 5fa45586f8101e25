"""Figures over the years, drawn as trends and sparklines, each from one edition only."""

from collections.abc import Sequence

from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.pages.document import Page
from sojourn.factsheet.pages.sections import block, wording
from sojourn.publish import Chart, ChartBlock, Line, RichText, sparkline, spoken, trend

FEWEST = 3  # points that make a course


def series(
    page: Page, figure_id: str, years: Sequence[int], *, sex: str = "_T", area: str = "900"
) -> list[FigureValue]:
    """Return a figure in each of several years, from the edition of the factsheet's own value.

    Years that this edition does not give are absent: editions are never spliced.
    """
    ev = page.ev
    now = ev.one(figure_id, sex=sex, area=area)
    if now.value is None:
        return []
    one = ev if " + " in now.edition else ev.pinned(now.edition)
    found = [one.one(figure_id, sex=sex, area=area, year=y) for y in years if y < ev.year]
    return [*(v for v in found if v.value is not None and v.edition == now.edition), now]


def spark(page: Page, figure_id: str, step: int, *, sex: str = "_T") -> Chart | None:
    """Return the small line beside a key number; None where an edition gives too few years."""
    year = page.ev.year
    values = series(page, figure_id, range(year - 5 * step, year + 1, step), sex=sex)
    if len(values) < FEWEST:
        return None
    words = page.words
    title = words.text(f"figure.{figure_id}")
    said = f"{title}{words.text('page.colon')} {values[0].time_period}–{values[-1].time_period}"
    chart_id = f"spark-{figure_id.replace('_', '-')}"
    return sparkline(
        [(int(v.time_period), v.value) for v in values],
        wording(page, chart_id, title, said, values[0].unit),
        header=(words.text("page.year"), words.text("page.value")),
    )


def course(
    page: Page,
    lines: Sequence[tuple[str, list[FigureValue]]],
    chart_id: str,
    key: str,
    *,
    from_zero: bool = True,
) -> list[ChartBlock]:
    """Return a trend of several series, named at their ends; none with too few years.

    Parameters
    ----------
    lines : sequence of (label, values)
        The first series is the one that the finding tells: ``{key}_finding`` with its first and
        last value and their years.
    """
    drawn = [(label, values) for label, values in lines if len(values) >= FEWEST]
    if not drawn:
        return []
    words, told = page.words, drawn[0][1]
    title = words.text(key, start=told[0].time_period, year=told[-1].time_period)
    for _, values in drawn:
        page.printed += values
    finding: RichText = page.say(
        f"{key}_finding",
        before=told[0],
        start=told[0].time_period,
        now=told[-1],
        year=told[-1].time_period,
    )
    chart = trend(
        [
            Line(
                label,
                tuple((int(v.time_period), v.value) for v in vs),
                traces=tuple(v.lineage_id for v in vs),
            )
            for label, vs in drawn
        ],
        wording(page, chart_id, title, spoken(finding) or title, told[0].unit),
        header=(words.text("page.series"), words.text("page.year"), words.text("page.value")),
        from_zero=from_zero,
    )
    return [block(page, chart, finding, [v for _, values in drawn for v in values])]


def five_yearly(year: int) -> range:
    """Return 1990 and every fifth year after it, up to a year."""
    return range(1990, year + 1, 5)


def yearly(year: int, back: int) -> range:
    """Return the years from ``back`` years before a year up to it."""
    return range(year - back, year + 1)
