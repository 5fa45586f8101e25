"""Women and men of an interval: shares of both sexes from the stocks by sex."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sojourn.flows.inputs.tables import Inputs, read_inputs
from sojourn.flows.model import Flows
from sojourn.flows.model.birthplaces import by_sex
from sojourn.flows.model.tables import Array
from sojourn.store.observations import Store

#: Said wherever flows by sex stand.
HOW = (
    "by sex: both sexes split by the share of women in the migrant stocks that carry each corridor; "
    "no file in the store gives births and deaths by sex"
)


def sex_of(
    store: Store, inputs: Inputs, sex: str, as_of: date | None = None
) -> Callable[[Flows], Array]:
    """Return what takes women or men out of any estimate of an interval, by the inputs' stocks.

    Raises
    ------
    EstimateError
        The edition of the stock has no sexes.
    """
    own = _by_sex(store, inputs, as_of)

    def part(flows: Flows) -> Array:
        return by_sex(flows, own["F"].stocks, own["M"].stocks)[sex].flow

    return part


def _by_sex(store: Store, inputs: Inputs, as_of: date | None) -> dict[str, Inputs]:
    period, stock = f"{inputs.start}-{inputs.end}", inputs.editions["stock"]
    return {
        sex: read_inputs(store, period, sex=sex, as_of=as_of, with_vital=False, stock=stock)
        for sex in ("F", "M")
    }


def sexes(
    store: Store, inputs: Inputs, flows: Flows, as_of: date | None = None
) -> dict[str, tuple[Inputs, Flows]]:
    """Return the flows of women and of men, with the inputs they rest on; they add up to both.

    Raises
    ------
    EstimateError
        The edition of the stock has no sexes, or the method knows no birthplaces.
    """
    own = _by_sex(store, inputs, as_of)
    split = by_sex(flows, own["F"].stocks, own["M"].stocks)
    return {
        sex: (
            replace(inputs, sex=sex, cells={**inputs.cells, **_named(own[sex], sex)}),
            split[sex],
        )
        for sex in own
    }


def _named(inputs: Inputs, sex: str) -> dict[tuple[str, str, str, str], str]:
    """Return the cells of the stock by sex, under a role of their own."""
    return {(f"stock {sex}", p, a, b): cell for (_, p, a, b), cell in inputs.cells.items()}
