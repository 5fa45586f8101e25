"""SDMX-ML data: 2.1 generic, 2.1 to 3.1 structure-specific; series in time, or observations."""

from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import quoteattr

from sojourn.sdmx.model.dsd import MEASURE, TIME, Component, agency, version
from sojourn.sdmx.writers.columns import shown, xml_text
from sojourn.sdmx.writers.data import DataMessage, DataSet, spans

_SPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:mes="{space}/message" '
    'xmlns:com="{space}/common"'
)


def _space(form: str) -> str:
    return f"http://www.sdmx.org/resources/sdmxml/schemas/v{form.replace('.', '_')}"


def head(
    root: str, prepared: str, name: str, more: str = "", inside: str = "", form: str = "2.1"
) -> str:
    """Return the first part of a message of SDMX-ML, its header closed."""
    spaces = _SPACES.format(space=_space(form))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{root} {spaces}{more}><mes:Header>'
        f"<mes:ID>{name}</mes:ID><mes:Test>false</mes:Test><mes:Prepared>{prepared}</mes:Prepared>"
        f'<mes:Sender id="{agency()}"/>{inside}</mes:Header>'
    )


def _header(
    messages: Sequence[DataMessage], spaces: Mapping[str, str], form: str, *, generic: bool
) -> str:
    """Return the header: a structure for each dataflow, and a namespace of it."""
    at = "AllDimensions" if messages[0].flat else TIME
    number = version(two_one=form == "2.1")
    structures, named = "", ""
    for flow, short in spaces.items():
        urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={agency()}:{flow}({number})"
        space = f"{urn}:ObsLevelDim:{at}"
        named += f' xmlns:{short}="{space}"'
        usage = f'<Ref agencyID="{agency()}" id="{flow}" version="{number}"/>'
        inside = "" if generic else f' namespace="{space}"'
        structures += (
            f'<mes:Structure structureID="{flow}"{inside} dimensionAtObservation="{at}">'
            f"<com:StructureUsage>{usage if form == '2.1' else urn}"
            "</com:StructureUsage></mes:Structure>"
        )
    prepared = max(m.prepared for m in messages)
    name = next(iter(spaces)) if len(spaces) == 1 else agency()
    if generic:
        more = f' xmlns:gen="{_space(form)}/data/generic"'
        return head("GenericData", prepared, name, more, structures)
    more = f' xmlns:ss="{_space(form)}/data/structurespecific"{named}'
    return head("StructureSpecificData", prepared, name, more, structures, form)


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
    return f"concat('', {', '.join(parts)})" if parts else "''"


def _values(components: tuple[Component, ...]) -> str:
    parts = []
    for c in components:
        value = xml_text(shown(c)) if c.text else shown(c)
        part = f"'<gen:Value id=\"{c.id}\" value=\"' || {value} || '\"/>'"
        parts.append(f"coalesce(CASE WHEN {shown(c)} = '' THEN '' ELSE {part} END, '')")
    return f"concat('', {', '.join(parts)})" if parts else "''"


def write(
    messages: Sequence[DataMessage], *, generic: bool = False, form: str = "2.1"
) -> Iterator[str]:
    """Write messages as one SDMX-ML, in pieces.

    Parameters
    ----------
    generic : bool
        Generic data, which 2.1 has; else structure-specific.
    form : {"2.1", "3.0", "3.1"}
    """
    flows = dict.fromkeys(m.flow.id for m in messages)
    spaces = {flow: f"ns{n}" for n, flow in enumerate(flows, 1)}
    yield _header(messages, spaces, form, generic=generic)
    opened, closed = ("<gen:Series>", "</gen:Series>") if generic else ("<Series", "</Series>")
    for message in messages:
        keyed, line = _generic(message) if generic else _specific(message)
        batches = message.ask([keyed, line], ordered=not message.flat)
        for data_set, lines in spans(message, batches):
            yield _set(message, data_set, form, "" if generic else spaces[message.flow.id])
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


def _set(message: DataMessage, data_set: DataSet, form: str, space: str) -> str:
    """Return the first tag of a set; ``space`` is empty for generic data."""
    flow = message.flow
    action = "Delete" if data_set.deleted else "Information"
    valid = ""
    prefix = "ss:" if space else ""
    if message.history:
        valid = f' {prefix}validFromDate="{data_set.valid_from}T00:00:00"'
        if data_set.valid_to:
            valid += f' {prefix}validToDate="{data_set.valid_to}T00:00:00"'
    if not space:
        told = "".join(
            f'<gen:Value id="{k}" value={quoteattr(v)}/>' for k, v in data_set.said.items() if v
        )
        inside = f"<gen:Attributes>{told}</gen:Attributes>" if told else ""
        return f'<mes:DataSet action="{action}" structureRef="{flow.id}"{valid}>{inside}'
    told = "".join(f" {k}={quoteattr(v)}" for k, v in data_set.said.items() if v)
    scope = 'ss:dataScope="DataStructure" ' if form == "2.1" else ""
    return (
        f'<mes:DataSet ss:structureRef="{flow.id}" xsi:type="{space}:DataSetType" '
        f'{scope}ss:action="{action}"{valid}{told}>'
    )
