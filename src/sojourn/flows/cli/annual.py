"""``sojourn flows annual``: flows of calendar years."""

import json
from pathlib import Path
from typing import Any

import click

from sojourn.flows.cli.options import (
    closed_method_option,
    keep_option,
    revision_option,
    sex_option,
    unknown_option,
    weight_option,
)
from sojourn.terminal.options import as_of_option, data_option, json_option


@click.command()
@click.option("--from", "first", type=int, required=True, help="First calendar year.")
@click.option("--to", "last", type=int, required=True, help="Last calendar year.")
@closed_method_option
@weight_option
@revision_option
@unknown_option
@sex_option
@click.option(
    "--band/--no-band",
    "with_band",
    default=True,
    show_default=True,
    help="An interval fitted to the totals that countries measured each year, where they are loaded.",
)
@keep_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="CSV to write: year,origin,destination,value (low,high with a band).",
)
@as_of_option
@data_option
@json_option
def command(**given: Any) -> None:
    """Estimate flows of calendar years: intervals as anchors, each year's own net migration."""
    from sojourn.flows.inputs.tables import Choices
    from sojourn.flows.run.annual import annual_flows
    from sojourn.flows.run.annual_report import as_json, lines, write_years
    from sojourn.flows.run.kept_annual import annual_band, keep_years
    from sojourn.query.opening import open_data

    store = open_data(given["data"])[0]
    found = annual_flows(
        store,
        given["first"],
        given["last"],
        method=given["method"],
        weight=given["weight"],
        sex=given["sex"],
        as_of=given["as_of"],
        choices=Choices(given["unknown"], revision=given["revision"]),
    )
    band = annual_band(store, found, given["as_of"]) if given["with_band"] else None
    rows = write_years(found, given["out"], band)
    report = as_json(found, band) | {"out": str(given["out"]), "rows": rows}
    if given["keep"] and given["data"] is not None:
        report["edition"] = keep_years(given["data"], found, band)
    if given["as_json"]:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for line in lines(found, report):
        click.echo(line)
