"""Estimated flows as a page and a paper: regions, corridors with their band, women and men, checks."""

from dataclasses import replace

import numpy as np

from sojourn.flows.pages.accounts import accounts_section, carry, totals_section
from sojourn.flows.pages.voice import FlowPage, Measured, Voice
from sojourn.publish import (
    TWO_SIGNS,
    Bar,
    Chart,
    ChartBlock,
    Document,
    Flow,
    Interval,
    KeyNumber,
    KeyNumbers,
    Notes,
    Number,
    Paragraph,
    RichText,
    Section,
    TableBlock,
    catalogue,
    chord,
    choropleth,
    flow_map,
    heat,
    intervals,
    labels_of,
    other_languages,
    ranked_bars,
)

__all__ = ["FlowPage", "Measured", "flow_document", "flow_sections"]

ARROWS, LISTED, NETS, THINNEST = 40, 15, 10, 100_000.0
HALF = 372.0  # pixels of half a page
NET_BREAKS = (-500_000.0, -100_000.0, 0.0, 100_000.0, 500_000.0)  # persons


def flow_document(page: FlowPage, language: str) -> Document:
    """Return the document about an interval in one language."""
    voice = Voice(page, catalogue(language))
    words = voice.words
    stem = f"flows-{page.start}-{page.end}"
    return Document(
        language=language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=voice.text("title"),
        subtitle=voice.text("subtitle"),
        notice=voice.text("notice"),
        edition_note=(
            voice.text(
                "edition_note", editions=words.join(list(dict.fromkeys(page.editions.values())))
            ),
        ),
        dated=page.dated,
        sections=tuple(
            section
            for section in (
                _overview(voice),
                _between(voice),
                totals_section(voice),
                _nets(voice),
                _sexes(voice),
                accounts_section(voice),
                _checks(voice),
            )
            if section is not None
        ),
        labels=labels_of(words),
        alternates=other_languages(language, stem),
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


def _keys(voice: Voice) -> KeyNumbers:
    page, words = voice.page, voice.words
    total = float(page.central.sum())
    before: RichText = ()
    if page.before is not None:
        change = words.change(total - page.before, "PERSONS")
        before = (voice.text("before", change=change),)
    share = words.number(100.0 * total / page.population, "PERCENT")

    def item(key: str, value: float, said: RichText = ()) -> KeyNumber:
        return KeyNumber(label=voice.text(key), value=Number(voice.persons(value)), change=said)

    return KeyNumbers(
        items=(
            item("central", total, before),
            item("low", page.fewest),
            item("high", page.most),
            KeyNumber(label=voice.text("share"), value=Number(share)),
        )
    )


def _overview(voice: Voice) -> Section:
    page, words = voice.page, voice.words
    keys = _keys(voice)
    top = _largest(page, ARROWS)
    i, j = top[0]
    finding = voice.text(
        "map_finding",
        first=_corridor(voice, i, j),
        value=voice.persons(float(page.central[i, j])),
        low=voice.persons(float(page.interval[0][i, j])),
        high=voice.persons(float(page.interval[1][i, j])),
    )
    drawn = flow_map(
        [
            Flow(
                page.places[i],
                page.places[j],
                float(page.central[i, j]),
                (float(page.interval[0][i, j]), float(page.interval[1][i, j])),
            )
            for i, j in top
        ],
        voice.wording("flow-map", voice.text("map", count=str(len(top))), finding),
        names={a: words.area(a) for a in page.places},
        header=(words.text("page.area"), words.text("page.area"), words.text("page.value")),
        ends=(voice.text("band_low"), voice.text("band_high")),
        legend=voice.text("map_legend"),
    )
    return Section(
        id="flows",
        topic=voice.text("topic"),
        heading=voice.text("heading", central=voice.persons(float(page.central.sum()))),
        blocks=(
            keys,
            carry(voice),
            voice.block(drawn, f"{finding}. {voice.text('interval_note')}"),
        ),
        new_page=False,
    )


def _corridor(voice: Voice, i: int, j: int) -> str:
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


def _listed(voice: Voice) -> tuple[Chart, TableBlock, str]:
    """Return the largest corridors as intervals and as a table of methods, and the first in words."""
    page = voice.page
    top = _largest(page, LISTED)
    first = f"{_corridor(voice, *top[0])}: {voice.persons(float(page.central[top[0]]))}"
    low, high = page.interval
    listed = intervals(
        [
            Interval(
                _corridor(voice, i, j),
                float(page.central[i, j]),
                float(low[i, j]),
                float(high[i, j]),
            )
            for i, j in top
        ],
        voice.wording("flow-top", voice.text("top", count=str(len(top))), first),
        header=voice.interval_header(voice.text("corridor")),
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
    return listed, banded, first


def _between(voice: Voice) -> Section:
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
    listed, banded, first = _listed(voice)
    return Section(
        id="between",
        topic=words.text("corridors.topic"),
        heading=finding,
        blocks=(
            voice.block(around, finding),
            voice.block(grid, finding),
            voice.block(listed, f"{first}. {voice.text('interval_note')}"),
            banded,
        ),
    )


def _nets(voice: Voice) -> Section:
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


def _sexes(voice: Voice) -> Section:
    page, words = voice.page, voice.words
    blocks: list[ChartBlock | Notes] = []
    for key, sex in (("women", "F"), ("men", "M")):
        grown = page.growth.get(sex, ())
        if not grown:
            continue
        rows = [Interval(words.area(f"{o}>{d}"), v, *_scaled(page, o, d, v)) for o, d, v in grown]
        said = voice.text("sex_finding", first=rows[0].label, value=voice.persons(rows[0].value))
        chart = intervals(
            rows,
            voice.wording(f"flow-{key}", voice.text(key), said),
            header=voice.interval_header(voice.text("corridor")),
            width=HALF,
        )
        blocks.append(voice.block(chart, said, half=True))
    note = voice.text("sex_note" if blocks else "no_sex")
    return Section(
        id="sex",
        topic=words.text("women.topic"),
        heading=voice.text("women"),
        blocks=(*blocks, Notes(items=((note,),))),
    )


def _scaled(page: FlowPage, origin: str, destination: str, value: float) -> tuple[float, float]:
    """Return the corridor's interval for a part of its people."""
    i, j = page.places.index(origin), page.places.index(destination)
    whole = float(page.central[i, j])
    if whole <= 0:
        return 0.0, value
    low, high = (float(t[i, j]) / whole for t in page.interval)
    return min(low, 1.0) * value, max(high, 1.0) * value


def _checks(voice: Voice) -> Section:
    page, words = voice.page, voice.words
    weights = {
        k: words.fixed(v, 2) for k, v in zip(("lowest", "highest"), page.weights, strict=True)
    }
    lost = ", ".join(
        f"{a.place} {words.change(round(a.persons), 'PERSONS')} ({a.step})"
        for a in page.adjustments
        if a.step != "units"
    )
    units = "; ".join(
        " + ".join(words.area(a) for a in (place, *parts))
        for place, parts in page.units.items()
        if place in page.places
    )
    notes = Notes(
        items=(
            (voice.text("method", weight=words.fixed(page.weight, 2), **weights),),
            (voice.text("vintages", editions=words.join(list(page.stock_editions))),),
            (voice.text("moves_note"),),
            *(((voice.text("units", units=units),),) if units else ()),
            *(((voice.text("lost", lost=lost),),) if lost else ()),
        )
    )
    topic, heading = voice.text("checks"), voice.text("checks_heading")
    if not page.measured:
        missing = Paragraph(content=(voice.text("checks_none"),))
        return Section(id="checks", topic=topic, heading=heading, blocks=(missing, notes))
    shown = {k: words.number(v, "") for k, v in page.correlation.items()}
    tables = [
        _measured(voice, key, rows)
        for key, rows in (("measured", page.measured), ("departures", page.departures))
        if rows
    ]
    lead = (voice.text("checks_lead", count=str(len(page.measured)), **shown),)
    return Section(id="checks", topic=topic, heading=heading, lead=lead, blocks=(*tables, notes))


def _measured(voice: Voice, key: str, rows: tuple[Measured, ...]) -> TableBlock:
    """Return measured totals of one direction beside three estimates."""
    words = voice.words
    return TableBlock(
        id=key,
        caption=voice.text("checks_caption" if key == "measured" else "departures_caption"),
        header=(
            words.text("page.area"),
            voice.text("measured"),
            voice.text("least_short"),
            voice.text("band_central"),
            voice.text("most_short"),
            voice.text("ratio"),
        ),
        rows=tuple(
            (
                (words.area(m.area),),
                *((voice.persons(v),) for v in (m.measured, m.low, m.central, m.high)),
                (words.number(m.central / m.measured, ""),),
            )
            for m in rows
        ),
        numeric=(False, True, True, True, True, True),
    )
