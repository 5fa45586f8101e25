"""The explorer from Python, by the name of the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.query.opened import Day, Opened, known_day

if TYPE_CHECKING:
    from sojourn.explorer.run.explorer import Site


class ExplorerVerbs(Opened):
    """The numbers of a data directory as a folder of pages."""

    def explorer(
        self,
        out: Path | str = "out/explorer",
        *,
        freeze: str = "",
        public: bool = False,
        as_of: Day | None = None,
    ) -> "Site | None":
        """Write a site to choose measure, edition, year and places in, without network or server.

        Parameters
        ----------
        freeze : str
            Write one view instead, named by its permanent link; nothing is returned.
        public : bool
            Leave out editions whose terms allow no copy.

        Raises
        ------
        NoSuchObservation
            Nothing may be shown.
        PublishError
            The folder is not ours, or the link names no view.
        """
        from sojourn.explorer.run.explorer import write_site
        from sojourn.explorer.run.freeze import freeze as frozen

        if freeze:
            frozen(self.store, freeze, Path(out), public=public)
            return None
        return write_site(
            self.store,
            Path(out),
            as_of=known_day(as_of),
            public=public,
            embedded=self.embedded,
        )
