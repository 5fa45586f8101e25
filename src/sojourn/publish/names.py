"""Names that stand whole in a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name with hyphens that is never parted at the end of a line."""

    name: str
