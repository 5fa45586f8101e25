"""The SDMX server on the embedded edition and on a small store of synthetic rows."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from guarded import TestClient
from twins import store_of

from sojourn.query.observations import observations
from sojourn.query.opening import open_data
from sojourn.sdmx.model.dsd import dsds
from sojourn.sdmx.run.formats import DATA, STRUCTURE
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import Limits, application
from sojourn.store.sealed import sealed

CSV = "application/vnd.sdmx.data+csv;version=2.0.0"


@contextmanager
def served(
    data: Path | None, *, public: bool = False, limits: Limits | None = None
) -> Iterator[TestClient]:
    store, _ = open_data(data)
    with opened(store, public=public) as surface:
        yield TestClient(application(surface, limits), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with served(None) as one:
        yield one


def rows(client: TestClient, url: str, accept: str = CSV) -> list[dict[str, str]]:
    found = client.get(url, headers={"Accept": accept})
    assert found.status_code == 200, found.text
    return list(csv.DictReader(io.StringIO(found.text)))


def flows(client: TestClient) -> list[str]:
    return [f["id"] for f in client.get("/structure/dataflow").json()["data"]["dataflows"]]


def test_every_number_status_and_period_is_what_observations_gives(client: TestClient) -> None:
    store, _ = open_data(None)
    asked = observations(store).query(
        "t",
        "SELECT dataflow, indicator, ref_area, origin, sex, time_period, obs_value * pow(10, unit_mult), obs_status, vintage FROM t",
    )
    want = sorted(
        (d.upper().replace(".", "_").replace("-", "_"), i.upper(), r, o, s, t, v, st, vi)
        for d, i, r, o, s, t, v, st, vi in asked.fetchall()
    )
    got = []
    for flow in flows(client):
        for row in rows(client, f"/data/dataflow/SOJOURN/{flow}/1.0.0"):
            value = float(row["OBS_VALUE"]) if row["OBS_VALUE"] else None
            got.append(
                (
                    flow,
                    row["INDICATOR"],
                    row["REF_AREA"],
                    row["SEX"],
                    row["TIME_PERIOD"],
                    value,
                    row["OBS_STATUS"],
                    row["VINTAGE"],
                )
            )
    assert len(got) == len(want)
    assert sorted(map(str, got)) == sorted(
        str((f, i, r, s, t, v, st, vi)) for f, i, r, _, s, t, v, st, vi in want
    )


def test_a_plus_in_a_filter_is_and_however_it_is_written(client: TestClient) -> None:
    base = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0?"
    forms = [
        "c[TIME_PERIOD]=ge:2005+le:2010",
        "c%5BTIME_PERIOD%5D=ge:2005%2Ble:2010",
        "c%5BTIME_PERIOD%5D=ge:2005%20le:2010",
    ]
    found = [client.get(base + f, headers={"Accept": CSV}).text for f in forms]
    assert found[0] == found[1] == found[2]
    assert {r["TIME_PERIOD"] for r in csv.DictReader(io.StringIO(found[0]))} == {"2005", "2010"}


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("c[SEX]=ne:M", lambda r: r["SEX"] != "M"),
        ("c[INDICATOR]=sw:MIGRANT", lambda r: r["INDICATOR"].startswith("MIGRANT")),
        ("c[REF_AREA]=840,276", lambda r: r["REF_AREA"] in ("840", "276")),
        ("c[OBS_VALUE]=gt:5000000", lambda r: r["OBS_VALUE"] and float(r["OBS_VALUE"]) > 5e6),
        ("c[OBS_STATUS]=A&c[SEX]=F", lambda r: r["OBS_STATUS"] == "A" and r["SEX"] == "F"),
        ("c[COMMENT_OBS]=co:data", lambda r: "data" in r["COMMENT_OBS"]),
        ("startPeriod=2010&endPeriod=2012", lambda r: "2010" <= r["TIME_PERIOD"] <= "2012"),
    ],
)
def test_a_filter_keeps_what_plain_python_keeps(
    client: TestClient, said: str, holds: object
) -> None:
    everything = rows(client, "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0")
    found = rows(client, f"/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0?{said}")
    assert found == [r for r in everything if holds(r)]  # type: ignore[operator]
    assert found


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A.NOTHING", 204),
        ("/data/UNDESA_IMS/A.NOTHING", 404),
        ("/data/dataflow/OTHER/UNDESA_IMS", 204),
        ("/data/*/SOJOURN/UNDESA_IMS/+/A.MIGRANT_STOCK.276", 200),
        ("/data/nonsense/SOJOURN/UNDESA_IMS/1.0.0", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A.B.C.D.E.F.G.H.I.J", 422),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?c[NOTHING]=1", 422),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?nonsense=1", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?asOf=yesterday", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?asOf=2020-01-01&updatedAfter=2021-01-01", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?c[OBS_VALUE]=gt:many", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?c[TIME_PERIOD]=ge:soon", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?firstNObservations=1", 200),
        ("/data/UNDESA_IMS?lastNObservations=1&detail=serieskeysonly", 200),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=99999999999999999999", 200),
        ("/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A.NOTHING?lastNObservations=1", 204),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?firstNObservations=0", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=-1", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=+1", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=1.0", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=%D9%A1", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=1&lastNObservations=1", 400),
        ("/availability/dataflow/SOJOURN/UNDESA_IMS?lastNObservations=1", 400),
        ("/structure/dataflow?firstNObservations=1", 400),
        ("/data/dataflow/SOJOURN/UNDESA_IMS?format=parquet", 406),
        ("/data/dataflow/SOJOURN/*", 200),
        ("/metadata/structure/a", 501),
        ("/registration/id/a", 501),
        ("/structure/nonsense", 400),
        ("/structure/codelist/SOJOURN/CL_SEX/~/F", 200),
        ("/structure/categoryscheme", 204),
        ("/nothing/here/at/all/of/it/x", 404),
        ("/health", 200),
        ("/version", 200),
        ("/openapi.json", 200),
    ],
)
def test_the_status_says_what_happened(client: TestClient, url: str, status: int) -> None:
    assert client.get(url).status_code == status


def test_too_long_and_too_many_keys_are_refused_with_their_own_status(client: TestClient) -> None:
    long = ",".join(f"A.X{n}" for n in range(8_000))
    assert client.get(f"/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/{long}").status_code == 414
    many = ",".join("A" for _ in range(10_000))
    assert client.get(f"/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/{many}").status_code == 413


def test_the_same_request_is_the_same_bytes_and_not_sent_twice(client: TestClient) -> None:
    url = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
    raw = {"Accept": CSV, "Accept-Encoding": "gzip"}
    with client.stream("GET", url, headers=raw) as first:
        one = b"".join(first.iter_raw())
    with client.stream("GET", url, headers=raw) as second:
        two = b"".join(second.iter_raw())
    assert one == two
    plain = client.get(url, headers={"Accept": CSV, "Accept-Encoding": "identity"})
    assert gzip.decompress(one) == plain.content
    assert (
        client.get(url, headers={**raw, "If-None-Match": first.headers["etag"]}).status_code == 304
    )
    assert plain.headers["etag"] != first.headers["etag"]


def test_more_requests_than_places_are_told_to_come_back() -> None:
    with served(None, limits=Limits(at_once=0)) as one:
        found = one.get("/structure/dataflow")
    assert (found.status_code, found.headers["retry-after"]) == (503, "5")


def test_xsd_is_not_offered_and_the_schema_is(client: TestClient) -> None:
    url = "/schema/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
    xsd = {"Accept": "application/vnd.sdmx.schema+xml;version=2.1"}
    assert client.get(url, headers=xsd).status_code == 501
    assert client.get(url).json()["data"]["dataStructures"][0]["id"] == "AREA"


#: A table that may be cited and not copied, before one that may be copied; synthetic numbers.
HELD = [
    {
        "indicator": "migrant_stock",
        "ref_area": a,
        "destination": a,
        "time_period": "2015",
        "obs_value": v,
    }
    for a, v in (("276", 11.0), ("840", 22.0))
]


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("synthetic")
    store_of(root, "undesa.ims@2015-12-01", HELD)
    path = root / "store" / "manifest.json"
    told = json.loads(path.read_text())
    for file in told["files"]:
        file |= {"redistribution": "cited-facts", "landing_page": "https://publisher.example/terms"}
    path.write_text(sealed(told))
    return root


@pytest.fixture(scope="module")
def beyond(restricted: Path) -> Iterator[TestClient]:
    with served(restricted, public=True) as one:
        yield one


@pytest.fixture(scope="module")
def within(restricted: Path) -> Iterator[TestClient]:
    with served(restricted) as one:
        yield one


QUERIES = (
    "",
    "?includeHistory=true",
    "?asOf=2016-01-01",
    "?c[OBS_VALUE]=gt:0",
    "?c[VINTAGE]=2015-12-01",
    "?detail=dataonly",
    "?updatedAfter=2010-01-01",
    "?dimensionAtObservation=AllDimensions",
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("form", DATA, ids=lambda f: f.media)
@pytest.mark.parametrize("path", ["/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0", "/data/UNDESA_IMS"])
def test_strangers_get_no_copy_of_what_may_only_be_cited(
    beyond: TestClient, within: TestClient, path: str, form: object, query: str
) -> None:
    accept = {"Accept": form.media}  # type: ignore[attr-defined]
    found = beyond.get(path + query, headers=accept)
    stub = beyond.get("/structure/dataflow/SOJOURN/UNDESA_IMS")
    assert found.status_code == 403
    assert "https://publisher.example/terms" in found.text
    assert "22" not in found.text.replace("2022", "")
    assert stub.json()["data"]["dataflows"][0]["id"] == "UNDESA_IMS"
    assert within.get(path + query, headers=accept).status_code == 200


@pytest.mark.parametrize("form", STRUCTURE, ids=lambda f: f.media)
def test_strangers_cannot_count_their_way_to_a_value(beyond: TestClient, form: object) -> None:
    url = "/availability/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
    accept = {"Accept": form.media}  # type: ignore[attr-defined]
    assert beyond.get(url, headers=accept).status_code == 200
    for said in (
        "c[OBS_VALUE]=gt:15",
        "c[LOWER]=gt:1",
        "c[COMMENT_OBS]=co:a",
        "updatedAfter=2014-01-01",
    ):
        assert beyond.get(f"{url}?{said}", headers=accept).status_code == 403


def test_what_changed_is_not_told_against_an_edition_that_may_only_be_cited(
    two_editions: Path, tmp_path: Path
) -> None:
    import shutil

    root = tmp_path / "synthetic"
    shutil.copytree(two_editions, root)
    path = root / "store" / "manifest.json"
    told = json.loads(path.read_text())
    for file in told["files"]:
        file["redistribution"] = "attribution" if "2019" in file["edition"] else "cited-facts"
    path.write_text(sealed(told))
    asked = "dataflow/SOJOURN/UNDESA_IMS/1.0.0"
    with served(root, public=True) as one:
        assert one.get(f"/data/{asked}").status_code == 200
        for kind in ("data", "availability"):
            found = one.get(f"/{kind}/{asked}?updatedAfter=2016-01-01")
            assert found.status_code == 403  # a number that is left out is one that did not change
    with served(root) as one:
        assert one.get(f"/data/{asked}?updatedAfter=2016-01-01").status_code == 200


def test_structures_name_each_other(client: TestClient) -> None:
    found = client.get("/structure/dataflow/SOJOURN/*?references=all").json()["data"]
    held = {d["id"] for d in found["dataStructures"]}
    assert {
        f["structure"].partition(":")[2].split(":")[-1].partition("(")[0]
        for f in found["dataflows"]
    } == held
    assert held <= set(dsds())
    lists = {c["id"]: {x["id"] for x in c["codes"]} for c in found["codelists"]}
    assert {"CL_AREA", "CL_INDICATOR", "CL_SEX", "CL_OBS_STATUS"} <= set(lists)
    concepts = {c["id"] for c in found["conceptSchemes"][0]["concepts"]}
    for dsd in found["dataStructures"]:
        parts = dsd["dataStructureComponents"]
        listed = [*parts["dimensionList"]["dimensions"], *parts["attributeList"]["attributes"]]
        assert {p["id"] for p in listed} <= concepts


def test_every_code_in_the_data_is_in_its_list(client: TestClient) -> None:
    found = client.get("/structure/dataflow/SOJOURN/*?references=all").json()["data"]
    lists = {c["id"]: {x["id"] for x in c["codes"]} for c in found["codelists"]}
    for flow in flows(client):
        for row in rows(client, f"/data/dataflow/SOJOURN/{flow}"):
            for dsd in dsds().values():
                for part in dsd.dimensions:
                    if part.list and part.id in row:
                        assert row[part.id] in lists[part.list], (flow, part.id, row[part.id])


@pytest.fixture(scope="module")
def two_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("synthetic")
    place = {"indicator": "migrant_stock", "time_period": "2015"}
    first = [{**place, "ref_area": a, "destination": a, "obs_value": 5.0} for a in ("276", "840")]
    second = [
        {**place, "ref_area": a, "destination": a, "obs_value": v}
        for a, v in (("276", 5.0), ("840", 7.0), ("124", 9.0))
    ]
    store_of(root, "undesa.ims@2015-12-01", first)
    store_of(root, "undesa.ims@2019-09-17", second)
    return root


def test_what_an_edition_changed_is_what_is_new_or_other(two_editions: Path) -> None:
    base = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
    with served(two_editions) as one:
        changed = rows(one, f"{base}?updatedAfter=2016-01-01")
        assert {(r["REF_AREA"], r["OBS_VALUE"]) for r in changed} == {("840", "7"), ("124", "9")}
        assert one.get(f"{base}?updatedAfter=2020-01-01").status_code == 204
        then = rows(one, f"{base}?asOf=2016-01-01")
        assert {(r["REF_AREA"], r["OBS_VALUE"]) for r in then} == {("276", "5"), ("840", "5")}
        assert one.get(f"{base}?asOf=2010-01-01").status_code == 204
        every = rows(one, f"{base}?includeHistory=true")
        ends = {(r["VINTAGE"], r["VALID_FROM"], r["VALID_TO"]) for r in every}
        assert ends == {
            ("2015-12-01", "2015-12-01", "2019-09-17"),
            ("2019-09-17", "2019-09-17", ""),
        }
        said = one.get(f"{base}?asOf=2016-01-01").headers["x-sojourn-as-of-basis"]
        assert said == "publication"


HOSTILE = (
    'a "quoted", line\nand more',
    "<&>'\"",
    "tab\tand\r",
    "nul-like \x01 and ünï",
    "=1+1",
    "",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("synthetic")
    held = [
        {
            "indicator": "migrant_stock",
            "ref_area": "276",
            "destination": "276",
            "time_period": str(2000 + n),
            "obs_value": float(n),
            "comment": text,
        }
        for n, text in enumerate(HOSTILE)
    ]
    store_of(root, "undesa.ims@2015-12-01", held)
    return root


def test_free_text_comes_back_as_it_was_written(hostile: Path) -> None:
    from xml.etree import ElementTree

    base = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
    with served(hostile) as one:
        text = one.get(base, headers={"Accept": CSV}).content.decode()
        told = [r["COMMENT_OBS"] for r in csv.DictReader(io.StringIO(text, newline=""))]
        assert told == [("'" if t.startswith("=") else "") + t for t in HOSTILE]
        found = one.get(base).json()["data"]["dataSets"][0]["series"]["0:0:0:0:0:0:0:0"]
        assert [line[4] for line in found["observations"].values()] == [t or None for t in HOSTILE]
        for media in (f.media for f in DATA if f.writer == "xml"):
            accept = {"Accept": media}
            root = ElementTree.fromstring(one.get(base, headers=accept).content)
            read = [e.get("COMMENT_OBS", "") for e in root.iter("Obs")] or [
                e.get("value", "") for e in root.iter() if e.get("id") == "COMMENT_OBS"
            ]
            assert [t for t in read if t] == [t.replace("\x01", "") for t in HOSTILE if t]


def test_bounds_are_attributes_of_their_number(tmp_path: Path) -> None:
    held = {"indicator": "tb_cases", "ref_area": "276", "destination": "276", "time_period": "2020"}
    bounds = {"obs_value": 5.0, "lower": 4.5, "upper": 6.0, "unit_mult": 3}
    store_of(tmp_path, "who.tb-burden@2024-06-23", [{**held, **bounds}])
    with served(tmp_path) as one:
        found = rows(one, "/data/dataflow/SOJOURN/WHO_TB_BURDEN/1.0.0?lastNObservations=1")
    assert [(r["OBS_VALUE"], r["LOWER"], r["UPPER"]) for r in found] == [("5000", "4500", "6000")]
