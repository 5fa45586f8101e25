"""A draft for a table that does not say what it counts: which of the tables alike it may be."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from sojourn.sources.layout import Layout


def mute_lines(name: str, sha256: str, layouts: Sequence[Layout]) -> list[str]:
    """Return the line of an edition that says which table a file is, once for each that it may be.

    All are comments, for a person to choose one; those whose name is most like the file's stand
    first.
    """
    stem = name.rsplit("/", maxsplit=1)[-1].partition(".")[0].casefold()

    def unlike(layout: Layout) -> tuple[float, str]:
        own = layout.id.rpartition(".")[2].removeprefix("wpp-").replace("-", "")
        return (-SequenceMatcher(None, stem, own).ratio(), layout.id)

    return [
        f'# tables = {{ "{sha256}" = "{x.id}" }}   # {_said(x)}'
        for x in sorted(layouts, key=unlike)
    ]


def _said(layout: Layout) -> str:
    measure = layout.tables[0].measures[0]
    sex = {"F": ", women", "M": ", men"}.get(measure.sex, "")
    size = f" × {10**measure.mult:,}" if measure.mult else ""
    variant = layout.fixed.get("detail", "").replace("=", " ")
    return f"{measure.indicator}{sex}, {measure.unit}{size}" + (f", {variant}" if variant else "")
