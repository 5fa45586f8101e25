"""A table drawn: its trend, its ranking or its map, with the source inside the picture."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from babel.numbers import format_decimal

from sojourn.errors import PublishError, counted
from sojourn.publish import (
    RAMP,
    TWO_SIGNS,
    Bar,
    Chart,
    Line,
    Wording,
    bars,
    catalogue,
    choropleth,
    documents,
    spoken,
    trend,
    with_source,
)
from sojourn.query.table_model import Number, Table
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicators

View = Literal["trend", "ranking", "map"]
VIEWS: tuple[View, ...] = ("trend", "ranking", "map")
MOST_LINES, MOST_BARS = 12, 25


def transform_name(transform: str, language: str) -> str:
    r"""Return what was made of a number, in a language.

    Examples
    --------
    >>> transform_name("growth since 1990", "es"), transform_name("per 1,000 population", "fr")
    ('crecimiento desde 1990', 'pour 1\u202f000 habitants')
    """
    return catalogue(language).made(transform)


def chart_of(store: Store, table: Table, view: View) -> Chart:
    """Return a drawing of a table's last transform: of a ratio the ratio, else the measure.

    Parameters
    ----------
    view : {"trend", "ranking", "map"}
        Lines over the years; bars from the largest; one class of colour an area.

    Raises
    ------
    PublishError
        Nothing to draw, more than a reader can tell apart, or what the view cannot show.
    """
    if view not in VIEWS:
        raise PublishError(f"no view is called {view!r}", hint=f"one of {', '.join(VIEWS)}")
    last = list(dict.fromkeys(n.transform for n in table.numbers))[-1:] or [""]
    numbers = [n for n in table.numbers if n.transform == last[0]]
    if not any(n.value is not None for n in numbers):
        why = "; ".join(table.notes[:2])
        raise PublishError(
            f"there is no number to draw{': ' if why else ''}{why}", hint="sojourn table says more"
        )
    if view != "trend" and len({n.measure for n in numbers}) > 1:
        raise PublishError("a ranking or a map shows one measure", hint="name one measure")
    draw: dict[str, Callable[[Sequence[Number], Wording, str], Chart]]
    draw = {"trend": _trend, "ranking": _ranking, "map": _map}
    newest = max(n.period for n in numbers if n.value is not None)
    every = numbers if view == "trend" else [n for n in numbers if n.period == newest]
    shown = of_one_edition(every) if view == "trend" else every
    wording = _wording(table, shown, view)
    drawn = draw[view](shown, wording, table.language)
    below = _below(store, table, shown, view)
    if left := _left_out(every, shown):
        below.insert(1, catalogue(table.language).text("table.left_out", years=", ".join(left)))
    known = sum(n.value is not None for n in shown)
    if view == "ranking" and known > MOST_BARS:
        counts = {"shown": str(MOST_BARS), "all": str(known)}
        below.insert(0, catalogue(table.language).text("list.cut", **counts))
    return with_source(drawn, wording, below)


def _left_out(every: Sequence[Number], shown: Sequence[Number]) -> list[str]:
    """Return the years that no line shows, and of the others the line that lacks it."""
    kept, years = set(map(id, shown)), {n.period for n in shown}
    out = {
        n.period if n.period not in years else f"{_label(n, every)} {n.period}"
        for n in every
        if id(n) not in kept
    }
    return sorted(out)


def _wording(table: Table, shown: Sequence[Number], view: str) -> Wording:
    one = shown[0]
    known = [indicators().get(m.partition("[")[0]) for m in dict.fromkeys(n.measure for n in shown)]
    names = "; ".join(i.name(table.language) for i in known if i is not None) or one.measure
    origins = {n.origin_name for n in shown if n.origin != "_T"}
    years = sorted({n.period for n in shown})
    span = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
    place = one.area_name if len({n.area for n in shown}) == 1 else ""
    whence = origins.pop() if len(origins) == 1 else ""
    made = transform_name(one.transform, table.language)
    title = ", ".join(x for x in (names, made, whence and f"{whence} →", place, span) if x)
    told = [n for n in shown if n.value is not None]
    number = _number(max(n.decimals for n in shown), table.language)
    said = "; ".join(f"{_label(n, shown)} {n.period}: {number(n.value or 0.0)}" for n in told[:12])
    return Wording(
        id=f"{view}-{one.measure.partition('[')[0].replace('_', '-')}",
        title=title,
        alt=f"{title}. {said}",
        number=number,
        no_data=catalogue(table.language).text("page.no_data"),
        language=table.language,
    )


def _number(decimals: int, language: str) -> Callable[[float], str]:
    form = "#,##0" + ("." + "0" * decimals if decimals else ".##")

    def shown(value: float) -> str:
        whole = abs(value) >= 1000 and not decimals
        return str(format_decimal(round(value) if whole else value, form, locale=language))

    return shown


def _label(n: Number, shown: Sequence[Number]) -> str:
    """Return what tells a number from the others of the drawing."""
    parts = {
        "measure": n.measure,
        "area_name": n.area_name,
        "origin_name": n.origin_name,
        "sex": n.sex,
    }
    told = [v for k, v in parts.items() if len({getattr(x, k) for x in shown}) > 1]
    rival = len({(x.period, *(getattr(x, k) for k in parts)) for x in shown}) < len(shown)
    return ", ".join([*told, *([n.source] if rival else [])]) or n.area_name


def of_one_edition(shown: Sequence[Number]) -> list[Number]:
    """Return the numbers that one line may join: of each row those of its commonest edition."""
    sources: dict[str, Counter[str]] = {}
    for n in shown:
        if n.value is not None:
            sources.setdefault(_label(n, shown), Counter())[n.source] += 1
    most = {label: found.most_common(1)[0][0] for label, found in sources.items()}
    return [n for n in shown if n.value is None or n.source == most[_label(n, shown)]]


def _heads(language: str) -> tuple[str, str]:
    words = catalogue(language)
    return words.text("table.area"), words.text("table.value")


def _trend(shown: Sequence[Number], wording: Wording, language: str) -> Chart:
    lines: dict[str, list[tuple[float, float | None]]] = {}
    for n in shown:
        if len(n.period) == 4:
            lines.setdefault(_label(n, shown), []).append((float(n.period), n.value))
    series = [
        Line(label, tuple(sorted(points)))
        for label, points in lines.items()
        if any(v is not None for _, v in points)
    ]
    if not series:
        raise PublishError("no number is of one year: intervals are no line", hint="sojourn table")
    if len(series) > MOST_LINES:
        raise PublishError(
            f"{counted(len(series), 'line')} cannot be told apart",
            hint=f"name at most {counted(MOST_LINES, 'area')}",
        )
    words, (area, value) = catalogue(language), _heads(language)
    lowest = min(v for s in series for _, v in s.points if v is not None)
    return trend(
        series,
        wording,
        header=(area, words.text("table.year"), value),
        from_zero=lowest >= 0,
        unit=transform_name(shown[0].transform, language),
    )


def _ranking(shown: Sequence[Number], wording: Wording, language: str) -> Chart:
    known = [n for n in shown if n.value is not None]
    if any((n.value or 0.0) < 0 for n in known):
        raise PublishError("bars from zero cannot show negative numbers", hint="draw the map")
    known.sort(key=lambda n: (-(n.value or 0.0), n.area_name))
    rows = [Bar(_label(n, shown), n.value or 0.0) for n in known[:MOST_BARS]]
    if not rows[0].value:
        raise PublishError("every number is zero: there are no bars", hint="sojourn table")
    return bars(rows, wording, header=_heads(language))


def class_breaks(values: Sequence[float]) -> tuple[float, ...]:
    """Return five round limits of six classes; around zero where numbers have two signs.

    Examples
    --------
    >>> class_breaks([1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
    (2.5, 5.0, 10.0, 21.0, 44.0)
    """
    found = np.asarray(values, dtype=float)
    if (found < 0).any():
        far = np.abs(found[found != 0.0])
        a, b = (float(f"{q:.1g}") for q in np.quantile(far, (0.5, 0.85)))
        b = b if b > a else 2 * a
        return (-b, -a, 0.0, a, b)
    limits = [float(f"{q:.2g}") for q in np.quantile(found, [k / 6 for k in range(1, 6)])]
    for k in range(1, 5):
        if limits[k] <= limits[k - 1]:
            limits[k] = float(np.nextafter(limits[k - 1], np.inf))
    return tuple(limits)


def _map(shown: Sequence[Number], wording: Wording, language: str) -> Chart:
    known = [(n.area, n.value) for n in shown if n.value is not None]
    values = {a: v for a, v in known if a in AREAS and not AREAS[a].is_aggregate}
    if len(values) < 2:
        raise PublishError(
            f"a map needs numbers of two countries; {counted(len(values), 'country has', 'countries have')} "
            "one here",
            hint="leave --area out for every country; sojourn table says what is held",
        )
    if len({n.origin for n in shown}) > 1 or len({n.sex for n in shown}) > 1:
        raise PublishError(
            "a map shows one number of each of several countries",
            hint="leave --area out for every country; name one origin and one sex",
        )
    if len({a for a, _ in known}) < len(known):
        raise PublishError("a map shows one number a country", hint="leave out --by")
    found = list(values.values())
    return choropleth(
        values,
        wording,
        breaks=class_breaks(found),
        names={n.area: n.area_name for n in shown},
        header=_heads(language),
        ramp=TWO_SIGNS if min(found) < 0 else RAMP,
        beside=catalogue(language).text("table.beside"),
    )


def _below(store: Store, table: Table, shown: Sequence[Number], view: str) -> list[str]:
    """Return the lines inside the picture: cover, editions with their terms, notes, borders."""
    words = catalogue(table.language)
    editions = list(dict.fromkeys(s for n in shown for s in n.source.split(" / ") if s))
    cited = []
    for edition in editions:
        file = next((f for f in store.manifest.files if f.edition == edition), None)
        cited.append(
            f"{edition} ({file.publisher}; {file.license})" if file is not None else edition
        )
    lines = [x for x in (table.cover,) if x]
    lines.append(words.text("table.sources", editions="; ".join(cited)))
    notes = dict.fromkeys(note for n in shown for note in n.notes)
    lines += list(notes)[:4]
    if view == "map":
        lines.append(spoken(words.rich("map.borders", **documents())))
    return lines
