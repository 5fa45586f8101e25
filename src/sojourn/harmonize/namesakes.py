"""One place under two printed names: both rows stay, each with its name, and the clash is told."""

from collections.abc import Mapping, Sequence

import numpy as np

from sojourn.errors import counted
from sojourn.sources.block import Block
from sojourn.sources.column import Column, combined
from sojourn.vocab.area import AREAS
from sojourn.vocab.observation import KEY

_KEYS = tuple(k for k in KEY if k != "criterion")  # one for the whole of a dataset


def namesakes(
    name: str, block: Block, codes: Mapping[str, Column], of_rows: Mapping[str, Column]
) -> tuple[Column | None, tuple[str, ...]]:
    """Return the details that tell apart rows whose places are one place under two names.

    Parameters
    ----------
    codes : mapping of role to area ids, each of length R
        What the labels of the roles that print names mean.
    of_rows : mapping of dimension to values, each of length R
        The other dimensions of the rows.

    Returns
    -------
    (Column of length R, or None where nothing clashes; what must be said)
    """
    suspects: dict[int, list[str]] = {}
    for role, of_role in codes.items():
        labels = block.labels[role]
        first = combined([labels])[1].tolist()
        meant = {labels[i]: of_role[i] for i in first}
        if len(set(meant.values())) == len(meant):
            continue
        spelt: dict[str, set[str]] = {}
        for label, code in meant.items():
            spelt.setdefault(code, set()).add(label)
        several = {code for code, spellings in spelt.items() if len(spellings) > 1}
        for i in np.flatnonzero(of_role.holds(several.__contains__)).tolist():
            suspects.setdefault(i, []).append(labels[i])
    keys = [of_rows[d] for d in _KEYS if d in of_rows]
    groups: dict[tuple[str, ...], list[int]] = {}
    for i in suspects:
        groups.setdefault(tuple(column[i] for column in keys), []).append(i)
    clashes = [g for g in groups.values() if len({tuple(suspects[i]) for i in g}) > 1]
    if not clashes:
        return None, ()
    details = list(of_rows.get("detail", [""] * len(block.rows)))
    for i in (i for group in clashes for i in group):
        details[i] = ";".join(p for p in (details[i], f"printed={' / '.join(suspects[i])}") if p)
    return Column.of(details), (_said(name, block, codes, clashes[0], suspects, len(clashes)),)


def _said(
    name: str,
    block: Block,
    codes: Mapping[str, Column],
    first: Sequence[int],
    suspects: Mapping[int, list[str]],
    count: int,
) -> str:
    spellings = " and ".join(dict.fromkeys(repr(" / ".join(suspects[i])) for i in first))
    places = {c for of_role in codes.values() for c in (of_role[i] for i in first) if c in AREAS}
    named = ", ".join(sorted(AREAS[c].names["en"] for c in places))
    return (
        f"{name}: {counted(count, 'key stands', 'keys stand')} under two names of one place ({spellings} in rows "
        f"{', '.join(str(block.rows[i]) for i in first)}: {named}); both rows are kept, each with "
        "the name as printed in its detail, and none is chosen"
    )
