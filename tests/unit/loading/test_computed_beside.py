"""What is computed stands beside what it was computed from, once, as an edition of its own."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sojourn.loading.derived import derived_entry, write_derived
from sojourn.query.opening import open_data
from sojourn.store.manifest import LoadedFile, read_manifest
from sojourn.vocab.observation import COLUMNS

DIGEST = "a1" * 32
#: Three numbers by hand: one with both bounds, one with none, one with a lower one alone.
BOUNDS = {"276": (5.0, 4.0, 6.0), "250": (7.0, math.nan, math.nan), "840": (9.0, 8.0, math.nan)}


def entry(run: str = "") -> LoadedFile:
    about = {"vintage": "2022-07-11", "title": "t", "citation": "c", "terms": "as the inputs"}
    return derived_entry("sojourn.flows", DIGEST, "a name", **about, run=run)


def columns() -> Mapping[str, Any]:
    """A column for each concept; whole text columns are of objects, as the engine wants them."""
    said: dict[str, Any] = {n: [""] * 3 for n, _ in COLUMNS} | {
        "dataflow": ["sojourn.flows"] * 3,
        "indicator": ["migration_flow"] * 3,
        "ref_area": list(BOUNDS),
        "time_period": ["2015"] * 3,
        "edition": [entry().edition] * 3,
        "file": [DIGEST] * 3,
    }
    made = {name: np.array(held, dtype=object) for name, held in said.items()}
    numbers = dict(
        zip(("obs_value", "lower", "upper"), zip(*BOUNDS.values(), strict=True), strict=True)
    )
    made |= {name: np.array(held) for name, held in numbers.items()}
    return made | {name: np.array([1, 2, 3]) for name in ("unit_mult", "row", "col")}


@pytest.mark.parametrize(
    ("run", "edition"),
    [
        ("", "sojourn.flows@2022-07-11"),
        ("pseudo-bayes+2010-2015", "sojourn.flows@2022-07-11+pseudo-bayes+2010-2015"),
    ],
)
def test_the_edition_of_what_is_computed_bears_its_day_and_its_run(run: str, edition: str) -> None:
    made = entry(run)
    assert (made.edition, made.dataset, made.layout) == (edition, "sojourn.flows", "sojourn.flows")
    assert (made.vintage, made.title, made.citation) == ("2022-07-11", "t", "c")
    assert (made.license, made.redistribution, made.basis) == ("as the inputs", "none", "declared")
    assert (made.verified, made.observations, made.publisher) == (True, 0, "sojourn")
    assert (made.sha256, made.name, made.path) == (DIGEST, "a name", "")


def test_what_is_computed_is_written_once_and_read_back(tmp_path: Path) -> None:
    assert write_derived(tmp_path, entry(), columns, 3) is True
    [held] = read_manifest(tmp_path).files
    assert held.observations == 3
    assert [p.name for p in (tmp_path / "store" / "observations").iterdir()] == [held.parquet]
    store, _ = open_data(tmp_path)
    found = store.con.execute(
        'SELECT ref_area, obs_value, lower, upper, unit_mult, "row", col, edition FROM observation ORDER BY "row"'
    ).fetchall()
    assert found == [
        (area, value, *(None if math.isnan(b) else b for b in bounds), n, n, n, held.edition)
        for n, (area, (value, *bounds)) in enumerate(BOUNDS.items(), start=1)
    ]


def test_what_stands_there_already_is_not_computed_again(tmp_path: Path) -> None:
    def never() -> Mapping[str, Any]:
        raise AssertionError("it was computed again")

    write_derived(tmp_path, entry(), columns, 3)
    before = read_manifest(tmp_path)
    assert write_derived(tmp_path, entry(), never, 3) is False
    assert read_manifest(tmp_path) == before
