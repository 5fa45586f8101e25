"""Newer editions of what a store holds, as the declarations know them, and how to get each."""

from dataclasses import dataclass

from sojourn.sources.declaration import Registry
from sojourn.store.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A declared edition that was released after the newest one held.

    Attributes
    ----------
    held, edition : str
        Day of the newest edition held; day of the newer one.
    how : str
        The command that fetches it, or the page to download it from by hand.
    """

    dataset: str
    title: str
    held: str
    edition: str
    license: str
    how: str
    by_hand: bool


def newer(manifest: Manifest, known: Registry) -> list[Newer]:
    """Return the newer editions of every dataset held, by dataset and day of release."""
    held: dict[str, str] = {}
    for file in manifest.files:
        held[file.dataset] = max(held.get(file.dataset, ""), file.vintage)
    return [
        _newer(known, dataset, day, edition.vintage.isoformat())
        for dataset, day in sorted(held.items())
        for edition in known.of_dataset(dataset)
        if edition.vintage.isoformat() > day
    ]


def _newer(known: Registry, dataset: str, held: str, day: str) -> Newer:
    edition = next(e for e in known.of_dataset(dataset) if e.vintage.isoformat() == day)
    newest = known.of_dataset(dataset)[-1].vintage.isoformat()
    dated = any(a.dataset == dataset and a.edition == day for a in known.addresses)
    replaced = any(a.dataset == dataset and not a.edition for a in known.addresses)
    if dated:
        how = f"sojourn fetch {dataset}@{day}"
    elif replaced and day == newest:
        how = f"sojourn fetch {dataset}"
    else:
        page = known.datasets[dataset].landing_page if dataset in known.datasets else ""
        how = f"by hand from {page or 'its publisher'}, then: sojourn load FILE"
    return Newer(
        dataset=dataset,
        title=edition.title,
        held=held,
        edition=day,
        license=edition.license,
        how=how,
        by_hand=how.startswith("by hand"),
    )
