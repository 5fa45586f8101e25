"""Write the generated pages of the docs: commands, indicators, keys of a layout's declaration."""

from collections.abc import Iterator
from pathlib import Path

import click

from sojourn.cli import COMMANDS, LazyGroup, cli
from sojourn.vocab.indicator import indicators

OUT = Path(__file__).parents[1] / "docs" / "reference"


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


def indicator_page() -> str:
    """Return every indicator with its definition."""
    rows = ["# Indicators\n\nGenerated from `vocab/indicators.csv`.\n"]
    rows.append("| id | name | unit | kind | definition | source |\n|---|---|---|---|---|---|")
    rows += [
        f"| `{i.id}` | {i.name()} | {i.unit_measure} | {i.kind} | {i.definition()} | {i.source} |"
        for i in indicators().values()
    ]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Write the pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "cli.md").write_text(cli_page(), "utf-8")
    (OUT / "indicators.md").write_text(indicator_page(), "utf-8")


if __name__ == "__main__":
    main()
