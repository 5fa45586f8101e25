"""What the synthetic site is built from, as ``example.toml`` declares it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sojourn.terminal.declared import packaged


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases per 7,000 persons, and shares of them; everybody else is a man alone or in a group."""

    children_alone: int
    women: int
    families: int
    women_with_children: float
    sibling_pairs: float
    young_children: float


@dataclass(frozen=True, slots=True)
class Region:
    """A region of destination: its beds, its middle [degrees] and its departments."""

    code: str
    beds: int
    lat: float
    lon: float
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The file of totals.

    Attributes
    ----------
    nationality, flags, women_flags : mapping of str to float
        Shares of persons.
    languages : mapping of str to tuple of str
        By nationality.
    region : tuple of Region
        The largest last.
    """

    cases: Cases
    nationality: Mapping[str, float]
    languages: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, float]
    women_flags: Mapping[str, float]
    region: tuple[Region, ...]

    def __post_init__(self) -> None:
        """Refuse a nationality without a language, and shares that are none."""
        if lost := [n for n in self.nationality if not self.languages.get(n)]:
            raise ValueError(f"no language for {lost[0]}; name one under [languages]")
        shares = {**self.nationality, **self.flags, **self.women_flags}
        if wrong := [n for n, share in shares.items() if not 0 <= share <= 1]:
            raise ValueError(f"{wrong[0]} is {shares[wrong[0]]}; a share from 0 to 1")


@cache
def example_totals() -> Totals:
    """Return the published totals and assumptions the example is built from."""
    return packaged("sojourn.relocation.site", "example.toml", Totals)
