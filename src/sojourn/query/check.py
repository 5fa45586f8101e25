"""What the tables in a data directory contradict: every contract asked again of every file."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sojourn.errors import NoSuchObservation
from sojourn.files import write_whole
from sojourn.harmonize.contracts import contracts
from sojourn.harmonize.names import with_names
from sojourn.publish import (
    Block,
    Catalogue,
    Number,
    Paragraph,
    Section,
    TableBlock,
    catalogue,
    render_html,
    report,
    spoken,
    to_csv,
)
from sojourn.store.contracts import Problem, ask, held_to, not_held
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store
from sojourn.store.wholeness import require_whole, unnamed
from sojourn.vocab.observation import Cell


@dataclass(frozen=True)
class Violation:
    """One cell of a loaded file that breaks a contract.

    Attributes
    ----------
    size : float or None
        By how much, in the unit of the contract (mostly persons).
    verified : bool
        Whether the publisher's own bytes hold it: then it is the publisher's, and no error of the load.
    """

    contract: str
    edition: str
    cell: str
    message: str
    size: float | None
    file: str
    verified: bool


@dataclass(frozen=True)
class Checked:
    """The answer: how many files were asked which contracts, and what they contradict.

    Attributes
    ----------
    not_held : tuple of str
        Editions that hold a part of their table, with the contracts that they break and are not
        held to, as sentences.
    unnamed : tuple of str
        Files among those of the store that its manifest does not name: nothing is read of them.
    """

    files: int
    contracts: tuple[str, ...]
    violations: tuple[Violation, ...]
    not_held: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()

    @property
    def ours(self) -> int:
        """How many violations stand in files that are not the publisher's own bytes."""
        return sum(not v.verified for v in self.violations)


def check_store(
    store: Store,
    *,
    edition: str | None = None,
    contract: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Checked:
    """Ask every contract of every file that the store holds.

    Raises
    ------
    NoSuchObservation
        No such edition or contract.
    StoreError
        A Parquet file of the store is gone, cut or changed.
    """
    folder = store.manifest.root / "store"
    require_whole(store.manifest, folder, every=True)
    known = [c.id for c in contracts()]
    if contract is not None and contract not in known:
        raise NoSuchObservation(
            f"no contract is called {contract!r}", hint=f"there are: {', '.join(known)}"
        )
    files = [f for f in store.manifest.files if f.parquet and edition in (None, f.edition)]
    if edition is not None and not files:
        raise NoSuchObservation(
            f"the edition {edition!r} is not in the store", hint="see: sojourn editions"
        )
    found: list[Violation] = []
    left: dict[str, Counter[str]] = {}
    for number, file in enumerate(files):
        if progress is not None:
            progress(file.name, number, len(files))
        problems: Sequence[Problem] = ask(store, file, contract)
        covered = store.manifest.covered(file.edition)
        if covered is not None and covered.is_part:
            problems, broken = held_to(problems)
            left.setdefault(file.edition, Counter()).update(broken)
        found += [_violation(file, problem) for problem in problems]
    found.sort(key=lambda v: (v.edition, v.contract, -(v.size or 0.0), v.cell))
    asked = tuple(k for k in known if contract in (None, k))
    told = tuple(f"{e}: {not_held(broken)}" for e, broken in sorted(left.items()) if broken)
    strange = tuple(str(p) for p in unnamed(store.manifest, folder))
    return Checked(len(files), asked, tuple(found), told, strange)


def _violation(file: LoadedFile, problem: Problem) -> Violation:
    cell = str(Cell.of(file.edition, problem.sheet, problem.row, problem.col))
    said = with_names(problem.message)
    return Violation(
        problem.contract, file.edition, cell, said, problem.size, file.name, file.verified
    )


def write_table(found: Checked, out: Path) -> None:
    """Write the violations as CSV.

    Raises
    ------
    PublishError
        The file cannot be written.
    """
    header = ("edition", "contract", "cell", "size", "message", "file", "verified")
    rows = tuple(
        (v.edition, v.contract, v.cell, v.size, v.message, v.file, "yes" if v.verified else "no")
        for v in found.violations
    )
    write_whole(out, to_csv(header, rows).encode())


def write_page(found: Checked, out: Path, language: str, *, limit: int = 40) -> None:
    """Write "Known problems in the sources": the largest violations of each edition.

    Raises
    ------
    PublishError
        No such language, or the file cannot be written.
    """
    words = catalogue(language)
    editions = sorted({v.edition for v in found.violations})
    sections = tuple(_section(e, found.violations, words, limit) for e in editions)
    document = report(
        words,
        title=words.text("problems.topic"),
        subtitle=words.text("problems.heading"),
        note=words.rich("problems.lead"),
        editions=editions,
        sections=sections or (_none(words),),
    )
    write_whole(out, render_html(document).encode())


def _none(words: Catalogue) -> Section:
    text = words.text("problems.none")
    return Section(id="none", topic=text, heading=text, blocks=())


def _counted(words: Catalogue, n: int) -> str:
    return spoken(words.rich("problems.count", n=Number(words.exact(n, ""), None, n)))


def _section(edition: str, found: Sequence[Violation], words: Catalogue, limit: int) -> Section:
    mine = [v for v in found if v.edition == edition]
    blocks: list[Block] = []
    for contract in sorted({v.contract for v in mine}):
        rows = [v for v in mine if v.contract == contract]
        blocks.append(Paragraph(content=words.rich(f"contract.{contract.replace('-', '_')}")))
        blocks.append(
            TableBlock(
                id=f"{edition}-{contract}".replace(".", "-").replace("@", "-"),
                caption=_counted(words, len(rows)),
                header=(words.text("problems.cell"), words.text("problems.problem")),
                rows=tuple(((v.cell,), (v.message,)) for v in rows[:limit]),
                numeric=(False, False),
            )
        )
    return Section(
        id=edition.replace(".", "-").replace("@", "-"),
        topic=edition,
        heading=edition,
        blocks=tuple(blocks),
    )
