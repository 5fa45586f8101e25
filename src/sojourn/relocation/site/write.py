"""Write a site's tables as CSV, in the order of their schemas."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from sojourn.errors import SiteRefused
from sojourn.files import new_folder
from sojourn.relocation.site.example_tables import SYNTHETIC, ExampleTables
from sojourn.relocation.site.private import make_private
from sojourn.relocation.site.rules import default_needs_map_text
from sojourn.relocation.site.schema import TABLES, read_schema


def table_csv(table: str, rows: Sequence[Mapping[str, object]]) -> str:
    r"""Return the CSV text of one table.

    >>> table_csv("travel", [{"place_id": "L1", "minutes": 95}])
    'place_id,minutes\nL1,95\n'
    """
    schema = read_schema(table)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(schema.fields)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in schema.fields])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ";".join(str(part) for part in value)
    return str(value)


def write_example(tables: ExampleTables, folder: Path) -> None:
    """Write a synthetic site into a new folder, all of it or nothing.

    Raises
    ------
    SiteRefused
        The folder exists and is not empty.
    """
    with new_folder(folder, error=SiteRefused) as inside:
        for table in TABLES:
            rows = getattr(tables, table, None)
            text = default_needs_map_text() if rows is None else table_csv(table, rows)
            inside.write(f"{table}.csv", text)
        inside.write("rules.toml", tables.rules)
        inside.write("README.txt", f"{SYNTHETIC}.\n")
        make_private(inside.path)
