"""What every command does alike before its work: words that mean nothing, outputs that are inputs."""

from collections.abc import Iterator, Mapping
from functools import wraps
from pathlib import Path

import click

from sojourn.errors import Misasked

#: The option under which every command takes the place of what it writes.
OUT = "out"


def as_asked(command: click.Command) -> None:
    """Have a command, and those nested in it, end as wrong usage where it is asked wrongly.

    Wrong is a word that is not of its kind (`Misasked`), and an output that would take the place of
    a file that the command reads.

    Examples
    --------
    >>> from click.testing import CliRunner
    >>> @click.command()
    ... @click.argument("table", type=click.Path(path_type=Path))
    ... @click.option("--out", type=click.Path(path_type=Path))
    ... def write(table, out): pass
    >>> as_asked(write)
    >>> CliRunner().invoke(write, [__file__, "--out", __file__]).exit_code
    2
    """
    for nested in command.commands.values() if isinstance(command, click.Group) else ():
        as_asked(nested)
    if (run := command.callback) is None or hasattr(run, "as_asked"):
        return

    @wraps(run)
    def asked(*args: object, **options: object) -> object:
        try:
            refuse_own_input(options)
            return run(*args, **options)
        except Misasked as error:
            said = f"{error.problem}; {error.hint}" if error.hint else error.problem
            raise click.UsageError(said, click.get_current_context()) from None

    asked.as_asked = True  # type: ignore[attr-defined]  # a mark of ours
    command.callback = asked


def refuse_own_input(options: Mapping[str, object]) -> None:
    """Refuse to write over a file that the same command reads: there would be no second time.

    Parameters
    ----------
    options : mapping
        What the command was given, by the name of each parameter.

    Raises
    ------
    Misasked
        The output is the file of another parameter, itself or by a link.
    """
    out = options.get(OUT)
    if not isinstance(out, Path) or not out.is_file():
        return
    for name, given in options.items():
        for path in _paths(given) if name != OUT else ():
            if path.is_file() and path.samefile(out):
                raise Misasked(
                    f"--{OUT} {out} is the file that is read ({name.replace('_', ' ')})",
                    hint="name another file; nothing was changed",
                )


def _paths(given: object) -> Iterator[Path]:
    if isinstance(given, Path):
        yield given
    elif isinstance(given, tuple | list):
        for one in given:
            yield from _paths(one)
