"""Audit a built factsheet: its cells in the publishers' files, its sums, its printed numbers.

Nothing here imports the package. Cells are read by openpyxl, csv and json (calamine for old workbooks)
from the file whose SHA-256 the lineage page names; figures are computed anew by their stated
formula; each linked number of each language is held against the figure that it leads to.

    python tests/audit.py FOLDER_OF_THE_FACTSHEET [FOLDER_OF_PUBLISHER_FILES]
"""

import csv
import hashlib
import html
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
from openpyxl.utils.exceptions import InvalidFileException

DECIMAL = {"en": ".", "fr": ",", "es": ","}
SCALES = {
    "million": 1e6,
    "millions": 1e6,
    "millón": 1e6,
    "millones": 1e6,
    "thousand": 1e3,
    "billion": 1e9,
    "milliard": 1e9,
    "milliards": 1e9,
    "mil millones": 1e9,
}
_SCALE = "|".join(sorted((s.replace(" ", r"\s") for s in SCALES), key=len, reverse=True))
_ARTICLE = re.compile(r'<article id="trace-([^"]+)"><h2 id="([^"]+)">.*?<p class="v">(.*?)</p>')
_FILE = re.compile(r"<dd>([^<>]*), SHA-256 ([0-9a-f]{64})")
_LINK = re.compile(r'<a [^>]*href="lineage-[^"#]*#([^"]+)"[^>]*>(.*?)</a>', re.S)
Figure = Mapping[str, Any]


@dataclass
class Report:
    """What was counted, and each fault in words."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def hold(self, what: str, fault: str, *, equal: bool) -> None:
        """Count one comparison; keep its fault."""
        self.counts[f"{what}: {'equal' if equal else 'DIFFERS'}"] += 1
        if not equal:
            self.faults.append(f"{what}: {fault}")


def close(a: float, b: float, within: float = 0.0) -> bool:
    """Whether two numbers are one but for the last bits of a float, or ``within`` apart."""
    return abs(a - b) <= max(within * 1.0001, 1e-9 * max(1.0, abs(a), abs(b)))


# --- cells ---------------------------------------------------------------------------------------


def _workbook(path: Path) -> Mapping[str, Any]:
    """Return the sheets of a workbook, by openpyxl where it can: not old ones, nor odd styles."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, TypeError):
        other = python_calamine.CalamineWorkbook.from_path(str(path))
        found = {n: other.get_sheet_by_name(n) for n in other.sheet_names}
        return {n: dict(enumerate(s.to_python(skip_empty_area=False), 1)) for n, s in found.items()}
    for page in book.worksheets:
        page.reset_dimensions()
    return {s.title: dict(enumerate(s.iter_rows(values_only=True), 1)) for s in book.worksheets}


@cache
def table(path: Path) -> Mapping[str, Any]:
    """Return the cells of a file by sheet: rows by number, from 1; of a text by its line."""
    if path.suffix in (".xlsx", ".xls"):
        return _workbook(path)
    if path.suffix == ".json":
        records = json.loads(path.read_bytes())
        return {"": {i: list(r.values()) for i, r in enumerate(records, 1)}}
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    lines: dict[int, list[str]] = {}
    at = 1
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if path.suffix == ".txt" else ","
    )
    for row in reader:
        lines[at] = row
        at = reader.line_num + 1
    return {"": lines}


def cell(path: Path, place: str) -> float | None:
    """Return the number in a cell, ``Sheet!K12`` or ``K12``; None where there is none."""
    sheet, _, address = place.rpartition("!")
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    sheets = table(path)
    rows = sheets[sheet] if sheet in sheets else next(iter(sheets.values()))
    try:
        return float(str(rows[int(number)][column - 1]).replace(",", "").replace(" ", ""))
    except (LookupError, ValueError):
        return None


@cache
def by_digest(folder: Path) -> Mapping[str, Path]:
    """Return the files below a folder by their SHA-256."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in files}


def refuse_wrong(built: Path, folder: Path) -> str:
    """Return why a folder is not the one of the publishers' files, in one line; empty where it is."""
    [page] = built.glob("lineage-*.en.html")
    asked = dict(_FILE.findall(page.read_text("utf-8")))
    if not asked or (folder.is_dir() and set(asked.values()) & set(by_digest(folder))):
        return ""
    here = f"{len(by_digest(folder))} files, none" if folder.is_dir() else "no such folder, so none"
    name, sha = next(iter(asked.items()))
    return (
        f"{folder}: {here} of the {len(asked)} publishers' files behind {built.name} (by SHA-256; the first is "
        f"{html.unescape(name)}, {sha[:12]}…); name the folder that holds them: make audit FILES=DIR"
    )


def audit_cells(built: Path, folder: Path, report: Report) -> None:
    """Hold every cell that the lineage names against the publisher's file."""
    [page] = built.glob("lineage-*.en.html")
    text = page.read_text("utf-8")
    digests = {html.unescape(name): sha for name, sha in _FILE.findall(text)}
    seen: set[str] = set()
    for figure in lineage(built).values():
        for one in figure["inputs"]:
            if not one["file"] or one["address"] in seen:
                continue
            seen.add(one["address"])
            path = by_digest(folder).get(digests.get(one["file"], ""))
            if path is None:
                report.counts[f"cells of a file that is not here: {one['file']}"] += 1
                continue
            found = cell(path, one["address"].split("#", 1)[1])
            same = found is not None and close(found, one["value"])
            said = f"{one['file']} {one['address']} reads {found}, printed {one['value']}"
            report.hold("cells", said, equal=same)


# --- figures -------------------------------------------------------------------------------------


@cache
def lineage(built: Path) -> Mapping[str, Figure]:
    """Return the figures of a build, by lineage id."""
    found: dict[str, Figure] = json.loads((built / "lineage.json").read_text("utf-8"))
    return found


def again(figure: Figure) -> float | None:
    """Return a figure's value by its formula; None where its cells are not carried along."""
    formula, values = figure["formula"], [i["value"] for i in figure["inputs"]]
    parts = {p["figure_id"]: p["value"] for p in figure["parts"]}
    years = {p["time_period"]: p["value"] for p in figure["parts"]}
    scale = re.search(r" × ([\d,]+)$", formula.partition(";")[0])
    times = float(scale[1].replace(",", "")) if scale else 1.0
    if len(values) < figure["n_inputs"]:
        return None
    if formula.startswith(("as printed", "cited, not computed", "sum of")):
        return float(sum(values)) * times
    if known := re.fullmatch(r"(\d{4}) − (\d{4})", formula):
        return float(years[known[1]] - years[known[2]])
    if known := re.fullmatch(r"100 × \((\d{4}) − (\d{4})\) ÷ \2", formula):
        return float(100 * (years[known[1]] - years[known[2]]) / years[known[2]])
    if (known := re.fullmatch(r"100 × (\w+) ÷ (\w+)", formula)) and parts:
        return float(100 * parts[known[1]] / parts[known[2]])
    if formula.startswith("100 × remittances_received ÷ gdp; "):
        return float(100 * 1e6 * values[0] / values[1])
    if re.match(r"\w+ − \w+; of ", formula):
        return float(values[0] - values[1])
    if parts and re.match(r"\w+( \+ \w+)* \+ [\d,]+ \(", formula):
        said = re.search(r" \+ ([\d,]+) \(", formula)
        return float(sum(parts.values()) + float(said[1].replace(",", "") if said else 0))
    raise ValueError(f"{figure['lineage_id']}: no way to compute {formula!r}")


def audit_figures(built: Path, report: Report) -> None:
    """Hold every figure against its formula, and figures.csv against lineage.json."""
    with (built / "figures.csv").open(encoding="utf-8", newline="") as text:
        rows = {r["lineage_id"]: r for r in csv.DictReader(text)}
    for name, figure in lineage(built).items():
        value, row = figure["value"], rows[name]
        shown = float(row["value"]) if row["value"] else None
        same = shown == value or (shown is not None and close(shown, value))
        report.hold("figures.csv", f"{name}: {shown}, lineage.json {value}", equal=same)
        if value is None:
            report.counts["figures without a value"] += 1
        elif (found := again(figure)) is None:
            report.counts["figures whose cells are not carried along"] += 1
        else:
            said = f"{name}: {figure['formula']} makes {found}, printed {value}"
            report.hold("figures", said, equal=close(found, value))


# --- printed numbers -----------------------------------------------------------------------------


def numbers(text: str, language: str) -> Iterator[tuple[float, float, bool]]:
    """Yield each number of a text: value, half a unit of its last digit, whether it has a sign."""
    point = re.escape(DECIMAL[language])
    mark = "," if language == "en" else r"\.\s"
    pattern = (
        rf"([+−]?)(?:US\$\s)?(\d{{1,3}}(?:[{mark}]\d{{3}})+|\d+)({point}\d+)?(?:\s({_SCALE})\b)?"
    )
    for sign, whole, digits, scale in re.findall(pattern, text):
        times = SCALES[re.sub(r"\s", " ", scale)] if scale else 1.0
        value = float(re.sub(r"\D", "", whole) + digits.replace(DECIMAL[language], "."))
        half = 0.5 * 10.0 ** -max(len(digits) - 1, 0) * times
        yield (-value if sign == "−" else value) * times, half, bool(sign)


def plain(markup: str) -> str:
    """Return the text of markup; of a drawing, its title."""
    title = re.search(r"<title>(.*?)</title>", markup, re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", title[1] if title else markup))


def audit_pages(built: Path, report: Report) -> None:
    """Hold every linked number against its figure, and the languages against each other."""
    links: dict[tuple[str, str], Counter[str]] = {}
    for page in sorted(built.glob("*.html")):
        stem, language = page.name.split(".")[:2]
        if stem.startswith("lineage"):
            continue
        year = stem.rpartition("-")[2]
        text = (built / f"lineage-{year}.{language}.html").read_text("utf-8")
        known = {n: (name, shown) for name, n, shown in _ARTICLE.findall(text)}
        known |= {f"trace-{name}": (name, shown) for name, shown in known.values()}
        found = links.setdefault((stem, language), Counter())
        for target, markup in _LINK.findall(page.read_text("utf-8")):
            name, shown = known[target]
            found[name] += 1
            _hold_number(report, built, (page.name, name, plain(shown), plain(markup), language))
    for (stem, language), found in links.items():
        said = f"{stem} leads elsewhere in {language}: {found - links[stem, 'en']}"
        report.hold("languages", said, equal=found == links.get((stem, "en"), found))


def _hold_number(report: Report, built: Path, at: tuple[str, str, str, str, str]) -> None:
    """Hold one linked number against the value of the figure, or of the point that is drawn."""
    page, name, shown, text, language = at
    figure = lineage(built).get(name)
    value, within = next(((v, h) for v, h, _ in numbers(shown, language)), (None, 0.0))
    if figure is not None:
        value, within = figure["value"], 0.0
    printed = list(numbers(text, language))
    same = value is not None and any(
        close(x, value, half + within) or (not sign and close(x, abs(value), half + within))
        for x, half, sign in printed
    )
    report.hold(f"printed numbers, {language}", f"{page}: {text!r} is {name}, {value}", equal=same)


def audit(built: Path, folder: Path | None) -> Report:
    """Return what an audit of a built factsheet found."""
    report = Report()
    if folder is not None:
        audit_cells(built, folder, report)
    audit_figures(built, report)
    audit_pages(built, report)
    return report


if __name__ == "__main__":
    if len(sys.argv) > 2 and (wrong := refuse_wrong(Path(sys.argv[1]), Path(sys.argv[2]))):
        sys.exit(wrong)
    told = audit(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print(
        "\n".join([*(f"{n:>8,}  {what}" for what, n in sorted(told.counts.items())), *told.faults])
    )
    sys.exit(bool(told.faults))
