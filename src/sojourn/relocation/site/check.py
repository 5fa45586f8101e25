"""What no single row can show: references between the tables of a site, and dates that cannot be.

Looks at whole tables, faulty rows included: a reference to a row that is refused for another
reason is not called a second fault. A table that could not be read at all is not judged.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from sojourn.relocation.site.fault import Fault
from sojourn.relocation.site.needs import row_of
from sojourn.relocation.site.schema import describe
from sojourn.relocation.site.site import NOT_ASKED, Rules
from sojourn.relocation.site.table import Row, Table
from sojourn.vocab.area import AREAS

DERIVED = (
    "derived:unaccompanied_child",
    "derived:woman_alone",
    "derived:single_parent",
    "derived:older_person",
    "derived:reduced_mobility",
)
_MEND = "add the missing row or correct the reference"
_REFERENCES = (
    ("person", "case_id", "case"),
    ("case", "head", "person"),
    ("link", "a", "person"),
    ("link", "b", "person"),
    ("relative_elsewhere", "person", "person"),
    ("room", "place_id", "place"),
    ("travel", "place_id", "place"),
)
_APART = {"must_separate", "must_not_meet_in_transit"}


def site_faults(tables: Mapping[str, Table], rules: Rules) -> list[Fault]:
    """Return every contradiction between the tables of a site.

    A row refers to a person, case or place that is not there; a case has nobody; the head of a
    case belongs to another; two people are each other's parent or guardian, or to be kept together
    and apart; a date cannot be; a flag is not in the needs map.
    """
    found: list[Fault] = []
    for table, field, other in _REFERENCES:
        if tables[other].complete:
            found += _dangling(tables[table], field, _ids(tables[other]), other)
    if tables["place"].complete:
        compromised, places = rules["R09"].names("compromised_places"), _ids(tables["place"])
        found += [
            Fault(
                "rules.toml",
                0,
                "[R09] compromised_places",
                repr(p[:64]),
                "a place id of this site",
                _MEND,
            )
            for p in compromised
            if p not in places
        ]
    if tables["person"].complete and tables["case"].complete:
        found += _case_faults(tables["person"], tables["case"])
    if tables["place"].complete:
        found += _relative_faults(tables["relative_elsewhere"], _ids(tables["place"]))
    found += _link_faults(tables["link"])
    found += _date_faults(tables, rules.operation.departure)
    if tables["needs_map"].complete:
        found += _flag_faults(tables["person"], tables["needs_map"])
    return found


def imported_faults(tables: Mapping[str, Table]) -> list[Fault]:
    """Return each reference between tables of one import that leads nowhere, by their own files and rows."""
    found = list[Fault]()
    for table, field, other in _REFERENCES:
        if table in tables and other in tables and tables[other].complete:
            found += _dangling(tables[table], field, _ids(tables[other]), other)
    people = [tables[t] for t in ("person", "case") if t in tables and tables[t].complete]
    found += _case_faults(*people) if len(people) == 2 else []
    return found + (_link_faults(tables["link"]) if "link" in tables else [])


def codes_unknown(person: Table, known: Collection[str]) -> dict[str, list[int]]:
    """Return each code of needs that neither has a row in a needs map nor a main category there, and its rows."""
    found = defaultdict[str, list[int]](list)
    for number, row in sorted(person.rows, key=lambda r: r[0]):
        for flag in row["flags"]:
            if row_of(str(flag), {NOT_ASKED, *known}) is None:
                found[str(flag)].append(number)
    return dict(found)


def _all(table: Table) -> Iterator[Row]:
    """Every row of which something could be read."""
    yield from (row for _, row in table.rows)
    yield from table.refused


def _ids(table: Table) -> set[str]:
    return {str(row["id"]) for row in _all(table) if "id" in row}


def _dangling(table: Table, field: str, known: set[str], other: str) -> list[Fault]:
    """Return each reference that leads nowhere."""
    return [
        Fault(
            table.file,
            number,
            field,
            f"{describe(row[field], withheld=other != 'place')}, which is no {other} of this site",
            f"an id of the table {other}",
            _MEND,
        )
        for number, row in table.rows
        if row[field] not in known
    ]


def _case_faults(person: Table, case: Table) -> list[Fault]:
    """Return cases without people, and heads who belong to another case."""
    size = Counter(row.get("case_id") for row in _all(person))
    case_of = {row.get("id"): row.get("case_id") for row in _all(person)}
    found = []
    for number, row in case.rows:
        if not size[row["id"]]:
            found.append(
                Fault(
                    case.file,
                    number,
                    "id",
                    f"{row['id']!r}, to which nobody belongs",
                    "somebody in the table person",
                    _MEND,
                )
            )
        elif case_of.get(row["head"], row["id"]) not in (row["id"], None):
            found.append(
                Fault(
                    case.file,
                    number,
                    "head",
                    f"{row['head']!r}, who belongs to case {case_of[row['head']]!r}",
                    "one of the case's own people",
                    _MEND,
                )
            )
    return found


def _relative_faults(relative: Table, places: set[str]) -> list[Fault]:
    """Return relatives who are neither at a place of the site nor in a country."""
    known = places | {area.iso3 for area in AREAS.values() if area.iso3}
    return [
        Fault(
            relative.file,
            number,
            "place_or_country",
            describe(row["place_or_country"], withheld=True),
            "an id of the table place, or an ISO 3166 code of three letters",
            _MEND,
        )
        for number, row in relative.rows
        if row["place_or_country"] not in known
    ]


def _link_faults(link: Table) -> list[Fault]:
    """Return links to oneself, pairs kept together and apart, and circles of care."""
    found, asked = [], dict[frozenset[str], tuple[int, bool]]()
    for number, row in sorted(link.rows, key=lambda r: r[0]):
        if row["a"] == row["b"]:
            found.append(Fault(link.file, number, "b", "the person of field a", "somebody else"))
            continue
        apart = row["strength"] in _APART
        if not apart and row["strength"] == "prefer":
            continue
        earlier, said = asked.setdefault(frozenset((row["a"], row["b"])), (number, apart))
        if said != apart:
            found.append(
                Fault(
                    link.file,
                    number,
                    "strength",
                    f"the opposite of row {earlier}",
                    "a pair to be kept together or apart, not both",
                    "ask who recorded it",
                )
            )
    return found + _circles(link)


def _circles(link: Table) -> list[Fault]:
    """Return each link that closes a circle: nobody is, through others, their own guardian."""
    wards: dict[str, set[str]] = defaultdict(set)
    found = []
    for number, row in sorted(link.rows, key=lambda r: r[0]):
        if row["type"] not in ("parent", "guardian", "child") or row["a"] == row["b"]:
            continue
        one, two = (row["b"], row["a"]) if row["type"] == "child" else (row["a"], row["b"])
        if _reaches(wards, two, one):
            found.append(
                Fault(
                    link.file,
                    number,
                    "type",
                    f"{row['type']!r}, which makes somebody their own parent or guardian",
                    "a link that agrees with the earlier rows",
                    "field a is the parent, guardian or child of field b",
                )
            )
        else:
            wards[one].add(two)
    return found


def _reaches(wards: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether one person is in another's care, through any number of others."""
    seen, waiting = {start}, [start]
    while waiting:
        one = waiting.pop()
        if one == goal:
            return True
        new = wards.get(one, set()) - seen
        seen |= new
        waiting += new
    return False


def _date_faults(tables: Mapping[str, Table], departure: date) -> list[Fault]:
    """Return births after the departure and places that close before they open."""
    person, place = tables["person"], tables["place"]
    late = f"a birth not after the departure, {departure}"
    found = [
        Fault(
            person.file,
            number,
            "birth",
            "a birth after the departure (withheld: it is personal)",
            late,
        )
        for number, row in person.rows
        if not row["birth"].startswith(("age:", "unknown"))
        and row["birth"] > departure.isoformat()[: len(row["birth"])]
    ]
    found += [
        Fault(
            person.file,
            number,
            "birth",
            "a birth more than 120 years ago (withheld: it is personal)",
            "a birth that can be",
        )
        for number, row in person.rows
        if row["birth"][:4].isdecimal() and int(row["birth"][:4]) < departure.year - 120
    ]
    found += [
        Fault(
            place.file,
            number,
            "closes",
            str(row["closes"]),
            f"a day not before opens, {row['opens']}",
        )
        for number, row in place.rows
        if row["opens"] and row["closes"] and row["closes"] < row["opens"]
    ]
    return found


def _flag_faults(person: Table, needs_map: Table) -> list[Fault]:
    """Return flags and derived situations that the needs map does not know."""
    known = {NOT_ASKED, *(str(row["flag"]) for row in _all(needs_map) if "flag" in row)}
    found = [
        Fault(
            person.file,
            number,
            "flags",
            "a code the needs map does not list (withheld: it is sensitive)",
            "codes of needs_map.csv, or of a main category in it (SC-UC: SC)",
            "add the code, its needs and its tier to needs_map.csv",
        )
        for number, row in person.rows
        if any(row_of(str(flag), known) is None for flag in row["flags"])
    ]
    missing: Iterable[str] = (f for f in DERIVED if f not in known)
    found += [
        Fault(
            needs_map.file,
            0,
            "flag",
            f"no row for {f}",
            "each derived situation",
            "copy it from the packaged needs map (`sojourn site example` writes it)",
        )
        for f in missing
    ]
    found += [
        Fault(
            needs_map.file,
            number,
            "flag",
            "a derived situation that does not exist",
            f"one of {', '.join(DERIVED)}",
        )
        for number, row in needs_map.rows
        if str(row["flag"]).startswith("derived:") and row["flag"] not in DERIVED
    ]
    return found
