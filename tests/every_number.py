"""Every number of a product is bound: to the figure it leads to, to a true statement, or to what is named here.

A printed number that nothing here explains is returned with its text. Nothing asks the code that
wrote the page; figures are evaluated anew, and a difference is computed from the two numbers beside it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from importlib.resources import files

import read_back

from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import figures
from sojourn.factsheet.figures.opened import datasets_of
from sojourn.publish import Card
from sojourn.publish.content import ChartBlock, Document
from sojourn.publish.text import Catalogue
from sojourn.store.manifest import LoadedFile
from sojourn.vocab.area import AREAS

OPEN, SHUT = "\ue000", "\ue001"  # around a number that leads to its lineage
LINKED = re.compile(f"{OPEN}.*?{SHUT}")
MONTHS = r"[A-Za-zéûçñ]+"
DAY = rf"\b\d{{1,2}}(?:er)? (?:de )?{MONTHS} (?:de )?\d{{4}}\b"
#: Marks in a text that are no number of people: what they are, and what they look like.
NAMES = (
    ("a map of the United Nations", r"(?:UN map|carte ONU|mapa ONU) \d+"),
    ("a resolution", r"(?:[Rr][eé]solution|[Rr]esolución) \d+(?:/\d+)?(?: \([XVI\d]+\))?"),
    ("a cell, an edition", r"[a-z][\w.-]*@\d{4}-\d{2}(?:-\d{2})?(?:\+[\w+-]+)?(?:#[^;,]*\d)?"),
    ("a day", DAY),
    ("a year", r"(?<![\d.,])(?:19|20)\d{2}(?:[–/-](?:19|20)?\d{2})?(?!\d|[.,]\d)"),
    ("the union of its time", r"\b(?:EU|UE)-\d{2}\b|\(\d{2} (?:countries|pays|países)\)"),
    ("a licence", r"CC BY(?:-[A-Z]{2})* \d\.\d"),
    ("a place in an ordered list", r"^\d{1,2}$|^\d [A-ZÉÁ][\w ]+$"),
    ("a revision", r"Rev\.\d{4}"),
    ("a publication", r"(?:Volume|Issue No\.|No\.|n[o°]) ?\d+"),
)
#: Messages with numbers that lead to no cell, and what holds each.
LISTED = {
    "list.cut": "lists_cut: fewer are shown than there are",
    "list.cut_zeros": "lists_cut; the zeros are those of the edition, held in test_silent.py",
    "list.extremes": "lists_cut",
    "changes.cut": "the count of all is that of the page of changes",
    "changes.heading": "the count of rows of the page of changes",
    "changes.unheld": "the count of figures that it names, and how many more",
    "changes.lacked": "the same",
    "changes.withdrawn": "the same",
    "problems.shown": "more than the rows below it",
    "iom.heading": "counts of verdicts: they add up to all statements",
    "iom.lead": "the same",
    "ranks.moved": "wrong_ranks: each edition gives the place that rank",
    "ranks.moved_alike": "wrong_ranks",
    "reason.few": "countries with a number, in the reason of what is absent",
    "mark.places": "the places without a number of a lower bound, in the mark of the value",
}


@dataclass
class Rows:
    """The texts of a page with its linked numbers marked, and its tables by row and cell."""

    texts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    links: dict[int, list[str]] = field(default_factory=dict)


class _Reader(read_back._Reader):
    def __init__(self) -> None:
        super().__init__()
        self.found = Rows()
        self.row: list[str] | None = None
        self.cell: str | None = None
        self.led: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "tr":
            self.row, self.led = [], []
        elif tag in ("td", "th"):
            self.cell = ""
        if self.link and not self.done and tag == "a":
            self.text += OPEN
            self.cell = None if self.cell is None else self.cell + OPEN
            self.led.append(self.link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link and not self.done:
            self.text += SHUT
            self.cell = None if self.cell is None else self.cell + SHUT
        super().handle_endtag(tag)
        if tag in ("td", "th") and self.cell is not None and self.row is not None:
            self.row.append(read_back.plain(self.cell))
            self.cell = None
        elif tag == "tr" and self.row is not None and not self.done:
            self.found.links[len(self.found.rows)] = self.led
            self.found.rows.append(self.row)
            self.row = None

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self.skip <= 0 and not self.done and self.cell is not None:
            self.cell += data


def rows_of(html: str) -> Rows:
    """Return texts and rows of a page; what is linked stands between `OPEN` and `SHUT`."""
    reader = _Reader()
    reader.feed(html)
    reader.found.texts = reader.page.texts
    return reader.found


def bare(text: str) -> str:
    return text.replace(OPEN, "").replace(SHUT, "")


def charts_of(document: Document) -> Iterator[ChartBlock]:
    yield from (b for s in document.sections for b in s.blocks if isinstance(b, ChartBlock))


def wrong_drawings(document: Document, ev: Evaluator, language: str) -> list[str]:
    """Return marks of drawings and cells of their tables that are not the figure they lead to."""
    wrong = []
    for block in charts_of(document):
        chart = block.chart
        told = [
            (unescape(words), unescape(trace))
            for trace, words in re.findall(r'<a data-t="([^"]+)"><title>([^<]*)</title>', chart.svg)
        ]
        table = chart.table
        for shown, traces in zip(table.shown, table.traces, strict=False):
            told += [
                (s, t) for s, t in zip(shown, traces, strict=True) if t and re.search(r"\d", s)
            ]
        for words, trace in told:
            # of a mark with two numbers either is the figure's: share and count, both and women
            parts = re.split(r"\s?; ", words.rpartition(": ")[2] if "; " not in words else words)
            numbers = [p.rpartition(": ")[2] for p in parts if re.search(r"\d", p)]
            pages = [read_back.Printed(numbers=[(n, trace)]) for n in numbers]
            if not any(
                read_back.wrong_numbers(p, e, language) == []
                for p in pages
                for e in _readings(ev, trace)
            ):
                wrong.append(f"{chart.id}: {words} is not {trace}")
    return wrong


def _readings(ev: Evaluator, lineage_id: str) -> list[Evaluator]:
    """Return the figure's day, and each edition that a course of it may be of."""
    sources = datasets_of(lineage_id.split(".", 1)[0])
    held = {f.edition for f in ev.store.manifest.files if f.dataset in sources}
    facts = ev.pack.pinned.values() if ev.pack is not None else ()
    held |= {f.value.edition for found in facts for f in found}
    return [ev, *map(ev.pinned, sorted(held))]


def unheld_cells(document: Document) -> list[str]:
    """Return cells of charts' tables that print a number of data and lead to none."""
    lost = []
    for block in charts_of(document):
        table = block.chart.table
        led = table.traces or tuple(("",) * len(r) for r in table.shown)
        for values, shown, traces in zip(table.rows, table.shown, led, strict=True):
            lost += [
                f"{block.chart.id}: {s}"
                for v, s, t in zip(values, shown, traces, strict=True)
                if isinstance(v, float) and not t and re.search(r"\d", s)
            ]
    return lost


def wrong_differences(page: Rows, ev: Evaluator, language: str) -> tuple[int, list[str]]:
    """Return how many rows of changes were held, and those whose difference or share is none of theirs.

    The third number is the second less the first; a share in the reason is that of the first.
    """
    held, wrong = 0, []
    for number, row in enumerate(page.rows):
        led = page.links[number]
        if len(row) != 6 or not (OPEN in row[1] and OPEN in row[2]) or not re.search(r"\d", row[3]):
            continue
        held += 1
        firsts, seconds = (_meant(c, i, ev, language) for c, i in zip(row[1:3], led, strict=False))
        said, unit = read_back.parse_number(row[3], language)
        pairs = [(a, b) for a in firsts for b in seconds if abs(b - a - said) <= unit / 2 * 1.0001]
        shares = re.findall(r"[;(] ?([+−][\d.,\s]+ ?%)", LINKED.sub("", row[5]))
        for shown in shares if "%" not in row[3] else ():
            share, tenth = read_back.parse_number(shown, language)
            pairs = [
                (a, b)
                for a, b in pairs
                if a and abs(100 * (b - a) / abs(a) - share) <= tenth / 2 * 1.001
            ]
        if not pairs:
            wrong.append(bare(" | ".join(row)))
    return held, wrong


def _meant(cell: str, link: str, ev: Evaluator, language: str) -> list[float]:
    """Return the values of a figure, in any edition, that a cell may print."""
    day = link.rsplit(".", 1)[-1]
    at = ev if ev.as_of.isoformat() == day else ev.at(ev.as_of.fromisoformat(day))
    options = [read_back.figure_of(at, link)]
    editions = at.editions(figures()[link.split(".", 1)[0]])
    options += [read_back.figure_of(at.pinned(e), link) for e in editions]
    shown, unit = read_back.parse_number(bare(cell), language)
    known = [v.value for v in options if v.value is not None]
    return [v for v in known if abs(v - shown) <= unit / 2 * 1.0001]


def wrong_prints(page: Rows, language: str) -> tuple[int, list[str]]:
    """Return how many rows stand beside a print, and those whose difference is not ours less the print."""
    held, wrong = 0, []
    for row in page.rows:
        if len(row) != 6 or OPEN in row[1] or OPEN not in row[2] or not re.search(r"\d", row[1]):
            continue
        if not re.search(r"\d", row[3]):
            continue
        held += 1
        printed, _ = read_back.parse_number(row[1], language)
        ours, last = read_back.parse_number(bare(row[2]), language)
        said, unit = read_back.parse_number(row[3], language)
        if abs(ours - printed - said) > (unit + last) / 2 * 1.0001:
            wrong.append(bare(" | ".join(row)))
    return held, wrong


def wrong_problems(page: Rows, ev: Evaluator, language: str) -> tuple[int, list[str]]:
    """Return how many cells are named beside a contradiction, and those that print another number."""
    held, wrong = 0, []
    for row in page.rows:
        found = [m for cell in row for m in [ADDRESS.fullmatch(cell)] if m]
        if not found or OPEN in "".join(row):
            continue
        numbers = {
            read_back.parse_number(n, language)[0]
            for n in re.findall(
                r"\d[\d.,\s]*", " ; ".join(c for c in row if not ADDRESS.fullmatch(c))
            )
        }
        for m in found:
            held += 1
            col = 0
            for letter in m["letters"]:
                col = 26 * col + ord(letter) - 64
            rows = ev.store.con.execute(
                'SELECT obs_value FROM observation WHERE edition = ? AND sheet = ? AND "row" = ? AND col = ?',
                [m["edition"], m["sheet"] or "", int(m["row"]), col],
            ).fetchall()
            if not any(v is not None and float(v) in numbers for (v,) in rows):
                wrong.append(f"{' | '.join(row)}: the store reads {rows}")
    return held, wrong


ADDRESS = re.compile(
    r"(?P<edition>[a-z][\w.-]*@[\d-]+)#(?:(?P<sheet>.+)!)?(?P<letters>[A-Z]+)(?P<row>\d+)"
)


def wrong_matrix(document: Document, ev: Evaluator, words: Catalogue) -> tuple[int, list[str]]:
    """Return how many cells a table from region to region has, and those that are not the corridor's."""
    held, wrong = 0, []
    values = ev.values("migrants_between_regions")
    known = {v.area: v for v in values if v.value is not None}
    names = {
        read_back.plain(f(a)): a
        for v in known
        for a in v.split(">")
        for f in (words.area, words.short)
    }
    for block in charts_of(document):
        table = block.chart.table
        if block.chart.id != "chord":
            continue
        heads = [names.get(read_back.plain(h)) for h in table.header]
        for row in table.shown:
            start = names.get(read_back.plain(row[0]))
            for end, shown in zip(heads[1:], row[1:], strict=True):
                if start is None or end is None or not re.search(r"\d", shown):
                    continue
                held += 1
                number, unit = read_back.parse_number(shown, words.language)
                value = known[f"{start}>{end}"].value or 0.0
                if abs(value - number) > unit / 2 * 1.0001:
                    wrong.append(f"{row[0]} to {end}: {shown} is {value}")
    return held, wrong


def unbound(page: Rows, document: Document, ev: Evaluator, words: Catalogue) -> list[str]:
    """Return each text with a number that nothing explains, the number with `#` for what is bound."""
    cells = {
        read_back.plain(s) for b in charts_of(document) for row in b.chart.table.shown for s in row
    }
    titles = {read_back.plain(t) for b in charts_of(document) for t in (b.chart.title, b.chart.alt)}
    cells |= {bare(c) for row in page.rows if len(row) == 6 for c in row if OPEN in "".join(row)}
    cells |= {c for row in page.rows if any(ADDRESS.fullmatch(x) for x in row) for c in row}
    cells |= set(_verdicts(page, words)[1])
    printed = read_back.Printed(texts=[bare(t) for t in page.texts])
    claims = {t for t, _ in read_back.claims(printed, words, read_back._routes(ev))}
    named = _named(words, ev.store.manifest.files)
    out = []
    for text in dict.fromkeys(page.texts):
        plain = bare(text)
        if plain in claims or plain in cells or plain in titles:
            continue
        rest = _without(LINKED.sub("#", text), words, named)
        numbers = re.findall(r"\d[\d.,\s]*\d|\d", rest)
        sizes = [read_back.parse_number(n, words.language)[0] for n in numbers]
        if _as_printed(plain, words.language) or not set(sizes) - SIZES:
            continue
        out.append(rest)
    return out


def _named(words: Catalogue, files: Iterable[LoadedFile]) -> list[str]:
    """Return how editions are cited, called and licensed, the longest first."""
    told = {
        read_back.plain(t)
        for f in files
        for t in (
            f.citation,
            f.citation.replace(f.title, words.edition_title(f.title), 1),
            f.title,
            words.edition_title(f.title),
            f.license,
            words.licence(f.license),
            f.name,
        )
        if re.search(r"\d", t)
    }
    told |= {read_back.plain(getattr(f, "cited_source", "")) for f in figures().values()}
    told = {t for t in told if re.search(r"\d", re.sub(DAY, "", t))}
    told |= {t[0].upper() + t[1:] for t in told}
    return sorted(told, key=len, reverse=True)


def _without(text: str, words: Catalogue, named: list[str]) -> str:
    """Return a text without what is no number of data: messages' own digits, titles, days, years."""
    for key in LISTED:
        text = loose(words.messages[key]).sub("", text)
    text = re.sub(DAY, "", text)
    for one in (*named, *_fixed(words)):
        text = text.replace(re.sub(DAY, "", one), "").replace(one, "")
    for _, shape in NAMES:
        text = re.sub(shape, "", text)
    return text.strip()


#: The least sizes of lists, of economies and of bands that are drawn, as they are declared.
SIZES = {1e5, 1e6, 1e8, 5e5}
PRINTED = {
    float(row["published_value"])
    for name in ("published.csv", "printed_series.csv")
    for row in csv.DictReader(
        files("sojourn.factsheet.figures").joinpath(name).read_text("utf-8").splitlines()
    )
    if row["published_value"]
}


def _as_printed(cell: str, language: str) -> bool:
    """Say whether a cell is a number of the register of what others printed, with the word before it."""
    if len(re.findall(r"\d[\d.,\s]*", cell)) != 1 or len(cell) > 60:
        return False
    number, unit = read_back.parse_number(cell, language)
    return any(abs(number - p) <= unit / 2 for p in PRINTED)


def _verdicts(page: Rows, words: Catalogue) -> tuple[int, dict[str, list[int]]]:
    """Return how many statements a page says that it holds, and its texts of four counts of them."""
    texts = [bare(t) for t in page.texts]
    heads = [t for t in texts if loose(words.messages["iom.heading"]).fullmatch(t)]
    if not heads:
        return 0, {}
    whole, agree = re.findall(r"\d+", heads[0])[:2]
    told = {t: [int(n) for n in re.findall(r"\d+", t)] for t in texts if t.startswith(f"{agree} ")}
    return int(whole), {t: found for t, found in told.items() if len(found) == 4}


def wrong_counts(page: Rows, words: Catalogue) -> tuple[int, list[str]]:
    """Return how many texts count verdicts, and those whose counts do not add up to all statements."""
    whole, told = _verdicts(page, words)
    return len(told), [f"{t}: not {whole}" for t, counts in told.items() if sum(counts) != whole]


def loose(message: str) -> re.Pattern[str]:
    """Return what a message looks like in print, whatever stands for its values."""
    parts = re.split(r"\{[^}]*\}", read_back.plain_inside(message))
    shapes = [re.sub(r"^\\\.", r"\\.(?!\\d)", re.escape(p)) for p in parts]  # no mark of thousands
    return re.compile(".+?".join(shapes) + ("$" if not parts[-1] else ""))


def _fixed(words: Catalogue) -> list[str]:
    """Return what messages say with digits of their own: a resolution, the least size of a list."""
    kept = {
        part.strip(" .;:")
        for message in words.messages.values()
        for part in re.split(r"\{[^}]*\}", read_back.plain(message))
        if re.search(r"\d", part) and len(part) > 8
    }
    return sorted(kept, key=len, reverse=True)


def wrong_ranks(page: Rows, ev: Evaluator, words: Catalogue) -> tuple[int, list[str]]:
    """Return how many ranks stand beside editions, and those that no list of that edition gives the place."""
    held, wrong = 0, []
    names = {read_back.plain(f(a)): a for a in AREAS for f in (words.area, words.short)}
    lists = [f for f in figures().values() if f.count]
    for text in page.texts:
        plain = re.sub(r"\s", " ", bare(text))
        for key in ("ranks.moved", "ranks.moved_alike"):
            shape = words.messages[key]
            for name in ("now_rank", "before_rank", "now_edition", "before_edition"):
                shape = shape.replace(f"{{{name}}}", f"@{name}@")
            pattern = read_back.pattern(shape).pattern
            pattern = re.sub(r"@(\w+_rank)@", r"(?P<\1>\\d+)", pattern)
            pattern = re.sub(r"@(\w+_edition)@", r"(?P<\1>\\S+@[\\d-]+)", pattern)
            for m in re.finditer(pattern, plain):
                area = ">".join(names.get(p, p) for p in m["now_area"].split(" → "))
                for when in ("now", "before"):
                    held += 1
                    at, rank = ev.pinned(m[f"{when}_edition"]), int(m[f"{when}_rank"])
                    if not any(at.one(f.id, sex=f.sexes[0], area=area).rank == rank for f in lists):
                        wrong.append(f"{area} is not number {rank} in {m[f'{when}_edition']}")
    return held, wrong


def wrong_cards(cards: Iterable[Card], ev: Evaluator, language: str) -> list[str]:
    """Return cards whose number is not the figure of their id, or whose cell reads otherwise in the store."""
    wrong = []
    for card in cards:
        page = read_back.Printed(numbers=[(card.value, card.id)])
        if not any(
            read_back.wrong_numbers(page, e, language) == [] for e in _readings(ev, card.id)
        ):
            wrong.append(f"{card.title}: {card.value}")
    return wrong


_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*"
)  # what stands between blanks: a number of French has several


def unprinted(paper: str, page: Rows, document: Document, widths: Iterable[float]) -> list[str]:
    """Return the numbers of a paper that neither the page says nor a drawing, whatever its width."""
    drawn = [
        unescape(words)
        for b in charts_of(document)
        for svg in (b.chart.svg, *(b.chart.at(w).svg for w in widths))
        for words in re.findall(r"<(?:text|tspan)[^>]*>([^<]*)", svg)
    ]
    told = read_back.plain(" | ".join([*map(bare, page.texts), *drawn]))
    known = set(_TOKEN.findall(told))
    pages = {str(n) for n in range(1, 40)}  # of a running foot
    return sorted(set(_TOKEN.findall(read_back.plain(paper))) - known - pages)
