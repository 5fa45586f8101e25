"""A DuckDB relation as the library gives it: as DuckDB has it, and finished when it is handed over."""

from typing import Any

from sojourn.errors import StoreError
from sojourn.extras import need

_FRAMES = ("df", "fetchdf", "to_df")
_ARROW = ("arrow", "fetch_arrow_table", "to_arrow_table")


class Relation:
    """Rows that DuckDB computes when they are asked for.

    Every method of a DuckDB relation is here (``limit``, ``filter``, ``fetchall``, ``columns``).
    ``df()`` and ``arrow()`` say which extra they need, and read to the end, so that the next
    question finds the connection free.

    Examples
    --------
    >>> import sojourn
    >>> found = sojourn.open().sql("SELECT 2 AS a UNION ALL SELECT 1 ORDER BY a")
    >>> found.columns, found.fetchall()
    (['a'], [(1,), (2,)])
    """

    __slots__ = ("_relation",)

    def __init__(self, relation: Any) -> None:
        self._relation = relation

    def df(self) -> Any:
        """Return a pandas data frame.

        Raises
        ------
        NotInstalled
            Without the extra ``dataframe``.
        """
        need("pandas", "a data frame")
        return self._relation.df()

    def arrow(self) -> Any:
        """Return a PyArrow table.

        Raises
        ------
        NotInstalled
            Without the extra ``dataframe``.
        """
        need("pyarrow", "a table for Arrow")
        found = self._relation.arrow()
        return found.read_all() if hasattr(found, "read_all") else found

    def __getattr__(self, name: str) -> Any:
        """Return what the relation of DuckDB has by this name."""
        if name in _FRAMES:
            return self.df
        if name in _ARROW:
            return self.arrow
        found = getattr(self._relation, name)
        return _wrapped(found) if callable(found) else found

    def __len__(self) -> int:
        return len(self._relation)

    def __repr__(self) -> str:
        return repr(self._relation)

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        from sojourn.terminal.rows import SHOWN, html_table

        first = self._relation.limit(SHOWN).fetchall()
        return html_table(self._relation.columns, first, len(self._relation))


def _wrapped(method: Any) -> Any:
    """Return a method whose answer, when it is a relation again, is one of ours."""

    def asked(*given: Any, **named: Any) -> Any:
        import duckdb

        try:
            found = method(*given, **named)
        except duckdb.Error as error:
            raise StoreError(
                f"the question failed: {error}", hint="its columns are in .columns"
            ) from None
        return Relation(found) if type(found).__name__ == "DuckDBPyRelation" else found

    return asked
