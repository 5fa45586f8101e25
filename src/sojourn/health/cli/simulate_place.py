"""``sojourn simulate place``: malaria in one place that the user describes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.terminal.options import as_of_option, data_option, json_option


def declared(topic: str, own: Path | None, scenario: Path | None) -> tuple[Any, Any]:
    """Return parameters and scenarios, packaged or the user's own."""
    from sojourn.health.engine.parameters import parameters, replaced
    from sojourn.health.engine.scenario import read_scenarios, scenarios

    known = dict(parameters(topic))
    if own is not None:
        known = replaced(known, text_of(own), where=own.name)
    if scenario is None:
        return known, scenarios()
    return known, read_scenarios(text_of(scenario), where=scenario.name)


def text_of(path: Path) -> str:
    """Return the text of a file of the asker's."""
    from sojourn.errors import SimulateError

    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SimulateError(f"{path}: cannot be read ({error})", hint="name a TOML file") from None


@click.command("place")
@click.option(
    "--r0",
    type=click.FloatRange(min=0.0, min_open=True),
    help="Reproduction number without a scale-up: your assumption. Without it, with --area: read off WHO's incidence.",
)
@click.option(
    "--mobile",
    type=click.FloatRange(min=0.0, max=1.0, min_open=True, max_open=True),
    help="Share of people who are mobile or migrant; with --area, UN DESA's share of migrants.",
)
@click.option("--area", help="A country, whose share of migrants is taken: M49 number or ISO code.")
@click.option(
    "--imports",
    type=click.FloatRange(min=0.0),
    default=0.0,
    show_default=True,
    help="Infections brought in a year per million people.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=2),
    default=400,
    show_default=True,
    help="Draws of the parameters.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the draws."
)
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Scenarios of your own (TOML).",
)
@click.option(
    "--parameters",
    "own",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Parameters of your own (TOML), in place of some.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the result (JSON)."
)
@as_of_option
@data_option
@json_option
def place(
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
    """Compare malaria programmes in one place of your own: with mobile people included, and left out."""
    from sojourn.files import write_whole
    from sojourn.health.engine.parameters import draw
    from sojourn.health.malaria.model import Place, from_incidence
    from sojourn.health.run.place import incidence_of, mobile_share, run_malaria
    from sojourn.query.opening import open_data
    from sojourn.vocab.place import area_id

    where, cell = (area_id(area) if area else ""), ""
    if mobile is None:
        if not where:
            raise click.UsageError("name --area, or give --mobile")
        mobile, cell = mobile_share(open_data(data)[0], where, as_of)
    known, programmes = declared("malaria", own, scenario)
    r0_cell = ""
    if r0 is not None:
        start = Place(r0, mobile, imports)
    elif where:
        incidence, r0_cell = incidence_of(open_data(data)[0], where, as_of)
        drawn = draw(known, seed, draws, range(draws))
        start = Place(from_incidence(incidence, drawn), mobile, imports)
    else:
        raise click.UsageError("name --area, or give --r0")
    told = run_malaria(
        start,
        known,
        programmes,
        draws=draws,
        seed=seed,
        cell=cell,
        area=where,
        r0_cell=r0_cell,
    )
    text = json.dumps(told, ensure_ascii=False, indent=1).replace("NaN", "null")
    if out is not None:
        write_whole(out, text.encode())
        click.echo(f"{out}", err=True)
    if as_json:
        click.echo(text)
        return
    _print_malaria(told, mobile)


def _print_malaria(told: dict[str, Any], mobile: float) -> None:
    r0_cell, cell = told["r0"]["cell"], told["mobile"]["cell"]
    said = f"read off {r0_cell}" if r0_cell else "assumed"
    click.echo(
        f"run {told['run'][:12]}: R0 {told['r0']['value']:.2f} ({said}), {mobile:.1%} mobile {cell}"
    )
    click.echo(f"  {told['limits']}")
    closed = {k: f"{v['median']:.2f}" for k, v in told["closed_form"].items()}
    click.echo(
        f"  R_left-out = R0 [(1 - m)(1 - C e) + m]: included {closed['included']}, left out "
        f"{closed['left_out']}, floor R0 m {closed['floor']}"
    )
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
