"""``sojourn declare``: a draft of what a file has to have declared before it loads.

What is alike but for case, blanks, brackets and marks is written as a line; what is only similar
is written as a comment with its candidates, for a person to choose. Nothing is guessed.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sojourn.errors import SojournError, SourceError, counted
from sojourn.loading.edition import edition_of
from sojourn.loading.mute_tables import mute_lines
from sojourn.loading.skeleton import are_free, skeleton
from sojourn.loading.unknown_words import Unknown, unknown_rows, unknown_words
from sojourn.sources.block import Block, read_tables
from sojourn.sources.container import Workbook, open_file
from sojourn.sources.declaration import Dataset, Registry, with_spellings
from sojourn.sources.layout import Layout
from sojourn.sources.nearest import MOST_SHEETS, Nearest, fit_row, nearest
from sojourn.sources.recognise import mute_ones, recognised, stated
from sojourn.terminal.nearest import near
from sojourn.terminal.one_line import OneLine
from sojourn.vocab.area import AREAS, aliases, plain

MOST_WORDS = 40
MOST_LACKING = 8  # that are named as what a new heading may stand for
_TERMS = re.compile(
    r"(?i)copyright|©|licen[cs]e|creative commons|\bCC BY|rights reserved|terms of use"
)
_UNITS = re.compile(
    r"(?i)\b(thousands?|millions?|per 1[, ]?000|per 100[, ]?000|per cent|percentage|US\$|USD|euros?)\b|%"
)


@dataclass(frozen=True, slots=True)
class Draft(OneLine):
    """A draft declaration, and whether the file loads without it."""

    toml: str
    loads: bool
    lines: int


def declare(path: Path, known: Registry, *, new: bool) -> Draft:
    """Return a draft declaration of a publisher's file; ``new`` when no known table is like it.

    Raises
    ------
    SourceError
        The file does not exist; more than one table in it.
    UnreadableFile
        The bytes are no table.
    """
    if not path.is_file():
        raise SourceError(f"{path}: no such file", hint="name one publisher's file")
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    books = open_file(path.name, content)
    if len(books) > 1:
        raise SourceError(
            f"{path}: an archive of {counted(len(books), 'table')}",
            hint="unpack it and declare them one by one",
        )
    book = books[0]
    if new:
        return _draft(book, [], skeleton(book, sha256, terms_of(book)), loads=False)
    try:
        layout, registry = recognised(book, known, sha256)
    except SojournError as error:
        return _of_unknown(book, known, sha256, error)
    return _of_known(book, layout, registry, sha256)


# --------------------------------------------------------------------- what stands in the file


def terms_of(book: Workbook) -> tuple[str, ...]:
    """Return the sentences of a file that speak of its terms, as printed."""
    return _sentences(book, _TERMS)[:4]


def _sentences(book: Workbook, form: re.Pattern[str]) -> tuple[str, ...]:
    lines = [text for s in book.sheets[:MOST_SHEETS] for text in book.grid(s).lines_of_text]
    return tuple(dict.fromkeys(text.strip()[:200] for text in lines if form.search(text)))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comments(lines: Iterable[str]) -> list[str]:
    return [f"# {line}" for line in lines]


def _edition(
    book: Workbook, layout: Layout, dataset: Dataset, sha256: str, known: Registry
) -> list[str]:
    said = stated(book, layout)
    terms = terms_of(book)
    for edition in known.of_dataset(dataset.id):
        states = said is not None and edition.states and said.text in edition.states
        if states or (said is not None and said.day == edition.vintage):
            return [f"# it states an edition that is declared: {edition.id}", *_comments(terms)]
    day = said.day if said is not None and said.day is not None else None
    vintage = day or date.today()  # noqa: DTZ011 - the day a person loads it
    why = "as the file states" if day else "not stated: write the day the publisher released it"
    lines = [
        "[[edition]]",
        f'dataset = "{dataset.id}"',
        f"vintage = {vintage.isoformat()}   # {why}",
        f"title = {_quoted(said.text if said else f'file {book.name}')}",
        f"license = {_quoted(terms[0] if terms else 'not stated in the file')}",
        f'redistribution = "{"attribution" if are_free(terms) else "none"}"   # attribution, cited-facts or none',
        f"files = {{ {_quoted(sha256)} = {_quoted(book.name)} }}",
    ]
    return [*lines, *_comments(f"terms as printed: {t}" for t in terms[1:])]


def _alike(text: str) -> str:
    """Return what must be the same for a line to be written: letters and digits, no brackets."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|[*†‡]|(?<=[^\W\d])[\d,]+$", "", text)
    return re.sub(r"\W+", "", plain(bare)).casefold()


def _lines(section: str, unknown: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """Return one table of the draft: a line where one known word is alike, else candidates."""
    if not unknown:
        return []
    out = ["", f"[{section}]"]
    alike: dict[str, set[str]] = {}
    for word, code in known.items():
        alike.setdefault(_alike(word), set()).add(code)
    for text, where in unknown.items():
        place = f"   # {where}" if where else ""
        same = alike.get(_alike(text), set()) if _alike(text) else set()
        if len(same) == 1:
            out.append(f"{_quoted(text)} = {_quoted(next(iter(same)))}{place}")
            continue
        alike_words = near(text, known, most=6, cutoff=0.45)
        offered = list({known[k]: k for k in reversed(alike_words)}.values())[::-1][
            :3
        ]  # one of each meaning
        if not offered and section == "missing":
            out.append(f'# {_quoted(text)} = "O"{place}; or L not collected, Q suppressed')
        elif not offered:
            out.append(
                f'# {_quoted(text)} = ""{place}; nothing known is near{_lacking(section, known)}'
            )
        out += [f"# {_quoted(text)} = {_quoted(known[k])}   # {k}?{place[4:]}" for k in offered]
    return out


def _lacking(section: str, known: Mapping[str, str]) -> str:
    """Return what the layout reads and nobody has found, where a heading may have got a new name."""
    left = list(dict.fromkeys(known.values())) if section == "headings" else []
    return f"; these stand nowhere: {', '.join(left)}" if 0 < len(left) <= MOST_LACKING else ""


# ------------------------------------------------------------------------- a layout that fits


def _of_known(book: Workbook, layout: Layout, known: Registry, sha256: str) -> Draft:
    try:
        blocks = [] if layout.tables[0].measures[0].unit == "NONE" else read_tables(book, layout)
        problem = ""
    except SojournError as error:
        blocks, problem = [], error.problem
    declared = known.by_digest(sha256)
    dataset = known.datasets[layout.dataset]
    fit = _fit_of(book, layout)
    unknown = unknown_words(blocks, dataset)
    unknown.labels.update(unknown_rows(book.grid(fit.sheet), layout, fit))
    head = [
        f"layout {layout.id}: {counted(len(fit.roles) + len(fit.measures), 'heading')} known",
        *([f"it does not load yet: {problem}"] if problem else []),
        *_differences(fit),
    ]
    if declared is not None:
        head.append(f"declared already: {declared.id}")
    body = [] if declared is not None else ["", *_edition(book, layout, dataset, sha256, known)]
    body += _lines("headings", *_unread(fit)) if problem else []
    body += _words(unknown, layout)
    loads = not problem and not unknown and _dated(book, layout, blocks, known, sha256)
    return _draft(book, head, body, loads=loads)


def _words(unknown: Unknown, layout: Layout) -> list[str]:
    rows = [(w, at.split(",")[0]) for w, at in unknown.labels.items()]
    series = [
        f'by_row.{role} = {{ {_quoted(w)} = {{ indicator = "", unit = "" }} }}'
        for w, role in rows
        if role in layout.by_row
    ]
    also = ["or, if a label measures what the layout does not know:", "[[layout]]"]
    also += [f'id = "{layout.id}-more"', f'like = "{layout.id}"', *series]
    return [
        *(_comments(also) if series else []),
        *_lines("labels", unknown.labels, _known_labels(layout)),
        *_below(unknown.places.get(""), layout),
        *_lines(
            "places",
            {w: at for w, at in unknown.places.items() if w},
            _known_places(layout.dataset),
        ),
        *_lines("missing", unknown.marks, {m: s for m, s in layout.missing.items() if m}),
    ]


def _below(where: str | None, layout: Layout) -> list[str]:
    """Return what to say of a row that names no place."""
    if where is None:
        return []
    said = [
        f"{where} names no place: a total or a note? Say how its first cell begins, here Total:",
        "[[layout]]",
        f'id = "{layout.id}-more"',
        f'like = "{layout.id}"',
        "skip_row = '^Total'   # or stop = 'Total', if nothing of the table stands below",
    ]
    return ["", *_comments(said)]


def _dated(
    book: Workbook, layout: Layout, blocks: list[Block], known: Registry, sha256: str
) -> bool:
    try:
        edition_of(book, layout, blocks, sha256, known, None)
    except SojournError:
        return False
    return True


def _fit_of(book: Workbook, layout: Layout) -> Nearest:
    alone = Registry({}, {}, {layout.id: layout})
    found = nearest(book, alone, among=1)
    return found[0] if found else fit_row(book.grid(book.sheets[0]), layout, 0)


def _known_labels(layout: Layout) -> dict[str, str]:
    labels = [label for codes in layout.values.values() for label in codes]
    labels += [label for said in layout.by_row.values() for label in said]
    return {label: label for label in labels if label}


def _known_places(dataset: str) -> dict[str, str]:
    publisher = dataset.split(".", maxsplit=1)[0]
    spelt = {
        a.label: a.area_id for a in aliases() if a.publisher in ("*", publisher) and not a.since
    }
    return {**{a.names["en"]: a.area_id for a in AREAS.values()}, **spelt}


# --------------------------------------------------------------------- headings that differ


def _unread(fit: Nearest) -> tuple[dict[str, str], dict[str, str]]:
    """Return headings that the layout does not know, and those of its own that stand nowhere."""
    layout = fit.layout
    absent: dict[str, str] = {}
    for role in (r for r in layout.columns if r not in fit.roles):
        absent |= {title: title for title in layout.columns[role] if title[:1] != "/"}
    used = {m.indicator for m in fit.measures.values()}
    for measure in (m for t in layout.tables for m in t.measures if m.match):
        if measure.indicator not in used and layout.kind == "records":
            absent |= dict.fromkeys(_readable(measure.match), measure.indicator)
    return dict.fromkeys(fit.unread, ""), absent


def _readable(pattern: str) -> set[str]:
    """Return headings that a pattern stands for: each alternative, with and without what may lack.

    Examples
    --------
    >>> sorted(_readable("Asylum[- ]seekers( pending)?|ASY"))
    ['ASY', 'Asylum seekers', 'Asylum seekers pending', 'Asylum-seekers', 'Asylum-seekers pending']
    """
    words = {pattern.replace("(?i)", "")}
    done: set[str] = set()
    while words and len(done) < MOST_WORDS:
        word = words.pop()
        group = re.search(r"(?<!\\)\(([^()]*)\)(\?)?|\[([^\]^]+)\]", word)
        if group is not None:
            inner = group.group(1)
            options = set(group.group(3) or ()) if inner is None else set(inner.split("|"))
            options |= {""} if group.group(2) else set()
            words |= {word[: group.start()] + o + word[group.end() :] for o in options}
        elif "|" in word:
            words |= set(word.split("|"))
        else:
            bare = re.sub(r"(?:\\?.)[?*]|\\d\+|[+^$]", "", word.replace("?:", ""))
            done.add(" ".join(bare.replace("\\", "").split()))
    return {word for word in done if re.fullmatch(pattern, word)}


def _differences(fit: Nearest) -> list[str]:
    layout = fit.layout
    said = [f"heading {layout.columns[r][0]!r} ({r}) stands nowhere" for r in fit.lacking]
    sheets = [t.sheet for t in layout.tables if t.sheet]
    if sheets and fit.sheet and not any(re.fullmatch(s, fit.sheet) for s in sheets):
        said.append(f"sheet {fit.sheet!r}: the layout reads {sheets[0]!r}")
    return said


# ------------------------------------------------------------------------- no layout that fits


def _of_unknown(book: Workbook, known: Registry, sha256: str, error: SojournError) -> Draft:
    head = [f"it does not load: {error.problem}"]
    if mute := mute_ones(book, known):
        dataset = known.datasets[mute[0].dataset]
        lines = _edition(book, mute[0], dataset, sha256, known)
        lines += ["# which table is it? Take the # from one of these lines:"]
        return _draft(book, head, ["", *lines, *mute_lines(book.name, sha256, mute)], loads=False)
    found = nearest(book, known)
    if not found or (len(found[0].unread) >= found[0].known and not found[0].measures):
        return _draft(book, head, skeleton(book, sha256, terms_of(book)), loads=False)
    best = found[0]
    layout, dataset = best.layout, known.datasets[best.layout.dataset]
    head += [
        f"nearest layout {f.layout.id}: {counted(len(f.roles) + len(f.measures), 'heading')} known, "
        f"{len(f.lacking)} required ones stand nowhere"
        for f in found
    ]
    head += _differences(best)
    body = ["", *_edition(book, layout, dataset, sha256, known)]
    headings = _lines("headings", *_unread(best))
    body += headings
    body += _like(book, best)
    body += _after_headings(book, best, headings, known)
    return _draft(book, head, body, loads=False)


def _like(book: Workbook, best: Nearest) -> list[str]:
    """Return a layout like the nearest one, where its sheet or its words are not those of the file."""
    layout = best.layout
    sheets = [t.sheet for t in layout.tables if t.sheet]
    moved = best.sheet and sheets and not any(re.fullmatch(s, best.sheet) for s in sheets)
    said = book.grid(best.sheet).lines_of_text
    silent = layout.says and not any(re.search(layout.says, line) for line in said)
    if not moved and not silent:
        return []
    lines = ["", "[[layout]]", f'id = "{layout.id}-changed"', f'like = "{layout.id}"']
    lines += (
        ['says = ""   # the words that told it stand nowhere: is it this table?'] if silent else []
    )
    lines += ["[[layout.table]]", f"sheet = {_quoted(re.escape(best.sheet))}"] if moved else []
    return lines


def _after_headings(
    book: Workbook, best: Nearest, headings: Sequence[str], known: Registry
) -> list[str]:
    """Return what else differs once the headings that are alike are taken as known."""
    try:
        toml = "\n".join(line for line in headings if not line.startswith("#"))
        changed = with_spellings(known, toml, where="draft").layouts[best.layout.id]
        blocks = read_tables(book, changed)
    except SojournError:
        return []
    dataset = known.datasets[best.layout.dataset]
    return _words(unknown_words(blocks, dataset), best.layout)


def _draft(book: Workbook, head: Sequence[str], body: Sequence[str], *, loads: bool) -> Draft:
    units = _sentences(book, _UNITS)[:5]
    first = [
        f"Draft declaration of {book.name}",
        f"Check each line, then: sojourn load {book.name} --declare THIS_FILE",
        *head,
        *(f"units as printed: {text[:120]}" for text in units),
    ]
    lines = [*_comments(first), *body]
    count = sum(bool(line) and not line.startswith("#") for line in body)
    return Draft("\n".join(lines) + "\n", loads, count)
