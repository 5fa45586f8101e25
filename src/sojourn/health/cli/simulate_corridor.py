"""``sojourn simulate corridor``: who is screened, where, from when, step by step, at what cost."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.terminal.options import as_of_option, data_option, json_option

LINES = (
    ("ill_on_arrival", "people who arrive with active disease"),
    ("found_and_treated", "found and treated"),
    ("screened_for_one_found", "screened for one found"),
    ("screened_for_one_case_averted", "screened for one case averted"),
    ("share_of_those_born_there", "share of the cases averted among those born there"),
)


@click.command("corridor")
@click.argument("question", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--own",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Numbers of your own over WHO's and UN DESA's (CSV): what,value,year,source,area,origin,destination.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=6),
    default=60,
    show_default=True,
    help="Draws of the parameters, the same for each programme.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seed of the draws: the same seed gives the same numbers.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the answers: a file (.json), or a folder in which each question is a run that sojourn "
    "trace reads.",
)
@as_of_option
@data_option
@json_option
def corridor(
    question: Path,
    own: Path | None,
    draws: int,
    seed: int,
    out: Path | None,
    as_of: date | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Answer QUESTION, a TOML file: screening of arrivals by origin, destination, year and step."""
    from sojourn.files import write_whole
    from sojourn.health.cli.simulate_place import text_of
    from sojourn.health.engine.parameters import parameters
    from sojourn.health.engine.question import read_questions
    from sojourn.health.run.corridor import ask, placed, write_run
    from sojourn.query.opening import open_data

    asked = read_questions(text_of(question), where=question.name)
    if own is not None:
        more = own_rows(own)
        asked = tuple(replace(q, own=(*q.own, *more)) for q in asked)
    for one in asked:
        placed(one)
    store = open_data(data)[0]
    known = parameters("tb")
    told = [ask(store, q, known, draws=draws, seed=seed, as_of=as_of) for q in asked]
    plain = [{k: v for k, v in one.items() if k != "identity"} for one in told]
    text = json.dumps(plain, ensure_ascii=False, indent=1)
    if out is not None and out.suffix == ".json":
        write_whole(out, text.encode())
        click.echo(f"{out}", err=True)
    elif out is not None:
        for answer in told:
            click.echo(f"{write_run(answer, out)}", err=True)
    if as_json:
        click.echo(text)
        return
    for found in told:
        _print(found)


def own_rows(path: Path) -> Any:
    """Return the asker's numbers of a CSV file."""
    from sojourn.errors import SimulateError
    from sojourn.health.cli.simulate_place import text_of
    from sojourn.health.engine.question import read_own

    rows = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text_of(path))), start=2):
        told: dict[str, Any] = {k: v for k, v in row.items() if k and v}
        for key, kind in (("value", float), ("year", int)):
            try:
                told[key] = kind(told.get(key, ""))
            except ValueError:
                raise SimulateError(
                    f"{path.name}, row {number}: {key} is {told.get(key, '')!r}", hint="a number"
                ) from None
        rows.append(told)
    return read_own(rows, path.name)


def _print(told: dict[str, Any]) -> None:
    click.echo(f"run {told['run'][:12]}: {told['title']}, {told['from']} to {told['to']}")
    click.echo(f"  {told['said']}")
    click.echo("  " + ", ".join(f"{s} {_between(v)}" for s, v in told["steps"].items()))
    for key, label in LINES:
        click.echo(f"  {label}: {_between(told[key])}")
    for what in ("cases", "deaths"):
        found = told[f"{what}_averted"]
        parts = (
            "withheld"
            if found is None
            else "; ".join(f"{k.replace('_', ' ')} {_between(v)}" for k, v in found.items())
        )
        click.echo(f"  {what} averted: {parts}")
    if "costs" in told:
        c = told["costs"]
        click.echo(
            f"  cost in {c['currency']} of {c['year']}: {_between(c['total'])}; for one case averted "
            f"{_between(c['for_one_case_averted'])}, for one found {_between(c['for_one_found'])}"
        )
    for what, why in told["withheld"].items():
        click.echo(f"  withheld or unsure, {what}: {why}")
    click.echo(f"  {told['verdict']}: {told['why']}")


def _between(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not determined"
    ends = f"{_short(found['low'])} to {_short(found['high'])}"
    return ends if found["median"] is None else f"{_short(found['median'])} ({ends})"


def _short(value: float) -> str:
    """Return a number with three digits, in full above a thousand."""
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
