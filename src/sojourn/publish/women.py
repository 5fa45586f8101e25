"""Women and girls on the move: a section of the factsheet, and a page that stands on its own."""

from dataclasses import replace

from sojourn.publish.content import ChartBlock, KeyNumber, KeyNumbers, Notes, RichText, Section
from sojourn.publish.draw.bars import Dot, dots
from sojourn.publish.factsheet import Page, facts
from sojourn.publish.sections import block, ranked, spoken, wording
from sojourn.publish.series import course, five_yearly, series, spark


def women_alone(page: Page) -> Section:
    """Return the section as a page that stands on its own, with its key numbers before it."""
    section = women(page)
    items = [
        _key(page, "migrant_stock", change="migrant_stock_since_2000"),
        _key(page, "women_share", change="women_share_since_2000"),
        _key(page, "migrant_stock_growth_since_2000"),
        _key(page, "dead_identified_women"),
    ]
    return replace(
        section, blocks=(KeyNumbers(items=tuple(items)), *section.blocks), new_page=False
    )


def _key(page: Page, figure_id: str, *, change: str = "") -> KeyNumber:
    words, value = page.words, page.ev.one(figure_id, sex="F")
    moved = page.ev.one(change, sex="F") if change else None
    said: RichText = (value.reason,) if value.value is None else ()
    if moved is not None and moved.value is not None:
        said = words.rich("key.since", change=page.number(moved, signed=True))
    name = words.text(f"figure.{figure_id}")
    return KeyNumber(
        label=name if change == "women_share_since_2000" else f"{name}, {words.text('sex.F')}",
        value=page.number(value),
        change=said,
        sparkline=spark(page, figure_id, 5, sex="F") if change else None,
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
                page.fact(
                    "women.fact_corridors",
                    ss=ev.one("south_south", area="902>902", sex="F"),
                    sn=ev.one("south_north", area="902>901", sex="F"),
                ),
                page.fact(
                    "women.fact_dead",
                    dead=ev.one("dead_and_missing"),
                    women=ev.one("dead_identified_women", sex="F"),
                    men=ev.one("dead_identified_men", sex="M"),
                    children=ev.one("dead_identified_children"),
                ),
            ),
            *_women_countries(page),
            *_women_course(page),
            *ranked(
                page,
                "top_destinations_women",
                "top-destinations-women",
                "women.destinations",
                "women.destinations_finding",
            ),
            *ranked(
                page,
                "top_origins_women",
                "top-origins-women",
                "women.origins",
                "women.origins_finding",
            ),
            *ranked(
                page,
                "top_corridors_women",
                "top-corridors-women",
                "women.corridors",
                "women.corridors_finding",
                half=False,
            ),
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
    rows = [Dot(words.area(v.area), v.value or 0.0, trace=v.lineage_id) for v in values]
    if world.value is not None:
        page.printed.append(world)
        rows.append(Dot(words.area("900"), world.value, strong=True, trace=world.lineage_id))
    chart = dots(
        rows,
        wording(
            page,
            "women-region",
            words.text("women.by_region", year=page.year),
            spoken(said),
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
        [
            Dot(words.short(v.area), v.value or 0.0, trace=v.lineage_id)
            for v in [*top, *reversed(bottom)]
        ],
        wording(
            page,
            "women-country",
            words.text("women.by_country", year=page.year),
            spoken(said),
            "PERCENT",
        ),
        header=(words.text("page.area"), words.text("page.value")),
        low=0,
        high=80,
        mark=50,
    )
    return [block(page, chart, said, [*top, *bottom], caption=words.rich("women.by_country_note"))]


def _women_course(page: Page) -> list[ChartBlock]:
    """Return the course of women's share, in more and in less developed regions."""
    words, years = page.words, five_yearly(page.ev.year)
    lines = [(words.area("900"), series(page, "women_share", years, sex="F"))]
    lines += [
        (words.area(a), series(page, "women_share_by_development", years, sex="F", area=a))
        for a in ("901", "902")
    ]
    return course(page, lines, "women-trend", "women.trend", from_zero=False)
