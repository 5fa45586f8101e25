"""Estimates beside what others published and measured, as a page and a paper."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sojourn.flows.inputs.others import others
from sojourn.flows.inputs.published import OFF, SIGNS, SIZEABLE, TARGETS, TOP, TOP_OFF, Compared
from sojourn.flows.inputs.reasons import Why
from sojourn.flows.model.balance import TOLERANCE
from sojourn.flows.model.calibration import LEVEL
from sojourn.flows.pages.bilateral import COLUMNS as OTHER_COLUMNS
from sojourn.flows.pages.bilateral import OtherRow, other_cells
from sojourn.flows.pages.validation_rows import BandRow, MeasuredRow, NetRow
from sojourn.publish import (
    Catalogue,
    Document,
    Notes,
    Paragraph,
    RichText,
    Section,
    TableBlock,
    catalogue,
    labels_of,
    other_languages,
)

STEM = "flows-validation"
Row = tuple[RichText, ...]


@dataclass(frozen=True)
class ValidationPage:
    """Everything that the page about the validation says."""

    compared: Sequence[tuple[str, Compared]]
    measured: Sequence[MeasuredRow]
    nets: Sequence[NetRow]
    bands: Sequence[BandRow]
    again: Sequence[BandRow]
    verdicts: Mapping[str, bool]
    why_none: Sequence[tuple[str, str, Why]]
    others: Sequence[OtherRow]
    not_loaded: Sequence[Mapping[str, str]]
    differs: Mapping[str, Sequence[str]]
    uncounted: Sequence[str]
    editions: Sequence[str]
    dated: date


def validation_document(page: ValidationPage, language: str) -> Document:
    """Return the document about the validation in one language."""
    words = catalogue(language)
    met = sum(page.verdicts.values())
    sections = (
        _series(page, words),
        _corridors(page, words),
        _places(page, words),
        _measured(page, words),
        _bilateral(page, words),
        _bands(page, words),
        _verdicts(page, words),
    )
    return Document(
        language=language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=words.text("validation.title"),
        subtitle=words.text("validation.subtitle", met=str(met), counted=str(len(page.verdicts))),
        notice=words.text("flows.notice"),
        edition_note=(
            words.text("validation.edition_note", editions=words.join(list(page.editions))),
        ),
        dated=page.dated,
        sections=tuple(s for s in sections if s is not None),
        labels=labels_of(words),
        alternates=other_languages(language, STEM),
        footer=((words.text("disclaimer"),),),
        description=words.text("validation.lead"),
    )


def _persons(words: Catalogue, value: float) -> RichText:
    return (words.number(float(round(value)), "PERSONS"),)


def _percent(words: Catalogue, share: float) -> RichText:
    return (words.number(100.0 * share, "PERCENT"),)


def _table(
    words: Catalogue, name: str, columns: Sequence[str], rows: Sequence[Row], texts: int = 1
) -> TableBlock:
    """Return a table whose first columns are words and whose others are numbers."""
    bound = _bound(words)
    return TableBlock(
        id=name,
        caption=words.text(f"validation.{name}", **bound),
        header=tuple(words.text(f"validation.{c}", **bound) for c in columns),
        rows=tuple(rows),
        numeric=tuple(k >= texts for k in range(len(columns))),
    )


def _bound(words: Catalogue) -> dict[str, str]:
    """Return the limits that captions and heads speak of, as printed."""
    limits = {"top": TOP, "times": OFF, "level": 100 * LEVEL, "tolerance": 100 * TOLERANCE}
    return {name: words.significant(float(limit)) for name, limit in limits.items()}


def _section(words: Catalogue, name: str, *blocks: TableBlock | Notes | Paragraph) -> Section:
    heading = words.text(f"validation.{name}_heading")
    return Section(
        id=name,
        topic=words.text(f"validation.{name}_topic"),
        heading=heading,
        blocks=blocks,
        new_page=False,
    )


def _series(page: ValidationPage, words: Catalogue) -> Section | None:
    if not page.compared:
        return None
    rows = [
        (
            (period,),
            (c.method,),
            (words.text(f"validation.as_{c.unknown}"),),
            _persons(words, c.published),
            _persons(words, c.ours),
            _percent(words, c.share),
            _percent(words, c.treatment) if c.unknown == "origins" else ("—",),
            (words.fixed(c.rank, 3),),
            (str(len(c.top_off)),),
            (f"{c.signs[0]}/{c.signs[1]}",),
        )
        for period, c in page.compared
    ]
    head = ("period", "method", "unknown", "published", "ours", "share", "treatment")
    table = _table(words, "totals", (*head, "rank", "off", "signs"), rows, texts=3)
    said: list[RichText] = [(words.text("validation.treatment_note"),)]
    said += [(reason,) for reason in page.differs.get(words.language, ())]
    said += [(told,) for told in _alike(page, words)]
    lead = Paragraph(content=(words.text("validation.lead"),))
    return _section(words, "series", lead, table, Notes(items=tuple(said)))


def _alike(page: ValidationPage, words: Catalogue) -> list[str]:
    """Return |d| where the series' own places are counted too, by method."""
    found: dict[str, list[str]] = {}
    for period, c in page.compared:
        if c.alike is not None:
            share = words.significant(100.0 * c.alike)
            found.setdefault(c.method, []).append(f"{period} {share} %")
    return [
        words.text(
            "validation.alike_note",
            method=method,
            places=words.join([words.area(a) for a in page.uncounted]),
            shares="; ".join(shares),
        )
        for method, shares in found.items()
    ]


def _shown(page: ValidationPage) -> list[tuple[str, Compared]]:
    """Return the comparisons that corridors and places are listed of: as the series counts."""
    return [
        (p, c) for p, c in page.compared if c.method == "pseudo-bayes" and c.unknown == "natives"
    ]


def _corridors(page: ValidationPage, words: Catalogue) -> Section | None:
    rows = [
        (
            (period,),
            (words.area(f"{origin}>{destination}"),),
            _persons(words, published),
            _persons(words, ours),
            (words.fixed(ours / published, 2),),
            *(_persons(words, v) if math.isfinite(v) else ("—",) for v in revised),
        )
        for period, c in _shown(page)
        for (origin, destination, published, ours), revised in zip(
            c.largest, c.revised or [(math.nan, math.nan)] * len(c.largest), strict=True
        )
    ]
    if not rows:
        return None
    head = ("period", "corridor", "published", "ours", "ratio", "newest_stock", "newest_all")
    newest = {c.newest for _, c in _shown(page) if c.revised}
    said = Notes(
        items=tuple((words.text("validation.revised_note", stock=s, vital=v),) for s, v in newest)
    )
    table = _table(words, "largest", head if newest else head[:-2], _cut(rows, newest), texts=2)
    return _section(words, "corridors", table, *([said] if newest else []))


def _cut(rows: list[Row], newest: set[tuple[str, str]]) -> list[Row]:
    """Return rows without the columns of newer editions where there are none."""
    return rows if newest else [row[:-2] for row in rows]


def _places(page: ValidationPage, words: Catalogue) -> Section | None:
    shown = _shown(page)
    if not shown:
        return None
    period, c = shown[-1]
    rows = [
        (
            (period,),
            (words.area(place),),
            (words.change(round(published), "PERSONS"),),
            (words.change(round(ours), "PERSONS"),),
        )
        for place, published, ours in c.nets
    ]
    head = ("period", "place", "net_published", "net_ours")
    return _section(words, "places", _table(words, "nets", head, rows, texts=2))


def _measured(page: ValidationPage, words: Catalogue) -> Section | None:
    blocks: list[TableBlock | Notes] = []
    if page.measured:
        rows = [
            (
                (m.period,),
                (words.text(f"validation.{m.direction}"),),
                (str(m.countries),),
                (words.fixed(m.correlation, 2),),
                (words.fixed(m.ratio, 2),),
            )
            for m in page.measured
        ]
        head = ("period", "direction", "countries", "rank", "ratio_measured")
        blocks.append(_table(words, "measured", head, rows, texts=2))
    if page.nets:
        net_rows = [
            (
                (n.period,),
                (n.edition,),
                (words.area(n.worst),),
                (words.change(round(n.gap) + 0.0, "PERSONS"),),
                (str(n.beyond),),
                (f"{n.signs[0]}/{n.signs[1]}",),
            )
            for n in page.nets
        ]
        columns = ("period", "revision", "worst", "gap", "beyond", "signs")
        blocks.append(_table(words, "net", columns, net_rows, texts=3))
    if page.why_none:
        said = tuple(
            (f"{period}: {_what(words, what)}: {why.told(words)}",)
            for period, what, why in page.why_none
        )
        blocks.append(Notes(items=said))
    return _section(words, "measured_totals", *blocks) if blocks else None


def _what(words: Catalogue, what: str) -> str:
    """Return the name of what an interval was not held against."""
    named = {o.key: o.names for o in others()}
    if what in named:
        return named[what].get(words.language, named[what]["en"])
    return words.text(f"validation.what_{what}")


def _bands(page: ValidationPage, words: Catalogue) -> Section | None:
    if not page.bands:
        return None
    rows = [
        (
            (words.text(f"validation.{b.direction}"),),
            (words.text(f"validation.{b.half}"),),
            (words.fixed(b.weight, 2),),
            (f"{words.fixed(b.low, 2)}–{words.fixed(b.high, 2)}",),
            (f"{words.fixed(b.high / b.low, 1)}×",),
            (f"{b.covered}/{b.counted}",),
            (f"{100 * b.binomial[0]:.0f}–{100 * b.binomial[1]:.0f} %",),
            (words.text("validation.yes" if b.holds else "validation.no"),),
        )
        for b in page.bands
    ]
    head = ("direction", "half", "lambda", "interval", "width", "inside", "binomial", "holds")
    note = Notes(
        items=((words.text("validation.band_note"),), *((s,) for s in _again(page, words)))
    )
    return _section(words, "bands", _table(words, "coverage", head, rows, texts=2), note)


def _again(page: ValidationPage, words: Catalogue) -> list[str]:
    """Return what remains of the width where a country measured before, and corridors inside."""
    said = [
        words.text(
            "validation.again",
            level=_bound(words)["level"],
            direction=words.text(f"validation.{a.direction}"),
            low=words.fixed(a.low, 2),
            high=words.fixed(a.high, 2),
            inside=f"{a.covered}/{a.counted}",
        )
        for a in page.again
    ]
    held = [(p, c) for p, c in _shown(page) if c.inside[1]]
    if held:
        shares = "; ".join(f"{p}: {c.inside[0]}/{c.inside[1]}" for p, c in held)
        said.append(
            words.text(
                "validation.inside_note", shares=shares, floor=words.number(SIZEABLE, "PERSONS")
            )
        )
    return said


def _verdicts(page: ValidationPage, words: Catalogue) -> Section:
    rows = [
        ((target,), (words.text("validation.met" if met else "validation.missed"),))
        for target, met in sorted(_targets(page, words), key=lambda v: v[1])
    ]
    table = _table(words, "targets", ("target", "verdict"), rows, texts=2)
    return _section(words, "verdicts", table)


def _bilateral(page: ValidationPage, words: Catalogue) -> Section | None:
    """Return ours beside the tables of others, and which of them are not loaded."""
    blocks: list[TableBlock | Notes] = []
    if page.others:
        rows = [other_cells(o, words) for o in page.others]
        blocks.append(_table(words, "others", OTHER_COLUMNS, rows, texts=2))
        blocks.append(Notes(items=((words.text("validation.others_note"),),)))
    if page.not_loaded:
        names = "; ".join(n.get(words.language, n["en"]) for n in page.not_loaded)
        blocks.append(Notes(items=((words.text("validation.not_loaded", names=names),),)))
    return _section(words, "bilateral", *blocks) if blocks else None


def _targets(page: ValidationPage, words: Catalogue) -> list[tuple[str, bool]]:
    """Return each target in words, with whether it was met."""
    bound = _bound(words)
    found = []
    for period, c in page.compared:
        unknown = words.text(f"validation.as_{c.unknown}")
        what = words.text("validation.what", period=period, method=c.method, unknown=unknown)
        limits = {"difference": TARGETS.get(c.unknown, 0.0), "top": 0.0, "signs": SIGNS}
        for (key, limit), met in zip(limits.items(), c.verdicts.values(), strict=False):
            said = {
                **bound,
                "what": what,
                "limit": words.significant(100 * limit),
                "count": str(TOP_OFF),
            }
            found.append((words.text(f"validation.target_{key}", **said), met))
    for b in page.bands:
        names = {
            k: words.text(f"validation.{v}")
            for k, v in (("direction", b.direction), ("half", b.half))
        }
        found.append((words.text("validation.target_band", level=bound["level"], **names), b.holds))
    return found
