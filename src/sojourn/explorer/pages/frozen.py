"""A frozen view: a page that needs nothing else; the drawings are those of the reports."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from sojourn.errors import PublishError
from sojourn.explorer.model.link import Link
from sojourn.publish import (
    RAMP,
    TWO_SIGNS,
    Bar,
    Catalogue,
    CellValue,
    Chart,
    Line,
    Wording,
    bars,
    choropleth,
    css_variables,
    trend,
)
from sojourn.query.chart import class_breaks
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import Indicator

#: Columns of the table, as the page takes them away.
COLUMNS = (
    "measure",
    "area",
    "iso3",
    "area_name",
    "counterpart",
    "period",
    "sex",
    "edition",
    "value",
    "status",
    "cells",
    "without_number",
    "cell",
    "lower",
    "upper",
)
MOST_BARS = 20


@dataclass(frozen=True)
class View:
    """What is frozen.

    Attributes
    ----------
    rows : sequence of tuples
        In the order of `COLUMNS`.
    lines : sequence of str
        Source with licence, citation, link: told under the drawing and above the table.
    """

    link: Link
    indicator: Indicator
    words: Catalogue
    title: str
    rows: Sequence[tuple[CellValue, ...]]
    lines: Sequence[str]


def drawn(view: View) -> Chart:
    """Return the drawing of a view.

    Raises
    ------
    PublishError
        There is no number to draw.
    """
    known = [(str(r[1]), str(r[5]), r[8]) for r in view.rows if isinstance(r[8], float)]
    if not known:
        raise PublishError(f"{view.title}: there is no number to draw", hint="choose another year")
    words = view.words
    names = {area: words.short(area) for area, _, _ in known}
    told = "; ".join(f"{names[a]} {p}: {_number(view, float(v or 0))}" for a, p, v in known[:12])
    wording_ = wording(view, f"{view.title}. {told}")
    header = (words.text("explorer.place"), words.text("explorer.value"))
    if view.link.view == "trend":
        return trend(
            _lines(known, names),
            wording_,
            header=(header[0], words.text("explorer.year"), header[1]),
        )
    if view.link.view == "map":
        return _map({a: float(v or 0) for a, _, v in known}, names, wording_, header, words)
    return bars([Bar(names[a], float(v or 0)) for a, _, v in known], wording_, header=header)


def wording(view: View, alt: str) -> Wording:
    """Return the words of the drawing of a view."""
    return Wording(
        id="view",
        title=view.title,
        alt=alt,
        number=lambda value: _number(view, value),
        no_data=view.words.text("explorer.no_data"),
        language=view.words.language,
    )


def _number(view: View, value: float) -> str:
    unit = "PERCENT" if view.indicator.unit_measure.startswith("PERCENT") else ""
    decimals = 1 if view.link.per else view.indicator.decimals
    if unit or decimals == 0:
        return view.words.number(value, unit)
    return view.words.exact(round(value, decimals), "")


def _lines(known: Sequence[tuple[str, str, CellValue]], names: Mapping[str, str]) -> list[Line]:
    points: dict[str, list[tuple[float, float | None]]] = {}
    for area, period, value in known:
        if len(period) == 4:
            points.setdefault(names[area], []).append((float(period), float(value or 0)))
    if not points:
        raise PublishError("no number is of one year: intervals are no line", hint="t=ranking")
    return [Line(name, tuple(sorted(of))) for name, of in points.items()]


def _map(
    values: Mapping[str, float],
    names: Mapping[str, str],
    wording: Wording,
    header: tuple[str, str],
    words: Catalogue,
) -> Chart:
    single = {a: v for a, v in values.items() if a in AREAS and not AREAS[a].is_aggregate}
    found = list(single.values())
    return choropleth(
        single,
        wording,
        breaks=class_breaks(found),
        names=names,
        header=header,
        ramp=TWO_SIGNS if min(found) < 0 else RAMP,
        beside=words.text("map.beside"),
    )


_STYLE = (
    "body{margin:0 auto;padding:16px;max-width:1040px;font:15px/1.5 system-ui,sans-serif;"
    "color:var(--sj-ink);background:var(--sj-paper)}h1{font-size:1.3rem;margin:0 0 .6rem}"
    "svg{width:100%;height:auto}p,table{font-size:.8rem;color:var(--sj-soft)}"
    "table{border-collapse:collapse;width:100%;margin-top:1rem}caption{text-align:start}"
    "th,td{text-align:start;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--sj-rule)}"
    ".num{text-align:end}div{overflow-x:auto}"
)


def page(view: View, chart: Chart) -> str:
    """Return the page: drawing, lines, table; it loads nothing and runs nothing."""
    style = f":root{{{css_variables('light')}}}@media (prefers-color-scheme:dark){{:root{{{css_variables('dark')}}}}}{_STYLE}"
    digest = b64encode(sha256(style.encode()).digest()).decode()
    svg = re.sub(r' font-family="[^"]*"', "", chart.svg, count=1)
    words = view.words
    head = "".join(
        f'<th scope="col"{kind}>{escape(words.text(key))}</th>'
        for key, kind in (
            ("explorer.place", ""),
            ("explorer.year", ""),
            ("explorer.value", ' class="num"'),
            ("card.edition", ""),
            ("card.cell", ""),
        )
    )
    return (
        f'<!doctype html><html lang="{words.language}" dir="{words.direction}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="generator" content="sojourn"><title>{escape(view.title)}</title>'
        f"<style>{style}</style></head><body><main><h1>{escape(view.title)}</h1>{svg}"
        + "".join(f"<p>{escape(line)}</p>" for line in view.lines)
        + f'<div tabindex="0" role="region" aria-label="{escape(view.title)}"><table><caption>{escape(view.title)}</caption><thead><tr>{head}</tr></thead><tbody>'
        + "".join(_row(view, r) for r in view.rows)
        + "</tbody></table></div></main></body></html>\n"
    )


def _row(view: View, r: tuple[CellValue, ...]) -> str:
    value = view.words.exact(r[8], "") if isinstance(r[8], float) else str(r[9] or "")
    return (
        f'<tr><th scope="row">{escape(str(r[3]))}</th><td>{escape(str(r[5]))}</td>'
        f'<td class="num">{escape(value)}</td><td>{escape(str(r[7]))}</td><td>{escape(str(r[12]))}</td></tr>'
    )
