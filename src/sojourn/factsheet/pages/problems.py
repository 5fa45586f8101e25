"""Known problems: what the publishers' own tables contradict, the largest with their cells."""

import re

from sojourn.factsheet.pages.document import Page
from sojourn.harmonize.names import with_names
from sojourn.publish import Catalogue, Paragraph, RichText, Section, TableBlock
from sojourn.store.observations import Store
from sojourn.vocab.observation import Cell

SHOWN = 12

Problem = tuple[str, str, str, str, str, int, int, str, float | None]


def known_problems(store: Store) -> dict[str, tuple[int, list[Problem]]]:
    """Return, of each edition, how many contradictions it holds and the largest of them.

    Returns
    -------
    mapping of edition to (int, list of (edition, area, period, message, sheet, row, col, contract, size))
        The area and period are those of the cell; empty where the store does not carry it.
    """
    counts = store.con.execute("SELECT edition, count(*) FROM problem GROUP BY ALL").fetchall()
    rows = store.con.execute(
        "SELECT p.edition, coalesce(min(o.ref_area), ''), coalesce(min(o.time_period), ''), "
        'p.message, p.sheet, p."row", p.col, p.contract, p.size FROM (SELECT * FROM problem '
        "QUALIFY row_number() OVER (PARTITION BY edition "
        'ORDER BY size DESC NULLS LAST, message, sheet, "row", col) <= $n) p '
        'LEFT JOIN raw_observation o ON o.file = p.file AND o.sheet = p.sheet AND o."row" = p."row" '
        "AND o.col = p.col GROUP BY p.contract, p.edition, p.message, p.size, p.sheet, p.row, p.col "
        'ORDER BY p.size DESC NULLS LAST, p.message, p.edition, p.sheet, p."row", p.col',
        {"n": SHOWN},
    ).fetchall()
    return {
        edition: (count, [tuple(row) for row in rows if row[0] == edition])
        for edition, count in sorted(counts)
    }


def _editions(page: Page) -> set[str]:
    """Return the editions whose numbers stand on the page, and the publications cited on it."""
    return {e for v in page.printed for e in v.edition.split(" + ")}


def _behind(page: Page) -> tuple[int, list[Problem]]:
    """Return the contradictions of the editions whose numbers stand on the page, the largest first."""
    pack = page.ev.pack
    every = known_problems(page.ev.store) if pack is None else pack.problems
    held = [every[e] for e in sorted(_editions(page) & every.keys())]
    rows = [row for _, found in held for row in found]
    rows.sort(key=lambda r: (r[8] is None, -(r[8] or 0.0), r[3], r[0], r[4], r[5], r[6]))
    return sum(count for count, _ in held), rows[:SHOWN]


def problems(page: Page) -> Section | None:
    """Return the contradictions found in the tables behind these figures, with their cells.

    None where no table is behind them: of what is cited nothing was checked.
    """
    words = page.words
    if {f.edition for f in page.files}.isdisjoint(_editions(page)):
        return None
    count, found = _behind(page)
    rows: list[tuple[RichText, ...]] = [
        (
            (", ".join(x for x in (words.area(area) if area else "", period) if x) or "—",),
            (_said(words, message, contract, size),),
            (f"{edition}#{Cell('', '', sheet, row, col).place}",),
        )
        for edition, area, period, message, sheet, row, col, contract, size in found
    ]
    table = TableBlock(
        id="problems",
        caption=words.text(
            "problems.shown" if count > len(rows) else "problems.every",
            shown=words.exact(len(rows), ""),
            all=words.exact(count, ""),
        ),
        header=tuple(words.text(f"problems.{h}") for h in ("place", "problem", "cell")),
        rows=tuple(rows),
        numeric=(False, False, False),
    )
    none = Paragraph(content=words.rich("problems.none"))
    return Section(
        id="problems-section",
        topic=words.text("problems.topic"),
        heading=words.text("problems.heading") if rows else words.text("problems.topic"),
        lead=words.rich("problems.lead"),
        blocks=(table,) if rows else (none,),
    )


#: What contracts write in English, with the message that tells it in a language.
_FORMS = {
    "members": re.compile(
        r"aggregate \S+ \(\d+, sex (?P<sex>\w+)\) reads (?P<reads>[\d.]+), "
        r"its (?P<n>\d+) members? (?:sum to|is) (?P<sum>[\d.]+): difference .*"
    ),
    "sexes": re.compile(
        r"aggregate \S+: both sexes (?P<both>[\d.]+) is not male (?P<men>[\d.]+) "
        r"\+ female (?P<women>[\d.]+) .*"
    ),
    "own_refugees": re.compile(r"(?P<n>[\d,.]+) refugees counted in their own country"),
    "own_seekers": re.compile(r"(?P<n>[\d,.]+) asylum seekers counted in their own country"),
    "inhabitants": re.compile(r"(?P<n>[\d,.]+) migrants, (?P<m>[\d,.]+) inhabitants"),
    "gone": re.compile(r"\S+ ceased to exist in (?P<year>\d+) and reports (?P<n>[\d.]+) for .*"),
    "negative": re.compile(r"a count cannot be negative: (?P<n>-[\d.]+)"),
    "part_person": re.compile(r"(?P<n>-?[\d.]+) is not a whole number of persons: .*"),
    "incident": re.compile(r"the incident (?P<id>\S+) stands in (?P<n>\d+) rows .*"),
    "suppressed": re.compile(r"the total (?P<n>[\d.]+) of \S+ counts (?P<m>\d+) suppressed .*"),
    "bound": re.compile(
        r"the interval of (?P<n>[\d.]+) reads (?P<low>[\d.]+) to (?P<high>[\d.]+).*"
    ),
}
_WORDS = ("id", "year")  # what is read as it stands: no quantity


def _said(words: Catalogue, message: str, contract: str = "", size: float | None = None) -> str:
    """Return a contradiction in the language of the page: what was found is written in English."""
    for form, pattern in _FORMS.items():
        if found := pattern.fullmatch(message):
            given = {
                k: words.text(f"sex.{v}")
                if k == "sex"
                else v
                if k in _WORDS
                else words.exact(float(v.replace(",", "")), "")
                for k, v in found.groupdict().items()
            }
            return words.text(f"problems.{form}", **given)
    key = f"contract.{contract.replace('-', '_')}"
    if words.language == "en" or key not in words.messages:
        return with_names(message)
    rule = words.text(key)
    return (
        rule if size is None else words.text("problems.size", rule=rule, size=words.exact(size, ""))
    )
