"""Rows of the validation page: ours beside what others measured or modelled between two places."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.publish import Catalogue, RichText

COLUMNS = (
    "period",
    "source",
    "years",
    "corridors_counted",
    "theirs_a_year",
    "ours_a_year",
    "rank",
    "median_others",
    "inside_interval",
)


@dataclass(frozen=True)
class OtherRow:
    """One table of others beside ours in one interval; persons a year."""

    period: str
    names: Mapping[str, str]
    edition: str
    years: tuple[int, int]
    corridors: int
    theirs: float
    ours: float
    rank: float
    median: float
    inside: tuple[int, int]
    measured: bool


def other_cells(row: OtherRow, words: Catalogue) -> tuple[RichText, ...]:
    """Return the cells of a row, in the order of `COLUMNS`."""
    kind = words.text("validation.is_measured" if row.measured else "validation.is_model")
    name = row.names.get(words.language, row.names["en"])
    return (
        (row.period,),
        (f"{name}; {kind}; {row.edition}",),
        (f"{row.years[0]}–{row.years[1]}",),
        (words.number(float(row.corridors), "PERSONS"),),
        (words.number(float(round(row.theirs)), "PERSONS"),),
        (words.number(float(round(row.ours)), "PERSONS"),),
        (words.fixed(row.rank, 3),),
        (words.fixed(row.median, 2) if math.isfinite(row.median) else "—",),
        (f"{row.inside[0]}/{row.inside[1]}" if row.inside[1] else "—",),
    )
