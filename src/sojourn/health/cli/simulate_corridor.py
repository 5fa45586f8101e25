"""``sojourn simulate corridor``: who is screened, where, from when, step by step, at what cost."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.health.cli.missed import not_kept
from sojourn.terminal.options import as_of_option, data_option, json_option

LINES = (
    ("ill_on_arrival", "people who arrive with active disease"),
    ("found_and_treated", "found and treated"),
    (
        "treated_without_disease",
        "complete treatment without disease of the lungs (wrongly positive)",
    ),
    ("screened_for_one_found", "screened for one found"),
    ("screened_for_one_case_averted", "screened for one case averted"),
    ("share_of_those_born_there", "share of the cases averted among those born there"),
)

RESTS = {
    "reactivation": "averted of disease from infections that exist",
    "groups": "told of people born there and born abroad apart",
    "country_path": "averted, in numbers of people,",
}


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
    from sojourn.health.run.asked import corridors_told
    from sojourn.health.run.corridor import plain, write_answers
    from sojourn.query.opening import open_data

    told = corridors_told(
        lambda: open_data(data)[0], question, own=own, draws=draws, seed=seed, as_of=as_of
    )
    for written in [] if out is None else write_answers(told, out):
        click.echo(f"{written}", err=True)
    if as_json:
        click.echo(json.dumps(plain(told), ensure_ascii=False, indent=1))
        return
    for found in told:
        _print(found)


def _print(told: dict[str, Any]) -> None:
    click.echo(f"run {told['run'][:12]}: {told['title']}, {told['from']} to {told['to']}")
    click.echo(f"  {told['said']}")
    click.echo("  " + ", ".join(f"{s} {_between(v)}" for s, v in told["steps"].items()))
    click.echo(f"  {_lungs(told['pulmonary'])}")
    for one in told["own"]:
        click.echo(f"  in place of the publishers': {_own(one)}")
    for row in told["held_against"]:
        click.echo(f"  {_held(row)}")
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
    for name, why in not_kept(told["claims"]):
        click.echo(f"  what was {RESTS[name]} rests on a claim that is not kept, {name}: {why}")
    for what, why in told["withheld"].items():
        click.echo(f"  withheld or unsure, {what}: {why}")
    click.echo(f"  {told['verdict']}: {told['why']}")


#: What follows from a verdict for whoever reads the numbers below it.
MISSED = "missed: what is found and averted of such origins is a guess"


def _held(row: dict[str, Any]) -> str:
    """Return what the model finds before entry beside what was published of it."""
    if row["ours"] is None:
        return f"{row['title']}: {row['verdict']}: {row['missing']}"
    said = MISSED if row["verdict"] == "missed" else row["verdict"]
    ends = f"{_short(row['low'])} to {_short(row['high'])}"
    ours = f"{_short(row['ours'])} ({ends})"
    return f"{row['title']}: published {_short(row['published'])}, ours {ours}: {said}"


NAMED = 5  # origins whose share is printed


def _lungs(told: dict[str, Any]) -> str:
    """Return whose share of pulmonary disease is used, and whence it is."""
    from sojourn.health.targets.series import area_name

    said = []
    for area, one in list(told.items())[:NAMED]:
        years = (
            f" {one['first']}-{one['last']}" if one["cells"] else f" {one['first'] or ''}".rstrip()
        )
        said.append(f"{area_name(area)} {one['share']:.2f} ({one['source']}{years})")
    more = f" and {len(told) - NAMED} more in --json" if len(told) > NAMED else ""
    return f"share of disease that is of the lungs: {'; '.join(said) or 'not known'}{more}"


def _own(one: dict[str, Any]) -> str:
    """Return a number of the asker's with its unit, place, year and source."""
    from sojourn.health.engine.question import OWN
    from sojourn.health.targets.series import area_name

    places = [area_name(one[k]) for k in ("area", "origin", "destination") if one[k]]
    told = f"{one['what'].replace('_', ' ')} {one['value']:g} ({OWN[one['what']]})"
    return f"{told}, {' to '.join(places)}, {one['year']}, {one['source']}"


def _between(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not determined"
    ends = f"{_short(found['low'])} to {_short(found['high'])}"
    return ends if found["median"] is None else f"{_short(found['median'])} ({ends})"


def _short(value: float) -> str:
    """Return a number with three digits, in full above a thousand."""
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
