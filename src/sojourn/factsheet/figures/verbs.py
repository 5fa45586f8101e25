"""What a data directory is asked about figures from Python, by the names of the command line."""

from datetime import date
from typing import TYPE_CHECKING

from sojourn.query.opened import Day, Opened
from sojourn.terminal.asked import day_of, text_of, year_of
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.factsheet.figures.figure import FigureValue
    from sojourn.factsheet.figures.trace import TracedCell
    from sojourn.store.observations import Store


class FigureVerbs(Opened):
    """Figures of a year, and where a number comes from."""

    @property
    def newest(self) -> date:
        """The day of the newest edition: the default of every ``as_of``."""
        from sojourn.factsheet.figures.opened import newest_day

        return newest_day(self.store)

    def _as_of(self, as_of: Day | None) -> date:
        return self.newest if as_of is None else day_of(as_of)

    def _of_year(self, year: int, as_of: Day | None) -> "tuple[Store, date]":
        """Return the store that answers for a year, and the day of knowledge.

        Of the editions that come with the package, the one that was packed for the year.
        """
        from sojourn.factsheet.figures.opened import newest_day
        from sojourn.query.opening import SHIPPED, open_data

        shipped = self.embedded and self.path is None and year_of(year) in SHIPPED
        store = open_data(None, year)[0] if shipped else self.store
        return store, newest_day(store) if as_of is None else day_of(as_of)

    def figure(
        self,
        figure_id: str,
        year: int,
        *,
        area: str | int | None = None,
        as_of: Day | None = None,
    ) -> "Rows[FigureValue]":
        """Return the values of a figure: one, or one for each area or sex it ranks.

        Raises
        ------
        UnknownFigure
            No figure has this id.

        Examples
        --------
        >>> import sojourn
        >>> both, women, men = sojourn.open().figure("migrant_stock", 2015, as_of="2016-12-31")
        >>> f"{both.value:,.0f}", women.sex
        ('243,700,236', 'F')
        """
        return self.figures(year, figure_id, area=area, as_of=as_of)

    def figures(
        self,
        year: int,
        *figure_ids: str,
        area: str | int | None = None,
        as_of: Day | None = None,
        sum: bool = False,  # noqa: A002 - the option's name
    ) -> "Rows[FigureValue]":
        """Return the figures of a year, all or those named, each with its edition.

        Parameters
        ----------
        area : str, optional
            One area; ``ORIGIN>HOST`` of a figure of pairs.
        sum : bool
            Add the figures named: the parts, and their total in ``about["sum"]``.

        Raises
        ------
        UnknownFigure
            No figure has such an id.
        ForbiddenSum
            People would be counted twice; the message says who.

        Examples
        --------
        >>> import sojourn
        >>> [stock] = sojourn.open().figures(2015, "migrant_stock", area="World")[:1]
        >>> stock.edition
        'undesa.ims@2021-01-15'
        """
        from sojourn.factsheet.figures.asked import figure_values

        store, day = self._of_year(year, as_of)
        found = figure_values(
            store,
            year,
            figure_ids,
            as_of=day,
            area=None if area is None else str(area),
            add=sum,
        )
        return Rows(found.values, {"sum": found.total} if sum else {})

    def trace(
        self, name: str, year: int = 2015, *, as_of: Day | None = None
    ) -> "Rows[FigureValue] | Rows[TracedCell]":
        """Return where a figure, a lineage id or the address of a cell comes from.

        Raises
        ------
        NoSuchObservation
            The store holds nothing of that name.

        Examples
        --------
        >>> import sojourn
        >>> data = sojourn.open()
        >>> share = data.trace("women_share", 2015)[0]
        >>> data.trace(share.inputs[0].address)[0].address
        'undesa.ims@2021-01-15#Table 4!K12'
        """
        from sojourn.factsheet.figures.trace import trace_cell, trace_figure

        store, day = self._of_year(year, as_of)
        if "#" in text_of(name, "a figure, a lineage id or the address of a cell"):
            return Rows(trace_cell(store, name))
        return Rows(trace_figure(store, name, year, day))
