"""SDMX-CSV of any dataflow, read from its own head: no declaration of its layout is needed.

Codes, labels, or both ("DE: Germany") stand in the cells; periods are years, quarters or months.
What the file does not say (who counts, what may be added) is not known of such a table either: its
indicator is its dataflow, and every further dimension stays a detail.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sojourn.errors import LayoutChanged, counted
from sojourn.sources.container import Grid, Workbook, flat
from sojourn.sources.declaration import Dataset
from sojourn.sources.layout import Layout, Measure, Table
from sojourn.vocab.frequency import PRINTED
from sojourn.vocab.status import ObsStatus, one_status

#: Columns of the format itself, by their names before any label.
_OF_FORMAT = {
    *("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "LAST UPDATE"),
    *("DECIMALS", "TIME_FORMAT", "TITLE", "COMMENT_OBS", "NOTE", "SOURCE"),
}
_ROLES = {
    "TIME_PERIOD": "year",
    "FREQ": "freq",
    "SEX": "sex",
    "AGE": "age",
    **dict.fromkeys(("GEO", "REF_AREA", "REFERENCE_AREA", "COUNTRY"), "area"),
    **dict.fromkeys(("CITIZEN", "C_BIRTH", "COUNTERPART_AREA", "ORIGIN"), "origin"),
    **dict.fromkeys(("UNIT", "UNIT_MEASURE"), "unit_printed"),
    "UNIT_MULT": "mult_printed",
    "OBS_FLAG": "flag",
    "OBS_STATUS": "flag",
    "CONF_STATUS": "flag_confidential",
}
_CRITERION = {"CITIZEN": "citizenship", "C_BIRTH": "birth"}
_PUBLISHERS = {"ESTAT": "eurostat", "WB": "worldbank", "UNHCR": "unhcr", "WHO": "who"}
_SEX = {
    **dict.fromkeys(("T", "_T", "TOTAL", "Total", "Both sexes"), "_T"),
    **dict.fromkeys(("F", "Females", "Female", "Women"), "F"),
    **dict.fromkeys(("M", "Males", "Male", "Men"), "M"),
    **dict.fromkeys(("UNK", "_U", "Unknown", "_X"), "_U"),
}
#: Unit of a message that prints none: nothing is taken for persons.
NOT_STATED = "NOT_STATED"
_UNITS = {
    "": NOT_STATED,
    **dict.fromkeys(("PER", "PS", "Person", "Persons", "NR", "Number", "PERSONS"), "PERSONS"),
    **dict.fromkeys(("PC", "PCT", "PT", "Percentage", "Per cent"), "PERCENT"),
}
_FLAGS = {
    "b": "B",
    "d": "D",
    "e": "E",
    "f": "F",
    "p": "P",
    "s": "E",
    "u": "U",
    "n": "N",
    "z": "M",
    "c": "Q",
    "r": "A",
    "i": "I",
    "C": "Q",
    "F": "A",
    "N": "Q",
}
_ALL = dict.fromkeys(("TOTAL", "Total", "_T", "T", "W00", "W"), "_T")
_CODE = re.compile(r"([A-Za-z0-9_\-.+]+): ?.*")

_KEEPS = ("", "I", "A", "R", "M")  # information, append, replace, merge; what is left is D: delete
_MESSAGE = {
    "DATAFLOW|STRUCTURE|STRUCTURE_ID|STRUCTURE_NAME|LAST UPDATE|ACTION": "names the message, holds no number"
}


def is_sdmx_csv(book: Workbook) -> bool:
    """Return whether a text file begins with the head of SDMX-CSV."""
    grid = book.grid(book.sheets[0])
    names = {_name(c) for c in grid.head[0]} if grid.is_text and grid.head else set()
    return {"OBS_VALUE", "TIME_PERIOD"} <= names and bool(names & {"DATAFLOW", "STRUCTURE_ID"})


def refuse_message(book: Workbook) -> None:
    """Refuse a message that deletes rows, or that holds several dataflows.

    Raises
    ------
    LayoutChanged
        The first row that says so.
    """
    grid = book.grid(book.sheets[0])
    place = {_name(title): c for c, title in reversed(list(enumerate(grid.head[0])))}
    if (column := place.get("ACTION")) is not None:
        for said in _printed(grid.rows[1:], column):
            if said.upper()[:1] not in _KEEPS:
                raise LayoutChanged(
                    f"{book.name}: column {grid.head[0][column]!r} reads {said!r}: these rows are taken away, "
                    "they are no numbers",
                    hint="load a message that holds data (ACTION I, A, R or M)",
                )
    column = place.get("DATAFLOW", place.get("STRUCTURE_ID", 0))
    if len({row[column] for row in grid.rows[1:] if column < len(row)}) > 1:
        _dataflow(book, grid, place)


def has_labels_only(book: Workbook) -> bool:
    """Return whether the cells hold labels without their codes (Annual, Germany, Total)."""
    grid = book.grid(book.sheets[0])
    place = {_name(title): c for c, title in enumerate(grid.head[0])}
    if (column := place.get("FREQ")) is not None:
        return all(len(p) > 1 for p in _printed(grid.rows[1:50], column))
    areas = _printed(grid.rows[1:50], place.get("GEO", place.get("REF_AREA", 0)))
    return any(len(p) > 4 and not p.isupper() for p in areas)


def generic(book: Workbook) -> tuple[Dataset, Layout]:
    """Return the dataset and the layout that an SDMX-CSV file describes by its own head.

    Raises
    ------
    LayoutChanged
        Several dataflows in one file, no reference area, or a frequency that the periods deny.
    """
    grid = book.grid(book.sheets[0])
    head, body = grid.head[0], grid.rows[1:]
    place = {_name(title): c for c, title in reversed(list(enumerate(head)))}
    publisher, flow = _dataflow(book, grid, place)
    columns, roles = _columns(head, place)
    if "area" not in columns:
        raise LayoutChanged(
            f"{book.name}: SDMX-CSV without a reference area in its head ({', '.join(head[:12])})",
            hint="expected geo or REF_AREA; declare a layout: sojourn declare FILE",
        )
    printed = {r: _printed(body, place[n]) for n, r in _ROLES.items() if n in place}
    _require_frequency(book, printed)
    _require_powers(book, printed.get("mult_printed", ()))
    labels_only = has_labels_only(book)
    coding = "name" if labels_only else _coding(publisher, printed["area"])
    origins = roles.get("origin", "")
    layout = Layout(
        id=f"sdmx-csv:{publisher}.{flow}",
        dataset=f"{publisher}.{flow}",
        kind="records",
        columns=columns,
        tables=(Table(measures=(_measure(flow, printed),)),),
        roles={"area": coding, **({"origin": coding} if origins else {})},
        optional=tuple(r for r in columns if r not in ("area", "year")),
        fixed={"ref_area": "@area", "destination": "@area", "latest": "2100"},
        values={"origin": _ALL, "area": {"W00": "900", "World": "900"}, **_values(printed)},
        by_row=_by_row(printed),
        label_code=_CODE.pattern,
        states=(r"\b(\d\d/\d\d/\d\d) \d\d:\d\d:\d\d", r"\b(20\d\d-\d\d-\d\d)T\d\d:\d\d"),
        missing={"": "O", ":": "O", "NaN": "O"},
        flags=_flag_codes(printed),
        groups=r"(EXT|NEU|EU|EA|NRP|OTH|NSP)[0-9A-Z]*_" if not labels_only else "",
        ignored=_MESSAGE,
    )
    return _dataset(publisher, flow, _CRITERION.get(origins, "_Z")), layout


def _dataset(publisher: str, flow: str, criterion: str) -> Dataset:
    names = {"eurostat": "Eurostat", "worldbank": "World Bank", "unhcr": "UNHCR", "who": "WHO"}
    said = names.get(publisher, publisher.upper())
    return Dataset(
        id=f"{publisher}.{flow}",
        publisher=said,
        title=f"Dataflow {flow.upper()}",
        landing_page="",
        citation=f"{said}, {flow} ({{edition}}).",
        criterion=criterion,
    )


def _name(title: str) -> str:
    return re.split(r"[:\[]", title, maxsplit=1)[0].strip().upper()


def _code(cell: object) -> str:
    text = flat(cell)
    found = _CODE.fullmatch(text)
    return found.group(1) if found is not None else text


def _printed(body: Sequence[Sequence[object]], column: int) -> list[str]:
    return list(dict.fromkeys(_code(row[column]) for row in body if column < len(row)))


def _dataflow(book: Workbook, grid: Grid, place: Mapping[str, int]) -> tuple[str, str]:
    column = place.get("DATAFLOW", place.get("STRUCTURE_ID", 0))
    printed = {flat(row[column]) for row in grid.rows[1:] if column < len(row)}
    found = [re.match(r"([\w.]+):([\w@]+)", text) for text in sorted(printed)]
    flows = {m.groups() for m in found if m is not None}
    if len(flows) != 1:
        raise LayoutChanged(
            f"{book.name}: {counted(len(flows), 'dataflow')} in column {grid.head[0][column]!r}: "
            f"{', '.join(sorted(printed)[:3])!r}",
            hint="expected AGENCY:DATAFLOW(VERSION), the same in each row; load them as two files",
        )
    agency, flow = flows.pop()
    publisher = _PUBLISHERS.get(agency, re.sub(r"\W", "_", agency.lower()))
    return publisher, re.sub(r"[^a-z0-9]+", "_", flow.lower()).strip("_")


def _columns(
    head: Sequence[str], place: Mapping[str, int]
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Return the role of each column, by its heading, and which dimension names a role."""
    columns: dict[str, tuple[str, ...]] = {}
    named: dict[str, str] = {}
    for name, c in sorted(place.items(), key=lambda item: item[1]):
        if name in _OF_FORMAT or name == "OBS_VALUE":
            continue
        role = _ROLES.get(name)
        if role is None:
            label_beside = " " in name or (
                head[c] != head[c].upper() and head[c - 1] == head[c - 1].upper() and c > 0
            )
            kind = "label" if label_beside and place.get("STRUCTURE_ID") is not None else "detail"
            role = f"{kind}_{re.sub(r'[^a-z0-9]+', '_', name.lower())}"
        if role not in columns:
            columns[role] = (head[c],)
            named[role] = name
    return columns, named


def _coding(publisher: str, areas: Sequence[str]) -> str:
    if publisher == "eurostat":
        return "eurostat"
    if all(a.isdigit() for a in areas):
        return "m49"
    return "iso2" if sum(len(a) == 2 for a in areas) * 2 > len(areas) else "iso3"


def _measure(flow: str, printed: Mapping[str, Sequence[str]]) -> Measure:
    units = [_UNITS.get(u, u) for u in printed.get("unit_printed", ())]
    return Measure(
        match=r"(?i)OBS_VALUE(: ?.*)?", indicator=flow, unit=units[0] if units else NOT_STATED
    )


def _values(printed: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    return {
        "sex": {label: _SEX.get(label, label) for label in printed.get("sex", ())},
        "age": {label: _age(label) for label in printed.get("age", ())},
    }


def _age(label: str) -> str:
    """Return the SDMX code of an age group, or the label where its form is not known."""
    if label in ("TOTAL", "Total", "_T", "T"):
        return "_T"
    forms = (
        (r"(?:Y|From )(\d+)(?:-|T| to )(\d+)(?: years)?", "Y{}T{}"),
        (r"(?:Y_LT|Less than )(\d+)(?: years)?", "Y0T{}"),
        (r"(?:Y_?GE)?(\d+)(?: years or over)?", "Y_GE{}"),
        (r"(\d+) years", "Y{}"),
        (r"UNK|Unknown|_U", "_U"),
    )
    for form, code in forms:
        if (found := re.fullmatch(form, label)) is not None:
            numbers = [int(g) for g in found.groups()]
            below = [numbers[0] - 1] if code == "Y0T{}" else numbers
            return code.format(*below)
    return label


def _by_row(printed: Mapping[str, Sequence[str]]) -> dict[str, dict[str, dict[str, Any]]]:
    units = {u: {"unit": _UNITS.get(u, u)} for u in printed.get("unit_printed", ())}
    mults = {m: {"mult": int(m or 0)} for m in printed.get("mult_printed", ())}
    return {"unit_printed": units, **({"mult_printed": mults} if mults else {})}


def _flag_codes(printed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the status of every flag and pair of flags that the file prints."""
    flags = [f for f in printed.get("flag", ()) if f]
    more = [f for f in printed.get("flag_confidential", ()) if f]
    status = {f: _status(f) for f in flags}
    hidden = {f: _FLAGS.get(f, "A") for f in more}
    both = {f"{a} {b}": hidden[b] if hidden[b] == "Q" else status[a] for a in flags for b in more}
    return {**status, **hidden, **both}


def _status(flag: str) -> str:
    if flag in set(ObsStatus):
        return flag
    known = [ObsStatus(_FLAGS[letter]) for letter in flag if letter in _FLAGS]
    return one_status(known).value if known else "A"


def _require_powers(book: Workbook, printed: Sequence[str]) -> None:
    wrong = [m for m in printed if m and not re.fullmatch(r"[+-]?\d{1,2}", m)]
    if wrong:
        raise LayoutChanged(
            f"{book.name}: UNIT_MULT reads {wrong[0]!r}; expected the power of ten of each number, "
            "0, 3 or 6",
            hint="export it again; no number is read in a size that is not known",
        )


def _require_frequency(book: Workbook, printed: Mapping[str, Sequence[str]]) -> None:
    said = {PRINTED[f] for f in printed.get("freq", ()) if f in PRINTED}
    lengths = {"A": r"\d{4}", "M": r"\d{4}-?M?\d\d", "Q": r"\d{4}-?Q\d"}
    for freq in said & set(lengths) if len(said) == 1 else ():
        wrong = [p for p in printed["year"] if not re.fullmatch(lengths[freq], p)]
        if wrong:
            raise LayoutChanged(
                f"{book.name}: the frequency is {freq}, and TIME_PERIOD reads {wrong[0]!r}",
                hint="months, quarters and years are never mixed; export it again",
            )
