"""How much the declared files of an edition hold: what a copy of one that was cut is told by."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sojourn.errors import counted
from sojourn.sources.declaration import Edition, Registry
from sojourn.sources.recognise import layouts_of_files

#: Share of a period's numbers below which a file may be an example of the table, not a copy that was
#: cut, and the numbers that no example holds, of a period and of the whole file: of large tables a
#: twentieth is a cut download, and so are the rows of one country.
FEWEST, EXAMPLE, EXAMPLE_FILE = 0.1, 2_000, 1_000


@dataclass(frozen=True, slots=True)
class Extent:
    """Numbers (cells, with or without a value) and places that a file holds of one indicator."""

    numbers: int
    places: int


@cache
def extents_of_files() -> dict[str, dict[str, Extent]]:
    """Return what each declared file holds of each indicator, by digest: counted when it was read."""
    text = files("sojourn.sources").joinpath("extents_of_files.csv").read_text("utf-8")
    found: dict[str, dict[str, Extent]] = {}
    for sha256, indicator, numbers, places in csv.reader(text.splitlines()[1:]):
        found.setdefault(sha256, {})[indicator] = Extent(int(numbers), int(places))
    return found


@cache
def periods_of_files() -> dict[str, dict[str, int]]:
    """Return how many numbers each declared file holds of each period, by digest."""
    text = files("sojourn.sources").joinpath("periods_of_files.csv").read_text("utf-8")
    found: dict[str, dict[str, int]] = {}
    for sha256, listed in csv.reader(text.splitlines()[1:]):
        pairs = (pair.rpartition(":") for pair in listed.split())
        found[sha256] = {period: int(numbers) for period, _, numbers in pairs}
    return found


def fewer_of_a_period(
    held: Mapping[str, int], edition: Edition, layout: str, known: Registry, lost: float
) -> str:
    """Return the period of which an undeclared file surely holds too little; empty for none.

    A download of some years is whole in each of them, so that this is no question of what was
    selected: rows of that period were cut. Of a declared edition any number that lacks tells; of
    another one the share ``lost``. Of a period of which it holds less than `FEWEST` of the numbers,
    and fewer than `EXAMPLE`, nothing is sure unless the file is larger than `EXAMPLE_FILE`: an example
    of the table is asked about.
    """
    example = sum(held.values()) < EXAMPLE_FILE
    own = _periods(edition, layout)
    editions = [edition] if own else list(reversed(known.of_dataset(edition.dataset)))
    for other in editions:
        for whole in _periods(other, layout):
            least = 1.0 if own else 1 - lost
            short = [
                p
                for p, n in whole.items()
                if p in held
                and held[p] < least * n
                and (not example or held[p] >= min(FEWEST * n, EXAMPLE))
            ]
            if not short:
                return ""
            worst = max(short, key=lambda p: (whole[p] - held[p], p))
            return (
                f"holds {held[worst]:,} of the {counted(whole[worst], 'number')} of {worst} that the declared "
                f"file of {other.id} holds"
            )
    return ""


def _periods(edition: Edition, layout: str) -> list[dict[str, int]]:
    """Return what the one file of an edition that is laid out so holds; several add to each other."""
    laid = {**layouts_of_files(), **edition.tables}
    digests = [d for d in edition.files if laid.get(d) == layout and d in periods_of_files()]
    return [periods_of_files()[d] for d in digests] if len(digests) == 1 else []


def shortfall(
    held: Mapping[str, Extent], edition: Edition, layout: str, known: Registry, lost: float
) -> str:
    """Return how an undeclared file falls short of the declared ones; empty when it does not.

    A file of a declared edition is held against the files of that edition, number by number; one
    of an edition that nobody declares against the places of the newest declared one.

    Parameters
    ----------
    held : mapping of str to Extent
        What the file holds of each indicator.
    layout : str
        Its layout: a file of another layout is another table.
    lost : float
        Share of the places that an edition which nobody declares may lack.
    """
    if not held:
        return ""
    if whole := _declared(edition, layout):
        return _fewer_numbers(held, whole, edition.id)
    for other in reversed(known.of_dataset(edition.dataset)):
        if whole := _declared(other, layout):
            return _fewer_places(held, whole, other.id, lost)
    return ""


def most_numbers(edition: Edition, layout: str) -> int:
    """Return how many numbers the largest file of an edition holds in a layout; 0 where none is known."""
    return max((_numbers(held) for held in _declared(edition, layout)), default=0)


def _declared(edition: Edition, layout: str) -> list[dict[str, Extent]]:
    """Return what the files of an edition hold that are laid out alike."""
    laid = {**layouts_of_files(), **edition.tables}
    counted = extents_of_files()
    return [counted[d] for d in edition.files if laid.get(d) == layout and d in counted]


def _fewer_numbers(
    held: Mapping[str, Extent], whole: Iterable[Mapping[str, Extent]], edition: str
) -> str:
    """Compare with the declared file that it can be a copy of: the one with the nearest count."""
    alike = [w for w in whole if not held.keys().isdisjoint(w)]
    if not alike:
        return ""
    best = min(alike, key=lambda w: abs(_numbers(w) - _numbers(held)))
    short = [i for i, w in best.items() if i not in held or held[i].numbers < w.numbers]
    if not short or _numbers(held) >= _numbers(best):
        return ""
    worst = max(short, key=lambda i: best[i].numbers - (held[i].numbers if i in held else 0))
    own = held[worst] if worst in held else Extent(0, 0)
    return (
        f"holds {_numbers(held):,} of the {counted(_numbers(best), 'number')} that the declared file of "
        f"{edition} holds ({worst}: {own.numbers:,} of {best[worst].numbers:,}, "
        f"{own.places:,} of {counted(best[worst].places, 'place')})"
    )


def _numbers(extents: Mapping[str, Extent]) -> int:
    return sum(e.numbers for e in extents.values())


def _fewer_places(
    held: Mapping[str, Extent],
    whole: Iterable[Mapping[str, Extent]],
    edition: str,
    lost: float,
) -> str:
    for file in whole:
        for indicator, own in held.items():
            other = file.get(indicator)
            if other is not None and own.places < (1 - lost) * other.places:
                return f"holds {counted(own.places, 'place')} of {indicator}, {edition} holds {other.places:,}"
    return ""
