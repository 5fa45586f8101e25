"""What a user brings: policy, tables or microdata, hierarchies, a-priori files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sojourn.errors import Misasked, TableRefused
from sojourn.protect.ledger.ledger import PUBLIC
from sojourn.protect.run.text import text_of
from sojourn.protect.table.apriori import read_apriori
from sojourn.protect.table.equations import Key, System, key_of, system_of
from sojourn.protect.table.hierarchy import TOTAL, Hierarchy, read_hierarchy
from sojourn.protect.table.insiders import with_contributors
from sojourn.protect.table.known import with_known
from sojourn.protect.table.lines import header_of, lines_of, refuse_header, refuse_separator
from sojourn.protect.table.policy import Policy, packaged, read_policy
from sojourn.protect.table.said import Said, read_said
from sojourn.protect.table.table import Row, Table, read_table
from sojourn.terminal.nearest import nearest_and_all

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks for.

    Attributes
    ----------
    tables : tuple of Path
        The first is the one that is written; the others are linked.
    policy : str
        Name of a packaged policy, or a TOML file.
    hierarchies : tuple of (dimension, Path)
    apriori : Path or None
    by : tuple of str
        Dimensions to count microdata by; empty for a finished table.
    contributor : str
        Column of microdata that names the family, case or enterprise of a record.
    known : Path or None
        A table of what everybody knows from elsewhere.
    said : Path or None
        Sentences printed beside the table.
    ledger, series, day, scheduled
        The memory of releases.
    others : bool
        The asker says that no other series has these people.
    audience : str
        To whom, as the policy names them.
    person : str
        Who gets everything, where the audience does.
    """

    tables: tuple[Path, ...]
    policy: str
    hierarchies: tuple[tuple[str, Path], ...] = ()
    apriori: Path | None = None
    by: tuple[str, ...] = ()
    contributor: str = ""
    known: Path | None = None
    said: Path | None = None
    ledger: Path | None = None
    series: str = ""
    day: date | None = None
    scheduled: bool = False
    others: bool = False
    audience: str = PUBLIC
    person: str = ""
    told: Told = field(default=lambda _: None)


def policy_of(name: str) -> Policy:
    """Return a packaged policy by name, or the policy of a file.

    Raises
    ------
    BadDeclaration
        No such policy, or its file is not one.
    """
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        return read_policy(text_of(path), where=path.name)
    return packaged(name)


def tables_of(asked: Asked) -> list[Table]:
    """Return the tables of a request, microdata counted, the a-priori file applied."""
    made = []
    for number, path in enumerate(asked.tables):
        text = text_of(path)
        table = (
            counted(text, asked.by, name=path.name)
            if asked.by and number == 0
            else read_table(text, name=path.name)
        )
        made.append(table)
    if asked.apriori is not None:
        made[0] = _with_apriori(made[0], text_of(asked.apriori), asked.apriori.name)
    return made


def system_asked(asked: Asked, tables: Sequence[Table]) -> System:
    """Return the system of a request: its tables, what is known from elsewhere, contributors.

    Raises
    ------
    TableRefused
        They contradict each other.
    """
    known: dict[Key, float] = {}
    if asked.known is not None:
        told = read_table(text_of(asked.known), name=asked.known.name)
        known = {
            key_of(told.dimensions, r.codes): r.value for r in told.rows if r.value is not None
        }
    system = system_of(with_known(tables, known), hierarchies_of(asked.hierarchies))
    return with_contributors(system, _contributions(asked))


def said_of(asked: Asked) -> tuple[Said, ...]:
    """Return the sentences that are printed beside the table."""
    if asked.said is None:
        return ()
    return read_said(text_of(asked.said), name=asked.said.name)


def _contributions(asked: Asked) -> list[Mapping[Key, float]]:
    """Return what each contributor of microdata has of the finest cells."""
    if not asked.contributor:
        return []
    if not asked.by:
        raise Misasked(
            "--contributor names a column of microdata", hint="--by DIM,DIM counts microdata"
        )
    path = asked.tables[0]
    found: dict[str, dict[Key, float]] = {}
    given = records_of(text_of(path), asked.by, name=path.name, identifier=asked.contributor)
    for line, codes, who in given:
        if not who:
            raise TableRefused(
                f"{path.name}, line {line}: the record has no {asked.contributor}",
                hint="one contributor a record; somebody alone is a contributor of their own",
            )
        own = found.setdefault(who, {})
        key = key_of(asked.by, codes)
        own[key] = own.get(key, 0.0) + 1.0
    return [*found.values()]


def _with_apriori(table: Table, text: str, name: str) -> Table:
    said = {a.codes: a for a in read_apriori(text, name=name, dimensions=len(table.dimensions))}
    known = {r.codes for r in table.rows}
    if lost := next((c for c in said if c not in known), None):
        raise TableRefused(
            f"{name}: {'/'.join(lost)} is no cell of {table.name}",
            hint="codes as in the table, _T for totals",
        )
    rows = []
    for row in table.rows:
        one = said.get(row.codes)
        rows.append(
            row
            if one is None
            else replace(
                row,
                primary=row.primary or one.word == "u",
                cost=one.cost if one.word == "c" else row.cost,
                keep=row.keep or one.word == "p",
                safe=row.safe or one.word == "s",
            )
        )
    return replace(table, rows=tuple(rows))


def counted(text: str, by: Sequence[str], *, name: str) -> Table:
    """Return microdata counted by dimensions, with every total.

    Raises
    ------
    TableRefused
        A dimension is no column, or a record has no code in one.
    """
    counts: dict[tuple[str, ...], int] = {}
    for _, codes, _ in records_of(text, by, name=name):
        counts[codes] = counts.get(codes, 0) + 1
    cells: dict[tuple[str, ...], int] = {}
    for codes, count in counts.items():
        for mask in range(2 ** len(by)):
            key = tuple(TOTAL if mask >> i & 1 else c for i, c in enumerate(codes))
            cells[key] = cells.get(key, 0) + count
    rows = tuple(Row(codes, float(cells[codes])) for codes in sorted(cells))
    return Table(name, tuple(by), rows)


def records_of(
    text: str, by: Sequence[str], *, name: str, identifier: str = ""
) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Yield line, codes and identifier of each record of microdata.

    Raises
    ------
    TableRefused
        A dimension is no column, or a record has no code in one.
    """
    lines = lines_of(text, name=name)
    header = header_of(lines, name=name)
    wanted = (*by, *([identifier] if identifier else []))
    refuse_header(header, wanted, name)
    _refuse_columns(wanted, by, header, name)
    at = [header.index(d) for d in wanted]
    empty = True
    for number, cells in (line for line in lines if line[1]):
        empty = False
        if any(c.strip() for c in cells[len(header) :]):
            raise TableRefused(
                f"{name}, line {number}: more cells than the header has columns",
                hint="a comma inside a code needs quotes; no cell is dropped",
            )
        found = [cells[i].strip() if i < len(cells) else "" for i in at]
        codes = tuple(found[: len(by)])
        refuse_separator(cells if len(header) > 1 else [], f"{name}, line {number}")
        if not all(codes) or TOTAL in codes:
            raise TableRefused(
                f"{name}, line {number}: a code is missing",
                hint="say 'unknown' where it is not known",
            )
        yield number, codes, found[-1] if identifier else ""
    if empty:
        raise TableRefused(f"{name}: no records under its header", hint="at least one record")


def _refuse_columns(
    wanted: Sequence[str], by: Sequence[str], header: Sequence[str], name: str
) -> None:
    if twice := [d for d in by if by.count(d) > 1]:
        raise TableRefused(f"{name}: --by names {twice[0]!r} twice", hint="each dimension once")
    if lost := [d for d in wanted if d not in header]:
        raise TableRefused(f"{name}: no column {lost[0]!r}", hint=nearest_and_all(lost[0], header))
    if twice := [d for d in wanted if header.count(d) > 1]:
        raise TableRefused(f"{name}: two columns are called {twice[0]!r}", hint="each once")


def hierarchies_of(given: Sequence[tuple[str, Path]]) -> Mapping[str, tuple[Hierarchy, ...]]:
    """Return the hierarchies given, by dimension."""
    made: dict[str, tuple[Hierarchy, ...]] = {}
    for dimension, path in given:
        made[dimension] = (*made.get(dimension, ()), read_hierarchy(text_of(path), name=path.name))
    return made
