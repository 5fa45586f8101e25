"""The sections of the factsheet, each a finding with the chart that shows it."""

from collections.abc import Sequence

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.content import ChartBlock, Download, Notes, RichText, Section
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.ranked import ranked_bars
from sojourn.publish.factsheet import Page
from sojourn.publish.figure import FigureValue


def wording(page: Page, chart_id: str, title: str, alt: str, unit: str) -> Wording:
    """Return the words of a chart, with the number format of its unit."""
    return Wording(
        id=chart_id,
        title=title,
        alt=alt,
        number=lambda v: page.words.number(v, unit),
        no_data=page.words.text("page.no_data"),
        language=page.words.language,
    )


def block(
    page: Page,
    chart: Chart,
    finding: RichText,
    values: Sequence[FigureValue],
    *,
    caption: RichText = (),
    half: bool = False,
) -> ChartBlock:
    """Return a chart with its source line and downloads."""
    stem = f"{chart.id}.{page.words.language}"
    return ChartBlock(
        chart=chart,
        finding=finding,
        source=page.source(*values),
        caption=caption,
        downloads=(
            Download(label="CSV", href=f"charts/{stem}.csv", filename=f"{stem}.csv"),
            Download(label="SVG", href=f"charts/{stem}.svg", filename=f"{stem}.svg"),
            Download(label="PNG", href=f"charts/{stem}.png", filename=f"{stem}.png"),
        ),
        size="half" if half else "full",
        short_source=page.short_source(*values),
    )


def ranked(
    page: Page,
    figure_id: str,
    chart_id: str,
    title: str,
    finding: str,
    *,
    half: bool = True,
    note: str = "",
    largest: float | None = None,
) -> list[ChartBlock | Notes]:
    """Return a ranked list as bars, or a note that says why there is none."""
    values = page.ev.values(figure_id)
    if values[0].value is None:
        return [page.absent(values[0])]
    page.printed += values
    first = values[0]
    rows = [_bar(page, v) for v in values if v.value is not None]
    sexes = (page.words.text("sex.F"), page.words.text("sex.M"))
    words = page.words
    said = words.rich(finding, first=_label(page, first), value=page.number(first))
    name = words.text(title, year=page.year)
    chart = (ranked_bars if half else bars)(
        rows,
        wording(page, chart_id, name, spoken(said), first.unit),
        header=(words.text("page.area"), words.text("page.value")),
        split=sexes if any(row.women is not None for row in rows) else None,
        largest=largest,
    )
    caption: RichText = words.rich(note) if note else ()
    return [block(page, chart, said, values, caption=caption, half=half)]


# figures of both sexes whose women are a figure of their own, area by area
_WOMEN = {"top_destinations": "women_by_destination", "top_origins": "women_by_origin"}


def _bar(page: Page, value: FigureValue) -> Bar:
    """Return a value as a bar, split where its women are known by the same edition."""
    label, size = _label(page, value), value.value or 0.0
    declared = _WOMEN.get(value.figure_id)
    if declared is None:
        return Bar(label, size, trace=value.lineage_id)
    women = page.ev.one(declared, area=value.area, sex="F")
    if women.value is None or women.edition != value.edition:
        return Bar(label, size, trace=value.lineage_id)
    page.printed.append(women)
    return Bar(label, size, women.value, value.lineage_id, women.lineage_id)


def _label(page: Page, value: FigureValue) -> str:
    if value.area == "not stated":
        return page.words.text("deaths.not_stated")
    return page.words.short(value.area)


def spoken(content: RichText) -> str:
    """Return rich text as the words a reader hears."""
    return "".join(run if isinstance(run, str) else getattr(run, "display", "") for run in content)


def places(page: Page) -> Section:
    """Return destinations, origins and host shares."""
    words, ev = page.words, page.ev
    first, origin = ev.values("top_destinations")[0], ev.values("top_origins")[0]
    largest = max(first.value or 0.0, origin.value or 0.0)  # one scale for both lists
    complete = first.value is not None and origin.value is not None
    return Section(
        id="places",
        topic=words.text("places.topic"),
        heading=words.text(
            "places.heading", first=words.area(first.area), origin=words.area(origin.area)
        )
        if complete
        else words.text("places.topic"),
        blocks=(
            *ranked(
                page,
                "top_destinations",
                "top-destinations",
                "places.destinations",
                "places.destinations_finding",
                largest=largest,
            ),
            *ranked(
                page,
                "top_origins",
                "top-origins",
                "places.origins",
                "places.origins_finding",
                largest=largest,
            ),
            *ranked(
                page,
                "top_share_of_host_population",
                "top-host-share",
                "places.host_share",
                "places.host_share_finding",
                note="places.host_share_note",
                half=False,
            ),
        ),
    )
