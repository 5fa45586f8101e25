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
"""


def row(edition: Edition) -> str:
    """Return one line of the table."""
    cells = (edition.id, edition.title, edition.license, edition.redistribution, len(edition.files))
    return f"| {' | '.join(map(str, cells))} |\n"


if __name__ == "__main__":
    editions = sorted(registry().editions.values(), key=lambda e: e.id)
    page = HEAD + "".join(row(e) for e in editions) + FOOT
    (Path(__file__).parents[1] / "docs" / "sources.md").write_text(page, "utf-8")
