"""``sojourn simulate``: what leaving mobile people out does to the targets; programmes compared."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.cli.options import as_of_option, data_option, json_option


@click.group()
def command() -> None:
    """Compare programmes on the same draws; differences are reported, never forecasts."""


@command.command("tb")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the run: parameters, chunks of draws, summaries. An interrupted run goes on.")  # fmt: skip
@click.option("--draws", type=click.IntRange(min=6), default=200, show_default=True, help="Draws of the parameters.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws.")  # fmt: skip
@click.option("--area", help="Summary of one country: M49 number or ISO code.")
@click.option("--scenario", type=click.Path(path_type=Path, dir_okay=False), help="Scenarios of your own (TOML), in place of the packaged six.")  # fmt: skip
@click.option("--parameters", "own", type=click.Path(path_type=Path, dir_okay=False), help="Parameters of your own (TOML), in place of some.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), help="Processes; all cores by default.")
@click.option("--cluster", default="", help="Address of a Dask scheduler.")
@as_of_option
@data_option
@json_option
def tb(
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
    *,
    as_json: bool,
) -> None:
    """Simulate tuberculosis among residents and migrants, 2015 to 2035."""
    from sojourn.cli.progress import progress
    from sojourn.pipeline.figures import open_data
    from sojourn.pipeline.observations import area_id
    from sojourn.pipeline.simulate import run_tb, summary, write_summary
    from sojourn.simulate.parameters import parameters, replaced
    from sojourn.simulate.scenario import read_scenarios, scenarios

    store, _ = open_data(data)
    place = area_id(area) if area else None
    known = dict(parameters("tb"))
    if own is not None:
        known = replaced(known, _text(own), where=own.name)
    programmes = scenarios() if scenario is None else read_scenarios(_text(scenario), where=scenario.name)  # fmt: skip
    with progress("simulating tuberculosis") as step:
        done = run_tb(
            store, out, known=known, programmes=programmes, draws=draws, seed=seed, as_of=as_of,
            workers=workers, cluster=cluster, progress=step,
        )  # fmt: skip
    told = summary(done, place)
    path = write_summary(told, out)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1).replace("NaN", "null"))
        return
    click.echo(f"run {done.digest[:12]}: {draws} draws, {done.computed} chunks computed, {path}")
    _print(told)


def _text(path: Path) -> str:
    from sojourn.errors import SimulateError

    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SimulateError(f"{path}: cannot be read ({error})", hint="name a TOML file") from None


def _print(told: dict[str, Any]) -> None:
    click.echo(
        f"{told['countries']} countries, {told['corridors']:,} corridors with "
        f"{told['share_of_migrants']:.0%} of migrants; the fit meets WHO's incidence in "
        f"{told['fit_met']:.0%} of countries and draws; in {told['contradicted']:.0%} migrants alone would "
        "exceed it, so that infection among them was lowered: two published inputs contradict each other"
    )
    for name, found in told["scenarios"].items():
        click.echo(f"{name}: {found['title']}")
        for m in found["milestones"]:
            change = m["change"]
            click.echo(
                f"  {m['target']} {m['year']}: {change['median']:+.1f} % ({change['low']:+.1f} to "
                f"{change['high']:+.1f}) of −{m['required']:g} %; reached in {m['probability']:.0%} of draws"
            )
        if "averted" in found:
            a = found["averted"]
            for what in ("cases", "deaths"):
                r, m = a[f"{what}_residents"], a[f"{what}_migrants"]
                click.echo(
                    f"  {what} averted beside leaving migrants out, 2016-2035: residents "
                    f"{r['median']:,.0f} ({r['low']:,.0f} to {r['high']:,.0f}), migrants "
                    f"{m['median']:,.0f} ({m['low']:,.0f} to {m['high']:,.0f})"
                )
            click.echo(f"  {a['verdict']}: {a['why']}")
    for d in told.get("drivers", [])[:6]:
        click.echo(f"  driven by {d['parameter']} (rank correlation {d['correlation']:+.2f}, mark {d['mark']})")  # fmt: skip
    click.echo("Assumptions (A) and values to verify (T) drive these numbers: programmes compared, no forecast.")  # fmt: skip


@command.command("malaria")
@click.option("--r0", type=click.FloatRange(min=0.0, min_open=True), help="Reproduction number without a scale-up: your assumption. Without it, with --area: read off WHO's incidence.")  # fmt: skip
@click.option("--mobile", type=click.FloatRange(min=0.0, max=1.0, min_open=True, max_open=True), help="Share of people who are mobile or migrant; with --area, UN DESA's share of migrants.")  # fmt: skip
@click.option("--area", help="A country, whose share of migrants is taken: M49 number or ISO code.")
@click.option("--imports", type=click.FloatRange(min=0.0), default=0.0, show_default=True, help="Infections brought in a year per million people.")  # fmt: skip
@click.option("--draws", type=click.IntRange(min=2), default=400, show_default=True, help="Draws of the parameters.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws.")  # fmt: skip
@click.option("--scenario", type=click.Path(path_type=Path, dir_okay=False), help="Scenarios of your own (TOML).")  # fmt: skip
@click.option("--parameters", "own", type=click.Path(path_type=Path, dir_okay=False), help="Parameters of your own (TOML), in place of some.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the result (JSON).")  # fmt: skip
@as_of_option
@data_option
@json_option
def malaria(
    r0: float | None,
    mobile: float | None,
    area: str | None,
    imports: float,
    draws: int,
    seed: int,
    scenario: Path | None,
    own: Path | None,
    out: Path | None,
    as_of: date | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Compare malaria programmes in one place: with mobile people included, and left out."""
    from sojourn.pipeline.figures import open_data
    from sojourn.pipeline.malaria import incidence_of, mobile_share, run_malaria
    from sojourn.pipeline.observations import area_id
    from sojourn.pipeline.writing import write_whole
    from sojourn.simulate.malaria import Place, from_incidence
    from sojourn.simulate.parameters import draw, parameters, replaced
    from sojourn.simulate.scenario import read_scenarios, scenarios

    place, cell = (area_id(area) if area else ""), ""
    if mobile is None:
        if not place:
            raise click.UsageError("name --area, or give --mobile")
        mobile, cell = mobile_share(open_data(data)[0], place, as_of)
    known = dict(parameters("malaria"))
    if own is not None:
        known = replaced(known, _text(own), where=own.name)
    programmes = scenarios() if scenario is None else read_scenarios(_text(scenario), where=scenario.name)  # fmt: skip
    r0_cell = ""
    if r0 is not None:
        start = Place(r0, mobile, imports)
    elif place:
        incidence, r0_cell = incidence_of(open_data(data)[0], place, as_of)
        drawn = draw(known, seed, draws, range(draws))
        start = Place(from_incidence(incidence, drawn), mobile, imports)
    else:
        raise click.UsageError("name --area, or give --r0")
    told = run_malaria(
        start, known, programmes, draws=draws, seed=seed, cell=cell,
        area=place, r0_cell=r0_cell,
    )  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, indent=1).replace("NaN", "null")
    if out is not None:
        write_whole(out, text.encode())
        click.echo(f"{out}", err=True)
    if as_json:
        click.echo(text)
        return
    _print_malaria(told, mobile)


@command.command("validate")
@data_option
@json_option
def validate(data: Path | None, *, as_json: bool) -> None:
    """Set the models, untuned, beside published results they never saw."""
    from dataclasses import asdict

    from sojourn.pipeline.figures import open_data
    from sojourn.pipeline.validation import validate as compared

    found = compared(open_data(data)[0])
    if as_json:
        click.echo(json.dumps([asdict(v) for v in found], ensure_ascii=False, indent=1))
        return
    for v in found:
        ours = "; ".join(f"{k} {x:.3g}" for k, x in v.found.items())
        click.echo(
            f"{v.id} {v.title}\n   published {v.published}; ours {ours}: {v.verdict} ({v.source})"
        )


def _print_malaria(told: dict[str, Any], mobile: float) -> None:
    r0_cell, cell = told["r0"]["cell"], told["mobile"]["cell"]
    said = f"read off {r0_cell}" if r0_cell else "assumed"
    click.echo(f"run {told['run'][:12]}: R0 {told['r0']['value']:.2f} ({said}), {mobile:.1%} mobile {cell}")  # fmt: skip
    click.echo(f"  {told['limits']}")
    for name, found in told["scenarios"].items():
        r = found["r"]
        click.echo(f"{name}: {found['title']}")
        click.echo(
            f"  R {r['median']:.2f} ({r['low']:.2f} to {r['high']:.2f}); transmission ends in "
            f"{found['interrupted']:.0%} of draws"
        )
        a, b = found["averted_residents_per_1000"], found["averted_mobile_per_1000"]
        if name != "residents_only":
            click.echo(
                "  infections averted beside leaving mobile people out, per 1,000 people in 20 years: "
                f"residents {a['median']:,.0f} ({a['low']:,.0f} to {a['high']:,.0f}), mobile "
                f"{b['median']:,.0f} ({b['low']:,.0f} to {b['high']:,.0f})"
            )
