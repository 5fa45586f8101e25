"""The small tables shipped beside the code."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType


def rows_of(table: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV table of this package, without its header."""
    text = files("sojourn.vocab").joinpath(table).read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    next(rows)
    return rows


def records_of(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV table of this package, each cell under its heading."""
    text = files("sojourn.vocab").joinpath(table).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def by_language(record: Mapping[str, str], begins: str = "") -> Mapping[str, str]:
    """Return the cells under headings that begin so, by what follows: a language; no empty ones.

    >>> dict(by_language({"area_id": "250", "name_en": "France", "name_ar": ""}, "name_"))
    {'en': 'France'}
    """
    found = {k.removeprefix(begins): text for k, text in record.items() if k.startswith(begins)}
    return MappingProxyType({language: text for language, text in found.items() if text})


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the vocabulary that name no area or indicator, by id and language.

    >>> words()["_T"]["fr"]
    'tous les lieux'
    """
    return MappingProxyType({r.pop("id"): by_language(r) for r in records_of("words.csv")})
