"""Why a table has no number: what the files hold instead, and what stands nearest."""

from sojourn.query.table_asked import year_of
from sojourn.query.table_found import Finder
from sojourn.query.table_numbers import TOTAL, by_origin
from sojourn.query.table_rows import held_periods
from sojourn.vocab.meaning import meanings, noted
from sojourn.vocab.place import Place, place


def absent(found: Finder, area: Place, origin: Place, sex: str, period: str) -> str:
    """Return why there is no number: what the files hold instead."""
    why = _absent(found, origin, sex, period)
    within = _within(found, area, period)
    return f"{why}; {within}" if within else why


def _within(found: Finder, area: Place, period: str) -> str:
    """Return under which code a publisher counts a place that has no row of its own."""
    counted = {c.dataset for c in found.sources.listed}
    editions = {f.edition for f in found.store.manifest.files if f.dataset in counted}
    told = [
        m.note
        for m in noted()
        if area.printed in m.holds
        and any(m in meanings(e, m.area_id, year_of(period)) for e in editions)
    ]
    return "; ".join(dict.fromkeys(told))


def _absent(found: Finder, origin: Place, sex: str, period: str) -> str:
    name = found.measure.label
    if beside := _beside(found, period):
        return f"{name}: not in the files for {period}: {beside}"
    editions = [e for s in found.sources for e in s]
    if not editions:
        listed = found.sources.listed
        if listed and origin.id != TOTAL and not any(by_origin(found.store, c) for c in listed):
            return f"{name}: not in the files by origin: no loaded edition tells origins apart"
        where = _part(found) or _where(found, period)
        return (
            f"{name}: not in the files: {where or 'no loaded edition holds it for what is asked'}"
        )
    sexes = {s for e in editions for _, _, s, _ in e.parts}
    if sex not in sexes:
        words = {"F": "women", "M": "men", "_T": "both sexes together"}
        held = ", ".join(dict.fromkeys(e.edition for e in editions))
        only = " and ".join(words[s] for s in ("_T", "F", "M") if s in sexes)
        return f"{name}, {words[sex]}: not in the files: {held} print {only} only"
    part = _part(found)
    return f"{name}: not in the files for this area, origin and period{part and f': {part}'}"


def _part(found: Finder) -> str:
    """Return how much of a kept run is held, where one counts the measure."""
    held = {c.dataset for c in found.sources.listed}
    files = [f.edition for f in found.store.manifest.files if f.dataset in held]
    return next((p for e in files if (p := found.store.held_part(e))), "")


def _where(found: Finder, period: str) -> str:
    """Return where the numbers of a period stand, when one place alone has them, by its details."""
    one = found.measure.indicator.id
    key = ("where", one, period)
    if key not in found.store.answers:
        found.store.answers[key] = found.store.con.execute(
            "SELECT max_by(edition, vintage), any_value(ref_area), count(DISTINCT ref_area), "
            "list_sort(list_distinct(flatten(list(regexp_extract_all(detail, '([a-z]+)=', 1))))) "
            "FROM observation WHERE indicator = $i AND time_period = $p",
            {"i": one, "p": period},
        ).fetchall()
    ((edition, area, places, told),) = found.store.answers[key]
    parts = [k for k in told or () if k not in ("row", "id", "main", "part", "date", "printed")]
    if places != 1 or not parts:
        return ""
    return (
        f"they stand under {place(area).name()} alone, told apart by {' and '.join(parts)}, and are not "
        f"added up by place; each is in `sojourn observations --edition {edition} --indicator {one}`"
    )


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
