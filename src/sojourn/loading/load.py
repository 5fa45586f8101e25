"""Publishers' files into the store: open, recognise, read, harmonize, check, commit.

One call is one transaction: either the manifest lists everything that was accepted, or the store
is what it was.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from sojourn.collector import no_collector
from sojourn.errors import SojournError, UnknownFile
from sojourn.harmonize.corrections import of_file, refuse_stale
from sojourn.harmonize.labels import coder
from sojourn.harmonize.numbers import written_short
from sojourn.harmonize.observe import Observed, observe
from sojourn.loading.coverage import covered
from sojourn.loading.edition import edition_of
from sojourn.loading.found import contents
from sojourn.loading.outcome import Outcome, Report
from sojourn.loading.receipt import receipt_of
from sojourn.sources.block import Block, read_tables
from sojourn.sources.classification import Membership, read_classification
from sojourn.sources.column import Cells
from sojourn.sources.container import Workbook, open_file
from sojourn.sources.declaration import Dataset, Edition, Registry
from sojourn.sources.extent import Extent, fewer_of_a_period, shortfall
from sojourn.sources.layout import Layout
from sojourn.sources.recognise import is_rebuilt, recognised
from sojourn.sources.selection import read_selection
from sojourn.sources.terms import refuse_wider_terms
from sojourn.store.contracts import Problem, check, set_areas, set_members
from sojourn.store.facts import Facts, facts_of, periods_of
from sojourn.store.manifest import (
    CorrectedCell,
    LoadedFile,
    Manifest,
    announce,
    read_manifest,
    write_manifest,
    writing,
)
from sojourn.store.observations import STAGED, connect, write_parquet
from sojourn.store.staged import drop_known, printed_at, write_memberships, write_problems
from sojourn.store.staging import stage
from sojourn.store.wholeness import kept, require_whole
from sojourn.vocab.membership import members as packaged_members

LOG = logging.getLogger(__name__)


def load(
    paths: Sequence[Path],
    root: Path,
    known: Registry,
    *,
    edition: str | None = None,
    strict: bool = False,
    accept_coverage: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Load publishers' files into the store below ``root``, in one transaction.

    A file that the user names must load, else nothing does. In a folder, files that no layout
    knows are skipped and files that are refused are left out, each with its reason.

    Parameters
    ----------
    edition : str, optional
        ``dataset@date`` that unverified files belong to when they state none, or state it wrongly.
    strict : bool
        Whether a refused file in a folder, or a question about an edition, refuses everything.
    accept_coverage : str
        Why the editions of these files are to be taken as complete where they look partial.

    Raises
    ------
    SojournError
        The first refusal among the files the user named; the store is unchanged.
    """
    read, outcomes = contents(paths, strict=strict)
    files = [(path, named, content, _digest(content)) for path, named, content in read]
    files.sort(key=lambda f: _rank(known, f[3]))
    with no_collector(), writing(root) as manifest, closing(connect()) as con:
        require_whole(manifest, root / "store")
        before, session = manifest, _Session(con, known, edition)
        set_areas(con)
        set_members(con, [])
        for done, (path, named, content, sha256) in enumerate(files):
            LOG.info("reading %s, %d of %d", path, done + 1, len(files))
            if progress is not None:
                progress(path.name, done, len(files))
            try:
                manifest, added = _load_one(session, manifest, path, content, sha256)
                outcomes += added
            except SojournError as error:
                status = "skipped" if isinstance(error, UnknownFile) else "refused"
                if named or (strict and status == "refused"):
                    raise
                outcomes.append(Outcome(str(path), status, error=error))
        tallies = {sha256: facts.tallies for sha256, facts in session.facts.items()}
        manifest, outcomes = covered(
            before, manifest, outcomes, known, accept_coverage, tallies, strict=strict
        )
        if manifest != before:
            write_manifest(manifest)
    return Report(tuple(outcomes))


def _rank(known: Registry, sha256: str) -> int:
    """Load genuine bytes first, so that a copy of them adds nothing."""
    return 0 if known.by_digest(sha256) is not None else 1


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class _Session:
    """One load: its connection, what is declared, and what its files were found to hold."""

    con: duckdb.DuckDBPyConnection
    known: Registry
    named: str | None
    facts: dict[str, Facts] = field(default_factory=dict)
    members: list[tuple[str, str]] = field(default_factory=list)

    def classify(self, pairs: list[tuple[str, str]]) -> None:
        """Give the contracts a file's classification, unless they have it from the file before."""
        if self.members != pairs:
            set_members(self.con, pairs)
            self.members[:] = pairs


@dataclass(frozen=True)
class _Table:
    """One table of a file with its meaning, before it is checked."""

    book: Workbook
    sha256: str
    layout: Layout
    dataset: Dataset
    blocks: Sequence[Block]
    edition: Edition
    observed: Sequence[Observed]
    memberships: Sequence[Membership]
    classified: frozenset[str]  # sheets from which the memberships were read
    notes: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether the bytes are declared ones."""
        return self.sha256 in self.edition.files

    @property
    def formula_cells(self) -> set[tuple[str, int, int]]:
        """Cells of an unverified file whose number is the stored result of a formula."""
        blocks = [] if self.verified else self.blocks
        return {(b.sheet, row, col) for b in blocks for (row, col) in b.formulas}


def _load_one(
    session: _Session, manifest: Manifest, path: Path, content: bytes, sha256: str
) -> tuple[Manifest, list[Outcome]]:
    declared = session.known.by_digest(sha256)
    outcomes = []
    for book in open_file(path.name, content, trusted=declared is not None):
        digest = sha256 if "/" not in book.name else _digest(f"{sha256}/{book.name}".encode())
        if manifest.holds(digest):
            held = next(f for f in manifest.files if f.sha256 == digest)
            asked = declared.id if declared is not None else session.named or held.edition
            notes = (_held_as(held, asked, declared=declared is not None and digest == sha256),)
            outcomes.append(
                Outcome(str(path), "unchanged", held.edition, held.verified, notes=notes)
            )
            continue
        try:
            table = _table(session, book, digest)
        except UnknownFile as error:  # a leaflet beside the tables of an archive
            outcomes.append(Outcome(f"{path.parent / book.name}", "skipped", error=error))
            continue
        manifest, outcome = _load_table(session, manifest, path, table)
        outcomes.append(outcome)
    if all(o.status == "skipped" for o in outcomes) and outcomes[0].error is not None:
        raise outcomes[0].error
    return manifest, outcomes


def _held_as(held: LoadedFile, asked: str, *, declared: bool) -> str:
    """Return what to say of bytes that the store has: also where they were loaded as something else."""
    if asked == held.edition and (held.verified or not declared):
        return "already in the store"
    was = held.edition if held.verified else f"{held.edition}, an unverified copy"
    return (
        f"already in the store as {was}; {'declared' if declared else 'named'} now as {asked}: "
        "load it into a new data directory"
    )


def _table(session: _Session, book: Workbook, sha256: str) -> _Table:
    """Recognise, read and harmonize one table."""
    layout, known = recognised(book, session.known, sha256)
    dataset = known.datasets[layout.dataset]
    blocks = [] if layout.tables[0].measures[0].unit == "NONE" else read_tables(book, layout)
    edition, notes = edition_of(book, layout, blocks, sha256, known, session.named)
    terms = refuse_wider_terms(book, edition)
    if terms and sha256 not in edition.files and edition.basis != "declared":
        edition = replace(edition, license=f"{terms} (as printed in the file)")
    observed = [observe(book.name, block, dataset, edition) for block in blocks]
    classes = read_classification(book, layout)
    read = frozenset(m.sheet for m in classes)
    texts = [b.cells for b in blocks if b.is_text and sha256 not in edition.files]
    notes += tuple(
        said for c in texts if isinstance(c, Cells) and (said := written_short(c.by_row()))
    )
    memberships = _memberships(layout, classes)
    return _Table(
        book, sha256, layout, dataset, blocks, edition, observed, memberships, read, notes
    )


def _load_table(
    session: _Session, manifest: Manifest, path: Path, table: _Table
) -> tuple[Manifest, Outcome]:
    con, name, edition = session.con, table.book.name, table.edition
    facts = facts_of(table.observed)
    stage(con, table.observed, dataset=table.dataset.id, edition=edition.id, sha256=table.sha256)
    pairs = [(m.group, m.member) for m in table.memberships] or _packaged(table)
    session.classify(pairs)
    problems = check(
        con,
        name,
        facts,
        verified=table.verified,
        contradicts=edition.id if edition.files and not table.verified else "",
        formula_cells=table.formula_cells,
        has_members=bool(pairs),
    )
    corrected = _corrections(con, name, edition.id, table.sha256)
    count, dropped = drop_known(
        con, manifest, edition.id, facts, session.facts, verified=table.verified, name=name
    )
    said = dict.fromkeys(n for o in table.observed for n in o.notes)
    notes = (*table.book.notes, *table.notes, *dropped, *said)
    if not count and not table.memberships and table.blocks:
        outcome = Outcome(str(path), "unchanged", edition.id, table.verified, notes=notes)
        return manifest, outcome
    entry = replace(
        _entry(path, table, count=count, notes=notes),
        corrections=corrected,
    )
    entry = _beside_declared(session.known, table, facts, entry)
    entry = _write(con, manifest, entry, table.memberships, problems)
    if count == facts.count:
        session.facts[table.sha256] = facts
    return replace(manifest, files=(*manifest.files, entry)), _loaded(path, entry, problems)


def _beside_declared(known: Registry, table: _Table, facts: Facts, entry: LoadedFile) -> LoadedFile:
    """Return the entry of a file with what it lacks of those that are declared."""
    if table.verified:
        return entry
    held = {i: Extent(t.keys, len(t.words["ref_area"])) for i, t in facts.tallies.items()}
    asked = (table.edition, table.layout.id, known, table.dataset.frame.places_lost)
    cut = fewer_of_a_period(periods_of(table.observed), *asked)
    lacks = shortfall(held, *asked) or cut
    if cut and entry.states_whole:  # what it says of itself is not true
        return replace(
            entry,
            shortfall=f"says that nothing was selected, and {lacks}",
            states_whole=False,
        )
    return replace(entry, shortfall=lacks)


def _loaded(path: Path, entry: LoadedFile, problems: Sequence[Problem]) -> Outcome:
    return Outcome(
        str(path),
        "loaded",
        entry.edition,
        entry.verified,
        entry.observations,
        tuple(problems),
        entry.notes,
        entry.receipt,
    )


def _corrections(
    con: duckdb.DuckDBPyConnection, name: str, edition: str, sha256: str
) -> tuple[CorrectedCell, ...]:
    """Return the corrections that apply to a staged file, each still reading what was printed."""
    found = [(c, printed_at(con, c.place)) for c in of_file(edition, sha256)]
    held = [(c, value) for c, value in found if value is not None]  # a part of the table lacks some
    refuse_stale(name, [c for c, _ in held], [value for _, value in held])
    return tuple(
        CorrectedCell(
            sheet=c.place.sheet, row=c.place.row, col=c.place.col, ours=c.ours, said=c.said
        )
        for c, _ in held
    )


def _packaged(table: _Table) -> list[tuple[str, str]]:
    dataset = table.dataset.id.removesuffix("-od")
    return packaged_members(dataset, table.edition.vintage.isoformat())


def _memberships(layout: Layout, printed: Sequence[Membership]) -> list[Membership]:
    """Code the places, and add the groups that the annex defines as a difference or as all."""
    if not printed:
        return []
    if layout.kind == "classes":
        code = coder(layout.dataset.split(".", maxsplit=1)[0], "iso3", {}, "")
        return [replace(m, member=code(m.member)) for m in printed]
    code = coder(layout.dataset.split(".", maxsplit=1)[0], "m49", {}, "")
    coded = [replace(m, member=code(m.member), group=code(m.group)) for m in printed]
    rules = next(r for r in layout.classification if r["sheet"] == printed[0].sheet)
    out = list(coded)
    for group, (whole, part) in rules.get("differences", {}).items():
        inside = {m.member for m in coded if m.group == part}
        out += [
            replace(m, group=group) for m in coded if m.group == whole and m.member not in inside
        ]
    seen: set[str] = set()
    for m in coded:
        if m.member not in seen and rules.get("world"):
            seen.add(m.member)
            out.append(replace(m, scheme="world", group=rules["world"]))
    return out


def _entry(path: Path, table: _Table, *, count: int, notes: tuple[str, ...]) -> LoadedFile:
    book, dataset, edition = table.book, table.dataset, table.edition
    selection = read_selection(book)
    return LoadedFile(
        sha256=table.sha256,
        name=edition.files.get(table.sha256, book.name),
        path=str(path.resolve()),
        dataset=dataset.id,
        edition=edition.id,
        vintage=edition.vintage.isoformat(),
        title=edition.title,
        states=edition.states,
        publisher=dataset.publisher,
        citation=dataset.citation.format(edition=edition.title, states=edition.states),
        landing_page=dataset.landing_page,
        license=edition.license,
        redistribution=edition.redistribution,
        basis=edition.basis,
        verified=table.verified,
        layout=table.layout.id,
        observations=count,
        notes=notes,
        holds=edition.holds if table.verified else "",
        rebuilt=is_rebuilt(book) or ".rebuilt." in edition.files.get(table.sha256, ""),
        receipt=receipt_of(
            book, table.layout, table.blocks, table.classified, verified=table.verified
        ),
        selection=selection.lines,
        selected_places=selection.of_places,
        states_whole=selection.whole,
    )


def _write(
    con: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    entry: LoadedFile,
    memberships: Sequence[Membership],
    problems: Sequence[Problem],
) -> LoadedFile:
    folder, stem = manifest.root / "store", f"{entry.sha256[:24]}.parquet"
    announce(manifest.root, stem)
    if entry.observations:
        write_parquet(con, STAGED, folder / "observations" / stem)
        entry = replace(entry, parquet=stem)
    if memberships:
        write_memberships(con, memberships, entry, folder / "memberships" / stem)
        entry = replace(entry, memberships=stem)
    if problems:
        write_problems(con, problems, entry, folder / "problems" / stem)
        entry = replace(entry, problems=stem)
    return replace(entry, kept=kept(folder, entry))


def manifest_of(root: Path) -> Manifest:
    """Return what the store below ``root`` holds."""
    return read_manifest(root)


__all__ = ["Observed", "Outcome", "Report", "load", "manifest_of"]
