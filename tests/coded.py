"""Cells of the explorer written by hand: rows in, columns of codes out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sojourn.explorer.model.cells import PLAIN, Cells, Held, recoded


def cells(held: Sequence[Held], **others: Sequence[str]) -> Cells:
    """Return rows as columns; others are columns of texts beside them."""
    texts: dict[str, Sequence[Any]] = {
        k: [getattr(h, k) for h in held] for k in ("edition", "place", "period", "status")
    }
    texts |= {"sheet": [(h.file, h.sheet) for h in held]}
    texts |= {"about": [(h.criterion, h.note) for h in held], **others}
    columns, words = {}, {}
    for name, listed in texts.items():
        columns[name], words[name] = recoded(np.arange(len(held)), listed)
    for name in PLAIN:
        given = [getattr(h, name) for h in held]
        kind = np.float64 if name in ("value", "lower", "upper") else np.int64
        columns[name] = np.array([np.nan if g is None else g for g in given], dtype=kind)
    return Cells(columns, words)
