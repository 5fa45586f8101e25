"""The shape of the house: small modules and functions, tests in the rooms of what they test."""

import ast
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[3]
SRC = ROOT / "src" / "sojourn"
MODULE_LINES = 400
FUNCTION_LINES = 40


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a body as the formatter writes them, without signature and docstring."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def long_functions(text: str) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and body_lines(node) > FUNCTION_LINES
    ]


def test_the_ruler_counts_bodies_alone() -> None:
    lines = "\n".join(f"    x = {i}" for i in range(FUNCTION_LINES))
    assert long_functions(f'def f(\n    a,\n    b,\n):\n    """Say.\n\n    More."""\n{lines}') == []
    assert long_functions(f"def f():\n{lines}\n    return x") == ["f"]
    assert long_functions(f"class A:\n  async def f(self):\n{lines}\n    return x") == ["f"]


def test_modules_stay_within_four_hundred_lines() -> None:
    long = {
        p.relative_to(ROOT).as_posix(): n
        for p in [*SRC.rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
        if (n := len(p.read_text("utf-8").splitlines())) > MODULE_LINES
    }
    assert not long, long


def test_functions_stay_within_forty_lines() -> None:
    found = {
        f"{p.relative_to(SRC).as_posix()} {name}"
        for p in SRC.rglob("*.py")
        for name in long_functions(p.read_text("utf-8"))
    }
    assert found == set(), "split these"


def test_tests_stand_in_the_rooms_of_what_they_test() -> None:
    """Every folder of tests/unit is a folder of the package, or one of the house itself."""
    own = {"docs", "house"}
    for folder in (ROOT / "tests" / "unit").rglob("*"):
        if folder.is_dir() and list(folder.glob("test_*.py")):
            name = folder.relative_to(ROOT / "tests" / "unit").as_posix()
            assert name in own or (SRC / name).is_dir(), name


def test_every_test_is_read_by_the_runner() -> None:
    """Files that hold tests are named so, or nobody runs them."""
    for path in (ROOT / "tests").rglob("*.py"):
        if not path.name.startswith("test_"):
            tree = ast.parse(path.read_text("utf-8"))
            named = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
            assert not [n for n in named if n.startswith("test_")], path


def test_the_formatter_is_never_switched_off() -> None:
    for path in [*SRC.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        assert ("# fmt" + ": ") not in path.read_text("utf-8"), path


def test_no_answer_of_the_store_is_left_half_read() -> None:
    """A half-read answer blocks the connection for the next question; servers have their own."""
    for path in SRC.rglob("*.py"):
        if "sdmx" not in path.parts:
            assert ".fetchone()" not in path.read_text("utf-8"), path


def test_the_press_is_asked_at_its_door_alone() -> None:
    """Outside the press everybody imports from ``sojourn.publish``, and the door has every name."""
    around = [
        f"{path.relative_to(SRC).as_posix()}:{node.lineno} {node.module}"
        for path in SRC.rglob("*.py")
        if "publish" not in path.relative_to(SRC).parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sojourn.publish.")
    ]
    assert not around, "write `from sojourn.publish import …`; a new name goes into its __init__.py"


def test_the_door_of_the_press_tells_no_two_stories() -> None:
    """What type checkers read of it, what is imported, and the list of names are one."""
    import sojourn.publish as press

    tree = ast.parse((SRC / "publish" / "__init__.py").read_text("utf-8"))
    told = {
        alias.name: (node.module or "").removeprefix("sojourn.publish.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sojourn.publish.")
        for alias in node.names
    }
    assert told == press._AT
    assert sorted(told) == sorted(press.__all__)
    for name, room in told.items():
        assert getattr(press, name) is getattr(import_module(f"sojourn.publish.{room}"), name)
