"""A data directory opened for reading, or the embedded edition where none is named."""

import logging
from importlib.resources import as_file, files
from pathlib import Path

from sojourn.errors import NoSuchObservation
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import Store, open_store
from sojourn.store.wholeness import require_whole

LOG = logging.getLogger(__name__)

#: The embedded edition of 2015, the seed of the product, and those of other years.
SEED = "embedded"
SHIPPED = {2024: "embedded_2024"}
NEWEST = max(SHIPPED)


def open_data(data: Path | None, year: int | None = None) -> tuple[Store, bool]:
    """Open a data directory for reading, or an embedded edition when none is named.

    Parameters
    ----------
    year : int, optional
        Of the factsheet that is asked for: the embedded edition packed for it, where there is one.

    Returns
    -------
    (Store, bool)
        The store, and whether it is the embedded edition.

    Raises
    ------
    NoSuchObservation
        The directory holds no store.
    StoreError
        A file of the store is gone, cut or changed.
    """
    if data is None:
        with as_file(files("sojourn") / SHIPPED.get(year or 0, SEED)) as folder:
            manifest = read_manifest(folder)
            if not manifest.files:
                raise NoSuchObservation(
                    "this installation holds no embedded edition",
                    hint="name a data directory: --data DIR or SOJOURN_DATA",
                )
            LOG.info("opening the embedded edition, %d files", len(manifest.files))
            return open_store(manifest), True
    manifest = read_manifest(data)
    if not manifest.files:
        raise NoSuchObservation(
            f"{data}: no data are loaded here",
            hint=f"load publishers' files first: sojourn load FILE_OR_DIR… --data {data}",
        )
    require_whole(manifest, data / "store")
    LOG.info("opening %s, %d files", data, len(manifest.files))
    return open_store(manifest), False
