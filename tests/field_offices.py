"""SYNTHETIC households, and the exports in which a field office could hand them over: the truth beside each.

An export is made of what public documentation and sources say of Kobo and ODK Central: groups before a
question, choices in one cell, in a column each or both, names or labels, a row of HXL tags, several
encodings and ways of writing a day. Nobody in them exists.
"""

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

LABELS = {
    "PREG": "Pregnant woman",
    "DS": "Woman, man or child with a disability",
    "SM": "Serious illness",
    "none": "None of these",
}
SEXES = {"F": ("female", "Femme"), "M": ("male", "Homme")}
TAGS = {"member_id": "#person+id", "sex": "#person +sex", "age_years": "#age"}


@dataclass
class Person:
    """What is true of one person."""

    id: str
    case: int
    sex: str
    born: date | None
    age: int
    needs: list[str] | None  # None: nobody asked


@dataclass
class Way:
    """How an export is written."""

    kind: str  # xlsx, csv, zip
    group: str = ""
    labels: bool = False
    choices: str = "both"
    tags: bool = False
    code: str = "utf-8"
    separator: str = ","
    from_1904: bool = False
    days: str = "iso"  # iso, slashes, serial, cell
    unseen: bool = False
    shuffle: bool = False


@dataclass
class Export:
    """An export and its truth."""

    people: list[Person]
    way: Way
    sheets: dict[str, list[list[object]]] = field(default_factory=dict)

    def truth(self) -> dict[str, tuple[str, str, str, tuple[str, ...]]]:
        """Return id to case, sex, birth and needs."""
        return {
            p.id: (
                f"H{p.case}",
                p.sex,
                p.born.isoformat() if p.born else f"age:{p.age}",
                ("NOT_ASKED",) if p.needs is None else tuple(sorted(p.needs)),
            )
            for p in self.people
        }


def draw(seed: int) -> Export:
    """Draw households and a way of writing them."""
    rng = random.Random(seed)
    people = []
    for case in range(1, rng.randint(2, 6)):
        for _ in range(rng.randint(1, 5)):
            born = date(1930, 1, 1) + timedelta(days=rng.randrange(31_000))
            needs = rng.choice([None, [], [], ["PREG"], ["DS", "SM"], ["SM"], ["PREG", "DS"]])
            known = rng.random() < 0.6
            age = rng.randint(0, 99)
            person = Person(f"P{len(people):03}", case, rng.choice("FM"), None, age, needs)
            person.born = born if known else None
            people.append(person)
    kind = rng.choice(["xlsx", "csv", "zip"])
    days = ["iso", "slashes", "serial", *(["cell"] if kind == "xlsx" else [])]
    way = Way(
        kind,
        group=rng.choice(["", "member/", "a/b/"]),
        labels=rng.random() < 0.5,
        choices=rng.choice(["both", "summary", "details"]),
        tags=rng.random() < 0.3,
        code="utf-8" if kind == "xlsx" else rng.choice(["utf-8", "utf-8-sig", "utf-16"]),
        separator=rng.choice(",;\t"),
        from_1904=kind == "xlsx" and rng.random() < 0.5,
        days=rng.choice(days),
        unseen=rng.random() < 0.3,
        shuffle=rng.random() < 0.3,
    )
    return write_sheets(Export(people, way), rng)


def write_sheets(export: Export, rng: random.Random) -> Export:
    """Fill the two sheets of an export."""
    way, people = export.way, export.people
    names = list(LABELS)
    question = f"{way.group}{'Specific needs' if way.labels else 'specific_needs'}"
    ask = [question] if way.choices != "details" else []
    if way.choices != "summary":
        ask += [f"{question}/{LABELS[n] if way.labels else n}" for n in names]
    plain = ["member_id", "sex", "date_of_birth", "age_years"]
    header: list[object] = [*(f"{way.group}{h}" for h in plain), *ask, "_index", "_parent_index"]
    rows = [_row(p, way, names, n) for n, p in enumerate(people, start=1)]
    if way.shuffle:
        rng.shuffle(rows)
    tags = [[TAGS.get(str(h).rpartition("/")[2], "") for h in header]] if way.tags else []
    first = {p.case: p.id for p in reversed(people)}
    households = [[first[c], c] for c in sorted(first)]
    export.sheets = {
        "household": [["head_id", "_index"], *households],
        "member": [header, *tags, *rows],
    }
    return export


def _row(person: Person, way: Way, names: Sequence[str], n: int) -> list[object]:
    chosen = person.needs if person.needs != [] else ["none"]
    said = [LABELS[c] if way.labels else c for c in chosen or ()]
    # of labels in one cell alone nobody knows where one ends: a form that has them is read by its columns
    summary = ("|" if way.labels and way.choices == "summary" else " ").join(said)
    cells: list[object] = [summary] if way.choices != "details" else []
    if way.choices != "summary":
        cells += ["" if chosen is None else int(name in chosen) for name in names]
    sex = SEXES[person.sex][way.labels]
    sex = f"\u200f{sex}\u00a0" if way.unseen else sex
    age = "" if person.born else f"{person.age} years" if n % 2 else person.age
    return [person.id, sex, _day(person.born, way), age, *cells, n, person.case]


def _day(born: date | None, way: Way) -> object:
    if born is None:
        return ""
    if way.days == "cell":
        return born
    if way.days == "slashes":
        return f"{born:%d/%m/%Y}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    if way.days == "serial":
        start = date(1904, 1, 1) if way.from_1904 else date(1899, 12, 30)
        days = (born - start).days
        return days if days >= 10_000 else born.isoformat()  # fewer digits are a year
    return born.isoformat()


def write(export: Export, folder: Path) -> Path:
    """Write an export; return what is handed to the import."""
    way = export.way
    if way.kind == "xlsx":
        book = openpyxl.Workbook()
        if way.from_1904:
            book.epoch = CALENDAR_MAC_1904
        for name, rows in export.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.remove(book.worksheets[0])
        book.save(folder / "SYNTHETIC.xlsx")
        return folder / "SYNTHETIC.xlsx"
    texts = {f"{n}.csv": _csv(rows, way.separator) for n, rows in export.sheets.items()}
    if way.kind == "zip":
        with zipfile.ZipFile(folder / "SYNTHETIC.zip", "w") as packed:
            for name, text in texts.items():
                packed.writestr(name, text.encode(way.code))
        return folder / "SYNTHETIC.zip"
    made = folder / "SYNTHETIC"
    made.mkdir()
    for name, text in texts.items():
        (made / name).write_bytes(text.encode(way.code))
    return made


def _csv(rows: list[list[object]], separator: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def mapping_of(way: Way) -> str:
    """Return the mapping that fits a way of writing, as an office would declare it."""
    question = "Specific needs" if way.labels else "specific_needs"
    between = "|" if way.labels else " "
    flags = f'{{ choices = "{question}/" }}'
    if way.choices == "summary":
        flags = f'{{ column = "{question}", separator = "{between}" }}'
    codes = "\n".join(
        f'"{LABELS[n] if way.labels else n}" = "{"" if n == "none" else n}"' for n in LABELS
    )
    sexes = "\n".join(f'"{words[way.labels]}" = "{code}"' for code, words in SEXES.items())
    return f"""[case]
file = "household"
[case.columns]
id = {{ column = "_index", prefix = "H" }}
head = "head_id"
[person]
file = "member"
[person.columns]
id = "member_id"
case_id = {{ column = "_parent_index", prefix = "H" }}
sex = "sex"
birth = [{{ column = "date_of_birth", date_format = "%d/%m/%Y|%Y-%m-%d|excel" }}, {{ column = "age_years", prefix = "age:" }}]
age_source = {{ constant = "declared" }}
flags = {flags}
[person.values.sex]
{sexes}
[person.values.flags]
{codes}
"""
