"""Structure messages in SDMX-JSON 2.0 and 2.1."""

import json
from collections.abc import Mapping
from typing import Any

from sojourn.sdmx.model.codes import CodeList
from sojourn.sdmx.model.dsd import MEASURE, TIME, Component, Dsd, Flow, agency, version
from sojourn.sdmx.writers.structures import CONCEPTS, Available, Structures, urn

SCHEMA = {
    "2.0": "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json",
    "2.1": "https://json.sdmx.org/2.1/sdmx-json-structure-schema.json",
}


def write(found: Structures, form: str = "2.1") -> str:
    """Return a structure message; ``form`` is 2.0 or 2.1."""
    data: dict[str, Any] = {}
    if found.flows:
        data["dataflows"] = [_flow(f, stub=found.stubs) for f in found.flows]
    if found.dsds:
        data["dataStructures"] = [_dsd(d, stub=found.stubs) for d in found.dsds]
    if found.concepts:
        data["conceptSchemes"] = [_concepts(found)]
    if found.lists:
        data["codelists"] = [_list(c, found) for c in found.lists]
    if found.available:
        data["dataConstraints"] = [_available(a) for a in found.available]
    meta = {
        "schema": SCHEMA[form],
        "id": agency(),
        "test": False,
        "prepared": found.prepared,
        "contentLanguages": list(found.languages),
        "sender": {"id": agency()},
    }
    return json.dumps({"meta": meta, "data": data}, ensure_ascii=False)


def _named(name: str, names: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, Any]:
    held = {k: names[k] for k in languages if k in names} or {"en": names.get("en", name)}
    return {"id": name, "name": next(iter(held.values())), "names": held}


def _maintained(name: str, said: str) -> dict[str, Any]:
    base = {"id": name, "agencyID": agency(), "version": version()}
    return {**base, "name": said, "names": {"en": said}}


def _flow(flow: Flow, *, stub: bool) -> dict[str, Any]:
    made = _maintained(flow.id, flow.names["en"])
    made["links"] = [{"rel": "self", "urn": urn("Dataflow", flow.id)}]
    return made if stub else {**made, "structure": urn("DataStructure", flow.dsd.id)}


def _representation(component: Component) -> dict[str, Any]:
    if component.list:
        return {"enumeration": urn("Codelist", component.list)}
    kind = "Double" if component.number else "String"
    return {"format": {"dataType": "ObservationalTimePeriod" if component.id == TIME else kind}}


def _part(component: Component) -> dict[str, Any]:
    return {
        "id": component.id,
        "conceptIdentity": urn("Concept", CONCEPTS, component.id),
        "localRepresentation": _representation(component),
    }


def _attribute(component: Component) -> dict[str, Any]:
    made = {**_part(component), "usage": "optional"}
    if component.set:
        return {**made, "attributeRelationship": {"dataflow": {}}}
    return {**made, "attributeRelationship": {"observation": {}}, "measureRelationship": [MEASURE]}


def _dsd(dsd: Dsd, *, stub: bool) -> dict[str, Any]:
    made = _maintained(dsd.id, dsd.name)
    made["links"] = [{"rel": "self", "urn": urn("DataStructure", dsd.id)}]
    if stub:
        return made
    parts = {c.id: c for c in dsd.components}
    dimensions = [{**_part(d), "position": i} for i, d in enumerate(dsd.dimensions)]
    made["dataStructureComponents"] = {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": dimensions,
            "timeDimension": _part(parts[TIME]),
        },
        "measureList": {
            "id": "MeasureDescriptor",
            "measures": [{**_part(parts[MEASURE]), "usage": "optional"}],
        },
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": [_attribute(a) for a in dsd.attributes],
        },
    }
    return made


def _concepts(found: Structures) -> dict[str, Any]:
    made = _maintained(CONCEPTS, "Concepts of this server")
    made["links"] = [{"rel": "self", "urn": urn("ConceptScheme", CONCEPTS)}]
    if found.stubs:
        return made
    return {**made, "concepts": [_named(c.id, {"en": c.name}, ("en",)) for c in found.concepts]}


def _list(code_list: CodeList, found: Structures) -> dict[str, Any]:
    made = _maintained(code_list.id, code_list.id)
    made["links"] = [{"rel": "self", "urn": urn("Codelist", code_list.id)}]
    if found.stubs:
        return made
    codes = []
    for code in code_list.codes:
        one = _named(code.id, code.names, found.languages)
        if said := {k: code.descriptions[k] for k in found.languages if k in code.descriptions}:
            one |= {"description": next(iter(said.values())), "descriptions": said}
        codes.append(one)
    return {**made, "isPartial": code_list.partial, "codes": codes}


def _available(found: Available) -> dict[str, Any]:
    made = _maintained(f"AVAILABLE_{found.flow.id}", f"What {found.flow.id} holds")
    values: list[dict[str, Any]] = [
        {"id": name, "values": [{"value": v} for v in held]} for name, held in found.values.items()
    ]
    if found.start:
        ends = (
            {"period": found.start, "isInclusive": True},
            {"period": found.end, "isInclusive": True},
        )
        values.append(
            {"id": TIME, "timeRange": dict(zip(("startPeriod", "endPeriod"), ends, strict=True))}
        )
    return {
        **made,
        "role": "Actual",
        "constraintAttachment": {"dataflows": [urn("Dataflow", found.flow.id)]},
        "cubeRegions": [{"include": True, "keyValues": values}],
        "annotations": [
            {
                "id": "obs_count",
                "type": "sdmx_metrics",
                "title": str(found.count),
                "value": str(found.count),
            }
        ],
    }
