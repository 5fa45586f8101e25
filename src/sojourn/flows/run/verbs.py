"""Who moved where, asked from Python by the names of the command line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.query.opened import Day, Opened, a_path, known_day
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.flows.run.annual import Annual
    from sojourn.flows.run.asked import Estimated
    from sojourn.flows.run.checks import FittedBand
    from sojourn.flows.run.validate import Validation

FILES = ("stock_start", "stock_end", "births", "deaths", "net", "seed", "pages", "out")


@dataclass(frozen=True, slots=True)
class Corridor:
    """An estimate of one corridor, persons; ``low`` and ``high`` where a band was asked for."""

    origin: str
    destination: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class YearCorridor:
    """An estimate of one corridor in one calendar year, persons; bounds where a band was asked for."""

    year: int
    origin: str
    destination: str
    value: float
    low: float | None = None
    high: float | None = None


class FlowVerbs(Opened):
    """Bilateral flows from two stock tables."""

    def flows(self, period: str | None = None, **asked: Any) -> Rows[Corridor]:
        """Return flows between places in an interval, one row a corridor; persons.

        Parameters
        ----------
        period : str
            An interval such as ``2010-2015``; or give tables of your own (`sojourn.own_flows`).
        **asked
            As `sojourn.flows.run.asked.Asked` has them: ``sex``, ``method``, ``weight``,
            ``unknown``, ``revision``, ``mix_revisions``, ``accept_balance``, ``band``,
            ``by_birthplace``, ``behind``, ``seed``, ``moves``, ``pages``, ``out``, ``as_of``;
            ``keep=True`` keeps the estimate in the data directory.

        Returns
        -------
        Rows of Corridor
            ``about`` is the report: total, editions, balance, adjustments, unknown origins.

        Raises
        ------
        EstimateError
            An input is not in the store, or the world does not balance.

        Examples
        --------
        >>> import sojourn
        >>> from sojourn.errors import EstimateError
        >>> try:
        ...     sojourn.open().flows("2010-2015")
        ... except EstimateError as error:
        ...     print(error.problem[:31])
        undesa.ims-od: no whole edition
        """
        from sojourn.flows.run.asked import estimated

        keep = asked.pop("keep", False)
        made = _asked(period=period, keep=self.path if keep else None, **asked)
        return _rows(estimated(made, lambda: self.store))

    def flows_annual(
        self,
        first: int,
        last: int,
        *,
        method: str = "pseudo-bayes",
        weight: float = 0.87,
        revision: str = "",
        unknown: str = "origins",
        sex: str = "_T",
        band: bool = False,
        keep: bool = False,
        as_of: Day | None = None,
        out: Path | str | None = None,
    ) -> Rows[YearCorridor]:
        """Return flows of calendar years, intervals as anchors; ``about["annual"]`` has the matrices.

        ``band`` adds the interval fitted to measured years; ``keep`` keeps the years in the data
        directory, with status E.

        Raises
        ------
        EstimateError
            The years lie outside the intervals, or an input is not in the store.
        """
        from sojourn.flows.inputs.tables import Choices
        from sojourn.flows.model import METHODS
        from sojourn.flows.run.annual import annual_flows
        from sojourn.flows.run.annual_report import as_json, write_years
        from sojourn.flows.run.kept_annual import annual_band, keep_years
        from sojourn.terminal.asked import one_of

        found = annual_flows(
            self.store,
            first,
            last,
            method=one_of(method, METHODS, "method"),
            weight=weight,
            sex=one_of(sex, ("_T", "F", "M"), "sex"),
            as_of=known_day(as_of),
            choices=Choices(unknown, revision=str(revision)),
        )
        fitted = annual_band(self.store, found, known_day(as_of)) if band else None
        about = as_json(found, fitted) | {"annual": found, "ratio": found.ratio}
        if out is not None:
            write_years(found, Path(out), fitted)
        if keep and self.path is not None:
            about["edition"] = keep_years(self.path, found, fitted)
        return Rows(_years(found, fitted), about, kind=YearCorridor)

    def flows_validate(
        self,
        *,
        period: Iterable[str] | str = (),
        published: Path | str | None = None,
        unknown: str = "origins",
        pages: Path | str | None = None,
        as_of: Day | None = None,
    ) -> "Validation":
        """Hold the estimates of each interval against what others measured and published.

        ``pages`` is a folder for a page and a paper in every language.

        Raises
        ------
        EstimateError
            The published series cannot be read.
        """
        from sojourn.flows.inputs.tables import Choices
        from sojourn.flows.run.validate import NEWEST, PERIODS, validate
        from sojourn.flows.run.validate_pages import validation_pages

        asked = (period,) if isinstance(period, str) else tuple(period)
        found = validate(
            self.store,
            periods=asked or (*PERIODS, NEWEST),
            published=a_path(published),
            as_of=known_day(as_of),
            choices=Choices(unknown),
        )
        if pages is not None:
            validation_pages(found, Path(pages))
        return found


def own_flows(stock_start: Path | str, stock_end: Path | str, **asked: Any) -> Rows[Corridor]:
    """Return flows from tables of one's own: labelled square CSVs, birthplaces down.

    Parameters
    ----------
    **asked
        ``births``, ``deaths`` (accounting methods need them), ``net``, ``leave_out``, ``method``
        and the others of `Data.flows`.

    Raises
    ------
    EstimateError
        A table cannot be read, or the world does not balance.
    """
    from sojourn.flows.run.asked import estimated

    asked |= {"stock_start": stock_start, "stock_end": stock_end}
    return _rows(estimated(_asked(**asked), _no_store))


def flows_update(
    prior: Path | str, net: Path | str, out: Path | str, *, rescale: bool = False
) -> dict[str, Any]:
    """Change a table of flows as little as possible so that it has the given net migration."""
    from sojourn.flows.run.own_tables import update_table

    return update_table(Path(prior), Path(net), Path(out), rescale=rescale)


def flows_margins(
    prior: Path | str,
    rows: Path | str,
    columns: Path | str,
    out: Path | str,
    *,
    balance: bool = False,
) -> dict[str, Any]:
    """Scale a table of flows to given departures and arrivals (proportional fitting)."""
    from sojourn.flows.run.own_tables import fit_table

    return fit_table(Path(prior), Path(rows), Path(columns), Path(out), balance=balance)


def _no_store() -> Any:
    from sojourn.errors import Misasked

    raise Misasked("tables of your own need no data directory", hint="leave the period out")


def _asked(**given: Any) -> Any:
    from sojourn.flows.run.asked import Asked
    from sojourn.terminal.asked import one_of

    for name in given:
        one_of(name, Asked.__dataclass_fields__, "option of flows")
    given |= {name: a_path(given[name]) for name in FILES if name in given}
    if "as_of" in given:
        given["as_of"] = known_day(given["as_of"])
    if "leave_out" in given:
        given["leave_out"] = tuple(given["leave_out"])
    return Asked(**given)


def _rows(found: "Estimated") -> Rows[Corridor]:
    return Rows(_corridors(found), found.report, kind=Corridor)


def _corridors(found: "Estimated") -> Iterator[Corridor]:
    low, high = found.bounds or (None, None)
    places = found.flows.places
    for i, origin in enumerate(places):
        for j, destination in enumerate(places):
            if i != j:
                ends = (
                    (None, None)
                    if low is None or high is None
                    else (float(low[i, j]), float(high[i, j]))
                )
                yield Corridor(origin, destination, float(found.flows.flow[i, j]), *ends)


def _years(found: "Annual", band: "FittedBand | None") -> Iterator[YearCorridor]:
    for year in found.years:
        bounds = None if band is None else band.corridors(year.flow)
        for i, origin in enumerate(year.places):
            for j, destination in enumerate(year.places):
                if i != j:
                    ends = () if bounds is None else (float(b[i, j]) for b in bounds)
                    value = float(year.flow[i, j])
                    yield YearCorridor(year.year, origin, destination, value, *ends)
