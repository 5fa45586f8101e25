"""What of an export no mapping reads: tables, columns, rows and second answers never vanish without a word.

Headers and numbers of rows are told, never what a cell holds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sojourn.errors import counted
from sojourn.relocation.site.arrays import says_nothing
from sojourn.relocation.site.columns import choice_in, find_column, is_systems_own
from sojourn.relocation.site.dates import readings
from sojourn.relocation.site.mapping import ColumnMap, Part
from sojourn.relocation.site.members import MEMBER

MOST = 12  # columns that are named
#: Where Kobo and ODK say what was decided of a submission, and what says that it was not accepted.
DECIDED = ("ReviewState", "_validation_status", "_submission__validation_status", "Status")
NOT_ACCEPTED = {
    *("rejected", "hasissues", "not approved", "on hold", "not decrypted"),
    *("validation_status_not_approved", "validation_status_on_hold"),
}
#: What an empty cell is read as, where that is an answer that nobody gave.
READ_AS = {
    "mobility": "are read as walking without aid",
    "presence": "are read as present",
}
Cells = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Unread:
    """What of a table is not in its rows.

    Attributes
    ----------
    meant : int
        How many rows are read.
    columns : mapping of header to number of rows
        That are not read, and in how many of those rows they hold something.
    seconds : mapping of field to (headers, number of rows)
        With more than one source that holds something.
    left : frozenset of str
        Ids of the rows that ``where`` and ``where_not`` leave out, and no other row has.
    rows : int
        How many they are.
    following : int
        Rows of people whose case is among those of another table.
    doubtful : mapping of header to number of rows
        That are read, although the system says that their submission was not accepted.
    either : mapping of field to (number of rows, number of rows)
        Days that fit two formats, where others fit a later one alone.
    empty : mapping of field to number of rows
        That say nothing of what is read as if it had been said: ``READ_AS``.
    """

    meant: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, tuple[tuple[str, ...], int]] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    rows: int = 0
    following: int = 0
    doubtful: Mapping[str, int] = field(default_factory=dict)
    either: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    empty: Mapping[str, int] = field(default_factory=dict)


def columns_unread(meant: Sequence[Cells], mapping: ColumnMap) -> dict[str, int]:
    """Return each column that is not read, and in how many of the rows that are meant it holds something."""
    header = list(dict.fromkeys(h for row in meant for h in row))
    held = {h: sum(not says_nothing(row.get(h)) for row in meant) for h in header}
    lost = {h: n for h, n in held.items() if h != MEMBER and not _read(h, header, mapping)}
    return {h or "a column without a header": n for h, n in lost.items()}


def either_way(meant: Sequence[Cells], mapping: ColumnMap) -> dict[str, tuple[int, int]]:
    """Return each field of days of which some fit two formats, and others only a later one than the first.

    Returns
    -------
    dict of str to (int, int)
        Rows that could be either of two days, and rows that only a later format reads.
    """
    found = {}
    for ours, parts in mapping.columns.items():
        several = [p for p in parts if "|" in p.date_format]
        cells = [(str(c), p.date_format) for p in several for row in meant if (c := _of(row, p))]
        either = sum(len(readings(c, formats)) > 1 for c, formats in cells)
        later = [c for c, formats in cells if not readings(c, formats.partition("|")[0])]
        later = [c for c in later if not c[:4].isdecimal()]  # no ISO 8601, no serial, no year
        if either and later:
            found[ours] = either, len(later)
    return found


def left_empty(meant: Sequence[Cells], mapping: ColumnMap) -> dict[str, int]:
    """Return of how many rows nothing is said of a field whose empty cell is read as an answer."""
    found = {}
    for ours in READ_AS.keys() & mapping.columns.keys():
        parts = mapping.columns[ours]
        if any(p.constant for p in parts):
            continue
        if rows := sum(all(says_nothing(_of(row, p)) for p in parts) for row in meant):
            found[ours] = rows
    return found


def _of(row: Cells, part: Part) -> object:
    column = find_column(row, part.column)
    return row[column] if column else None


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


def not_accepted(meant: Sequence[Cells]) -> dict[str, int]:
    """Return the columns that say of rows which are read that their submission was not accepted.

    >>> not_accepted([{"ReviewState": "rejected"}, {"ReviewState": "approved"}])
    {'ReviewState': 1}
    """
    found = dict[str, int]()
    for row in meant:
        for header in (h for h in row if h.rpartition("/")[2] in DECIDED):
            if str(row[header] or "").strip().casefold() in NOT_ACCEPTED:
                found[header] = found.get(header, 0) + 1
    return found


def _read(header: str, every: Sequence[str], mapping: ColumnMap) -> bool:
    """Whether a column is read, is a choice of a question that is, or is the system's own."""
    if is_systems_own(header):
        return True
    parts = [p for given in mapping.columns.values() for p in given]
    if any(p.choices and choice_in(header, p.choices) for p in parts):
        return True
    asked = [p.column for p in parts if p.column] + [p.choices.rstrip("/-.: ") for p in parts]
    asked += [*mapping.where, *mapping.where_not, mapping.id]
    read = {find_column(every, a) for a in asked if a} - {None}
    if not header:
        return False
    return header in read or any(header.startswith((f"{r}/", f"{r}-")) for r in read)


def told(found: Mapping[str, tuple[str, Unread]]) -> Iterator[str]:
    """Say what is not read: of a file that several tables are made of, what none of them reads.

    Parameters
    ----------
    found : mapping
        Table to its file, and what of it is not in its rows.
    """
    of_file = defaultdict[str, list[Unread]](list)
    named_as = dict[str, str]()
    for file, one in found.values():
        same = file.casefold().removesuffix(".csv")
        named_as.setdefault(same, file)
        of_file[same].append(one)
    for same, all_of in of_file.items():
        file = named_as[same]
        tables = [one.columns for one in all_of if one.meant]
        every = dict.fromkeys(h for columns in tables for h in columns)
        held = {h: max(c[h] for c in tables) for h in every if all(h in c for c in tables)}
        lost = [h for h, rows in held.items() if rows]
        if lost:
            named = [f"{h} ({counted(held[h], 'row')})" for h in lost[:MOST]]
            more = f" and {len(lost) - MOST} more" if len(lost) > MOST else ""
            yield (
                f"{file}: {counted(len(lost), 'column is', 'columns are')} not read: "
                f"{', '.join(named)}{more}; what they hold is not in the site"
            )
    for table, (_, one) in found.items():
        yield from _of_rows(table, one)
        yield from _of_answers(table, one)


def _of_rows(table: str, one: Unread) -> Iterator[str]:
    """Say which rows are left out, or are read although somebody decided against them."""
    if one.rows:
        yield f"{table}: {counted(one.rows, 'row is', 'rows are')} left out by where or where_not"
    if one.following:
        yield f"{table}: {counted(one.following, 'row is', 'rows are')} left out with the case"
    for header, rows in one.doubtful.items():
        yield (
            f"{table}: {counted(rows, 'row is', 'rows are')} read although {header} says that they were not accepted; "
            f"where_not = {{ {header} = ... }} leaves them out"
        )


def _of_answers(table: str, one: Unread) -> Iterator[str]:
    """Say which answers are lacking, could be another, or contradict each other."""
    for ours, rows in sorted(one.empty.items()):
        yield f"{table}: {counted(rows, 'row says', 'rows say')} nothing of {ours}, and {READ_AS[ours]}: ask them"
    for ours, (either, later) in one.either.items():
        yield (
            f"{table}: {counted(either, 'day')} of {ours} could be read in two ways, and the first is taken, although "
            f"{counted(later, 'row fits', 'rows fit')} only a later format: see how days were written"
        )
    for ours, (columns, rows) in one.seconds.items():
        yield (
            f"{table}: {counted(rows, 'row has', 'rows have')} more than one source of {ours} "
            f"({', '.join(columns)}): the first is read; see that they agree"
        )
