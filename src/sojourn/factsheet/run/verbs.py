"""The factsheet from Python, by the names of the command line."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.factsheet.figures.verbs import FigureVerbs
from sojourn.query.opened import Day, known_day

if TYPE_CHECKING:
    from sojourn.factsheet.run.factsheet import Built
    from sojourn.factsheet.run.pack import Packed


class FactsheetVerbs(FigureVerbs):
    """The yearly factsheet, and the small edition of it that a package carries."""

    def factsheet(
        self,
        year: int | None = None,
        out: Path | str | None = None,
        *,
        as_of: Day | None = None,
        language: Iterable[str] | str | None = None,
        flows: bool = False,
        single_file: bool = False,
    ) -> "Built":
        """Build the factsheet of a year into a folder, in all languages or those named.

        Parameters
        ----------
        year : int, optional
            The newest ended year with complete editions of migrant stock and refugees.
        out : Path, optional
            ``out/factsheet-YEAR``.
        flows : bool
            Add a section on who moved where in the five years before.
        single_file : bool
            Everything in each page: downloads and lineage inside it.

        Raises
        ------
        PublishError
            A language has no finished catalogue, no figure of the year can be computed, or the
            folder cannot be written.
        """
        from sojourn.factsheet.figures.opened import newest_year
        from sojourn.factsheet.run.factsheet import Request, build
        from sojourn.query.opening import NEWEST
        from sojourn.terminal.asked import languages_of

        chosen = languages_of(language)
        newest = NEWEST if self.embedded else None
        store, day = self._of_year(year or newest or 0, as_of)
        asked = newest_year(store, day) if year is None else year
        moved = None
        if flows:
            from sojourn.flows.run.pages import flow_page

            moved, _ = flow_page(store, f"{asked - 5}-{asked}", as_of=known_day(as_of))
        request = Request(asked, day, chosen, self.embedded, moved, single_file)
        return build(store, request, Path(out or Path("out") / f"factsheet-{asked}"))

    def pack(self, year: int, out: Path | str) -> "Packed":
        """Write what the factsheet of a year prints and draws as a small data directory.

        Raises
        ------
        LicenceForbids
            This is the embedded edition, or the terms of one forbid it.
        """
        from sojourn.errors import LicenceForbids
        from sojourn.factsheet.run.pack import pack

        if self.embedded:
            raise LicenceForbids(
                "the embedded edition cannot be packed again", hint="open a data directory"
            )
        return pack(self.store, year, Path(out))
