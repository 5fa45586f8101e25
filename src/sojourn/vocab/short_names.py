"""Names of areas for the labels of charts, where the UN's name is too long for a line."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sojourn.vocab.table import by_language, records_of

__all__ = ["short_names"]


@cache
def short_names() -> Mapping[tuple[str, str], str]:
    """Return short names by (area id, language); an area that needs none is absent.

    >>> short_names()["826", "fr"]
    'Royaume-Uni'
    """
    found: dict[tuple[str, str], str] = {}
    for row in records_of("short_names.csv"):
        area_id, _ = row.pop("area_id"), row.pop("reason")
        found |= {(area_id, language): name for language, name in by_language(row).items()}
    return MappingProxyType(found)
