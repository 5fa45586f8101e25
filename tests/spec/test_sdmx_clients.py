"""Foreign SDMX clients read from a server on loopback what `sojourn observations` gives."""

import csv
import io
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live import live

from sojourn.query.observations import observations
from sojourn.query.opening import open_data

FLOW = "Dataflow=SOJOURN:UNDESA_IMS(1.0.0)"
STOCK = "INDICATOR='MIGRANT_STOCK' AND SEX='_T'"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with live(None) as one:
        yield one


def ours(
    data: Path | None, **concepts: str
) -> dict[tuple[str, str], tuple[float | None, str, str]]:
    store, _ = open_data(data)
    found = observations(store, dataset="undesa.ims", indicator="migrant_stock", **concepts)
    names = found.columns
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {
        (r["ref_area"], r["time_period"]): (
            None if r["obs_value"] is None else r["obs_value"] * 10.0 ** r["unit_mult"],
            r["obs_status"],
            r["vintage"],
        )
        for r in rows
    }


def by_pysdmx(address: str, said: str) -> list[dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysdmx.api.dc.rest import SdmxConnector

        return list(SdmxConnector(address, timeout=60).data(FLOW, said))


def by_sdmx1(address: str, call: str, *given: object, **named: object) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sdmx

        source = {"id": "SOJOURN", "url": address, "name": "sojourn"}
        sdmx.add_source(source, override=True)
        return getattr(sdmx.Client("SOJOURN"), call)(*given, **named)


def test_pysdmx_reads_the_same_numbers_statuses_and_editions(address: str) -> None:
    got = {
        (r["REF_AREA"], r["TIME_PERIOD"]): (
            float(r["OBS_VALUE"]) if r["OBS_VALUE"] else None,
            r["OBS_STATUS"],
            r["VINTAGE"],
        )
        for r in by_pysdmx(address, STOCK)
    }
    assert got == ours(None, sex="_T")
    assert len(got) > 200


def test_pysdmx_reads_what_there_is(address: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysdmx.api.dc.rest import SdmxConnector

        client = SdmxConnector(address, timeout=60)
        assert "UNDESA_IMS" in {f.id for f in client.dataflows()}
        flow = client.dataflow(FLOW)
        names = [c.id for c in flow.components]
        assert names[:3] == ["FREQ", "INDICATOR", "REF_AREA"]
        assert flow.obs_count
        assert list(client.data(FLOW, "REF_AREA='000'")) == []


def test_sdmx1_reads_the_same_numbers_statuses_and_editions(address: str) -> None:
    found = by_sdmx1(address, "data", "UNDESA_IMS", key="A.MIGRANT_STOCK.._T")
    got = {}
    for one in found.data[0].obs:
        told = one.attached_attribute
        key = (one.key["REF_AREA"].value, str(one.key["TIME_PERIOD"].value))
        value = None if one.value is None else float(one.value)
        got[key] = (value, told["OBS_STATUS"].value, told["VINTAGE"].value)
    assert got == ours(None, sex="_T")


def test_sdmx1_reads_structures_and_keys_by_name(address: str) -> None:
    flows = by_sdmx1(address, "dataflow")
    assert "UNDESA_IMS" in flows.dataflow
    found = by_sdmx1(address, "data", "UNDESA_IMS", key={"REF_AREA": "276", "SEX": "_T"})
    assert found.data[0].obs


@pytest.mark.parametrize(
    "form",
    [
        "structurespecificdata+xml;version=2.1",
        "genericdata+xml;version=2.1",
        "data+xml;version=3.0.0",
        "data+xml;version=3.1.0",
        "data+csv;version=1.0.0",
        "data+csv;version=2.0.0",
        "data+csv;version=2.1.0",
    ],
)
def test_pysdmx_reads_every_format_of_data(address: str, form: str) -> None:
    import httpx

    url = (
        f"{address}/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A.MIGRANT_STOCK.276?includeHistory=true"
    )
    text = httpx.get(url, headers={"Accept": f"application/vnd.sdmx.{form}"}, timeout=60).text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysdmx.io import read_sdmx

        if "+xml;version=3" in form:  # pysdmx 1.21 takes any URN that contains "URN" for a mapping
            text = text.replace("SOJOURN:", "OURS:").replace('id="SOJOURN"', 'id="OURS"')
        read = read_sdmx(text, validate="xml" in form)
        counted = sum(len(d.data) for d in read.data)
    store, _ = open_data(None)
    told = observations(
        store, all_editions=True, dataset="undesa.ims", indicator="migrant_stock", ref_area="276"
    )
    assert counted == len(told.fetchall())


def test_pysdmx_validates_structures(address: str) -> None:
    import httpx

    accept = {"Accept": "application/vnd.sdmx.structure+xml;version=2.1"}
    text = httpx.get(
        f"{address}/structure/dataflow/SOJOURN/*?references=all", headers=accept, timeout=60
    ).text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysdmx.io import read_sdmx

        read = read_sdmx(text, validate=True)
    assert {"Codelist", "ConceptScheme", "DataStructureDefinition", "Dataflow"} == {
        type(s).__name__ for s in read.structures
    }


def test_germany_in_2015_as_it_was_told_and_as_it_is_told(loaded: Path) -> None:
    import httpx

    key = "A.MIGRANT_STOCK.276._T"
    with live(loaded) as address:
        url = f"{address}/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/{key}?startPeriod=2015&endPeriod=2015"
        accept = {"Accept": "application/vnd.sdmx.data+json;version=2.0.0"}

        def values(more: str) -> list[tuple[str, float]]:
            sets = httpx.get(url + more, headers=accept, timeout=300).json()["data"]["dataSets"]
            return [
                (s.get("validFrom", "")[:10], line[0])
                for s in sets
                for series in s["series"].values()
                for line in series["observations"].values()
            ]

        assert values("&asOf=2016-12-31T00:00:00") == [("", 12_005_690)]
        assert values("&asOf=2023-01-01") == [("", 10_220_418)]
        history = dict(values("&includeHistory=true"))
        assert history["2015-12-01"] == 12_005_690
        assert history["2021-01-15"] == 10_220_418
        newest = max(history)
        assert [v for _, v in values("")] == [history[newest]]
        today = ours(loaded, sex="_T", ref_area="276", period="2015")
        assert [v for v, _, _ in today.values()] == [history[newest]]


RSDMX = """
suppressMessages(library(rsdmx))
d <- as.data.frame(readSDMX(commandArgs(TRUE)[1]))
said <- d[, c("REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "VINTAGE")]
write.csv(said, stdout(), row.names = FALSE, na = "")
"""


def by_r(code: str, *given: str) -> str:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed: rsdmx was not asked")
    call = ["Rscript", "-e", code, *given]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if "there is no package" in done.stderr:
        pytest.skip("R has no rsdmx: it was not asked")
    assert done.returncode == 0, done.stderr
    return done.stdout


def documented(language: str, address: str) -> list[str]:
    text = (Path(__file__).parents[2] / "docs/sdmx.md").read_text("utf-8")
    blocks = [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]
    return [b.replace("http://127.0.0.1:8000", address) for b in blocks]


def test_the_documented_lines_of_python_run(address: str) -> None:
    lines = documented("python", address)
    assert [next(w for w in ("pysdmx", "sdmx") if w in one) for one in lines] == ["pysdmx", "sdmx"]
    for code in lines:
        run = [sys.executable, "-W", "ignore", "-c", code]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "10220418" in done.stdout, code


def test_the_documented_line_of_curl_runs(address: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    code = documented("sh", address)[-1]
    done = subprocess.run(["sh", "-c", code], capture_output=True, text=True, check=False)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {r["TIME_PERIOD"]: float(r["OBS_VALUE"]) for r in rows}["2015"] == 10_220_418


def test_the_documented_lines_of_r_run(address: str) -> None:
    told = by_r(documented("r", address)[0])
    year, value = told.splitlines()[-1].split()[-2:]
    assert float(value) == ours(None, sex="_T")["276", year][0]


@pytest.mark.parametrize("flow", ["UNDESA_IMS", "SOJOURN,UNDESA_IMS,1.0.0"])
def test_rsdmx_reads_the_same_numbers_statuses_and_editions(address: str, flow: str) -> None:
    told = by_r(RSDMX, f"{address}/data/{flow}/A.MIGRANT_STOCK.._T/all/")
    got = {
        (r["REF_AREA"], r["TIME_PERIOD"]): (
            float(r["OBS_VALUE"]) if r["OBS_VALUE"] else None,
            r["OBS_STATUS"],
            r["VINTAGE"],
        )
        for r in csv.DictReader(io.StringIO(told))
    }
    assert got == ours(None, sex="_T")


def test_the_standards_own_openapi_is_kept() -> None:
    if not os.environ.get("SDMX_OPENAPI"):
        pytest.skip("SDMX_OPENAPI names no copy of the standard's OpenAPI")
    schemathesis_run(os.environ["SDMX_OPENAPI"])


def test_our_own_openapi_is_kept() -> None:
    schemathesis_run(None)


def schemathesis_run(standard: str | None) -> None:
    """Ask what the document allows: no 5xx but 501 and 503, and no status it does not declare."""
    with warnings.catch_warnings(), live(None) as address:
        warnings.simplefilter("ignore")
        import schemathesis
        from hypothesis import HealthCheck, Phase, given, settings

        if standard:
            schema = schemathesis.openapi.from_path(standard)
        else:
            schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        for result in schema.get_all_operations():
            operation = result.ok()

            @given(case=operation.as_strategy())
            @settings(
                max_examples=4,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def ask(case: Any) -> None:
                answer = case.call(base_url=address)
                said = f"{case.method} {case.formatted_path} {case.query}"
                assert answer.status_code < 500 or answer.status_code in (501, 503), said
                if standard is None:
                    declared = case.operation.definition.raw["responses"]
                    assert str(answer.status_code) in declared, (said, answer.status_code)

            ask()
