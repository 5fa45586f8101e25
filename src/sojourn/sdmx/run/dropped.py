"""Keys that an edition holds no longer: what a set with the action Delete names."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.sdmx.model.dsd import TIME, Flow
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.conditions import Conditions, restrict
from sojourn.sdmx.run.surface import Edition, Selected, Surface
from sojourn.sdmx.writers.columns import raw
from sojourn.store.choice import candidates, is_whole

Pair = tuple[Edition, Sequence[str], Sequence[str]]  # lacks it, held it, may hold it instead
_NAME = "dropped_keys"


def dropped(surface: Surface, selected: Selected, asked: Asked) -> Selected | None:
    """Return the keys that editions hold no longer, each under the edition that lacks it.

    None where none can be told: neither history nor a change is asked for, or the request is
    narrowed by what a key without a number does not have.
    """
    flow = selected.flow
    if not (asked.history or asked.updated_after) or asked.first or asked.last:
        return None
    keyed = {d.id for d in flow.dsd.dimensions} | {TIME}
    if any(name not in keyed for name, _ in asked.filters):
        return None
    pairs = _pairs(surface, selected, asked)
    if not pairs:
        return None
    conditions = Conditions()
    conditions.add(f"o.dataflow = {conditions.hold(flow.dataset)}")
    restrict(conditions, flow.dsd, asked)
    shared = conditions.text
    parts = [_lost(conditions, flow, shared, pair) for pair in pairs]
    cursor = surface.table.cursor()
    surface.cursors.append(cursor)
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {_NAME} AS {' UNION ALL '.join(parts)}", conditions.given
    )
    return replace(
        selected,
        source=f"{_NAME} o",
        where="true",
        given={},
        editions=tuple(e for e, _, _ in pairs),
        cursor=cursor,
        dropped=True,
    )


def _pairs(surface: Surface, selected: Selected, asked: Asked) -> list[Pair]:
    """Return each whole edition with those whose keys it may have dropped.

    A part drops nothing: what it lacks, the edition before it still answers.
    """
    store = surface.store
    every = [e for e in surface.editions(selected.flow.dataset) if surface.may_leave(e)]
    after = asked.updated_after.isoformat() if asked.updated_after else ""
    whole = [e for e in selected.editions if is_whole(store, e.name) and e.vintage > after]
    if not asked.history:
        assert asked.updated_after is not None  # noqa: S101 - else nothing was asked
        before, now = (set(candidates(store, d)) for d in (asked.updated_after, asked.as_of))
        found = []
        for e in whole:
            held = [b.name for b in every if b.name in before and _run(b) == _run(e)]
            found.append((e, held, [b.name for b in every if b.name in now]))
        return [pair for pair in found if pair[1]]
    pairs: list[Pair] = []
    for edition in whole:
        earlier = [b for b in every if b.vintage < edition.vintage and _run(b) == _run(edition)]
        days = [b.vintage for b in earlier if is_whole(store, b.name)]
        held = [b.name for b in earlier if b.vintage >= max(days, default="")]
        if held:
            pairs.append((edition, held, [edition.name]))
    return pairs


def _run(edition: Edition) -> str:
    """Return the run of a computed edition: another method is no newer edition."""
    return edition.name.partition("+")[2]


def _lost(conditions: Conditions, flow: Flow, shared: str, pair: Pair) -> str:
    """Return the query for the keys of earlier editions that one lacks.

    Keys are met by two hashes of 64 bits, which take a tenth of the room of their words.
    """
    edition, before, now = pair
    keyed = ", ".join([*(raw(d) for d in flow.dsd.dimensions), "o.time_period"])
    made = f"hash({keyed}) AS k0, hash('second', {keyed}) AS k1"
    name, day = conditions.hold(edition.name), conditions.hold(edition.vintage)
    held, still = conditions.hold(list(before)), conditions.hold(list(now))
    return (
        f"SELECT * EXCLUDE (k0, k1) REPLACE ({name} AS edition, {day} AS vintage, "  # noqa: S608 - constants
        f"NULL::DOUBLE AS value) FROM (SELECT o.*, {made} FROM serving o WHERE {shared} AND "
        f"list_contains({held}, o.edition)) e ANTI JOIN (SELECT {made} FROM serving o WHERE "
        f"{shared} AND list_contains({still}, o.edition)) n USING (k0, k1) "
        f"QUALIFY row_number() OVER (PARTITION BY k0, k1) = 1"
    )
