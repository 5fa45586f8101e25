"""What sojourn computes, kept beside what it was computed from: an edition of its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sojourn.store.manifest import LoadedFile, announce, write_manifest, writing
from sojourn.store.observations import STAGED, connect, write_parquet
from sojourn.vocab.observation import COLUMNS


def derived_entry(
    dataset: str,
    digest: str,
    name: str,
    *,
    vintage: str,
    title: str,
    citation: str,
    terms: str,
    run: str = "",
) -> LoadedFile:
    """Return the manifest's entry of a computed edition; its vintage is that of its newest input.

    ``run`` tells runs of one day apart, as in ``sojourn.flows@2022-07-11+pseudo-bayes+2010-2015``.
    """
    return LoadedFile(
        sha256=digest,
        name=name,
        path="",
        dataset=dataset,
        edition=f"{dataset}@{vintage}" + (f"+{run}" if run else ""),
        vintage=vintage,
        title=title,
        states="",
        publisher="sojourn",
        citation=citation,
        landing_page="",
        license=terms,
        redistribution="none",
        basis="declared",
        verified=True,
        layout=dataset,
        observations=0,
    )


def write_derived(
    root: Path, entry: LoadedFile, columns: Callable[[], Mapping[str, Any]], count: int
) -> bool:
    """Write computed observations in one transaction; return whether they were new.

    Parameters
    ----------
    columns : callable
        Returns each column of an observation by its name; NaN in a bound is no bound.

    Raises
    ------
    StoreBusy
        Another process is writing.
    """
    with writing(root) as manifest:
        if manifest.holds(entry.sha256):
            return False
        con = connect()
        con.register("computed", dict(columns()))
        names = ", ".join(
            f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
            if name in ("lower", "upper")
            else f'"{name}"'
            for name, _ in COLUMNS
        )
        con.execute(f"INSERT INTO own SELECT {names} FROM computed")  # noqa: S608 - constants only
        stem = f"{entry.sha256[:24]}.parquet"
        announce(root, stem)
        write_parquet(con, STAGED, root / "store" / "observations" / stem)
        held = replace(entry, parquet=stem, observations=count)
        write_manifest(replace(manifest, files=(*manifest.files, held)))
    return True
