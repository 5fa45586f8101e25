"""A value is what it was when it was made: every dataclass is frozen but for those named here."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3] / "src" / "sojourn"
#: What is filled as it goes: collectors, running states, and the ledger of an open run.
FILLED = frozenset(
    {
        "factsheet/figures/evaluate.py:Evaluator",
        "factsheet/pages/document.py:Page",
        "factsheet/run/pack.py:_Contents",
        "health/malaria/network.py:Carried",
        "health/tb/joined.py:_Joined",
        "health/tb/model.py:Year",
        "publish/inline.py:Drawings",
        "relocation/desk/app.py:Sessions",
        "relocation/desk/app.py:_Session",
        "relocation/planner/loads.py:Load",
        "relocation/planner/stops.py:Dealt",
        "relocation/replay/outcome.py:Tally",
        "relocation/run/resume.py:Resumed",
        "relocation/site/example_tables.py:ExampleTables",
        "sdmx/run/surface.py:Surface",
        "sdmx/server/app.py:Limits",
        "sdmx/server/exploring.py:Explorer",
        "sources/workbook_facts.py:SheetFacts",
        "store/facts.py:Tally",
    }
)


def decorated(tree: ast.AST) -> list[tuple[str, bool]]:
    """The dataclasses of a module, and whether each is frozen."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for one in node.decorator_list:
            said = one.func if isinstance(one, ast.Call) else one
            if isinstance(said, ast.Name) and said.id == "dataclass":
                words = one.keywords if isinstance(one, ast.Call) else []
                frozen = {w.arg: w.value for w in words}.get("frozen")
                found.append((node.name, isinstance(frozen, ast.Constant) and frozen.value is True))
    return found


def test_every_dataclass_is_frozen_but_those_that_are_filled_as_they_go() -> None:
    loose = {
        f"{path.relative_to(ROOT).as_posix()}:{name}"
        for path in ROOT.rglob("*.py")
        if "@dataclass" in (text := path.read_text("utf-8"))
        for name, frozen in decorated(ast.parse(text))
        if not frozen
    }
    assert loose <= FILLED
