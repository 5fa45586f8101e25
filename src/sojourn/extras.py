"""Optional packages: imported where they are asked for, and named by their extra when absent."""

from importlib import import_module
from types import ModuleType

from sojourn.errors import NotInstalled

#: Package, and the extra of `pip install` that brings it.
EXTRAS = {
    "pandas": "dataframe",
    "pyarrow": "dataframe",
    "distributed": "cluster",
    "starlette": "serve",
    "uvicorn": "serve",
}


def need(package: str, what: str) -> ModuleType:
    """Return an optional package.

    Parameters
    ----------
    what : str
        What needs it, as a message begins: ``a data frame``.

    Raises
    ------
    NotInstalled
        It is not there; the message names the extra.

    Examples
    --------
    >>> need("pyarrow", "a table for Arrow").__name__
    'pyarrow'
    """
    try:
        return import_module(package)
    except ImportError:
        raise NotInstalled(
            f"{what} needs {package}, which is not installed",
            hint=f"pip install 'sojourn[{EXTRAS[package]}]'",
        ) from None
