"""A brief from the store and, where one was made, a run."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.errors import SimulateError
from sojourn.pipeline.malaria import mobile_share
from sojourn.pipeline.targets import progress
from sojourn.pipeline.writing import write_whole
from sojourn.publish.brief import Brief, brief_document
from sojourn.publish.page import render_html
from sojourn.publish.paper import render_pdf
from sojourn.simulate.parameters import parameters
from sojourn.store.observations import Store

WORLD = "900"


def read_run(path: Path, topic: str, area: str) -> dict[str, Any]:
    """Return the summary of a run: a file, or a run's folder.

    Raises
    ------
    SimulateError
        There is none for this place, or it is of another topic.
    """
    file = path / f"summary-{area}.json" if path.is_dir() else path
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SimulateError(
            f"{file}: no summary of a run ({error})",
            hint=f"make it: sojourn simulate {topic} --area ... --out ...",
        ) from None
    missing = {"run", "scenarios"} - set(told)
    of = told.get("topic", "malaria" if "closed_form" in told else "tb")
    if missing or topic != of:
        raise SimulateError(f"{file}: is no summary of a {topic} run", hint="name another file")
    return dict(told)


def write_brief(
    store: Store,
    topic: str,
    out: Path,
    *,
    area: str = WORLD,
    run: Path | None = None,
    languages: Sequence[str] = ("en",),
    as_of: date | None = None,
) -> list[Path]:
    """Write a brief as page and paper.

    Raises
    ------
    SimulateError, NoSuchObservation
        WHO's files are not loaded, or the run is not of this place.
    """
    found = progress(store, topic, areas=[area], as_of=as_of)
    try:
        value, cell = mobile_share(store, area, as_of)
        share: tuple[float, str] | None = (100.0 * value, cell)
    except SimulateError:
        share = None
    told = {} if run is None else read_run(run, topic, area)
    editions = {t.edition for t in found.trackings if t.edition} | set(told.get("editions", {}).values())  # fmt: skip
    newest = max((e.partition("@")[2] for e in editions), default="1900-01-01")
    brief = Brief(
        topic=topic,
        area=area,
        trackings=tuple(found.trackings),
        share=share,
        run=told,
        known=parameters(topic),
        dated=date.fromisoformat(newest),
        editions=tuple(sorted(editions)),
    )
    written = []
    for language in languages:
        document = brief_document(brief, language)
        stem = f"brief-{topic}-{area}.{language}"
        for name, content in (
            (f"{stem}.html", render_html(document).encode()),
            (f"{stem}.pdf", render_pdf(document)),
        ):
            write_whole(out / name, content)
            written.append(out / name)
    return written
