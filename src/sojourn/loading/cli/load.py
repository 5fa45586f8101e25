"""``sojourn load``: publishers' files into a data directory."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.errors import counted
from sojourn.terminal.options import data_to_write_option, json_option
from sojourn.terminal.progress import progress

if TYPE_CHECKING:
    from sojourn.loading.load import Outcome, Report


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE_OR_DIR...", type=click.Path(path_type=Path)
)
@click.option(
    "--edition",
    metavar="DATASET@DATE",
    help="Edition of the files that state none, or state it wrongly, for instance undesa.ims@2019-09-17.",
)
@click.option(
    "--declare",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file that declares editions (or layouts) the package does not know.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Load nothing when any file in a folder is refused, or an edition is partial or in doubt.",
)
@click.option(
    "--accept-coverage",
    metavar="REASON",
    default="",
    help="Take the editions of these files as complete where they look partial; the reason is kept.",
)
@data_to_write_option
@json_option
def command(
    paths: tuple[Path, ...],
    edition: str | None,
    declare: Path | None,
    data: Path,
    *,
    strict: bool,
    accept_coverage: str,
    as_json: bool,
) -> None:
    """Load publishers' files, recognised by their content, in one transaction.

    A file named on the command line must load, or nothing does. In a folder, files that no layout
    knows are skipped, and files that are refused are left out; both are listed with the reason.
    """
    from sojourn.loading.load import load
    from sojourn.sources.declaration import registry, with_declared

    known = with_declared(declare) if declare is not None else registry()
    with progress("loading") as step:
        report = load(
            paths,
            data,
            known,
            edition=edition,
            strict=strict,
            accept_coverage=accept_coverage,
            progress=step,
        )
    if as_json:
        click.echo(json.dumps([_as_json(o) for o in report.outcomes], ensure_ascii=False, indent=1))
    else:
        _print(report, data)
    if report.refused and not report.accepted:
        error = report.refused[0].error
        raise SystemExit(error.exit_code if error is not None else 1)


def _as_json(outcome: "Outcome") -> dict[str, object]:
    return {
        "file": outcome.name,
        "status": outcome.status,
        "edition": outcome.edition or None,
        "verified": outcome.verified,
        "observations": outcome.observations,
        "problems": outcome.problems,
        "warnings": outcome.warnings,
        "notes": outcome.notes,
        "receipt": outcome.receipt,
        "questions": outcome.questions,
        "coverage": asdict(outcome.coverage) if outcome.coverage is not None else None,
        "error": str(outcome.error) if outcome.error else None,
        "exit_code": outcome.error.exit_code if outcome.error else 0,
    }


def _print(report: "Report", data: Path) -> None:
    for o in report.outcomes:
        if o.status in ("loaded", "unchanged"):
            state = "verified" if o.verified else "unverified copy"
            about = (
                f"{o.edition} ({state}), {counted(o.observations, 'observation')}"
                if o.edition
                else ""
            )
            click.echo(f"{o.status:9}  {o.name}  {about}".rstrip())
            for warning in o.warnings:
                click.echo(f"           warning: {warning}")
            if o.problems > len(o.warnings):
                click.echo(
                    f"           … {counted(o.problems, 'contradiction')} of the file recorded"
                )
            for line in (*o.receipt, *o.notes):
                click.echo(f"           {line}")
            _print_coverage(o)
    for o in report.outcomes:
        if o.status in ("refused", "skipped"):
            first = str(o.error).splitlines()[0] if o.error else ""
            click.echo(f"{o.status:9}  {o.name}  {first}", err=True)
    statuses = {s: sum(o.status == s for o in report.outcomes) for s in STATUSES}
    said = ", ".join(f"{n} {s}" for s, n in statuses.items() if n)
    click.echo(f"{data}: {said or 'no files found'}")


def _print_coverage(outcome: "Outcome") -> None:
    """Say of an edition that nobody declared what it holds beside the one before."""
    found = outcome.coverage
    if found is None:
        return
    if found.compared_with:
        click.echo(
            f"           beside {found.compared_with}: {counted(found.lost, 'key')} lost, {found.new:,} new"
        )
        for change in found.changes:
            click.echo(f"             {change}")
    for line in found.told:
        click.echo(f"           {line}")
    for question in found.questions:
        click.echo(f"           question: {question}")
    for reason in found.reasons:
        click.echo(f"           {found.status}: {reason}")
    if found.accepted:
        click.echo(f"           accepted: {found.accepted}")
    elif found.status == "partial":
        click.echo(
            "           answers for the keys it holds; no total is taken from what it lacks "
            '(--accept-coverage "reason" if it is whole)'
        )


STATUSES = ("loaded", "unchanged", "refused", "skipped")
