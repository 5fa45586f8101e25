"""Women and girls on the move: a section of the factsheet, and a page that stands on its own."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.factsheet.figures.declared_cells import Top
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.pages.document import Page, facts, section
from sojourn.factsheet.pages.sections import block, ranked, wording
from sojourn.factsheet.pages.series import course, five_yearly, series, spark
from sojourn.factsheet.pages.topic_work import by_sex
from sojourn.publish import ChartBlock, Dot, KeyNumber, KeyNumbers, RichText, Section, dots, spoken

CARDS = (
    ("migrant_stock", "migrant_stock_since_2000"),
    ("women_share", "women_share_since_2000"),
    ("migrant_stock_growth_since_2000", ""),
    ("dead_identified_women", ""),
)


def women_alone(page: Page) -> Section | None:
    """Return the section as a page that stands on its own, with its key numbers before it."""
    found = [_key(page, *one) for one in CARDS]
    items = tuple(one for one in found if one is not None)
    section_ = women(page)
    if section_ is None:
        return None
    keys = (KeyNumbers(items=items),) if items else ()
    blocks = (*keys, *section_.blocks[:-1], *facts(*by_sex(page)), *section_.blocks[-1:])
    return replace(section_, blocks=blocks, new_page=False)


def _key(page: Page, figure_id: str, change: str) -> KeyNumber | None:
    words, value = page.words, page.ev.one(figure_id, sex="F")
    if value.value is None:
        page.absent(value)
        return None
    moved = page.ev.one(change, sex="F") if change else None
    told = moved is not None and moved.edition == value.edition
    name = words.text(f"figure.{figure_id}")
    return KeyNumber(
        label=name if figure(figure_id).sexes == ("F",) else f"{name}, {words.text('sex.F')}",
        value=page.number(value),
        change=page.say("key.since", change=moved) if moved is not None and told else (),
        sparkline=spark(page, figure_id, 5, sex="F") if change else None,
    )


def women(page: Page) -> Section | None:
    """Return women and girls: share by region and country, change, and where sources are silent."""
    blocks = (
        *_women_regions(page),
        *facts(
            page.say("women.fact_change"),
            page.say("women.fact_development"),
            page.say("women.fact_corridors"),
            page.say("women.fact_dead"),
        ),
        *_women_countries(page),
        *_women_course(page),
        *_ranked(page, "destinations"),
        *_ranked(page, "origins"),
        *_ranked(page, "corridors", half=False),
    )
    return section(
        page,
        "women",
        topic="women.topic",
        heading="women.heading",
        blocks=blocks,
        asides=(_silent(page),),
    )


#: What the files give without sex, each with a figure that shows whether the year has it.
_SILENT = (
    ("refugees", "refugees_unhcr", "900"),
    ("displaced", "idps_conflict", "900"),
    ("applicants", "top_asylum_decisions", ""),
    ("borders", "top_returned", ""),
    ("crossings", "irregular_crossings", "EU"),
    ("money", "top_remittances", ""),
    ("students", "students", "UIS: World"),
    ("dead", "dead_and_missing", "900"),
)


def _silent(page: Page) -> RichText:
    """Return the topics of the year that are told without sex; nothing where there are none."""
    words = page.words
    found = [
        words.text(f"women.silent_{key}")
        for key, figure_id, area in _SILENT
        if any(
            v.value is not None and v.area == (area or v.area) for v in page.ev.values(figure_id)
        )
    ]
    return words.rich("women.silent", topics=words.join(found)) if found else ()


def _ranked(page: Page, kind: str, *, half: bool = True) -> list[ChartBlock]:
    return ranked(
        page,
        f"top_{kind}_women",
        f"top-{kind}-women",
        f"women.{kind}",
        f"women.{kind}_finding",
        half=half,
    )


def _women_regions(page: Page) -> list[ChartBlock]:
    words = page.words
    values = sorted(
        (v for v in page.ev.values("women_share_by_region") if v.value is not None),
        key=lambda v: -(v.value or 0.0),
    )
    if not values:
        page.absent(page.ev.values("women_share_by_region")[0])
        return []
    page.printed += values
    said = page.say("women.by_region_finding")
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
            spoken(said) or words.text("women.topic"),
            "PERCENT",
        ),
        header=(words.text("page.area"), words.text("page.value")),
        low=30,
        high=60,
        mark=50,
    )
    return [block(page, chart, said, [*values, world])]


def _women_countries(page: Page) -> list[ChartBlock]:
    words, ev = page.words, page.ev
    top, bottom = ev.values("women_share_top"), ev.values("women_share_bottom")
    if top[0].value is None or bottom[0].value is None:
        page.absent(top[0])
        return []
    shown = {v.area: v for v in [*top, *sorted(bottom, key=lambda v: -v.rank)]}
    page.printed += list(shown.values())
    said = page.say("women.by_country_finding")
    chart = dots(
        [Dot(words.short(v.area), v.value or 0.0, trace=v.lineage_id) for v in shown.values()],
        wording(
            page,
            "women-country",
            words.text("women.by_country", year=page.year),
            spoken(said) or words.text("women.topic"),
            "PERCENT",
        ),
        header=(words.text("page.area"), words.text("page.value")),
        low=0,
        high=80,
        mark=50,
    )
    ranked = figure("women_share_top")
    least = words.exact(ranked.minimum_migrants if isinstance(ranked, Top) else 0, "")
    note = words.rich("women.by_country_note", minimum=least)
    left_out = _extremes(page, top, bottom, len(shown))
    caption = (*left_out, *((" ",) if left_out else ()), *note)
    return [block(page, chart, said, list(shown.values()), caption=caption, cover=left_out)]


def _extremes(
    page: Page, top: Sequence[FigureValue], bottom: Sequence[FigureValue], shown: int
) -> RichText:
    """Return how many of the highest and of the lowest are shown, of how many; nothing if all are."""
    if top[0].of <= shown:
        return ()
    high, low, every = (page.words.exact(n, "") for n in (len(top), len(bottom), top[0].of))
    return page.words.rich("list.extremes", high=high, low=low, all=every)


def _women_course(page: Page) -> list[ChartBlock]:
    """Return the course of women's share, in more and in less developed regions."""
    words, years = page.words, five_yearly(page.ev.year)
    lines = [(words.area("900"), series(page, "women_share", years, sex="F"))]
    lines += [
        (words.area(a), series(page, "women_share_by_development", years, sex="F", area=a))
        for a in ("901", "902")
    ]
    return course(page, lines, "women-trend", "women.trend", from_zero=False)
