"""The interval of flow estimates that an embedded edition carries: marked, with bounds, never summed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import sojourn
from sojourn.explorer.model.grid import unpacked
from sojourn.explorer.run.freeze import freeze
from sojourn.factsheet.run.pack_flows import MOST_CORRIDORS, carried_run, write_run
from sojourn.flows.run.kept_names import kept_run
from sojourn.query.table import table
from sojourn.store.observations import Store

RUN = "sojourn.flows@2022-07-11+pseudo-bayes+2010-2015"


@pytest.fixture(scope="module")
def store() -> Store:
    return sojourn.open().store


def test_every_estimate_is_marked_and_a_corridor_has_bounds(store: Store) -> None:
    rows = store.con.execute(
        "SELECT origin, ref_area, obs_status, value, lower, upper, comment FROM observation "
        "WHERE dataflow = 'sojourn.flows'"
    ).fetchall()
    corridors = [r for r in rows if r[0] != "_T" and r[1] != "900"]
    assert len(corridors) == MOST_CORRIDORS
    assert {r[2] for r in rows} == {"E"}
    assert all(low <= value <= high for _, _, _, value, low, high, _ in corridors)
    assert all("undesa.ims-od@2021-01-15" in r[6] and "undesa.wpp@2022-07-11" in r[6] for r in rows)


def test_arrivals_and_departures_of_the_whole_run_are_one_number(store: Store) -> None:
    def total(where: str) -> float:
        query = f"SELECT sum(value) FROM observation WHERE dataflow = 'sojourn.flows' AND {where}"
        return float(store.con.execute(query).fetchall()[0][0])

    world = total("origin = '_T' AND ref_area = '900'")
    assert total("origin = '_T' AND ref_area <> '900'") == pytest.approx(world)
    assert total("origin <> '_T' AND ref_area = '900'") == pytest.approx(world)
    assert total("origin <> '_T' AND ref_area <> '900'") < world


def test_a_table_says_that_it_is_an_estimate_and_sums_nothing() -> None:
    data = sojourn.open()
    (one,) = data.table("migration_flow", area="TUR", origin="SYR").numbers
    assert (one.status, one.period, one.source) == ("E", "2010-07-01/P5Y", RUN)
    assert one.lower is not None
    assert one.upper is not None
    assert one.value is not None
    assert one.lower < one.value < one.upper
    (group,) = data.table("migration_flow", area="EU-28").numbers
    assert group.value is None
    assert "nothing is summed from it" in " ".join(group.notes)


def test_the_explorer_has_it_with_its_corridors(tmp_path: Path) -> None:
    sojourn.open().explorer(tmp_path / "site")
    folder = tmp_path / "site" / "d" / "sojourn.flows"
    shard = (folder / "migration_flow" / "792.js").read_text("utf-8").removesuffix(");\n")
    assert RUN in unpacked(json.loads(shard[shard.index("{") :])["z"])
    index = (tmp_path / "site" / "index.js").read_text("utf-8")
    held = json.loads(index.removeprefix("SJ.index(").removesuffix(");\n"))
    assert [m["d"] for m in held["measures"] if m["i"] == "migration_flow"] == ["sojourn.flows"] * 2


def test_a_run_goes_along_only_where_its_inputs_may(store: Store, tmp_path: Path) -> None:
    run, behind = carried_run(store, 2015)
    assert run is not None
    assert behind == {"undesa.ims-od@2021-01-15", "undesa.wpp@2022-07-11"}
    assert carried_run(store, 2010)[0] is None
    shut = tuple(
        replace(f, redistribution="cited-facts") if f.edition == "undesa.wpp@2022-07-11" else f
        for f in store.manifest.files
    )
    closed = Store(replace(store.manifest, files=shut), store.con)
    assert carried_run(closed, 2015)[0] is None
    (tmp_path / "store" / "observations").mkdir(parents=True)
    entry = write_run(store, run, tmp_path)
    assert entry.redistribution == "attribution"
    assert (tmp_path / "store" / "observations" / entry.parquet).is_file()


def test_the_name_of_a_run_tells_what_it_is(store: Store) -> None:
    (entry,) = store.manifest.of_edition(RUN)
    found = kept_run(entry)
    assert found is not None
    assert (found.start, found.end, found.choices) == (2010, 2015, ())
    women = kept_run(replace(entry, edition=RUN + "+F+natives+band"))
    assert women is not None
    assert women.choices == ("F", "natives")
    assert kept_run(replace(entry, edition="sojourn.flows@2022-07-11+annual")) is None
    assert kept_run(replace(entry, dataset="undesa.ims")) is None


def test_every_answer_from_a_part_of_a_run_says_which_part(store: Store, tmp_path: Path) -> None:
    part = "only the 500 largest corridors of 53,130 are held; totals of places are whole"
    for origin, area in (("IND", "ARE"), ("_T", "DEU"), ("IND", "ISL")):
        (one,) = table(store, "migration_flow", area=area, origin=origin).numbers
        assert any(part in note for note in one.notes)
    link = "#v=1&m=sojourn.flows/migration_flow&t=corridor&a=DEU"
    told = {
        "en": "Only the 500 largest corridors of 53,130 are held here",
        "fr": "Seuls les 500 plus grands des 53\u202f130 corridors figurent ici",
        "es": "Aquí figuran solo los 500 mayores de 53.130 corredores",
    }
    for language, sentence in told.items():
        view = freeze(store, f"{link}&l={language}", tmp_path / language)
        assert any(sentence in line for line in view.lines)
        assert sentence in (tmp_path / language / "view.csv").read_text("utf-8")
        assert not any("are held" in line for line in view.lines if language != "en")
    text = (tmp_path / "en" / "view.csv").read_text("utf-8")
    assert "cell,lower,upper" in text
    assert all(r[13] < r[8] < r[14] for r in view.rows)  # type: ignore[operator]
