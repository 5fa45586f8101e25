"""Write the generated pages of the docs: commands, their twins, indicators, keys, errors.

    python scripts/build_reference.py

`docs/errors.md` is kept in the repository, for its last column is written by hand; the others are
made anew for the docs site.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

import sojourn
from sojourn.api import TWINS, WITHOUT_TWIN
from sojourn.cli import COMMANDS, LazyGroup, cli
from sojourn.errors import SojournError
from sojourn.sources.declaration import Address, Dataset, Edition
from sojourn.sources.frame import Frame
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.terminal.typed import as_written
from sojourn.vocab.indicator import indicators

OUT = Path(__file__).parents[1] / "docs" / "reference"
MODELS: dict[str, type] = {
    "[[dataset]]": Dataset,
    "[dataset.frame]": Frame,
    "[[edition]]": Edition,
    "[[address]]": Address,
    "[[layout]]": Layout,
    "[[layout.table]]": Table,
    "[[layout.table.measures]]": Measure,
}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups before their verbs."""
    root = click.Context(cli, info_name="sojourn")
    for name in COMMANDS:
        command = LazyGroup.get_command(cli, root, name)  # type: ignore[arg-type]
        if command is None:
            continue
        yield name, command
        if isinstance(command, click.Group):
            for verb, one in command.commands.items():
                yield f"{name} {verb}", one


def cli_page() -> str:
    """Return the help of every command as one page."""
    parts = ["# The commands\n\nGenerated from the commands themselves.\n"]
    for name, command in commands():
        context = click.Context(command, info_name=f"sojourn {name}")
        parts.append(f"## sojourn {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def twins_page() -> str:
    """Return every command beside what does the same from Python."""
    rows = ["# Commands and Python\n\nGenerated from `sojourn.api`; the options have one name.\n"]
    rows.append("| command | Python |\n|---|---|")
    rows += [f"| `sojourn {c}` | `sojourn.{t}` |" for c, t in TWINS.items()]
    rows += [f"| `sojourn {c}` | none: {why} |" for c, why in WITHOUT_TWIN.items()]
    return "\n".join(rows) + "\n"


def indicator_page() -> str:
    """Return every indicator with its definition."""
    rows = ["# Indicators\n\nGenerated from `vocab/indicators.csv`.\n"]
    rows.append("| id | name | unit | kind | definition | source |\n|---|---|---|---|---|")
    rows += [
        f"| `{i.id}` | {i.name()} | {i.unit_measure} | {i.kind} | {i.definition()} | {i.source} |"
        for i in indicators().values()
    ]
    return "\n".join(rows) + "\n"


def layout_page() -> str:
    """Return every key that a declaration may have, with its kind, default and meaning."""
    head = (
        "# Keys of a declaration\n\nGenerated from the models that read it (`sources/layout.py`, "
        '`sources/declaration.py`). A layout may also say `like = "…"`: all that it does not say '
        "is as there. CONTRIBUTING shows how to declare an edition.\n"
    )
    parts = [head]
    for table, model in MODELS.items():
        said = _attributes(model)
        parts.append(f"## `{table}`\n\n{_first(model)}\n")
        parts.append("| key | kind | default | meaning |\n|---|---|---|---|")
        for name, kind in as_written(model).items():
            field = model.__dataclass_fields__[name]  # type: ignore[attr-defined] # dataclasses all
            shown = name if name != "tables" or model is not Layout else "table"
            parts.append(
                f"| `{shown}` | {_kind(kind)} | {_default(field)} | {said.get(name, '')} |"
            )
        parts.append("")
    return "\n".join(parts)


def _first(model: type) -> str:
    return (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ")


def _attributes(model: type) -> dict[str, str]:
    """Return what the docstring of a model says of each attribute."""
    text = inspect.getdoc(model) or ""
    found: dict[str, str] = {}
    _, _, listed = text.partition("Attributes\n----------\n")
    for names, body in re.findall(r"^(\w[\w, ]*?) : .*\n((?: {4}.*\n?)*)", listed, re.M):
        for name in names.split(", "):
            found[name] = " ".join(body.split()).replace("|", "\\|")
    return found


def _kind(hint: Any) -> str:
    text = str(hint if not isinstance(hint, type) or hasattr(hint, "__args__") else hint.__name__)
    for old, new in (
        ("str | list[str]", "text or list of texts"),
        ("sojourn.sources.layout.", ""),
        ("sojourn.sources.frame.", ""),
        ("typing.Any", "any"),
        ("datetime.date", "date"),
    ):
        text = text.replace(old, new)
    words = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number"}
    text = re.sub(r"\b(str|bool|int|float)\b", lambda m: words[m[0]], text)
    text = re.sub(r"dict\[text, (.*)\]", r"table of \1", text)
    return re.sub(r"dict\[text, (.*)\]", r"table of \1", text).replace("|", "\\|")


def _default(field: Any) -> str:
    missing = type(field.default).__name__ == "_MISSING_TYPE"
    if missing and type(field.default_factory).__name__ == "_MISSING_TYPE":
        return "**required**"
    value = field.default_factory() if missing else field.default
    return "" if value in ("", (), {}, None) else f"`{value!r:.60}`"


def errors() -> dict[str, type[SojournError]]:
    """Return every error by name, once all modules are imported."""
    for module in pkgutil.walk_packages(sojourn.__path__, "sojourn."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type[SojournError]) -> Iterator[type[SojournError]]:
        for sub in kind.__subclasses__():
            if sub.__module__.startswith("sojourn."):
                yield sub
                yield from below(sub)

    return {kind.__name__: kind for kind in below(SojournError)}


def error_page() -> str:
    """Return every error with its exit code, what it means, its parent, and where it stands."""
    rows = ["# Every error\n\nGenerated from the classes; what to do: [errors](../errors.md).\n"]
    rows.append("| code | error and meaning | kind of | rule |\n|---|---|---|---|")
    rows += [
        f"| {kind.exit_code} | `{name}`: {_first(kind)} | `{kind.__bases__[0].__name__}` | "
        f"{f'[{kind.rule}](../convention.md)' if kind.rule else ''} |"
        for name, kind in sorted(errors().items(), key=lambda x: (x[1].exit_code, x[0]))
    ]
    return "\n".join(rows) + "\n"


def pages() -> Mapping[str, str]:
    """Return the generated pages by file name."""
    return {
        "cli.md": cli_page(),
        "twins.md": twins_page(),
        "indicators.md": indicator_page(),
        "layout.md": layout_page(),
        "errors.md": error_page(),
    }


def main() -> None:
    """Write the pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (OUT / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
