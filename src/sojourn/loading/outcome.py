"""What a load did, file by file."""

from dataclasses import dataclass, field

from sojourn.errors import SojournError
from sojourn.harmonize.names import with_names
from sojourn.store.contracts import Problem
from sojourn.store.covered import Coverage
from sojourn.terminal.one_line import OneLine

SHOWN = 3  # contradictions of a file that are told at once; the store keeps all


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    name: str
    status: str  # loaded, unchanged, refused, skipped
    edition: str = ""
    verified: bool = False
    observations: int = 0
    found: tuple[Problem, ...] = ()  # what the file contradicts
    notes: tuple[str, ...] = ()
    receipt: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    coverage: Coverage | None = None
    error: SojournError | None = None

    @property
    def problems(self) -> int:
        """How many cells of the file contradict a contract that it is held to."""
        return len(self.found)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The first of them, with their cells."""
        return tuple(f"{p.place}: {with_names(p.message)}" for p in self.found[:SHOWN])


@dataclass(frozen=True)
class Report(OneLine):
    """What one load did, file by file."""

    outcomes: tuple[Outcome, ...] = field(default=())

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """Files that were recognised and refused."""
        return tuple(o for o in self.outcomes if o.status == "refused")

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        """Files that are in the store now."""
        return tuple(o for o in self.outcomes if o.status in ("loaded", "unchanged"))
