"""Write two generated pages of the docs: the manual, from the spec tests, and the keys of declarations.

    python scripts/build_manual.py

A spec test is a sentence about the world, shown with the code that holds it; `make docs` makes the
pages anew, so that they cannot say what the tests do not.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from sojourn.terminal.declared import Key, keys_of, models_of

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "reference"
#: Chapters of the manual in their order; a spec that is new comes last, by its name.
FIRST = (
    "test_ten_questions",
    "test_areas_are_never_guessed",
    "test_files_that_were_refused",
    "test_malformed_twins",
    "test_factsheet",
    "test_printed_page",
)
#: What is declared where: file (or what stands for it), the module of its model, the model.
DECLARATIONS: Mapping[str, tuple[str, str]] = {
    "factsheet/figures/figures.toml, figures_topics.toml": (
        "factsheet.figures.declared_file",
        "Figures",
    ),
    "factsheet/figures/statements.toml, statements_topics.toml": (
        "factsheet.figures.statement",
        "Statements",
    ),
    "factsheet/figures/published.csv": ("factsheet.figures.comparison", "Published"),
    "factsheet/figures/printed_series.csv": ("factsheet.figures.printed_series", "Printing"),
    "vocab/indicators.csv": ("vocab.indicator", "Row"),
    "harmonize/corrections.toml": ("harmonize.corrections", "Corrections"),
    "harmonize/contracts.toml": ("harmonize.contracts", "Contracts"),
    "query/quantities.toml": ("query.quantities", "Quantities"),
    "query/table_rules.toml": ("query.table_rules", "Rules"),
    "flows/inputs/others.toml": ("flows.inputs.others", "Others"),
    "flows/inputs/units.toml": ("flows.inputs.counted_apart", "Units"),
    "health/targets/targets.toml": ("health.targets.targets", "Strategies"),
    "health/tb/parameters.toml, health/malaria/parameters.toml": (
        "health.engine.parameters",
        "Parameter",
    ),
    "health/engine/scenarios.toml": ("health.engine.scenario", "Scenario"),
    "health/run/claims.toml": ("health.run.claims", "Claims"),
    "health/run/validation.toml": ("health.run.validation", "Printed"),
    "relocation/site/example.toml": ("relocation.site.example_totals", "Totals"),
    "relocation/counts/indicators.toml": ("relocation.counts.indicators", "Standards"),
    "relocation/replay/calais.toml": ("relocation.replay.facts", "Figures"),
    "relocation/replay/replay.toml": ("relocation.replay.facts", "Assumptions"),
    "protect/table/policies.toml": ("protect.table.policy", "Policy"),
    "sdmx/model/structures.toml": ("sdmx.model.dsd", "Structures"),
    "explorer/model/questions.toml": ("explorer.model.measure", "Questions"),
}


# ------------------------------------------------------------------ the manual
def specs() -> list[Path]:
    """Return the files of the manual, in the order of its chapters."""
    found = sorted((ROOT / "tests" / "spec").glob("test_*.py"))
    order = {name: number for number, name in enumerate(FIRST)}
    return sorted(found, key=lambda p: (order.get(p.stem, len(FIRST)), p.stem))


def manual_page() -> str:
    """Return the spec tests as a manual: each a sentence, with the code that holds it."""
    head = (
        "# The manual\n\nWhat sojourn does, as its specification says it: every sentence below is a "
        "test that fails when it is no longer true. Made anew from `tests/spec/` with the docs.\n"
    )
    return "\n".join([head, *(_chapter(p.stem, p.read_text("utf-8")) for p in specs())])


def _chapter(name: str, text: str) -> str:
    tree = ast.parse(text)
    title, _, prose = (ast.get_docstring(tree) or name).partition("\n")
    parts = [f"## {title.rstrip('.')}\n", _prose(prose)]
    for test in tree.body:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            parts += [f"### {sentence(test.name)}\n", _prose(ast.get_docstring(test) or "")]
            source = "\n".join(text.splitlines()[_first(test) - 1 : test.end_lineno])
            parts.append(f"```python\n{source}\n```\n")
    return "\n".join(p for p in parts if p)


def sentence(name: str) -> str:
    """Return the name of a test as the sentence that it is.

    >>> sentence("test_a_dot_dot_stays_missing")
    'A dot dot stays missing'
    """
    words = name.removeprefix("test_").replace("_", " ")
    return words[:1].upper() + words[1:]


def _first(test: ast.FunctionDef) -> int:
    return min([test.lineno, *(d.lineno for d in test.decorator_list)])


def _prose(text: str) -> str:
    """Return a docstring as Markdown; one with a table of reStructuredText is left to it."""
    text = textwrap.dedent(text).strip()
    if not text:
        return ""
    if re.search(r"^=+( +=+)+$", text, re.M):
        return f"```{{eval-rst}}\n{text}\n```\n"
    return text.replace("``", "`") + "\n"


# ------------------------------------------------------------------ the keys of declarations
_CALL = re.compile(r'packaged\(\s*"sojourn\.([\w.]+)",\s*"([\w.]+)",\s*(\w+),?\s*\)')


def declarations() -> dict[str, tuple[str, str]]:
    """Return every declaration with its model: those listed above, and what else the package reads."""
    listed = " ".join(DECLARATIONS)
    found = dict(DECLARATIONS)
    for path in sorted((ROOT / "src" / "sojourn").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT / "src" / "sojourn").with_suffix("").parts)
        for room, name, model in _CALL.findall(path.read_text("utf-8")):
            if name not in listed and model != "model":
                found[f"{room.replace('.', '/')}/{name}"] = (
                    module.removesuffix(".__init__"),
                    model,
                )
    return found


def declarations_page() -> str:
    """Return every key of every declaration beside those of publishers' tables."""
    head = (
        "# Keys of the other declarations\n\nMade from the models that read them "
        "(`terminal/declared.py`); those of publishers' tables are [here](layout.md). A key that is "
        "not listed is refused, with the nearest that is.\n"
    )
    parts = [head]
    for name, (module, model) in declarations().items():
        parts.append(f"## {name}\n")
        whole = getattr(import_module(f"sojourn.{module}"), model)
        for place, one in _reached(whole, "", set()):
            parts += _model(place, one)
    return "\n".join(parts)


def _reached(model: type, place: str, seen: set[type]) -> Iterator[tuple[str, type]]:
    """Yield a model and those inside it, each once, with the place where it stands."""
    if model in seen:
        return
    seen.add(model)
    yield place, model
    for name, key in keys_of(model).items():
        shown = "" if key.rest else name
        inside = ".".join(filter(None, (place, shown or "NAME")))
        for one in models_of(key.kind):
            yield from _reached(one, inside, seen)


def _model(place: str, model: type) -> list[str]:
    said, keys = _attributes(model), keys_of(model)
    first = (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ")
    word = next((w for k in keys.values() if k.field == "op" for w in get_args(k.kind)), "")
    title = f'`{place}`, `op = "{word}"`' if word else f"`{place}`"
    rows = [
        f"| {'any name' if k.rest else f'`{name}`'} | {_kind(k.kind)} | {_default(k)} | "
        f"{said.get(k.field, '')} |"
        for name, k in keys.items()
        if not k.named
    ]
    head = [f"### {title}\n"] if place else []
    return [
        *head,
        f"{first}\n",
        "| key | kind | default | meaning |\n|---|---|---|---|",
        *rows,
        "",
    ]


def _attributes(model: type) -> dict[str, str]:
    """Return what the docstrings of a model and its bases say of each attribute."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        _, _, listed = (inspect.getdoc(kind) or "").partition("Attributes\n----------\n")
        for names, body in re.findall(r"^(\w[\w, ]*?) : .*\n((?: {4}.*\n?)*)", listed, re.M):
            told = " ".join(body.split()).replace("|", "\\|").replace("``", "`")
            found |= dict.fromkeys(names.split(", "), told)
    return found


def _kind(hint: Any) -> str:
    if models := models_of(hint):
        return "table" if hint in models else "tables"
    text = hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)
    for old, new in (
        ("typing.", ""),
        ("collections.abc.", ""),
        ("datetime.", ""),
        ("NoneType", "none"),
        ("None", "none"),
    ):
        text = text.replace(old, new)
    text = re.sub(r"Annotated\[(\w+), [^\]]*\]", r"\1", text)
    text = re.sub(r"Literal\[([^\]]*)\]", lambda m: f"one of {m[1]}", text)
    words = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number"}
    text = re.sub(r"\b(str|bool|int|float)\b", lambda m: words[m[0]], text)
    text = re.sub(r"tuple\[(.*?), \.\.\.\]", r"list of \1", text)
    text = re.sub(r"(?:Mapping|dict)\[text, (.*)\]", r"table of \1", text)
    return text.replace("|", "\\|")


def _default(key: Key) -> str:
    if key.required or key.field == "op":  # by its word the model is known
        return "**required**"
    empty = key.default in ("", (), {}, None, False, 0)
    return "" if empty else f"`{key.default!r:.60}`"


def pages() -> Mapping[str, str]:
    """Return the generated pages by file name."""
    return {"manual.md": manual_page(), "declarations.md": declarations_page()}


def main() -> None:
    """Write the pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (OUT / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
