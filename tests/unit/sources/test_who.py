"""WHO's files: intervals in cells and in columns, Namibia, two header lines, missing cells."""

from pathlib import Path

import pytest

from sojourn.errors import NotANumber
from sojourn.loading.load import load
from sojourn.sources.declaration import registry
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import Store, open_store

# Synthetic twins: the headings are WHO's, the numbers are not.
BURDEN = (
    '"country","iso2","iso3","iso_numeric","g_whoregion","year","e_pop_num","e_inc_100k",'
    '"e_inc_100k_lo","e_inc_100k_hi","e_inc_num","e_inc_num_lo","e_inc_num_hi","e_mort_num"\n'
    '"Namibia","NA","NAM","516","AFR",2015,1000000,500,400,600,5000,4000,6000,\n'
    '"France","FR","FRA","250","EUR",2015,2000000,10,8,12,200,160,240,20\n'
)
MALARIA = (
    '"","Estimated number of malaria cases","Estimated number of malaria cases"\n'
    '"Countries, territories and areas"," 2016"," 2015"\n'
    '"Angola","1 200 [1 000-1 450]","1 100 [900-1 300]"\n'
    '"Algeria","0",""\n'
)
DEATHS = (
    '"","Estimated number of malaria deaths","Estimated number of malaria deaths"\n'
    '"Countries, territories and areas"," 2016"," 2015"\n'
    '"Angola","20 [5-45]","10 [3-30]"\n'
)


def loaded(tmp_path: Path, **texts: str) -> Store:
    folder = tmp_path / "files"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    report = load([folder], tmp_path / "data", registry(), edition=None)
    assert not report.refused, report.refused
    return open_store(read_manifest(tmp_path / "data"))


def rows(store: Store, what: str, where: str = "true") -> list[tuple[object, ...]]:
    return store.sql(f"SELECT {what} FROM observation WHERE {where} ORDER BY ALL").fetchall()


def test_a_burden_row_gives_point_and_bounds_with_a_cell_each(tmp_path: Path) -> None:
    store = loaded(tmp_path, burden=BURDEN)
    found = rows(store, "indicator, value, col", "ref_area = '250' AND indicator LIKE 'tb_cases%'")
    assert found == [
        ("tb_cases", 200, 11),
        ("tb_cases_lower", 160, 12),
        ("tb_cases_upper", 240, 13),
    ]


def test_na_is_namibia_and_its_empty_cell_stays_missing(tmp_path: Path) -> None:
    store = loaded(tmp_path, burden=BURDEN)
    found = rows(
        store, "obs_value, obs_status, comment", "ref_area = '516' AND indicator = 'tb_deaths'"
    )
    assert found == [(None, "O", "WHO region AFR")]


def test_cases_and_deaths_of_malaria_are_told_apart_by_the_line_above_the_years(
    tmp_path: Path,
) -> None:
    store = loaded(tmp_path, cases=MALARIA, deaths=DEATHS)
    found = rows(store, "indicator, time_period, obs_value, lower, upper", "ref_area = '024'")
    assert found == [
        ("malaria_cases", "2015", 1100, 900, 1300),
        ("malaria_cases", "2016", 1200, 1000, 1450),
        ("malaria_deaths", "2015", 10, 3, 30),
        ("malaria_deaths", "2016", 20, 5, 45),
    ]


def test_a_zero_without_interval_stays_zero_and_an_empty_cell_missing(tmp_path: Path) -> None:
    store = loaded(tmp_path, cases=MALARIA)
    found = rows(store, "time_period, obs_value, lower", "ref_area = '012'")
    assert found == [("2015", None, None), ("2016", 0, None)]


def test_an_interval_that_misses_its_point_is_loaded_and_recorded(tmp_path: Path) -> None:
    store = loaded(tmp_path, cases=MALARIA.replace("1 300]", "1 000.025]"))
    found = store.sql('SELECT contract, message, "row" FROM problem').fetchall()
    assert [(c, r) for c, _, r in found] == [("an-interval-holds-its-point", 3)]
    assert "does not hold its point" in found[0][1]


def test_a_damaged_interval_is_refused_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(MALARIA.replace("[900-1 300]", "[900-]"), "utf-8")
    with pytest.raises(NotANumber, match=r"line 3, column C"):
        load([path], tmp_path / "data", registry())


def test_a_dictionary_is_registered_without_numbers(tmp_path: Path) -> None:
    text = 'variable_name,dataset,code_list,definition\nxyz,Budget,,"A made-up variable"\n'
    path = tmp_path / "dictionary.csv"
    path.write_text(text, "utf-8")
    load([path], tmp_path / "data", registry(), edition="who.tb-dictionary@2022-05-31")
    (entry,) = read_manifest(tmp_path / "data").files
    assert (entry.dataset, entry.observations, entry.parquet) == ("who.tb-dictionary", 0, "")


def test_the_publishers_files_give_the_sums_that_were_read_from_them(
    publisher_files: Path, tmp_path: Path
) -> None:
    report = load([publisher_files / "who"], tmp_path / "data", registry())
    assert {o.status for o in report.outcomes} == {"loaded"}
    store = open_store(read_manifest(tmp_path / "data"))
    found = rows(store, "sum(value)", "indicator = 'malaria_cases' AND time_period = '2015'")
    assert found == [(230_462_408,)]
    found = rows(store, "sum(value)", "indicator = 'tb_deaths' AND time_period = '2015'")
    assert found == [(1_604_087,)]
    found = rows(
        store,
        'value, "row"',
        "indicator = 'tb_notifications_foreign_born' AND time_period = '2015' AND ref_area = '840'",
    )
    assert found == [(6345, 8744)]


def test_a_bound_in_a_column_of_its_own_is_a_bound_of_its_point_too(tmp_path: Path) -> None:
    path = tmp_path / "TB_burden_countries_2031-01-01.csv"
    path.write_text(BURDEN, "utf-8")
    load([path], tmp_path / "data", registry())
    found = open_store(read_manifest(tmp_path / "data")).con.execute(
        "SELECT indicator, obs_value, lower, upper FROM observation WHERE ref_area = '516' "
        "AND indicator LIKE 'tb_cases%' ORDER BY 1"
    )
    assert found.fetchall() == [
        ("tb_cases", 5000.0, 4000.0, 6000.0),
        ("tb_cases_lower", 4000.0, None, None),
        ("tb_cases_upper", 6000.0, None, None),
    ]
