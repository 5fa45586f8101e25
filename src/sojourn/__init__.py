"""sojourn: official migration statistics, as their publishers ship them, as evidence.

Every command has its twin here, by the same names; see `sojourn.api`.

Examples
--------
>>> import sojourn
>>> data = sojourn.open()                                    # the embedded edition
>>> stock, *_ = data.figure("migrant_stock", 2015)
>>> stock.sex, f"{stock.value:,.0f}", stock.unit
('_T', '247,958,644', 'PERSONS')
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.api import Data
    from sojourn.api import open_directory as open  # noqa: A004 - sojourn.open(path), as one opens a file
    from sojourn.flows.run.verbs import flows_margins, flows_update, own_flows
    from sojourn.loading.verbs import declare_file as declare
    from sojourn.loading.verbs import fetch_files as fetch
    from sojourn.loading.verbs import fetch_list, fetch_newer
    from sojourn.loading.verbs import load_files as load
    from sojourn.loading.verbs import upgrade_directory as upgrade
    from sojourn.protect.run.verbs import (
        protect_audit,
        protect_policy,
        protect_release,
        protect_run,
    )
    from sojourn.query.verbs import areas, indicators
    from sojourn.relocation.run.ledger import Ledger, custody
    from sojourn.relocation.run.site_verbs import (
        site_counts,
        site_example,
        site_import,
        site_mapping,
        site_new,
        site_schema,
    )
    from sojourn.relocation.run.verbs import Plan, SiteFolder, replay, site

__version__ = "0.1.0"

__all__ = [
    "Data",
    "Ledger",
    "Plan",
    "SiteFolder",
    "__version__",
    "areas",
    "custody",
    "declare",
    "fetch",
    "fetch_list",
    "fetch_newer",
    "flows_margins",
    "flows_update",
    "indicators",
    "load",
    "open",
    "own_flows",
    "protect_audit",
    "protect_policy",
    "protect_release",
    "protect_run",
    "replay",
    "site",
    "site_counts",
    "site_example",
    "site_import",
    "site_mapping",
    "site_new",
    "site_schema",
    "upgrade",
]

_LAZY = {
    "Data": "api:Data",
    "open": "api:open_directory",
    "areas": "query.verbs:areas",
    "indicators": "query.verbs:indicators",
    "load": "loading.verbs:load_files",
    "fetch": "loading.verbs:fetch_files",
    "fetch_list": "loading.verbs:fetch_list",
    "fetch_newer": "loading.verbs:fetch_newer",
    "declare": "loading.verbs:declare_file",
    "upgrade": "loading.verbs:upgrade_directory",
    "custody": "relocation.run.ledger:custody",
    "Ledger": "relocation.run.ledger:Ledger",
    "own_flows": "flows.run.verbs:own_flows",
    "flows_update": "flows.run.verbs:flows_update",
    "flows_margins": "flows.run.verbs:flows_margins",
}
_SUBJECTS = {
    "protect_": "protect.run.verbs",
    "site_": "relocation.run.site_verbs",
    "": "relocation.run.verbs",
}


def __getattr__(name: str) -> Any:
    """Import a verb when it is first asked for, so that the command line starts at once."""
    if name not in __all__:
        raise AttributeError(f"module 'sojourn' has no attribute {name!r}")
    import_module("sojourn.extras").need_posix()
    default = next(f"{room}:{name}" for start, room in _SUBJECTS.items() if name.startswith(start))
    room, _, verb = _LAZY.get(name, default).partition(":")
    return getattr(import_module(f"sojourn.{room}"), verb)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
