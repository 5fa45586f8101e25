"""Coverage at load: what the editions of a load hold of the world, and what must be asked of them."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.errors import CoverageInDoubt
from sojourn.loading.outcome import Outcome
from sojourn.sources.declaration import Registry
from sojourn.store.contracts import held_to, not_held
from sojourn.store.coverage import COMPUTED, WHOLE, assess
from sojourn.store.manifest import Manifest
from sojourn.store.measures import Tallies


def covered(
    before: Manifest,
    manifest: Manifest,
    outcomes: Sequence[Outcome],
    known: Registry,
    accept: str,
    tallies: Tallies,
    *,
    strict: bool,
) -> tuple[Manifest, list[Outcome]]:
    """Return the manifest with the coverage of what was loaded, and the outcomes that tell it.

    Parameters
    ----------
    tallies : mapping of str to mapping
        What the files of this load hold of each indicator, by digest.

    Raises
    ------
    CoverageInDoubt
        ``strict``, and an edition is partial or raises a question.
    """
    touched = {o.edition for o in outcomes if o.edition}
    if accept:
        files = tuple(
            replace(f, accepted=accept) if f.edition in touched and f.holds != WHOLE else f
            for f in manifest.files
        )
        manifest = replace(manifest, files=files)
    held = {f.edition: f.dataset for f in manifest.files}
    datasets = {held[e] for e in touched if e in held}
    if manifest.files == before.files and all(before.covered(e) for e in touched if e in held):
        return before, list(outcomes)
    frames = {d.id: d.frame for d in known.datasets.values()}
    missing = {
        f.dataset
        for f in manifest.files
        if manifest.covered(f.edition) is None and not f.dataset.startswith(COMPUTED)
    }
    manifest = assess(with_declared_extent(manifest, known), frames, datasets | missing, tallies)
    last = {o.edition: o for o in outcomes if o.status == "loaded"}
    told = [_told(o, manifest, last=last.get(o.edition) is o) for o in outcomes]
    if strict:
        _refuse(told)
    return manifest, told


def with_declared_extent(manifest: Manifest, known: Registry) -> Manifest:
    """Return the manifest with what is declared that its files hold, where an older store lacks it."""
    files = tuple(
        replace(f, holds=e.holds)
        if not f.holds and (e := known.editions.get(f.edition)) is not None and f.sha256 in e.files
        else f
        for f in manifest.files
    )
    return replace(manifest, files=files)


def _told(outcome: Outcome, manifest: Manifest, *, last: bool) -> Outcome:
    """Return an outcome with its coverage; of a whole declared edition the last file tells alone.

    What only a whole table can keep is no contradiction of a part, and is told.
    """
    found = manifest.covered(outcome.edition) if outcome.status == "loaded" else None
    whole = found is not None and outcome.verified and found.status == "complete"
    if found is None or (whole and not (last and found.told)):
        return outcome
    if found.is_part:
        held, left = held_to(outcome.found)
        notes = (*outcome.notes, not_held(left)) if left else outcome.notes
        outcome = replace(outcome, found=held, notes=notes)
    return replace(outcome, coverage=found, questions=found.questions)


def _refuse(outcomes: Sequence[Outcome]) -> None:
    for o in outcomes:
        doubts = [] if o.coverage is None or o.coverage.accepted else list(o.questions)
        if o.coverage is not None and o.coverage.status == "partial":
            doubts += o.coverage.reasons
        if doubts:
            raise CoverageInDoubt(
                f"{o.name}: {o.edition}: {'; '.join(doubts)}",
                hint='look at the file; if it is right, load it with --accept-coverage "reason"',
            )
