"""The sections of the factsheet, each a finding with the chart that shows it."""

import base64
from collections.abc import Sequence

from sojourn.publish.chart import Chart, Wording
from sojourn.publish.content import ChartBlock, Download, Notes, RichText, Section
from sojourn.publish.draw.bars import Bar, Dot, bars, dots
from sojourn.publish.draw.world import choropleth
from sojourn.publish.factsheet import Page, facts, key_numbers
from sojourn.publish.figure import FigureValue
from sojourn.publish.tables import REGIONS, by_country


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
    chart = bars(
        rows,
        wording(page, chart_id, name, _spoken(said), first.unit),
        header=(words.text("page.area"), words.text("page.value")),
    )
    caption: RichText = words.rich(note) if note else ()
    return [block(page, chart, said, values, caption=caption, half=half)]


def _label(page: Page, value: FigureValue) -> str:
    if value.area == "not stated":
        return page.words.text("deaths.not_stated")
    return page.words.area(value.area)


def _spoken(content: RichText) -> str:
    return "".join(run if isinstance(run, str) else getattr(run, "display", "") for run in content)


def overview(page: Page) -> Section:
    """Return the first page: eight key numbers and the map of destinations."""
    words, stock = page.words, page.ev.one("migrant_stock")
    heading = (
        words.text("key.heading", migrants=words.number(stock.value, stock.unit), year=page.year)
        if stock.value is not None
        else words.text("key.heading_none")
    )
    return Section(
        id="key",
        topic=words.text("key.topic", year=page.year),
        heading=heading,
        blocks=(
            key_numbers(page),
            *world_map(page, "migrant_stock_by_country", "map-stock", "key.map"),
        ),
        new_page=False,
    )


BREAKS = {
    "migrant_stock_by_country": (100_000.0, 500_000.0, 1_000_000.0, 5_000_000.0, 10_000_000.0),
    "migrant_share_by_country": (1.0, 3.0, 6.0, 12.0, 20.0),
}


def world_map(page: Page, indicator: str, chart_id: str, key: str) -> list[ChartBlock | Notes]:
    """Return a map of one value a country, from the same edition as the world figure."""
    values, shown = by_country(page.ev, indicator)
    if not values:
        return []
    words = page.words
    title = words.text(f"{key}_title", year=page.year)
    finding = map_finding(page, key)
    unit = shown[0].unit
    chart = choropleth(
        values,
        wording(page, chart_id, title, _spoken(finding) or title, unit),
        breaks=BREAKS[indicator],
        names={a: words.area(a) for a in values},
        header=(words.text("page.area"), words.text("page.value")),
    )
    return [block(page, chart, finding, shown)]


def map_finding(page: Page, key: str) -> RichText:
    """Return the sentence that a map shows."""
    words = page.words
    if key == "key.share_map":
        share = page.ev.one("share_of_population")
        if share.value is None:
            return ()
        return words.rich(
            "key.share_map_finding", one_in=words.exact(round(100 / share.value), "PERSONS")
        )
    top, total = page.ev.values("top_destinations"), page.ev.one("migrant_stock")
    if total.value is None or top[0].value is None:
        return ()
    part = 100 * sum(v.value or 0.0 for v in top) / total.value
    return words.rich("key.map_finding", share=words.number(part, "PERCENT"))


def stock(page: Page) -> Section:
    """Return stock and share by region."""
    words, ev = page.words, page.ev
    rows = sorted(
        (
            (
                ev.one("migrant_stock_by_region", area=a),
                ev.one("migrant_stock_by_region", area=a, sex="F"),
            )
            for a in REGIONS
        ),
        key=lambda pair: -(pair[0].value or 0.0),
    )
    known = [(t, f) for t, f in rows if t.value is not None]
    blocks: list[ChartBlock | Notes] = []
    both = 0.0
    if known:
        page.printed += [v for pair in known for v in pair if v.value is not None]
        first = known[0][0]
        said = words.rich("stock.finding", first=words.area(first.area), value=page.number(first))
        chart = bars(
            [Bar(words.area(t.area), t.value or 0.0, f.value) for t, f in known],
            wording(
                page,
                "stock-region",
                words.text("stock.chart", year=page.year),
                _spoken(said),
                "PERSONS",
            ),
            header=(words.text("page.area"), words.text("page.value")),
            split=(words.text("sex.F"), words.text("sex.M")),
        )
        blocks.append(block(page, chart, said, [t for t, _ in known]))
        both = sum((ev.one("migrant_stock_by_region", area=a).value or 0.0) for a in ("935", "908"))
    else:
        blocks.append(page.absent(rows[0][0]))
    share = max(
        (v for v in ev.values("share_of_population_by_region") if v.value is not None),
        key=lambda v: v.value or 0.0,
        default=ev.one("share_of_population_by_region", area="909"),
    )
    listed = facts(
        page.fact(
            "stock.fact_share",
            share=ev.one("share_of_population"),
            region=words.area(share.area),
            value=share,
        ),
        page.fact(
            "stock.fact_change",
            change=ev.one("migrant_stock_since_2000"),
            growth=ev.one("migrant_stock_growth_since_2000"),
        ),
        page.fact("stock.fact_previous", change=ev.one("migrant_stock_since_previous")),
        page.fact(
            "stock.fact_development",
            north=ev.one("migrant_stock_by_development", area="901"),
            south=ev.one("migrant_stock_by_development", area="902"),
        ),
    )
    return Section(
        id="stock",
        topic=words.text("stock.topic"),
        heading=words.text("stock.heading", both=words.number(both, "PERSONS"))
        if both
        else words.text("stock.topic"),
        blocks=(
            *blocks,
            *listed,
            *world_map(page, "migrant_share_by_country", "map-share", "key.share_map"),
        ),
    )


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


def women(page: Page) -> Section:
    """Return women and girls: share by region and country, change, and where sources are silent."""
    words, ev = page.words, page.ev
    number, share = ev.one("migrant_stock", sex="F"), ev.one("women_share", sex="F")
    heading = words.text("women.topic")
    if number.value is not None and share.value is not None:
        heading = words.text(
            "women.heading",
            women=words.number(number.value, "PERSONS"),
            share=words.number(share.value, "PERCENT"),
        )
    change = ev.one("women_share_since_2000", sex="F")
    men, girls = (
        ev.one("migrant_stock_growth_since_2000", sex="M"),
        ev.one("migrant_stock_growth_since_2000", sex="F"),
    )
    faster = (men.value or 0.0) > (girls.value or 0.0) > 0
    return Section(
        id="women",
        topic=words.text("women.topic"),
        heading=heading,
        blocks=(
            *_women_regions(page),
            *facts(
                page.fact(
                    "women.fact_change" if faster else "women.fact_change_other", change=change
                ),
                page.fact(
                    "women.fact_development",
                    north=ev.one("women_share_by_development", area="901", sex="F"),
                    south=ev.one("women_share_by_development", area="902", sex="F"),
                ),
            ),
            *_women_countries(page),
            Notes(items=(words.rich("women.silent"),)),
        ),
    )


def _women_regions(page: Page) -> list[ChartBlock | Notes]:
    words = page.words
    values = sorted(
        (v for v in page.ev.values("women_share_by_region") if v.value is not None),
        key=lambda v: -(v.value or 0.0),
    )
    if not values:
        return [page.absent(page.ev.values("women_share_by_region")[0])]
    page.printed += values
    high, low = values[0], values[-1]
    said = words.rich(
        "women.by_region_finding",
        low=page.number(low),
        low_area=words.area(low.area),
        high=page.number(high),
        high_area=words.area(high.area),
    )
    world = page.ev.one("women_share", sex="F")
    rows = [Dot(words.area(v.area), v.value or 0.0) for v in values]
    rows += [Dot(words.area("900"), world.value, strong=True)] if world.value is not None else []
    chart = dots(
        rows,
        wording(
            page,
            "women-region",
            words.text("women.by_region", year=page.year),
            _spoken(said),
            "PERCENT",
        ),
        header=(words.text("page.area"), words.text("page.value")),
        low=30,
        high=60,
        mark=50,
    )
    return [block(page, chart, said, [*values, world])]


def _women_countries(page: Page) -> list[ChartBlock | Notes]:
    words, ev = page.words, page.ev
    top, bottom = ev.values("women_share_top"), ev.values("women_share_bottom")
    if top[0].value is None or bottom[0].value is None:
        return [page.absent(top[0])]
    page.printed += [*top, *bottom]
    said = words.rich(
        "women.by_country_finding",
        high_area=words.area(top[0].area),
        high=page.number(top[0]),
        low_area=words.area(bottom[0].area),
        low=page.number(bottom[0]),
    )
    chart = dots(
        [Dot(words.area(v.area), v.value or 0.0) for v in [*top, *reversed(bottom)]],
        wording(
            page,
            "women-country",
            words.text("women.by_country", year=page.year),
            _spoken(said),
            "PERCENT",
        ),
        header=(words.text("page.area"), words.text("page.value")),
        low=0,
        high=80,
        mark=50,
    )
    return [block(page, chart, said, [*top, *bottom], caption=words.rich("women.by_country_note"))]
