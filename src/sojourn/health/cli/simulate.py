"""``sojourn simulate``: what leaving mobile people out does to the targets; programmes compared."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.errors import counted
from sojourn.health.cli.missed import not_kept
from sojourn.health.cli.simulate_corridor import corridor
from sojourn.health.cli.simulate_place import place
from sojourn.terminal.options import as_of_option, data_option, json_option

NAMED = {"tb": "tuberculosis", "malaria": "malaria"}
CONTRADICTED = {
    "tb": "WHO's deaths beside WHO's treatment coverage ask for a fatality far from what is published: "
    "published inputs contradict each other",
    "malaria": "what migrants catch on visits alone would exceed it, or it asks for more infections than "
    "anybody can catch: inputs contradict each other",
}


@click.group()
def command() -> None:
    """Compare programmes on the same draws; differences are reported, never forecasts."""


ENSEMBLE = (
    click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        help="Folder of the run: parameters, chunks of draws, summaries. An interrupted run goes on.",
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=6),
        default=200,
        show_default=True,
        help="Draws of the parameters.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=1,
        show_default=True,
        help="Seed of the draws.",
    ),
    click.option("--area", help="Summary of one country: name, ISO code or M49 number."),
    click.option(
        "--scenario",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Scenarios of your own (TOML), in place of the packaged six.",
    ),
    click.option(
        "--parameters",
        "own",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Parameters of your own (TOML), in place of some.",
    ),
    click.option("--workers", type=click.IntRange(min=1), help="Processes; all cores by default."),
    click.option("--cluster", default="", help="Address of a Dask scheduler."),
    as_of_option,
    data_option,
    json_option,
)


def ensemble_options(function: Any) -> Any:
    """Add the options of a run of many draws."""
    for option in reversed(ENSEMBLE):
        function = option(function)
    return function


@command.command("tb")
@ensemble_options
def tb(**asked: Any) -> None:
    """Simulate tuberculosis among residents and migrants, 2015 to 2035."""
    _simulate("tb", **asked)


@command.command("malaria")
@ensemble_options
def malaria(**asked: Any) -> None:
    """Simulate malaria among residents and migrants of the malarious countries, 2015 to 2035."""
    _simulate("malaria", **asked)


def _simulate(
    topic: str,
    *,
    out: Path,
    draws: int,
    seed: int,
    area: str | None,
    scenario: Path | None,
    own: Path | None,
    workers: int | None,
    cluster: str,
    as_of: date | None,
    data: Path | None,
    as_json: bool,
) -> None:
    from sojourn.health.run.asked import declared
    from sojourn.health.run.claims import validated
    from sojourn.health.run.simulate import simulate
    from sojourn.health.run.summary import summary, write_summary
    from sojourn.query.opening import open_data
    from sojourn.terminal.progress import progress
    from sojourn.vocab.place import area_id

    store, _ = open_data(data)
    place = area_id(area) if area else None
    known, programmes = declared(topic, own, scenario)
    with progress(f"simulating {NAMED[topic]}") as step:
        done = simulate(
            store,
            topic,
            out,
            known=known,
            programmes=programmes,
            draws=draws,
            seed=seed,
            as_of=as_of,
            workers=workers,
            cluster=cluster,
            area=place,
            progress=step,
        )
    rows = validated(store, topic, done.digest, out, as_of=as_of)
    told = summary(done, place, rows)
    path = write_summary(told, out)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1).replace("NaN", "null"))
        return
    click.echo(
        f"run {done.digest[:12]}: {counted(draws, 'draw')}, {counted(done.computed, 'chunk')} computed, {path}"
    )
    _print(told)


def _print(told: dict[str, Any]) -> None:
    from sojourn.health.targets.series import WORLD

    _print_beside(told)
    over = "countries and draws" if told["area"] == WORLD else "draws"
    click.echo(
        f"{counted(told['countries'], 'country', 'countries')}, {counted(told['corridors'], 'corridor')} with "
        f"{told['share_of_migrants']:.0%} of migrants; the fit meets WHO's incidence in "
        f"{told['fit_met']:.0%} of {over}; in {told['contradicted']:.0%} {CONTRADICTED[told['topic']]}"
    )
    if "deaths_met" in told:
        click.echo(f"WHO's deaths are met in {told['deaths_met']:.0%} of {over}")
    _print_weights(told.get("weights", {}))
    for flag in told.get("flags", ()):
        click.echo(f"flag {flag['id']} ({flag['size']:.3g}): withholds {flag['withholds']}")
    for name, why in not_kept(told["claims"]):
        click.echo(f"no brief claims {name}: {why}")
    for what, why in told["withheld"].items():
        click.echo(f"withheld, {what}: {why}")
    for name, found in told["scenarios"].items():
        click.echo(f"{name}: {found['title']}")
        _print_milestones(found)
        _print_control(found)
        if "averted" in found:
            _print_averted(found["averted"])
    for d in told.get("drivers", [])[:6]:
        click.echo(
            f"  driven by {d['parameter']} (rank correlation {d['correlation']:+.2f}, mark {d['mark']})"
        )
    click.echo(
        "Levels: a statistical anchor, WHO's trend up to 2015 fading; effects: the model. Assumptions (A) "
        "and values to verify (T) drive them: programmes compared, no forecast."
    )


command.add_command(place)
command.add_command(corridor)


def _between(found: dict[str, Any], form: str) -> str:
    if found["low"] is None or found["low"] != found["low"]:
        return "not determined"
    if found["median"] is None:
        return f"{found['low']:{form}} to {found['high']:{form}}"
    return f"{found['median']:{form}} ({found['low']:{form}} to {found['high']:{form}})"


def _print_weights(told: dict[str, Any]) -> None:
    """Print how many draws tell the past as WHO does; levels and effects do not rest on these weights."""
    if "countries_enough" in told:
        click.echo(
            f"weighed by WHO's paths of 2005-2014, {told['countries_enough']:.0%} of countries have "
            f"{told['fewest']:.0f} effective draws or more"
        )
    elif told:
        said = "" if told["posterior"] else ": too few, nothing is said of its parameters"
        click.echo(
            f"weighed by WHO's paths of 2005-2014: {told['effective']:.0f} effective draws{said}"
        )


def _print_beside(told: dict[str, Any]) -> None:
    """Print the formula of leaving out, and what including migrants does here and in the world."""
    r = told["left_out"]
    if "floor" not in r and "countries_floor_above_one" not in r:
        return  # withheld, as is said below
    if "floor" in r:
        click.echo(
            f"{r['formula']}: m {r['mobile']:.1%}, R0 {_between(r['r0'], '.2f')}; included "
            f"{_between(r['included'], '.2f')}, left out {_between(r['left_out'], '.2f')}, floor "
            f"{_between(r['floor'], '.2f')}"
        )
    else:
        click.echo(
            f"{r['formula']}: below one only with migrants included in "
            f"{_between(r['countries_only_included_below_one'], '.0f')} countries, the floor above one in "
            f"{_between(r['countries_floor_above_one'], '.0f')}"
        )
    if "effect" in told:
        effect = told["effect"]
        here = f"{_between(effect['here'], '.2f')} % of cases here, " if "here" in effect else ""
        most = "".join(
            f", and most in {m['area']}: {_between(m, '.1f')} %" for m in effect["strongest"][:1]
        )
        click.echo(
            f"including migrants averts {here}{_between(effect['world'], '.2f')} % of cases in the world{most}"
        )


def _print_milestones(found: dict[str, Any]) -> None:
    if "withheld" in found:
        click.echo(f"  {found['withheld']}")
    for m in found["milestones"]:
        change = m["change"]
        click.echo(
            f"  {m['target']} {m['year']}: {change['median']:+.1f} % ({change['low']:+.1f} to "
            f"{change['high']:+.1f}) of −{m['required']:g} %, gap {m['gap']['median']:.1f} points; reached "
            f"in {m['probability']:.0%} of draws"
        )
    for name, (year, share) in found["year_reached"].items():
        said = "not by 2035" if year != year else f"in {year:.0f}"
        click.echo(
            f"  {name}: last milestone reached {said} (median; by 2035 in {share:.0%} of draws)"
        )


def _print_averted(a: dict[str, Any]) -> None:
    if a["verdict"] == "withheld":
        click.echo(f"  what it averts is withheld: {a['why']}")
        return
    for what in ("cases", "deaths"):
        click.echo(
            f"  {what} averted beside leaving migrants out, 2016-2035: born in the country "
            f"{_between(a[f'{what}_residents'], ',.0f')}, born abroad {_between(a[f'{what}_migrants'], ',.0f')}"
        )
    click.echo(
        f"  share of the cases averted among those born in the country: {_between(a['residents_share'], '.0%')}"
    )
    click.echo(f"  {a['verdict']}: {a['why']}")


def _print_control(found: dict[str, Any]) -> None:
    if "r" in found:
        r, quiet = found["r"], found["no_indigenous_36_months"]
        click.echo(
            f"  R in 2035 {r['median']:.2f} ({r['low']:.2f} to {r['high']:.2f}), below one in "
            f"{found['below_one']:.0%} of draws; 36 months without an indigenous case: chance "
            f"{quiet['median']:.2g} ({quiet['low']:.2g} to {quiet['high']:.2g})"
        )
    elif "countries_below_one" in found:
        n = found["countries_below_one"]
        click.echo(
            f"  R below one in 2035 in {n['median']:.0f} ({n['low']:.0f} to {n['high']:.0f}) countries"
        )


@command.command("validate")
@data_option
@json_option
def validate(data: Path | None, *, as_json: bool) -> None:
    """Set what is printed beside published results, and beside years that no fit has seen."""
    from dataclasses import asdict

    from sojourn.health.run.claims import validate as compared
    from sojourn.query.opening import open_data

    found = compared(open_data(data)[0])
    if as_json:
        rows = [{k: _plain(v) for k, v in asdict(row).items()} for row in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for row in found:
        held = "" if row.published is None else f" beside {row.published:.4g}"
        ours = "none" if row.ours is None else f"{row.ours:.3g}"
        between = "" if row.low is None else f" ({row.low:.3g} to {row.high:.3g})"
        lacks = f"; missing: {row.missing}" if row.missing else ""
        source = f" ({row.source})" if row.source else ""
        click.echo(f"{row.id}: {ours}{between}{held}: {row.verdict}{lacks}\n   {row.title}{source}")


def _plain(value: object) -> object:
    """Return what JSON holds: a number that is none is null."""
    return None if isinstance(value, float) and value != value else value
