"""A contract that is declared wrongly is told as a declaration, not as a fault of the program."""

from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import BadDeclaration
from sojourn.harmonize.contracts import Contract, Contracts
from sojourn.terminal.declared import read_declared

TOML = """
[[contract]]
id = "no-such-error"
title = "x"
error = "ImposibleValue"
severity = "record"
sql = "SELECT 1"
"""


def test_a_contract_names_an_error_that_there_is() -> None:
    with pytest.raises(BadDeclaration, match="'ImposibleValue' is no error of this kind"):
        read_declared(TOML, Contracts, where="contracts.toml")
    with pytest.raises(BadDeclaration, match="'counted' is no error"):
        read_declared(TOML.replace("ImposibleValue", "counted"), Contracts, where="contracts.toml")


@pytest.mark.parametrize("sql", ["SELECT sheet FROM stagged", "SELECT colum FROM staged", "SELEC"])
def test_sql_that_cannot_be_asked_names_its_contract_and_leaves_the_store(
    sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Contract(id="of-mine", title="x", error="ContractBroken", severity="record", sql=sql)
    monkeypatch.setattr("sojourn.store.contracts.contracts", lambda: (broken,))
    path = twins.undesa_stock(tmp_path / "stock.xlsx")
    with pytest.raises(BadDeclaration, match=r"contracts\.toml, of-mine: "):
        sojourn.load([path], tmp_path / "data")
    assert not list((tmp_path / "data").rglob("*.parquet"))
