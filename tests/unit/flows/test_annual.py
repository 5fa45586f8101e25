"""Calendar years hang on their intervals; a prior table reaches net migration or margins."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import twins
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import sojourn
from sojourn.cli import cli
from sojourn.errors import EstimateError, NotConverged, SojournError
from sojourn.flows.inputs.tables import read_inputs
from sojourn.flows.model.fitting import net_update
from sojourn.flows.model.updating import balanced_margins
from sojourn.flows.run.annual import annual_flows
from sojourn.flows.run.annual_report import write_years
from sojourn.flows.run.kept_annual import annual_band

A, B, C = "004", "276", "792"
PRIOR = ",A,B,C\nA,0,40,10\nB,20,0,30\nC,5,15,0\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A synthetic world of three places, the stock of 2020 and 2024, populations of 31 December."""
    root = tmp_path / "data"
    stock = [
        {
            "indicator": "migrant_stock",
            "origin": o,
            "destination": d,
            "time_period": year,
            "obs_value": value,
            "criterion": "birth",
            "col": 2 + (year == "2024"),
        }
        for (o, d, first, last) in (
            (A, B, 500.0, 900.0),
            (B, A, 200.0, 150.0),
            (A, C, 100.0, 160.0),
            (C, B, 80.0, 90.0),
            (B, C, 40.0, 60.0),
            (C, A, 30.0, 20.0),
        )
        for year, value in (("2020", first), ("2024", last))
    ]
    twins.store_of(root, "undesa.ims-od@2025-01-16", stock)
    net = {A: -60.0, B: 40.0, C: 20.0}
    rows = []
    for d in (A, B, C):
        for year in range(2020, 2025):
            change = 100.0 - 50.0 + net[d] * (year - 2019)
            values = {"births": 100.0, "deaths": 50.0, "net_migration": net[d] * (year - 2019)}
            if year == 2024:
                values |= {"population_31_december": 50_000.0, "population_change": change}
            rows += [
                {
                    "indicator": k,
                    "ref_area": d,
                    "destination": "_Z",
                    "time_period": str(year),
                    "obs_value": v,
                }
                for k, v in values.items()
            ]
    twins.store_of(root, "undesa.wpp-tables@2024-07-11", rows)
    return root


def test_the_newest_interval_is_four_years_with_halves_of_its_end_years(data: Path) -> None:
    stocks = read_inputs(sojourn.open(data).store, "2020-2024").stocks
    assert stocks.births == pytest.approx([400.0] * 3)
    # net migration of C: half of 20 and of 100, and 40 + 60 + 80
    assert stocks.reported is not None
    assert stocks.reported[2] == pytest.approx(10 + 40 + 60 + 80 + 50)
    # mid-2024: the end of the year less half of its change
    change = 100.0 - 50.0 + 20.0 * 5
    assert stocks.end.sum(axis=0)[2] == pytest.approx(50_000 - change / 2)
    assert stocks.net == pytest.approx(stocks.reported)


def test_each_year_has_the_net_migration_of_that_year(data: Path) -> None:
    found = annual_flows(sojourn.open(data).store, 2021, 2023)
    for year in found.years:
        assert year.net == pytest.approx(
            np.array([-60.0, 40.0, 20.0]) * (year.year - 2019), abs=1e-6
        )
        assert year.flow.min() >= 0
    assert [y.year for y in found.years] == [2021, 2022, 2023]


def test_python_gives_the_flows_of_each_year_by_row_and_as_matrices(
    data: Path, tmp_path: Path
) -> None:
    rows = sojourn.open(data).flows_annual(2021, 2022, out=tmp_path / "years.csv")
    assert {r.year for r in rows} == {2021, 2022}
    for year in rows.about["annual"].years:
        listed = sum(r.value for r in rows if r.year == year.year)
        assert listed == pytest.approx(float(year.flow.sum()))
    assert (tmp_path / "years.csv").is_file()


def test_years_outside_the_intervals_are_refused(data: Path) -> None:
    with pytest.raises(EstimateError, match="no years 1950 to 1960"):
        annual_flows(sojourn.open(data).store, 1950, 1960)
    with pytest.raises(EstimateError, match="no whole edition in the store"):
        annual_flows(sojourn.open(data).store, 2011, 2012)


def test_women_and_men_of_the_command_add_up_to_both(data: Path) -> None:
    store = sojourn.open(data).store
    rows = store.con.execute(
        "SELECT origin, destination, time_period, obs_value, col FROM observation WHERE indicator = 'migrant_stock'"
    ).fetchall()
    twins.store_of(
        data,
        "undesa.ims-od@2025-01-17",
        [
            {
                "indicator": "migrant_stock",
                "origin": o,
                "destination": d,
                "time_period": y,
                "obs_value": v * share,
                "sex": sex,
                "col": c,
                "criterion": "birth",
            }
            for o, d, y, v, c in rows
            for sex, share in (("_T", 1.0), ("F", 0.4), ("M", 0.6))
        ],
    )
    sums = []
    for sex in ("_T", "F", "M"):
        arguments = [
            "flows",
            "--period",
            "2020-2024",
            "--data",
            str(data),
            "--sex",
            sex,
            "--json",
            "--no-keep",
        ]
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, done.output
        sums.append(json.loads(done.stdout)["total"])
    assert sums[1] + sums[2] == pytest.approx(sums[0], rel=1e-15)
    assert sums[1] == pytest.approx(0.4 * sums[0])


def test_the_mid_year_of_2024_is_the_one_that_the_united_nations_print(
    publisher_files: Path, tmp_path: Path
) -> None:
    """Mid-2024 is 8,161,972,573; the file holds 8,196,980,849 for the end of the year."""
    folder = publisher_files / "current" / "wpp" / "2024"
    if not folder.is_dir():
        pytest.skip("the tables of 2024 are not beside the publisher files")
    from sojourn.flows.inputs.revision import read_revision

    root = tmp_path / "data"
    names = (
        "births",
        "deaths",
        "migration",
        "cbr",
        "PopChange",
        "birthsprojMed",
        "deathsprojMed",
        "migrationprojMed",
        "popprojMed",
        "PopChangeprojMed",
    )
    done = CliRunner().invoke(
        cli, ["load", "--data", str(root), *[str(folder / f"{n}.txt") for n in names]]
    )
    assert done.exit_code == 0, done.output
    store = sojourn.open(root).store
    found = read_revision(store, "undesa.wpp-tables@2024-07-11", 2020, 2024, {})
    assert found.end["900"] == pytest.approx(8_161_972_573, abs=1)


def run(tmp_path: Path, *arguments: str, **texts: str) -> object:
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    named = [str(tmp_path / a[1:]) if a.startswith("@") else a for a in arguments]
    done = CliRunner().invoke(cli, ["flows", *named, "--out", str(tmp_path / "out.csv"), "--json"])
    if isinstance(done.exception, SojournError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def written(tmp_path: Path) -> dict[tuple[str, str], float]:
    rows = list(csv.reader((tmp_path / "out.csv").read_text("utf-8").splitlines()))
    return {(r[0], r[1]): float(r[2]) for r in rows[1:]}


def test_a_table_is_brought_to_net_migration(tmp_path: Path) -> None:
    run(
        tmp_path,
        "update",
        "--prior",
        "@prior.csv",
        "--net",
        "@net.csv",
        prior=PRIOR,
        net="area,value\nA,7\nB,-3\nC,-4\n",
    )
    found = written(tmp_path)
    for place, net in (("A", 7), ("B", -3), ("C", -4)):
        into = sum(v for (_, d), v in found.items() if d == place)
        out = sum(v for (o, _), v in found.items() if o == place)
        assert into - out == pytest.approx(net, abs=1e-6)


def test_a_table_is_brought_to_margins_that_are_balanced_first(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        "margins",
        "--prior",
        "@prior.csv",
        "--rows",
        "@rows.csv",
        "--columns",
        "@columns.csv",
        "--balance",
        prior=PRIOR,
        rows="area,value\nA,60\nB,50\nC,10\n",
        columns="area,value\nA,20\nB,50\nC,30\n",
    )
    assert report["total"] == pytest.approx(110)  # type: ignore[index]


@pytest.mark.parametrize(
    ("net", "said"),
    [
        ("area,value\nA,7\nB,-3\nC,-3\n", "sums to 1.000, not to zero"),
        ("area,value\nA,7\nB,-3\nc,-4\n", "'C' stands in one of the two files only"),
        ("area,value\nA,7\nB,-3\nC,-4\nD,0\n", "'D' stands in one of the two files only"),
        ("area,value\nA,inf\nB,-3\nC,-4\n", "line 2 .A. reads 'inf'"),
    ],
)
def test_net_migration_that_no_table_can_have_is_refused(
    tmp_path: Path, net: str, said: str
) -> None:
    with pytest.raises(SojournError, match=said):
        run(tmp_path, "update", "--prior", "@prior.csv", "--net", "@net.csv", prior=PRIOR, net=net)
    assert not (tmp_path / "out.csv").exists()


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_net_update_meets_any_net_of_a_connected_table(n: int, number: int) -> None:
    rng = np.random.default_rng(number)
    prior = rng.lognormal(3.0, 3.0, (n, n))
    net = rng.normal(0.0, float(prior.sum()) / n, n)
    net -= net.mean()
    found = net_update(prior, net, tolerance=1e-6).table
    error = found.sum(axis=0) - found.sum(axis=1) - net
    assert np.abs(error).max() <= 1e-6 + 1e-9 * float(found.sum())


def test_a_place_that_nobody_reaches_cannot_gain() -> None:
    prior = np.array([[0.0, 5.0], [0.0, 0.0]])
    with pytest.raises(NotConverged, match="net migration of place"):
        net_update(prior, np.array([3.0, -3.0]))


def test_margins_meet_half_of_the_way() -> None:
    rows, columns = balanced_margins(np.array([10.0, 30.0]), np.array([30.0, 30.0]))
    assert rows.sum() == pytest.approx(50)
    assert columns.sum() == pytest.approx(50)
    assert rows[1] / rows[0] == pytest.approx(3)


def with_sexes(root: Path) -> None:
    """Add women and men to the stock: four in ten are women."""
    rows = [
        {
            "indicator": "migrant_stock",
            "origin": o,
            "destination": d,
            "time_period": year,
            "obs_value": share * value,
            "criterion": "birth",
            "sex": sex,
        }
        for o, d, value in ((A, B, 700.0), (B, A, 175.0), (A, C, 130.0), (C, B, 85.0))
        for year in ("2020", "2024")
        for sex, share in (("F", 0.4), ("M", 0.6))
    ]
    both = [
        r | {"sex": "_T", "obs_value": float(r["obs_value"]) / 0.4} for r in rows if r["sex"] == "F"
    ]  # type: ignore[arg-type]
    twins.store_of(root, "undesa.ims-od@2025-02-01", both + rows)


def years_of(root: Path, out: Path, *more: str) -> tuple[dict[str, float], dict[str, object]]:
    arguments = ["flows", "annual", "--from", "2021", "--to", "2022", "--data", str(root)]
    done = CliRunner().invoke(cli, [*arguments, "--out", str(out), "--json", *more])
    assert done.exit_code == 0, done.output
    rows = csv.DictReader(out.read_text("utf-8").splitlines())
    found = {"|".join((r["year"], r["origin"], r["destination"])): float(r["value"]) for r in rows}
    return found, json.loads(done.stdout)


def test_years_are_kept_as_estimates_that_a_table_answers_with(data: Path, tmp_path: Path) -> None:
    written, report = years_of(data, tmp_path / "years.csv")
    edition = "sojourn.flows@2025-01-16+annual+pseudo-bayes+2021-2022"
    assert report["edition"] == edition
    assert set(report["band"]["none"]) == {"arrivals", "departures"}  # type: ignore[index]
    rows = sojourn.open(data).store.con.execute(
        "SELECT time_period, origin, destination, obs_value, obs_status, comment FROM observation "
        "WHERE edition = $e AND obs_value > 0",
        {"e": edition},
    )
    kept = {"|".join(r[:3]): r for r in rows.fetchall()}
    assert {k: v[3] for k, v in kept.items()} == written
    assert all(r[4] == "E" and "undesa.ims-od@2025-01-16" in r[5] for r in kept.values())
    table = sojourn.open(data).table("migration_flow", area=B, origin=A, period="2021-2022")
    assert [n.value for n in table.numbers] == [written[f"{y}|{A}|{B}"] for y in (2021, 2022)]
    assert years_of(data, tmp_path / "again.csv")[1]["edition"] == edition
    assert sum(f.edition == edition for f in sojourn.open(data).store.manifest.files) == 1


def test_women_and_men_of_a_year_add_up_to_both(data: Path, tmp_path: Path) -> None:
    with_sexes(data)
    found = [
        years_of(data, tmp_path / f"{s}.csv", "--sex", s, "--no-keep")[0] for s in ("_T", "F", "M")
    ]
    for key, both in found[0].items():
        assert found[1].get(key, 0.0) + found[2].get(key, 0.0) == both
        assert found[1].get(key, 0.0) == pytest.approx(0.4 * both)


def test_a_range_of_years_answers_with_the_intervals_inside_it(data: Path) -> None:
    done = CliRunner().invoke(cli, ["flows", "--period", "2020-2024", "--data", str(data)])
    assert done.exit_code == 0, done.output
    for period in ("2015-2024", None):
        table = sojourn.open(data).table("migration_flow", area=B, origin=A, period=period)
        assert [n.period for n in table.numbers] == ["2020-07-01/P4Y"]
        assert table.numbers[0].value is not None
    absent = sojourn.open(data).table("migration_flow", area=B, origin=A, period="2021-2022")
    assert all(n.value is None for n in absent.numbers)


def test_a_year_at_the_border_of_two_intervals_does_not_depend_on_what_is_asked(
    loaded: Path,
) -> None:
    store = sojourn.open(loaded).store
    alone = annual_flows(store, 2005, 2005).years[0]
    among = annual_flows(store, 2004, 2006).years[1]
    assert alone.places == among.places
    assert np.array_equal(alone.flow, among.flow)
    assert abs(among.rescaled) < 10_000  # 31,000 and more without Kosovo under Serbia


def test_measured_years_give_a_yearly_interval(loaded: Path, tmp_path: Path) -> None:
    store = sojourn.open(loaded).store
    found = annual_flows(store, 2011, 2011)
    band = annual_band(store, found)
    assert band.whole
    for calibration in band.directions.values():
        assert calibration.totals > 500
        assert 0.7 < calibration.small.share < 0.9
        assert 0.7 < calibration.large.share < 0.9
    write_years(found, tmp_path / "years.csv", band)
    rows = list(csv.DictReader((tmp_path / "years.csv").read_text("utf-8").splitlines()))
    assert all(float(r["low"]) <= float(r["value"]) <= float(r["high"]) for r in rows)
