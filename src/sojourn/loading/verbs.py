"""Publishers' files into a data directory from Python, by the names of the command line."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.terminal.asked import path_of, paths_of
from sojourn.terminal.rows import Rows

if TYPE_CHECKING:
    from sojourn.loading.declare import Draft
    from sojourn.loading.fetch import Fetched
    from sojourn.loading.newer import Newer
    from sojourn.loading.outcome import Report
    from sojourn.loading.upgrade import Upgraded


def load_files(
    paths: Iterable[Path | str] | Path | str,
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
    Misasked
        What was given is no path.
    """
    from sojourn.loading.load import load
    from sojourn.sources.declaration import registry, with_declared

    known = registry()
    if declare is not None:
        known = with_declared(path_of(declare, "a file of declarations"))
    return load(
        paths_of(paths, "a file"),
        path_of(data, "a data directory"),
        known,
        edition=edition,
        strict=strict,
        accept_coverage=accept_coverage,
    )


def fetch_files(
    sources: Iterable[str] | str,
    data: Path | str,
    *,
    base_url: str = "",
    attempts: int = 5,
    load: bool = False,
) -> "Rows[Fetched]":
    """Download editions of publishers, datasets or editions; with ``load``, load what arrived.

    A download that failed is a row of status ``failed`` with its error; the others are kept.

    Raises
    ------
    FetchFailed
        Nobody declares an address for one of them.
    """
    from sojourn.loading.fetch import chosen, fetch
    from sojourn.loading.transfer import Patience
    from sojourn.sources.declaration import registry

    known = registry()
    named = [sources] if isinstance(sources, str) else list(sources)
    patience = Patience(attempts=attempts)
    done = fetch(Path(data), chosen(known, named), known, base_url=base_url, patience=patience)
    arrived = [Path(f.path) for f in done if f.status in ("new", "changed")]
    about = {"report": load_files(arrived, data)} if load and arrived else {}
    return Rows(done, about)


def fetch_list() -> Rows[dict[str, Any]]:
    """Return every dataset with its terms, its landing page and the files that can be fetched.

    Examples
    --------
    >>> import sojourn
    >>> [row["publisher"] for row in sojourn.fetch_list() if row["dataset"] == "undesa.ims"]
    ['UN DESA, Population Division']
    """
    from sojourn.sources.declaration import registry

    known = registry()
    rows = []
    for dataset in sorted(known.datasets.values(), key=lambda d: d.id):
        editions = known.of_dataset(dataset.id)
        rows.append(
            {
                "dataset": dataset.id,
                "publisher": dataset.publisher,
                "title": dataset.title,
                "terms": editions[-1].license if editions else "not stated",
                "landing_page": dataset.landing_page,
                "files": [asdict(a) for a in known.addresses if a.dataset == dataset.id],
            }
        )
    return Rows(rows)


def fetch_newer(data: Path | str | None = None) -> "Rows[Newer]":
    """Return the newer editions that are declared of what a directory holds, and how to get them.

    Raises
    ------
    NoSuchObservation
        Nothing is loaded there.

    Examples
    --------
    >>> import sojourn
    >>> {"dataset", "held", "edition", "license"} <= set(sojourn.fetch_newer().columns)
    True
    """
    from importlib.resources import files

    from sojourn.errors import NoSuchObservation
    from sojourn.loading.newer import newer
    from sojourn.sources.declaration import registry
    from sojourn.store.manifest import read_manifest

    manifest = read_manifest(Path(data) if data else Path(str(files("sojourn") / "embedded")))
    if not manifest.files:
        raise NoSuchObservation(
            f"{data or 'this installation'}: no data are loaded here",
            hint="load publishers' files first: sojourn load FILE_OR_DIR… --data DIR",
        )
    return Rows(newer(manifest, registry()))


def declare_file(
    file: Path | str,
    *,
    declare: Path | str | None = None,
    new: bool = False,
    out: Path | str | None = None,
) -> "Draft":
    """Draft the declaration of a publisher's file that is new, or that its publisher changed.

    Parameters
    ----------
    declare : Path, optional
        TOML file whose declarations are known already.
    new : bool
        A table of its own: draft a dataset, an edition and a layout, whatever it looks like.
    out : Path, optional
        File to write; it must not exist.

    Raises
    ------
    SourceError
        The file cannot be read, or ``out`` exists.
    """
    from sojourn.errors import SourceError
    from sojourn.files import write_whole
    from sojourn.loading.declare import declare as draft
    from sojourn.sources.declaration import registry, with_declared

    known = with_declared(Path(declare)) if declare is not None else registry()
    found = draft(Path(file), known, new=new)
    if out is not None:
        if Path(out).exists():
            raise SourceError(
                f"{out}: cannot be written (File exists)", hint="name a file that does not exist"
            )
        write_whole(Path(out), found.toml, error=SourceError)
    return found


def upgrade_directory(data: Path | str) -> "Upgraded":
    """Bring a data directory of an earlier version to this one, without the publishers' files."""
    from sojourn.loading.upgrade import upgrade
    from sojourn.sources.declaration import registry

    return upgrade(Path(data), registry())
