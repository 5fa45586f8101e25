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


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    return script("build_reference")


@pytest.fixture(scope="module")
def manual() -> ModuleType:
    return script("build_manual")


def test_every_key_of_a_layout_has_its_kind_and_its_meaning(reference: ModuleType) -> None:
    page = reference.layout_page()
    for name in Layout.__dataclass_fields__:
        shown = "table" if name == "tables" else name
        assert re.search(rf"^\| `{shown}` \| \S", page, re.M), name
    for name in Table.__dataclass_fields__:
        assert f"| `{name}` |" in page
    told = re.findall(r"^\| `(\w+)` \| .* \| .* \| (.*) \|$", page, re.M)
    assert [key for key, meaning in told if not meaning] == ["frame"]  # has a table of its own
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
        assert f"| {kind.exit_code} | `{name}`:" in page
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


def test_every_page_is_in_the_index(reference: ModuleType, manual: ModuleType) -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for name in (*reference.pages(), *manual.pages(), "api.md"):
        assert f"reference/{name.removesuffix('.md')}\n" in index


def test_every_document_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        assert name == "index" or f"\n{name}\n" in index, name


def test_the_manual_shows_every_spec_test_with_its_code(manual: ModuleType) -> None:
    page = manual.manual_page()
    for path in (ROOT / "tests" / "spec").glob("test_*.py"):
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M):
            assert f"### {manual.sentence(name)}\n" in page, name
            assert f"\ndef {name}(" in page, name


def test_every_key_of_a_declaration_is_in_the_reference(manual: ModuleType) -> None:
    """Each file of the package has its chapter, and each key of its model its row."""
    page = manual.declarations_page()
    listed = " ".join(manual.declarations())
    own = (
        "sources",
        "publish",
        "desk",
        "lists",
        "proposal",
        "mappings",
        "vocab",
    )  # layout.md, words, CONTRIBUTING
    for path in (ROOT / "src" / "sojourn").rglob("*.toml"):
        if path.parent.name not in own and path.stem not in ("borders", "rules", "calais"):
            assert path.name in listed or path.parent.name in own or "text" in path.parts, path
    for row in (
        "| `minimum_population` | whole number |",
        "| `less` | table of text | **required**",
    ):
        assert row in page
    assert "typing" not in page
    assert "ForwardRef" not in page


# ------------------------------------------------------------------ the numbered rules
CONVENTION = (ROOT / "docs" / "convention.md").read_text("utf-8")
RULES = dict(re.findall(r"^## (§\d+) .*\n((?:(?!^## ).*\n?)*)", CONVENTION, re.M))


def test_every_rule_has_a_good_and_a_bad_example_and_what_was_rejected() -> None:
    assert list(RULES) == [f"§{n}" for n in range(1, len(RULES) + 1)]
    for number, text in RULES.items():
        for word in ("Good", "Bad", "Rejected"):
            assert len(re.findall(rf"^- {word}: \S", text, re.M)) == 1, (number, word)


def test_a_rule_that_is_cited_is_there(reference: ModuleType) -> None:
    """Errors cite rules, and a rule that names an error is the one that it cites."""
    for name, kind in reference.errors().items():
        assert not kind.rule or kind.rule in RULES, name
        for number, text in RULES.items():
            assert f"`{name}`" not in text or kind.rule == number, (name, number)
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    for path in sources:
        for number in re.findall(r"(?<![\w.,] )(?<!Article )§\d+", path.read_text("utf-8")):
            assert number in RULES, (path, number)
