"""What may be absent: optional packages, named by their extra; and a system that locks files as POSIX has it."""

from importlib import import_module
from importlib.util import find_spec
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


def need_posix() -> None:
    """Refuse a system without the file locks on which every write rests.

    Raises
    ------
    NotInstalled
        The system is Windows, or another that has none.
    """
    if find_spec("fcntl") is None:
        raise NotInstalled(
            "sojourn runs on Linux and macOS; this system has no POSIX file locks",
            hint="on Windows, run it inside WSL (wsl --install)",
        )
