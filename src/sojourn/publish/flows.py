"""Estimated flows as a page and a paper: regions, corridors with their band, women and men, checks."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sojourn.estimate.flows.tables import Adjustment, Array
from sojourn.publish.chart import Chart, Wording
from sojourn.publish.content import (
    Alternate,
    ChartBlock,
    Document,
    Download,
    KeyNumber,
    KeyNumbers,
    Notes,
    Number,
    PageLabels,
    Paragraph,
    RichText,
    Section,
    TableBlock,
)
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.chord import chord, heat
from sojourn.publish.draw.flows import Flow, flow_map
from sojourn.publish.draw.ranked import ranked_bars
from sojourn.publish.draw.world import TWO_SIGNS, choropleth
from sojourn.publish.text import Catalogue, catalogue, languages

ARROWS, LISTED, NETS, THINNEST = 40, 15, 10, 100_000.0
NET_BREAKS = (-500_000.0, -100_000.0, 0.0, 100_000.0, 500_000.0)  # persons


@dataclass(frozen=True)
class Measured:
    """Measured arrivals of one country beside three estimates, persons."""

    area: str
    measured: float
    low: float
    central: float
    high: float


@dataclass(frozen=True)
class FlowPage:
    """Everything that a page about one interval says; persons, origins down, destinations across."""

    start: int
    end: int
    places: tuple[str, ...]
    central: Array
    low: Array
    high: Array
    weight: float
    weights: tuple[float, float]
    region: Mapping[str, str]
    regions: tuple[str, ...]
    population: float
    fewest: float
    most: float
    before: float | None
    editions: Mapping[str, str]
    stock_editions: tuple[str, ...]
    sources: tuple[str, ...]
    adjustments: tuple[Adjustment, ...]
    growth: Mapping[str, Sequence[tuple[str, str, float]]]
    measured: tuple[Measured, ...]
    correlation: Mapping[str, float]
    dated: date


@dataclass(frozen=True)
class _Voice:
    """One page in one language."""

    page: FlowPage
    words: Catalogue

    def text(self, key: str, **values: str) -> str:
        years = {"start": str(self.page.start), "end": str(self.page.end)}
        return self.words.text(f"flows.{key}", **{**years, **values})

    def persons(self, value: float) -> str:
        return self.words.number(float(round(value)), "PERSONS")

    def wording(self, chart_id: str, title: str, finding: str) -> Wording:
        return Wording(
            id=chart_id,
            title=title,
            alt=f"{title}. {finding}",
            number=self.persons,
            no_data=self.words.text("page.no_data"),
            language=self.words.language,
            direction="rtl" if self.words.direction == "rtl" else "ltr",
        )

    def block(self, chart: Chart, finding: str, *, half: bool = False) -> ChartBlock:
        table = base64.b64encode(chart.csv.encode()).decode()
        name = f"{chart.id}.{self.words.language}.csv"
        return ChartBlock(
            chart=chart,
            finding=(finding,),
            source=("; ".join(self.page.sources),),
            downloads=(Download(label="CSV", href=f"data:text/csv;base64,{table}", filename=name),),
            size="half" if half else "full",
        )


def flow_document(page: FlowPage, language: str) -> Document:
    """Return the document about an interval in one language."""
    voice = _Voice(page, catalogue(language))
    words = voice.words
    names = PageLabels.__dataclass_fields__
    stem = f"flows-{page.start}-{page.end}"
    return Document(
        language=language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=voice.text("title"),
        subtitle=voice.text("subtitle"),
        notice=voice.text("notice"),
        edition_note=(voice.text("edition_note", **page.editions),),
        dated=page.dated,
        sections=(_overview(voice), _between(voice), _nets(voice), _sexes(voice), _checks(voice)),
        labels=PageLabels(**{name: words.text(f"page.{name}") for name in names}),
        alternates=tuple(
            Alternate(language=c, name=catalogue(c).text("name"), href=f"{stem}.{c}.html")
            for c in languages()
            if c != language
        ),
        footer=((words.text("disclaimer"),),),
        description=voice.text("description"),
    )


def flow_sections(page: FlowPage, language: str) -> tuple[Section, ...]:
    """Return the sections about an interval for another document; their ids begin with ``moved-``."""
    found = flow_document(page, language).sections
    return tuple(replace(s, id=f"moved-{s.id}") for s in found)


def _largest(page: FlowPage, count: int) -> list[tuple[int, int]]:
    order = np.argsort(-page.central, axis=None, kind="stable")[:count]
    pairs = zip(*np.unravel_index(order, page.central.shape), strict=True)
    return [(int(i), int(j)) for i, j in pairs if page.central[i, j] > 0]


def _overview(voice: _Voice) -> Section:
    page, words = voice.page, voice.words
    total = float(page.central.sum())
    before: RichText = ()
    if page.before is not None:
        change = words.change(total - page.before, "PERSONS")
        before = (voice.text("before", change=change),)
    share = words.number(100.0 * total / page.population, "PERCENT")

    def item(key: str, value: float, said: RichText = ()) -> KeyNumber:
        return KeyNumber(label=voice.text(key), value=Number(voice.persons(value)), change=said)

    keys = KeyNumbers(
        items=(
            item("central", total, before),
            item("low", page.fewest),
            item("high", page.most),
            KeyNumber(label=voice.text("share"), value=Number(share)),
        )
    )
    top = _largest(page, ARROWS)
    i, j = top[0]
    finding = voice.text(
        "map_finding",
        first=_corridor(voice, i, j),
        value=voice.persons(float(page.central[i, j])),
        low=voice.persons(float(page.low[i, j])),
        high=voice.persons(float(page.high[i, j])),
    )
    drawn = flow_map(
        [Flow(page.places[i], page.places[j], float(page.central[i, j])) for i, j in top],
        voice.wording("flow-map", voice.text("map"), finding),
        names={a: words.area(a) for a in page.places},
        header=(words.text("page.area"), words.text("page.area"), words.text("page.value")),
        legend=voice.text("map_legend"),
    )
    return Section(
        id="flows",
        topic=voice.text("topic"),
        heading=voice.text("heading", central=voice.persons(total)),
        blocks=(keys, voice.block(drawn, finding)),
        new_page=False,
    )


def _corridor(voice: _Voice, i: int, j: int) -> str:
    return voice.words.area(f"{voice.page.places[i]}>{voice.page.places[j]}")


def _by_region(page: FlowPage) -> list[list[float]]:
    index = {r: k for k, r in enumerate(page.regions)}
    place = np.array([index.get(page.region.get(a, ""), -1) for a in page.places])
    return [
        [
            float(page.central[np.ix_(place == r, place == c)].sum())
            for c in range(len(page.regions))
        ]
        for r in range(len(page.regions))
    ]


def _between(voice: _Voice) -> Section:
    page, words = voice.page, voice.words
    matrix = _by_region(page)
    labels = [words.area(r) for r in page.regions]
    inside = sum(matrix[k][k] for k in range(len(matrix)))
    share = words.number(100.0 * inside / max(sum(map(sum, matrix)), 1.0), "PERCENT")
    finding = voice.text("between_finding", share=share)
    corner = words.text("corridors.corner")
    around = chord(
        labels,
        matrix,
        voice.wording("flow-chord", voice.text("between"), finding),
        threshold=THINNEST,
        words=(corner, words.text("corridors.out"), words.text("corridors.in")),
    )
    grid = heat(
        labels, matrix, voice.wording("flow-heat", voice.text("heat"), finding), corner=corner
    )
    top = _largest(page, LISTED)
    first = f"{_corridor(voice, *top[0])}: {voice.persons(float(page.central[top[0]]))}"
    listed = bars(
        [Bar(_corridor(voice, i, j), float(page.central[i, j])) for i, j in top],
        voice.wording("flow-top", voice.text("top"), first),
        header=(voice.text("corridor"), words.text("page.value")),
    )
    rows = tuple(
        (
            (_corridor(voice, i, j),),
            *((voice.persons(float(t[i, j])),) for t in (page.low, page.central, page.high)),
        )
        for i, j in top
    )
    banded = TableBlock(
        id="band",
        caption=voice.text("band"),
        header=(
            voice.text("corridor"),
            voice.text("band_low"),
            voice.text("band_central"),
            voice.text("band_high"),
        ),
        rows=rows,
        numeric=(False, True, True, True),
    )
    return Section(
        id="between",
        topic=words.text("corridors.topic"),
        heading=finding,
        blocks=(
            voice.block(around, finding),
            voice.block(grid, finding),
            voice.block(listed, first),
            banded,
        ),
    )


def _nets(voice: _Voice) -> Section:
    page, words = voice.page, voice.words
    net = page.central.sum(axis=0) - page.central.sum(axis=1)
    order = np.argsort(-net, kind="stable")
    blocks = []
    for key, chosen, sign in (("gains", order[:NETS], 1.0), ("losses", order[::-1][:NETS], -1.0)):
        rows = [Bar(words.area(page.places[k]), sign * float(net[k])) for k in chosen]
        said = voice.text(f"{key}_finding", first=rows[0].label, value=voice.persons(rows[0].value))
        chart = ranked_bars(
            rows,
            voice.wording(f"flow-{key}", voice.text(key), said),
            header=(words.text("page.area"), words.text("page.value")),
        )
        blocks.append(voice.block(chart, said, half=True))
    first = words.area(page.places[int(order[0])])
    gained = voice.persons(float(net[order[0]]))
    known = {a: float(net[k]) for k, a in enumerate(page.places)}
    said = voice.text("gains_finding", first=first, value=gained)
    drawn = choropleth(
        known,
        voice.wording("flow-net", voice.text("net"), said),
        breaks=NET_BREAKS,
        names={a: words.area(a) for a in known},
        header=(words.text("page.area"), words.text("page.value")),
        ramp=TWO_SIGNS,
    )
    blocks.insert(0, voice.block(drawn, said))
    return Section(
        id="net",
        topic=voice.text("gains"),
        heading=voice.text("gains_finding", first=first, value=gained),
        blocks=tuple(blocks),
    )


def _sexes(voice: _Voice) -> Section:
    page, words = voice.page, voice.words
    blocks: list[ChartBlock | Notes] = []
    for key, sex in (("women", "F"), ("men", "M")):
        grown = page.growth.get(sex, ())
        if not grown:
            continue
        rows = [Bar(words.area(f"{o}>{d}"), value) for o, d, value in grown]
        said = voice.text("sex_finding", first=rows[0].label, value=voice.persons(rows[0].value))
        chart = ranked_bars(
            rows,
            voice.wording(f"flow-{key}", voice.text(key), said),
            header=(voice.text("corridor"), words.text("page.value")),
        )
        blocks.append(voice.block(chart, said, half=True))
    note = voice.text("sex_note" if blocks else "no_sex")
    return Section(
        id="sex",
        topic=words.text("women.topic"),
        heading=voice.text("women"),
        blocks=(*blocks, Notes(items=((note,),))),
    )


def _checks(voice: _Voice) -> Section:
    page, words = voice.page, voice.words
    weights = {k: f"{v:.2f}" for k, v in zip(("lowest", "highest"), page.weights, strict=True)}
    lost = ", ".join(
        f"{a.place} {words.change(round(a.persons), 'PERSONS')} ({a.step})"
        for a in page.adjustments
    )
    notes = Notes(
        items=(
            (voice.text("method", weight=f"{page.weight:.2f}", **weights),),
            (voice.text("vintages", editions=words.join(list(page.stock_editions))),),
            (voice.text("moves_note"),),
            *(((voice.text("lost", lost=lost),),) if lost else ()),
        )
    )
    topic, heading = voice.text("checks"), voice.text("checks_heading")
    if not page.measured:
        missing = Paragraph(content=(voice.text("checks_none"),))
        return Section(id="checks", topic=topic, heading=heading, blocks=(missing, notes))
    shown = {k: words.number(v, "") for k, v in page.correlation.items()}
    table = TableBlock(
        id="measured",
        caption=voice.text("checks_caption"),
        header=(
            words.text("page.area"),
            voice.text("measured"),
            voice.text("band_low"),
            voice.text("band_central"),
            voice.text("band_high"),
            voice.text("ratio"),
        ),
        rows=tuple(
            (
                (words.area(m.area),),
                *((voice.persons(v),) for v in (m.measured, m.low, m.central, m.high)),
                (words.number(m.central / m.measured, ""),),
            )
            for m in page.measured
        ),
        numeric=(False, True, True, True, True, True),
    )
    lead = (voice.text("checks_lead", count=str(len(page.measured)), **shown),)
    return Section(id="checks", topic=topic, heading=heading, lead=lead, blocks=(table, notes))
