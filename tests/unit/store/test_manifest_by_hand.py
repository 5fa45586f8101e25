"""A manifest that somebody wrote into is told, with the key; it never leads out of the store."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import twins

import sojourn
from sojourn.errors import StoreError
from sojourn.store.manifest import read_manifest
from sojourn.store.sealed import sealed


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
    path.write_text(sealed(content), "utf-8")
    try:
        with pytest.raises(StoreError, match="manifest cannot be read") as told:
            sojourn.open(store)
        assert said in str(told.value)
    finally:
        path.write_text(intact, "utf-8")
    assert len(sojourn.open(store).observations())


def test_every_byte_that_is_changed_is_told_in_one_line(store: Path) -> None:
    path = store / "store" / "manifest.json"
    intact = path.read_bytes()
    silent = []
    try:
        for at, byte in enumerate(intact):
            for other in {byte ^ 1, ord("1")} - {byte}:
                path.write_bytes(intact[:at] + bytes([other]) + intact[at + 1 :])
                try:
                    read_manifest(store)
                    said = "nothing"
                except StoreError as error:
                    said = str(error)
                if "manifest.json: the manifest cannot be read" not in said:
                    silent.append((at, byte, other, said))
    finally:
        path.write_bytes(intact)
    assert silent == []


@pytest.mark.parametrize("lines", [slice(0, 1), slice(1, 2), slice(0, 2), slice(2, 3), slice(5, 6)])
def test_a_line_that_is_taken_out_is_told(store: Path, lines: slice) -> None:
    path = store / "store" / "manifest.json"
    intact = path.read_text("utf-8")
    kept = intact.splitlines(keepends=True)
    del kept[lines]
    try:
        for text in ("".join(kept), "{" + "".join(kept)):
            path.write_text(text, "utf-8")
            with pytest.raises(StoreError, match="manifest cannot be read"):
                sojourn.open(store)
    finally:
        path.write_text(intact, "utf-8")


def test_the_digest_is_that_of_all_that_follows_it(store: Path) -> None:
    text = (store / "store" / "manifest.json").read_bytes()
    first, second, rest = text.split(b"\n", 2)
    assert first == b"{"
    assert second == f' "sha256": "{hashlib.sha256(rest).hexdigest()}",'.encode()
