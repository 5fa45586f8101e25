"""The size of each disagreement as an observation of its own, beside the counts it was taken from."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.errors import counted
from sojourn.loading.derived import derived_entry, write_derived
from sojourn.query.disagreements import Comparison, Disagreement
from sojourn.vocab.observation import EditionId

DATASET = "sojourn.disagreements"


def keep(root: Path, found: Sequence[Comparison]) -> str:
    """Write every disagreement into the data directory; return its edition.

    The value is the spread, ``lower`` and ``upper`` are the smallest and largest count, the comment
    lists each count with its cell. The same editions give the same edition again.

    Raises
    ------
    StoreBusy
        Another process is writing.
    """
    rows = [(c, d) for c in found for d in c.largest]
    editions = sorted({e for c in found for e in c.editions})
    about = {
        "editions": editions,
        "quantities": [c.quantity for c in found],
        "n": len(rows),
        "version": __version__,
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    vintage = max((EditionId.of(e).vintage for e in editions), default="1900-01-01")
    entry = derived_entry(
        DATASET,
        digest,
        f"disagreements of {len(found)} quantities",
        vintage=vintage,
        title=f"{counted(len(rows), 'number')} counted more than once",
        citation=f"Compared by sojourn from {'; '.join(editions)}.",
        terms="facts compared from the editions named, on their terms",
    )
    write_derived(root, entry, lambda: _columns(rows, entry.edition, digest), len(rows))
    return entry.edition


def _columns(
    rows: Sequence[tuple[Comparison, Disagreement]], edition: str, digest: str
) -> dict[str, Any]:
    def of(values: Sequence[object]) -> Any:
        return np.array(values, dtype=object)

    n = len(rows)
    return {
        "dataflow": of([DATASET] * n),
        "indicator": of([f"{d.quantity}_disagreement" for _, d in rows]),
        "ref_area": of([d.area for _, d in rows]),
        "origin": of(["_Z"] * n),
        "destination": of(["_Z"] * n),
        "sex": of([d.sex for _, d in rows]),
        "age": of(["_T"] * n),
        "time_period": of([d.time_period for _, d in rows]),
        "criterion": of(["_Z"] * n),
        "detail": of([f"counts={len(d.counts)}" for _, d in rows]),
        "obs_value": np.array([d.spread for _, d in rows], dtype=np.float64),
        "lower": np.array([min(c.value for c in d.counts) for _, d in rows], dtype=np.float64),
        "upper": np.array([max(c.value for c in d.counts) for _, d in rows], dtype=np.float64),
        "unit_measure": of([c.unit for c, _ in rows]),
        "unit_mult": np.zeros(n, dtype=np.int16),
        "obs_status": of(["A"] * n),
        "comment": of([_comment(d) for _, d in rows]),
        "edition": of([edition] * n),
        "file": of([digest] * n),
        "sheet": of([d.quantity for _, d in rows]),
        "row": np.arange(1, n + 1),
        "col": np.ones(n, dtype=np.int16),
    }


def _comment(found: Disagreement) -> str:
    counts = (
        f"{c.cell} = {c.value:.15g}"
        + (f" (first of {counted(c.parts, 'cell')} added)" if c.parts > 1 else "")
        for c in found.counts
    )
    return "counts: " + "; ".join(counts)
