"""SDMX writers: observations per CPU-second and peak memory, ours beside pysdmx's, in one run.

Usage: ``python benchmarks/bench_sdmx.py DATA DATASET`` on a loaded data directory.
"""

import resource
import sys
import time
import warnings
from pathlib import Path

from sojourn.query.opening import open_data
from sojourn.sdmx.model.dsd import flow_id
from sojourn.sdmx.run.asked import asked
from sojourn.sdmx.run.data import message
from sojourn.sdmx.run.surface import Surface, opened
from sojourn.sdmx.writers import csv, json, xml

WRITERS = {
    "CSV 2.0": lambda m: csv.write(m, "2.0"),
    "JSON 2.0": lambda m: json.write(m, "2.0"),
    "ML 2.1 structure-specific": xml.write,
    "ML 2.1 generic": lambda m: xml.write(m, generic=True),
}


def peak() -> float:
    """Return the peak of resident memory, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(surface: Surface, dataset: str, count: int) -> None:
    """Print how fast each of our writers is."""
    flow = surface.flow(flow_id(dataset))
    for name, write in WRITERS.items():
        begun = time.process_time()
        made, _ = message(surface, flow, asked("includeHistory=true"))
        size = sum(len(piece) for piece in write(made))
        spent = time.process_time() - begun
        print(
            f"sojourn  {name:28} {count / spent:12,.0f} obs/CPU-s  {size / 1e6:8.1f} MB  peak {peak():.0f} MB"
        )


def theirs(surface: Surface, dataset: str, rows: int) -> None:
    """Write the first rows with pysdmx, read from our CSV."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysdmx.io import read_sdmx, write_sdmx
        from pysdmx.io.format import Format

        flow = surface.flow(flow_id(dataset))
        made, _ = message(surface, flow, asked("includeHistory=true"))
        lines = "".join(csv.write(made, "2.0")).splitlines()[: rows + 1]
        data = read_sdmx("\n".join(lines)).data
        for form in (
            Format.DATA_SDMX_CSV_2_0_0,
            Format.DATA_SDMX_JSON_2_0_0 if hasattr(Format, "DATA_SDMX_JSON_2_0_0") else None,
        ):
            if form is None:
                continue
            begun = time.process_time()
            write_sdmx(data, form)
            spent = time.process_time() - begun
            print(f"pysdmx   {form.name:28} {rows / spent:12,.0f} obs/CPU-s")


def main() -> None:
    """Run both and print a line each."""
    store, _ = open_data(Path(sys.argv[1]))
    dataset = sys.argv[2]
    with opened(store) as surface:
        query = "SELECT count(*) FROM serving WHERE dataflow = $d"
        [(count,)] = surface.table.cursor().execute(query, {"d": dataset}).fetchall()
        print(f"{dataset}: {count:,} observations; peak before {peak():.0f} MB")
        ours(surface, dataset, count)
        theirs(surface, dataset, min(count, 100_000))


if __name__ == "__main__":
    main()
