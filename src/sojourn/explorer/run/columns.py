"""Rows of a measure as columns of whole numbers: texts are counted in the engine, none a row."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sojourn.explorer.model.cells import Cells, combined, recoded, starts_of
from sojourn.store.observations import Store
from sojourn.store.serving import sorted_or_view

_TEXTS = {
    "indicator": "o.indicator",
    "age": "o.age",
    "sex": "o.sex",
    "variant": "o.detail",
    "area": "o.ref_area",
    "origin": "o.origin",
    "edition": "o.edition",
    "period": "o.time_period",
    "status": "o.obs_status",
    "file": "o.file",
    "sheet": "o.sheet",
    "criterion": "o.criterion",
    "note": "concat_ws('; ', nullif(o.comment, ''), nullif(o.mark, ''))",
}
_ALWAYS = {"status": ("A",), "criterion": ("",), "note": ("",)}  # what a sum says of itself
_NUMBERS = {
    "value": "o.value",
    "row": 'o."row"',
    "col": "o.col",
    "lower": "o.lower * pow(10, o.unit_mult)",
    "upper": "o.upper * pow(10, o.unit_mult)",
}
_ORDER = ("indicator", "edition", "file", "sheet", "row", "col")
_KEPT = tuple(k for k in (*_TEXTS, *_NUMBERS) if k not in ("indicator", "file"))
_FROM = (
    "FROM {source} o WHERE list_contains($e, o.edition) AND o.dataflow = $d "
    "AND ($i = '' OR o.indicator = $i) AND NOT regexp_matches(o.detail, '(;|^)repeat=')"
)
_PRINTED = re.compile(r"(;|^)(part=[0-9]+|printed=[^;]*)")


def columns(
    store: Store, editions: Sequence[str], files: Sequence[str], dataset: str, indicator: str = ""
) -> dict[str, Cells]:
    """Return the rows of each indicator of a dataset, in the order of their files, sheets and cells.

    Parameters
    ----------
    files : sequence of str
        SHA-256 of each file in the order of the index.
    indicator : str
        The one that is wanted; empty for every one.

    Returns
    -------
    dict of str to Cells
        Columns of `_TEXTS` as codes, whose words stand in order, and of `_NUMBERS`; ``sheet``
        stands for (file by its number in the index, sheet).
    """
    given = {"e": list(editions), "d": dataset, "i": indicator}
    source = _FROM.replace("{source}", sorted_or_view(store))
    listed = ", ".join(f"list_sort(list(DISTINCT coalesce({x}, '')))" for x in _TEXTS.values())
    found = store.con.execute(f"SELECT {listed} {source}", given).fetchall()
    words = {
        k: sorted({*(held or ()), *_ALWAYS.get(k, ())})
        for k, held in zip(_TEXTS, found[0], strict=True)
    }
    asked = [f"{_code(x, words[k])} AS {k}" for k, x in _TEXTS.items()]
    asked += [f"{x} AS {k}" for k, x in _NUMBERS.items()]
    got = store.con.execute(f"SELECT {', '.join(asked)} {source}", given).fetchnumpy()
    made = {k: np.asarray(got[k]) for k in _TEXTS}
    made |= {k: np.asarray(got[k], dtype=np.int32) for k in ("row", "col")}
    for k in ("value", "lower", "upper"):
        made[k] = np.ma.filled(got[k].astype(np.float64), np.nan)
        if k != "value" and np.isnan(made[k]).all():
            del made[k]  # most datasets have no bounds
    rows = _named(Cells(made, words), files)
    size = [int(rows[k].max(initial=0)) + 1 for k in _ORDER]
    rows = rows.take(np.argsort(combined([rows[k] for k in _ORDER], size), kind="stable"))
    bounds = [*starts_of(rows["indicator"]).tolist(), len(rows)]
    return {
        words["indicator"][rows["indicator"][a]]: rows.only(_KEPT).take(slice(a, b))
        for a, b in pairwise(bounds)
    }


def _code(expression: str, words: Sequence[str]) -> str:
    """Return what gives the place of a text among the words."""
    listed = ", ".join("'" + w.replace("'", "''") + "'" for w in words or [""])
    return f"enum_code(CAST(coalesce({expression}, '') AS ENUM ({listed})))"


def _named(rows: Cells, files: Sequence[str]) -> Cells:
    """Return rows whose variants are what tells rival numbers apart, and sheets those of a file.

    What is printed on two rows for one key, or under two spellings of a place, is no variant.
    """
    told = ["" if "row=" in d else _PRINTED.sub("", d) for d in rows.words["variant"]]
    variant, variants = recoded(rows["variant"], told)
    number = {sha: n for n, sha in enumerate(files)}
    sheets = rows.words["sheet"]
    both = combined([rows["file"], rows["sheet"]], [len(files), len(sheets)])
    pair, kept = np.unique(both, return_inverse=True)
    named = [
        (number[rows.words["file"][p // len(sheets)]], sheets[p % len(sheets)])
        for p in pair.tolist()
    ]
    sheet, listed = recoded(kept.astype(np.int64), named)
    return rows.having({"variant": variants, "sheet": listed}, variant=variant, sheet=sheet)
