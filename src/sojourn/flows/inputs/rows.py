"""Rows of a user's CSV, each with the line that it ends in."""

import csv
from collections.abc import Iterator
from pathlib import Path

from sojourn.errors import EstimateError


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row of a CSV file that is not blank, and the line that it ends in.

    Raises
    ------
    EstimateError
        The file cannot be read, or is no comma-separated text in UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for row in reader:
                if any(c.strip() for c in row):
                    yield reader.line_num, row
    except OSError as error:
        raise EstimateError(
            f"{path}: cannot be read ({error.strerror})", hint="check the path"
        ) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise EstimateError(
            f"{path}: no comma-separated text in UTF-8 ({error})", hint="export it again"
        ) from None
