"""What a table says where a newer publication, or a newer revision, counts the same."""

from datetime import date

from sojourn.query.table_asked import begins_in
from sojourn.query.table_found import Finder
from sojourn.query.table_notes import Said, note
from sojourn.query.table_rows import held_periods
from sojourn.vocab.observation import EditionId


def newer(found: Finder, edition: str, period: str, as_of: date | None) -> Said | str:
    """Return which newer edition has numbers of a period that an older one answers; else empty.

    Publications are asked in a declared order, and what a newer one does not tell of a place is
    taken from the one before it: a reader has to know that another stands beside the number.

    Parameters
    ----------
    edition : str
        The one that answers.
    as_of : date or None
        Day whose editions may answer.
    """
    if edition.startswith("sojourn."):
        return ""
    mine, day = EditionId.of(edition).vintage, (as_of or date.max).isoformat()
    told = [
        (vintage, e)
        for e, p, vintage in held_periods(found.store, found.measure.indicator.id)
        if mine < vintage <= day
        if p == period or (len(p) == 4 and begins_in(period, int(p)))
        if found.measure.takes(e) and not e.startswith("sojourn.")
    ]
    return note("newer", newer=max(told)[1], edition=edition) if told else ""
