"""``sojourn simulate place``: malaria in one place that the user describes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from sojourn.terminal.options import as_of_option, data_option, json_option


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
@click.option("--area", help="A country, whose share of migrants is taken: name or code.")
@click.option(
    "--imports",
    type=click.FloatRange(min=0.0),
    default=0.0,
    show_default=True,
    help="Infections acquired elsewhere, a year per million people.",
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
    from sojourn.health.run.asked import AskedPlace, place_told
    from sojourn.query.opening import open_data

    told = place_told(
        lambda: open_data(data)[0],
        AskedPlace(
            r0=r0,
            mobile=mobile,
            area=area or "",
            imports=imports,
            draws=draws,
            seed=seed,
            scenario=scenario,
            parameters=own,
            as_of=as_of,
        ),
    )
    text = json.dumps(told, ensure_ascii=False, indent=1).replace("NaN", "null")
    if out is not None:
        write_whole(out, text.encode())
        click.echo(f"{out}", err=True)
    if as_json:
        click.echo(text)
        return
    _print_malaria(told, told["mobile"]["share"])


def _print_malaria(told: dict[str, Any], mobile: float) -> None:
    r0_cell, cell = told["r0"]["cell"], told["mobile"]["cell"]
    said = f"read off {r0_cell}" if r0_cell else "assumed"
    click.echo(
        f"run {told['run'][:12]}: R0 {told['r0']['value']:.2f} ({said}), {mobile:.1%} mobile {cell}"
    )
    click.echo(f"  {told['limits']}")
    for row in told["held_against"]:
        lacks = f": {row['missing']}" if row["missing"] else ""
        click.echo(f"  {row['title']}, {row['id']}, {row['verdict']}{lacks}")
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
