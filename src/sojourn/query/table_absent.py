"""Why a table has no number: what the files hold instead, and what stands nearest."""

from sojourn.query.table_found import Finder
from sojourn.query.table_numbers import TOTAL, by_origin
from sojourn.query.table_rows import held_periods
from sojourn.vocab.place import Place


def absent(found: Finder, origin: Place, sex: str, period: str) -> str:
    """Return why there is no number: what the files hold instead."""
    name = found.measure.label
    if beside := _beside(found, period):
        return f"{name}: not in the files for {period}: {beside}"
    editions = [e for s in found.sources for e in s]
    if not editions:
        listed = found.sources.listed
        if listed and origin.id != TOTAL and not any(by_origin(found.store, c) for c in listed):
            return f"{name}: not in the files by origin: no loaded edition tells origins apart"
        return f"{name}: not in the files: no loaded edition holds it for what is asked"
    sexes = {s for e in editions for _, _, s, _ in e.parts}
    if sex not in sexes:
        words = {"F": "women", "M": "men", "_T": "both sexes together"}
        held = ", ".join(dict.fromkeys(e.edition for e in editions))
        only = " and ".join(words[s] for s in ("_T", "F", "M") if s in sexes)
        return f"{name}, {words[sex]}: not in the files: {held} print {only} only"
    return f"{name}: not in the files for this area, origin and period"


def _beside(found: Finder, period: str) -> str:
    """Return what the files hold instead of a year that they do not have; empty where they do."""
    one = found.measure.indicator.id
    held = {p for e, p, _ in held_periods(found.store, one) if found.measure.takes(e)}
    if not held or period in held or len(period) != 4:
        return ""
    if any(p.startswith(f"{period}-") for p in held):
        return (
            "they hold it by month, day or event, and nothing is added up here; "
            f"each is in `sojourn observations --indicator {one}`"
        )
    years = sorted(p for p in held if len(p) == 4)
    before, after = [p for p in years if p < period][-1:], [p for p in years if p > period][:1]
    near = [f"{p}" for p in (*before, *after)] or sorted(held)[-2:]
    return (
        f"the nearest held are {' and '.join(near)}"
        if len(near) > 1
        else f"the nearest held is {near[0]}"
    )
