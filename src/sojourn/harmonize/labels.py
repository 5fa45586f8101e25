"""Printed labels to codes: places, sexes, and whatever a layout declares."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from sojourn.errors import HarmonizeError, NotANumber, UnknownArea
from sojourn.harmonize.spelling import unmangled
from sojourn.sources.block import Block
from sojourn.sources.column import Column, combined
from sojourn.vocab.area import AREAS, from_code, resolve, resolve_many

_NOTHING_GUESSED = "nothing is guessed from a name"
_DRAFTS = "sojourn declare FILE drafts the line"
_NO_PLACE = (
    "a row without a place is a total or a note below the table: leave it out with skip_row or stop; "
    f"{_DRAFTS}"
)
#: Characters that have no business in a name: controls, zero-width blanks, direction overrides.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def refuse_hidden_characters(name: str, block: Block) -> None:
    """Refuse labels that hold control or invisible characters.

    Raises
    ------
    HarmonizeError
        Naming each of the first lines and the characters found.
    """
    found = []
    for role, labels in block.labels.items():
        for label in (t for t in labels.words if not (t.isascii() and t.isprintable())):
            if (hit := _HIDDEN.search(label)) is not None:
                row = block.rows[labels.index(label)]
                code = unicodedata.name(hit.group(), f"U+{ord(hit.group()):04X}")
                found.append((int(row), role, code))
    if found:
        listed = "; ".join(f"row {row} ({role}): {code}" for row, role, code in sorted(found)[:5])
        raise HarmonizeError(
            f"{name}: control or invisible characters in labels: {listed}",
            hint="they can make two different names look alike; export the file again",
        )


def coder(
    publisher: str, coding: str, special: Mapping[str, str], footnote: str, groups: str = ""
) -> Callable[[str], str]:
    """Return a function from a printed place to its area id.

    Parameters
    ----------
    publisher : str
        Short name, for the aliases of its spellings.
    coding : str
        ``name``, or a code scheme: ``m49``, ``iso3``, ``iso2``, ``eurostat``.
    special : mapping
        Labels with a meaning of their own in this layout, for instance ``Total`` to ``_T``.
    footnote : str
        Regular expression of the footnote marks glued to names, if any.
    groups : str
        Regular expression of labels that name groups of the publisher's own, each an area.
    """
    own = re.compile(groups) if groups else None
    strip = re.compile(f"(?:{footnote})$") if footnote else None

    def code(label: str) -> str:
        if label in special:
            return special[label]
        if own is not None and own.match(label):
            return label
        if coding != "name":
            return from_code(label.zfill(3) if coding == "m49" else label, scheme=coding)
        bare = label.strip().strip("*").strip()
        if strip is not None:
            try:
                return resolve(bare, publisher=publisher, nearest=False)
            except UnknownArea:
                bare = strip.sub("", bare).strip()
        try:
            return resolve(bare, publisher=publisher)
        except UnknownArea:
            if (whole := unmangled(bare)) == bare:
                raise
            return resolve(whole, publisher=publisher)

    return code


def places(
    name: str, block: Block, role: str, labels: Column, code: Callable[[str], str]
) -> Column:
    """Return the area id of each label; an unmatched one is an error that names its row.

    Raises
    ------
    UnknownArea
        Naming up to five labels with their rows, and the nearest known spellings of the first.
    """
    known: dict[str, str] = {}
    lost: dict[str, UnknownArea] = {}
    for label in labels.words:
        try:
            known[label] = code(label)
        except UnknownArea as error:
            lost[label] = error
    if lost:
        names: Sequence[str] = block.labels.get("name", [])
        at = [(label, labels.index(label)) for label in list(lost)[:5]]
        listed = "; ".join(
            f"{label!r}"
            + (
                f" ({names[i]!r})"
                if role == "area" and i < len(names) and names[i] != label
                else ""
            )
            + (f" in row {block.rows[i]}" if len(labels) == len(block.rows) else "")
            for label, i in at
        )
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        first = next(iter(lost.values()))
        sheet = f"{block.sheet}: " if block.sheet else ""
        raise UnknownArea(
            f"{name}: {sheet}unknown {role} in this classification: {listed}{more}",
            hint=_NO_PLACE if "" in lost else f"{first.hint or _NOTHING_GUESSED}; {_DRAFTS}",
        )
    return labels.mapped(known.__getitem__)


def contradictions(
    name: str, block: Block, role: str, codes: Column, publisher: str
) -> tuple[str, ...]:
    """Return what must be said of rows whose code and name are those of two countries.

    Codes decide, and names are never joined on: IDMC itself once prints the code of the Cook
    Islands beside Ukraine. But such a number is not taken without a word.
    """
    names = block.labels.get({"area": "name", "origin": "origin_name"}[role])
    if names is None or block.layout.roles[role] == "name":
        return ()
    rows = combined([codes, names])[1].tolist()
    pairs = [(codes[i], names[i]) for i in rows]
    meant = resolve_many([text.strip(" *") for _, text in pairs], publisher=publisher)
    found = []
    for i, (code, text), other in zip(rows, pairs, meant, strict=True):
        if other is None or other == code or {_kind(other), _kind(code)} != {"country"}:
            continue
        found.append(
            f"{name}: row {block.rows[i]}: the code {block.labels[role][i]!r} is "
            f"{AREAS[code].names['en']}, the name beside it is {text!r}; the code was taken"
        )
    return tuple(found)


def _kind(area: str) -> str:
    return AREAS[area].kind if area in AREAS else ""


def mapped(name: str, block: Block, role: str, mapping: Mapping[str, str]) -> Column:
    """Return the declared code of each label of a role.

    Raises
    ------
    NotANumber
        A label the layout does not declare, with its row.
    """
    labels = block.labels[role]
    unknown = [label for label in labels.words if label not in mapping]
    if unknown:
        row = block.rows[labels.index(unknown[0])]
        raise NotANumber(
            f"{name}: row {row}: {role} reads {unknown[0]!r}; expected one of "
            f"{', '.join(repr(k) for k in list(mapping)[:8])}",
            hint=f"declare the new label if the publisher added it; {_DRAFTS}",
        )
    return labels.mapped(mapping.__getitem__)
