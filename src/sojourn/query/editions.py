"""What a data directory holds, edition by edition."""

from dataclasses import dataclass
from itertools import groupby

from sojourn.errors import counted
from sojourn.store.covered import Coverage
from sojourn.store.manifest import LoadedFile
from sojourn.store.observations import Store


@dataclass(frozen=True)
class EditionFile:
    """One file of an edition: where it was loaded from, its digest, and what became of its cells."""

    name: str
    path: str
    sha256: str
    verified: bool
    receipt: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedEdition:
    """One edition with its coverage and its terms; periods are text, empty when it has none.

    ``coverage`` is None where it was never assessed (an embedded edition holds single figures).
    """

    edition: str
    dataset: str
    vintage: str
    title: str
    publisher: str
    citation: str
    license: str
    redistribution: str
    mark: str
    first: str
    last: str
    observations: int
    coverage: Coverage | None
    files: tuple[EditionFile, ...]

    def __repr__(self) -> str:
        years = f"{self.first}–{self.last}, " if self.first else ""
        return f"<edition {self.edition}: {years}{counted(self.observations, 'observation')}>"


def editions(store: Store) -> list[LoadedEdition]:
    """Return the editions of a store, by dataset and day of release."""
    asked = store.con.execute(
        "SELECT edition, min(time_period), max(time_period), count(*) FROM observation GROUP BY 1"
    ).fetchall()
    covered = {edition: (first, last, n) for edition, first, last, n in asked}
    files = sorted(store.manifest.files, key=lambda f: (f.dataset, f.vintage, f.name))
    return [
        _edition(list(group), store.manifest.covered(edition), *covered.get(edition, ("", "", 0)))
        for edition, group in groupby(files, key=lambda f: f.edition)
    ]


def _edition(
    files: list[LoadedFile], coverage: Coverage | None, first: str, last: str, count: int
) -> LoadedEdition:
    f = files[0]
    return LoadedEdition(
        edition=f.edition,
        dataset=f.dataset,
        vintage=f.vintage,
        title=f.title,
        publisher=f.publisher,
        citation=f.citation,
        license=f.license,
        redistribution=f.redistribution,
        mark="; ".join(sorted({x.mark for x in files} - {""})),
        first=first,
        last=last,
        observations=count,
        coverage=coverage,
        files=tuple(EditionFile(x.name, x.path, x.sha256, x.verified, x.receipt) for x in files),
    )
