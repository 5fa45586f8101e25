"""Our own Parquet files are what was written, or it is told: never a traceback, never a number."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import StoreError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    sojourn.load([twins.unhcr_population(tmp_path / "a.csv")], tmp_path / "data")
    return tmp_path / "data"


def parquet(data: Path) -> Path:
    [path] = (data / "store" / "observations").iterdir()
    return path


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [_cut, _changed, _emptied, Path.unlink])
@pytest.mark.parametrize(
    "command", [["editions"], ["observations"], ["figures", "2015", "refugees_unhcr"], ["check"]]
)
def test_a_file_that_was_harmed_is_told_by_every_command(
    data: Path, harm: Callable[[Path], None], command: list[str]
) -> None:
    path = parquet(data)
    harm(path)
    with pytest.raises(StoreError, match=path.name):
        sojourn.open(data)
    result = CliRunner().invoke(cli, [*command, "--data", str(data)])
    assert isinstance(result.exception, StoreError)
    assert path.name in str(result.exception)


def test_a_store_of_an_earlier_version_opens_and_learns_what_it_covers(data: Path) -> None:
    path = data / "store" / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    new = ("selection", "selected_places", "states_whole", "accepted", "until", "kept", "rebuilt")
    for entry in content["files"]:
        for field in new:
            entry.pop(field, None)
    content.pop("coverage")
    del content["sha256"]
    content["format"] = 1
    path.write_text(json.dumps(content), "utf-8")
    [edition] = sojourn.open(data).editions()
    assert edition.coverage is None
    said = CliRunner().invoke(cli, ["upgrade", "--data", str(data)])
    assert said.exit_code == 0, said.output
    [edition] = sojourn.open(data).editions()
    assert edition.coverage is not None
    assert sojourn.open(data).store.manifest.files[0].kept
    assert path.read_bytes().startswith(b'{\n "sha256": "')


@pytest.mark.parametrize(
    "content", ["{", "[]", "7", '{"format": 1}', '{"format": 1, "files": [{}]}']
)
def test_a_manifest_of_another_shape_is_told(data: Path, content: str) -> None:
    (data / "store" / "manifest.json").write_text(content, "utf-8")
    for act in (lambda: sojourn.open(data), lambda: sojourn.load([data / "x"], data)):
        (data / "x").write_text("a,b\n")
        with pytest.raises(StoreError, match="manifest cannot be read"):
            act()


def test_nothing_is_loaded_into_a_damaged_store(data: Path, tmp_path: Path) -> None:
    before = (data / "store" / "manifest.json").read_bytes()
    _changed(parquet(data))
    with pytest.raises(StoreError, match="not those that were written"):
        sojourn.load([twins.undesa_stock(tmp_path / "b.xlsx")], data)
    assert (data / "store" / "manifest.json").read_bytes() == before
