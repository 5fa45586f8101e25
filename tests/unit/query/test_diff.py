"""What changed between two editions, classified, on synthetic editions."""

import json
from datetime import date
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import NoSuchObservation
from sojourn.query.diff import Diff, between, diff

OLD, NEW = "undesa.ims@2015-12-01", "undesa.ims@2021-01-15"


def row(area: str, value: float | None, line: int, **more: object) -> dict[str, object]:
    status = {"obs_status": "O"} if value is None else {}
    base = {
        "indicator": "migrant_stock",
        "ref_area": area,
        "destination": area,
        "time_period": "2015",
    }
    return {**base, "criterion": "birth", "obs_value": value, "row": line, **status, **more}


@pytest.fixture
def data(tmp_path: Path) -> Data:
    """One number of each kind of change."""
    root = tmp_path / "d"
    twins.store_of(
        root,
        OLD,
        [
            row("276", 100.0, 1),
            row("250", 7.0, 2),
            row("724", 5.0, 3),
            row("380", None, 4),
            row("620", 9.0, 5),
            row("890", 3.0, 6),
            row("040", 4.0, 7),
            row("056", 6.0, 8),
            row("056", 6.0, 9, time_period="2010"),
        ],
    )
    twins.store_of(
        root,
        NEW,
        [
            row("276", 90.0, 1),
            row("250", 7.0, 2),
            row("724", 8.0, 3, criterion="citizenship"),
            row("380", 11.0, 4),
            row("620", None, 5),
            row("040", 0.004, 7, unit_mult=3),
            row("056", 6.5, 8, time_period="2010"),
        ],
    )
    return sojourn.open(root)


def kinds(found: Diff) -> dict[tuple[str, str], str]:
    return {(c.ref_area, c.time_period): c.kind for c in found.changes}


def test_every_kind_of_change_is_told_apart(data: Data) -> None:
    found = diff(data.store, OLD, NEW)
    assert kinds(found) == {
        ("276", "2015"): "revised",
        ("724", "2015"): "definition",
        ("380", "2015"): "new",
        ("620", "2015"): "withdrawn",
        ("890", "2015"): "border",
        ("040", "2015"): "unit",
        ("056", "2015"): "withdrawn",
        ("056", "2010"): "revised",
    }
    assert found.unchanged == 1
    assert sum(found.counts.values()) == len(found.changes)


def test_numbers_of_both_editions_come_first_and_name_their_cells(data: Data) -> None:
    first = diff(data.store, OLD, NEW).changes[0]
    assert (first.ref_area, first.before, first.after, first.change) == ("276", 100.0, 90.0, -10.0)
    assert first.cell_before == f"{OLD}#Table 1!B1"
    assert first.cell_after == f"{NEW}#Table 1!B1"
    last = diff(data.store, OLD, NEW).changes[-1]
    assert None in (last.before, last.after)


def test_only_what_is_asked_for_is_compared(data: Data) -> None:
    assert set(kinds(diff(data.store, OLD, NEW, area="DEU"))) == {("276", "2015")}
    assert set(kinds(diff(data.store, OLD, NEW, period="2010"))) == {("056", "2010")}
    assert diff(data.store, OLD, NEW, indicator="it's").changes == ()
    assert len(diff(data.store, OLD, NEW, limit=2).changes) == 2


def test_two_dates_compare_what_was_current_then(data: Data) -> None:
    [found] = between(data.store, date(2016, 12, 31), date(2026, 1, 1))
    assert (found.old, found.new) == (OLD, NEW)
    assert between(data.store, date(2021, 2, 1), date(2026, 1, 1)) == []


def test_an_edition_that_nobody_loaded_is_named(data: Data) -> None:
    with pytest.raises(NoSuchObservation, match=r"undesa\.ims@1999"):
        diff(data.store, "undesa.ims@1999-01-01", NEW)


@pytest.mark.usefixtures("data")
def test_the_command_writes_table_page_and_json(tmp_path: Path) -> None:
    out, page = tmp_path / "changes.csv", tmp_path / "page.html"
    asked = ["diff", OLD, NEW, "--data", str(tmp_path / "d"), "--limit", "1"]
    ran = CliRunner().invoke(cli, [*asked, "--out", str(out), "--page", str(page), "--json"])
    assert ran.exit_code == 0
    [told] = json.loads(ran.stdout)
    assert told["counts"]["revised"] == 2
    assert len(out.read_text("utf-8").splitlines()) == 1 + 8
    assert f"{NEW}#Table 1!B1" in page.read_text("utf-8")
    plain = CliRunner().invoke(cli, asked)
    assert "100 → 90 -10" in plain.stdout
    dated = CliRunner().invoke(
        cli, ["diff", "--as-of", "2016", "2026-01", "--data", str(tmp_path / "d")]
    )
    assert dated.exit_code == 0
    assert f"{OLD} → {NEW}" in dated.stdout


def test_an_edition_of_which_only_figures_are_cited_is_not_compared() -> None:
    ran = CliRunner().invoke(cli, ["diff", OLD, NEW])  # the embedded edition
    assert isinstance(ran.exception, NoSuchObservation)
    assert "single figures" in str(ran.exception)
    dated = CliRunner().invoke(cli, ["diff", "--as-of", "2016-12-31", "2026-01-01"])
    assert dated.exit_code == 0
