"""The first page of the factsheet, and the stock by region, over time and on the map."""

from sojourn.publish.content import ChartBlock, KeyNumber, KeyNumbers, Notes, RichText, Section
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.world import Counts, choropleth, documents
from sojourn.publish.factsheet import Page, facts
from sojourn.publish.sections import block, spoken, wording
from sojourn.publish.series import course, five_yearly, series, spark
from sojourn.publish.tables import REGIONS, by_country


def key_numbers(page: Page) -> KeyNumbers:
    """Return the eight numbers of the first page, each with its change."""

    def item(
        figure_id: str,
        *,
        area: str = "900",
        sex: str = "_T",
        change: str = "",
        note: str = "key.since_previous",
        step: int = 1,
    ) -> KeyNumber:
        value = page.ev.one(figure_id, area=area, sex=sex)
        moved = page.ev.one(change, area=area, sex=sex) if change else None
        words: RichText = ()
        if value.value is None:
            words = (value.reason,)
        elif moved is not None and moved.value is not None:
            words = page.words.rich(note, change=page.number(moved, signed=True))
        return KeyNumber(
            label=page.words.text(f"figure.{figure_id}"),
            value=page.number(value),
            change=words,
            sparkline=spark(page, figure_id, step, sex=sex) if step else None,
        )

    return KeyNumbers(
        items=(
            item("migrant_stock", change="migrant_stock_since_2000", note="key.since", step=5),
            item("share_of_population", step=5),
            item("women_share", sex="F", change="women_share_since_2000", note="key.since", step=5),
            item("refugees_with_unrwa", step=0),
            item("idps_conflict", change="idps_conflict_change"),
            item("new_displacements_disaster", change="new_displacements_disaster_change"),
            item("remittances_world", change="remittances_world_change"),
            item("dead_and_missing", change="dead_and_missing_change"),
        )
    )


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
            *world_map(page),
        ),
        new_page=False,
    )


BREAKS = (1.0, 3.0, 6.0, 12.0, 20.0)  # per cent of the population


def world_map(page: Page) -> list[ChartBlock | Notes]:
    """Return the map: shares as colour, counts as circles, each place's own number."""
    shares, cited = by_country(page.ev, "migrant_share_by_country")
    stocks, counted = by_country(page.ev, "migrant_stock_by_country")
    if not shares and not stocks:
        return []
    words = page.words
    title = words.text("map.title", year=page.year)
    finding = map_finding(page)
    page.printed += [*cited, *counted]
    places = {*shares, *stocks}
    counts = Counts(
        values=stocks,
        traces={v.area: v.lineage_id for v in counted},
        number=lambda v: words.number(v, "PERSONS"),
        header=words.text("map.counts"),
        legend=words.text("map.counts"),
    )
    chart = choropleth(
        shares,
        wording(page, "map-stock", title, spoken(finding) or title, "PERCENT"),
        breaks=BREAKS,
        names={a: words.short(a) for a in places},
        header=(words.text("page.area"), words.text("map.shares")),
        traces={v.area: v.lineage_id for v in cited},
        counts=counts,
        beside=words.text("map.beside"),
    )
    return [
        block(
            page,
            chart,
            finding,
            [*cited, *counted],
            caption=words.rich("map.borders", **documents()),
        )
    ]


def map_finding(page: Page) -> RichText:
    """Return the sentence that the map shows."""
    words = page.words
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
            [
                Bar(words.area(t.area), t.value or 0.0, f.value, t.lineage_id, f.lineage_id)
                for t, f in known
            ],
            wording(
                page,
                "stock-region",
                words.text("stock.chart", year=page.year),
                spoken(said),
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
            *_stock_course(page),
        ),
    )


def _stock_course(page: Page) -> list[ChartBlock]:
    """Return the course of the stock, by sex."""
    words, years = page.words, five_yearly(page.ev.year)
    lines = [
        (words.text(f"sex.{sex}"), series(page, "migrant_stock", years, sex=sex))
        for sex in ("_T", "M", "F")
    ]
    return course(page, lines, "stock-trend", "stock.trend")
