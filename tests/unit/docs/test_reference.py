"""The generated reference has every command, twin, key and error; exit codes mean one thing each."""

import importlib.util
import re
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from sojourn.api import TWINS, WITHOUT_TWIN
from sojourn.sources.layout import Layout, Table

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", ROOT / "scripts" / "build_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_key_of_a_layout_has_its_kind_and_its_meaning(reference: ModuleType) -> None:
    page = reference.layout_page()
    for name in Layout.__dataclass_fields__:
        shown = "table" if name == "tables" else name
        assert re.search(rf"^\| `{shown}` \| \S", page, re.M), name
    for name in Table.__dataclass_fields__:
        assert f"| `{name}` |" in page
    told = re.findall(
        r"^\| `(\w+)` \| .* \| .* \| (.*) \|$", page.split("## `[[layout]]`")[1], re.M
    )
    assert sum(bool(meaning) for _, meaning in told) > 25
    assert "typing" not in page
    assert "**required**" in page


def test_every_twin_and_every_reason_is_listed(reference: ModuleType) -> None:
    page = reference.twins_page()
    for command in (*TWINS, *WITHOUT_TWIN):
        assert f"| `sojourn {command}` |" in page


def test_every_error_is_listed_and_every_code_has_one_meaning(reference: ModuleType) -> None:
    """A class has a code of its own, or that of the class it is a kind of."""
    page = reference.error_page()
    by_code: dict[int, list[type[Exception]]] = defaultdict(list)
    for name, kind in reference.errors().items():
        assert f"| {kind.exit_code} | `{name}` |" in page
        by_code[kind.exit_code].append(kind)
    for code, kinds in by_code.items():
        own = [k for k in kinds if not any(issubclass(k, o) for o in kinds if o is not k)]
        assert len(own) == 1, f"{code}: {[k.__name__ for k in own]}"


def test_the_table_of_errors_kept_by_hand_has_the_classes_own_codes(reference: ModuleType) -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (\d+) \| (\w+) \|", text, re.M))
    known = reference.errors()
    for code, name in re.findall(r"^\| (\d+) \| (\w+) \|", text, re.M):
        assert name in known, f"{name} is gone"
        assert known[name].exit_code == int(code), name
    assert listed


def test_every_page_is_in_the_index(reference: ModuleType) -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for name in (*reference.pages(), "api.md"):
        assert f"reference/{name.removesuffix('.md')}\n" in index


def test_every_document_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        assert name == "index" or f"\n{name}\n" in index, name
