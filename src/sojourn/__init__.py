"""sojourn: official migration statistics, as their publishers ship them, as evidence.

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
    from sojourn.api import load_files as load
    from sojourn.api import open_directory as open  # noqa: A004 - sojourn.open(path), as one opens a file

__version__ = "0.1.0"

__all__ = ["Data", "__version__", "load", "open"]

_LAZY = {"Data": "Data", "load": "load_files", "open": "open_directory"}


def __getattr__(name: str) -> Any:
    """Import the API when it is first asked for, so that the command line starts at once."""
    if name in _LAZY:
        return getattr(import_module("sojourn.api"), _LAZY[name])
    raise AttributeError(f"module 'sojourn' has no attribute {name!r}")
