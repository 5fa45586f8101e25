"""What a contract finds can be said, whatever is missing beside it."""

import random
from collections import Counter

import duckdb
import pytest

from sojourn.harmonize.contracts import Contract, contracts
from sojourn.store.contracts import find_repeated, set_areas, set_members
from sojourn.store.observations import DDL
from sojourn.vocab.observation import COLUMNS, KEY

PLACES = ("056", "276", "EU28", "900", "890", "947", "036")
NUMBERS = (None, None, -700.0, 0.0, 1.0, 2.0, 5.5, 7.0, 900.0, 12_000.0, 2e13)
SHARES = (0.1, 0.5, 1.0, 2.5)
MEMBERS = [("900", "056"), ("900", "276"), ("947", "276"), ("900", "947"), ("935", "004")]


def rows_for(contract: Contract, rng: random.Random) -> list[dict[str, object]]:
    """Return synthetic rows of cells as tables have them: words by row, measures and sexes across.

    Every third row prints again what an earlier one does, with other numbers or without.
    """
    asked = (*contract.when.get("indicator", ()), *contract.any_of.get("indicator", ()))
    beside = {"dead", "missing"} if "dead_and_missing" in asked else set()
    beside |= {a.removesuffix("_unrounded") for a in asked if a.endswith("_unrounded")}
    measures = sorted({*asked, *beside}) or ["migrant_stock", "net_migration", "refugees"]
    units = contract.when.get("unit_measure", ("PERSONS", "PERSONS", "USD", "CASES"))
    found: list[dict[str, object]] = []
    heads: list[dict[str, object]] = []
    for row in range(5, 45):
        head: dict[str, object] = {
            "ref_area": rng.choice(PLACES),
            "origin": rng.choice(("_T", "_T", "_Z", "004")),
            "time_period": rng.choice(("2015", "2016")),
            "unit_measure": rng.choice(units),
            "detail": rng.choice(("", f"a;row={row}", "id=7")),
            "unit_mult": 0 if rng.random() < 0.8 else 3,
            "sheet": rng.choice(("", "Table 1")),
        }
        heads.append(head if rng.random() < 0.7 or not heads else rng.choice(heads))
        of = SHARES if heads[-1]["unit_measure"] == "PERCENT" else NUMBERS
        for col, (measure, sex) in enumerate([(m, s) for m in measures for s in ("_T", "F", "M")]):
            cell = {"indicator": measure, "sex": sex, "row": row, "col": 2 + col, "age": "_T"}
            cell |= {"obs_value": rng.choice(of), "lower": rng.choice((None, 3.5, 6.0))}
            cell |= {"upper": rng.choice((None, 4.0, 7.5)), "obs_status": rng.choice("AEOQ")}
            found.append({**heads[-1], **cell})
    return found


def stage(con: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    """Make ``staged`` of them."""
    con.execute(f"CREATE OR REPLACE TABLE staged ({DDL})")
    same = {"destination": "_Z", "criterion": "", "comment": "", "edition": "d@1", "file": "f"}
    columns = [[{"dataflow": "d", **same, **r}[name] for r in rows] for name, _ in COLUMNS]
    con.execute(f"INSERT INTO staged SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)


@pytest.fixture(scope="module")
def found() -> dict[str, Counter[bool]]:
    """Return how many findings of each contract cannot be said, and can."""
    con = duckdb.connect()
    set_areas(con)
    set_members(con, MEMBERS)
    told: dict[str, Counter[bool]] = {c.id: Counter() for c in contracts()}
    rng = random.Random(20260613)
    for contract in contracts():
        asked = contract.sql.replace("{key}", ", ".join(KEY))
        for _ in range(5):
            stage(con, rows_for(contract, rng))
            find_repeated(con)
            for (message,) in con.execute(f"SELECT message FROM ({asked})").fetchall():
                told[contract.id][message is None] += 1
    return told


@pytest.mark.parametrize("contract", [c.id for c in contracts()])
def test_what_is_found_is_said(contract: str, found: dict[str, Counter[bool]]) -> None:
    """A key that stood twice, first without a number, was told by no sentence: a traceback."""
    assert not found[contract][True]


def test_nearly_every_contract_finds_something_in_such_rows(
    found: dict[str, Counter[bool]],
) -> None:
    nothing = sorted(name for name, count in found.items() if not count.total())
    assert len(nothing) <= 3, nothing
