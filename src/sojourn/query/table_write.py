"""A table written to a file, in the form of the file's ending."""

from pathlib import Path

from sojourn.errors import PublishError
from sojourn.files import new_file, write_whole
from sojourn.query.table_model import Table

FORMS = (".csv", ".json", ".md", ".parquet", ".arrow")


def write_table(table: Table, out: Path, *, tidy: bool = False) -> int:
    """Write a table to a file in one step; return the number of rows.

    Raises
    ------
    PublishError
        The file's ending is unknown, or it cannot be written.
    """
    ending = out.suffix.lower()
    if ending not in FORMS:
        raise PublishError(
            f"{out}: no format has the ending {out.suffix!r}", hint=f"use one of {', '.join(FORMS)}"
        )
    texts = {".csv": table.csv, ".json": table.json, ".md": table.markdown}
    if ending in texts:
        write_whole(out, texts[ending](tidy=tidy))
        return len(table.tidy() if tidy else table.wide())
    found = table.arrow(tidy=tidy)
    with new_file(out) as path:
        if ending == ".parquet":
            import pyarrow.parquet  # type: ignore[import-untyped]  # it has no stubs

            pyarrow.parquet.write_table(found, path)
        else:
            import pyarrow.feather  # type: ignore[import-untyped]  # it has no stubs

            pyarrow.feather.write_feather(found, str(path))
    return int(found.num_rows)
