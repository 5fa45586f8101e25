"""Hypothesis profiles and the place of the publishers' files."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

# Fast and the same everywhere by default; `HYPOTHESIS_PROFILE=deep` explores.
settings.register_profile(
    "ci",
    max_examples=50,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# What is broken on purpose need not be shrunk, and is held against many tests: fewer examples each.
settings.register_profile(
    "mutation",
    max_examples=20,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

ROOT = Path(__file__).parents[1]
PUBLISHERS = ("undesa", "unhcr", "idmc", "eurostat", "iom", "who", "worldbank", "wpp")


@pytest.fixture(scope="session")
def publisher_files() -> Path:
    """The folder of real publisher files; tests that need it skip visibly without it."""
    folder = Path(os.environ.get("SOJOURN_PUBLISHER_FILES", ROOT.parent / "shared" / "data"))
    if not (folder / "MANIFEST.tsv").is_file():
        pytest.skip("no publisher files: set SOJOURN_PUBLISHER_FILES to a folder that has them")
    return folder


@pytest.fixture(scope="session")
def loaded(publisher_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the files of the factsheet's publishers and further topics, loaded once.

    Newer editions, files that led astray and traps lie beside them and are asked for by name.
    """
    import sojourn

    data = tmp_path_factory.mktemp("loaded")
    folders = [publisher_files / name for name in (*PUBLISHERS, "topics")]
    sojourn.load([folder for folder in folders if folder.is_dir()], data)
    return data


@pytest.fixture(scope="session")
def loaded_topics(publisher_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the files of further topics: borders, students, trafficking, GDP."""
    import sojourn

    if not (folder := publisher_files / "topics").is_dir():
        pytest.skip("no publisher files of further topics")
    data = tmp_path_factory.mktemp("topics")
    sojourn.load([folder], data)
    return data


@pytest.fixture(scope="session")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the cuts of published editions that everybody has."""
    import sojourn

    data = tmp_path_factory.mktemp("cuts")
    folder = ROOT / "tests" / "fixtures"
    files = sorted(p for p in folder.glob("*/*/*") if p.is_file())
    sojourn.load(files, data, declare=folder / "cuts.toml")
    return data


@pytest.fixture(autouse=True)
def _own_keys(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the keys of tests' ledgers out of the user's own."""
    folder = tmp_path_factory.getbasetemp() / "keys"
    monkeypatch.setenv("SOJOURN_KEYS", str(folder))
