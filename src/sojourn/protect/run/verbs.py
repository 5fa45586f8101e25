"""Safe tables from Python, by the names of the command line."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.errors import Misasked
from sojourn.files import check_folder
from sojourn.protect.ledger.ledger import PUBLIC
from sojourn.protect.run.method import Method, method_of
from sojourn.protect.run.perturb import Perturbed, perturb, write_perturbed
from sojourn.protect.run.protect import Protected, attack_file, protect, remember, write_protected
from sojourn.protect.run.read import Asked
from sojourn.protect.run.shown import Shown, sees_everything, shown, write_shown
from sojourn.terminal.asked import day_of
from sojourn.terminal.rows import Rows

#: Files of each dimension: parent,child CSV or .hrc; one or several.
Hierarchies = Mapping[str, Path | str | Iterable[Path | str]]


def protect_run(
    table: Path | str,
    policy: str,
    out: Path | str | None = None,
    *,
    hierarchy: Hierarchies | None = None,
    linked: Iterable[Path | str] = (),
    apriori: Path | str | None = None,
    by: Iterable[str] = (),
    contributor: str = "",
    known: Path | str | None = None,
    said: Path | str | None = None,
    method: str = "suppress",
    ledger: Path | str | None = None,
    series: str = "",
    day: date | str | None = None,
    scheduled: bool = False,
    others: bool = False,
    **told: Any,
) -> Protected | Perturbed:
    """Return a table that may be published, attacked first; with ``out`` it is written, too.

    Parameters
    ----------
    table : Path
        CSV; with ``by``, microdata to be counted by these columns.
    policy : str
        ``default``, ``trafficking``, ``site``, ``plan``, or a TOML file.
    hierarchy : mapping of dimension to file, optional
    contributor : str
        Column of microdata that names the family, case or enterprise of a record.
    known : Path, optional
        A table of what everybody knows from elsewhere.
    said : Path, optional
        Sentences beside the table: rounded shares, bounds, halves, medians.
    method : str
        ``suppress`` withholds cells; ``round`` (``base``), ``cellkey`` (``key``, ``id``,
        ``noise``) and ``dp`` (``epsilon``, ``budget``, with ``ledger``, ``series``, ``day``)
        change all counts, and give a `Perturbed`. ``dp`` needs ``out``: what is spent is written.
    ledger, series, day, scheduled, others
        The memory of ``dp``, and where they are given of ``round`` and ``cellkey``.

    Raises
    ------
    TableRefused
        A file is no table, or contradicts itself.
    DisclosureRisk
        Nothing that may be withheld protects it, or a privacy budget is spent.
    Misasked
        An option lacks, or belongs to another method.
    """
    asked = Asked(
        tables=(Path(table), *map(Path, linked)),
        policy=policy,
        hierarchies=_pairs(hierarchy),
        apriori=None if apriori is None else Path(apriori),
        by=(by,) if isinstance(by, str) else tuple(by),
        contributor=contributor,
        known=None if known is None else Path(known),
        said=None if said is None else Path(said),
        ledger=None if ledger is None else Path(ledger),
        series=series,
        day=None if day is None else day_of(day),
        scheduled=scheduled,
        others=others,
    )
    how = method_of(asked, method, told)
    if how is not None:
        return _perturbed(asked, how, out)
    done = protect(asked)
    if out is not None:
        write_protected(done, Path(out))
    return done


def _perturbed(asked: Asked, how: Method, out: Path | str | None) -> Perturbed:
    if out is None and asked.ledger is not None:
        raise Misasked(
            f"method {how.name!r} with a ledger needs out",
            hint="what is remembered and what is written go together",
        )
    if out is not None:
        check_folder(Path(out), "protected")
    made = perturb(asked, how)
    if out is not None:
        write_perturbed(asked, made, Path(out))
    return made


def protect_release(
    table: Path | str,
    policy: str,
    out: Path | str,
    ledger: Path | str,
    *,
    series: str = "",
    day: date | str | None = None,
    scheduled: bool = False,
    hierarchy: Hierarchies | None = None,
    linked: Iterable[Path | str] = (),
    apriori: Path | str | None = None,
    by: Iterable[str] = (),
    contributor: str = "",
    known: Path | str | None = None,
    said: Path | str | None = None,
    audience: str = PUBLIC,
    to: str = "",
    others: bool = False,
) -> Protected | Shown:
    """Protect a table against everything its series has published before, and remember it.

    Parameters
    ----------
    audience : str
        To whom, as the policy names them: a release is attacked together with all that its readers
        may have seen. One that sees everything gets the table as it is, and needs ``to``.
    to : str
        The person whose name then stands on each line and in the memory.
    others : bool
        No other series has these people, though one has equal numbers.

    Raises
    ------
    TableRefused, DisclosureRisk
        As `protect_run`; too few persons changed since an earlier release.
    Misasked
        The policy names no such audience, or one that sees everything without ``to``.
    LedgerBroken
        The memory of releases is not whole.
    """
    asked = Asked(
        tables=(Path(table), *map(Path, linked)),
        policy=policy,
        hierarchies=_pairs(hierarchy),
        apriori=None if apriori is None else Path(apriori),
        by=(by,) if isinstance(by, str) else tuple(by),
        contributor=contributor,
        known=None if known is None else Path(known),
        said=None if said is None else Path(said),
        ledger=Path(ledger),
        series=series,
        day=None if day is None else day_of(day),
        scheduled=scheduled,
        others=others,
        audience=audience,
        person=to,
    )
    if sees_everything(asked):
        made = shown(asked)
        write_shown(asked, made, Path(out))
        return made
    check_folder(Path(out), "protected")
    done = protect(asked)
    remember(asked, done)  # before anything leaves
    write_protected(done, Path(out))
    return done


def protect_audit(
    table: Path | str, policy: str, *, hierarchy: Hierarchies | None = None
) -> Rows[dict[str, Any]]:
    """Attack a table that somebody else has withheld cells of: the interval of each.

    ``about`` counts the cells, those withheld, those computable exactly and too narrowly.

    Raises
    ------
    TableRefused
        The file is no table, or contradicts itself.
    """
    found = attack_file(Path(table), policy, _pairs(hierarchy))
    intervals = found.pop("intervals")
    return Rows(intervals, found)


def protect_policy(name: str | None = None) -> Rows[Any]:
    """Return the packaged policies, or the one named.

    Examples
    --------
    >>> import sojourn
    >>> [p.id for p in sojourn.protect_policy()]
    ['default', 'trafficking', 'site', 'plan']
    """
    from sojourn.protect.table.policy import packaged, policies

    return Rows([packaged(name)] if name is not None else policies().values())


def _pairs(given: Hierarchies | None) -> tuple[tuple[str, Path], ...]:
    return tuple(
        (name, Path(file))
        for name, files in (given or {}).items()
        for file in ([files] if isinstance(files, str | Path) else files)
    )
