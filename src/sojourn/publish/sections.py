"""The sections of the factsheet, each a finding with the chart that shows it."""

import base64
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

    def data(kind: str, content: str) -> str:
        return f"data:{kind};base64,{base64.b64encode(content.encode()).decode()}"

    stem = f"{chart.id}.{page.words.language}"
    return ChartBlock(
        chart=chart,
        finding=finding,
        source=page.source(*values),
        caption=caption,
        downloads=(
            Download(label="CSV", href=data("text/csv", chart.csv), filename=f"{stem}.csv"),
            Download(label="SVG", href=data("image/svg+xml", chart.light), filename=f"{stem}.svg"),
            Download(label="PNG", href=f"charts/{stem}.png", filename=f"{stem}.png"),
        ),
        size="half" if half else "full",
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
) -> list[ChartBlock | Notes]:
    """Return a ranked list as bars, or a note that says why there is none."""
    values = page.ev.values(figure_id)
    if values[0].value is None:
        return [page.absent(values[0])]
    page.printed += values
    first = values[0]
    rows = [Bar(_label(page, v), v.value) for v in values if v.value is not None]
    words = page.words
    said = words.rich(finding, first=_label(page, first), value=page.number(first))
    name = words.text(title, year=page.year)
    chart = (ranked_bars if half else bars)(
        rows,
        wording(page, chart_id, name, spoken(said), first.unit),
        header=(words.text("page.area"), words.text("page.value")),
    )
    caption: RichText = words.rich(note) if note else ()
    return [block(page, chart, said, values, caption=caption, half=half)]


def _label(page: Page, value: FigureValue) -> str:
    if value.area == "not stated":
        return page.words.text("deaths.not_stated")
    return page.words.area(value.area)


def spoken(content: RichText) -> str:
    """Return rich text as the words a reader hears."""
    return "".join(run if isinstance(run, str) else getattr(run, "display", "") for run in content)


def places(page: Page) -> Section:
    """Return destinations, origins and host shares."""
    words, ev = page.words, page.ev
    first, origin = ev.values("top_destinations")[0], ev.values("top_origins")[0]
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
            ),
            *ranked(page, "top_origins", "top-origins", "places.origins", "places.origins_finding"),
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
