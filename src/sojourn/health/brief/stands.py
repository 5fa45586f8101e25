"""Where an area stands: each target's last value, its path, and when the present trend gets there."""

import base64

import numpy as np

from sojourn.health.brief.elsewhere import elsewhere, named, shown
from sojourn.health.brief.nearness import deaths_note
from sojourn.health.brief.page import Page
from sojourn.health.targets.series import WORLD
from sojourn.health.targets.targets import FEW, LAST_YEAR, Stated, published, stated
from sojourn.health.targets.told import observed_points
from sojourn.health.targets.tracking import Tracking
from sojourn.publish import (
    Block,
    ChartBlock,
    Download,
    KeyNumber,
    KeyNumbers,
    Line,
    Number,
    RichText,
    Section,
    Wording,
    trend,
)


def stands(page: Page) -> Section:
    """Return the section: a key number and a chart a target; an empty one says why it is empty."""
    found = page.brief.trackings
    items = tuple(_key(page, t) for t in found)
    charts: list[Block] = [_path(page, t) for t in found if t.value is not None]
    judged = [t.gap <= 0 for t in found if t.gap is not None]
    words = page.words
    heading = (
        page.text(
            "stands_heading", n=words.exact(sum(judged), ""), all=words.exact(len(judged), "")
        )
        if judged
        else page.text("stands_nothing", area=page.place)
    )
    return Section(
        id="stands",
        topic=page.text("stands"),
        heading=heading,
        blocks=(KeyNumbers(items=items), *charts, *deaths_note(page), *elsewhere(page)),
        new_page=False,
    )


def _name(page: Page, t: Tracking) -> str:
    return page.target(t)


def _value(page: Page, t: Tracking) -> Number:
    """Return the last value, which leads to the cells of the baseline and of the last year."""
    assert t.value is not None  # noqa: S101 - asked only of trackings with a value
    label = page.text("in_year", name=_name(page, t), year=str(t.last))
    return page.cited(shown(page, t, t.value), _tree(t), label, t.cells)


def _tree(t: Tracking) -> str:
    return f"target-{t.target.id}".replace("_", "-")


def _reason(page: Page, t: Tracking) -> str:
    return page.text(f"reason_{t.reason}", edition=t.edition, year=str(t.target.baseline))


def _key(page: Page, t: Tracking) -> KeyNumber:
    name = _name(page, t)
    if t.value is None:
        return KeyNumber(label=name, value=Number("—"), change=(_reason(page, t),))
    label = page.text("in_year", name=name, year=str(t.last))
    return KeyNumber(label=label, value=_value(page, t), change=_since(page, t))


def _since(page: Page, t: Tracking) -> RichText:
    """Return the change, what was asked for by the next milestone, and how sure the value is."""
    if t.reason == "few":
        return (*_too_few(page, t), " ", _sureness(page, t))
    if t.change is None:
        return (_reason(page, t),)
    later = [m.milestone for m in t.milestones if m.milestone.year >= t.last]
    asked = later[0] if later else t.milestones[-1].milestone
    change = Number(page.words.change(t.change, "PERCENT"), _tree(t))
    said = page.rich(
        "since",
        change=change,
        year=str(t.target.baseline),
        asked=page.percent(-asked.reduction),
        by=str(asked.year),
    )
    return (*said, " ", _sureness(page, t), *_stated(page, t))


def _too_few(page: Page, t: Tracking) -> RichText:
    """Return the value of the baseline, and that too few are behind it or the last for a change."""
    assert t.baseline is not None  # noqa: S101 - few of a baseline
    base = Number(shown(page, t, t.baseline), _tree(t))
    what = page.text("few_" + t.target.numerator.rpartition("_")[2])
    years = {"year": str(t.target.baseline), "last": str(t.last)}
    return page.rich("since_few", base=base, few=page.words.exact(FEW, ""), what=what, **years)


def _stated(page: Page, t: Tracking) -> RichText:
    """Return what the publisher itself prints for the world in the same year: value, interval, change."""
    if t.area != WORLD or not t.summed:
        return ()
    told = []
    parts = {s.part: s for s in stated(t.target.id) if s.year == t.last}
    if "" in parts:
        whole = parts.pop("")
        key = "stated" if whole.lower is not None else "stated_alone"
        told.append(page.text(key, **_range(page, t, whole)))
        told += [page.text(f"stated_{name}", **_range(page, t, s)) for name, s in parts.items()]
    for p in published(t.target.id):
        if p.year == t.last:
            told.append(page.text("stated_change", change=page.words.change(p.change, "PERCENT")))
    return (" ", page.words.listed(told) + ".") if told else ()


def _range(page: Page, t: Tracking, one: Stated) -> dict[str, str]:
    low, high = one.lower, one.upper
    said = {"value": shown(page, t, one.value)}
    if low is not None and high is not None:
        said |= {"low": shown(page, t, low), "high": shown(page, t, high)}
    return said


def _sureness(page: Page, t: Tracking) -> str:
    if t.lower is not None and t.upper is not None:
        low, high = shown(page, t, t.lower), shown(page, t, t.upper)
        return page.text("interval", low=low, high=high)
    if not t.summed:
        return page.text("no_interval")
    n, every = (page.words.exact(c, "") for c in t.countries)
    if not t.left_out:
        return page.text("summed", n=n, all=every)
    without = {"areas": named(page, t.left_out), "year": str(t.target.baseline)}
    return page.text("summed_without", n=n, all=every, **without)


def _asked(page: Page, t: Tracking, value: float) -> str:
    """Return what a path asks for: a small number with its digits, since none is never asked for."""
    return page.short(value) if value < FEW else shown(page, t, value)


def _finding(page: Page, t: Tracking) -> RichText:
    """Return what the chart shows: the value beside its path, and where the present trend leads."""
    few = t.reason == "few"
    if t.change is None and not few:
        return (_reason(page, t),)
    at = float(t.required[t.last - t.target.baseline]) if t.last >= t.target.baseline else np.nan
    asked = Number(_asked(page, t, at), _tree(t)) if np.isfinite(at) else "—"
    first = page.rich("path_finding", value=_value(page, t), year=str(t.last), asked=asked)
    last = t.milestones[-1].milestone.year
    if few:
        return (*first, " ", page.text("trend_few"))
    if t.reached is None:
        return (*first, " ", page.text("trend_none"))
    yearly = Number(page.words.change(t.trend.annual_change, "PERCENT"), _tree(t))
    years = {"by": str(last), "first": str(t.trend.first), "last": str(t.trend.last)}
    if np.isinf(t.reached):
        return (
            *first,
            " ",
            *page.rich("trend_never", yearly=yearly, limit=str(LAST_YEAR), **years),
        )
    when = Number(f"{t.reached:.0f}", _tree(t))
    return (*first, " ", *page.rich("trend_reaches", yearly=yearly, reached=when, **years))


def plain(content: RichText) -> str:
    """Return rich text without its links, for alternative text."""
    return "".join(r.display if isinstance(r, Number) else str(r) for r in content)


def _height(page: Page) -> float:
    """Return how high a chart is: lower where a table or a note takes the page."""
    if page.brief.area == WORLD or page.brief.alone:
        return 84.0
    noted = page.brief.deaths is not None and page.brief.deaths.near
    return 100.0 - (16.0 if noted else 0.0) - (8.0 if any(f.gap for f in page.brief.facts) else 0.0)


def _path(page: Page, t: Tracking) -> ChartBlock:
    name, said = _name(page, t), _finding(page, t)
    knots = [(t.target.baseline, t.baseline), *((m.milestone.year, m.goal) for m in t.milestones)]
    required = tuple((float(y), None if v is None else float(v)) for y, v in knots)
    wording = Wording(
        id=f"path-{t.target.id}".replace("_", "-"),
        title=name,
        alt=f"{name}. {plain(said)}",
        number=page.short,
        no_data=page.words.text("page.no_data"),
        language=page.words.language,
    )
    lines = [Line(page.text("observed"), observed_points(t))]
    if t.baseline:
        lines.append(Line(page.text("required"), required, "c2"))
    words = page.words
    header = (words.text("page.series"), words.text("page.year"), words.text("page.value"))
    drawn = trend(lines, wording, header=header, height=page.brief.charts * _height(page))
    table = base64.b64encode(drawn.csv.encode()).decode()
    said_of = bool(t.target.caveat) and not t.at_risk
    caveat = (page.text(f"caveat_{t.target.id}"),) if said_of else ()
    download = Download(
        label="CSV", href=f"data:text/csv;base64,{table}", filename=f"{wording.id}.csv"
    )
    return ChartBlock(
        chart=drawn,
        finding=said,
        caption=caveat,
        source=(_source(page, t),),
        downloads=(download,),
    )


def _source(page: Page, t: Tracking) -> str:
    """Return the edition, whose baseline this is, and the strategy."""
    assert t.baseline is not None  # noqa: S101 - a chart is drawn of a value and a baseline
    people = f", {t.below}" if t.below not in ("", t.edition) else ""
    said = page.text(
        "baseline",
        year=str(t.target.baseline),
        value=shown(page, t, t.baseline),
        edition=f"{t.edition}{people}",
    )
    others = page.words.listed(
        page.text(
            "other_denominator" if edition in t.otherwise else "other_edition",
            value=shown(page, t, value),
            edition=edition,
        )
        for edition, value in t.baselines.items()
        if edition != t.edition
    )
    moved = f" ({page.text('baselines', others=others)})" if others else ""
    return page.words.listed((f"{said}{moved}", t.target.source))
