"""Structure messages in SDMX-ML 2.1."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from sojourn.sdmx.model.codes import CodeList
from sojourn.sdmx.model.dsd import MEASURE, TIME, Component, Dsd, Flow, agency, version
from sojourn.sdmx.writers.structures import CONCEPTS, Available, Structures
from sojourn.sdmx.writers.xml import head

_SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
_PACKAGE = {
    "Dataflow": "datastructure",
    "DataStructure": "datastructure",
    "Codelist": "codelist",
    "ConceptScheme": "conceptscheme",
}


def write(found: Structures) -> str:
    """Return a structure message."""
    parts = []
    if found.flows:
        flows = "".join(_flow(f, stub=found.stubs) for f in found.flows)
        parts.append(f"<str:Dataflows>{flows}</str:Dataflows>")
    if found.lists:
        lists = "".join(_list(c, found) for c in found.lists)
        parts.append(f"<str:Codelists>{lists}</str:Codelists>")
    if found.concepts:
        parts.append(f"<str:Concepts>{_concepts(found)}</str:Concepts>")
    if found.dsds:
        dsds = "".join(_dsd(d, stub=found.stubs) for d in found.dsds)
        parts.append(f"<str:DataStructures>{dsds}</str:DataStructures>")
    if found.available:
        held = "".join(_available(a) for a in found.available)
        parts.append(f"<str:Constraints>{held}</str:Constraints>")
    begun = head("Structure", found.prepared, agency(), f' xmlns:str="{_SPACE}"')
    return f"{begun}<mes:Structures>{''.join(parts)}</mes:Structures></mes:Structure>"


def spoken(names: Mapping[str, str], languages: tuple[str, ...], tag: str = "Name") -> str:
    """Return names or descriptions as elements, one a language."""
    held = {k: names[k] for k in languages if k in names}
    if not held and tag == "Name":
        held = {"en": names["en"]}
    return "".join(f'<com:{tag} xml:lang="{k}">{escape(v)}</com:{tag}>' for k, v in held.items())


def codes_of(code_list: CodeList, found: Structures) -> str:
    """Return the codes of a list with their words; none in a stub."""
    return "".join(
        f"<str:Code id={quoteattr(c.id)}>{spoken(c.names, found.languages)}"
        f"{spoken(c.descriptions, found.languages, 'Description')}</str:Code>"
        for c in (() if found.stubs else code_list.codes)
    )


def text_format(component: Component) -> str:
    """Return what kind of text the values of a component without a list are."""
    kind = "Double" if component.number else "String"
    kind = "ObservationalTimePeriod" if component.id == TIME else kind
    return f'<str:TextFormat textType="{kind}"/>'


def _opened(kind: str, name: str, said: str, more: str = "") -> str:
    number = version(two_one=True)
    urn = f"urn:sdmx:org.sdmx.infomodel.{_PACKAGE[kind]}.{kind}={agency()}:{name}({number})"
    return (
        f'<str:{kind} id="{name}" urn="{urn}" agencyID="{agency()}" version="{number}" '
        f'isFinal="true"{more}>{spoken({"en": said}, ("en",))}'
    )


def _ref(name: str, kind: str) -> str:
    return (
        f'<Ref id="{name}" version="{version(two_one=True)}" agencyID="{agency()}" '
        f'package="{_PACKAGE[kind]}" class="{kind}"/>'
    )


def _flow(flow: Flow, *, stub: bool) -> str:
    structure = f"<str:Structure>{_ref(flow.dsd.id, 'DataStructure')}</str:Structure>"
    begun = _opened("Dataflow", flow.id, flow.names["en"])
    return f"{begun}{'' if stub else structure}</str:Dataflow>"


def _list(code_list: CodeList, found: Structures) -> str:
    more = ' isPartial="true"' if code_list.partial else ""
    begun = _opened("Codelist", code_list.id, code_list.id, more)
    return f"{begun}{codes_of(code_list, found)}</str:Codelist>"


def _concepts(found: Structures) -> str:
    begun = _opened("ConceptScheme", CONCEPTS, "Concepts of this server")
    concepts = "".join(
        f'<str:Concept id="{c.id}">{spoken({"en": c.name}, ("en",))}{_core(c)}</str:Concept>'
        for c in found.concepts
    )
    return f"{begun}{'' if found.stubs else concepts}</str:ConceptScheme>"


def _identity(component: Component) -> str:
    return (
        f'<str:ConceptIdentity><Ref id="{component.id}" maintainableParentID="{CONCEPTS}" '
        f'maintainableParentVersion="{version(two_one=True)}" agencyID="{agency()}" '
        'package="conceptscheme" class="Concept"/></str:ConceptIdentity>'
    )


def _representation(component: Component) -> str:
    if component.list:
        inside = f"<str:Enumeration>{_ref(component.list, 'Codelist')}</str:Enumeration>"
    else:
        inside = text_format(component)
    return f"<str:LocalRepresentation>{inside}</str:LocalRepresentation>"


def _core(component: Component) -> str:
    """Return how values of a concept look; those of a coded one are told by each structure."""
    if component.list:
        return ""
    return _representation(component).replace("LocalRepresentation", "CoreRepresentation")


def _dsd(dsd: Dsd, *, stub: bool) -> str:
    begun = _opened("DataStructure", dsd.id, dsd.name)
    if stub:
        return f"{begun}</str:DataStructure>"
    parts = {c.id: c for c in dsd.components}
    dimensions = "".join(
        f'<str:Dimension id="{d.id}" position="{i}">{_identity(d)}{_representation(d)}</str:Dimension>'
        for i, d in enumerate(dsd.dimensions, 1)
    )
    time = parts[TIME]
    at = f'<str:TimeDimension id="{TIME}" position="{len(dsd.dimensions) + 1}">{_identity(time)}{_representation(time)}</str:TimeDimension>'
    measure = parts[MEASURE]
    return (
        f'{begun}<str:DataStructureComponents><str:DimensionList id="DimensionDescriptor">'
        f'{dimensions}{at}</str:DimensionList><str:AttributeList id="AttributeDescriptor">'
        f"{''.join(_attribute(a) for a in dsd.attributes)}</str:AttributeList>"
        f'<str:MeasureList id="MeasureDescriptor"><str:PrimaryMeasure id="{MEASURE}">'
        f"{_identity(measure)}{_representation(measure)}</str:PrimaryMeasure></str:MeasureList>"
        "</str:DataStructureComponents></str:DataStructure>"
    )


def _attribute(component: Component) -> str:
    level = (
        "<str:None/>"
        if component.set
        else f'<str:PrimaryMeasure><Ref id="{MEASURE}"/></str:PrimaryMeasure>'
    )
    return (
        f'<str:Attribute id="{component.id}" assignmentStatus="Conditional">{_identity(component)}'
        f"{_representation(component)}<str:AttributeRelationship>{level}"
        "</str:AttributeRelationship></str:Attribute>"
    )


def _available(found: Available) -> str:
    name, number = f"AVAILABLE_{found.flow.id}", version(two_one=True)
    values = "".join(
        f'<com:KeyValue id="{k}">{"".join(f"<com:Value>{escape(v)}</com:Value>" for v in held)}</com:KeyValue>'
        for k, held in found.values.items()
    )
    time = (
        f'<com:KeyValue id="{TIME}"><com:TimeRange><com:StartPeriod isInclusive="true">{found.start}'
        f'</com:StartPeriod><com:EndPeriod isInclusive="true">{found.end}</com:EndPeriod>'
        "</com:TimeRange></com:KeyValue>"
        if found.start
        else ""
    )
    return (
        f'<str:ContentConstraint id="{name}" agencyID="{agency()}" version="{number}" type="Actual">'
        f'<com:Annotations><com:Annotation id="obs_count"><com:AnnotationTitle>{found.count}'
        "</com:AnnotationTitle><com:AnnotationType>sdmx_metrics</com:AnnotationType>"
        "</com:Annotation></com:Annotations>"
        f'<com:Name xml:lang="en">What {found.flow.id} holds</com:Name><str:ConstraintAttachment>'
        f"<str:Dataflow>{_ref(found.flow.id, 'Dataflow')}</str:Dataflow></str:ConstraintAttachment>"
        f'<str:CubeRegion include="true">{values}{time}</str:CubeRegion></str:ContentConstraint>'
    )
