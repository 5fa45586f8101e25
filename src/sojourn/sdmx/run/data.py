"""From a request for data to the messages that a writer turns into text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sojourn.sdmx.model.dsd import TIME, Component, Flow
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.dropped import dropped
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.surface import IN_ORDER, Edition, Selected, Surface, refused
from sojourn.sdmx.writers.columns import raw
from sojourn.sdmx.writers.data import DataMessage, DataSet
from sojourn.terminal.nearest import nearest_and_all

_FETCHED = 2000
_SHORT = 10_000  # rows of a short answer


def messages(
    surface: Surface, flows: Sequence[Flow], asked: Asked
) -> tuple[list[DataMessage], list[Selected]]:
    """Return the messages that answer a request for data of one or several dataflows.

    Raises
    ------
    Empty
        Nothing fits.
    Refusal
        What `Surface.select` raises for one dataflow, or for each of several; an observation
        dimension that is not offered (501).
    """
    found: list[DataMessage] = []
    chosen: list[Selected] = []
    refusals: list[Refusal] = []
    for flow in flows:
        try:
            made, selected = message(surface, flow, asked)
        except Refusal as refusal:
            refusals.append(refusal)
            if refusal.status not in (204, 403, 422):
                raise
            continue
        found += made
        chosen.append(selected)
    if not found:
        raise max(refusals, key=lambda r: (r.status in (403, 422), r.status))
    return found, chosen


def message(surface: Surface, flow: Flow, asked: Asked) -> tuple[list[DataMessage], Selected]:
    """Return what answers of one dataflow: its numbers, and the keys that were dropped."""
    if asked.observation not in (TIME, "AllDimensions"):
        if flow.dsd.component(asked.observation) is None:
            known = [d.id for d in flow.dsd.dimensions]
            said = f"{flow.dsd.id} has no dimension {asked.observation!r}"
            raise Refusal(422, said, hint=nearest_and_all(asked.observation, known))
        raise Refusal(501, f"dimensionAtObservation={asked.observation} is not offered")
    selected = surface.select(flow, asked)
    named = partial(name, surface)
    made = [of(cut(selected, asked), asked, named)] if _any(selected) else []
    if (gone := dropped(surface, selected, asked)) is not None and _any(gone):
        made.append(replace(of(gone, asked, named), attributes=()))
    if not made:
        if selected.withheld:
            raise refused(selected.withheld)
        raise Empty("no observation fits the request")
    return made, selected


def of(selected: Selected, asked: Asked, named: Callable[[Component, str], str]) -> DataMessage:
    """Return the message of what was selected; ``named`` gives the name of a code."""
    return DataMessage(
        flow=selected.flow,
        sets=_sets(selected),
        attributes=_attributes(selected.flow, asked),
        prepared=f"{max(e.vintage for e in selected.editions)}T00:00:00",
        mixed=not selected.history and selected.source != IN_ORDER,
        flat=asked.observation == "AllDimensions",
        history=selected.history,
        ask=partial(_ask, selected),
        values=lambda expressions: _values(selected, expressions),
        said_of={e.name: _said((e,)) for e in selected.editions},
        name=named,
    )


def cut(selected: Selected, asked: Asked) -> Selected:
    """Keep the first and the last observations of each series, in each edition if there is history.

    A series has the dimensions but time; both ends are kept where both are asked for.
    """
    if not asked.first and not asked.last:
        return selected
    keyed = [raw(d) for d in selected.flow.dsd.dimensions]
    series = ", ".join((["o.edition"] if selected.history else []) + keyed)
    kept = [
        f"row_number() OVER (PARTITION BY {series} ORDER BY {_periods(way)}) <= {many}"
        for way, many in (("ASC", asked.first), ("DESC", asked.last))
        if many
    ]
    source = (
        f"(SELECT o.* FROM {selected.source} WHERE {selected.where} QUALIFY {' OR '.join(kept)}) o"  # noqa: S608 - constants
    )
    return replace(selected, source=source, where="true")


def _periods(way: str) -> str:
    """Return periods in an order, then what tells the rows of one period apart."""
    return ", ".join(f"{c} {way}" for c in ("o.time_period", *_PLACE))


_PLACE = ("o.edition", "o.sheet", 'o."row"', "o.col")


def name(surface: Surface, component: Component, code: str) -> str:
    """Return the English name of a code."""
    key = f"names {component.list}"
    if key not in surface.kept:
        surface.kept[key] = {c.id: c.names["en"] for c in surface.code_list(component.list).codes}
    found: Mapping[str, str] = surface.kept[key]
    return found.get(code, code)


def _any(selected: Selected) -> bool:
    query = f"SELECT 1 FROM {selected.source} WHERE {selected.where} LIMIT 1"  # noqa: S608 - constants
    return selected.cursor.execute(query, dict(selected.given)).fetchone() is not None


def _attributes(flow: Flow, asked: Asked) -> tuple[Component, ...]:
    if asked.detail in ("dataonly", "serieskeysonly") or asked.attributes == "none":
        return ()
    return tuple(a for a in flow.dsd.attributes if not a.set)


def _said(editions: Sequence[Edition]) -> Mapping[str, str]:
    return {
        "LICENSE": " | ".join(dict.fromkeys(e.license for e in editions)),
        "CITATION": " | ".join(dict.fromkeys(e.citation for e in editions)),
        "MARK": " | ".join(dict.fromkeys(e.mark for e in editions if e.mark)),
    }


def _sets(selected: Selected) -> tuple[DataSet, ...]:
    gone = selected.dropped
    if not selected.history:
        return (DataSet("", "", "", {} if gone else _said(selected.editions), gone),)
    return tuple(
        DataSet(e.name, e.vintage, e.valid_to, {} if gone else _said((e,)), gone)
        for e in selected.editions
    )


def _ask(
    selected: Selected,
    expressions: Sequence[str],
    *,
    ordered: bool,
    edition: bool = True,
    of: str = "",
) -> Iterator[Sequence[tuple[str, ...]]]:
    dimensions = selected.flow.dsd.dimensions
    order = ""
    if ordered or selected.source != IN_ORDER:
        first = "o.edition, " if selected.history else ""
        order = f" ORDER BY {first}{', '.join(raw(d) for d in dimensions)}, o.time_period"
    told = ["o.edition"] if selected.history and edition else []
    listed = ", ".join([*told, *expressions])
    where, given = selected.where, dict(selected.given)
    if of:
        where, given = f"({where}) AND o.edition = $of_edition", {**given, "of_edition": of}
    query = f"SELECT {listed} FROM {selected.source} WHERE {where}{order}"  # noqa: S608 - constants
    cursor = selected.cursor.execute(query, given)
    while rows := cursor.fetchmany(_FETCHED):
        yield rows


def _values(selected: Selected, expressions: Sequence[str]) -> Sequence[Sequence[str]]:
    """Return the different values of each expression, sorted.

    The engine sets up a table for each DISTINCT, which for a short answer takes ten times as long as
    to list all of its values; for a long one it saves their memory.
    """
    rows = f"FROM {selected.source} WHERE {selected.where}"
    query = f"SELECT count(*) FROM (SELECT 1 {rows} LIMIT {_SHORT + 1})"  # noqa: S608 - constants
    [(count,)] = selected.cursor.execute(query, dict(selected.given)).fetchall()
    made = (
        "list_sort(list_distinct(list({0})))"
        if count <= _SHORT
        else "list_sort(list(DISTINCT {0}) FILTER ({0} IS NOT NULL))"
    )
    listed = ", ".join(made.format(e) for e in expressions)
    row = selected.cursor.execute(f"SELECT {listed} {rows}", dict(selected.given)).fetchone() or ()
    return [list(v or ()) for v in row]
