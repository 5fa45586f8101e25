"""Which edition answers: the newest whole one, and for a key the newest that holds it.

A partial edition answers for the keys it holds and hides nothing else: the editions before it stay
the answer for what it lacks.
"""

from collections.abc import Mapping
from datetime import date

from sojourn.store.observations import Store
from sojourn.vocab.observation import KEY

#: A key without what tells rows of one file apart, so that it can be met in another edition.
_SAME = tuple(k for k in KEY if k not in ("criterion", "detail"))
#: Condition on ``observation``: rows of editions from which totals may be taken.
WHOLE = "edition NOT IN (SELECT edition FROM partial)"
_SAID = "regexp_replace(detail, '(;|^)(row|part|repeat|contradiction)=[0-9]+', '')"


def is_whole(store: Store, edition: str) -> bool:
    """Whether totals may be taken from an edition; one that was never assessed is taken as it is."""
    found = store.manifest.covered(edition)
    return found is None or found.status != "partial"


def candidates(store: Store, as_of: date | None = None) -> list[str]:
    """Return the newest whole edition of each dataset on a day, and the parts that are newer.

    Of a dataset that is here in parts only, all of them; of a computed one, of each run.
    """
    by_dataset: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for f in store.manifest.files:
        if as_of is None or date.fromisoformat(f.vintage) <= as_of:
            run = (f.dataset, f.edition.partition("+")[2])
            by_dataset.setdefault(run, set()).add((f.vintage, f.edition))
    out = []
    for held in by_dataset.values():
        whole = max((e for e in held if is_whole(store, e[1])), default=("", ""))
        out += [edition for vintage, edition in sorted(held) if (vintage, edition) >= whole]
    return out


def answering(store: Store, as_of: date | None = None) -> tuple[str, Mapping[str, object]]:
    """Return a condition on ``observation o`` that keeps one row for each key, with its parameters.

    The row kept is that of the newest edition that holds the key; each row names its edition.
    """
    held = candidates(store, as_of)
    parts = [e for e in held if not is_whole(store, e)]
    condition = "list_contains($answering, o.edition)"
    if not parts:
        return condition, {"answering": held}
    name = "shadow_" + ("now" if as_of is None else f"{as_of:%Y%m%d}")
    if name not in store.answers:
        keys = ", ".join(_SAME)
        store.con.execute(
            f"CREATE TABLE {name} AS SELECT dataflow, {keys}, {_SAID} AS said, "  # noqa: S608 - constants
            "max(vintage) AS vintage FROM observation "
            "WHERE list_contains($parts, edition) GROUP BY ALL",
            {"parts": parts},
        )
        store.answers[name] = []
    same = " AND ".join(f"s.{k} = o.{k}" for k in _SAME)
    said = _SAID.replace("detail", "o.detail", 1)
    hidden = (
        f"EXISTS (SELECT 1 FROM {name} s WHERE s.dataflow = o.dataflow AND s.vintage > o.vintage "  # noqa: S608
        f"AND {same} AND s.said = {said})"
    )
    return f"{condition} AND NOT {hidden}", {"answering": held}
