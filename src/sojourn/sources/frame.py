"""What a whole edition of a dataset holds, as declared."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a whole edition of a dataset holds, and how much of it a new edition may lose.

    Attributes
    ----------
    whole : str
        ``world`` or another word for what the editions cover; empty when nothing is declared.
    places : int
        Places that report in a whole edition, about; fewer than half is far from it. 0 asks nothing.
    years : str
        ``all`` (a new edition repeats the years of the one before), ``steps`` (but for the newest
        year of the one before) or ``own`` (each edition holds years of its own).
    keys_lost, total_lost : float
        Share of the keys, and of the total, that a new edition may lose.
    grows : bool
        Whether the number of a year grows until the year has ended (events, arrivals).
    """

    whole: str = ""
    places: int = 0
    years: str = "all"
    keys_lost: float = 0.01
    total_lost: float = 0.005
    grows: bool = False

    @property
    def places_lost(self) -> float:
        """Share of the places that a new edition may lack; 1 where nothing is declared of them."""
        return 0.1 if self.places and self.years != "own" else 1.0
