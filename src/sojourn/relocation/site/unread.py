"""What of an export no mapping reads: tables, columns, rows and second answers never vanish without a word.

Headers and numbers of rows are told, never what a cell holds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sojourn.errors import counted
from sojourn.relocation.site.arrays import says_nothing
from sojourn.relocation.site.columns import find_column, is_systems_own
from sojourn.relocation.site.mapping import ColumnMap
from sojourn.relocation.site.members import MEMBER

MOST = 12  # columns that are named
Cells = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Unread:
    """What of a table is not in its rows.

    Attributes
    ----------
    columns : mapping of header to number of rows
        That hold something and are not read.
    seconds : mapping of field to (headers, number of rows)
        With more than one source that holds something.
    left : frozenset of str
        Ids of the rows that ``where`` and ``where_not`` leave out, and no other row has.
    rows : int
        How many they are.
    following : int
        Rows of people whose case is among those of another table.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    rows: int = 0
    following: int = 0


def columns_unread(meant: Sequence[Cells], mapping: ColumnMap) -> dict[str, int]:
    """Return each column that holds something in the rows that are meant and is not read."""
    header = list(dict.fromkeys(h for row in meant for h in row))
    held = {h: sum(not says_nothing(row.get(h)) for row in meant) for h in header}
    beside = {"", MEMBER}
    return {
        h: n for h, n in held.items() if n and h not in beside and not _read(h, header, mapping)
    }


def second_answers(
    meant: Sequence[Cells], mapping: ColumnMap
) -> dict[str, tuple[tuple[str, ...], int]]:
    """Return each field of which two sources hold something: a birth and an age may contradict each other."""
    header = list(dict.fromkeys(h for row in meant for h in row))
    found = {}
    for ours, parts in mapping.columns.items():
        columns = tuple(c for p in parts if p.column and (c := find_column(header, p.column)))
        rows = sum(sum(not says_nothing(row.get(c)) for c in columns) > 1 for row in meant)
        if rows:
            found[ours] = (columns, rows)
    return found


def _read(header: str, every: Sequence[str], mapping: ColumnMap) -> bool:
    """Whether a column is read, is a choice of a question that is, or is the system's own."""
    if is_systems_own(header):
        return True
    parts = [p for given in mapping.columns.values() for p in given]
    if any(p.choices and (p.choices in header) for p in parts):
        return True
    asked = [p.column for p in parts if p.column] + [p.choices.rstrip("/-.: ") for p in parts]
    asked += [*mapping.where, *mapping.where_not, mapping.id]
    read = {find_column(every, a) for a in asked if a} - {None}
    return header in read or any(header.startswith((f"{r}/", f"{r}-")) for r in read)


def told(found: Mapping[str, tuple[str, Unread]]) -> Iterator[str]:
    """Say what is not read: of a file that several tables are made of, what none of them reads.

    Parameters
    ----------
    found : mapping
        Table to its file, and what of it is not in its rows.
    """
    of_file = defaultdict[str, list[Unread]](list)
    for file, one in found.values():
        of_file[file].append(one)
    for file, all_of in of_file.items():
        lost = [h for h in all_of[0].columns if all(h in one.columns for one in all_of)]
        if lost:
            named = [f"{h} ({counted(all_of[0].columns[h], 'row')})" for h in lost[:MOST]]
            more = f" and {len(lost) - MOST} more" if len(lost) > MOST else ""
            yield (
                f"{file}: {counted(len(lost), 'column is', 'columns are')} not read: "
                f"{', '.join(named)}{more}; what they hold is not in the site"
            )
    for table, (_, one) in found.items():
        if one.rows:
            yield f"{table}: {counted(one.rows, 'row is', 'rows are')} left out by where or where_not"
        if one.following:
            yield f"{table}: {counted(one.following, 'row is', 'rows are')} left out with the case"
        for ours, (columns, rows) in one.seconds.items():
            yield (
                f"{table}: {counted(rows, 'row has', 'rows have')} more than one source of {ours} "
                f"({', '.join(columns)}): the first is read; see that they agree"
            )
