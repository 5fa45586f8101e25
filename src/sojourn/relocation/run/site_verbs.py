"""Making, describing and filling a site from Python, by the names of the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.relocation.run.verbs import SiteFolder
from sojourn.relocation.site.private import warned
from sojourn.terminal.asked import one_of

if TYPE_CHECKING:
    from sojourn.relocation.run.counts import Compared


def site_example(
    out: Path | str, *, people: int = 7000, places: int | None = None, seed: int = 1
) -> SiteFolder:
    """Write a synthetic site, drawn from published totals alone; nobody in it exists.

    Raises
    ------
    SiteRefused
        The folder exists and is not empty, or the numbers are impossible.
    """
    from sojourn.relocation.run.relocate import write_example_site

    write_example_site(Path(out), people=people, seed=seed, places=places)
    return SiteFolder(Path(out))


def site_new(out: Path | str) -> SiteFolder:
    """Write an empty site into a new folder, with a page on what to do first.

    Raises
    ------
    SiteRefused
        The folder exists and is not empty.
    """
    from sojourn.relocation.run.site import write_new_site

    write_new_site(Path(out))
    return SiteFolder(Path(out))


def site_schema(table: str, out: Path | str | None = None) -> dict[str, Any]:
    """Return the published JSON Schema of a table of a site; with ``out`` write all of them.

    Raises
    ------
    Misasked
        There is no such table.

    Examples
    --------
    >>> import sojourn
    >>> sojourn.site_schema("person")["title"]
    'person'
    """
    import json

    from sojourn.files import add_files
    from sojourn.relocation.site.schema import PUBLISHED, schema_text

    if out is not None:
        add_files(Path(out), {f"{name}.schema.json": schema_text(name) for name in PUBLISHED})
    found: dict[str, Any] = json.loads(schema_text(one_of(table, PUBLISHED, "table of a site")))
    return found


def site_mapping(name: str) -> str:
    """Return an example mapping (TOML) of an export of ``kobo``, ``odk`` or ``primero``.

    Examples
    --------
    >>> import sojourn
    >>> "person" in sojourn.site_mapping("kobo")
    True
    """
    from sojourn.relocation.run.site import mapping_text

    return mapping_text(one_of(name, ("kobo", "odk", "primero"), "mapping"))


def site_import(export: Path | str, mapping: Path | str, out: Path | str) -> dict[str, int]:
    """Bring an export (folder, workbook, zip) into a site by a mapping; return the rows of each table.

    Raises
    ------
    SiteRefused
        A column or a word is not mapped.
    """
    from sojourn.relocation.run.site import import_tables

    done = import_tables(Path(export), Path(mapping), Path(out))
    warned(Path(out))
    return done


def site_counts(*files: Path | str) -> "Compared":
    """Return rival counts compared like with like; without files, those of Calais, 2015-16.

    Examples
    --------
    >>> import sojourn
    >>> len(sojourn.site_counts().counts) > 10
    True
    """
    from sojourn.relocation.run.counts import compare

    return compare([Path(f) for f in files])
