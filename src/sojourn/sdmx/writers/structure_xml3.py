"""Structure messages in SDMX-ML 3.0 and 3.1: artefacts name each other by URN."""

from xml.sax.saxutils import escape

from sojourn.sdmx.model.codes import CodeList
from sojourn.sdmx.model.dsd import MEASURE, TIME, Component, Dsd, Flow, agency, version
from sojourn.sdmx.writers.structure_xml import codes_of, spoken, text_format
from sojourn.sdmx.writers.structures import CONCEPTS, Available, Structures, urn
from sojourn.sdmx.writers.xml import head


def write(found: Structures, form: str = "3.1") -> str:
    """Return a structure message; ``form`` is 3.0 or 3.1."""
    parts = []
    if found.available and form == "3.1":
        held = "".join(_availability(a) for a in found.available)
        parts.append(f"<str:AvailabilityConstraints>{held}</str:AvailabilityConstraints>")
    if found.lists:
        lists = "".join(_list(c, found) for c in found.lists)
        parts.append(f"<str:Codelists>{lists}</str:Codelists>")
    if found.concepts:
        parts.append(f"<str:ConceptSchemes>{_concepts(found)}</str:ConceptSchemes>")
    if found.available and form == "3.0":
        held = "".join(_constraint(a) for a in found.available)
        parts.append(f"<str:DataConstraints>{held}</str:DataConstraints>")
    if found.flows:
        flows = "".join(_flow(f, stub=found.stubs) for f in found.flows)
        parts.append(f"<str:Dataflows>{flows}</str:Dataflows>")
    if found.dsds:
        dsds = "".join(_dsd(d, stub=found.stubs) for d in found.dsds)
        parts.append(f"<str:DataStructures>{dsds}</str:DataStructures>")
    space = f"http://www.sdmx.org/resources/sdmxml/schemas/v{form.replace('.', '_')}/structure"
    begun = head("Structure", found.prepared, agency(), f' xmlns:str="{space}"', form=form)
    return f"{begun}<mes:Structures>{''.join(parts)}</mes:Structures></mes:Structure>"


def _opened(kind: str, name: str, said: str, more: str = "") -> str:
    return (
        f'<str:{kind} id="{name}" urn="{urn(kind, name)}" agencyID="{agency()}" '
        f'version="{version()}"{more}>{spoken({"en": said}, ("en",))}'
    )


def _flow(flow: Flow, *, stub: bool) -> str:
    structure = f"<str:Structure>{urn('DataStructure', flow.dsd.id)}</str:Structure>"
    begun = _opened("Dataflow", flow.id, flow.names["en"])
    return f"{begun}{'' if stub else structure}</str:Dataflow>"


def _list(code_list: CodeList, found: Structures) -> str:
    more = ' isPartial="true"' if code_list.partial else ""
    begun = _opened("Codelist", code_list.id, code_list.id, more)
    return f"{begun}{codes_of(code_list, found)}</str:Codelist>"


def _concepts(found: Structures) -> str:
    begun = _opened("ConceptScheme", CONCEPTS, "Concepts of this server")
    concepts = "".join(
        f'<str:Concept id="{c.id}">{spoken({"en": c.name}, ("en",))}</str:Concept>'
        for c in found.concepts
    )
    return f"{begun}{'' if found.stubs else concepts}</str:ConceptScheme>"


def _part(component: Component) -> str:
    """Return which concept a component is, and how its values look."""
    if component.list:
        inside = f"<str:Enumeration>{urn('Codelist', component.list)}</str:Enumeration>"
    else:
        inside = text_format(component)
    return (
        f"<str:ConceptIdentity>{urn('Concept', CONCEPTS, component.id)}</str:ConceptIdentity>"
        f"<str:LocalRepresentation>{inside}</str:LocalRepresentation>"
    )


def _dsd(dsd: Dsd, *, stub: bool) -> str:
    begun = _opened("DataStructure", dsd.id, dsd.name)
    if stub:
        return f"{begun}</str:DataStructure>"
    parts = {c.id: c for c in dsd.components}
    dimensions = "".join(
        f'<str:Dimension id="{d.id}" position="{i}">{_part(d)}</str:Dimension>'
        for i, d in enumerate(dsd.dimensions, 1)
    )
    return (
        f'{begun}<str:DataStructureComponents><str:DimensionList id="DimensionDescriptor">'
        f'{dimensions}<str:TimeDimension id="{TIME}">{_part(parts[TIME])}</str:TimeDimension>'
        '</str:DimensionList><str:AttributeList id="AttributeDescriptor">'
        f"{''.join(_attribute(a) for a in dsd.attributes)}</str:AttributeList>"
        f'<str:MeasureList id="MeasureDescriptor"><str:Measure id="{MEASURE}" usage="optional">'
        f"{_part(parts[MEASURE])}</str:Measure></str:MeasureList>"
        "</str:DataStructureComponents></str:DataStructure>"
    )


def _attribute(component: Component) -> str:
    level = "<str:Dataflow/>" if component.set else "<str:Observation/>"
    measured = "" if component.set else f"<str:Measure>{MEASURE}</str:Measure>"
    related = f"<str:MeasureRelationship>{measured}</str:MeasureRelationship>" if measured else ""
    return (
        f'<str:Attribute id="{component.id}" usage="optional">{_part(component)}'
        f"<str:AttributeRelationship>{level}</str:AttributeRelationship>{related}</str:Attribute>"
    )


def _region(found: Available) -> str:
    values = "".join(
        f'<str:KeyValue id="{k}">'
        f"{''.join(f'<str:Value>{escape(v)}</str:Value>' for v in held)}</str:KeyValue>"
        for k, held in found.values.items()
    )
    time = (
        f'<str:KeyValue id="{TIME}"><str:TimeRange><str:StartPeriod isInclusive="true">'
        f'{found.start}</str:StartPeriod><str:EndPeriod isInclusive="true">{found.end}'
        "</str:EndPeriod></str:TimeRange></str:KeyValue>"
        if found.start
        else ""
    )
    flow = f"<str:Dataflow>{urn('Dataflow', found.flow.id)}</str:Dataflow>"
    return (
        f"<str:ConstraintAttachment>{flow}</str:ConstraintAttachment>"
        f'<str:CubeRegion include="true">{values}{time}</str:CubeRegion>'
    )


def _availability(found: Available) -> str:
    return (
        f'<str:AvailabilityConstraint obsCount="{found.count}">{_region(found)}'
        "</str:AvailabilityConstraint>"
    )


def _constraint(found: Available) -> str:
    name = f"AVAILABLE_{found.flow.id}"
    return (
        f'<str:DataConstraint id="{name}" agencyID="{agency()}" version="{version()}" role="Actual">'
        f'<com:Annotations><com:Annotation id="obs_count"><com:AnnotationTitle>{found.count}'
        "</com:AnnotationTitle><com:AnnotationType>sdmx_metrics</com:AnnotationType>"
        f'</com:Annotation></com:Annotations><com:Name xml:lang="en">What {found.flow.id} holds'
        f"</com:Name>{_region(found)}</str:DataConstraint>"
    )
