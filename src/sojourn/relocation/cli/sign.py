"""``sojourn relocate sign``: a named person signs what was audited."""

from pathlib import Path

import click

from sojourn.relocation.cli.kept import plan_argument, site_argument


@click.command("sign")
@site_argument
@plan_argument
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Private key of the person who signs (PEM); made when it is not there.",
)
@click.option("--name", required=True, help="Name of the person who signs.")
@click.option(
    "--replace", is_flag=True, help="Take the place of the signature that PLAN bears already."
)
def sign(site: Path, plan_folder: Path, key: Path, name: str, *, replace: bool) -> None:
    """Audit PLAN on the tables of SITE and sign the digest of what was audited."""
    from sojourn.relocation.run.sign import SHORT, sign_plan

    done = sign_plan(site, plan_folder, key, name, replace=replace)
    told = f"digest {done.digest[:SHORT]}, with key {done.key[:SHORT]}"
    click.echo(f"{plan_folder}: signed by {done.by} at {done.at}, {told}")
