"""``sojourn protect``: publish a table safely, attack one, keep a memory of what was released."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.errors import counted
from sojourn.terminal.options import Day, json_option

if TYPE_CHECKING:
    from sojourn.protect.run.read import Asked

OTHERS = "No other series has these people, though one has equal numbers."
_FILE = click.Path(path_type=Path, dir_okay=False)
policy_option = click.option(
    "--policy",
    required=True,
    help="A packaged policy (default, trafficking, site, plan) or a TOML file.",
)
hierarchy_option = click.option(
    "--hierarchy",
    "hierarchies",
    multiple=True,
    metavar="DIM=FILE",
    help="parent,child CSV or .hrc of a dimension; repeat, also for one dimension.",
)

_INPUT = (
    click.argument("table", type=_FILE),
    policy_option,
    click.option(
        "--out", type=click.Path(path_type=Path), required=True, help="New folder to write."
    ),
    hierarchy_option,
    click.option(
        "--linked",
        multiple=True,
        type=_FILE,
        help="A table of the same people, protected with it; repeat.",
    ),
    click.option(
        "--apriori",
        type=_FILE,
        help="A-priori file: cells unsafe (u), safe (s), kept (p), or their cost (c).",
    ),
    click.option("--by", help="Count microdata by these columns, separated by commas."),
    click.option(
        "--contributor",
        default="",
        metavar="COLUMN",
        help="Column of microdata: family, case or enterprise of a record.",
    ),
    click.option("--said", type=_FILE, help="Sentences beside the table: shares, bounds, medians."),
    click.option(
        "--known", type=_FILE, help="Table of what everybody knows from elsewhere: reckoned with."
    ),
)

_METHOD = (
    click.option(
        "--method",
        type=click.Choice(["suppress", "round", "cellkey", "dp"]),
        default="suppress",
        show_default=True,
        help="Withhold cells, round all, move all by cell keys, or add differential privacy.",
    ),
    click.option("--base", help="round: counts become multiples of it; 5 by default."),
    click.option("--key", type=_FILE, help="cellkey: the office's secret, 32 random bytes."),
    click.option("--id", metavar="COLUMN", help="cellkey: the column that names a record."),
    click.option("--noise", metavar="D,V,JS", help="cellkey: largest, variance, never published."),
    click.option("--epsilon", help="dp: the privacy that this release spends."),
    click.option("--budget", help="dp: what the series may spend in all, told once."),
    click.option("--ledger", type=_FILE, help="The memory, needed for dp; made if new."),
    click.option("--series", default="", help="What is released; the file's name by default."),
    click.option("--day", type=Day(), help="Day of the release; today by default."),
    click.option("--scheduled", is_flag=True, help="It is a day of a schedule fixed beforehand."),
    click.option("--others", is_flag=True, help=OTHERS),
)


def input_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add what is protected, and by what."""
    for option in reversed(_INPUT):
        function = option(function)
    return function


def method_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of the methods."""
    for option in reversed(_METHOD):
        function = option(function)
    return function


def _pairs(given: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
    for one in given:
        if "=" not in one:
            raise click.BadParameter(f"{one!r}: expected DIM=FILE", param_hint="--hierarchy")
    return tuple((d, Path(f)) for d, _, f in (one.partition("=") for one in given))


def _asked(table: Path, told: dict[str, Any], **memory: Any) -> "Asked":
    """Return what is asked; of ``told`` only what belongs to a method is left."""
    from sojourn.protect.run import read

    by = told.pop("by")
    return read.Asked(
        tables=(table, *told.pop("linked")),
        hierarchies=_pairs(told.pop("hierarchies")),
        by=tuple(b.strip() for b in by.split(",")) if by else (),
        **{name: told.pop(name) for name in ("policy", "apriori", "contributor", "known", "said")},
        **memory,
        told=lambda text: click.echo(text, err=True),
    )


@click.group()
def command() -> None:
    """Disclosure control with an attack audit and a memory of what was published before."""


@command.command()
@click.argument("name", required=False)
def policy(name: str | None) -> None:
    """List the packaged policies, or print one as TOML to start from."""
    from importlib.resources import files

    from sojourn.protect.table.policy import packaged, policies

    if name is None:
        for one in policies().values():
            click.echo(f"{one.id:12} {one.title} (t = {one.t:g}, w = {one.w:g})")
        return
    packaged(name)
    text = files("sojourn.protect.table").joinpath("policies.toml").read_text("utf-8")
    body = text.split(f"[{name}]\n", 1)[1].split("\n\n[", 1)[0]
    click.echo(f"[{name}]\n{body.rstrip()}")


@command.command()
@input_options
@method_options
@json_option
def run(
    table: Path,
    out: Path,
    method: str,
    ledger: Path | None,
    series: str,
    day: date | None,
    *,
    scheduled: bool,
    others: bool,
    as_json: bool,
    **told: Any,
) -> None:
    """Protect TABLE (or microdata, with --by) and write it, if the audit lets nobody through.

    Cells are withheld, or with --method every count is changed: rounded, moved by noise that is
    the same for the same people, or made differentially private.
    """
    from sojourn.protect.run.method import method_of

    memory = {"ledger": ledger, "series": series, "day": day, "scheduled": scheduled}
    asked = _asked(table, told, **memory, others=others)
    how = method_of(asked, method, told)
    if how is None:
        _run(asked, out, as_json=as_json)
    else:
        _change(asked, how, out, as_json=as_json)


def _change(asked: object, how: object, out: Path, *, as_json: bool) -> None:
    from sojourn.files import check_folder
    from sojourn.protect.run.method import Method
    from sojourn.protect.run.perturb import perturb, write_perturbed
    from sojourn.protect.run.read import Asked

    assert isinstance(asked, Asked)  # noqa: S101 - for the type checker
    assert isinstance(how, Method)  # noqa: S101 - for the type checker
    check_folder(out, "protected")
    done = perturb(asked, how)
    write_perturbed(asked, done, out)
    said = done.summary
    if as_json:
        click.echo(json.dumps(said, indent=2, sort_keys=True))
        return
    tail = {
        "round": lambda: (
            f"base {said['base']}: {said['primary']:,} primary, {said['exact']} exact, "
            f"{said['narrow']} within less than {said['required_width']}"
        ),
        "cellkey": lambda: f"noise up to {said['noise']['most']}; {said['warning']}",
        "dp": lambda: f"epsilon {said['epsilon']:g}, spent {said['spent']:g} of {said['budget']:g}",
    }
    click.echo(f"{out}: {counted(said['cells'], 'cell')}, {said['method']}, {tail[how.name]()}")


@command.command()
@input_options
@click.option("--ledger", type=_FILE, required=True, help="The memory of releases; made if new.")
@click.option("--series", default="", help="What is released; the file's name by default.")
@click.option("--day", type=Day(), help="Day of the release; today by default.")
@click.option("--scheduled", is_flag=True, help="It is a day of a schedule fixed beforehand.")
@click.option("--others", is_flag=True, help=OTHERS)
@click.option("--audience", default="public", show_default=True, help="To whom, as in the policy.")
@click.option("--to", "person", default="", metavar="NAME", help="Who gets everything (signer).")
@json_option
def release(
    table: Path,
    out: Path,
    ledger: Path,
    series: str,
    day: date | None,
    audience: str,
    person: str,
    *,
    scheduled: bool,
    others: bool,
    as_json: bool,
    **told: Any,
) -> None:
    """Protect TABLE against everything the series has published before, and remember it.

    To an audience that sees everything the table goes as it is, with the reader's name on each line.
    """
    from sojourn.protect.run.shown import sees_everything, shown, write_shown

    memory = {"ledger": ledger, "series": series, "day": day, "scheduled": scheduled}
    asked = _asked(table, told, **memory, others=others, audience=audience, person=person)
    if not sees_everything(asked):
        _run(asked, out, as_json=as_json)
        return
    made = shown(asked)
    write_shown(asked, made, out)
    told_it = f"{out}: {counted(len(made.table.rows), 'cell')}, unprotected, for {made.mark}"
    click.echo(json.dumps(made.summary, indent=2, sort_keys=True) if as_json else told_it)


def _run(asked: object, out: Path, *, as_json: bool) -> None:
    from sojourn.files import check_folder
    from sojourn.protect.run.protect import Asked, protect, remember, write_protected

    assert isinstance(asked, Asked)  # noqa: S101 - for the type checker
    check_folder(out, "protected")
    done = protect(asked)
    remember(asked, done)  # before anything leaves
    write_protected(done, out)
    told = done.summary
    if as_json:
        click.echo(json.dumps(told, indent=2, sort_keys=True))
        return
    least = "" if told["bound"] is None else f", at least {told['bound']:g}"
    loss = "unbounded" if told["loss"] is None else f"{told['loss']:g}"
    most = "" if told["loss_is"] == "exact" else "at most "
    click.echo(
        f"{out}: {counted(told['cells'], 'cell')}, {told['primary']:,} primary, {told['withheld']:,} withheld "
        f"({told['how']}, loss {most}{loss}{least})"
    )
    if told["published"] != "whole":
        click.echo(f"  too few people for the whole table: {told['published']}")
    if told["narrow_already"]:
        click.echo(
            f"  what everybody knows anyhow: leaves less than the policy asks of "
            f"{counted(told['narrow_already'], 'primary cell')}, gives {told['exact_already']:,} exactly"
        )
    for one in told["attackers"]:
        click.echo(f"  {one['attacker']}: {one['exact']} exact, {one['narrow']} narrow")


@command.command()
@click.argument("table", type=_FILE)
@policy_option
@hierarchy_option
@json_option
def audit(table: Path, policy: str, hierarchies: tuple[str, ...], *, as_json: bool) -> None:
    """Attack a table that somebody else has withheld cells of (obs_status Q)."""
    from sojourn.protect.run.protect import attack_file

    found = attack_file(table, policy, _pairs(hierarchies))
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(
            f"{found['withheld']:,} of {counted(found['cells'], 'cell')} withheld: {found['exact']} can be computed "
            f"exactly, {found['narrow']} to within less than the policy asks"
        )
    if found["exact"] or found["narrow"]:
        raise SystemExit(74)
