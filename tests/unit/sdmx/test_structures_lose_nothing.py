"""What the structures declare keeps rows apart and ships every word, on the embedded editions."""

import csv
import io
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from guarded import TestClient
from reading import text

from sojourn.loading.verbs import load_files
from sojourn.query.opening import open_data
from sojourn.sdmx.model.dsd import declared, flow_of
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import application
from sojourn.sdmx.writers.columns import raw
from sojourn.store.observations import Store


@pytest.fixture(scope="module")
def store() -> Store:
    found, _ = open_data(None)
    return found


def datasets() -> list[str]:
    found, _ = open_data(None)
    return sorted({f.dataset for f in found.manifest.files if f.observations})


@pytest.mark.parametrize("dataset", datasets())
def test_a_shipped_dataset_has_a_structure_that_tells_its_rows_apart(
    store: Store, dataset: str
) -> None:
    assert dataset in declared(), "name it in structures.toml, on the structure that fits"
    keyed = ", ".join(raw(d) for d in flow_of(dataset).dsd.dimensions)
    query = f"""
        SELECT count(*), count(DISTINCT (o.edition, {keyed}, o.time_period))
        FROM observation o WHERE o.dataflow = $d"""
    held, apart = store.con.cursor().execute(query, {"d": dataset}).fetchall()[0]
    assert held == apart > 0


@pytest.mark.parametrize("dataset", datasets())
def test_no_word_of_a_detail_stays_behind(store: Store, dataset: str) -> None:
    query = "SELECT DISTINCT detail FROM observation WHERE dataflow = $d"
    details = store.con.cursor().execute(query, {"d": dataset}).fetchall()
    words = {w for (text,) in details for w in re.findall(r"(?:^|;)([a-z][a-z0-9_]*)=", text)}
    shipped = {w for c in flow_of(dataset).dsd.components for w in c.detail}
    assert words <= shipped


#: Of these nothing is shipped: what tells their rows apart has dimensions of its own all the same.
NOT_SHIPPED = (
    *("ctdc.cases", "eurostat.emi3nxt", "eurostat.imm5prv", "gaskin.flows", "iom.dtm"),
    *("meta.flows", "oecd.mig", "worldbank.remittances-paid"),
)


@pytest.mark.parametrize("dataset", NOT_SHIPPED)
def test_a_dataset_that_is_not_shipped_has_a_structure_of_its_own(dataset: str) -> None:
    words = set()
    for path in files("sojourn.sources").iterdir():
        if not path.name.endswith(".toml"):
            continue
        for layout in tomllib.loads(path.read_text("utf-8")).get("layout", ()):
            if layout.get("dataset") == dataset:
                columns = layout.get("columns", {})
                words |= {c.removeprefix("detail_") for c in columns if c.startswith("detail_")}
    parts = flow_of(dataset).dsd.components
    assert flow_of(dataset).dsd.id != "DECLARED"
    assert words <= {w for c in parts for w in c.detail}


DTM = (
    "operation,admin0Name,admin0Pcode,admin1Name,admin1Pcode,numPresentIdpInd,reportingDate,"
    "yearReportingDate,monthReportingDate,roundNumber,displacementReason,numberMales,numberFemales"
)
CASES = (
    "yearOfRegistration,Datasource,gender,ageBroad,citizenship,CountryOfExploitation,isForcedLabour"
)


def test_rounds_and_cases_are_told_apart_and_stay_on_this_machine(tmp_path: Path) -> None:
    """Synthetic rows in the layouts of DTM and CTDC, loaded and served."""
    conflict = "Conflict,Sudan,SDN,Khartoum,SD01"
    rounds = text(
        tmp_path / "rounds.csv",
        DTM,
        f"{conflict},500,2024-01-31,2024,1,15,Conflict,230,270",
        f"{conflict},510,2024-02-29,2024,2,16,Conflict,,",
        "Conflict,Sudan,SDN,Kassala,SD02,40,2024-02-29,2024,2,16,Disaster,,",
    )
    case = "2016,Case Management,Female,18--20,PH,-99,1"
    cases = text(tmp_path / "cases.csv", CASES, case, case, "2017,Hotline,-99,48+,NA,US,-99")
    data = tmp_path / "data"
    load_files([rounds], data, edition="iom.dtm@2024-03-15")
    load_files([cases], data, edition="ctdc.cases@2018-09-01")
    store, _ = open_data(data)
    with opened(store) as surface:
        client = TestClient(application(surface), raise_server_exceptions=False)
        held = client.get("/data/dataflow/SOJOURN/IOM_DTM,CTDC_CASES?format=csv").text
        lines = list(csv.DictReader(io.StringIO(held)))
        codes = client.get("/structure/codelist/SOJOURN/CL_REASON").json()["data"]["codelists"]
    both = [r for r in lines if r["SEX"] == "_T" and r["ADMIN1"]]
    assert [(r["ADMIN1"], r["ROUND"], r["REASON_CODE"], r["OBS_VALUE"]) for r in both] == [
        ("SD01", "15", "CONFLICT", "500"),
        ("SD01", "16", "CONFLICT", "510"),
        ("SD02", "16", "DISASTER", "40"),
    ]
    assert len({r["EVENT_ID"] for r in lines if r["EVENT_ID"]}) == 3
    assert {c["name"] for c in codes[0]["codes"]} >= {"Conflict", "Disaster"}
    with opened(store, public=True) as surface:
        client = TestClient(application(surface), raise_server_exceptions=False)
        for flow in ("IOM_DTM", "CTDC_CASES"):
            assert client.get(f"/data/dataflow/SOJOURN/{flow}").status_code == 403
