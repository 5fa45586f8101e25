"""Figures as files: ``figures.csv``, ``figures.json``, ``lineage.json``."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

from sojourn.factsheet.figures.comparison import Verdict
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.figures.lineage import as_json

COLUMNS = (
    "figure_id",
    "label",
    "time_period",
    "sex",
    "area",
    "value",
    "unit",
    "edition",
    "as_of",
    "published_value",
    "published_in",
    "published_on",
    "difference",
    "verdict",
    "reason",
    "lineage_id",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _size(found: Verdict | None) -> float | None:
    """Return how far our number stands from the published one; None where either lacks."""
    apart = found.difference if found else None
    return apart.size if apart else None


def escape(text: str) -> str:
    """Return text that no spreadsheet program takes for a formula.

    Examples
    --------
    >>> escape("=1+1"), escape("Germany")
    ("'=1+1", 'Germany')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def figure_rows(
    values: Sequence[FigureValue],
    verdicts: Mapping[str, Verdict],
    label: Callable[[FigureValue], str],
) -> list[dict[str, object]]:
    """Return one row a value, with IOM's published number beside it where there is one."""
    rows: list[dict[str, object]] = []
    for value in values:
        verdict = verdicts.get(value.lineage_id)
        published = verdict.published if verdict else None
        rows.append(
            {
                "figure_id": value.figure_id,
                "label": label(value),
                "time_period": value.time_period,
                "sex": value.sex,
                "area": value.area,
                "value": value.value,
                "unit": value.unit,
                "edition": value.edition,
                "as_of": value.as_of,
                "published_value": published.value if published else None,
                "published_in": published.published_in if published else None,
                "published_on": published.published_on if published else None,
                "difference": _size(verdict),
                "verdict": verdict.verdict if verdict else None,
                "reason": verdict.reason if verdict else (value.reason or value.mark or None),
                "lineage_id": value.lineage_id,
            }
        )
    return rows


STATEMENTS = (
    "figure_id",
    "area",
    "time_period",
    "sex",
    "published_value",
    "unit",
    "qualifier",
    "published_in",
    "published_on",
    "published_again",
    "section",
    "source_named",
    "evidence",
    "value",
    "edition",
    "as_of",
    "difference",
    "verdict",
    "reason",
    "lineage_id",
)


def statement_rows(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    """Return one row a published statement, with our number and the verdict beside it."""
    rows: list[dict[str, object]] = []
    for found in verdicts:
        said, ours = found.published, found.ours
        rows.append(
            {
                **{c: getattr(said, c) for c in STATEMENTS if hasattr(said, c)},
                "published_value": said.value,
                "published_again": "; ".join(said.published_again),
                "value": ours.value,
                "edition": ours.edition,
                "as_of": ours.as_of,
                "difference": _size(found),
                "verdict": found.verdict,
                "reason": found.reason,
                "lineage_id": ours.lineage_id,
            }
        )
    return rows


def to_csv(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> str:
    """Return rows as CSV; whole numbers without a point, absence as an empty field."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_field(row[column]) for column in columns])
    return stream.getvalue()


def _field(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(value)
    return escape(str(value))


def to_json(rows: Sequence[Mapping[str, object]], about: Mapping[str, object]) -> str:
    """Return rows and what they are about as JSON."""
    content = {"about": dict(about), "figures": list(rows)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def lineage_json(values: Sequence[FigureValue]) -> str:
    """Return the lineage of every value as JSON, by lineage id."""
    entries = (
        f"{json.dumps(v.lineage_id)}: {json.dumps(as_json(v), ensure_ascii=False)}" for v in values
    )
    return "{\n" + ",\n".join(entries) + "\n}\n"
