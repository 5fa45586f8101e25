"""Cells of one key added, and sums over the other end of corridors; what is missing is counted."""

from collections.abc import Callable, Sequence

import numpy as np

from sojourn.explorer.model.cells import Cells, Ints, combined, starts_of


def keyed(rows: Cells, names: Sequence[str]) -> Ints:
    """Return one whole number for the codes of some columns, which sorts as their texts do."""
    return combined([rows[n] for n in names], [len(rows.words[n]) for n in names])


def of_one_cell(rows: Cells) -> Cells:
    """Return rows as cells that stand alone."""
    missing = np.isnan(rows["value"]).astype(np.int32)
    return rows.having({}, n=np.ones_like(missing), lacking=missing)


def added(rows: Cells, key: Ints) -> Cells:
    """Return one cell for each key, in order; several of a key are added, the first says where.

    The status is that of the first that has a number.
    """
    order = np.argsort(key, kind="stable")
    starts = starts_of(key[order])
    first = order[starts]
    kept = rows.take(first)
    if len(first) == len(key):
        return kept
    value, known, count = _sums(rows["value"][order], starts)
    numbered = np.where(np.isnan(rows["value"][order]), len(key), np.arange(len(key)))
    at = np.minimum.reduceat(numbered, starts)
    status = np.where(
        known > 0, rows["status"][order][np.minimum(at, len(key) - 1)], kept["status"]
    )
    return kept.having({}, value=value, status=status, n=count, lacking=count - known)


def _sums(values: np.ndarray, starts: Ints) -> tuple[np.ndarray, Ints, Ints]:
    """Return of each segment the sum of what is known, how many are known, and how many there are."""
    count = np.diff(np.append(starts, len(values)))
    segment = np.repeat(np.arange(len(starts)), count)
    there = ~np.isnan(values)
    known = np.bincount(segment[there], minlength=len(starts))
    total = np.bincount(segment[there], weights=values[there], minlength=len(starts))
    return np.where(known > 0, total, np.nan), known, count


def summed(pairs: Cells, end: str, *, adds: bool, may_sum: Callable[[str, str], bool]) -> Cells:
    """Return sums over single origins, or over single reporters.

    Of a measure that does not add over the other end, only where one end alone has a number
    above zero: people displaced inside a country stand under their own country.

    Parameters
    ----------
    pairs : Cells
        Single corridors.
    end : {"area", "origin"}
        The end that a sum is of.
    may_sum : callable
        Whether the slice of an edition and period is whole.
    """
    pairs = pairs.having({"place": pairs.words[end]}, place=pairs[end])
    key = keyed(pairs, ("age", "sex", "variant", "edition", "place", "period"))
    order = np.argsort(key, kind="stable")
    starts = starts_of(key[order])
    values = pairs["value"][order]
    value, known, count = _sums(values, starts)
    some = (
        np.add.reduceat(np.nan_to_num(values) != 0, starts, dtype=np.int64)
        if len(starts)
        else known
    )
    made = pairs.take(order[starts])
    zero = np.zeros(len(count), dtype=np.int32)
    bounds = {k: np.full(len(count), np.nan) for k in ("lower", "upper") if k in made.columns}
    normal = made.words["status"].index("A")
    made = made.having(
        {},
        value=value,
        status=np.where(known > 0, normal, made["status"]),
        n=count,
        lacking=count - known,
        row=zero,
        col=zero,
        **bounds,
        criterion=zero,  # the first word of both is none
        note=zero,
    )
    return made.take((_whole(made, may_sum)) & (adds | (some <= 1)))


def _whole(made: Cells, may_sum: Callable[[str, str], bool]) -> np.ndarray:
    """Return which sums are of a slice that is whole."""
    editions, periods = made.words["edition"], made.words["period"]
    slices, of = np.unique(keyed(made, ("edition", "period")), return_inverse=True)
    size = max(len(periods), 1)
    told = [may_sum(editions[s // size], periods[s % size]) for s in slices.tolist()]
    return np.array(told, dtype=bool)[of] if told else np.zeros(0, dtype=bool)
