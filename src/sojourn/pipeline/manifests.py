"""Manifests of a written plan as pages and papers."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sojourn.pipeline.printed import remember
from sojourn.pipeline.relocate import read_plan
from sojourn.pipeline.writing import write_whole
from sojourn.publish.manifest import manifests
from sojourn.publish.page import render_html
from sojourn.publish.paper import render_pdf


def write_manifests(
    plan_folder: Path,
    out: Path,
    languages: Sequence[str],
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Path]:
    """Write the operator's and the driver's lists in each language; return what was written.

    Raises
    ------
    PlanMismatch
        The folder holds no plan.
    PublishError
        A language has no words, or a file cannot be written.
    """
    plan = read_plan(plan_folder)
    versions = [(lang, driver) for lang in languages for driver in (False, True)]
    written = []
    for done, (language, driver) in enumerate(versions):
        if progress is not None:
            progress(language, done, len(versions))
        document = manifests(plan, language, driver=driver)
        stem = f"{'driver' if driver else 'manifest'}.{language}"
        for name, content in (
            (f"{stem}.html", render_html(document).encode()),
            (f"{stem}.pdf", render_pdf(document)),
        ):
            write_whole(out / name, content)
            written.append(out / name)
    remember(plan_folder, written)
    return written
