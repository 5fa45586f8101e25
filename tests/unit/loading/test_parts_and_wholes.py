"""What only a whole table can keep: no contradiction of a part, and told; a whole one is held to it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import ContractBroken
from sojourn.harmonize.contracts import of_whole_tables
from sojourn.loading.outcome import Report
from sojourn.query.check import check_store

FOLDER = Path(__file__).parents[2] / "fixtures"
STOCKS = "WB_Bilateral_Estimates_Migrant_Stocks_2017.xlsx"
EDITION = "worldbank.bilateral-stocks@2018-04-01"
BROKEN = 215  # hosts whose origins are not all in the cut


def loaded(root: Path, declared: Path) -> Report:
    [path] = FOLDER.rglob(STOCKS)
    return sojourn.load([path], root, declare=declared)


@pytest.fixture
def said_whole(tmp_path: Path) -> Path:
    """The same bytes, declared as the whole of their edition."""
    text = (FOLDER / "cuts.toml").read_text("utf-8")
    path = tmp_path / "whole.toml"
    path.write_text(text.replace('holds = "part"', 'holds = "whole"'), "utf-8")
    return path


def test_a_part_contradicts_nothing_that_only_a_whole_table_can_keep(tmp_path: Path) -> None:
    [found] = loaded(tmp_path, FOLDER / "cuts.toml").outcomes
    assert found.problems == 0
    assert not found.warnings
    assert f"origins-are-the-total ({BROKEN} cells)" in " ".join(found.notes)
    store = sojourn.open(tmp_path).store
    assert store.sql("SELECT count(*) FROM problem").fetchall() == [(0,)]
    checked = check_store(store)
    assert not checked.violations
    [told] = checked.not_held
    assert told.startswith(EDITION)
    assert f"origins-are-the-total ({BROKEN} cells)" in told


def test_the_same_bytes_said_to_be_whole_contradict_it(tmp_path: Path, said_whole: Path) -> None:
    [found] = loaded(tmp_path / "d", said_whole).outcomes
    assert found.problems == BROKEN
    assert len(found.warnings) == 3
    store = sojourn.open(tmp_path / "d").store
    assert store.sql("SELECT count(*) FROM problem").fetchall() == [(BROKEN,)]
    checked = check_store(store)
    assert len(checked.violations) == BROKEN
    assert not checked.not_held


def test_the_command_tells_what_a_part_is_not_held_to(tmp_path: Path) -> None:
    loaded(tmp_path, FOLDER / "cuts.toml")
    told = CliRunner().invoke(cli, ["check", "--data", str(tmp_path)])
    assert told.exit_code == 0
    assert "0 violations" in told.output
    assert f"{EDITION}: is a part, and not held to" in told.output


def test_a_part_that_nobody_declares_is_no_copy_of_the_whole(tmp_path: Path) -> None:
    [path] = FOLDER.rglob("undesa_pd_2019_migrant_stock_total_dataset.xlsx")
    with pytest.raises(ContractBroken, match="A total stands with its members"):
        sojourn.load([path], tmp_path)


def test_other_contracts_hold_of_a_part_too(cuts: Path) -> None:
    asked = set(check_store(sojourn.open(cuts).store).contracts)
    assert asked > of_whole_tables()
    assert of_whole_tables() == {
        "a-printed-world-is-its-places",
        "a-total-has-members",
        "origins-are-the-total",
    }
