"""The share of cases born abroad beside who was notified; and the untouched model, for comparison."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from sojourn.errors import counted
from sojourn.health.inputs.series import editions_of, newest_series
from sojourn.health.inputs.tb import TbInputs
from sojourn.health.run.begun import Begun
from sojourn.health.run.by_country import share_rows
from sojourn.health.run.scores import BASE, FIRST, UNTRIED, Known, Row, read_known
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.flags import FATALITY
from sojourn.health.tb.joined import IDENTIFIED
from sojourn.health.tb.score import LARGE, score_draws
from sojourn.health.tb.weights import FEWEST as FEWEST_DRAWS
from sojourn.health.tb.weights import effective
from sojourn.store.observations import Store

Floats = npt.NDArray[np.float64]
LATER = (2018, 2019)
NOT_LOADED = "WHO's notifications are not loaded"
CLOSING_YEARS = "2013-2015"
WITHIN = 0.75  # of the countries that print it
FEWEST = 5.0


def share_scores(
    store: Store,
    inputs: TbInputs,
    fitted: Sequence[Begun],
    *,
    seed: int,
    as_of: date | None = None,
) -> list[Row]:
    """Score the share born abroad, fitted and held out, the conflict of deaths, the untouched model.

    Raises
    ------
    NoSuchObservation
        WHO's file is not loaded.
    """
    world, observed = inputs.world, inputs.observed
    cases, share, chosen, factor = ([] for _ in range(4))
    for block in fitted:
        start = block.start
        none = tb_run.run(start, world, observed, block.drawn, tb_run.UNTOUCHED, last=2022)
        levels = tb_run.levels_of(observed, seed, block.index, 2023 - BASE)
        cases.append((none, tb_run.told(none, none, levels)))
        share.append(start.share)
        chosen.append(start.selection)
        factor.append(start.factor)
    rows = _fitted(inputs, np.concatenate(share), np.concatenate(chosen))
    paths = np.concatenate([told.cases for _, told in cases]).astype(np.float64)
    rows += _held_out(store, inputs, paths[:, :, 1] / paths.sum(axis=2), as_of)
    known = read_known(store, as_of=as_of)
    for quantity in ("cases", "deaths"):
        path = np.concatenate([getattr(o, quantity).sum(axis=2) for o, _ in cases])
        people = np.concatenate([o.persons.sum(axis=2) for o, _ in cases])
        rows += _mechanistic(inputs, known, quantity, path / people)
    weight = np.concatenate([block.start.weight for block in fitted])
    return [
        *rows,
        _weighed(inputs, weight),
        _conflict(inputs, np.median(np.concatenate(factor), axis=0)),
    ]


def _fitted(inputs: TbInputs, share: Floats, chosen: Floats) -> list[Row]:
    seen = inputs.observed.share
    low, high = np.quantile(share, [0.05, 0.95], axis=0)
    told = np.isfinite(seen)
    inside = (seen >= low) & (seen <= high)
    middle = np.median(chosen, axis=0)
    whole = told & (middle >= IDENTIFIED[0]) & (middle <= IDENTIFIED[1])
    rows = []
    for name, here, bar in (
        ("foreign_born_share_within", told, WITHIN),
        ("foreign_born_share_within_identified", whole, 0.9),
    ):
        ours = float(inside[here].mean()) if here.any() else None
        said = UNTRIED if ours is None else "met" if ours >= bar else "missed"
        title = (
            f"share of {counted(int(here.sum()), 'country', 'countries')} whose notified share born abroad, 2013-2015, is within "
            "the 90 per cent band: fitted to it"
        )
        source = inputs.editions.get("WHO notified foreign", NOT_LOADED)
        row = Row(name, "tb", title, bar, ours, None, None, said, source)
        rows.append(
            row if ours is not None else Row.untried(row, _no_shares(source, CLOSING_YEARS))
        )
    return rows


def _no_shares(source: str, years: str) -> str:
    """Return what is missing where no share born abroad can be compared."""
    if source == NOT_LOADED:
        return source
    return f"{source} has no usable number of people born abroad among the notified of {years}"


def _held_out(store: Store, inputs: TbInputs, share: Floats, as_of: date | None) -> list[Row]:
    """Score the shares of 2018 and 2019, which no fit has seen."""
    seen = later_share(store, inputs.world.where.areas, as_of)
    told = np.isfinite(seen) & np.isfinite(inputs.observed.share)
    path = share[:, [y - BASE for y in LATER]].mean(axis=1)
    low, high = np.quantile(path, [0.05, 0.95], axis=0)
    inside = ((seen >= low) & (seen <= high))[told]
    ours = float(inside.mean()) if told.any() else None
    said = UNTRIED if ours is None else "met" if ours >= WITHIN else "missed"
    title = (
        f"the same of {counted(int(told.sum()), 'country', 'countries')} in 2018 and 2019, held out"
    )
    source = inputs.editions.get("WHO notified foreign", NOT_LOADED)
    row = Row("foreign_born_share_held_out", "tb", title, WITHIN, ours, None, None, said, source)
    if ours is None:
        row = Row.untried(row, _no_shares(source, f"{LATER[0]} and {LATER[1]}"))
    return [row, *share_rows(inputs.world.where.areas, seen, path, source)]


def later_share(store: Store, areas: tuple[str, ...], as_of: date | None = None) -> Floats:
    """Return the notified share born abroad in 2018 and 2019, shape (n,); NaN where it is not told."""
    named = ("tb_notifications_foreign_born", "tb_notifications", "tb_notifications_retreatment")
    if not all(editions_of(store, i, as_of) for i in named[:2]):
        return np.full(len(areas), np.nan)
    foreign, every, again = (
        newest_series(store, i, as_of).of(areas, LATER)
        if editions_of(store, i, as_of)
        else np.zeros((len(areas), len(LATER)))
        for i in named
    )
    both = np.isfinite(foreign) & np.isfinite(every)
    abroad = np.where(both, foreign, 0.0).sum(axis=1)
    total = np.where(both, every + np.nan_to_num(again), 0.0).sum(axis=1)
    usable = (abroad >= FEWEST) & (abroad <= total)
    return np.where(usable, abroad / np.maximum(total, 1.0), np.nan)


def _mechanistic(inputs: TbInputs, known: Known, quantity: str, rate: Floats) -> list[Row]:
    """Score the untouched model's own levels, which are not printed anywhere else."""
    areas = inputs.world.where.areas
    place = {a: i for i, a in enumerate(known.areas)}
    at = [place[a] for a in areas]
    large = known.people[at, BASE - FIRST] > LARGE
    rows = []
    for year in (2019, 2022):
        if year not in known.years:
            continue
        seen = known.rate(quantity)[at, year - FIRST]
        found = score_draws(rate[:, year - BASE][:, large], seen[large])
        title = (
            f"median error of the logarithm, {quantity} {year}: the untouched model, not printed"
        )
        rows.append(
            Row(
                f"mechanistic_{quantity}_{year}",
                "tb",
                title,
                None,
                found.error,
                None,
                None,
                "told",
                known.edition,
            )
        )
    return rows


def _weighed(inputs: TbInputs, weight: Floats) -> Row:
    """Say in how many countries at least a tenth of the draws tell the past as WHO does."""
    enough = float(np.mean(effective(weight) >= FEWEST_DRAWS * len(weight)))
    title = (
        "share of countries whose past, weighed draw by draw, leaves at least a tenth of the draws; "
        "weights serve what is learnt of parameters, no level"
    )
    source = inputs.editions["WHO cases"]
    return Row("effective_draws", "tb", title, None, enough, None, None, "told", source)


def _conflict(inputs: TbInputs, factor: Floats) -> Row:
    """Say in how many countries WHO's deaths and WHO's coverage do not fit together."""
    outside = float(np.mean((factor < FATALITY[0]) | (factor > FATALITY[1])))
    title = (
        "share of countries in which WHO's deaths beside WHO's coverage ask for a fatality outside 0.65 to "
        "1.8 times what is published"
    )
    source = inputs.editions["WHO deaths"]
    return Row("deaths_conflict", "tb", title, None, outside, None, None, "told", source)
