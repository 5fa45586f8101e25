"""Drawings inside a page: one for a wide screen and one for a phone, marks that lead somewhere."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape

from sojourn.publish.chart import Chart
from sojourn.publish.tracing import Tracing

PHONE = 344.0  # width of a drawing for a phone [px]: a screen of 360 without its margins
WIDE_ENOUGH = 400.0  # a drawing as narrow as this one [px] serves a phone too
_ONE = ' stroke-width="1"'
_THIN = f' stroke="var(--sj-rule)"{_ONE}'
_MARK = re.compile(r'<a data-t="([^"]*)"><title>([^<]*)</title>')
_FONT = re.compile(r' font-family="[^"]*"')
_PATH = re.compile(r'(?<= d=")[^"]+(?=")')
_NOUGHT = re.compile(r"(?<![\d.])0(?=\.\d)")
_SIGN = re.compile(r"[ ,](?=-)")
_LETTERS = re.compile(r' font-size="([0-9.]+)"')
_COLOUR = re.compile(r' (fill|stroke)="var\(--sj-([a-z0-9]+)\)"')
_HIT = ' stroke="transparent" stroke-width="14"'  # where a finger finds a dot
_TAG = re.compile(r"<(?!svg)[a-z]+ [^>]*>")
_LONG = re.compile(r'<path d="([^"]{160,})"')


@dataclass
class Drawings:
    """The drawings of one page; a long path or a colour stands in it once."""

    tracing: Tracing | None = None
    paths: dict[str, str] = field(default_factory=dict)
    looks: dict[str, str] = field(default_factory=dict)

    def wide(self, chart: Chart) -> str:
        """Return the drawing for a wide screen."""
        return self._put(chart.svg)

    def narrow(self, chart: Chart) -> str:
        """Return the drawing for a phone; empty where the chart has only one."""
        small = chart.at(PHONE)
        if small.width == chart.width or chart.width <= WIDE_ENOUGH:
            return ""
        svg = re.sub(rf'([" ])({re.escape(chart.id)})-([td])(?=[" ])', r"\1\2-n\3", small.svg)
        return self._put(
            re.sub(r"<desc[^>]*>[^<]*</desc>", "", svg, count=1).replace(f" {chart.id}-nd", "", 1),
            tips=False,
        )

    def pans(self, chart: Chart) -> bool:
        """Say whether a chart with one drawing is wider than a phone, where it keeps its size and is moved."""
        return chart.width > WIDE_ENOUGH

    def _put(self, svg: str, *, tips: bool = True) -> str:
        svg = _FONT.sub("", svg, count=1).replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
        svg = svg.replace(' direction="ltr"', "", 1)  # the page's style says it once
        if sizes := Counter(_LETTERS.findall(svg)):  # what most letters have is said once
            most = f' font-size="{sizes.most_common(1)[0][0]}"'
            svg = svg.replace(most, "").replace("<svg ", f"<svg{most} ", 1)
        svg = svg.replace(_THIN, _THIN.removesuffix(_ONE))
        svg = _PATH.sub(_tight, svg)
        linked = _MARK.sub(self._told if tips else self._named, svg)
        if "<a href=" in linked:  # an image holds nothing that can be focused
            linked = linked.replace('role="img"', 'role="group"', 1)
        return _TAG.sub(self._coloured, _LONG.sub(self._shared, linked))

    def _coloured(self, found: re.Match[str]) -> str:
        """Return a mark with its look as a class, which `sprite` defines once for the page."""
        tag, names = found[0], list[str]()
        if " class=" in tag:
            return tag
        if _HIT in tag:
            tag = tag.replace(_HIT, "")
            names.append("hit")
            self.looks["hit"] = "stroke:transparent;stroke-width:14"
        for what, colour in _COLOUR.findall(tag):
            names.append(f"{what[0]}-{colour}")
            self.looks[names[-1]] = f"{what}:var(--sj-{colour})"
        if not names:
            return tag
        end = "/>" if tag.endswith("/>") else ">"
        return f'{_COLOUR.sub("", tag).removesuffix(end)} class="{" ".join(names)}"{end}'

    def _told(self, found: re.Match[str]) -> str:
        return self._link(found, tips=True)

    def _named(self, found: re.Match[str]) -> str:
        return self._link(found, tips=False)

    def _link(self, found: re.Match[str], *, tips: bool) -> str:
        trace, words = unescape(found[1]), found[2]
        if self.tracing is None or trace not in self.tracing.ids:
            return f"<a><title>{words}</title>"
        tip = self.tracing.tips.get(trace, "") if tips else ""
        told = f"{words} · {escape(tip)}" if tip else words
        return f'<a href="{escape(self.tracing.short(trace))}"><title>{told}</title>'

    def _shared(self, found: re.Match[str]) -> str:
        name = self.paths.setdefault(found[1], f"p{len(self.paths)}")
        return f'<use href="#{name}"'

    def sprite(self) -> str:
        """Return the shared paths as an invisible drawing, to stand before the others."""
        if not self.paths and not self.looks:
            return ""
        style = "".join(f".{name}{{{rule}}}" for name, rule in sorted(self.looks.items()))
        drawn = "".join(f'<path id="{name}" d="{d}"/>' for d, name in self.paths.items())
        return (
            '<svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false">'
            f"<style>{style}</style><defs>{drawn}</defs></svg>"
        )


def _tight(found: re.Match[str]) -> str:
    """Return the numbers of a path without what its grammar does not ask for."""
    return _SIGN.sub("", _NOUGHT.sub("", found[0]))
