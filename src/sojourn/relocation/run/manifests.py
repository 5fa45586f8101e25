"""Manifests of a written plan as pages and papers, each document in a process of its own.

A typesetter keeps what it has set: one process for all the lists of 100,000 people grew to 19 GB.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sojourn.errors import PublishError
from sojourn.processes import cores, processes
from sojourn.publish import Document, render_html, render_pdf
from sojourn.relocation.lists.manifest import manifests, words_of
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.run.printed import remember
from sojourn.relocation.run.relocate import read_plan
from sojourn.relocation.run.written import short_digest
from sojourn.relocation.site.private import add_private

TRIPS_A_FILE = 300  # a larger plan is printed in numbered parts
ALONE_BELOW = 40  # trips; starting a process would take longer than setting them


@dataclass(frozen=True, slots=True)
class _List:
    """One document: some trips of a plan in a language, for the operator or the driver."""

    language: str
    driver: bool
    trips: slice
    part: str
    digest: str

    @property
    def stem(self) -> str:
        number = f".{self.part.partition('/')[0]}" if self.part else ""
        return f"{'driver' if self.driver else 'manifest'}.{self.language}{number}"


def write_manifests(
    plan_folder: Path,
    out: Path,
    languages: Sequence[str],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Write the operator's and the driver's lists in each language; return what was written.

    Where each list will lie is remembered before the first is written, so that a purge finds them
    even after an interruption.

    Raises
    ------
    PlanMismatch
        The folder holds no plan.
    PublishError
        A language has no words, the plan no trip, or a file cannot be written.
    """
    plan = read_plan(plan_folder)
    for language in languages:
        words_of(language)
    if not plan.trips:
        raise PublishError("the plan has no trip", hint="there is nothing to print")
    lists = _lists(plan, languages)
    names = [out / f"{one.stem}.{kind}" for one in lists for kind in ("html", "pdf")]
    remember(plan_folder, names)
    made: dict[str, str | bytes] = {}
    todo = iter(names)
    for done, (one, contents) in enumerate(zip(lists, _set_all(plan, lists), strict=True), start=1):
        for content in contents:
            made[next(todo).name] = content
        if progress is not None:
            progress(one.language, done, len(lists))
    return add_private(out, made)


def is_list_of(plan: Proposal, path: Path) -> bool:
    """Whether a page or paper is the list that this version prints of a plan, whatever a record says of it.

    Raises
    ------
    PublishError
        There is no such list, or it cannot be set.
    """
    kind, _, rest = path.name.removesuffix(path.suffix).partition(".")
    wanted = {one.stem: one for one in _lists(plan, [rest.partition(".")[0]])}
    one = wanted.get(f"{kind}.{rest}")
    if one is None:
        return False
    document = _document(_some(plan, one), one)
    made = render_pdf(document) if path.suffix == ".pdf" else render_html(document).encode()
    return path.read_bytes() == made


def _lists(plan: Proposal, languages: Sequence[str]) -> list[_List]:
    """Return the documents to print, in order: languages, versions, parts."""
    starts = range(0, len(plan.trips), TRIPS_A_FILE)
    parts = [f"{n + 1:0{len(str(len(starts)))}}/{len(starts)}" for n in range(len(starts))]
    digest = short_digest(plan)
    return [
        _List(
            language,
            driver,
            slice(start, start + TRIPS_A_FILE),
            part if len(parts) > 1 else "",
            digest,
        )
        for language in dict.fromkeys(languages)
        for driver in (False, True)
        for start, part in zip(starts, parts, strict=True)
    ]


def _set_all(plan: Proposal, lists: Sequence[_List]) -> Iterator[tuple[bytes, bytes]]:
    """Yield page and paper of each list, in order; few of them are under way at a time."""
    if len(plan.trips) < ALONE_BELOW:
        yield from (_set(_some(plan, one), one) for one in lists)
        return
    workers = min(cores(), len(lists))
    waiting = iter(lists)
    broken = PublishError(
        "a process that set a list ended before it was done",
        hint="lists written so far are whole: print again, with more memory or one --language",
    )
    with processes(workers, broken, tasks_each=1) as pool:
        under_way = [
            pool.submit(_set, _some(plan, one), one) for one in islice(waiting, workers + 1)
        ]
        while under_way:
            contents = under_way.pop(0).result()
            under_way += [pool.submit(_set, _some(plan, one), one) for one in islice(waiting, 1)]
            yield contents


def _some(plan: Proposal, one: _List) -> Proposal:
    """Return a plan with the trips of one list, and nothing that a list does not print."""
    trips = plan.trips[one.trips]
    named = {t.id for t in trips}
    rows = tuple(row for row in plan.manifest if row.trip_id in named)
    return replace(plan, trips=trips, manifest=rows, assignments=(), unplaced=(), out_of_plan=())


def _set(plan: Proposal, one: _List) -> tuple[bytes, bytes]:
    """Return a list as page and paper."""
    return _page(plan, one), render_pdf(_document(plan, one))


def _page(plan: Proposal, one: _List) -> bytes:
    return render_html(_document(plan, one)).encode()


def _document(plan: Proposal, one: _List) -> Document:
    return manifests(plan, one.language, driver=one.driver, part=one.part, digest=one.digest)
