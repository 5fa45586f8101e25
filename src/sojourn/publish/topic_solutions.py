"""What becomes of claims and of displacement: decisions, minors, resettlement, returns, hosts."""

from sojourn.publish.cited import latest_cited
from sojourn.publish.content import Block, ChartBlock, Notes, RichText, Section
from sojourn.publish.draw.bars import Bar
from sojourn.publish.draw.ranked import ranked_bars
from sojourn.publish.factsheet import Page, facts
from sojourn.publish.figure import FigureValue, figure
from sojourn.publish.sections import block, ranked, spoken, wording

HOSTS = "refugees_by_origin_and_host"


def solutions(page: Page) -> Section | None:
    """Return the section; None for a year of which no edition holds any of it."""
    words, ev = page.words, page.ev
    decided = ev.one("asylum_decisions_eu", area="EU28")
    resettled = ev.one("resettled")
    blocks: list[Block] = []
    if decided.value is not None:
        blocks += ranked(
            page,
            "top_asylum_decisions",
            "decisions-top",
            "solutions.decisions",
            "solutions.decisions_finding",
        )
    blocks += hosts(page)
    blocks += facts(
        page.fact(
            "solutions.fact_decisions",
            decided=decided,
            positive=ev.one("asylum_decisions_positive_eu", area="EU28"),
            recognised=ev.one("asylum_recognition_eu", area="EU28"),
        ),
        page.fact(
            "solutions.fact_minors",
            minors=ev.one("unaccompanied_minors_eu", area="EU28"),
            share=ev.one("unaccompanied_minors_share_of_minors_eu", area="EU28"),
        ),
        _resettled(page, resettled),
        page.fact("solutions.fact_returned", returned=ev.one("returned_refugees")),
        _exact(page, "solutions.fact_stateless", stateless=ev.one("stateless")),
    )
    if not blocks:
        return None
    heading = words.text("solutions.heading_none", year=page.year)
    if resettled.value is not None:
        heading = words.text(
            "solutions.heading", resettled=words.exact(resettled.value, "PERSONS"), year=page.year
        )
    blocks.append(Notes(items=(words.rich("solutions.note"),)))
    return Section(
        id="solutions",
        topic=words.text("solutions.topic"),
        heading=heading,
        blocks=tuple(blocks),
        new_page=False,
    )


def _exact(page: Page, key: str, **values: FigureValue) -> RichText:
    """Return a fact with every digit of its numbers; empty when one of them is absent."""
    if any(v.value is None for v in values.values()):
        return ()
    return page.words.rich(key, **{k: page.number(v, exact=True) for k, v in values.items()})


def _resettled(page: Page, resettled: FigureValue) -> RichText:
    first = page.ev.values("top_resettled")[0]
    return page.fact(
        "solutions.fact_resettled",
        resettled=resettled,
        first=page.words.area(first.area),
        value=first,
    )


def hosts(page: Page) -> list[ChartBlock]:
    """Return the hosts of the origin that most refugees come from."""
    values = [v for v in page.ev.values(HOSTS) if v.value is not None]
    if not values:
        return []
    words = page.words
    page.printed += values
    origin = words.area(values[0].area.split(">")[0])
    name = words.text("solutions.hosts", origin=origin, year=page.year)
    host = [words.area(v.area.split(">")[1]) for v in values]
    said = words.rich("solutions.hosts_finding", first=host[0], value=page.number(values[0]))
    chart = ranked_bars(
        [
            Bar(label, v.value or 0.0, trace=v.lineage_id)
            for label, v in zip(host, values, strict=True)
        ],
        wording(page, "hosts-of-origin", name, spoken(said), "PERSONS"),
        header=(words.text("page.area"), words.text("page.value")),
    )
    return [block(page, chart, said, values, half=True)]


def cited_line(page: Page, key: str, figure_id: str, **more: str) -> RichText:
    """Return a fact told by a constant: with its own year and its source, as printed there."""
    declared = figure(figure_id)
    found = {v.sex: v for v in latest_cited(page.ev, declared)}
    if not found:
        return ()
    page.printed += found.values()
    numbers = {
        f"value{'' if sex == '_T' else '_' + sex}": page.number(v) for sex, v in found.items()
    }
    told = {"then": next(iter(found.values())).time_period, "source": declared.cited_source}
    return page.words.rich(key, **numbers, **told, **more)
