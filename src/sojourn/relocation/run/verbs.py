"""A relocation site and its plan from Python, by the names of the command line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.errors import PlanError
from sojourn.relocation.proposal.proposal import Assignment, Proposal
from sojourn.relocation.run.sealed import Sealable
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.private import warned
from sojourn.terminal.asked import language_of, languages_of, one_of, path_of
from sojourn.terminal.one_line import OneLine
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.relocation.audit.audit import Check
    from sojourn.relocation.counts.indicators import Indicator
    from sojourn.relocation.planner.offers import Offers
    from sojourn.relocation.run.purge import Purge
    from sojourn.relocation.run.sign import Signature
    from sojourn.relocation.run.slips import Printed


@dataclass(frozen=True)
class SiteFolder(OneLine, Sealable):
    """The tables of a site: checked, planned, explained.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import sojourn
    >>> with TemporaryDirectory() as folder:                 # nobody in it exists
    ...     site = sojourn.site_example(f"{folder}/site", people=40)
    ...     plan = site.plan()
    ...     faults, broken = site.check(), [c for c in plan.audit() if c.violations]
    ...     print(len(faults), len(broken), plan.summary["synthetic"])
    0 0 True
    """

    def __post_init__(self) -> None:
        """Warn of a folder that others may read, or that holds people in plain text."""
        warned(self.path)

    def check(self) -> Rows[Fault]:
        """Return every faulty row of every table; ``about`` counts what a whole site holds."""
        from sojourn.relocation.site.needs import read_as_main
        from sojourn.relocation.site.read import look_at_site

        found = look_at_site(self.path)
        if found.site is None:
            return Rows(found.faults, kind=Fault)
        held = found.site
        about = {
            "persons": len(held.persons),
            "cases": len(held.cases),
            "places": len(held.places),
            "vehicles": len(held.vehicles),
            "inputs": held.digest,
            "read_as_main_category": read_as_main(held),
        }
        return Rows(found.faults, about, kind=Fault)

    def plan(self, out: Path | str | None = None) -> "Plan":
        """Propose a plan, audited by another program; with ``out`` it is written, too.

        Raises
        ------
        SiteRefused
            A table is faulty; nothing is planned on it.
        PlanRefused
            The independent audit found a broken rule.
        """
        from sojourn.relocation.planner.planner import make_plan
        from sojourn.relocation.run.relocate import audited, plan_site
        from sojourn.relocation.site.read import read_site

        if out is not None:
            return Plan(self, plan_site(self.path, Path(out)), Path(out))
        site = read_site(self.path)
        proposal = make_plan(site)
        audited(site, proposal)
        return Plan(self, proposal)

    def read_plan(self, folder: Path | str) -> "Plan":
        """Return a plan that was written before.

        Raises
        ------
        PlanMismatch
            It is no plan, or was made from other inputs.
        """
        from sojourn.relocation.run.relocate import audit_plan

        _, proposal = audit_plan(self.path, Path(folder), papers=False)
        return Plan(self, proposal, Path(folder))

    def audit(self, plan: "Plan | Path | str | None" = None) -> "Rows[Check]":
        """Return every hard rule with what breaks it, of a plan; without one, of a fresh one."""
        return self._plan(plan).audit()

    def explain(self, case: str, plan: "Plan | Path | str | None" = None) -> str:
        """Say why a case has its place, or why none and what would change that."""
        return self._plan(plan).explain(case)

    def offers(self, case: str) -> "Offers":
        """Return the regions that may be offered to a case so that all protected keep a place."""
        from sojourn.relocation.planner.offers import safe_offers
        from sojourn.relocation.site.read import read_site

        return safe_offers(read_site(self.path), case)

    def indicators(self, file: Path | str | None = None) -> "Rows[Indicator]":
        """Weigh what the tables hold, or a TOML file states, against published standards."""
        from sojourn.relocation.run.counts import indicators

        return Rows(indicators(None if file is None else Path(file), self.path))

    def purge(self, plan: Path | str | None = None, *, yes: bool = False) -> "Purge":
        """Say what personal data would be removed; with ``yes`` remove it."""
        from sojourn.relocation.run.purge import look, purge

        return (purge if yes else look)(self.path, None if plan is None else Path(plan))

    def _plan(self, plan: "Plan | Path | str | None") -> "Plan":
        if plan is None:
            return self.plan()
        return plan if isinstance(plan, Plan) else self.read_plan(plan)


@dataclass(frozen=True)
class Plan(OneLine):
    """A proposal for a site: no decision until a named person signs it.

    Attributes
    ----------
    folder : Path or None
        Where it is written.
    """

    site: SiteFolder
    proposal: Proposal = field(repr=False)
    folder: Path | None = None

    @property
    def summary(self) -> dict[str, Any]:
        """What the plan says in a few numbers, each objective with its proof."""
        from sojourn.relocation.run.relocate import summary

        return summary(self.proposal)

    @property
    def assignments(self) -> Rows[Assignment]:
        """Which case goes where, by pseudonym."""
        return Rows(self.proposal.assignments)

    def audit(
        self,
        ledger: Path | str | None = None,
        *,
        before: Path | str | None = None,
        papers: bool | None = None,
    ) -> "Rows[Check]":
        """Return every hard rule with what breaks it; of a written plan also against what is beside it.

        Parameters
        ----------
        ledger : Path or str, optional
            A custody ledger: who declined is held against its signed events.
        before : Path or str, optional
            The folder of the plan that this one was made again from.
        papers : bool, optional
            Whether printed papers (PDF) are made anew and compared; by default those of a few people are.
        """
        from sojourn.relocation.audit.audit import audit
        from sojourn.relocation.run.relocate import audit_plan
        from sojourn.relocation.site.read import read_site

        if self.folder is not None:
            held, old = (None if p is None else Path(p) for p in (ledger, before))
            return Rows(audit_plan(self.site.path, self.folder, held, before=old, papers=papers)[0])
        return Rows(audit(read_site(self.site.path), self.proposal))

    def explain(self, case: str) -> str:
        """Say why a case has its place, or why none and what would change that.

        Raises
        ------
        PlanMismatch
            The case is not in the plan.
        """
        from sojourn.relocation.run.explain import explained
        from sojourn.relocation.site.read import read_site

        return "\n".join(explained(read_site(self.site.path), self.proposal, case))

    def replan(
        self, event: Iterable[str] | str, out: Path | str, *, ledger: Path | str | None = None
    ) -> "Plan":
        """Plan again after something happened (``"place withdrawn:L1"``); the fewest people change.

        Parameters
        ----------
        ledger : Path or str, optional
            A custody ledger: who declined since, by its signed events, is out of the new plan.

        Raises
        ------
        PlanMismatch
            An event names something that is not there.
        Misasked
            No event is named, and no ledger.
        PlanError
            The ledger says nothing that the plan does not know.
        """
        from sojourn.relocation.run.relocate import happened, replan_site

        given = [event] if isinstance(event, str) else list(event)
        told = happened(self._written(), given, None if ledger is None else Path(ledger))
        done = replan_site(self.site.path, self._written(), told, Path(out))
        return Plan(self.site, done, Path(out))

    def manifests(self, out: Path | str, *, language: Iterable[str] | str = ()) -> list[Path]:
        """Print the lists of every coach; the driver's version without needs."""
        from sojourn.relocation.lists.manifest import list_languages
        from sojourn.relocation.run.manifests import write_manifests

        spoken = languages_of(language, list_languages())
        return write_manifests(self._written(), Path(out), spoken)

    def slips(
        self,
        out: Path | str,
        *,
        call: str = "",
        person: Iterable[str] | str = (),
        language: str = "",
    ) -> "Printed":
        """Print each person's own slip, in her language; drafts are marked as such."""
        from sojourn.relocation.lists.slips import slip_languages
        from sojourn.relocation.run.slips import write_slips

        spoken = language and language_of(language, slip_languages())
        people = [person] if isinstance(person, str) else list(person)
        return write_slips(
            self.site.path, self._written(), Path(out), call=call, people=people, language=spoken
        )

    def report(
        self,
        out: Path | str,
        *,
        language: Iterable[str] | str = (),
        scheduled: bool = False,
        after: Path | str | None = None,
    ) -> list[Path]:
        """Write what the person who signs has to read; small groups withheld.

        Parameters
        ----------
        scheduled : bool
            The report follows a fixed schedule: made although only a few people changed.
        after : Path or str, optional
            The site folder of the report before, where it was another.
        """
        from sojourn.relocation.lists.manifest import list_languages
        from sojourn.relocation.run.report import write_report

        spoken = languages_of(language, list_languages())
        return write_report(
            self.site.path,
            self._written(),
            Path(out),
            spoken,
            scheduled=scheduled,
            after=None if after is None else Path(after),
        )

    def sign(self, key: Path | str, name: str, *, replace: bool = False) -> "Signature":
        """Audit the plan and sign the digest of what was audited, as a named person.

        Parameters
        ----------
        replace : bool
            Take the place of the signature that the plan bears already.

        Raises
        ------
        PlanRefused
            A rule is broken: it must not be signed.
        PlanSigned
            It is signed already, and ``replace`` does not say so.
        """
        from sojourn.relocation.run.sign import sign_plan

        return sign_plan(self.site.path, self._written(), Path(key), name, replace=replace)

    def _written(self) -> Path:
        if self.folder is None:
            raise PlanError("this plan is not written", hint="site.plan(out=FOLDER) writes it")
        return self.folder

    def _repr_html_(self) -> str:
        """Show the objectives with their proofs in a notebook."""
        return Rows(self.proposal.bounds)._repr_html_()


def site(path: Path | str) -> SiteFolder:
    """Return the tables of a site: ``person.csv`` and so on, and ``rules.toml``.

    Examples
    --------
    >>> import sojourn
    >>> sojourn.site("a-folder").path.name
    'a-folder'
    """
    return SiteFolder(path_of(path, "a folder of a site"))


def replay(
    operation: str,
    out: Path | str,
    *,
    people: int | None = None,
    seed: int = 1,
    runs: int = 40,
    language: Iterable[str] | str = (),
) -> dict[str, Any]:
    """Replay an operation on synthetic people (``calais-2016``): the queue and a plan compared.

    Raises
    ------
    PlanError
        The folder exists and is not empty.
    """
    from sojourn.relocation.run.replay import summary, write_replay

    one_of(operation, ("calais-2016",), "operation")
    chosen = languages_of(language)
    return summary(write_replay(Path(out), people=people, seed=seed, runs=runs, languages=chosen))
