"""A data directory as one object: what ``sojourn.open`` returns.

Opening imports the manifest and the store; each method imports what it uses when it is called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.query.opening import open_data
from sojourn.store.observations import Store

if TYPE_CHECKING:
    from sojourn.factsheet.run.factsheet import Built
    from sojourn.figures.figure import FigureValue
    from sojourn.figures.trace import TracedCell
    from sojourn.loading.outcome import Report
    from sojourn.publish.chart import Chart
    from sojourn.query.asked import Given
    from sojourn.query.chart import View
    from sojourn.query.editions import LoadedEdition
    from sojourn.query.table import By
    from sojourn.query.table_asked import Names
    from sojourn.query.table_model import Table

Day = date | str


def _day(day: Day) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


@dataclass(frozen=True)
class Data:
    """A data directory opened for reading; later loads do not change what it shows."""

    store: Store
    embedded: bool

    @property
    def newest(self) -> date:
        """The day of the newest edition: the default of every ``as_of``."""
        from sojourn.figures.opened import newest_day

        return newest_day(self.store)

    def editions(self) -> "list[LoadedEdition]":
        """Return the editions held, with coverage and terms."""
        from sojourn.query.editions import editions

        return editions(self.store)

    def observations(
        self,
        *,
        as_of: Day | None = None,
        all_editions: bool = False,
        **concepts: "Given",
    ) -> Any:
        """Return observations as a DuckDB relation; see `sojourn.query.observations`."""
        from sojourn.query.observations import observations

        day = None if as_of is None else _day(as_of)
        return observations(self.store, as_of=day, all_editions=all_editions, **concepts)

    def figure(self, figure_id: str, year: int, *, as_of: Day | None = None) -> "list[FigureValue]":
        """Return the values of a figure: one, or one for each area or sex it ranks.

        Raises
        ------
        UnknownFigure
            No figure has this id.
        """
        from sojourn.figures.opened import evaluator

        return evaluator(self.store, year, self._as_of(as_of)).values(figure_id)

    def trace(
        self, name: str, year: int = 2015, *, as_of: Day | None = None
    ) -> "list[FigureValue] | list[TracedCell]":
        """Return where a figure, a lineage id or the address of a cell comes from.

        Raises
        ------
        NoSuchObservation
            The store holds nothing of that name.
        """
        from sojourn.figures.trace import trace_cell, trace_figure

        if "#" in name:
            return trace_cell(self.store, name)
        return trace_figure(self.store, name, year, self._as_of(as_of))

    def factsheet(
        self,
        year: int,
        out: Path | str,
        *,
        as_of: Day | None = None,
        language: Iterable[str] | None = None,
    ) -> "Built":
        """Build the factsheet of a year into a folder, in all languages or those named."""
        from sojourn.factsheet.run.factsheet import Request, build
        from sojourn.figures.opened import newest_day
        from sojourn.publish.text import languages
        from sojourn.query.opening import open_data

        chosen = tuple(language) if language is not None else languages()
        store = open_data(None, year)[0] if self.embedded else self.store
        day = newest_day(store) if as_of is None else _day(as_of)
        return build(store, Request(year, day, chosen, self.embedded), Path(out))

    def table(
        self,
        measures: "Names",
        *,
        area: "Names" = None,
        origin: "Names" = "_T",
        period: "Names" = None,
        sex: "Names" = None,
        by: "By" = "",
        as_of: Day | None = None,
        lang: str = "en",
        cells: bool = False,
        groups: Path | str | None = None,
        **transforms: Any,
    ) -> "Table":
        """Return measures × areas × years × sexes; see `sojourn.query.table`.

        Parameters
        ----------
        **transforms : str or bool
            ``per``, ``scale``, ``change``, ``growth``, ``share_of``, ``rank``, ``sum_over``.
        """
        from sojourn.query.table import Transforms, table
        from sojourn.vocab.group import own_groups

        return table(
            self.store,
            measures,
            area=area,
            origin=origin,
            period=period,
            sex=sex,
            by=by,
            as_of=None if as_of is None else _day(as_of),
            lang=lang,
            cells=cells,
            groups=None if groups is None else own_groups(Path(groups)),
            transforms=Transforms(**transforms),
        )

    def chart(self, view: "View", measures: "Names", **asked: Any) -> "Chart":
        """Return a table drawn as ``trend``, ``ranking`` or ``map``, the source inside.

        A notebook shows it; `sojourn.publish.sheet.write_chart` writes it as SVG, PNG or PDF.

        Parameters
        ----------
        **asked
            As for `table`.

        Raises
        ------
        PublishError
            Nothing to draw, or what the view cannot show.
        """
        from sojourn.query.chart import chart_of

        return chart_of(self.store, self.table(measures, **asked), view)

    def sql(self, query: str, parameters: Mapping[str, object] | None = None) -> Any:
        """Return the DuckDB relation of a query over ``observation``, ``membership``, ``file``."""
        return self.store.sql(query, parameters)

    def _as_of(self, as_of: Day | None) -> date:
        return self.newest if as_of is None else _day(as_of)


def open_directory(path: Path | str | None = None) -> Data:
    """Open a data directory for reading; without one, the embedded edition.

    Raises
    ------
    NoSuchObservation
        The directory holds no store.
    """
    store, embedded = open_data(None if path is None else Path(path))
    return Data(store, embedded)


def load_files(
    paths: Iterable[Path | str],
    data: Path | str,
    *,
    edition: str | None = None,
    declare: Path | str | None = None,
    strict: bool = False,
    accept_coverage: str = "",
) -> "Report":
    """Load publishers' files into a data directory, in one transaction.

    Raises
    ------
    SojournError
        The first refusal among the files that were named; the directory is unchanged.
    """
    from sojourn.loading.load import load
    from sojourn.sources.declaration import registry, with_declared

    known = registry() if declare is None else with_declared(Path(declare))
    files = [Path(p) for p in paths]
    return load(
        files,
        Path(data),
        known,
        edition=edition,
        strict=strict,
        accept_coverage=accept_coverage,
    )
