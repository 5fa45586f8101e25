"""Bring the tables of another system into a site folder, all of them or none."""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from sojourn.errors import SiteRefused, counted
from sojourn.files import new_folder, place_files, scratch
from sojourn.relocation.site.check import codes_unknown, imported_faults
from sojourn.relocation.site.export import names_of, text_of, visible
from sojourn.relocation.site.fault import Fault, refusal
from sojourn.relocation.site.joined import read_joined
from sojourn.relocation.site.mapping import ColumnMap, read_column_maps
from sojourn.relocation.site.private import make_private
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.rules import default_needs_map_text, default_rules_text
from sojourn.relocation.site.schema import REQUIRED_TABLES, TABLES
from sojourn.relocation.site.site import NOT_ASKED
from sojourn.relocation.site.table import Table, read_bytes, read_table
from sojourn.relocation.site.unread import told
from sojourn.relocation.site.workbook import days_from_1904
from sojourn.relocation.site.write import table_csv

#: What a new site is handed with.
FIRST = """# What to do first

1. `rules.toml`, `[operation]`: add `departure = 2016-10-24` (the first day), `lat` and `lon` of the site, and a `name`. Read every
   rule; write `approved_by` with a name where one is decided.
2. Tables: fill `place.csv`, `room.csv`, `vehicle.csv`, `escort.csv`. Names stay in `name.csv` (person_id, name), read for
   printed lists alone. `sojourn site schema TABLE` says what each field may hold.
3. People: type `case.csv` and `person.csv`, or remove these two and bring them in:
   `sojourn site mapping kobo > mapping.toml` (or odk, primero), check it against your form, then
   `sojourn site import EXPORT --mapping mapping.toml --out SITE` (EXPORT: a folder, a workbook or a zip).
4. `needs_map.csv`: a practitioner reads each line.
5. `sojourn site check SITE` names every fault; nothing is planned while there is one.
6. `sojourn relocate plan SITE --out PLAN`, then `sojourn relocate desk SITE --ledger LEDGER --device NAME --plan PLAN --keys KEYS`.

This folder holds rows about people in plain text: `sojourn site seal SITE --key FILE` encrypts them. Keep it for its owner alone. The move is voluntary; everyone
may decline without penalty.
"""
MAPPINGS = ("kobo", "odk", "primero")


def mapping_text(name: str) -> str:
    """Return one of the packaged example mappings."""
    return files("sojourn.relocation.site").joinpath("mappings", f"{name}.toml").read_text("utf-8")


def write_new_site(out: Path) -> None:
    """Write an empty site: each table with its header, the rules, and what to do first.

    Raises
    ------
    SiteRefused
        The folder exists and is not empty.
    """
    with new_folder(out, error=SiteRefused) as inside:
        for table in TABLES:
            text = default_needs_map_text() if table == "needs_map" else table_csv(table, [])
            inside.write(f"{table}.csv", text)
        inside.write("rules.toml", default_rules_text())
        inside.write("FIRST.md", FIRST)
        make_private(inside.path)
    make_private(out)


def import_tables(
    source: Path, mapping: Path, out: Path, *, tell: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Read another system's export by a mapping, check every row, and write our tables.

    Parameters
    ----------
    source : Path
        The export: a folder, a workbook or a zip; ``mapping`` names the files or sheets in it.
    out : Path
        A new folder, or a site that does not have these tables yet.
    tell : callable, optional
        Is told what a reader has to check: an encoding that was guessed.

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
    maps, faults = read_column_maps(visible(text), file=mapping.name, complete=True)
    if not maps and not faults:
        faults = [Fault(mapping.name, 0, "", "no table", f"one of {', '.join(TABLES)}")]
    if faults:
        raise refusal(faults)
    if days_from_1904(source):
        maps = {table: one.from_1904() for table, one in maps.items()}
        tell(f"{source.name}: the workbook counts its days from 1904, and so they are read")
    found = _read_all(source, maps, tell)
    faults = [*(f for table in found.values() for f in table.faults), *imported_faults(found)]
    if faults:
        raise refusal(list(dict.fromkeys(faults)))
    for said in (
        *_not_read(source, maps, found),
        *_alike(found),
        *_of_years(maps),
        *_of_needs(found, maps),
        *_of_codes(found, out),
    ):
        tell(said)
    _write({t: table_csv(t, [row for _, row in f.rows]) for t, f in found.items()}, out)
    return {t: len(f.rows) for t, f in found.items()}


def _not_read(
    source: Path, maps: Mapping[str, ColumnMap], found: Mapping[str, Table]
) -> Iterator[str]:
    """Say which tables, rows and columns of an export are not in what was made of it."""
    named = {
        name.casefold().removesuffix(".csv") for m in maps.values() for name in (m.file, *m.join)
    }
    other = [n for n in names_of(source) if n.casefold().removesuffix(".csv") not in named]
    if other:
        yield f"{source.name}: {counted(len(other), 'table is', 'tables are')} not read: {', '.join(other)}"
    yield from told({t: (maps[t].file, one.unread) for t, one in found.items()})


def _alike(found: Mapping[str, Table]) -> Iterator[str]:
    """Say which ids differ in capitals alone: one person who was written down twice, perhaps."""
    for table in ("person", "case"):
        rows = found[table].rows if table in found else ()
        first = dict[str, tuple[int, str]]()
        for number, row in sorted(rows, key=lambda r: r[0]):
            before, other = first.setdefault(row["id"].casefold(), (number, row["id"]))
            if other != row["id"]:
                yield f"{table}: the ids of rows {before} and {number} differ in capitals alone; see that they are two"


def _of_years(maps: Mapping[str, ColumnMap]) -> Iterator[str]:
    """Say how years of two digits are read: somebody of a hundred would be a child."""
    for table, one in maps.items():
        for ours, parts in one.columns.items():
            if any("%y" in p.date_format for p in parts):
                yield f"{table}: a year of two digits in {ours} is read as 1969 to 1999 from 69 on, and as 2000 to 2068 before"


def _of_needs(found: Mapping[str, Table], maps: Mapping[str, ColumnMap]) -> Iterator[str]:
    """Say whom nobody was asked about needs, and what an empty cell was read as."""
    if "person" not in found:
        return
    flags = [row["flags"] for _, row in found["person"].rows]
    if asked := sum(NOT_ASKED in f for f in flags):
        yield (
            f"person: of {counted(asked, 'person', 'people')} nobody was asked about needs (NOT_ASKED, which is not none): "
            'ask them; where your form means none by an empty cell, say empty_is_none = ["flags"]'
        )
    if maps["person"].empty_is_none and (none := sum(not f for f in flags)):
        yield f"person: {counted(none, 'person is', 'people are')} read as without a need; an empty cell is none, as the mapping says"
    if "mobility" not in maps["person"].columns:
        yield "person: no column is mapped to mobility; everybody is read as walking without aid"


def _of_codes(found: Mapping[str, Table], out: Path) -> Iterator[str]:
    """Say where a code of needs stands that the needs map does not list; `site check` refuses it."""
    if "person" not in found:
        return
    own = out / "needs_map.csv"
    text = own.read_text("utf-8-sig") if own.is_file() else default_needs_map_text()
    table = found.get("needs_map") or read_table("needs_map.csv", text, "needs_map")
    unknown = codes_unknown(found["person"], {str(row["flag"]) for _, row in table.rows})
    rows = sorted({n for numbers in unknown.values() for n in numbers})
    if rows:
        shown = ", ".join(map(str, rows[:12])) + (" …" if len(rows) > 12 else "")
        yield (
            f"{found['person'].file}: {counted(len(unknown), 'code')} of needs in {counted(len(rows), 'row')} ({shown}) "
            "that the needs map does not list, which site check refuses: give each a line under [person.values.flags], or a row in needs_map.csv"
        )


def _read_all(
    source: Path, maps: Mapping[str, ColumnMap], tell: Callable[[str], None]
) -> dict[str, Table]:
    """Read every table, cases first: a submission that is left out takes its people with it.

    ODK Central writes whether it was rejected beside the household alone, never beside its members.
    """
    found = dict[str, Table]()
    for table in sorted(maps, key=lambda t: t != "case"):
        out = found["case"].unread.left if table == "person" and "case" in found else frozenset()
        found[table] = _read(source, table, maps[table], tell, out)
    return {table: found[table] for table in maps}


def _read(
    source: Path,
    table: str,
    columns: ColumnMap,
    tell: Callable[[str], None],
    without: frozenset[str] = frozenset(),
) -> Table:
    found = {name: text_of(source, name, tell) for name in (columns.file, *columns.join)}
    if faults := tuple(fault for _, fault in found.values() if fault):
        return Table(columns.file, faults=faults)
    texts = {name: text for name, (text, _) in found.items()}
    if columns.join:
        return read_joined(texts, table, columns, without=without)
    return read_table(columns.file, texts[columns.file], table, columns, without=without)


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
