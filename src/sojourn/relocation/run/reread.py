"""Lists printed of a plan, made once more and compared, whatever the records beside them say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sojourn.errors import PublishError, counted
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.manifests import is_list_of
from sojourn.relocation.run.report import PROTECTED, other_sections, read_report
from sojourn.relocation.run.slips import ReadSlips, is_paper_of, read_slips
from sojourn.relocation.site.site import Site

PAPERS_UP_TO = 500  # people with a seat; above, papers are made anew only where that is asked for
TRIPS = ("manifest", "driver")
PRINT_AGAIN = "says other things than the plan, or another version printed it: print it again"


@dataclass(frozen=True)
class Lists:
    """What was printed of a plan.

    Attributes
    ----------
    site_folder, folder : Path
        Of the site, and of the plan.
    papers : bool
        Whether papers (PDF) are made once more: that takes as long as printing them.
    """

    site_folder: Path
    folder: Path
    site: Site
    plan: Proposal
    paths: Sequence[Path]
    papers: bool

    def otherwise(self) -> Iterator[str]:
        """Yield each page and paper that says other things than the plan."""
        for path in self.paths:
            try:
                yield from self._of(path)
            except (OSError, ValueError, IndexError, PublishError):
                yield f"{path.name} {PRINT_AGAIN}"

    def _of(self, path: Path) -> Iterator[str]:
        kind = path.name.partition(".")[0]
        if path.suffix == ".pdf" and not self._reads(path):
            return
        if kind in TRIPS:
            same = is_list_of(self.plan, path)
        elif kind == "slips":
            same = self._slips(path)
        elif kind == "report" and path.suffix == ".html":
            parts = [*other_sections(read_report(self.site_folder, self.folder), path)]
            yield from (f"{path.name}, section {part}, {PRINT_AGAIN}" for part in parts)
            return
        else:
            return
        if not same:
            yield f"{path.name} {PRINT_AGAIN}"

    def _reads(self, path: Path) -> bool:
        """Whether a paper is made once more."""
        beside = path.with_suffix(".html")
        kind = path.name.partition(".")[0]
        return self.papers and (kind in TRIPS or (kind == "slips" and beside.is_file()))

    def _slips(self, path: Path) -> bool:
        found = self._read(path.with_suffix(".html"))
        return is_paper_of(self.plan, found, path) if path.suffix == ".pdf" else found.same

    def _read(self, page: Path) -> ReadSlips:
        return read_slips(self.site, self.plan, page)

    def unread(self) -> Iterator[str]:
        """Yield what of these is taken as it was recorded, and is not held against the plan."""
        papers = [p.name for p in self.paths if p.suffix == ".pdf" and not self._reads(p)]
        if papers:
            told = "--papers makes lists and slips anew, where their page lies beside"
            yield f"{_named(papers)}: as recorded when printed, not read back ({told})"
        if pages := [p.name for p in self.paths if _is(p, "report")]:
            yield f"{_named(pages)}, sections {' and '.join(PROTECTED)}: as recorded when printed, not read back"
        if rest := [p.name for p in self.paths if p.suffix in (".csv", ".svg")]:
            yield f"{_named(rest)}: as recorded when printed, not read back"
        calls: dict[str, list[str]] = {}
        for path in self.paths:
            if _is(path, "slips"):
                calls.setdefault(self._read(path).call, []).append(path.name)
        for call, names in calls.items():
            yield f"{_named(names)}: whom to call is in no table, and stands as printed: {call}"


def _is(path: Path, kind: str) -> bool:
    return path.suffix == ".html" and path.name.partition(".")[0] == kind


def _named(names: Sequence[str]) -> str:
    first, *others = names
    return f"{first} and {counted(len(others), 'other')}" if others else first
