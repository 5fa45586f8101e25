"""Every command by its name, and its twin in Python."""

import importlib
from collections.abc import Iterator

import click

import sojourn
from sojourn import api
from sojourn.cli import COMMANDS, LazyGroup, cli
from sojourn.flows.cli.flows import VERBS


def commands() -> Iterator[tuple[str, click.Command]]:
    root = click.Context(cli, info_name="sojourn")
    for name in COMMANDS:
        command = LazyGroup.get_command(cli, root, name)  # type: ignore[arg-type]
        assert command is not None
        if isinstance(command, click.Group):
            for verb, one in command.commands.items():
                yield f"{name} {verb}", one
        else:
            yield name, command
    for verb, (module, attribute, _) in VERBS.items():
        yield (
            f"flows {verb}",
            getattr(importlib.import_module(f"sojourn.flows.cli.{module}"), attribute),
        )


FOUND = dict(commands())


def twin(name: str) -> object:
    found: object = sojourn
    for part in api.TWINS[name].split("."):
        found = getattr(found, part)
    return found
