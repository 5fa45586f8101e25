"""SDMX-ML 2.1 data, structure-specific and generic: series in time, or single observations."""

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from sojourn.sdmx.model.dsd import MEASURE, TIME, Component, agency, version
from sojourn.sdmx.writers.columns import shown, xml_text
from sojourn.sdmx.writers.data import DataMessage, DataSet, spans

_SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_SPACES = (
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:mes="{_SPACE}/message" '
    f'xmlns:com="{_SPACE}/common"'
)


def head(root: str, prepared: str, name: str, more: str = "", inside: str = "") -> str:
    """Return the first part of a message of SDMX-ML 2.1, its header closed."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{root} {_SPACES}{more}><mes:Header>'
        f"<mes:ID>{name}</mes:ID><mes:Test>false</mes:Test><mes:Prepared>{prepared}</mes:Prepared>"
        f'<mes:Sender id="{agency()}"/>{inside}</mes:Header>'
    )


def _header(message: DataMessage, *, generic: bool) -> str:
    flow, at = message.flow, "AllDimensions" if message.flat else TIME
    number = version(two_one=True)
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={agency()}:{flow.id}({number}):ObsLevelDim:{at}"
    space = "" if generic else f' namespace="{urn}"'
    structure = (
        f'<mes:Structure structureID="{flow.id}"{space} dimensionAtObservation="{at}">'
        f'<com:StructureUsage><Ref agencyID="{agency()}" id="{flow.id}" version="{number}"/>'
        "</com:StructureUsage></mes:Structure>"
    )
    if generic:
        more = f' xmlns:gen="{_SPACE}/data/generic"'
        return head("GenericData", message.prepared, flow.id, more, structure)
    more = f' xmlns:ss="{_SPACE}/data/structurespecific" xmlns:ns1="{urn}"'
    return head("StructureSpecificData", message.prepared, flow.id, more, structure)


def _attributes(components: tuple[Component, ...]) -> str:
    """Return components as XML attributes; one without a value is left out."""
    parts = []
    for c in components:
        value = xml_text(shown(c)) if c.text else shown(c)
        part = f"' {c.id}=\"' || {value} || '\"'"
        needed = c.text or c.number or c.column in ("comment",)
        parts.append(
            f"coalesce(CASE WHEN {shown(c)} = '' THEN '' ELSE {part} END, '')"
            if needed
            else f"coalesce({part}, '')"
        )
    return " || ".join(parts) or "''"


def _values(components: tuple[Component, ...]) -> str:
    parts = []
    for c in components:
        value = xml_text(shown(c)) if c.text else shown(c)
        part = f"'<gen:Value id=\"{c.id}\" value=\"' || {value} || '\"/>'"
        parts.append(f"coalesce(CASE WHEN {shown(c)} = '' THEN '' ELSE {part} END, '')")
    return " || ".join(parts) or "''"


def write(message: DataMessage, *, generic: bool = False) -> Iterator[str]:
    """Write a message as SDMX-ML 2.1, in pieces."""
    yield _header(message, generic=generic)
    keyed, line = _generic(message) if generic else _specific(message)
    opened, closed = ("<gen:Series>", "</gen:Series>") if generic else ("<Series", "</Series>")
    for data_set, lines in spans(message, message.ask([keyed, line], ordered=not message.flat)):
        yield _set(message, data_set, generic=generic)
        yield from _lines(message, lines, opened, closed)
        yield "</mes:DataSet>"
    yield f"</mes:{'GenericData' if generic else 'StructureSpecificData'}>"


def _lines(
    message: DataMessage, lines: Iterator[tuple[str, ...]], opened: str, closed: str
) -> Iterator[str]:
    batch: list[str] = []
    series = None
    for keyed, line in lines:
        if not message.flat and keyed != series:
            batch.append((closed if series is not None else "") + opened + keyed)
            series = keyed
        batch.append(line)
        if len(batch) >= 2000:
            yield "".join(batch)
            batch.clear()
    if series is not None:
        batch.append(closed)
    yield "".join(batch)


def _specific(message: DataMessage) -> tuple[str, str]:
    parts = {c.id: c for c in message.flow.dsd.components}
    at = _attributes((parts[TIME], parts[MEASURE], *message.attributes))
    keyed = _attributes(message.flow.dsd.dimensions)
    if message.flat:
        return "''", f"'<Obs' || {keyed} || {at} || '/>'"
    return f"{keyed} || '>'", f"'<Obs' || {at} || '/>'"


def _generic(message: DataMessage) -> tuple[str, str]:
    parts = {c.id: c for c in message.flow.dsd.components}
    value = f"coalesce('<gen:ObsValue value=\"' || {shown(parts[MEASURE])} || '\"/>', '')"
    told = f"'<gen:Attributes>' || {_values(message.attributes)} || '</gen:Attributes>'"
    if not message.attributes:
        told = "''"
    if message.flat:
        key = _values((*message.flow.dsd.dimensions, parts[TIME]))
        return (
            "''",
            f"'<gen:Obs><gen:ObsKey>' || {key} || '</gen:ObsKey>' || {value} || {told} || '</gen:Obs>'",
        )
    key = f"'<gen:SeriesKey>' || {_values(message.flow.dsd.dimensions)} || '</gen:SeriesKey>'"
    at = "'<gen:Obs><gen:ObsDimension value=\"' || o.time_period || '\"/>' || "
    return key, f"{at}{value} || {told} || '</gen:Obs>'"


def _set(message: DataMessage, data_set: DataSet, *, generic: bool) -> str:
    flow = message.flow
    valid = ""
    prefix = "" if generic else "ss:"
    if message.history:
        valid = f' {prefix}validFromDate="{data_set.valid_from}T00:00:00"'
        if data_set.valid_to:
            valid += f' {prefix}validToDate="{data_set.valid_to}T00:00:00"'
    if generic:
        told = "".join(
            f'<gen:Value id="{k}" value={quoteattr(v)}/>' for k, v in data_set.said.items() if v
        )
        inside = f"<gen:Attributes>{told}</gen:Attributes>" if told else ""
        return f'<mes:DataSet action="Information" structureRef="{flow.id}"{valid}>{inside}'
    told = "".join(f" {k}={quoteattr(v)}" for k, v in data_set.said.items() if v)
    return (
        f'<mes:DataSet ss:structureRef="{flow.id}" xsi:type="ns1:DataSetType" '
        f'ss:dataScope="DataStructure" ss:action="Information"{valid}{told}>'
    )
