"""Read a printed page back: its numbers, its claims and its lists, held against figures and conditions.

Nothing here asks the code that wrote the page. Numbers are parsed by hand, claims are recognized by
the message they follow, and figures are evaluated anew from a store that may be another one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise

from pypdf import PdfReader

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figures
from sojourn.factsheet.figures.opened import changed, evaluator, newest_day, verdicts
from sojourn.factsheet.figures.statement import Statement, bound, holds, statements
from sojourn.factsheet.run.factsheet import Request, compose
from sojourn.publish.content import Document
from sojourn.publish.text import Catalogue, catalogue
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS

SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "millions": 1e6,
    "milliard": 1e9,
    "milliards": 1e9,
    "millón": 1e6,
    "millones": 1e6,
    "mil millones": 1e9,
}
LEADS = {"en": "at least ", "fr": "au moins ", "es": "al menos "}
DECIMAL = {"en": ".", "fr": ",", "es": ","}
YEARS = {"year", "start"}
BLOCKS = {
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "p",
    "figcaption",
    "caption",
    "td",
    "th",
    "dd",
    "dt",
    "summary",
    "div",
    "section",
}
BOUND = r"(?:(?:[Aa]t least|[Aa]u moins|[Aa]l menos) )?"
NUMBER = BOUND + (
    r"[+−]?(?:US\$ )?\d[\d.,’ ]*(?: ?%| (?:thousand|million|billion|trillion|millions|milliards?|millón|millones"
    r"|mil millones))?(?: (?:de )?(?:dollars É\.[-\u2011]U\.|dólares EE\.UU\.))?(?: points?| puntos?)?"
)
PLACEHOLDER = re.compile(r"\{(\w+)\}|\{(\w+)((?:#\w+:[^#{}]*)+)\}")


@dataclass
class Printed:
    """Texts of a page in reading order, and its numbers with the lineage they lead to."""

    texts: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self.text, self.link, self.skip = Printed(), "", "", 0
        self.done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skip += tag in ("style", "script", "svg")
        if tag in BLOCKS:
            self._end()
        given = dict(attrs)
        self.done = self.done or given.get("id") == "lineage"
        if not self.done and tag == "a" and "n" in (given.get("class") or "").split():
            self.link = (
                (given.get("data-trace") or given.get("href") or "")
                .split("trace-")[-1]
                .split("#")[-1]
            )
            self.page.numbers.append(("", self.link))

    def handle_endtag(self, tag: str) -> None:
        self.skip -= tag in ("style", "script", "svg")
        if tag == "a":
            self.link = ""
        if tag in BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        if self.skip > 0 or self.done:
            return
        self.text += data
        if self.link:
            shown, link = self.page.numbers[-1]
            self.page.numbers[-1] = (shown + data, link)

    def _end(self) -> None:
        if text := plain(self.text):
            self.page.texts.append(text)
        self.text = ""


def documents(
    store: Store, year: int, language: str, as_of: date | None = None
) -> dict[str, Document]:
    """Return the three documents of a year and language, composed from a store."""
    day = as_of or newest_day(store)
    ev, then = evaluator(store, year, day), evaluator(store, year, date(year + 1, 12, 31))
    moved = changed(then, ev, list(figures())) if then.as_of < day else Compared()
    request = Request(year, day, (language,), embedded=False)
    made = compose(ev, catalogue(language), request, verdicts(ev), moved)
    return {stem: c.document_with_lineage() for stem, c in made.items()}


def read_html(html: str) -> Printed:
    reader = _Reader()
    reader.feed(html)
    return reader.page


def plain(text: str) -> str:
    """Return a text with one kind of space."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " ")).strip()


def parse_number(shown: str, language: str) -> tuple[float, float]:
    """Return a printed number, and the unit of its last digit."""
    text = plain(shown)
    matched = re.search(r"\d[\d.,’ ]*", text)
    assert matched, f"no number in {shown!r}"
    digits = matched[0].rstrip(" .,")
    whole, _, part = digits.replace(" ", "").partition(DECIMAL[language])
    whole = re.sub(r"[.,’ ]", "", whole)
    rest = text[matched.start() + len(digits) :].strip().lower()
    word = re.match(r"mil millones|[a-zéóú]+", rest)
    scale = SCALES.get(word[0], 1.0) if word else 1.0
    sign = -1.0 if re.search(r"[−-]", text[: matched.start()]) else 1.0
    return sign * float(f"{whole}.{part or 0}") * scale, scale * 10.0 ** -len(part)


def figure_of(ev: Evaluator, lineage_id: str) -> FigureValue:
    """Return the figure that a printed number leads to, by its key alone."""
    figure_id, period, sex, rest = lineage_id.split(".", 3)
    for value in ev.values(figure_id, int(period)):
        if value.lineage_id == lineage_id:
            return value
    area = rest.rsplit(".", 1)[0].replace("-to-", ">")
    names = (area, area.replace("_", " "))  # a route's name has spaces, its lineage has none
    found = [ev.one(figure_id, sex=sex, area=name, year=int(period)) for name in names]
    return next((v for v in found if v.value is not None), found[0])


def wrong_numbers(page: Printed, ev: Evaluator, language: str) -> list[str]:
    """Return the printed numbers that are not their figure, rounded as printed."""
    wrong = []
    for shown, lineage_id in page.numbers:
        figure_id, _, _, rest = lineage_id.split(".", 3)
        day = rest.rsplit(".", 1)[-1]
        if figure_id not in figures():
            wrong.append(f"{shown}: {lineage_id} is no figure")
            continue
        at = ev if ev.as_of.isoformat() == day else ev.at(ev.as_of.fromisoformat(day))
        candidates = [figure_of(at, lineage_id)]
        editions = at.editions(figures()[figure_id])
        candidates += [figure_of(at.pinned(e), lineage_id) for e in editions]
        number, unit = parse_number(shown, language)
        if not any(_is(v, number, unit, signed=bool(re.search("[+−]", shown))) for v in candidates):
            wrong.append(f"{shown}: {lineage_id} is {candidates[0].value}")
    return wrong


def _is(value: FigureValue, number: float, unit: float, *, signed: bool) -> bool:
    if value.value is None:
        return False
    size = value.value if signed or value.value >= 0 else abs(value.value)
    return abs(size - number) <= unit / 2 * 1.0001


def pattern(message: str) -> re.Pattern[str]:
    """Return what a message looks like in print."""
    out, end, seen = "", 0, set()
    for found in PLACEHOLDER.finditer(message):
        out += re.escape(plain_inside(message[end : found.start()]))
        name = found[1] or found[2]
        shape = (
            "[^:;]+?"
            if name.endswith("_area")
            else r"\d{4}"
            if name in YEARS or name.endswith("_base")
            else NUMBER
        )
        out += f"(?P<{name}>{shape})" if found[1] and name not in seen else ".*?"
        seen |= {name} if found[1] else set()
        end = found.end()
    return re.compile(out + re.escape(plain_inside(message[end:])))


def plain_inside(text: str) -> str:
    return re.sub(r"\s", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def claims(
    page: Printed, words: Catalogue, routes: frozenset[str] = frozenset()
) -> Iterator[tuple[str, list[Statement]]]:
    """Yield each text that follows the message of a statement, with the statements it may be."""
    patterns = {k: pattern(words.messages[k]) for k in statements()}
    known = {plain(f(a)) for a in AREAS for f in (words.area, words.short)}
    known |= {plain(m) for k, m in words.messages.items() if k.startswith(("route.", "city."))}
    for text in page.texts:
        found = []
        for key, one in patterns.items():
            matched = one.fullmatch(text)
            if matched is None:
                continue
            places = [v for k, v in matched.groupdict().items() if k.endswith("_area")]
            named = all(part in known for p in places for part in p.split(" → "))
            if named or routes.issuperset(places):
                found.append(statements()[key])
        if found:
            yield text, found


def false_claims(page: Printed, ev: Evaluator, words: Catalogue) -> list[str]:
    """Return the printed claims for which no statement holds with the numbers and places printed."""
    return [
        f"{text}: not true of {', '.join(s.key for s in found)}"
        for text, found in claims(page, words, _routes(ev))
        if not any(_true(text, s, ev, words) for s in found)
    ]


def _routes(ev: Evaluator) -> frozenset[str]:
    """Return the publishers' names of what is no area: a route, a region of deaths."""
    ranked = {b.figure for s in statements().values() for b in s.bind.values() if b.rank}
    return frozenset(v.area for f in ranked for v in ev.values(f)) - frozenset(AREAS)


def _true(text: str, one: Statement, ev: Evaluator, words: Catalogue) -> bool:
    if any(b.given for b in one.bind.values()):
        return True  # a course: its two numbers lead to their lineage and are checked there
    values = bound(ev, one, {})
    if any(v.value is None for v in values.values()):
        return False
    if not all(holds(c, values, one.key) for c in one.when):
        return False
    matched = pattern(words.messages[one.key]).fullmatch(text)
    return matched is not None and all(
        _says(name, shown, values, ev, words, one.key)
        for name, shown in matched.groupdict().items()
    )


def _says(
    name: str,
    shown: str,
    values: dict[str, FigureValue],
    ev: Evaluator,
    words: Catalogue,
    key: str,
) -> bool:
    if name == "year":
        return shown == str(ev.year)
    base, _, what = name.rpartition("_")
    if base in values and what in ("area", "base", "year"):
        value = values[base]
        names = {words.area(value.area), words.short(value.area)}
        slug = value.area.lower().replace(" ", "_")
        names |= {words.messages.get(f"{g}.{slug}", value.area) for g in ("route", "city")}
        return shown in (
            {plain(n) for n in names} if what == "area" else {value.base, value.time_period}
        )
    number, unit = parse_number(shown, words.language)
    lead = LEADS[words.language]
    said = words.messages[key].partition(f"{{{name}}}")[0].casefold().endswith(lead)
    if "lower bound: " in values[name].mark and not (said or shown.casefold().startswith(lead)):
        return False
    return abs(abs(values[name].value or 0.0) - abs(number)) <= unit / 2 * 1.0001


def lists_cut(page: Printed, words: Catalogue) -> list[tuple[int, int]]:
    """Return how many of how many each list says that it shows."""
    told = []
    cuts = (("list.cut", ("shown",)), ("list.cut_zeros", ("shown",)))
    for key, shown in (*cuts, ("list.extremes", ("high", "low"))):
        cut = pattern(words.messages[key])
        for m in (m for text in page.texts for m in [cut.search(text)] if m):
            parts = {k: int(parse_number(m[k], words.language)[0]) for k in (*shown, "all")}
            told.append((sum(parts[k] for k in shown), parts["all"]))
    return told


def repeated(html: str) -> list[str]:
    """Return facts that say no number and hardly a word that their heading does not say."""
    found = []
    for section in re.findall(r"(?s)<section id.*?</section>", html):
        [heading] = re.findall(r"(?s)<h2[^>]*>(.*?)</h2>", section)[:1] or [""]
        facts = re.findall(r'(?s)<ul class="facts">(.*?)</ul>', section)
        for fact in re.findall(r"(?s)<li>(.*?)</li>", "".join(facts)):
            told = _numbers(fact)
            more = len(_words(fact) - _words(heading))
            if told and told <= _numbers(heading) and more <= FEW:
                found.append(f"{plain(re.sub('<[^>]*>', '', fact))!r} repeats its heading")
    return found


#: Words that a fact may add to its heading and still say the same.
FEW = 4


def _words(html: str) -> set[str]:
    return set(re.findall(r"[\w,.]*\w", unescape(re.sub("<[^>]*>", "", html)).casefold()))


def _numbers(html: str) -> set[str]:
    return {word for word in _words(html) if word[0].isdigit()}


def unlinked(html: str, shown: list[str]) -> list[str]:
    """Return numbers of headings that stand elsewhere as a link and are none in their heading."""
    heads = re.findall(r"(?s)<h2[^>]*>(.*?)</h2>", html)
    bare = [re.sub(r"(?s)<a .*?</a>", "", head) for head in heads]
    texts = [plain(re.sub("<[^>]*>", "", unescape(head))) for head in bare]
    long = {plain(number) for number in shown if len(re.findall(r"\d", number)) > 2}
    return [f"{n} in {t!r}" for t in texts for n in long if re.search(rf"(?<!\w){re.escape(n)}", t)]


#: Of the size of letters, how wide they are at least on average: words, and numbers.
NARROW, NUMERALS = 0.4, 0.52


def laid_over(paper: bytes) -> list[str]:
    """Return numbers on paper that begin before the words to their left have ended."""
    found = []
    for page in PdfReader(BytesIO(paper)).pages:
        lines: dict[int, list[tuple[float, float, str]]] = {}

        def seen(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
            said = text.strip()
            if len(said) > 2:  # letters of a drawing stand one by one
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                wide = NUMERALS if said.lstrip("+−")[:1].isdigit() else NARROW
                end = x + wide * size * abs(cm[0]) * len(said)
                lines.setdefault(round(y), []).append((x, end, said))  # noqa: B023 - read at once

        page.extract_text(visitor_text=seen)
        for told in lines.values():
            for left, right in pairwise(sorted(told)):
                if right[0] < left[1] and right[2].lstrip("+−")[:1].isdigit():
                    found.append(f"{right[2]!r} over {left[2]!r}")
    return found
