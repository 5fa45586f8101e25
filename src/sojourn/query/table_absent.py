"""Why a table has no number: what the files hold instead, and what stands nearest."""

from sojourn.query.table_asked import year_of
from sojourn.query.table_found import Finder
from sojourn.query.table_notes import Said, listed, meaning, named, note
from sojourn.query.table_numbers import TOTAL, by_origin
from sojourn.query.table_rows import held_periods
from sojourn.store.observations import Store
from sojourn.vocab.meaning import meanings, noted
from sojourn.vocab.place import Place, place

SEXES = ("_T", "F", "M")


def absent(found: Finder, area: Place, origin: Place, sex: str, period: str) -> str:
    """Return why there is no number: what the files hold instead."""
    why = _absent(found, origin, sex, period)
    for within in _within(found, area, period):
        why = note("then", first=why, then=within)
    return why


def held_part(store: Store, edition: str) -> str:
    """Return how much of a kept run an embedded edition holds; empty where all of it is here."""
    if (part := store.held_corridors(edition)) is None:
        return ""
    held, every = part
    return note("held_part", held=held, every=every)


def _within(found: Finder, area: Place, period: str) -> list[Said]:
    """Return under which code a publisher counts a place that has no row of its own."""
    counted = {c.dataset for c in found.sources.listed}
    editions = {f.edition for f in found.store.manifest.files if f.dataset in counted}
    told = [
        meaning(m)
        for m in noted()
        if area.printed in m.holds
        and any(m in meanings(e, m.area_id, year_of(period)) for e in editions)
    ]
    return list(dict.fromkeys(told))


def _absent(found: Finder, origin: Place, sex: str, period: str) -> Said:
    label = found.measure.label
    if beside := _beside(found, period):
        return note("absent_period", measure=label, period=period, beside=beside)
    editions = [e for s in found.sources for e in s]
    if not editions:
        counts = found.sources.listed
        if counts and origin.id != TOTAL and not any(by_origin(found.store, c) for c in counts):
            return note("absent_by_origin", measure=label)
        where = _part(found) or _where(found, period) or note("no_edition")
        return note("absent", measure=label, why=where)
    sexes = {s for e in editions for _, _, s, _ in e.parts}
    if sex not in sexes:
        held = ", ".join(dict.fromkeys(e.edition for e in editions))
        only = listed([note(f"sex{s}") for s in SEXES if s in sexes])
        return note("absent_sex", measure=label, sex=note(f"sex{sex}"), editions=held, only=only)
    if part := _part(found):
        return note("absent_here_part", measure=label, part=part)
    return note("absent_here", measure=label)


def _part(found: Finder) -> str:
    """Return how much of a kept run is held, where one counts the measure."""
    held = {c.dataset for c in found.sources.listed}
    files = [f.edition for f in found.store.manifest.files if f.dataset in held]
    return next((p for e in files if (p := held_part(found.store, e))), "")


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
    return note(
        "one_place",
        place=named(place(area)),
        parts=listed(parts),
        edition=edition,
        indicator=one,
    )


def _beside(found: Finder, period: str) -> str:
    """Return what the files hold instead of a year that they do not have; empty where they do."""
    one = found.measure.indicator.id
    held = {p for e, p, _ in held_periods(found.store, one) if found.measure.takes(e)}
    if not held or period in held or len(period) != 4:
        return ""
    if any(p.startswith(f"{period}-") for p in held):
        return note("by_month", indicator=one)
    years = sorted(p for p in held if len(p) == 4)
    before, after = [p for p in years if p < period][-1:], [p for p in years if p > period][:1]
    near = [f"{p}" for p in (*before, *after)] or sorted(held)[-2:]
    if len(near) > 1:
        return note("nearest_two", one=near[0], other=near[1])
    return note("nearest", one=near[0])
