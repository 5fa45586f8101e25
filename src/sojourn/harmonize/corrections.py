"""Publishers' errors: what was printed, what is right, why, and where one can check it. Data, not code."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sojourn.errors import StaleCorrection
from sojourn.terminal.declared import read_declared
from sojourn.vocab.observation import Cell, EditionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One wrong number.

    Attributes
    ----------
    cell : str
        Address of the cell.
    printed : float
        What stands there, in the unit of the table.
    ours : float or None
        What is right; None where nobody knows, so that figures take it as missing.
    reference : str
        Where one can check it: another cell, a table, a page of the publisher.
    file : str
        sha256, where the edition consists of several files.
    """

    cell: str
    printed: float
    ours: float | None = None
    reason: str
    reference: str
    file: str = ""

    def __post_init__(self) -> None:
        """Refuse a cell that is no address, and a correction that nobody can check."""
        _ = self.place
        if not (self.reason.strip() and self.reference.strip()):
            raise ValueError(
                "no reason or no reference; say what is wrong and where one can check it"
            )

    @property
    def place(self) -> Cell:
        """The address in its parts."""
        return Cell.parse(self.cell)

    @property
    def said(self) -> str:
        """The sentence that a corrected number carries wherever it is shown."""
        done = "taken as missing" if self.ours is None else f"corrected to {self.ours:,.15g}"
        return f"printed {self.printed:,.15g}, {done}: {self.reason} ({self.reference})"


@dataclass(frozen=True, slots=True)
class Corrections:
    """The file of corrections."""

    correction: tuple[Correction, ...] = ()


def read_corrections(text: str, *, where: str) -> tuple[Correction, ...]:
    """Read correction entries.

    Raises
    ------
    BadDeclaration
        An entry is incomplete, gives no reason or reference, or its cell is no address.
    """
    return read_declared(text, Corrections, where=where).correction


@cache
def corrections() -> tuple[Correction, ...]:
    """Return the corrections that the package declares."""
    text = files("sojourn.harmonize").joinpath("corrections.toml").read_text("utf-8")
    return read_corrections(text, where="corrections.toml")


def of_file(edition: str, sha256: str) -> tuple[Correction, ...]:
    """Return the corrections of one file of an edition."""
    dataset, vintage = EditionId.of(edition)
    return tuple(
        c
        for c in corrections()
        if (c.place.dataset, c.place.vintage) == (dataset, vintage) and c.file in ("", sha256)
    )


def refuse_stale(name: str, declared: Sequence[Correction], printed: Sequence[float]) -> None:
    """Fail loudly when a publisher has mended a number that a correction was written for.

    Parameters
    ----------
    printed : sequence of float
        What the file holds at each cell.

    Raises
    ------
    StaleCorrection
        Naming the cell, what was expected and what stands there.
    """
    for correction, value in zip(declared, printed, strict=True):
        if value == correction.printed:
            continue
        raise StaleCorrection(
            f"{name}: {correction.cell} reads {value:,.15g}; its correction was written for "
            f"{correction.printed:,.15g}",
            hint="the publisher has changed the number: declare the file as an edition of its own "
            "(--edition, --declare), or take the entry out of corrections.toml",
        )
