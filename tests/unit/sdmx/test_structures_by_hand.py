"""Structures and availability in four formats, walked by hand against `structures.toml` and plain Python."""

import csv
import io
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from guarded import TestClient
from twins import store_of

from sojourn.query.opening import open_data
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import application

TOLD = tomllib.loads((files("sojourn.sdmx.model") / "structures.toml").read_text("utf-8"))
KINDS = {"json": "application/vnd.sdmx.structure+json;version="}
KINDS["xml"] = "application/vnd.sdmx.structure+xml;version="
FORMS = (("json", "2.1.0"), ("json", "2.0.0"), ("xml", "2.1"), ("xml", "3.0.0"), ("xml", "3.1.0"))
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"
FLOW = "/dataflow/SOJOURN/UNDESA_IMS/1.0.0"


def _row(area: str, year: str, value: float, sex: str = "_T") -> dict[str, object]:
    place = {"indicator": "migrant_stock", "ref_area": area, "destination": area}
    return {**place, "time_period": year, "obs_value": value, "sex": sex}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve five synthetic rows of two places, two sexes and three years."""
    root = tmp_path_factory.mktemp("synthetic")
    rows = [_row("276", y, 1.0) for y in ("2010", "2000", "2005")]
    rows += [_row("840", "2005", 2.0, "F"), _row("840", "2010", 3.0)]
    store_of(root, "undesa.ims@2019-09-17", rows)
    store, _ = open_data(root)
    with opened(store) as surface:
        yield TestClient(application(surface), raise_server_exceptions=False)


def asked(client: TestClient, url: str, kind: str, number: str) -> Any:
    found = client.get(url, headers={"Accept": KINDS[kind] + number})
    assert found.status_code == 200, found.text
    return found.json() if kind == "json" else ElementTree.fromstring(found.content)


def inside(node: Any, name: str) -> list[Any]:
    """Elements below one by their name, whatever their namespace."""
    return [e for e in node.iter() if e.tag.rpartition("}")[2] == name]


def target(node: Any) -> str:
    """What an element refers to: the id of its Ref, or the last name of its URN."""
    refs = inside(node, "Ref")
    text = refs[0].get("id") if refs else (node.text or "")
    return str(text).rpartition(").")[2].rpartition(":")[2].partition("(")[0]


def text_of(name: str) -> str:
    """What a component without a code list holds, by the standard's word."""
    if name == "TIME_PERIOD":
        return "ObservationalTimePeriod"
    return "Double" if TOLD["component"][name].get("number") else "String"


def components(name: str) -> tuple[list[str], list[str], list[str]]:
    """Dimensions, attributes of an observation and of a whole edition, as declared."""
    one = TOLD["dsd"][name]
    every = [*TOLD["attributes"]["every"], *one.get("attributes", [])]
    return one["dimensions"], every, TOLD["attributes"]["set"]


def held_to(name: str, codes: str, text: str) -> None:
    listed = TOLD["component"][name].get("list", "")
    assert (codes, text) == ((listed, "") if listed else ("", text_of(name))), name


@pytest.mark.parametrize("number", ["2.1.0", "2.0.0"])
@pytest.mark.parametrize("name", TOLD["dsd"])
def test_a_structure_in_json_is_as_declared(client: TestClient, name: str, number: str) -> None:
    dimensions, of_each, of_all = components(name)
    told = asked(client, f"/structure/datastructure/SOJOURN/{name}", "json", number)["data"]
    [one] = told["dataStructures"]
    assert (one["id"], one["name"], one["agencyID"]) == (name, TOLD["dsd"][name]["name"], "SOJOURN")
    assert one["version"] == "1.0.0"
    parts = one["dataStructureComponents"]
    listed = parts["dimensionList"]["dimensions"]
    assert [(d["id"], d["position"]) for d in listed] == [(d, n) for n, d in enumerate(dimensions)]
    attributes = parts["attributeList"]["attributes"]
    assert [a["id"] for a in attributes] == [*of_each, *of_all]
    [measure] = parts["measureList"]["measures"]
    assert (measure["id"], measure["usage"]) == ("OBS_VALUE", "optional")
    time = parts["dimensionList"]["timeDimension"]
    assert time["id"] == "TIME_PERIOD"
    for part in (*listed, time, measure, *attributes):
        assert part["conceptIdentity"].endswith(f":CONCEPTS(1.0.0).{part['id']}")
        said = part["localRepresentation"]
        codes = said.get("enumeration", "").rpartition(":")[2].partition("(")[0]
        held_to(part["id"], codes, said.get("format", {}).get("dataType", ""))
    for part in attributes:
        at = "dataflow" if part["id"] in of_all else "observation"
        assert part["attributeRelationship"] == {at: {}}
        assert part.get("measureRelationship") == (None if at == "dataflow" else ["OBS_VALUE"])
        assert part["usage"] == "optional"


@pytest.mark.parametrize("number", ["2.1", "3.0.0", "3.1.0"])
@pytest.mark.parametrize("name", TOLD["dsd"])
def test_a_structure_in_xml_is_as_declared(client: TestClient, name: str, number: str) -> None:
    dimensions, of_each, of_all = components(name)
    told = asked(client, f"/structure/datastructure/SOJOURN/{name}", "xml", number)
    [one] = inside(told, "DataStructure")
    assert (one.get("id"), one.get("agencyID")) == (name, "SOJOURN")
    assert one.get("version") == ("1.0" if number == "2.1" else "1.0.0")
    listed = inside(one, "Dimension")
    want = [(d, str(n)) for n, d in enumerate(dimensions, 1)]
    assert [(d.get("id"), d.get("position")) for d in listed] == want
    [time] = inside(one, "TimeDimension")
    assert time.get("position") == (str(len(dimensions) + 1) if number == "2.1" else None)
    attributes = inside(one, "Attribute")
    assert [a.get("id") for a in attributes] == [*of_each, *of_all]
    [measure] = inside(one, "PrimaryMeasure" if number == "2.1" else "Measure")[-1:]
    if number == "2.1":
        measure = next(m for m in inside(one, "PrimaryMeasure") if m.get("id"))
    else:
        measure = next(m for m in inside(one, "Measure") if m.get("id"))
    for part in (*listed, time, measure, *attributes):
        assert [target(i) for i in inside(part, "ConceptIdentity")] == [part.get("id")]
        codes = [target(e) for e in inside(part, "Enumeration")]
        kinds = [f.get("textType") for f in inside(part, "TextFormat")]
        held_to(part.get("id"), "".join(codes), "".join(kinds))
    for part in attributes:
        [related] = inside(part, "AttributeRelationship")
        whole = "None" if number == "2.1" else "Dataflow"
        each = "PrimaryMeasure" if number == "2.1" else "Observation"
        assert related[0].tag.rpartition("}")[2] == (whole if part.get("id") in of_all else each)


def test_concepts_are_the_components_and_uncoded_ones_say_what_they_hold(
    client: TestClient,
) -> None:
    every = {name: one["name"] for name, one in TOLD["component"].items()}
    for kind, number in FORMS:
        told = asked(client, "/structure/conceptscheme/SOJOURN/CONCEPTS", kind, number)
        if kind == "json":
            held = told["data"]["conceptSchemes"][0]["concepts"]
            assert {c["id"]: c["name"] for c in held} == every
            continue
        concepts = inside(told, "Concept")
        assert {c.get("id"): inside(c, "Name")[0].text for c in concepts} == every
        for concept in concepts if number == "2.1" else ():
            said = [f.get("textType") for f in inside(concept, "TextFormat")]
            coded = TOLD["component"][concept.get("id")].get("list")
            assert said == ([] if coded else [text_of(concept.get("id"))])


@pytest.mark.parametrize(("kind", "number"), FORMS)
def test_a_message_says_what_it_is(client: TestClient, kind: str, number: str) -> None:
    """No test, from SOJOURN, prepared when the newest edition was released."""
    told = asked(client, f"/structure{FLOW}", kind, number)
    if kind == "json":
        meta = told["meta"]
        assert (meta["test"], meta["id"], meta["sender"]) == (False, "SOJOURN", {"id": "SOJOURN"})
        assert meta["prepared"] == "2019-09-17T00:00:00"
        assert number.rpartition(".")[0] in meta["schema"]
        [flow] = told["data"]["dataflows"]
        assert flow["structure"].endswith("DataStructure=SOJOURN:AREA(1.0.0)")
        return
    words = {n: inside(told, n)[0] for n in ("ID", "Test", "Prepared", "Sender")}
    assert [words[n].text for n in ("ID", "Test", "Prepared")] == [
        "SOJOURN",
        "false",
        "2019-09-17T00:00:00",
    ]
    assert words["Sender"].get("id") == "SOJOURN"
    [flow] = inside(told, "Dataflow")
    assert target(inside(flow, "Structure")[0]) == "AREA"


@pytest.mark.parametrize(("kind", "number"), FORMS)
def test_a_stub_names_and_tells_nothing_more(client: TestClient, kind: str, number: str) -> None:
    told = asked(client, "/structure/*/SOJOURN/*?detail=allstubs", kind, number)
    inner = {"structure", "dataStructureComponents", "concepts", "codes"}
    if kind == "json":
        held = [one for many in told["data"].values() for one in many]
        assert len(held) > 20
        assert not [one["id"] for one in held if inner & set(one)]
        return
    every = asked(client, "/structure/codelist/SOJOURN/*", kind, number)
    assert len(inside(told, "Codelist")) == len(inside(every, "Codelist")) > 10
    assert inside(every, "Code")
    for name in ("Structure", "DataStructureComponents", "Concept", "Code"):
        below = [e for e in inside(told, name) if "structure" in e.tag.partition("}")[0]]
        assert not below, name


@pytest.mark.parametrize(("kind", "number"), FORMS)
def test_a_part_of_a_list_says_so(client: TestClient, kind: str, number: str) -> None:
    for url, codes, part in (("CL_SEX/~/F,M", ["F", "M"], True), ("CL_SEX", None, False)):
        told = asked(client, f"/structure/codelist/SOJOURN/{url}", kind, number)
        if kind == "json":
            [one] = told["data"]["codelists"]
            assert one["isPartial"] is part
            found = [c["id"] for c in one["codes"]]
        else:
            [one] = inside(told, "Codelist")
            assert one.get("isPartial") == ("true" if part else None)
            found = [c.get("id") for c in inside(one, "Code")]
        assert (found == codes) if codes else ({"F", "M", "_T"} <= set(found))


# ------------------------------------------------------------------------------ availability

#: What is asked, and which of the dimensions are told.
NARROWED = [
    ("", None),
    ("/A.MIGRANT_STOCK.276", None),
    ("/A.MIGRANT_STOCK.840/SEX", {"SEX"}),
    ("/*/TIME_PERIOD", set[str]()),
    ("/*/REF_AREA,TIME_PERIOD", {"REF_AREA"}),
    ("/*/*", None),
    ("/*/all", None),
]


def of_region(told: Any, kind: str) -> tuple[dict[str, set[str]], list[str], str, list[str]]:
    """Codes by component, the ends of time, whether they are taken, and what else is said."""
    values: dict[str, set[str]] = defaultdict(set)
    ends: list[str] = []
    if kind == "json":
        [one] = told["data"]["dataConstraints"]
        [region] = one["cubeRegions"]
        assert (region["include"], one["role"]) == (True, "Actual")
        for key in region["keyValues"]:
            if "timeRange" in key:
                both = [key["timeRange"][e] for e in ("startPeriod", "endPeriod")]
                assert [e["isInclusive"] for e in both] == [True, True]
                ends = [e["period"] for e in both]
            else:
                values[key["id"]] = {v["value"] for v in key["values"]}
        [note] = one["annotations"]
        assert (note["id"], note["type"], note["title"]) == (
            "obs_count",
            "sdmx_metrics",
            note["value"],
        )
        return values, ends, note["value"], one["constraintAttachment"]["dataflows"]
    [region] = inside(told, "CubeRegion")
    assert region.get("include") == "true"
    for key in inside(region, "KeyValue"):
        if inside(key, "TimeRange"):
            both_ = [inside(key, e)[0] for e in ("StartPeriod", "EndPeriod")]
            assert [e.get("isInclusive") for e in both_] == ["true", "true"]
            ends = [str(e.text) for e in both_]
        else:
            values[key.get("id")] = {str(v.text) for v in inside(key, "Value")}
    counted = [c.get("obsCount") for c in inside(told, "AvailabilityConstraint")]
    counted += [c.text for c in inside(told, "AnnotationTitle")]
    return values, ends, str(counted[0]), [target(f) for f in inside(told, "Dataflow")]


@pytest.mark.parametrize(("kind", "number"), FORMS)
@pytest.mark.parametrize(("narrowed", "dimensions"), NARROWED)
def test_an_availability_is_what_the_rows_hold(
    client: TestClient, kind: str, number: str, narrowed: str, dimensions: set[str] | None
) -> None:
    key = "/".join(narrowed.split("/")[:2])
    rows = client.get(f"/data{FLOW}{key}", headers={"Accept": CSV}).text
    held = list(csv.DictReader(io.StringIO(rows)))
    told = asked(client, f"/availability{FLOW}{narrowed}", kind, number)
    values, ends, count, flows = of_region(told, kind)
    every = TOLD["dsd"]["AREA"]["dimensions"]
    wanted = [d for d in every if dimensions is None or d in dimensions]
    assert values == {d: {r[d] for r in held} for d in wanted}
    timed = dimensions is None or "TIME" in narrowed
    times = sorted(r["TIME_PERIOD"] for r in held)
    assert ends == ([times[0], times[-1]] if timed else [])
    assert count == str(len(held))
    assert [f.rpartition(":")[2].partition("(")[0] for f in flows] == ["UNDESA_IMS"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/A.NOTHING", 204),
        ("/*/NOTHING", 422),
        ("/*/OBS_VALUE", 422),
        ("/*/REF_AREA,NOTHING", 200),
        ("?startPeriod=2011", 204),
        ("?startPeriod=2010", 200),
    ],
)
def test_an_availability_of_nothing_is_empty_and_of_no_dimension_refused(
    client: TestClient, url: str, status: int
) -> None:
    assert client.get(f"/availability{FLOW}{url}").status_code == status


# ---------------------------------------------------------------------------- order of lines


def test_lines_of_several_editions_stand_by_key_and_with_history_by_edition(tmp_path: Path) -> None:
    """The second edition is a part: what it lacks the first one answers still."""
    import json
    from dataclasses import asdict

    from sojourn.store.covered import Coverage
    from sojourn.store.sealed import sealed

    first, second = "undesa.ims@2015-12-01", "undesa.ims@2016-02-01"
    store_of(tmp_path, first, [_row(a, y, 1.0) for a in ("276", "840") for y in ("2000", "2005")])
    store_of(tmp_path, second, [_row(a, "2010", 2.0) for a in ("276", "840")])
    path = tmp_path / "store" / "manifest.json"
    part = Coverage(edition=second, dataset="undesa.ims", vintage="2016-02-01", status="partial")
    path.write_text(sealed({**json.loads(path.read_text()), "coverage": [asdict(part)]}))
    store, _ = open_data(tmp_path)
    by_key = [(a, y) for a in ("276", "840") for y in ("2000", "2005", "2010")]
    with opened(store) as surface:
        one = TestClient(application(surface), raise_server_exceptions=False)
        for said in ("", "?asOf=2017-01-01", "?asOf=2017-01-01&lastNObservations=9"):
            text = one.get(f"/data{FLOW}{said}", headers={"Accept": CSV}).text
            found = [(r["REF_AREA"], r["TIME_PERIOD"]) for r in csv.DictReader(io.StringIO(text))]
            assert sorted(found) == by_key
            if said:
                assert found == by_key
        text = one.get(f"/data{FLOW}?includeHistory=true", headers={"Accept": CSV}).text
        told = [(r["VINTAGE"], r["ACTION"]) for r in csv.DictReader(io.StringIO(text))]
        assert told == [("2015-12-01", "I")] * 4 + [("2016-02-01", "I")] * 2
