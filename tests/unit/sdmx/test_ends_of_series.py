"""The first and the last observations of each series, in every format, against plain Python."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

import pytest
from guarded import TestClient
from twins import store_of

from sojourn.query.opening import open_data
from sojourn.sdmx.model.dsd import flow_of
from sojourn.sdmx.run.formats import DATA
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import application
from sojourn.store.covered import Coverage
from sojourn.store.sealed import sealed

BASE = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
KEY = [d.id for d in flow_of("undesa.ims").dsd.dimensions]
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"


def _held(years: dict[str, list[str]], value: float) -> list[dict[str, object]]:
    return [
        {
            "indicator": "migrant_stock",
            "ref_area": area,
            "destination": area,
            "time_period": year,
            "obs_value": value + n,
            "sex": sex,
        }
        for area, held in years.items()
        for n, year in enumerate(held)
        for sex in ("_T", "F")
    ]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve synthetic rows: series of other lengths, months among years, two editions."""
    root = tmp_path_factory.mktemp("synthetic")
    first = {"276": ["2000", "2005", "2010"], "840": ["2005"], "124": ["2001-03", "2001-02"]}
    second = {"276": ["2000", "2005", "2010", "2015", "2015-01"], "040": ["2010", "1990"]}
    store_of(root, "undesa.ims@2015-12-01", _held(first, 1.0))
    store_of(root, "undesa.ims@2019-09-17", _held(second, 50.0))
    store, _ = open_data(root)
    with opened(store) as surface:
        yield TestClient(application(surface), raise_server_exceptions=False)


def rows(client: TestClient, query: str) -> list[dict[str, str]]:
    found = client.get(BASE + query, headers={"Accept": CSV})
    assert found.status_code == 200, found.text
    return [r for r in csv.DictReader(io.StringIO(found.text)) if r["ACTION"] == "I"]


ASKED = ["", "includeHistory=true", "asOf=2016-01-01", "updatedAfter=2016-01-01", "c[SEX]=F"]
ENDS: list[tuple[str, Callable[[list[str]], list[str]]]] = [
    ("firstNObservations=1", lambda t: t[:1]),
    ("lastNObservations=1", lambda t: t[-1:]),
    ("lastNObservations=2", lambda t: t[-2:]),
    ("firstNObservations=1&lastNObservations=1", lambda t: sorted({t[0], t[-1]})),
    ("firstNObservations=3&lastNObservations=3", lambda t: sorted({*t[:3], *t[-3:]})),
    ("lastNObservations=1000000", lambda t: t),
]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(("said", "kept"), ENDS, ids=[e[0] for e in ENDS])
def test_each_series_keeps_its_ends(
    client: TestClient, asked: str, said: str, kept: Callable[[list[str]], list[str]]
) -> None:
    everything = rows(client, f"?{asked}")
    series = defaultdict(list)
    for row in everything:
        edition = row["VINTAGE"] if "History" in asked else ""
        series[(edition, *(row[k] for k in KEY))].append(row)
    want = []
    for held in series.values():
        times = kept(sorted(r["TIME_PERIOD"] for r in held))
        want += [r for r in held if r["TIME_PERIOD"] in times]
    found = rows(client, f"?{asked}&{said}")
    assert sorted(map(str, found)) == sorted(map(str, want))
    assert len(want) < len(everything) or "000" in said or "=3" in said


def test_the_last_observation_as_of_a_day_is_the_last_of_that_edition(client: TestClient) -> None:
    told = rows(client, "/A.MIGRANT_STOCK.276._T?lastNObservations=1&asOf=2016-01-01")
    now = rows(client, "/A.MIGRANT_STOCK.276._T?lastNObservations=1")
    assert [(r["TIME_PERIOD"], r["OBS_VALUE"]) for r in told] == [("2010", "3")]
    assert [(r["TIME_PERIOD"], r["OBS_VALUE"]) for r in now] == [("2015", "53")]


def _values(text: str, media: str) -> list[float]:
    """Return the numbers of an answer, read without our own code."""
    if "csv" in media:
        return [float(r["OBS_VALUE"].split(":")[0]) for r in csv.DictReader(io.StringIO(text))]
    if "json" in media:
        sets = json.loads(text, object_pairs_hook=_once)["data"]["dataSets"]
        flat = [o for s in sets for o in s.get("observations", {}).values()]
        flat += [
            o
            for s in sets
            for x in s.get("series", {}).values()
            for o in x["observations"].values()
        ]
        return [float(o[0]) for o in flat]
    nodes = list(ElementTree.fromstring(text.encode()).iter())
    named = [e.get("OBS_VALUE") for e in nodes if e.get("OBS_VALUE")]
    return [
        float(v) for v in named or [e.get("value", "") for e in nodes if e.tag.endswith("ObsValue")]
    ]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len(dict(pairs)) == len(pairs), "a key of JSON is written twice"
    return dict(pairs)


@pytest.mark.parametrize(
    "query", [q for q in ASKED if "c[" not in q] + ["dimensionAtObservation=AllDimensions"]
)
@pytest.mark.parametrize("form", DATA, ids=lambda f: f.media)
def test_every_format_holds_the_same_ends(client: TestClient, form: object, query: str) -> None:
    media = form.media  # type: ignore[attr-defined]
    said = f"?{query}&lastNObservations=1"
    found = client.get(BASE + said, headers={"Accept": media})
    assert found.status_code == 200, found.text
    want = sorted(float(r["OBS_VALUE"]) for r in rows(client, said))
    assert sorted(_values(found.text, media)) == want


@pytest.mark.parametrize("said", ["", "&lastNObservations=1"])
def test_a_series_that_two_editions_answer_is_written_once(tmp_path: Path, said: str) -> None:
    store_of(
        tmp_path, "undesa.ims@2015-12-01", _held({"276": ["2000", "2005"], "840": ["2000"]}, 1.0)
    )
    store_of(tmp_path, "undesa.ims@2016-02-01", _held({"276": ["2010"], "840": ["2010"]}, 50.0))
    path = tmp_path / "store" / "manifest.json"
    told = json.loads(path.read_text())
    part = Coverage(
        edition="undesa.ims@2016-02-01",
        dataset="undesa.ims",
        vintage="2016-02-01",
        status="partial",
        reasons=("SYNTHETIC",),
    )
    path.write_text(sealed({**told, "coverage": [asdict(part)]}))
    store, _ = open_data(tmp_path)
    with opened(store) as surface:
        one = TestClient(application(surface), raise_server_exceptions=False)
        text = one.get(f"{BASE}?asOf=2017-01-01{said}").text
        want = sorted(float(r["OBS_VALUE"]) for r in rows(one, f"?asOf=2017-01-01{said}"))
    assert sorted(_values(text, "json")) == want
    assert len(want) == (4 if said else 10)


@pytest.mark.parametrize("asked", ["", "?includeHistory=true", "?c[SEX]=F", "?lastNObservations=1"])
def test_codes_of_a_long_answer_are_found_as_those_of_a_short_one(
    client: TestClient, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SDMX-JSON lists the codes in the answer: against those that SDMX-CSV has in its lines."""
    answers = []
    for most in (10_000, 0):  # rows up to which an answer counts as short
        monkeypatch.setattr("sojourn.sdmx.run.data._SHORT", most)
        answers.append(client.get(BASE + asked, headers={"Accept": "application/json"}).json())
    assert answers[0] == answers[1]
    printed = {c for r in rows(client, asked) for c in (r["REF_AREA"],)}
    told = answers[0]["data"]["structures"][0]["dimensions"]["series"]
    [areas] = [d["values"] for d in told if d["id"] == "REF_AREA"]
    assert [a["id"] for a in areas] == sorted(printed)
