"""Four pages on a replay: what was published, what fails, the two ways beside each other, what is assumed.

Published figures lead to their declaration and source; simulated ones to the replay, and are
called synthetic wherever they stand.
"""

import base64
import math

from sojourn.publish import (
    Block,
    Chart,
    ChartBlock,
    Document,
    Download,
    KeyNumber,
    KeyNumbers,
    LineageAppendix,
    Notes,
    Pair,
    Paragraph,
    RichText,
    Section,
    Span,
    TableBlock,
    labels_of,
    pairs,
)
from sojourn.publish import Facts as Statements
from sojourn.relocation.counts.counts import rest
from sojourn.relocation.lists.replay_page import ReplayBrief, ReplayPage
from sojourn.relocation.replay.facts import Facts
from sojourn.relocation.replay.outcome import Failure
from sojourn.relocation.replay.replay import SETS, Band

TABLED = (
    "tier_1",
    "others",
    "turned_away",
    "turned_away_children",
    "waited",
    "night_arrivals",
    "unsafe_children",
)
PERCENT = 100.0
# coaches planned, coaches used, people on board: figures by day, empty where none was published
COACHES = (
    ("coaches_day_1", "coaches_day_1_used", "day_1_adults"),
    ("coaches_day_2", "coaches_day_2_used", "day_2_adults"),
    ("coaches_day_3", "", ""),
    ("coaches_reserve", "coaches_reserve_used", "reserve_moved"),
    ("", "coaches_minors", "minors_moved_november"),
)
BAND = ("5", "95")  # per cent of the runs, as in ``sojourn.relocation.replay.replay.Band``


def replay_document(brief: ReplayBrief, language: str) -> Document:
    """Return the four pages in one language.

    Raises
    ------
    PublishError
        The catalogue lacks a text.
    """
    page = ReplayPage(brief, language)
    words, r = page.words, brief.replay
    sections = (_published(page), _failures(page), _compared(page), _assumed(page))
    about = page.text(
        "edition",
        people=page.count(r.persons),
        seed=str(r.seed),
        runs=page.count(r.runs),
        inputs=brief.inputs[:16],
    )
    return Document(
        language=language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=page.text("title", year=_year(page)),
        subtitle=page.text("subtitle"),
        notice=page.text("notice"),
        edition_note=(about,),
        dated=brief.dated,
        sections=sections,
        labels=labels_of(words),
        description=page.text("subtitle"),
    )


def _chart_block(page: ReplayPage, chart: Chart, key: str, source: str) -> ChartBlock:
    table = base64.b64encode(chart.csv.encode()).decode()
    name = f"{chart.id}.{page.words.language}.csv"
    return ChartBlock(
        chart=chart,
        finding=(page.text(f"finding_{key}"),),
        source=(source,),
        downloads=(Download(label="CSV", href=f"data:text/csv;base64,{table}", filename=name),),
    )


def _published(page: ReplayPage) -> Section:
    day = page.words.day(page.brief.facts.day("turned_away_children"))
    left: RichText = (page.cited("left_before_low"), "–", page.cited("left_before_high"))
    adults, minors = page.cited("moved_adults"), page.cited("moved_minors")
    of_whom = page.words.rich("replay.of_whom", adults=adults, minors=minors)
    more = page.words.rich(
        "replay.more_coaches",
        reserve=page.cited("coaches_reserve"),
        minors=page.cited("coaches_minors"),
    )
    planned = page.summed("coaches", "coaches_day_1", "coaches_day_2", "coaches_day_3")
    keys = (
        KeyNumber(
            label=page.text("moved"),
            value=page.summed("moved", "moved_adults", "moved_minors"),
            change=of_whom,
        ),
        KeyNumber(label=page.text("coaches"), value=planned, change=more),
        KeyNumber(
            label=page.text("figure_turned_away_children"),
            value=page.cited("turned_away_children"),
            change=(day,),
        ),
        KeyNumber(label=page.text("figure_centres"), value=page.cited("centres")),
    )
    unexplained = _unexplained(page)
    before = page.words.rich("replay.left_before", left=left)
    return Section(
        id="published",
        topic=page.text("published"),
        heading=page.text("published_heading"),
        blocks=(
            Paragraph(content=(page.text("lead", year=_year(page)),)),
            KeyNumbers(items=keys),
            _days(page),
            _coaches(page),
            Notes(items=(unexplained, before)),
        ),
    )


def _year(page: ReplayPage) -> str:
    return str(page.brief.facts.day("moved_adults").year)


def _coaches(page: ReplayPage) -> TableBlock:
    """Return coaches by day, with the load where both its parts are published."""
    rows: list[tuple[RichText, ...]] = []
    nothing: RichText = (page.text("not_published"),)
    for planned, used, aboard in COACHES:
        went, left = page.brief.facts.figures.get(aboard), page.brief.facts.figures.get(used)
        both = went is not None and left is not None
        load = page.words.exact(_tenth(went.value / left.value), "") if went and left else ""
        rows.append(
            (
                (page.words.day(page.brief.facts.day(planned or used)),),
                (page.cited(planned),) if planned else nothing,
                (page.cited(used),) if left else nothing,
                (page.cited(aboard),) if went else nothing,
                (load,) if both else nothing,
            )
        )
    return TableBlock(
        id="coaches-by-day",
        caption=page.text("coach_table"),
        header=tuple(
            page.text(f"head_{h}")
            for h in ("day", "coaches_planned", "coaches_used", "aboard", "load")
        ),
        rows=tuple(rows),
        numeric=(False, True, True, True, True),
    )


def _tenth(value: float) -> float:
    """Return a value to one decimal, halves upwards, as the sources print it."""
    return math.floor(value * 10 + 0.5) / 10


def _unexplained(page: ReplayPage) -> RichText:
    parts = ("day_1_adults", "day_1_minors", "day_2_adults", "day_2_minors")
    facts = page.brief.facts
    left = rest(int(facts.value("running_total")), [int(facts.value(p)) for p in parts])
    return page.words.rich(
        "replay.unexplained",
        total=page.cited("running_total"),
        parts=page.summed("two_days", *parts),
        rest=page.count(left.unexplained),
    )


def _days(page: ReplayPage) -> ChartBlock:
    facts, rows = page.brief.facts, []
    planned = ("planned_day_1", "planned_day_2", "planned_day_3", None, None)
    moved = (
        ("day_1_adults", "day_1_minors"),
        ("day_2_adults", "day_2_minors"),
        (),
        ("reserve_moved",),
        ("minors_moved_november",),
    )
    days = ("coaches_day_1", "coaches_day_2", "coaches_day_3", "coaches_reserve", "coaches_minors")
    for name, plan, parts in zip(days, planned, moved, strict=True):
        for one in (*parts, *([plan] if plan else [])):
            page.cited(one)
        went = sum(facts.value(p) for p in parts) if parts else None
        rows.append(
            Pair(
                page.words.day(facts.day(name)),
                Span(facts.value(plan) if plan else None),
                Span(went),
            )
        )
    names = (page.text("planned_people"), page.text("moved_people"))
    header = (page.text("head_day"), *_series(page))
    drawn = pairs(rows, page.wording("days", page.count), header=header, names=names)
    return _chart_block(page, drawn, "days", page.text("source_published"))


def _series(page: ReplayPage) -> tuple[str, str, str, str]:
    return (
        page.words.text("page.series"),
        page.words.text("page.value"),
        page.text("head_low"),
        page.text("head_high"),
    )


def _failures(page: ReplayPage) -> Section:
    facts = page.brief.facts
    early = page.words.rich(
        "replay.told_closed_early",
        day=page.words.day(facts.day("turned_away_children")),
        children=page.cited("turned_away_children"),
    )
    night = page.words.rich("replay.told_night", hour=page.cited("arrival_reported"))
    told: tuple[RichText, ...] = (
        early,
        (page.text("told_left_cap"),),
        (page.text("told_palm"),),
        night,
    )
    blocks: tuple[Block, ...] = (
        Statements(items=told),
        _compare(page, "unsafe_children"),
        _compare(page, "night_arrivals"),
    )
    return Section(
        id="failures",
        topic=page.text("failures"),
        heading=page.text("failures_heading"),
        blocks=blocks,
    )


def _ways(page: ReplayPage) -> tuple[str, str]:
    return (page.text("way_queue"), page.text("way_plan"))


def _compare(page: ReplayPage, measure: str) -> ChartBlock:
    rows = []
    for name in SETS:
        both = [page.brief.replay.of(name, way).measures[measure] for way in ("queue", "plan")]
        first, second = (Span(round(b.median), round(b.low), round(b.high)) for b in both)
        rows.append(Pair(page.text(f"set_{name}"), first, second))
    header = (page.text("head_failures"), *_series(page))
    drawn = pairs(rows, page.wording(measure, page.count), header=header, names=_ways(page))
    return _chart_block(page, drawn, measure, _synthetic(page))


def _synthetic(page: ReplayPage) -> str:
    r = page.brief.replay
    return page.text(
        "source_synthetic",
        runs=page.count(r.runs),
        seed=str(r.seed),
        low=BAND[0],
        high=BAND[1],
        inputs=page.brief.inputs[:16],
    )


def _compared(page: ReplayPage) -> Section:
    replay = page.brief.replay
    rows = [
        Pair(
            page.text(f"set_{name}"),
            *(Span(PERCENT * replay.of(name, w).robustness) for w in ("queue", "plan")),
        )
        for name in SETS
    ]
    wording = page.wording("robustness", lambda v: page.words.number(v, "PERCENT"))
    header = (page.text("head_failures"), *_series(page))
    drawn = pairs(rows, wording, header=header, names=_ways(page), most=PERCENT)
    blocks: tuple[Block, ...] = (
        _chart_block(page, drawn, "robustness", _synthetic(page)),
        _table(page),
        Notes(items=(*_fragile(page), (page.text("reading", low=BAND[0], high=BAND[1]),))),
    )
    return Section(
        id="compared",
        topic=page.text("compared"),
        heading=page.text("compared_heading"),
        blocks=blocks,
    )


def _fragile(page: ReplayPage) -> tuple[RichText, ...]:
    """Say where the plan does worse than the queue in its slowest runs, if it does."""
    plan, queue = (page.brief.replay.of("none", way).measures for way in ("plan", "queue"))
    if any(plan[m].high <= queue[m].high for m in ("others", "waited")):
        return ()
    shown = {m: page.simulated(page.count(plan[m].high)) for m in ("others", "waited")}
    return (page.words.rich("replay.slow_plan", high=BAND[1], **shown),)


def _table(page: ReplayPage) -> TableBlock:
    rows: list[tuple[RichText, ...]] = []
    for name in SETS:
        for way in ("queue", "plan"):
            measures = page.brief.replay.of(name, way).measures
            cells = (_band(page, measures[m]) for m in TABLED)
            rows.append(((page.text(f"set_{name}"),), (page.text(f"way_{way}_short"),), *cells))
    return TableBlock(
        id="runs",
        caption=page.text("table_caption"),
        header=(
            page.text("head_failures"),
            page.text("head_way"),
            *(page.text(f"measure_{m}") for m in TABLED),
        ),
        rows=tuple(rows),
        numeric=(False, False, *(True for _ in TABLED)),
        source=(_synthetic(page),),
    )


def _band(page: ReplayPage, band: Band) -> RichText:
    shown = [page.count(v) for v in (band.median, band.low, band.high)]
    if band.low == band.high:
        return (page.simulated(shown[0]),)
    return (page.simulated(shown[0]), f" ({shown[1]}–{shown[2]})")


def _assumed(page: ReplayPage) -> Section:
    brief = page.brief
    plan = page.words.rich(
        "replay.plan_told",
        placed=page.simulated(page.count(brief.placed)),
        unplaced=page.simulated(page.count(brief.unplaced)),
        trips=page.simulated(page.count(brief.trips)),
    )
    notes: tuple[RichText, ...] = (plan, (page.text("limits"),), (page.text("sources_told"),))
    trees = tuple(page.trees.values())
    blocks: tuple[Block, ...] = (
        _assumptions(page),
        Notes(items=notes),
        LineageAppendix(trees=trees),
    )
    return Section(
        id="assumed",
        topic=page.text("assumed"),
        heading=page.text("assumed_heading"),
        blocks=blocks,
    )


def _assumptions(page: ReplayPage) -> TableBlock:
    rows: list[tuple[RichText, ...]] = []
    for a in page.brief.facts.assumptions.values():
        low, value, high = (page.words.exact(v, "") for v in (a.low, a.value, a.high))
        rows.append(
            (
                (page.text(f"assume_{a.id}"),),
                (value,),
                ("—" if a.low == a.high else f"{low}–{high}",),
                (page.text(f"mark_{a.mark}"),),
            )
        )
    return TableBlock(
        id="assumptions",
        caption=page.text("assumptions_caption", n=page.count(len(rows))),
        header=tuple(page.text(f"head_{h}") for h in ("assumption", "value", "range", "mark")),
        rows=tuple(rows),
        numeric=(False, True, True, False),
    )


def message_keys(facts: Facts) -> tuple[str, ...]:
    """Return the keys of the catalogue that name figures, assumptions, failures and measures."""
    return (
        *(f"replay.figure_{n}" for n in facts.figures),
        *(f"replay.assume_{n}" for n in facts.assumptions),
        *(f"replay.told_{f.value}" for f in Failure),
        *(f"replay.set_{n}" for n in SETS),
        *(f"replay.measure_{m}" for m in TABLED),
    )
