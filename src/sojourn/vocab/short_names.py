"""Names of areas for the labels of charts, where the UN's name is too long for a line."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sojourn.vocab.table import rows_of

__all__ = ["short_names"]

_COLUMNS = ("en", "fr", "es")


@cache
def short_names() -> Mapping[tuple[str, str], str]:
    """Return short names by (area id, language); an area that needs none is absent.

    >>> short_names()["826", "fr"]
    'Royaume-Uni'
    """
    found: dict[tuple[str, str], str] = {}
    for area_id, *names, _ in rows_of("short_names.csv"):
        found |= {(area_id, c): n for c, n in zip(_COLUMNS, names, strict=True) if n}
    return MappingProxyType(found)
