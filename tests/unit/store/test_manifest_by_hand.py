"""A manifest that somebody wrote into is told, with the key; it never leads out of the store."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import twins

import sojourn
from sojourn.errors import StoreError


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("by hand")
    sojourn.load([twins.unhcr_population(folder / "twin.csv")], folder / "data")
    return folder / "data"


def named(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["files"][0].update({key: value})


def kept(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["files"][0]["kept"][0].update({key: value})


def covered(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["coverage"][0].update({key: value})


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (named("observations", "many"), "observations is 'many', expected a whole number"),
        (named("observations", True), "observations is True, expected a whole number"),
        (named("verified", "yes"), "verified is 'yes', expected true or false"),
        (named("vintage", None), "vintage is None, expected a text"),
        (named("parquet", "../../secret.parquet"), "expected a name"),
        (named("problems", "/etc/passwd"), "expected a name"),
        (kept("folder", "../.."), "expected a name"),
        (kept("bytes", "35"), "bytes is '35', expected a whole number"),
        (covered("status", 1), "status is 1, expected a text"),
        (covered("lost", "3"), "lost is '3', expected a whole number"),
    ],
)
def test_a_value_of_another_kind_is_told_by_its_key(
    store: Path, write: Callable[[dict[str, Any]], None], said: str
) -> None:
    path = store / "store" / "manifest.json"
    intact = path.read_text("utf-8")
    content = json.loads(intact)
    write(content)
    path.write_text(json.dumps(content), "utf-8")
    try:
        with pytest.raises(StoreError, match="manifest cannot be read") as told:
            sojourn.open(store)
        assert said in str(told.value)
    finally:
        path.write_text(intact, "utf-8")
    assert len(sojourn.open(store).observations())
