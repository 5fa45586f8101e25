"""The selection that a file prints: preambles, filters, queries, and names of exports."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from sojourn.sources.container import Grid, Workbook, flat

_PLACES = re.compile(
    r"(?:selected )?(?:country of (?:origin|asylum|destination|residence|birth|citizenship)|origins?"
    r"|asylum|destinations?|countr(?:y|ies)(?: ?/ ?territor(?:y|ies))?|areas?|regions?|geo"
    r"|geopolitical entity.*|citizen(?:ship)?|nationality|location|sex|age)",
    re.I,
)
_OTHERS = re.compile(r"(?:applied |data )?filters?(?: applied)?|selection|query|selected .*", re.I)
_TIMES = re.compile(r"(?:selected )?(?:years?|period|time(?: period)?)", re.I)
#: What a person selects who selects nothing.
_ALL = re.compile(r"(?:|-|\*|all(?: .*)?|any|none|no filters?.*|total|world|everything)", re.I)
_ADDRESS = re.compile(r"https?://\S+")
_PLACE_KEYS = frozenset(
    {"coo", "coa", "geo", "citizen", "country", "countries", "iso3", "origin", "area"}
)
#: Names under which publishers hand out a part of a table.
_NAMES = (
    (re.compile(r"^API_([A-Z]{3})_DS2?_", re.I), "export of one country"),
    (re.compile(r"estat_.*_filtered(?:_|\.)", re.I), "filtered export"),
    (re.compile(r"__custom_\d+"), "custom extraction"),
)
DEPTH = 40


@dataclass(frozen=True, slots=True)
class Selection:
    """What a file says of the part it holds.

    Attributes
    ----------
    lines : tuple of str
        Each statement as printed: ``Origin: Syrian Arab Rep.``.
    of_places : bool
        Whether places, sexes or ages were selected, so that no total can be taken from it.
    whole : bool
        Whether the file names what could have been selected, and says that nothing was.
    """

    lines: tuple[str, ...] = ()
    of_places: bool = False
    whole: bool = False


def read_selection(book: Workbook) -> Selection:
    """Return the selection that a file prints above its table, or bears in its name."""
    lines: list[str] = []
    of_places, asked = False, 0
    for sheet in book.sheets[:3]:
        for label, value in _pairs(book.grid(sheet)):
            if _PLACES.fullmatch(label):
                asked += 1
                if not _ALL.fullmatch(value):
                    lines.append(f"{label}: {value}")
                    of_places = True
            elif (_TIMES.fullmatch(label) or _OTHERS.fullmatch(label)) and not _ALL.fullmatch(
                value
            ):
                lines.append(f"{label}: {value}")
                of_places = of_places or not _TIMES.fullmatch(label)
            if selected := _of_address(value):
                lines.append(selected)
                of_places = True
    for pattern, said in _NAMES:
        if (found := pattern.search(book.name.rsplit("/", maxsplit=1)[-1])) is not None:
            lines.append(f"file name {found.group(0)}: {said}")
            of_places = True
    lines = list(dict.fromkeys(lines))
    return Selection(tuple(lines), of_places, whole=asked > 0 and not of_places)


def _pairs(grid: Grid) -> list[tuple[str, str]]:
    """Return the labelled lines above the table: a label ends in a colon, or stands alone with one value."""
    found = []
    for row in grid.rows[:DEPTH]:
        cells = [flat(c) for c in row]
        filled = [c for c in cells if c]
        if len(filled) > 3:
            break
        if not filled:
            continue
        label, _, rest = filled[0].partition(":")
        if ":" in filled[0] and not filled[0].lower().startswith("http"):
            value = ", ".join([rest.strip(), *filled[1:]] if rest.strip() else filled[1:])
            found.append((label.strip(), value.strip()))
        elif len(filled) == 2 and len(filled[0]) < 60:
            found.append((filled[0].strip(), filled[1].strip()))
    return found


def _of_address(value: str) -> str:
    """Return the places that a printed query names; empty when it names none.

    Examples
    --------
    >>> _of_address("https://api.unhcr.org/population/v1/population/?coo=SYR&yearFrom=2015")
    'query coo=SYR'
    """
    address = _ADDRESS.search(value)
    if address is None:
        return ""
    asked = [
        f"{k}={v}"
        for k, v in parse_qsl(urlsplit(unquote(address.group(0))).query)
        if k.lower() in _PLACE_KEYS and not _ALL.fullmatch(v)
    ]
    return f"query {', '.join(asked)}" if asked else ""
