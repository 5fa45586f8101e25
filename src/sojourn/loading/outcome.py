"""What a load did, file by file."""

from dataclasses import dataclass, field

from sojourn.errors import SojournError
from sojourn.store.covered import Coverage


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    name: str
    status: str  # loaded, unchanged, refused, skipped
    edition: str = ""
    verified: bool = False
    observations: int = 0
    problems: int = 0
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    receipt: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    coverage: Coverage | None = None
    error: SojournError | None = None


@dataclass(frozen=True)
class Report:
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
