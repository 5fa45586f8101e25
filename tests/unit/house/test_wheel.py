"""What is installed is what is here: no data file stays behind when a wheel is built."""

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LEFT = {"__pycache__"}


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling builds the wheel")
    [made] = wheel.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(made) as packed:
        held = {n for n in packed.namelist() if n.startswith("sojourn/")}
    here = {
        p.relative_to(ROOT / "src").as_posix()
        for p in (ROOT / "src" / "sojourn").rglob("*")
        if p.is_file() and not LEFT & set(p.parts)
    }
    assert here - held == set()
    assert {Path(n).suffix for n in held} >= {".py", ".toml", ".csv", ".parquet", ".ttf", ".json"}
