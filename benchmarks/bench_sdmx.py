"""SDMX: our writers beside pysdmx's, peak memory, clients at once; each in one run.

Usage: ``python benchmarks/bench_sdmx.py [DATA DATASET [SECONDS]]``. Eight
clients ask for SECONDS (5 unless told; 60 is what the target is held against). Targets: CSV 600,000
and JSON and ML 200,000 observations per CPU-second; peak memory at 3,000,000 observations at most 1.5
times that at 10,000 plus 64 MB; a question 50 ms at the median.
"""

import resource
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sojourn.query.opening import open_data
from sojourn.sdmx.model.dsd import flow_id
from sojourn.sdmx.run import structures
from sojourn.sdmx.run.asked import asked
from sojourn.sdmx.run.data import messages
from sojourn.sdmx.run.surface import Surface, opened
from sojourn.sdmx.writers import csv, json, structure_json, xml
from sojourn.sdmx.writers.data import DataMessage

Write = Callable[[Sequence[DataMessage]], Iterator[str]]
WRITERS: dict[str, Write] = {
    "CSV 2.0": lambda m: csv.write(m, "2.0"),
    "JSON 2.0": lambda m: json.write(m, "2.0"),
    "ML 2.1 structure-specific": xml.write,
    "ML 2.1 generic": lambda m: xml.write(m, generic=True),
    "ML 3.0": lambda m: xml.write(m, form="3.0"),
    "ML 3.1": lambda m: xml.write(m, form="3.1"),
}
CLIENTS = 8
STOCK = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
QUESTIONS = {
    "one series": f"{STOCK}/A.MIGRANT_STOCK.276._T",
    "a country": f"{STOCK}/*.*.276",
    "a map": f"{STOCK}/A.MIGRANT_STOCK.*._T?c%5BTIME_PERIOD%5D=2015",
}


def peak() -> float:
    """Return the peak of resident memory, MB; a child would inherit that of its parent elsewhere."""
    told = Path("/proc/self/status")
    if told.is_file():
        line = next(x for x in told.read_text("utf-8").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(surface: Surface, dataset: str, count: int) -> None:
    """Print how fast each of our writers is, on every edition without the keys that were dropped."""
    flow = surface.flow(flow_id(dataset))
    begun = time.process_time()
    structures.schema(surface, [flow])  # a server has the names of codes from its first answer on
    print(f"names of all codes, once a server: {time.process_time() - begun:.2f} CPU-s")
    for name, write in WRITERS.items():
        begun = time.process_time()
        made, _ = messages(surface, [flow], asked("includeHistory=true"))
        size = sum(len(piece) for piece in write([m for m in made if not m.deleted]))
        spent = time.process_time() - begun
        print(
            f"sojourn  {name:28} {count / spent:12,.0f} obs/CPU-s  {size / 1e6:8.1f} MB  peak {peak():.0f} MB"
        )


def theirs(surface: Surface, dataset: str, rows: int) -> None:
    """Write the first rows with pysdmx, read from our CSV with our structure."""
    import tempfile
    import warnings

    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        from pysdmx.io import get_datasets, write_sdmx
        from pysdmx.io.format import Format

        flow = surface.flow(flow_id(dataset))
        made, _ = messages(surface, [flow], asked("c%5BTIME_PERIOD%5D=ge:1900"))
        text = "".join(csv.write(made[:1], "2.0"))
        data, told = Path(folder) / "data.csv", Path(folder) / "structure.json"
        data.write_text("\n".join(text.splitlines()[: rows + 1]), "utf-8")
        told.write_text(structure_json.write(structures.schema(surface, [flow]), "2.0"), "utf-8")
        held = get_datasets(data, told, validate=False)
        for form in (Format.DATA_SDMX_CSV_2_0_0, Format.DATA_SDMX_ML_3_0):
            begun = time.process_time()
            write_sdmx(held, form)
            spent = time.process_time() - begun
            print(f"pysdmx   {form.name:28} {rows / spent:12,.0f} obs/CPU-s")


def memory(surface: Surface, wanted: int) -> None:
    """Write so many observations of all dataflows as CSV, and print the peak of this process."""
    made, _ = messages(surface, list(surface.flows().values()), asked("includeHistory=true"))
    held = 0
    for piece in csv.write(made, "2.0"):
        held += piece.count("\r\n")
        if held > wanted:
            break
    print(f"memory: {held - 1:>10,} observations, peak {peak():.0f} MB")


def clients(address: str, seconds: float) -> None:
    """Ask with several clients at once, and print medians, the 95th of 100, and what failed."""
    times: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    failed: list[str] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        while time.monotonic() < end:
            for name, path in QUESTIONS.items():
                begun = time.perf_counter()
                try:
                    with urllib.request.urlopen(address + path, timeout=60) as found:
                        found.read()
                except OSError as error:
                    failed.append(f"{name}: {error}")
                times[name].append((time.perf_counter() - begun) * 1000)

    running = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    for name, held in times.items():
        held.sort()
        middle, late = held[len(held) // 2], held[int(len(held) * 0.95)]
        print(
            f"{CLIENTS} clients, {name:12} {len(held):6,} answers, p50 {middle:.0f} ms, p95 {late:.0f} ms"
        )
    print(f"{CLIENTS} clients for {seconds:.0f} s: {len(failed)} errors {failed[:3] or ''}")


def alone(address: str) -> None:
    """Print the median of each question when nobody else asks."""
    for name, path in QUESTIONS.items():
        took = []
        for _ in range(9):
            begun = time.perf_counter()
            with urllib.request.urlopen(address + path, timeout=60) as found:
                found.read()
            took.append((time.perf_counter() - begun) * 1000)
        print(f"alone,     {name:12} median {sorted(took)[4]:.0f} ms (target 50)")


def served(data: str, seconds: float) -> None:
    """Start a server on loopback, ask it, stop it."""
    command = [sys.executable, "-m", "sojourn", "serve", "--port", "0"]
    command += ["--data", data] if data else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = next(
            line.partition(" ")[0].rstrip("/") for line in server.stdout if "http" in line
        )
        try:
            alone(address)
            clients(address, seconds)
        finally:
            server.terminate()


def main() -> None:
    """Run all of it and print a line each; without arguments, on the embedded edition."""
    if sys.argv[1:2] == ["--memory"]:
        store, _ = open_data(Path(sys.argv[2]) if sys.argv[2] else None)
        with opened(store) as surface:
            memory(surface, int(sys.argv[3]))
        return
    data, dataset = sys.argv[1:3] if len(sys.argv) > 2 else ("", "undesa.ims")
    store, _ = open_data(Path(data) if data else None)
    with opened(store) as surface:
        query = "SELECT count(*) FROM serving WHERE dataflow = $d"
        [(count,)] = surface.table.cursor().execute(query, {"d": dataset}).fetchall()
        print(f"{dataset}: {count:,} observations; peak before {peak():.0f} MB")
        ours(surface, dataset, count)
        theirs(surface, dataset, min(count, 20_000))
    for wanted in (10_000, 3_000_000):  # each in a process of its own: a peak never falls
        subprocess.run([sys.executable, __file__, "--memory", data, str(wanted)], check=True)
    served(data, float(sys.argv[3]) if len(sys.argv) > 3 else 5.0)


if __name__ == "__main__":
    main()
