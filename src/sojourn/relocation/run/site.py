"""Bring the tables of another system into a site folder, all of them or none."""

from importlib.resources import files
from pathlib import Path

from sojourn.errors import SiteRefused
from sojourn.files import place_files, scratch
from sojourn.relocation.site.columns import ColumnMap, read_column_maps
from sojourn.relocation.site.fault import Fault, refusal
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.schema import REQUIRED_TABLES, TABLES
from sojourn.relocation.site.table import Table, read_bytes, read_table
from sojourn.relocation.site.write import table_csv

MAPPINGS = ("kobo", "odk", "primero")


def mapping_text(name: str) -> str:
    """Return one of the packaged example mappings."""
    return files("sojourn.relocation.site").joinpath("mappings", f"{name}.toml").read_text("utf-8")


def import_tables(source: Path, mapping: Path, out: Path) -> dict[str, int]:
    """Read another system's export by a mapping, check every row, and write our tables.

    Parameters
    ----------
    source : Path
        Folder of the export; ``mapping`` names the files in it.
    out : Path
        A new folder, or a site that does not have these tables yet.

    Returns
    -------
    dict
        Table to its number of rows.

    Raises
    ------
    SiteRefused
        A required field has no source, a row is faulty, or a table would be written over.
    """
    text, fault = read_bytes(mapping, mapping.name)
    if fault:
        raise refusal([fault])
    maps, faults = read_column_maps(text, file=mapping.name, complete=True)
    if not maps and not faults:
        faults = [Fault(mapping.name, 0, "", "no table", f"one of {', '.join(TABLES)}")]
    if faults:
        raise refusal(faults)
    found = {table: _read(source, table, columns) for table, columns in maps.items()}
    faults = [f for table in found.values() for f in table.faults]
    if faults:
        raise refusal(faults)
    _write({t: table_csv(t, [row for _, row in f.rows]) for t, f in found.items()}, out)
    return {t: len(f.rows) for t, f in found.items()}


def _read(source: Path, table: str, columns: ColumnMap) -> Table:
    text, fault = read_bytes(source / columns.file, columns.file)
    if fault:
        return Table(columns.file, faults=(fault,))
    return read_table(columns.file, text, table, columns)


def _write(texts: dict[str, str], out: Path) -> None:
    """Write the tables beside what a site has; a complete site is read again before."""
    taken = [n for t in texts for s in (".csv", ".json") if (out / (n := f"{t}{s}")).exists()]
    if taken:
        raise SiteRefused(
            f"{out}: already has {', '.join(taken)}",
            hint="name a new folder; a table is never written over another",
        )
    kept = [p for p in out.iterdir() if p.is_file()] if out.is_dir() else []
    new = {f"{table}.csv": text for table, text in texts.items()}
    stems = {*(p.stem for p in kept), *texts, "needs_map"}  # which is packaged
    if {*REQUIRED_TABLES, "rules"} <= stems:
        with scratch() as inside:
            for path in kept:
                inside.write(path.name, path.read_bytes())
            for name, text in new.items():
                inside.write(name, text)
            read_site(inside.path)  # what is there and what is new have to agree
    made = not out.exists()
    place_files(out, new, error=SiteRefused)
    for name in new:
        (out / name).chmod(0o600)
    if made:
        out.chmod(0o700)
