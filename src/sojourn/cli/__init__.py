"""The front door: ``sojourn``.

Each command lives in the module named after its subject and is imported only when it runs, so
that ``sojourn --help`` stays fast. A command is parsed, called and printed here; what it does
lives in the ``run`` of its subject.
"""

import os
import sys
from functools import cache
from importlib import import_module

import click

from sojourn import __version__
from sojourn.errors import SojournError
from sojourn.extras import need_posix
from sojourn.terminal.asking import as_asked

COMMANDS: dict[str, tuple[str, str]] = {
    # command: (its module, under sojourn; one line of help); the module holds a click command
    # or group named `command`.
    "fetch": ("loading.cli.fetch", "Editions from their publishers, with their terms."),
    "load": ("loading.cli.load", "Publishers' files into a data directory, in one transaction."),
    "declare": ("loading.cli.declare", "A draft declaration of a file that is new or was changed."),
    "editions": ("query.cli.editions", "What a data directory holds: editions, coverage, terms."),
    "upgrade": (
        "loading.cli.upgrade",
        "A data directory of an earlier version, brought to this one.",
    ),
    "indicators": ("query.cli.indicators", "What is measured: names, definitions, units; search."),
    "areas": ("query.cli.areas", "Places and groups by any of their names and codes; search."),
    "observations": (
        "query.cli.observations",
        "Observations as a table, CSV or JSON, each with its cell.",
    ),
    "table": (
        "query.cli.table",
        "Measures by area, year and sex: ratios, shares, growth, every source.",
    ),
    "chart": ("query.cli.chart", "A table drawn as trend, ranking or map: SVG, PNG or PDF."),
    "explorer": (
        "explorer.cli.explorer",
        "A folder of pages to choose, see, trace and take away every number in; no server.",
    ),
    "figures": (
        "factsheet.cli.figures",
        "The figures of a year as a table, each with its edition.",
    ),
    "trace": (
        "factsheet.cli.trace",
        "From a printed number, or a cell's address, to where it stands.",
    ),
    "targets": (
        "health.cli.targets",
        "How far from the malaria and tuberculosis targets, by country.",
    ),
    "disagreements": (
        "query.cli.disagreements",
        "Where publishers and editions give different numbers for one quantity.",
    ),
    "check": (
        "query.cli.check",
        "What the loaded tables contradict: parts and totals, women and men, units.",
    ),
    "simulate": (
        "health.cli.simulate",
        "What leaving migrants out does to the targets: programmes compared.",
    ),
    "brief": (
        "health.cli.brief",
        "Two pages on malaria or tuberculosis: who is left out, what including them changes.",
    ),
    "diff": ("query.cli.diff", "Every number that two editions, or two dates, tell differently."),
    "site": ("relocation.cli.site", "The tables of a relocation site: an example, a check."),
    "relocate": (
        "relocation.cli.relocate",
        "An orderly move: families together, the most vulnerable safest, nobody lost.",
    ),
    "custody": (
        "relocation.cli.custody",
        "Who is where, event by event; the missing are a list of names.",
    ),
    "protect": (
        "protect.cli.protect",
        "Publish a table safely: disclosure control, an attack audit, a memory of releases.",
    ),
    "flows": (
        "flows.cli.flows",
        "Who moved where: bilateral flows estimated from two stock tables.",
    ),
    "serve": ("sdmx.cli.serve", "The data directory as an SDMX web service, with its editions."),
    "pack": (
        "factsheet.cli.pack",
        "Write the embedded edition of a factsheet from a data directory.",
    ),
    "factsheet": (
        "factsheet.cli.factsheet",
        "Build the factsheet of a year: pages, papers, charts, tables.",
    ),
}

#: Heading of the help, and the rooms whose commands stand under it.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "Data": ("loading", "query"),
    "Factsheet": ("figures", "factsheet"),
    "Flows": ("flows",),
    "Health": ("health",),
    "Relocation": ("relocation",),
    "Publishing safely": ("protect",),
    "Services": ("sdmx", "explorer"),
}

EPILOG = """\b
Exit codes: 0 done, 2 wrong usage, 4 an optional part is not installed, 10-17 a
publisher's file, 20-28 its content, 30-31 an estimate, 40-42 the store, 50 a
simulation, 60-69 a relocation plan, 70-79 a publication, 130 interrupted.
docs/errors.md explains each."""


def subject_of(command: str) -> str:
    """Return the heading under which the help lists a command."""
    room = COMMANDS[command][0].partition(".")[0]
    return next(heading for heading, rooms in SUBJECTS.items() if room in rooms)


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in the order of the river."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        return _loaded(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the one-line helps by subject, without importing any command."""
        del ctx
        for heading in SUBJECTS:
            rows = [(n, line) for n, (_, line) in COMMANDS.items() if subject_of(n) == heading]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows, col_max=20)


@cache
def _loaded(name: str) -> click.Command:
    """Import a command; what it is asked wrongly is told under its full name, nested or not."""
    loaded = import_module(f"sojourn.{COMMANDS[name][0]}").command
    assert isinstance(loaded, click.Command)  # noqa: S101 - a wrong table is a bug, not input
    as_asked(loaded)
    return loaded


@click.command(cls=LazyGroup, epilog=EPILOG)
@click.version_option(__version__, prog_name="sojourn")
@click.option(
    "--verbose", is_flag=True, help="Say on the error stream what is opened, read and written."
)
def cli(*, verbose: bool) -> None:
    """Official migration statistics, as their publishers ship them, as evidence."""
    if verbose:
        speak()


def speak() -> None:
    """Send what the package logs to the error stream; without it, nothing is heard."""
    import logging

    heard = logging.StreamHandler()
    heard.setFormatter(logging.Formatter("%(relativeCreated)7d ms  %(name)s: %(message)s"))
    log = logging.getLogger("sojourn")
    log.handlers[:] = [heard]
    log.setLevel(logging.DEBUG)
    log.propagate = False


def _open_closed_streams() -> None:
    """Put the null device where whoever started us closed a stream (``>&-``): Python has None there.

    In the order of their numbers, so that no file of ours gets the number of a stream.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def main() -> None:
    """Run the command line; turn our own errors into messages and exit codes."""
    _open_closed_streams()
    out = sys.stdout
    try:
        need_posix()
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted: nothing was left half-written", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SojournError as error:
        click.echo(f"error: {error}", err=True)
        if error.rule:
            click.echo(f"Rule: {error.rule} of the convention (docs/convention.md)", err=True)
        sys.exit(error.exit_code)
    except SystemExit as error:
        if sys.stdout is not out:  # click put another in its place: the reader went away
            sys.exit(0)
        raise error from None
    except OSError as error:
        where = error.filename or "the output cannot be written"
        click.echo(f"error: {where}: {error.strerror or error}", err=True)
        sys.exit(1)
