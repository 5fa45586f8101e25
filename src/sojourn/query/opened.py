"""What every question to an opened data directory starts from."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sojourn.errors import counted
from sojourn.store.observations import Store
from sojourn.terminal.asked import day_of

#: A day as a date, or as text: YYYY-MM-DD; a month or a year means its last day.
Day = date | str | int


@dataclass(frozen=True)
class Opened:
    """A data directory opened for reading; later loads do not change what it shows.

    Attributes
    ----------
    store : Store
        To be asked by SQL.
    embedded : bool
        Whether it is the edition that comes with the package.
    path : Path or None
        The directory; None for the embedded edition.
    """

    store: Store
    embedded: bool
    path: Path | None = None

    def __repr__(self) -> str:
        editions = {f.edition for f in self.store.manifest.files}
        where = "the embedded edition" if self.embedded else str(self.path)
        return f"<sojourn data: {where}, {counted(len(editions), 'edition')}>"


def known_day(given: Day | None) -> date | None:
    """Return the day of knowledge, or None where none is named.

    Raises
    ------
    Misasked
        It is no date.
    """
    return None if given is None else day_of(given)


def a_path(given: Path | str | None) -> Path | None:
    """Return a path, or None where none is named."""
    return None if given is None else Path(given)
