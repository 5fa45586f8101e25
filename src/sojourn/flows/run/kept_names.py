"""What the name of a kept run tells: method, interval, choices, and what it was estimated from."""

import re
from dataclasses import dataclass

from sojourn.store.manifest import LoadedFile

_INTERVAL = re.compile(r"(\d{4})-(\d{4})")
_FROM = "estimates from "


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A kept estimate, by its entry in the manifest.

    Attributes
    ----------
    start, end : int
        Years of the interval, from mid-year to mid-year.
    band : bool
        Whether its name says that it has bounds.
    choices : tuple of str
        Whatever is not the default: another method, a sex, a weight, a treatment of the unknown.
    inputs : tuple of str
        Editions that it was estimated from.
    """

    start: int
    end: int
    band: bool
    choices: tuple[str, ...]
    inputs: tuple[str, ...]


def kept_run(file: LoadedFile) -> KeptRun | None:
    """Return what an entry of the manifest tells of a kept interval; None where it is none.

    Flows of calendar years, the annual series, have no interval in their name and are none.
    """
    if file.dataset != "sojourn.flows" or not file.title.startswith(_FROM):
        return None
    _, *parts = file.edition.split("+")
    spans = [span for part in parts if (span := _INTERVAL.fullmatch(part))]
    if len(spans) != 1:
        return None
    start, end = int(spans[0][1]), int(spans[0][2])
    others = tuple(p for p in parts if p not in ("pseudo-bayes", "band", spans[0][0]))
    inputs = tuple(file.title.removeprefix(_FROM).split("; "))
    return KeptRun(start, end, "band" in parts, others, inputs)
