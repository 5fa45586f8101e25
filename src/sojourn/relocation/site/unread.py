"""What of an export no mapping reads: columns, rows and second sources that would vanish without a word.

Headers and numbers of rows are told, never what a cell holds.
"""

from collections.abc import Iterator, Mapping, Sequence

from sojourn.errors import counted
from sojourn.relocation.site.arrays import says_nothing
from sojourn.relocation.site.columns import find_column, is_own
from sojourn.relocation.site.mapping import ColumnMap
from sojourn.relocation.site.members import MEMBER

MOST = 12  # columns that are named
Cells = Mapping[str, object]


def unread(table: str, meant: Sequence[Cells], left: int, mapping: ColumnMap) -> Iterator[str]:
    """Say what of a table is not in what was made of it.

    Parameters
    ----------
    meant : sequence of mapping
        Rows that were read, header to cell.
    left : int
        Rows that ``where`` and ``where_not`` leave out.
    """
    if left:
        yield f"{table}: {counted(left, 'row is', 'rows are')} left out by where or where_not"
    header = list(dict.fromkeys(h for row in meant for h in row))
    held = {h: sum(not says_nothing(row.get(h)) for row in meant) for h in header}
    lost = [
        h for h in header if held[h] and h not in ("", MEMBER) and not _read(h, header, mapping)
    ]
    if lost:
        named = [f"{h} ({counted(held[h], 'row')})" for h in lost[:MOST]]
        more = f" and {len(lost) - MOST} more" if len(lost) > MOST else ""
        yield (
            f"{table}: {counted(len(lost), 'column is', 'columns are')} not read: {', '.join(named)}{more}; "
            "what they hold is not in the site"
        )
    yield from _second(table, meant, header, mapping)


def _second(
    table: str, meant: Sequence[Cells], header: Sequence[str], mapping: ColumnMap
) -> Iterator[str]:
    """Say where two sources of one field hold something: a birth and an age may contradict each other."""
    for ours, parts in mapping.columns.items():
        columns = [c for p in parts if p.column and (c := find_column(header, p.column))]
        rows = sum(sum(not says_nothing(row.get(c)) for c in columns) > 1 for row in meant)
        if rows:
            told = counted(rows, "row has", "rows have")
            yield (
                f"{table}: {told} more than one source of {ours} ({', '.join(columns)}): the first is read; "
                "see that they agree"
            )


def _read(header: str, every: Sequence[str], mapping: ColumnMap) -> bool:
    """Whether a column is read, is a choice of a question that is, or is the system's own."""
    if is_own(header, header.rpartition("/")[2]):
        return True
    parts = [p for given in mapping.columns.values() for p in given]
    if any(p.choices and (p.choices in header) for p in parts):
        return True
    asked = [p.column for p in parts if p.column] + [p.choices.rstrip("/-.: ") for p in parts]
    asked += [*mapping.where, *mapping.where_not, mapping.id]
    read = {find_column(every, a) for a in asked if a} - {None}
    return header in read or any(header.startswith((f"{r}/", f"{r}-")) for r in read)
