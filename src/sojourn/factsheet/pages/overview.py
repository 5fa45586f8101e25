"""The first page of the factsheet, and the stock by region, over time and on the map."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.figures.tables import REGIONS, by_country
from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import block, wording
from sojourn.factsheet.pages.series import course, five_yearly, series, spark
from sojourn.publish import (
    Bar,
    ChartBlock,
    Counts,
    KeyNumber,
    KeyNumbers,
    RichText,
    Run,
    Section,
    bars,
    choropleth,
    documents,
    spoken,
)

#: The eight numbers of the first page: figure, sex, its change, step of the small line in years.
CARDS = (
    ("migrant_stock", "_T", "migrant_stock_since_2000", 5),
    ("share_of_population", "_T", "", 5),
    ("women_share", "F", "women_share_since_2000", 5),
    ("refugees_with_unrwa", "_T", "", 0),
    ("idps_conflict", "_T", "idps_conflict_change", 1),
    ("new_displacements_disaster", "_T", "new_displacements_disaster_change", 1),
    ("remittances_world", "_T", "remittances_world_change", 1),
    ("dead_and_missing", "_T", "dead_and_missing_change", 1),
)
#: What stands in for a number that the year lacks.
INSTEAD = {"refugees_with_unrwa": ("refugees_unhcr", "refugees_unhcr_change", 1)}


def card(page: Page, figure_id: str, sex: str, change: str, step: int) -> KeyNumber | None:
    """Return a number with its change in the same edition; None where the year lacks it."""
    value = page.ev.one(figure_id, sex=sex)
    if value.value is None:
        page.absent(value)
        if figure_id in INSTEAD:
            other, its_change, its_step = INSTEAD[figure_id]
            return card(page, other, sex, its_change, its_step)
        return None
    label = page.words.text(f"figure.{figure_id}")
    moved = page.ev.one(change, sex=sex) if change else None
    told = moved is not None and moved.edition == value.edition
    return KeyNumber(
        label=_labelled(page, label, value),
        value=page.number(value),
        change=change_of(page, moved) if moved is not None and told else (),
        sparkline=spark(page, figure_id, step, sex=sex) if step else None,
    )


def _labelled(page: Page, label: str, value: FigureValue) -> str:
    """Return the name of a number with what it is not: whole, or known after its year."""
    label = page.words.text("card.bound", label=label) if value.least else label
    return page.words.text("card.early", label=label) if value.early == "yes" else label


def change_of(page: Page, moved: FigureValue) -> RichText:
    """Return a change in words: of a stock since a year, of a flow compared with that year's."""
    of_flow = moved.parts and figure(moved.parts[0].figure_id).kind == "flow"
    return page.say("key.compared" if of_flow else "key.since", change=moved)


def overview(page: Page) -> Section | None:
    """Return the first page: the key numbers that the year has, and the map of destinations."""
    found = [card(page, *one) for one in CARDS]
    items = tuple(one for one in found if one is not None)
    blocks = ((KeyNumbers(items=items),) if items else ()) + tuple(world_map(page))
    made = section(page, "key", topic="key.topic", heading="key.heading", blocks=blocks)
    return None if made is None else replace(made, new_page=False)


WHOLE = 100.0  # per cent: no fewer migrants than inhabitants
BREAKS = (1.0, 3.0, 6.0, 12.0, 20.0)  # per cent of the population


def world_map(page: Page) -> list[ChartBlock]:
    """Return the map: shares as colour, counts as circles, each place's own number."""
    shares, cited = by_country(page.ev, "migrant_share_by_country")
    stocks, counted = by_country(page.ev, "migrant_stock_by_country")
    if not shares and not stocks:
        return []
    words = page.words
    title = words.text("map.title", year=page.year)
    finding = page.say("key.map_finding")
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
            caption=(*_whole(page, cited), *words.rich("map.borders", **documents())),
        )
    ]


def _whole(page: Page, shares: Sequence[FigureValue]) -> RichText:
    """Return the places of which an edition prints no fewer migrants than inhabitants."""
    words, found = page.words, dict[str, list[str]]()
    for value in shares:
        if (value.value or 0.0) >= WHOLE:
            found.setdefault(value.edition, []).append(words.short(value.area))
    said: list[Run] = []
    for edition, places in found.items():
        said += [*words.rich("map.whole", edition=edition, places=words.listed(places)), " "]
    return tuple(said)


def stock(page: Page) -> Section | None:
    """Return stock and share by region."""
    return section(
        page,
        "stock",
        topic="stock.topic",
        heading="stock.heading",
        blocks=(
            *_regions(page),
            *facts(
                page.say("stock.fact_share"),
                page.say("stock.fact_one_in"),
                page.say("stock.fact_change"),
                page.say("stock.fact_previous"),
                page.say("stock.fact_development"),
            ),
            *_stock_course(page),
        ),
    )


def _regions(page: Page) -> list[ChartBlock]:
    """Return the stock of each region, the largest first, by sex where both are of one edition."""
    words, ev = page.words, page.ev
    found = [ev.one("migrant_stock_by_region", area=a) for a in REGIONS]
    known = sorted((v for v in found if v.value is not None), key=lambda v: -(v.value or 0.0))
    if not known:
        page.absent(found[0])
        return []
    rows = []
    for total in known:
        women = ev.one("migrant_stock_by_region", area=total.area, sex="F")
        split = women.value is not None and women.edition == total.edition
        page.printed += [total, women] if split else [total]
        rows.append(
            Bar(
                words.area(total.area),
                total.value or 0.0,
                women.value if split else None,
                total.lineage_id,
                women.lineage_id if split else "",
            )
        )
    said = page.say("stock.finding")
    name = words.text("stock.chart", year=page.year)
    chart = bars(
        rows,
        wording(page, "stock-region", name, spoken(said) or name, "PERSONS"),
        header=(words.text("page.area"), words.text("page.value")),
        split=(words.text("sex.F"), words.text("sex.M")),
    )
    return [block(page, chart, said, known)]


def _stock_course(page: Page) -> list[ChartBlock]:
    """Return the course of the stock, by sex."""
    words, years = page.words, five_yearly(page.ev.year)
    lines = [
        (words.text(f"sex.{sex}"), series(page, "migrant_stock", years, sex=sex))
        for sex in ("_T", "M", "F")
    ]
    return course(page, lines, "stock-trend", "stock.trend")
