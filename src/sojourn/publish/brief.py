"""Two pages on one disease: where we stand, who is left out, what including them changes.

Every number hangs on a cell, or on a run by its name.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sojourn.publish.chart import Wording
from sojourn.publish.content import (
    Block,
    ChartBlock,
    Document,
    Download,
    KeyNumber,
    KeyNumbers,
    LineageAppendix,
    LineageNode,
    Notes,
    Number,
    PageLabels,
    Paragraph,
    RichText,
    Section,
    TableBlock,
)
from sojourn.publish.draw.trend import Line, trend
from sojourn.publish.drivers import drivers_chart
from sojourn.publish.text import catalogue
from sojourn.simulate.parameters import MARKS, Parameter
from sojourn.simulate.tracking import Tracking

COMPARED = ("current", "residents_only", "included", "border_screening", "included_and_source", "same_commodities")  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """What a brief is made from.

    Attributes
    ----------
    share : (float, str)
        Migrants as a share of the population [per cent], and the cell.
    run : mapping
        Summary of a run (``sojourn simulate``); empty where none was given.
    """

    topic: str
    area: str
    trackings: tuple[Tracking, ...]
    share: tuple[float, str] | None
    run: Mapping[str, Any]
    known: Mapping[str, Parameter]
    dated: date
    editions: tuple[str, ...]


class _Page:
    """One brief in one language, with the lineage it has gathered."""

    def __init__(self, brief: Brief, language: str) -> None:
        self.brief, self.words = brief, catalogue(language)
        self.trees: dict[str, LineageNode] = {}

    def text(self, key: str, **values: str) -> str:
        return self.words.text(f"brief.{key}", **values)

    def cited(self, shown: str, label: str, address: str) -> Number:
        """Return a number that leads to a cell or to a run."""
        known = [k for k, t in self.trees.items() if (t.label, t.address) == (label, address)]
        name = known[0] if known else f"from-{len(self.trees) + 1}"
        self.trees.setdefault(name, LineageNode(id=name, label=label, value=shown, address=address))
        return Number(shown, name)

    def ran(self, shown: str) -> Number:
        """Return a number that leads to the run: parameters, draws, editions and code as one name."""
        name = self.brief.run["run"]
        self.trees.setdefault("run", LineageNode(id="run", label=self.text("run"), address=name))
        return Number(shown, "run")


def brief_document(brief: Brief, language: str) -> Document:
    """Return a brief in one language.

    Raises
    ------
    PublishError
        The catalogue lacks a text.
    """
    page = _Page(brief, language)
    words = page.words
    sections = (_stands(page), _left_out(page), _changes(page), _unknown(page))
    trees = tuple(page.trees.values())
    lineage = Section(
        id="lineage",
        topic=words.text("methods.trace_topic"),
        heading=words.text("methods.trace_heading"),
        blocks=(LineageAppendix(trees=trees),),
        new_page=False,
    )
    names = PageLabels.__dataclass_fields__
    place = words.area(brief.area)
    return Document(
        language=language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=page.text(f"title_{brief.topic}", area=place),
        subtitle=page.text(f"subtitle_{brief.topic}"),
        notice=page.text("notice"),
        edition_note=(page.text("editions", editions=words.join(list(brief.editions))),),
        dated=brief.dated,
        sections=(*sections, lineage),
        labels=PageLabels(**{name: words.text(f"page.{name}") for name in names}),
        description=page.text(f"subtitle_{brief.topic}"),
    )


def _value(page: _Page, tracking: Tracking, value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return "—"
    rounded = float(f"{value:.3g}") if tracking.target.quantity == "rate" else round(value)
    return page.words.exact(rounded, "")


def _stands(page: _Page) -> Section:
    items, blocks = [], list[Block]()
    for t in page.brief.trackings:
        name = page.text(f"target_{t.target.id}")
        if t.value is None or t.change is None:
            items.append(KeyNumber(label=f"{name}: {t.reason}", value=Number("—")))
            continue
        address = t.cells[-1].address if t.cells else t.edition
        asked = next((m.milestone for m in t.milestones if m.milestone.year >= t.last), t.milestones[-1].milestone)  # fmt: skip
        change: RichText = (
            page.text(
                "since",
                change=page.words.change(t.change, "PERCENT"),
                year=str(t.target.baseline),
                asked=page.words.number(-asked.reduction, "PERCENT"),
                by=str(asked.year),
            ),
        )
        label = page.text("in_year", name=name, year=str(t.last))
        shown = _value(page, t, t.value)
        items.append(KeyNumber(label=label, value=page.cited(shown, label, address), change=change))
        blocks.append(_path(page, t, name))
    return Section(
        id="stands",
        topic=page.text("stands"),
        heading=page.text("stands_heading"),
        blocks=(KeyNumbers(items=tuple(items)), *blocks),
        new_page=False,
    )


def _path(page: _Page, t: Tracking, name: str) -> ChartBlock:
    knots = [(t.target.baseline, t.baseline), *((m.milestone.year, m.goal) for m in t.milestones)]
    required = tuple((float(y), None if v is None else float(v)) for y, v in knots)
    observed = tuple(
        (float(y), None if np.isnan(v) else float(v))
        for y, v in zip(t.years, t.observed, strict=True)
    )
    said = page.text("path_finding", observed=page.text("observed"), required=page.text("required"))
    wording = Wording(
        id=f"path-{t.target.id}".replace("_", "-"),
        title=name,
        alt=f"{name}. {said}",
        number=lambda v: page.words.exact(float(f"{v:.3g}"), ""),
        no_data=page.words.text("page.no_data"),
        language=page.words.language,
    )
    series = [Line(page.text("observed"), observed), Line(page.text("required"), required, "c2")]
    header = (page.words.text("page.series"), page.words.text("page.year"), page.words.text("page.value"))  # fmt: skip
    drawn = trend(series, wording, header=header, height=112.0)
    table = base64.b64encode(drawn.csv.encode()).decode()
    return ChartBlock(
        chart=drawn,
        finding=(said,),
        source=(f"{t.edition}; {t.target.source}",),
        downloads=(Download(label="CSV", href=f"data:text/csv;base64,{table}", filename=f"{wording.id}.csv"),),
        size="half",
    )  # fmt: skip


def _left_out(page: _Page) -> Section:
    brief, blocks = page.brief, list[Block]()
    if brief.share is not None:
        share, cell = brief.share
        shown = page.words.number(share, "PERCENT")
        label = page.text("migrants_share", area=page.words.area(brief.area))
        blocks.append(
            KeyNumbers(items=(KeyNumber(label=label, value=page.cited(shown, label, cell)),))
        )
    blocks.append(Paragraph(content=(page.text(f"left_out_{brief.topic}"),)))
    if "closed_form" in brief.run:
        blocks.append(_floor(page))
    return Section(
        id="left-out",
        topic=page.text("left_out"),
        heading=page.text("left_out_heading"),
        blocks=tuple(blocks),
        new_page=False,
    )


def _floor(page: _Page) -> TableBlock:
    closed = page.brief.run["closed_form"]
    r0 = page.brief.run["r0"]["value"]
    caption = page.text("floor", r0=page.words.exact(r0, ""), mark=page.text("mark_A"))
    rows = tuple(
        ((page.text(f"floor_{key}"),), (page.ran(_r(page, closed[key])),))
        for key in ("included", "left_out", "floor")
    )
    return TableBlock(
        id="floor", caption=caption, header=("", "R"), rows=rows, numeric=(False, True)
    )


def _r(page: _Page, found: Mapping[str, float]) -> str:
    low, middle, high = (page.words.exact(round(found[k], 2), "") for k in ("low", "median", "high"))  # fmt: skip
    return f"{middle} ({low}–{high})"


def _changes(page: _Page) -> Section:
    blocks: tuple[Block, ...] = (Paragraph(content=(page.text("no_run"),)),)
    if page.brief.run:
        alone = "closed_form" in page.brief.run
        table = _place_table(page) if alone else _averted_table(page)
        compared = "compared" if page.brief.topic == "tb" else "compared_malaria"
        blocks = (Paragraph(content=(page.text(compared),)), table)
        if page.brief.topic == "tb":
            blocks = (*blocks, Paragraph(content=(page.text("both_sentences"),)))
    return Section(
        id="changes",
        topic=page.text("changes"),
        heading=page.text("changes_heading"),
        blocks=blocks,
        new_page=False,
    )


def _count(page: _Page, found: Mapping[str, float | None], per: float = 1.0) -> RichText:
    low, middle, high = (found[k] for k in ("low", "median", "high"))
    if low is None or middle is None or high is None or not np.isfinite(middle):
        return ("—",)
    shown = [page.words.exact(float(f"{v / per:.2g}"), "") for v in (middle, low, high)]
    return (page.ran(shown[0]), f" ({shown[1]}–{shown[2]})")


THOUSAND = 1e3
AVERTED = ("cases_residents", "cases_migrants", "deaths_residents", "deaths_migrants")


def _averted_table(page: _Page) -> TableBlock:
    rows: list[tuple[RichText, ...]] = []
    found = page.brief.run["scenarios"]
    last = _control(next(iter(found.values())))
    for name in (n for n in COMPARED if n in found and "averted" in found[n]):
        averted = found[name]["averted"]
        verdict = page.text("verdict_" + averted["verdict"].replace(" ", "_"))
        control = () if last is None else (_controlled(page, found[name]),)
        counts = (_count(page, averted[key], THOUSAND) for key in AVERTED)
        rows.append(((page.text(f"scenario_{name}"),), *counts, *control, (verdict,)))
    heads = ("programme", *AVERTED, *(() if last is None else (last,)), "verdict")
    return TableBlock(
        id="programmes",
        caption=page.text("averted"),
        header=tuple(page.text(f"head_{h}") for h in heads),
        rows=tuple(rows),
        numeric=(False, *(True for _ in heads[1:-1]), False),
    )


def _control(one: Mapping[str, Any]) -> str | None:
    """Return which sign of control the run of malaria tells: R of a country, or countries below one."""
    return "r_last" if "r" in one else "below_one" if "countries_below_one" in one else None


def _controlled(page: _Page, one: Mapping[str, Any]) -> RichText:
    if "r" in one:
        return (page.ran(_r(page, one["r"])),)
    return _count(page, one["countries_below_one"])


def _place_table(page: _Page) -> TableBlock:
    rows = []
    found = page.brief.run["scenarios"]
    for name in (n for n in COMPARED if n in found):
        one = found[name]
        title = page.text(f"scenario_{name}")
        ended = page.words.number(100.0 * one["interrupted"], "PERCENT")
        rows.append(
            (
                (title,),
                (page.ran(_r(page, one["r"])),),
                (page.ran(ended),),
                _count(page, one["averted_residents_per_1000"]),
                _count(page, one["averted_mobile_per_1000"]),
            )
        )
    heads = ("programme", "r", "ended", "infections_residents", "infections_mobile")
    return TableBlock(
        id="programmes",
        caption=page.text("averted_infections"),
        header=tuple(page.text(f"head_{h}") for h in heads),
        rows=tuple(rows),
        numeric=(False, True, True, True, True),
    )


def _unknown(page: _Page) -> Section:
    brief = page.brief
    doubtful = [p for p in brief.known.values() if not p.is_evidence]
    notes: list[RichText] = [
        (page.text("doubtful", n=page.words.exact(len(doubtful), ""), all=page.words.exact(len(brief.known), "")),),
        (page.text("unknown_place" if "closed_form" in brief.run else f"unknown_{brief.topic}"),),
    ]  # fmt: skip
    blocks: list[Block] = [Notes(items=tuple(notes))]
    if brief.run.get("drivers"):
        blocks.insert(0, drivers_chart(brief.run, brief.known, page.words))
    return Section(
        id="unknown",
        topic=page.text("unknown"),
        heading=page.text("unknown_heading"),
        blocks=tuple(blocks),
        new_page=False,
    )


def mark_keys() -> tuple[str, ...]:
    """Return the keys of the catalogue that name the evidence marks."""
    return tuple("brief.mark_" + mark.replace("*", "_derived") for mark in MARKS)
