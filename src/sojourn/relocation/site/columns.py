"""Other systems' headers and codes: forms of Kobo and ODK as they come, any other by a mapping.

An export of Kobo or ODK whose questions are named after our fields needs no mapping: group prefixes
and the system's own columns are dropped, and several choices in one cell are split at spaces. For
every other table a mapping (TOML) says which of their columns gives which of our fields.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sojourn.relocation.site.arrays import is_array, parts_of, says_nothing
from sojourn.relocation.site.choices import UnclearCell, answers, choices_of, require_all
from sojourn.relocation.site.dates import iso_of, years_of
from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.mapping import ColumnMap, Part
from sojourn.relocation.site.members import MEMBER, headers_of_members, members_twice
from sojourn.relocation.site.schema import TableSchema
from sojourn.relocation.site.site import NOT_ASKED
from sojourn.terminal.nearest import did_you_mean

OWN_COLUMNS = frozenset(
    [
        "SubmissionDate",
        "KEY",
        "PARENT_KEY",
        "SubmitterID",
        "SubmitterName",
        "AttachmentsPresent",
        "AttachmentsExpected",
        "Status",
        "ReviewState",
        "DeviceID",
        "Edits",
        "FormVersion",
        "start",
        "end",
        "today",
        "deviceid",
        "username",
        "phonenumber",
        "instanceID",
        "instanceName",
    ]
)  # what Kobo and ODK add to every form
_FORM_MARKS = {"_id", "_uuid", "_index", "_submission_time", "KEY", "instanceID"}


def rename(
    record: Mapping[str, object], schema: TableSchema, mapping: ColumnMap | None
) -> dict[str, object] | None:
    """Turn another system's row into ours; None for a row that is not meant."""
    if mapping is None or not mapping.columns:
        renamed = _as_they_come(record, schema)
    else:
        if not _meant(record, mapping):
            return None
        renamed = {ours: _first(ours, record, parts) for ours, parts in mapping.columns.items()}
    for name, cell in renamed.items():
        if name in schema.fields and schema.fields[name]["type"] == "array" and is_array(cell):
            renamed[name] = parts_of(name, str(cell))
    for name, codes in mapping.values.items() if mapping else ():
        if name in renamed:
            renamed[name] = _recode(renamed[name], codes, schema.fields[name])
    for name, cell in renamed.items():
        if mapping and isinstance(cell, list):  # a choice that is there twice is one
            renamed[name] = list(dict.fromkeys(map(str, cell)))
    if schema.table == "person" and not _asked(record, renamed, mapping):
        renamed["flags"] = [NOT_ASKED]
    return renamed


def told_in(record: Mapping[str, object], ours: str, mapping: ColumnMap) -> str:
    """Return what a row says of one of our fields, as it stands; empty where it cannot be told."""
    try:
        cell = _first(ours, record, mapping.columns.get(ours, ()))
    except UnclearCell:
        return ""
    return "" if cell is None else str(cell).strip()


def _asked(
    record: Mapping[str, object], renamed: Mapping[str, object], mapping: ColumnMap | None
) -> bool:
    """Whether somebody was asked about needs: a table of ours says so by its column, a form by an answer."""
    if "flags" not in renamed:
        return False
    form = mapping is not None and bool(mapping.columns)
    form = form or not _FORM_MARKS.isdisjoint(record)
    none = mapping is not None and "flags" in mapping.empty_is_none
    return not form or none or not says_nothing(renamed["flags"])


def _meant(record: Mapping[str, object], mapping: ColumnMap) -> bool:
    def holds(column: str, value: str) -> bool:
        return str(_cell(record, column) or "").strip().casefold() == value.strip().casefold()

    return all(holds(c, v) for c, v in mapping.where.items()) and not any(
        holds(c, v) for c, v in mapping.where_not.items()
    )


def _as_they_come(record: Mapping[str, object], schema: TableSchema) -> dict[str, object]:
    """Drop groups and a form's own columns; gather choices that stand in columns of their own."""
    form = not _FORM_MARKS.isdisjoint(record)
    renamed = dict[str, object]()
    chosen = dict[str, list[tuple[str, str, object]]]()
    whole = dict[str, object]()
    for header, cell in record.items():
        name, parent = _names(header)
        if header in schema.fields or name in schema.fields:
            name = header if header in schema.fields else name
            listed = form and schema.fields[name]["type"] == "array" and isinstance(cell, str)
            listed = listed and not is_array(cell)
            renamed[name] = ";".join(str(cell).split()) if listed and ";" not in str(cell) else cell
            whole[name] = cell
        elif parent in schema.fields and schema.fields[parent]["type"] == "array":
            chosen.setdefault(parent, []).append((name, header, cell))
        elif not _is_own(header, name):
            renamed[header] = cell
    for name, cells in chosen.items():
        renamed[name] = _answered(name, cells, whole.get(name))
    return renamed


def _answered(
    name: str, cells: Sequence[tuple[str, str, object]], summary: object
) -> list[str] | None:
    """Return the choices that were chosen; None where nobody was asked.

    That is where every cell is empty, as Kobo leaves a question without an answer, and where none is
    chosen and the question's own cell is there and empty, as a program does that writes 0 for it.
    """
    if says_nothing(summary) and all(says_nothing(cell) for _, _, cell in cells):
        return None
    chosen = choices_of(name, cells, summary)
    asked = summary is None or answers(summary) or _is_choice(summary, cells)
    return chosen if chosen or asked else None


def _is_choice(summary: object, cells: Sequence[tuple[str, str, object]]) -> bool:
    """Whether a question's own cell names a choice, as where one is called ``none``."""
    return str(summary).strip().casefold() in {choice.casefold() for choice, _, _ in cells}


@lru_cache(4096)
def _names(header: str) -> tuple[str, str]:
    """Return a header's last part, and the group (Kobo: /, ODK: -) or question before it."""
    parts = [p.strip() for p in header.split("/" if "/" in header else "-")]
    return parts[-1], parts[-2] if len(parts) > 1 else ""


def is_systems_own(header: str) -> bool:
    """Whether a column is one that a form's system adds, whatever groups stand before it."""
    return _is_own(header, _names(header)[0])


def _is_own(header: str, name: str) -> bool:
    return header.startswith("_") or name.startswith("_") or name in OWN_COLUMNS


def find_column(header: Sequence[str] | Mapping[str, object], column: str) -> str | None:
    """Return their header: the whole, or the only one that ends in it after its groups."""
    if column in header:
        return column
    ending = [h for h in header if h.endswith((f"/{column}", f"-{column}"))]
    return ending[0] if len(ending) == 1 else None


def _cell(record: Mapping[str, object], column: str) -> object:
    found = find_column(record, column)
    return None if found is None else record[found]


def _first(ours: str, record: Mapping[str, object], parts: Sequence[Part]) -> object:
    """Return the first of several sources that is not empty."""
    for part in parts:
        if part.constant:
            return part.constant
        if part.choices:
            chosen = _chosen(ours, record, part.choices)
            if chosen is None:
                continue
            return chosen
        cell = _cell(record, part.column)
        split = _split(ours, record, part, cell)
        if says_nothing(cell):
            continue
        if split is not None:
            return split
        if part.date_format:
            return iso_of(str(cell), part.date_format)
        if part.prefix == "age:":
            return f"age:{years_of(str(cell))}"
        if not (part.prefix or part.suffix):
            return cell
        behind = part.suffix.replace("#", str(record.get(MEMBER, "#")))
        return f"{part.prefix}{str(cell).strip().removesuffix('.0')}{behind}"
    return None


def _split(ours: str, record: Mapping[str, object], part: Part, cell: object) -> list[str] | None:
    """Return the choices in one cell, which has to name what their own columns say; None where it is not split."""
    if not part.separator:
        return None
    text = "" if cell is None else str(cell)
    split = [p for p in map(str.strip, text.split(part.separator)) if p]
    split = parts_of(ours, text) if is_array(cell) else split
    require_all(ours, _choices(record, f"{part.column}/"), cell, split)
    return split


def _chosen(ours: str, record: Mapping[str, object], question: str) -> list[str] | None:
    """Return the choices of a question that has a column for each; groups may stand before it."""
    return _answered(ours, _choices(record, question), _cell(record, question.rstrip("/-.: ")))


def _choices(record: Mapping[str, object], question: str) -> list[tuple[str, str, object]]:
    """Return choice, header and cell of each column of a question."""
    return [(n, h, cell) for h, cell in record.items() if (n := choice_in(h, question))]


def choice_in(header: str, question: str) -> str:
    """Return the choice for which a column of a question stands; nothing where it is of another question.

    >>> choice_in("member/needs/pregnant", "needs/"), choice_in("other_needs/pregnant", "needs/")
    ('pregnant', '')
    """
    before, asked, choice = header.partition(question)
    ours = bool(asked) and (not before or before.endswith(("/", "-")))
    return choice.strip() if ours else ""


def _recode(cell: object, codes: Mapping[str, str], rule: Mapping[str, object]) -> object:
    """Replace their codes or labels by ours, in each part of a list."""
    if rule["type"] != "array":
        return codes.get(str(cell).strip(), cell)
    if isinstance(cell, str):
        cell = [p.strip() for p in cell.split(str(rule["x-separator"])) if p.strip()]
    if not isinstance(cell, list):
        return cell
    return [
        new
        for part in cell
        if (new := codes.get(part, part) if isinstance(part, str) else part) != ""
    ]


def header_faults(
    file: str,
    header: Sequence[str],
    schema: TableSchema,
    mapping: ColumnMap | None,
    *,
    exhaustive: bool,
) -> list[Fault]:
    """Return what is wrong with the columns, once, before any row is looked at.

    Parameters
    ----------
    exhaustive : bool
        Every column is there even where it is empty (CSV, not JSON).
    """
    if not header:
        return []  # an empty table: each required table is asked for its rows elsewhere
    faults = []
    mapped = mapping is not None and bool(mapping.columns)
    named = [h for h in header if h or not mapped]
    if len(set(named)) != len(named):
        faults.append(Fault(file, 1, "", "two columns with the same header", "each once"))
    if mapping is not None and mapping.each:
        twice = members_twice(header, mapping.each)
        header = headers_of_members(header, mapping.each)
        if not header:
            return [_no_members(file, mapping.each)]
        faults += [_twice(file, question) for question in twice]
    if mapping is not None and mapping.columns:
        faults += [_twice(file, c) for c in _questions(mapping) if _ambiguous(header, c)]
        wanted = {p.column for parts in mapping.columns.values() for p in parts if p.column}
        wanted |= set(mapping.where) | set(mapping.where_not)
        lost = sorted(c for c in wanted if find_column(header, c) is None)
        lost += [c for c in _questions(mapping) if not any(choice_in(h, c) for h in header)]
        return faults + [
            Fault(
                file,
                1,
                "",
                f"no column {c!r}, or several that end in it",
                "each column named in the mapping",
                "compare the mapping with your form",
            )
            for c in lost
        ]
    return faults + _own_faults(file, header, schema, exhaustive=exhaustive)


def _twice(file: str, question: str) -> Fault:
    found = f"two columns, or two questions, that end in {question!r}"
    return Fault(file, 1, "", found, "one", "name it with the groups before it")


def _ambiguous(header: Sequence[str], question: str) -> bool:
    """Whether two columns stand for one choice of a question, as where two groups ask the same."""
    found = [h for h in header if choice_in(h, question)]
    return len({h.partition(question)[0] for h in found}) > 1


def _no_members(file: str, each: str) -> Fault:
    return Fault(
        file,
        1,
        "",
        f"no column that begins with {each.replace('#', '1')!r}",
        "columns of members, as `each` says",
        "compare the mapping with your form",
    )


def _own_faults(
    file: str, header: Sequence[str], schema: TableSchema, *, exhaustive: bool
) -> list[Fault]:
    """Return what is wrong with columns that are named as ours."""
    named = [n for h in header for n in _as_they_come({h: ""}, schema) if _names(h)[1] != n]
    known = set(named) & set(schema.fields) | (set(schema.fields) & {_names(h)[1] for h in header})
    faults = [
        Fault(file, 1, n, "two columns for one field", "one")
        for n in sorted(known)
        if named.count(n) > 1
    ]
    faults += _two_questions(file, header, schema)
    if not known:
        return [
            Fault(
                file,
                1,
                "",
                f"no column of the table {schema.table}",
                f"a header row with {', '.join(schema.required)}",
                f"see `sojourn site schema {schema.table}`, or map the columns in columns.toml",
            )
        ]
    for number, name in enumerate(header, start=1):
        if set(_as_they_come({name: ""}, schema)) - set(schema.fields):
            faults.append(
                Fault(
                    file,
                    1,
                    "",
                    f"column {number} ({name[:40]!r}), which is not a field of {schema.table}",
                    f"one of {', '.join(schema.fields)}",
                    f"{did_you_mean(name, schema.fields)} remove it or map the columns in columns.toml".strip(),
                )
            )
    absent = [n for n in schema.required if exhaustive and n not in known]
    return faults + [Fault(file, 1, n, "no such column", "every required field") for n in absent]


def _two_questions(file: str, header: Sequence[str], schema: TableSchema) -> list[Fault]:
    """Return the questions of one name in two groups, whose choices would be put together."""
    asked: dict[str, set[str]] = {}
    for h in header:
        name, question = _names(h)
        if not {h, name} & set(schema.fields) and question in schema.fields:
            asked.setdefault(question, set()).add(h.removesuffix(name))
    return [
        Fault(file, 1, n, "columns of choices of two questions", "one", "map the one that is meant")
        for n, groups in sorted(asked.items())
        if len(groups) > 1
    ]


def _questions(mapping: ColumnMap) -> list[str]:
    return sorted(p.choices for parts in mapping.columns.values() for p in parts if p.choices)
