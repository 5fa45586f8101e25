"""Indicators: what each id measures, in words, with its unit and what may be added to what.

Examples
--------
>>> stock = indicator("migrant_stock")
>>> stock.name("fr"), stock.unit_measure, stock.kind
('Migrants internationaux', 'PERSONS', 'stock')
>>> stock.adds_over("origin"), stock.adds_over("time")
(True, False)
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from sojourn.errors import UnknownIndicator
from sojourn.terminal.declared import REST, SPLIT, read_rows
from sojourn.terminal.nearest import near
from sojourn.vocab.table import by_language
from sojourn.vocab.table import words as words_of

Kind = Literal["stock", "flow", "event", "rate"]
Axis = Literal["area", "origin", "sex", "time"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the vocabulary.

    Attributes
    ----------
    id : str
        Name of the indicator in observations.
    unit_measure : str
        SDMX unit of its values after the multiplier is applied.
    kind : {"stock", "flow", "event", "rate"}
        A number at a moment; persons or money during a period; events during a period; a ratio.
    decimals : int
        Decimals that its values are printed with.
    axes : frozenset of str
        Dimensions over which its values may be added.
    source : str
        Publisher and publication that define it.
    names, definitions : mapping of str to str
        By language; a language that nobody has written is absent.
    """

    id: str
    unit_measure: str
    kind: Kind
    decimals: int
    axes: frozenset[str]
    source: str
    names: Mapping[str, str]
    definitions: Mapping[str, str]

    def name(self, language: str = "en") -> str:
        """Return the name in a language, in English where nobody has written it."""
        return self.names.get(language, self.names["en"])

    def definition(self, language: str = "en") -> str:
        """Return the definition in a language, in English where nobody has written it."""
        return self.definitions.get(language, self.definitions["en"])

    def adds_over(self, axis: Axis) -> bool:
        """Return whether values may be added over a dimension."""
        return axis in self.axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of ``indicators.csv``, as it is written.

    Attributes
    ----------
    indicator : str
        Id.
    adds_over : tuple of str
        Dimensions over which its values may be added, with blanks between them.
    others : mapping of str to str
        ``name_CODE`` and ``definition_CODE`` of every other language, one column each.
    """

    indicator: str
    unit_measure: str
    kind: Kind
    decimals: int
    adds_over: tuple[Axis, ...] = field(metadata={SPLIT: " "})
    source: str
    name_en: str
    definition_en: str
    others: Mapping[str, str] = field(default_factory=dict, metadata={REST: True})

    def __post_init__(self) -> None:
        """Refuse an indicator that nobody can read about, a rate that is added, a strange column."""
        if strange := [c for c in self.others if not re.fullmatch(r"(name|definition)_\w+", c)]:
            raise ValueError(
                f"a column {strange[0]!r}; other columns are name_CODE, definition_CODE"
            )
        if not (self.name_en and self.definition_en and self.source):
            raise ValueError(
                "no name_en, definition_en or source; say what it measures, and who says so"
            )
        if self.kind == "rate" and self.adds_over:
            raise ValueError(f"a rate adds over {' '.join(self.adds_over)}; rates are not added")

    def said(self, what: str) -> Mapping[str, str]:
        """Return the names or definitions by language."""
        english = {"name_en": self.name_en, "definition_en": self.definition_en}
        return by_language({**english, **self.others}, f"{what}_")


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return every indicator by id, in the order of the ids."""
    text = files("sojourn.vocab").joinpath("indicators.csv").read_text("utf-8")
    made = {}
    for row in read_rows(text, Row, where="indicators.csv"):
        made[row.indicator] = Indicator(
            id=row.indicator,
            unit_measure=row.unit_measure,
            kind=row.kind,
            decimals=row.decimals,
            axes=frozenset(row.adds_over),
            source=row.source,
            names=row.said("name"),
            definitions=row.said("definition"),
        )
    return MappingProxyType(made)


def indicator(name: str) -> Indicator:
    """Return an indicator by its id or by its exact name in any language.

    Raises
    ------
    UnknownIndicator
        No indicator is called so; the hint names the nearest.

    Examples
    --------
    >>> indicator("Migrantes internacionales").id
    'migrant_stock'
    """
    known = indicators()
    if name in known:
        return known[name]
    called = _called()
    if (found := called.get(_folded(name))) is not None:
        return known[found]
    found_near = near(_folded(name), [*known, *called], most=3)
    ids = list(dict.fromkeys(called.get(n, n) for n in found_near))
    raise UnknownIndicator(
        f"{name!r} is no indicator",
        hint=f"did you mean {' or '.join(ids)}?"
        if ids
        else "`sojourn indicators` lists them; `sojourn indicators WORD` searches",
    )


def indicator_or_code(name: str) -> Indicator:
    """Return an indicator by its id; one that no row of the vocabulary tells, by its id alone.

    A table read as its publisher codes it may bring such a one: nothing is known of its unit, so
    it is added to nothing and divided by nothing.

    Examples
    --------
    >>> indicator_or_code("tps00170").name("es"), indicator_or_code("tps00170").adds_over("sex")
    ('tps00170', False)
    """
    known = indicators().get(name)
    return known or Indicator(
        name, "_X", "rate", 0, frozenset(), "", MappingProxyType({"en": name}), words_of()["untold"]
    )


def search(words: str, language: str = "en") -> Sequence[Indicator]:
    """Return the indicators whose id, name or definition holds every word, best first.

    Examples
    --------
    >>> [i.id for i in search("born abroad")]
    ['tb_notifications_foreign_born']
    """
    asked = _folded(words).split()
    scored = []
    for one in indicators().values():
        title = _folded(f"{one.id} {one.name(language)}")
        whole = f"{title} {_folded(one.definition(language))}"
        if all(word in whole for word in asked):
            scored.append((-sum(word in title for word in asked), one.id, one))
    return [one for *_, one in sorted(scored, key=lambda s: s[:2])]


@cache
def _called() -> Mapping[str, str]:
    return {_folded(n): i.id for i in indicators().values() for n in i.names.values()}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'")
