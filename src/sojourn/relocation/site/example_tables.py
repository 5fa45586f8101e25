"""The rows of a synthetic site, before they are written."""

from dataclasses import dataclass, field

Row = dict[str, object]
SYNTHETIC = "SYNTHETIC: nobody in this site exists"
PERSONS_OF_TOTALS = 7000
LARGEST = 1_000_000


@dataclass
class ExampleTables:
    """Rows of each table, as they will be written.

    Attributes
    ----------
    rules : str
        The text of ``rules.toml``.
    """

    person: list[Row] = field(default_factory=list)
    case: list[Row] = field(default_factory=list)
    link: list[Row] = field(default_factory=list)
    relative_elsewhere: list[Row] = field(default_factory=list)
    place: list[Row] = field(default_factory=list)
    room: list[Row] = field(default_factory=list)
    vehicle: list[Row] = field(default_factory=list)
    escort: list[Row] = field(default_factory=list)
    travel: list[Row] = field(default_factory=list)
    rules: str = ""


def is_alone(tables: ExampleTables, person: Row) -> bool:
    """Whether a person belongs to a case of children alone."""
    return bool(tables.case[int(str(person["case_id"])[1:]) - 1]["best_interest_signed"])
