"""The library: what ``sojourn.open`` returns, and everything else that a command can do.

A command and its twin have one name (`TWINS`); each subject brings its own verbs, which parse,
call its ``run`` and give back frozen dataclasses or tables. Opening imports the manifest and the
store; a verb imports what it uses when it is called.
"""

from dataclasses import dataclass
from pathlib import Path

from sojourn.explorer.run.verbs import ExplorerVerbs
from sojourn.factsheet.run.verbs import FactsheetVerbs
from sojourn.flows.run.verbs import FlowVerbs
from sojourn.health.run.verbs import HealthVerbs
from sojourn.loading.verbs import load_files
from sojourn.query.opening import open_data
from sojourn.query.verbs import QueryVerbs
from sojourn.terminal.asked import path_of

#: Command → what does the same from Python, under ``sojourn``. ``Data`` is what ``open`` returns,
#: ``SiteFolder`` what ``site``, ``Plan`` what its ``plan``, ``Ledger`` what ``custody`` return.
TWINS: dict[str, str] = {
    "load": "load",
    "fetch": "fetch",
    "declare": "declare",
    "upgrade": "upgrade",
    "indicators": "indicators",
    "areas": "areas",
    "editions": "Data.editions",
    "observations": "Data.observations",
    "table": "Data.table",
    "chart": "Data.chart",
    "figures": "Data.figures",
    "trace": "Data.trace",
    "diff": "Data.diff",
    "disagreements": "Data.disagreements",
    "check": "Data.check",
    "factsheet": "Data.factsheet",
    "explorer": "Data.explorer",
    "pack": "Data.pack",
    "flows": "Data.flows",
    "flows annual": "Data.flows_annual",
    "flows validate": "Data.flows_validate",
    "flows update": "flows_update",
    "flows margins": "flows_margins",
    "targets": "Data.targets",
    "simulate tb": "Data.simulate",
    "simulate malaria": "Data.simulate",
    "simulate place": "Data.simulate_place",
    "simulate corridor": "Data.simulate_corridor",
    "simulate validate": "Data.simulate_validate",
    "brief": "Data.brief",
    "site example": "site_example",
    "site new": "site_new",
    "site check": "SiteFolder.check",
    "site schema": "site_schema",
    "site mapping": "site_mapping",
    "site import": "site_import",
    "site counts": "site_counts",
    "site indicators": "SiteFolder.indicators",
    "site seal": "SiteFolder.seal",
    "site unseal": "SiteFolder.unseal",
    "relocate plan": "SiteFolder.plan",
    "relocate audit": "Plan.audit",
    "relocate explain": "Plan.explain",
    "relocate replan": "Plan.replan",
    "relocate manifests": "Plan.manifests",
    "relocate slips": "Plan.slips",
    "relocate report": "Plan.report",
    "relocate sign": "Plan.sign",
    "relocate purge": "SiteFolder.purge",
    "relocate offers": "SiteFolder.offers",
    "relocate replay": "replay",
    "custody note": "Ledger.note",
    "custody open": "Ledger.open",
    "custody status": "Ledger.status",
    "custody missing": "Ledger.missing",
    "custody alarm": "Ledger.alarm",
    "custody check": "Ledger.check",
    "custody merge": "Ledger.merge",
    "custody void": "Ledger.void",
    "custody same-as": "Ledger.same_as",
    "custody snapshot": "Ledger.snapshot",
    "custody restore": "Ledger.restore",
    "protect policy": "protect_policy",
    "protect run": "protect_run",
    "protect release": "protect_release",
    "protect audit": "protect_audit",
}

#: Commands without a twin, each with the reason.
WITHOUT_TWIN: dict[str, str] = {
    "serve": "it is a process that answers other programs; from Python ask the data directly",
    "relocate desk": "it is a page for people; from Python note with Ledger, sign with Plan.sign",
}


@dataclass(frozen=True, repr=False)
class Data(FactsheetVerbs, ExplorerVerbs, FlowVerbs, HealthVerbs, QueryVerbs):
    """A data directory opened for reading; later loads do not change what it shows.

    Examples
    --------
    >>> import sojourn
    >>> data = sojourn.open()
    >>> data  # doctest: +ELLIPSIS
    <sojourn data: the embedded edition, ... editions>
    """


def open_directory(path: Path | str | None = None) -> Data:
    """Open a data directory for reading; without one, the embedded edition.

    Raises
    ------
    NoSuchObservation
        The directory holds no store.
    Misasked
        What was given is no path.
    """
    folder = None if path is None else path_of(path, "a data directory")
    store, embedded = open_data(folder)
    return Data(store, embedded, folder)


__all__ = ["TWINS", "WITHOUT_TWIN", "Data", "load_files", "open_directory"]
