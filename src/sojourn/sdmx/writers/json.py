"""SDMX-JSON 2.0 and 2.1 data: series or single observations, their codes listed after them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sojourn.sdmx.model.dsd import TIME, Component, agency, version
from sojourn.sdmx.writers.columns import json_text, raw, shown
from sojourn.sdmx.writers.data import DataMessage, DataSet, spans

SCHEMA = {
    "2.0": "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json",
    "2.1": "https://json.sdmx.org/2.1/sdmx-json-data-schema.json",
}


def _index(component: Component, values: Sequence[str]) -> str:
    listed = ", ".join("'" + v.replace("'", "''") + "'" for v in values)
    return f"(list_position([{listed}], {raw(component)}) - 1)::VARCHAR"


def _enumerated(component: Component, values: Sequence[str]) -> str:
    """Return the position of a code; the engine keeps long lists as an enumeration."""
    if len(values) < 2:
        return "'0'"
    if len(values) < 8:
        return _index(component, values)
    listed = ", ".join("'" + v.replace("'", "''") + "'" for v in values)
    return f"enum_code(({raw(component)})::ENUM({listed}))::VARCHAR"


def write(messages: Sequence[DataMessage], form: str = "2.1") -> Iterator[str]:
    """Write messages as one SDMX-JSON, in pieces; ``form`` is 2.0 or 2.1."""
    meta = {
        "schema": SCHEMA[form],
        "id": messages[0].flow.id if len({m.flow.id for m in messages}) == 1 else agency(),
        "prepared": max(m.prepared for m in messages),
        "contentLanguages": ["en"],
        "sender": {"id": agency()},
    }
    yield '{"meta":' + json.dumps(meta) + ',"data":{"dataSets":['
    structures: list[dict[str, Any]] = []
    count = 0
    for message in messages:
        time = message.flow.dsd.component(TIME)
        assert time is not None  # noqa: S101 - every structure has one
        coded = [a for a in message.attributes if a.list]
        parts = [*message.flow.dsd.dimensions, time, *coded]
        lists = message.values([raw(c) for c in parts])
        values = {c.id: list(v) for c, v in zip(parts, lists, strict=True)}
        keyed, line = _expressions(message, values, time)
        first = count
        batches = message.ask([keyed, line], ordered=not message.flat)
        for data_set, lines in spans(message, batches):
            yield "," if count else ""
            yield from _set(message, data_set, lines, len(structures))
            count += 1
        structures.append(_structure(message, values, time, list(range(first, count))))
    yield '],"structures":' + json.dumps(structures, ensure_ascii=False) + "}}"


def _expressions(
    message: DataMessage, values: dict[str, list[str]], time: Component
) -> tuple[str, str]:
    keyed = " || ':' || ".join(_enumerated(d, values[d.id]) for d in message.flow.dsd.dimensions)
    at = _enumerated(time, values[time.id])
    if message.flat:
        at, keyed = f"{keyed} || ':' || {at}", "''"
    measure = message.flow.dsd.component("OBS_VALUE")
    assert measure is not None  # noqa: S101 - every structure has one
    cells = [f"coalesce({shown(measure)}, 'null')"]
    for a in message.attributes:
        if a.list:
            cells.append(f"coalesce({_enumerated(a, values[a.id])}, 'null')")
        elif a.number or a.constant:
            cells.append(f"coalesce({shown(a)}, 'null')")
        else:
            cells.append(f"coalesce({json_text(f'nullif({raw(a)}, {chr(39) * 2})')}, 'null')")
    listed = ", ',', ".join(cells)
    return keyed, f"concat('\"', {at}, '\":[', {listed}, ']')"


def _set(
    message: DataMessage, data_set: DataSet, lines: Iterator[tuple[str, ...]], structure: int
) -> Iterator[str]:
    action = "Delete" if data_set.deleted else "Information"
    head: dict[str, Any] = {"structure": structure, "action": action}
    if message.history:
        head["validFrom"] = f"{data_set.valid_from}T00:00:00Z"
        if data_set.valid_to:
            head["validTo"] = f"{data_set.valid_to}T00:00:00Z"
    head["attributes"] = list(data_set.said.values())
    kind = "observations" if message.flat else "series"
    yield json.dumps(head, ensure_ascii=False)[:-1] + f',"{kind}":{{'
    batch: list[str] = []
    series, more = None, ""
    for keyed, line in lines:
        if message.flat or keyed == series:
            batch.append(more + line)
        else:
            closed = "" if series is None else "}},"
            batch.append(f'{closed}"{keyed}":{{"observations":{{{line}')
            series = keyed
        more = ","
        if len(batch) >= 2000:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch) + ("}}" if series is not None else "") + "}}"


def _listed(message: DataMessage, component: Component, values: Sequence[str]) -> dict[str, Any]:
    if component.id == TIME or not component.list:
        codes = [{"id": v, "value": v} if component.id == TIME else {"id": v} for v in values]
    else:
        codes = [{"id": v, "name": message.name(component, v)} for v in values]
    return {"id": component.id, "name": component.name, "values": codes}


def _structure(
    message: DataMessage, values: dict[str, list[str]], time: Component, sets: list[int]
) -> dict[str, Any]:
    flow = message.flow
    dimensions = [
        {**_listed(message, d, values[d.id]), "keyPosition": i}
        for i, d in enumerate(flow.dsd.dimensions)
    ]
    at = {**_listed(message, time, values[time.id]), "keyPosition": len(dimensions)}
    told = [
        _listed(message, a, values[a.id]) if a.list else {"id": a.id, "name": a.name}
        for a in message.attributes
    ]
    said = [{"id": a.id, "name": a.name} for a in flow.dsd.attributes if a.set]
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={agency()}:{flow.id}({version()})"
    return {
        "name": flow.names["en"],
        "links": [{"urn": urn, "rel": "dataflow"}],
        "dimensions": {
            "dataSet": [],
            "series": [] if message.flat else dimensions,
            "observation": [*dimensions, at] if message.flat else [at],
        },
        "measures": {"observation": [{"id": "OBS_VALUE", "name": "Observed value"}]},
        "attributes": {"dataSet": said, "series": [], "observation": told},
        "dataSets": sets,
    }
