"""Contracts asked again of what is in the store: each finds its violation, with the cell."""

import json
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import NoSuchObservation
from sojourn.harmonize.contracts import contracts
from sojourn.publish.text import catalogue, languages
from sojourn.query.check import Violation, check_store
from sojourn.store.sealed import sealed

EDITION = "undesa.wpp@2022-07-11"


def row(indicator: str, value: float, line: int, **more: object) -> dict[str, object]:
    return {
        "indicator": indicator,
        "ref_area": "276",
        "destination": "_Z",
        "time_period": "2014",
        "obs_value": value,
        "row": line,
        **more,
    }


def found(root: Path, rows: list[dict[str, object]], contract: str) -> list[Violation]:
    twins.store_of(root, EDITION, rows)
    return list(check_store(sojourn.open(root).store, contract=contract).violations)


def year(period: str, people: float, line: int) -> list[dict[str, object]]:
    told = (
        ("population_1_january", people),
        ("births", 10.0),
        ("deaths", 4.0),
        ("net_migration", 1.0),
    )
    return [
        row(k, v, line, time_period=period, unit_mult=3, col=c)
        for c, (k, v) in enumerate(told, start=3)
    ]


def test_population_change_is_births_less_deaths_and_net_migration(tmp_path: Path) -> None:
    rows = [*year("2014", 100.0, 2), *year("2015", 107.0, 3), *year("2016", 113.9, 4)]
    [one] = found(tmp_path, rows, "population-change-is-accounted-for")
    assert one.cell == f"{EDITION}#Table 1!C3"
    assert one.size == pytest.approx(100.0)
    assert "grew by 6.9 in 2015, births - deaths + net migration are 7.0" in one.message


def test_rounding_breaks_no_contract(tmp_path: Path) -> None:
    rows = [*year("2014", 100.0, 2), *year("2015", 107.002, 3)]
    assert found(tmp_path, rows, "population-change-is-accounted-for") == []


def test_a_total_over_origins_is_the_sum_of_its_origins(tmp_path: Path) -> None:
    rows = [
        row("migrant_stock", 100.0, 2, origin="_T", destination="276"),
        row("migrant_stock", 60.0, 3, origin="004", destination="276"),
        row("migrant_stock", 30.0, 4, origin="760", destination="276"),
        row(
            "migrant_stock",
            90.0,
            5,
            origin="935",
            destination="276",  # all of Asia
        ),
    ]
    [one] = found(tmp_path, rows, "origins-are-the-total")
    assert (one.cell, one.size) == (f"{EDITION}#Table 1!B2", 10.0)
    assert "its 2 origins sum to 90" in one.message


def decisions(line: int, **kinds: float | None) -> list[dict[str, object]]:
    return [
        row(f"asylum_decisions{f'_{kind}' if kind != 'all' else ''}", value, line, col=c)  # type: ignore[arg-type]
        for c, (kind, value) in enumerate(kinds.items(), start=9)
    ]


def test_decisions_are_the_sum_of_their_kinds(tmp_path: Path) -> None:
    rows = [
        *decisions(2, recognized=10.0, rejected=226.0, closed=46.0, all=282.0),
        *decisions(3, recognized=10.0, rejected=226.0, closed=46.0, all=300.0),
        *decisions(
            4, recognized=10.0, rejected=None, closed=46.0, all=300.0
        ),  # one kind is missing
    ]
    rows = [{**r, "detail": f"row={r['row']}"} for r in rows]
    [one] = found(tmp_path, rows, "decisions-are-their-kinds")
    assert one.cell == f"{EDITION}#Table 1!L3"
    assert "reads 300, its kinds sum to 282: difference 18" in one.message


def test_decisions_are_positive_or_rejected_within_rounding(tmp_path: Path) -> None:
    rows = [
        *decisions(2, positive=25.0, rejected=15.0, all=45.0),
        *decisions(3, positive=30.0, rejected=15.0, all=300.0),
        *decisions(4, positive=None, rejected=15.0, all=300.0),
    ]
    for line, each in enumerate(rows):  # each number stands in a row of its own
        each |= {"detail": f"case={each['row']}", "row": line + 2}
    [one] = found(tmp_path, rows, "decisions-are-positive-or-rejected")
    assert one.cell == f"{EDITION}#Table 1!K7"
    assert "reads 300" in one.message
    assert "positive 30 + rejected 15 (difference 255)" in one.message


def test_every_count_is_whole(tmp_path: Path) -> None:
    rows = [
        row("irregular_border_crossings", 41.5, 2, unit_measure="DETECTIONS"),
        row("tb_cases", 3.0, 3, unit_measure="CASES"),
        row("trafficking_victims", 2.5, 4, unit_measure="OFFENCES"),
        row("fertility", 2.5, 5, unit_measure="CHILDREN_PER_WOMAN"),
    ]
    told = [v.message for v in found(tmp_path, rows, "whole-persons")]
    assert sorted(m.split(":")[0] for m in told) == [
        "2.5 is not a whole number of offences",
        "41.5 is not a whole number of detections",
    ]


def test_a_place_that_is_gone_reports_nothing(tmp_path: Path) -> None:
    rows = [
        row("refugees", 5.0, 2, ref_area="890", destination="890", time_period="2010"),
        row("refugees", 5.0, 3, ref_area="890", destination="890", time_period="1985"),
        row("refugees", 0.0, 4, ref_area="890", destination="890", time_period="2011"),
    ]
    [one] = found(tmp_path, rows, "a-place-that-is-gone-reports-nothing")
    assert one.cell == f"{EDITION}#Table 1!B2"


def test_an_indicator_is_people_or_money(tmp_path: Path) -> None:
    rows = [row("aid", 1.0, 2), row("aid", 2.0, 3, unit_measure="USD")]
    [one] = found(tmp_path, rows, "people-are-not-money")
    assert "count and money" in one.message


def test_what_was_noted_at_the_load_is_told_again(tmp_path: Path) -> None:
    rows = [*twins.UNHCR_ROWS, twins.UNHCR_ROWS[0]]
    sojourn.load([twins.unhcr_population(tmp_path / "p.csv", rows)], tmp_path / "d")
    first = sojourn.open(tmp_path / "d").store
    told = {(v.contract, v.cell.partition("#")[2]) for v in check_store(first).violations}
    noted = first.con.execute("SELECT contract FROM problem").fetchall()
    assert {contract for contract, _ in told} >= {c for (c,) in noted}


def test_the_command_fails_only_where_the_bytes_are_not_the_publishers(tmp_path: Path) -> None:
    root = tmp_path / "d"
    rows = [row("aid", 1.0, 2), row("aid", 2.0, 3, unit_measure="USD", time_period="2015")]
    twins.store_of(root, EDITION, rows)
    out, page = tmp_path / "all.csv", tmp_path / "page.html"
    asked = ["check", "--data", str(root), "--out", str(out), "--page", str(page), "--json"]
    ran = CliRunner().invoke(cli, asked)
    assert ran.exit_code == 0  # declared bytes: the publisher's own contradiction
    told = json.loads(ran.stdout)
    assert [v["contract"] for v in told["violations"]] == ["people-are-not-money"]
    assert len(out.read_text("utf-8").splitlines()) == 2
    assert catalogue("en").text("contract.people_are_not_money") in page.read_text("utf-8")
    manifest = root / "store" / "manifest.json"
    told_of = json.loads(manifest.read_text("utf-8"))
    told_of["files"][0]["verified"] = False
    manifest.write_text(sealed(told_of), "utf-8")
    assert CliRunner().invoke(cli, asked[:3]).exit_code != 0


def test_what_nobody_declares_cannot_be_asked(tmp_path: Path) -> None:
    twins.store_of(tmp_path, EDITION, [row("aid", 1.0, 2)])
    store = sojourn.open(tmp_path).store
    with pytest.raises(NoSuchObservation, match="no-such-thing"):
        check_store(store, contract="no-such-thing")
    with pytest.raises(NoSuchObservation, match="undesa"):
        check_store(store, edition="undesa.ims@1999-01-01")


def test_every_contract_has_its_words() -> None:
    for contract in contracts():
        for language in languages():
            assert catalogue(language).text(f"contract.{contract.id.replace('-', '_')}")


def test_a_file_that_no_manifest_names_is_told_of_and_left_alone(tmp_path: Path) -> None:
    twins.store_of(tmp_path, EDITION, year("2014", 100.0, 5))
    assert check_store(sojourn.open(tmp_path).store).unnamed == ()
    strange = tmp_path / "store" / "observations" / "other.parquet"
    strange.write_bytes(b"PAR1")
    assert check_store(sojourn.open(tmp_path).store).unnamed == (str(strange),)
    told = CliRunner().invoke(cli, ["check", "--data", str(tmp_path)])
    assert told.exit_code == 0, told.output
    assert f"{strange}: the manifest names no such file" in told.output
    assert strange.read_bytes() == b"PAR1"
