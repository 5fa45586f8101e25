"""``sojourn relocate``: propose an orderly move, and have every hard rule checked by another."""

import json
from pathlib import Path

import click

from sojourn.errors import counted
from sojourn.relocation.cli.desk import desk
from sojourn.relocation.cli.kept import KeptPath, plan_argument, site_argument
from sojourn.relocation.cli.relocate_report import report
from sojourn.relocation.cli.sign import sign
from sojourn.relocation.cli.slips import slips
from sojourn.relocation.cli.spoken import list_language_option
from sojourn.terminal.options import json_option, languages_option


@click.group()
def command() -> None:
    """Plan a voluntary, assisted move: families together, the most vulnerable safest, nobody lost."""


command.add_command(report)
command.add_command(sign)
command.add_command(desk)
command.add_command(slips)


@command.command("plan")
@site_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New folder for the plan.",
)
@json_option
def plan(site: Path, out: Path, *, as_json: bool) -> None:
    """Propose a plan for SITE: places, coaches, days; audited before it is written.

    A proposal is no decision: a named person signs it, and everyone in it may decline.
    """
    from sojourn.relocation.run.relocate import plan_site, summary

    told = summary(plan_site(site, out))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if told["synthetic"]:
        click.echo("SYNTHETIC: nobody in this site exists")
    click.echo(
        f"{out}: {counted(told['assigned'], 'person')} with a place, {told['unplaced']:,} without, "
        f"{told['out_of_plan']:,} declined or absent; {counted(told['trips'], 'trip')}; the audit found nothing"
    )
    for level in told["levels"]:
        click.echo(f"  {level}")
    for warning in told["warnings"]:
        click.echo(f"  note: {warning}")


@command.command("replan")
@site_argument
@plan_argument
@click.option(
    "--event",
    "events",
    multiple=True,
    help="What happened: 'place withdrawn:L1', 'vehicle withdrawn:V1', 'case declined:C1', 'case absent:C1', 'case no-show:C1' (with the trip that left without it) or 'trip departed:T0001'. May be repeated.",
)
@click.option(
    "--ledger",
    type=KeptPath(path_type=Path, dir_okay=False, exists=True),
    help="Who declined since, by the signed events of this custody ledger.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New folder for the plan.",
)
def replan(
    site: Path, plan_folder: Path, events: tuple[str, ...], ledger: Path | None, out: Path
) -> None:
    """Plan again after something happened; the fewest people change, those who left stay."""
    from sojourn.relocation.run.relocate import by_whom, happened, replan_site

    done = replan_site(site, plan_folder, happened(plan_folder, events, ledger), out)
    for c in done.changes:
        click.echo(f"{c.case_id}: {c.before} → {c.after} ({c.reason})")
    moved = next((b for b in done.bounds if b.level == "L9"), None)
    proof = (
        f"; {counted(round(moved.value), 'person changes place', 'persons change their place')}, no plan with as few unplaced moves fewer than {moved.bound:g} ({by_whom(moved)})"
        if moved
        else ""
    )
    click.echo(f"{out}: {counted(len(done.changes), 'change')}{proof}; the audit found nothing")


@command.command("audit")
@site_argument
@plan_argument
@click.option(
    "--ledger",
    type=KeptPath(path_type=Path, dir_okay=False, exists=True),
    help="Hold who declined against the signed events of this custody ledger.",
)
@click.option(
    "--before",
    type=KeptPath(path_type=Path, file_okay=False, exists=True),
    help="The plan that PLAN was made again from: hold what is frozen and what changed against it.",
)
@click.option(
    "--papers/--no-papers",
    default=None,
    help="Make printed papers (PDF) anew and compare them; by default those of 500 people at the most.",
)
@json_option
def audit(
    site: Path,
    plan_folder: Path,
    ledger: Path | None,
    before: Path | None,
    papers: bool | None,
    *,
    as_json: bool,
) -> None:
    """Check every hard rule of PLAN on the raw tables of SITE; fails on any violation."""
    from dataclasses import asdict

    from sojourn.errors import PlanRefused
    from sojourn.relocation.run.relocate import audit_plan
    from sojourn.relocation.run.sign import SHORT, signature_of

    checks, _ = audit_plan(site, plan_folder, ledger, before=before, papers=papers)
    broken = sum(len(c.violations) for c in checks)
    if as_json:
        click.echo(json.dumps([asdict(c) for c in checks], ensure_ascii=False, indent=1))
    else:
        for c in checks:
            state = "off" if not c.checked else f"{len(c.violations)} violated"
            click.echo(f"{c.rule} {c.title}: {state}")
            for v in c.violations[:5]:
                click.echo(f"    {v.witness}")
        for proof in checks[0].proofs:
            click.echo(proof.told())
        for line in checks[0].unproven:
            click.echo(line)
    if not broken and (signed := signature_of(site, plan_folder)) and not as_json:
        told = f"digest {signed.digest[:SHORT]}, with key {signed.key[:SHORT]}"
        click.echo(f"signed by {signed.by} at {signed.at}, {told}: see that it is theirs")
    if broken:
        raise PlanRefused(counted(broken, "violation"), hint="this plan must not be signed")


@command.command("explain")
@site_argument
@plan_argument
@click.argument("case")
def explain(site: Path, plan_folder: Path, case: str) -> None:
    """Say why CASE has this place, or why it has none and what would change that."""
    from sojourn.relocation.run.explain import explain_case

    for line in explain_case(site, plan_folder, case):
        click.echo(line)


@command.command("manifests")
@plan_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write into.",
)
@list_language_option
def manifests(plan_folder: Path, out: Path, language: tuple[str, ...]) -> None:
    """Print the lists of every coach of PLAN (HTML, PDF); the driver's version without needs.

    A plan of more than 300 trips is printed in numbered parts.
    """
    from sojourn.relocation.run.manifests import write_manifests
    from sojourn.terminal.progress import progress

    with progress("printing") as step:
        for path in write_manifests(plan_folder, out, language, progress=step):
            click.echo(f"{path}")


@command.command("purge")
@site_argument
@click.argument(
    "plan_folder",
    metavar="[PLAN]",
    required=False,
    type=KeptPath(path_type=Path, file_okay=False),
)
@click.option("--yes", is_flag=True, help="Remove; without it, only say what would be removed.")
def purge(site: Path, plan_folder: Path | None, *, yes: bool) -> None:
    """Remove the personal data of SITE and PLAN, and say what remains."""
    from sojourn.relocation.run.purge import look
    from sojourn.relocation.run.purge import purge as remove

    found = remove(site, plan_folder) if yes else look(site, plan_folder)
    for path in found.gone:
        click.echo(f"{'removed' if yes else 'would be removed'}: {path}")
    for path in found.foreign:
        click.echo(f"left, for it is not as this program wrote it: {path}")
    for path in found.kept:
        click.echo(f"remains: {path}")
    if yes:
        click.echo("copies, backups and custody ledgers on other devices are not touched")
    else:
        click.echo("nothing was removed: add --yes")


@command.command("offers")
@site_argument
@click.argument("case")
@json_option
def offers(site: Path, case: str, *, as_json: bool) -> None:
    """Name the regions that may be offered to CASE so that every protected person keeps a place."""
    from dataclasses import asdict

    from sojourn.relocation.planner.offers import safe_offers
    from sojourn.relocation.site.read import read_site

    found = safe_offers(read_site(site), case)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    click.echo(f"{case}: may be offered {', '.join(found.safe) or 'no region'}")
    for region, why in found.refused.items():
        click.echo(f"  not {region}: {why}")
    if found.reason:
        click.echo(f"  fewer than two: {found.reason}")
    if found.note:
        click.echo(f"  before it travels: {found.note}")


@command.command("replay")
@click.argument("operation", type=click.Choice(["calais-2016"]))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New folder for the brief and its tables.",
)
@click.option("--people", type=int, help="Synthetic people; the published total by default.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of people and chance."
)
@click.option(
    "--runs",
    type=int,
    default=40,
    show_default=True,
    help="Runs for each set of failures and each way.",
)
@languages_option()
@json_option
def replay(
    operation: str,
    out: Path,
    people: int | None,
    seed: int,
    runs: int,
    language: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Replay OPERATION on a synthetic population: four reported failures, the queue and a plan.

    Nobody in it exists. Two procedures are compared under stated assumptions; nothing is said of
    what either would have brought to anyone.
    """
    from sojourn.relocation.run.replay import summary, write_replay
    from sojourn.terminal.progress import progress

    with progress(f"replay {operation}") as step:
        brief = write_replay(
            out,
            people=people,
            seed=seed,
            runs=runs,
            languages=language,
            progress=step,
        )
    if as_json:
        click.echo(json.dumps(summary(brief), ensure_ascii=False, indent=1))
        return
    click.echo(
        f"{out}: SYNTHETIC replay of {counted(brief.replay.persons, 'person', 'people')}, seed {seed}, {counted(runs, 'run')}, inputs {brief.inputs[:16]}"
    )
    for row in summary(brief)["compared"]:
        click.echo(
            "  {failures} · {way}: L1 = 0 in {robustness:.0%} of runs; children without a safe night {unsafe_children:,.0f}, turned away {turned_away:,.0f}, arriving late {night_arrivals:,.0f}".format(
                **row
            )
        )
