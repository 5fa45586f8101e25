"""The numbers of a chart as CSV: each with its code, unit, status, edition and cell, and a citation."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.pages.export import escape
from sojourn.publish import Catalogue, Chart

COLUMNS = ("code", "area", "sex", "year", "value", "unit", "status", "edition", "cell")


def chart_csv(
    chart: Chart, values: Mapping[str, FigureValue], words: Catalogue, header: Sequence[str]
) -> str:
    """Return the numbers drawn, a row each; lines that start with ``#`` say what they are.

    A drawing of numbers without a lineage of their own gives its table as it stands.

    Parameters
    ----------
    values : mapping of lineage id to FigureValue
    header : sequence of str
        Title, source, licence, date and citation.
    """
    stream = io.StringIO()
    stream.writelines(f"# {' '.join(line.split())}\r\n" for line in (chart.title, *header) if line)
    traced = [values[t] for row in chart.table.traces for t in row if t in values]
    if not traced:
        return stream.getvalue() + chart.csv
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(traced, words))
    return stream.getvalue()


def _rows(values: Sequence[FigureValue], words: Catalogue) -> Iterator[list[object]]:
    for v in values:
        status = "computed" if v.parts else ("printed" if v.n_inputs <= 1 else "summed")
        cells = (
            " + ".join(i.address for i in v.inputs[:1])
            if v.n_inputs <= 1
            else f"{v.n_inputs} cells"
        )
        size = v.value or 0.0
        yield [
            escape(v.area),
            escape(words.area(v.area)),
            v.sex,
            v.time_period,
            int(size) if size.is_integer() else repr(size),
            v.unit,
            status,
            v.edition,
            cells,
        ]
