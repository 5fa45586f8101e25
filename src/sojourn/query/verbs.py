"""What a data directory is asked from Python, by the names of the command line."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.query.opened import Day, Opened, a_path, known_day
from sojourn.query.relation import Relation
from sojourn.terminal.asked import day_of, language_of, one_of, text_of
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.publish import Chart
    from sojourn.query.asked import Given
    from sojourn.query.chart import View
    from sojourn.query.check import Violation
    from sojourn.query.diff import Diff
    from sojourn.query.disagreements import Comparison
    from sojourn.query.editions import LoadedEdition
    from sojourn.query.table import By
    from sojourn.query.table_asked import Names
    from sojourn.query.table_model import Table


class QueryVerbs(Opened):
    """Observations, tables, charts, changes, disagreements, contradictions."""

    def editions(self) -> "Rows[LoadedEdition]":
        """Return the editions held, with coverage and terms.

        Examples
        --------
        >>> import sojourn
        >>> held = sojourn.open().editions()
        >>> [e.publisher for e in held if e.edition == "undesa.ims@2021-01-15"]
        ['UN DESA, Population Division']
        """
        from sojourn.query.editions import editions

        return Rows(editions(self.store))

    def observations(
        self,
        *,
        as_of: Day | None = None,
        all_editions: bool = False,
        limit: int = 0,
        out: Path | str | None = None,
        **concepts: "Given",
    ) -> Relation:
        """Return observations as a DuckDB relation; see `sojourn.query.observations`.

        Parameters
        ----------
        limit : int
            How many at most; 0 for all.
        out : Path, optional
            Write all of them to this file too: .csv, .parquet or .json.
        **concepts
            ``dataset``, ``edition``, ``indicator``, ``ref_area``, ``origin``, ``destination``,
            ``sex``, ``period``, ``criterion``: one value or several.

        Examples
        --------
        >>> import sojourn
        >>> found = sojourn.open().observations(
        ...     indicator="migrant_stock", ref_area="Germany", period=2015, sex="_T", origin="_T"
        ... )
        >>> found.project("obs_value, vintage").fetchall()
        [(10220418.0, '2021-01-15')]
        """
        from sojourn.query.observations import observations, write_observations

        found = observations(
            self.store, as_of=known_day(as_of), all_editions=all_editions, **concepts
        )
        if out is not None:
            write_observations(found, Path(out))
        return Relation(found.limit(limit) if limit else found)

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
        language: str = "en",
        cells: bool = False,
        groups: Path | str | None = None,
        out: Path | str | None = None,
        **transforms: Any,
    ) -> "Table":
        """Return measures × areas × years × sexes; see `sojourn.query.table`.

        Parameters
        ----------
        out : Path, optional
            Write it to this file too: .csv, .json, .md, .parquet, .arrow.
        **transforms : str or bool
            ``per``, ``scale``, ``change``, ``growth``, ``share_of``, ``rank``, ``sum_over``.

        Examples
        --------
        >>> import sojourn
        >>> data = sojourn.open()
        >>> data.table("migrant_stock", area="Germany", period=2015).value(area="276")
        10220418.0
        """
        from sojourn.query.table import Transforms, table
        from sojourn.query.table_write import write_table
        from sojourn.vocab.group import own_groups

        for name in transforms:
            one_of(name, Transforms.__dataclass_fields__, "transform")
        made = table(
            self.store,
            measures,
            area=area,
            origin=origin,
            period=period,
            sex=sex,
            by=by,
            as_of=known_day(as_of),
            language=language_of(language),
            cells=cells,
            groups=None if groups is None else own_groups(Path(groups)),
            transforms=Transforms(**transforms),
        )
        if out is not None:
            write_table(made, Path(out))
        return made

    def chart(
        self, view: "View", measures: "Names", *, out: Path | str | None = None, **asked: Any
    ) -> "Chart":
        """Return a table drawn as ``trend``, ``ranking`` or ``map``, the source inside.

        A notebook shows it.

        Parameters
        ----------
        out : Path, optional
            Write it to this file too: .svg, .png or .pdf.
        **asked
            As for `table`.

        Raises
        ------
        PublishError
            Nothing to draw, or what the view cannot show.

        Examples
        --------
        >>> import sojourn
        >>> sojourn.open().chart("ranking", "refugees", period=2015, origin="_T").id
        'ranking-refugees'
        """
        from sojourn.publish import write_chart
        from sojourn.query.chart import chart_of

        made = chart_of(self.store, self.table(measures, **asked), view)
        if out is not None:
            write_chart(made, Path(out))
        return made

    def diff(
        self,
        old: Day,
        new: Day,
        *,
        as_of: bool = False,
        area: str | int | None = None,
        indicator: str | None = None,
        period: str | int | None = None,
        limit: int = 0,
        out: Path | str | None = None,
        page: Path | str | None = None,
        language: str = "en",
    ) -> "Diff | Rows[Diff]":
        """Return every number that two editions tell differently, one `Diff` with its ``rows``.

        With ``as_of``, two dates: a `Diff` of each dataset that had another edition then.

        Parameters
        ----------
        old, new : str
            Editions such as ``undesa.ims@2015-12-01``; with ``as_of`` days.
        limit : int
            How many changes to list, the largest first; 0 for all. The counts are of all.
        out, page : Path, optional
            Write all changes as CSV; a page (HTML).

        Raises
        ------
        NoSuchObservation
            An edition is not held, or only single figures of it are.

        Examples
        --------
        >>> import sojourn
        >>> data = sojourn.open()
        >>> found = data.diff("undesa.ims@2021-01-15", "undesa.ims@2021-01-15")
        >>> found.counts["revised"], found.df().shape
        (0, (0, 12))
        """
        from sojourn.query.diff import between, diff
        from sojourn.query.diff_pages import write_page, write_table

        spoken = language_of(language)
        own: dict[str, Any] = {
            "area": None if area is None else str(area),
            "indicator": indicator,
            "period": None if period is None else str(period),
            "limit": 0 if out is not None else limit,
        }
        if as_of:
            found = between(self.store, day_of(old), day_of(new), **own)
        else:
            found = [diff(self.store, str(old), str(new), **own)]
        if out is not None:
            write_table(found, Path(out))
        if page is not None:
            write_page(found, Path(page), spoken, limit=limit or 100)
        return Rows(found) if as_of else found[0]

    def disagreements(
        self,
        *,
        area: str | int | None = None,
        origin: str | int | None = None,
        indicator: str | None = None,
        period: str | int | None = None,
        sex: str | None = None,
        by: str = "spread",
        aggregates: bool = False,
        limit: int = 0,
        as_of: Day | None = None,
        keep: bool = False,
        out: Path | str | None = None,
        page: Path | str | None = None,
        language: str = "en",
    ) -> "Rows[Comparison]":
        """Return each quantity that is counted more than once, the largest spreads first.

        Parameters
        ----------
        by : str
            ``spread``, or ``share`` of the largest count.
        aggregates : bool
            Regions and groups too, whose members differ by publisher.
        limit : int
            Disagreements of each quantity; 0 for all.
        keep : bool
            Keep their sizes in the data directory, as observations.
        out, page : Path, optional
            Write all as CSV, a row a count; a page (HTML).

        Examples
        --------
        >>> import sojourn
        >>> stock, *_ = sojourn.open().disagreements(indicator="migrant_stock", period=2015, limit=1)
        >>> stock.editions
        ('undesa.ims@2019-09-17', 'undesa.ims@2021-01-15')
        """
        from sojourn.errors import Misasked
        from sojourn.query.disagreement_pages import write_page, write_table
        from sojourn.query.disagreements import disagreements
        from sojourn.query.disagreements_kept import keep as keep_in

        spoken = language_of(language)
        if keep and self.path is None:
            raise Misasked("the embedded edition is not written to", hint="open a data directory")
        every = out is not None or page is not None or keep
        found = disagreements(
            self.store,
            area=None if area is None else str(area),
            origin=None if origin is None else str(origin),
            indicator=indicator,
            period=None if period is None else str(period),
            sex=sex,
            as_of=known_day(as_of),
            countries=not aggregates,
            by=one_of(by, ("spread", "share"), "order"),
            limit=0 if every else limit,
        )
        if out is not None:
            write_table(found, Path(out))
        if page is not None:
            write_page(found, Path(page), spoken, limit=limit or 100)
        kept = {"edition": keep_in(self.path, found)} if keep and self.path is not None else {}
        cut = [replace(c, largest=c.largest[: limit or None]) for c in found]
        return Rows(cut, kept)

    def check(
        self,
        *,
        edition: str | None = None,
        contract: str | None = None,
        out: Path | str | None = None,
        page: Path | str | None = None,
        language: str = "en",
    ) -> "Rows[Violation]":
        """Return what the loaded tables contradict, each with its cell.

        ``about`` says how many files were asked which contracts, and how many violations stand in
        files that are not the publisher's own bytes (``ours``), and which editions hold a part of
        their table and were not held to the contracts of whole ones (``not_held``).

        Examples
        --------
        >>> import sojourn
        >>> found = sojourn.open().check(contract="no-negative-stock")
        >>> len(found), found.about["ours"]
        (0, 0)
        """
        from sojourn.query.check import Violation, check_store, write_page, write_table

        spoken = language_of(language)
        found = check_store(self.store, edition=edition, contract=contract)
        if out is not None:
            write_table(found, Path(out))
        if page is not None:
            write_page(found, Path(page), spoken)
        about = {
            "files": found.files,
            "contracts": found.contracts,
            "ours": found.ours,
            "not_held": found.not_held,
        }
        return Rows(found.violations, about, kind=Violation)

    def sql(self, query: str, parameters: Mapping[str, object] | None = None) -> Relation:
        """Return the DuckDB relation of a query over ``observation``, ``membership``, ``file``.

        Examples
        --------
        >>> import sojourn
        >>> data = sojourn.open()
        >>> data.sql("SELECT count(*) > 1000 FROM observation").fetchall()
        [(True,)]
        """
        return Relation(self.store.sql(query, parameters))


def indicators(words: str = "", *, language: str = "en") -> "Rows[dict[str, Any]]":
    """Return the indicators, or those whose id, name or definition holds every word.

    Examples
    --------
    >>> import sojourn
    >>> [i["id"] for i in sojourn.indicators("total fertility")]
    ['total_fertility']
    """
    from sojourn.query.names import indicator_names

    return Rows(indicator_names(text_of(words, "a search"), language_of(language)))


def areas(
    words: str | int = "",
    *,
    members: str | int | None = None,
    period: int | None = None,
    groups: Path | str | None = None,
    language: str = "en",
) -> "Rows[dict[str, Any]]":
    """Return places and groups by any of their names, or the members of a group.

    Parameters
    ----------
    members : str, optional
        A group, whose members are returned instead.
    period : int, optional
        Year of the members; without it, with their dates.
    groups : Path, optional
        Groups of one's own (TOML).

    Examples
    --------
    >>> import sojourn
    >>> [a["iso3"] for a in sojourn.areas("germany")][:1]
    ['DEU']
    >>> len(sojourn.areas(members="EU28", period=2015))
    28
    """
    from sojourn.query.names import area_names, member_names

    spoken = language_of(language)
    if members is not None:
        return Rows(member_names(str(members), period, spoken, a_path(groups)))
    return Rows(area_names(str(words), spoken, a_path(groups)))
