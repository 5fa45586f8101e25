"""Write docs/sources.md: every edition that the package declares, with its terms.

    python scripts/list_sources.py

Run it when an edition is declared; a test fails while the list lacks one.
"""

from pathlib import Path

from sojourn.sources.declaration import Edition, registry

HEAD = """# Publishers, editions and terms

What the package declares. A file of one of these layouts that is not listed loads as an unverified
copy of the edition it states; `sojourn load --declare` adds editions of your own.

| edition | title | terms | redistribution | files known |
|---|---|---|---|---|
"""
FOOT = """
`attribution`: may be shipped with the source named. `cited-facts`: single figures may be quoted with
the source; the embedded edition carries no more. `none`: `sojourn pack` refuses it.

Not supported, file not seen: Eurostat `migr_asyunaa` (unaccompanied minors) and `migr_asyappctza` by age. No file of
theirs was at hand and no documentation of their columns by the publisher was found; what the factsheet says of minors
is cited from Eurostat's news release of 2 May 2016. An SDMX-CSV download of them loads as any other (`sojourn declare`).

## What loading holds a file against, and what it costs

A file that stands alone is held against what is declared of its edition (numbers of each indicator and period), and
the sums of its places against world totals of other editions (`world_totals.csv`, 39 indicators): the cell in which a
publisher prints the world (an address that `sojourn trace` takes), else the sum over the places or incidents of an
edition; each row says which, and which copy was laid out by another hand. `scripts/trace_world_totals.py STORE` writes
them; of a year that no edition at hand holds, there is no row, and the years between are taken along a line. How far
a file may lie from them, and which indicator lends its years to another (mid-year population to that of 1 January),
is in `world_tolerances.csv`: what the editions at hand differ by is measured, the factor itself is a judgement with its
reason. A part is held against none of them, nor to contracts that only a whole table can keep. What that cannot tell: indicators of which no world total is at hand (remittances
sent, immigration and emigration, decisions of UNHCR, migration by origin of countries alone), a swap of two measures
alike in size (stateless and asylum-seekers), a factor below the tolerance of the indicator (1.3 to 5), and too little
in a file of few places. With an earlier edition in the store, all of these are compared key by key.

The 55 files of eight publishers' folders (3.1 million observations) load with every contract in 5.7 to 6.5 CPU seconds and
290 MB, 2.1 times (an idle machine) to 2.9 times (a busy one) what pandas with calamine needs only to read them; the
target, 1.6 times, is not reached. `benchmarks/bench_load.py` prints both. Of 5.7 s: imports 0.4; unpacking sheets 0.6 and
text 0.4; labels and numbers, 20 to 35 ns a cell, 1.2; laying out for DuckDB 0.8; contracts 0.5, of which half is planning
84 questions, not answering them; Parquet 0.7, of which compressing is 0.1; coverage 0.3. What was tried and left: writing
Parquet straight from the codes (0.3 s less, other bytes for equal rows), other ways to factor labels (none quicker), another
memory allocator's settings (nothing), tables instead of a view for the contracts (0.1 s less, 0.4 s more to make them).
"""


def row(edition: Edition) -> str:
    """Return one line of the table."""
    cells = (edition.id, edition.title, edition.license, edition.redistribution, len(edition.files))
    return f"| {' | '.join(map(str, cells))} |\n"


if __name__ == "__main__":
    editions = sorted(registry().editions.values(), key=lambda e: e.id)
    page = HEAD + "".join(row(e) for e in editions) + FOOT
    (Path(__file__).parents[1] / "docs" / "sources.md").write_text(page, "utf-8")
