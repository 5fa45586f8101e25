"""The sections of the factsheet, each a finding with the chart that shows it."""

from collections.abc import Sequence

from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.figures.statement import ranked as ranking
from sojourn.factsheet.pages.document import Page, is_cited, section
from sojourn.factsheet.pages.place_names import place_name
from sojourn.factsheet.pages.ranks import rank_note
from sojourn.publish import (
    Bar,
    Chart,
    ChartBlock,
    Download,
    RichText,
    Section,
    Wording,
    bars,
    ranked_bars,
    spoken,
)


def wording(
    page: Page, chart_id: str, title: str, alt: str, unit: str, *, cited: bool = False
) -> Wording:
    """Return the words of a chart, with the number format of its unit; of what is cited, as printed."""
    words = page.words
    return Wording(
        id=chart_id,
        title=title,
        alt=alt,
        number=lambda v: words.printed(v, unit, None) if cited else words.number(v, unit),
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
    cover: RichText = (),
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
        cover=spoken(cover),
    )


def ranked(
    page: Page,
    figure_id: str,
    chart_id: str,
    title: str,
    finding: str,
    *,
    half: bool = True,
    note: RichText = (),
    largest: float | None = None,
) -> list[ChartBlock]:
    """Return a ranked list as bars, with how many places it leaves out; nothing without values."""
    values = [v for v in page.ev.values(figure_id) if v.value is not None]
    if not values:
        page.absent(page.ev.values(figure_id)[0])
        return []
    page.printed += values
    rows = [_bar(page, v) for v in values]
    words = page.words
    sexes = (words.text("sex.F"), words.text("sex.M"))
    said = page.say(finding)
    name = _titled(page, figure_id, title, values)
    chart = (ranked_bars if half else bars)(
        rows,
        wording(
            page, chart_id, name, spoken(said) or name, values[0].unit, cited=is_cited(values[0])
        ),
        header=(words.text("page.area"), words.text("page.value")),
        split=sexes if any(row.women is not None for row in rows) else None,
        largest=largest,
    )
    told = rank_note(page, figure_id)
    cover = cut(page, values)
    parts = (cover, silent(page, values), note, told)
    asides = [part for part in parts if part]
    caption = tuple(run for part in asides for run in (*part, " "))[:-1]
    return [block(page, chart, said, values, caption=caption, cover=cover, half=half)]


def _titled(page: Page, figure_id: str, title: str, values: Sequence[FigureValue]) -> str:
    """Return the title of a list; one that is shorter than declared does not say how long it is.

    Where a place that would be listed has no number, the title says of whom the list is.
    """
    words = page.words
    if len(values) >= figure(figure_id).count:
        name = words.text(title, year=page.year)
    else:
        name = f"{words.text(f'figure.{figure_id}')}, {page.year}"
    told = any(v.silent for v in values)
    return words.text("list.reported", title=name) if told else name


def cut(page: Page, values: Sequence[FigureValue]) -> RichText:
    """Return how many places a list shows of how many; nothing where it shows them all.

    Zeros are told apart only of places that are not listed: where one is, they all have a number.
    """
    if not values or values[0].of <= len(values):
        return ()
    zeros = values[0].zeros if all(v.value for v in values) else 0
    said = "list.cut_zeros" if zeros else "list.cut"
    given = {"zeros": page.count(zeros)} if zeros else {}
    above = values[0].of - zeros
    return page.words.rich(said, shown=page.count(len(values)), all=page.count(above), **given)


def silent(page: Page, values: Sequence[FigureValue]) -> RichText:
    """Return the places that have no number in the year and would be listed; else nothing."""
    found = [place for v in values for place in v.silent]
    if not found:
        return ()
    told = [place.partition(":") for place in found]
    names = page.words.listed([f"{page.words.short(place)} ({year})" for place, _, year in told])
    return page.words.rich("list.silent", year=page.year, places=names)


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
    return place_name(page.words, value.area)


def places(page: Page) -> Section | None:
    """Return destinations, origins and host shares."""
    first = ranking(page.ev, "top_destinations", 1)
    origin = ranking(page.ev, "top_origins", 1)
    largest = max(first.value or 0.0, origin.value or 0.0)  # one scale for both lists
    blocks = (
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
            note=page.words.rich("places.host_share_note"),
            half=False,
        ),
    )
    return section(page, "places", topic="places.topic", heading="places.heading", blocks=blocks)
