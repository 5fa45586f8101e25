"""A table as CSV, JSON, Markdown, Arrow, HTML or aligned text."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from sojourn.extras import need
from sojourn.publish import catalogue
from sojourn.publish import to_csv as csv_of
from sojourn.query.table_model import TIDY, Number, Table
from sojourn.query.table_notes import told
from sojourn.vocab.indicator import indicators

SHOWN = 12  # notes below a table that is read; a program gets all of them


def column(n: Number, *, measures: int) -> str:
    """Return the head of a number's column: measure where there are several, period, transform."""
    name = n.measure if measures > 1 else ""
    return " ".join(x for x in (name, n.period, n.transform) if x)


def _row(n: Number, by: str) -> tuple[str, ...]:
    return (
        n.area,
        n.origin,
        n.sex,
        n.source.split(" / ")[0] if by else "",
        n.measure if by else "",
    )


def wide(table: Table) -> list[dict[str, Any]]:
    """Return one record a row: codes and names, then a column for each measure, period, transform."""
    measures = 1 if table.by else len({n.measure for n in table.numbers})
    heads = list(dict.fromkeys(column(n, measures=measures) for n in table.numbers))
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for n in table.numbers:
        made = rows.setdefault(_row(n, table.by), _labels(n, table, heads))
        head = column(n, measures=measures)
        made[head] = n.value
        if n.lower is not None and n.upper is not None:
            made[f"{head} band"] = f"{n.lower:,.0f}–{n.upper:,.0f}"
        if table.ranked and n.rank is not None:
            made["rank"] = n.rank
        if table.by and n.says:
            made["says"] = n.says
        if n.status not in ("", "A"):
            made[f"{head} status"] = n.status
        if table.with_cells:
            made[f"{head} cells"] = " ".join(n.cells)
        if n.cover:
            made["cover"] = n.cover
    listed = list(rows.values())
    keys = list(dict.fromkeys(k for r in listed for k in r))
    last = [k for k in ("cover", "says") if k in keys]
    ordered = [k for k in keys if k not in last] + last
    return [{k: r.get(k) for k in ordered} for r in listed]


def _labels(n: Number, table: Table, heads: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"rank": None} if table.ranked else {}
    found |= {"area": n.area, "area_name": n.area_name}
    if table.bilateral:
        found |= {"origin": n.origin, "origin_name": n.origin_name}
    if len({x.sex for x in table.numbers}) > 1 or n.sex != "_T":
        found["sex"] = n.sex
    if table.by:
        found |= {"measure": n.measure, "source": n.source}
    return found | dict.fromkeys(heads)


def records(table: Table, *, tidy: bool) -> list[dict[str, Any]]:
    """Return the rows of either form."""
    return table.tidy() if tidy else wide(table)


def to_csv(table: Table, *, tidy: bool = False) -> str:
    """Return CSV text, safe to open in a spreadsheet; a missing value is an empty cell."""
    rows = records(table, tidy=tidy)
    heads = tuple(rows[0]) if rows else TIDY
    return csv_of(heads, tuple(tuple(_plain(r[h]) for h in heads) for r in rows))


def _plain(value: Any) -> str | float | int | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return round(value, 10) if isinstance(value, float) else value


def to_json(table: Table, *, tidy: bool = False) -> str:
    """Return JSON: rows, cover, sources and notes; a missing value is null."""
    made = {
        "rows": records(table, tidy=tidy),
        "cover": table.cover,
        "sources": table.sources,
        "notes": table.notes,
    }
    return json.dumps(made, ensure_ascii=False, indent=1)


def to_arrow(table: Table, *, tidy: bool = True) -> Any:
    """Return a PyArrow table.

    Raises
    ------
    NotInstalled
        Without the extra ``dataframe``.
    """
    pyarrow = need("pyarrow", "a table for Arrow")
    return pyarrow.Table.from_pylist(records(table, tidy=tidy))


def to_frame(table: Table, *, tidy: bool = False) -> Any:
    """Return a pandas data frame.

    Raises
    ------
    NotInstalled
        Without the extra ``dataframe``.
    """
    need("pandas", "a data frame")
    return to_arrow(table, tidy=tidy).to_pandas()


def _shown(table: Table, *, tidy: bool) -> tuple[list[str], list[list[str]], set[str]]:
    """Return heads, cells as text, and the columns of numbers."""
    rows = records(table, tidy=tidy)
    if not rows:
        return [], [], set()
    decimals = {column(n, measures=1): n.decimals for n in table.numbers}
    decimals |= {column(n, measures=2): n.decimals for n in table.numbers}
    hidden = () if tidy else tuple(c for c in ("area", "origin") if f"{c}_name" in rows[0])
    heads = [h for h in rows[0] if h not in hidden]
    if tidy:
        empty = {h for h in heads if all(r[h] in ("", None, ()) for r in rows)}
        heads = [
            h for h in heads if h not in empty and h not in ("notes", "area_name", "origin_name")
        ]
    single = 1 if table.by else len({n.measure for n in table.numbers})
    columns = {column(n, measures=single) for n in table.numbers} | {"value"}
    values = {h for h in heads if h in columns}
    cells = [
        [
            _cell(r[h], _decimals(r, h, table, decimals), table.language, is_number=h in values)
            for h in heads
        ]
        for r in rows
    ]
    return heads, cells, values


_SUFFIXES = ("band", "status", "cells")


def _told(heads: Sequence[str], table: Table) -> list[str]:
    """Return the heads of columns as the language of the table says them."""
    said = catalogue(table.language)
    several = 1 if table.by else len({n.measure for n in table.numbers})
    kinds = {
        column(n, measures=several): (n.measure if several > 1 else "", n.period, n.transform)
        for n in table.numbers
    }

    def tell(head: str) -> str:
        if head in kinds:
            return " ".join(told(x, table.language) for x in kinds[head] if x)
        before, _, last = head.rpartition(" ")
        if before in kinds and last in _SUFFIXES:
            return f"{tell(before)} {said.text(f'table.head_{last}')}"
        return said.text(f"table.head_{head}") if f"table.head_{head}" in said.messages else head

    return list(map(tell, heads))


def _decimals(row: dict[str, Any], head: str, table: Table, known: dict[str, int]) -> int:
    if head in known:
        return known[head]
    return max(
        (n.decimals for n in table.numbers if n.transform == row.get("transform")), default=0
    )


def _cell(value: Any, decimals: int, language: str, *, is_number: bool) -> str:
    if value is None:
        return "–" if is_number else ""
    if not isinstance(value, float):
        return str(value)
    if language == "en":
        return f"{value:,.{decimals}f}"
    said = catalogue(language)
    return said.fixed(value, decimals) if decimals else said.exact(value, "")


def below(table: Table) -> list[str]:
    """Return the lines below a table: unit, cover, editions, what a reader has to know."""
    said = catalogue(table.language)
    words = []
    for measure in dict.fromkeys(n.measure for n in table.numbers):
        known = indicators().get(measure.partition("[")[0])
        units = dict.fromkeys(n.unit for n in table.numbers if n.measure == measure)
        name = known.name(table.language) if known else measure
        words.append(f"{measure}: {name}; {', '.join(units)}")
    single = {n.sex for n in table.numbers}
    if len(single) == 1:
        words.append(said.text(f"table.{single.pop()}"))
    covers = list(dict.fromkeys(n.cover for n in table.numbers if n.cover))
    if table.cover or len(covers) == 1:
        words.append(
            "; ".join(x for x in (table.cover, *(covers if len(covers) == 1 else ())) if x)
        )
    if table.sources:
        words.append(said.text("table.editions", editions=", ".join(table.sources)))
    if any(n.status == "E" for n in table.numbers):
        words.append(said.text("table.estimated"))
    words += [said.text("table.note", note=n) for n in table.notes[:SHOWN]]
    if (more := len(table.notes) - SHOWN) > 0:
        words.append(said.text("table.more_notes", count=str(more)))
    return words


def to_text(table: Table, *, tidy: bool = False) -> str:
    """Return aligned columns, then cover, editions and notes."""
    heads, rows, values = _shown(table, tidy=tidy)
    if not heads:
        return catalogue(table.language).text("table.nothing")
    shown = _told(heads, table)
    wide_ = [max(len(h), *(len(r[i]) for r in rows)) for i, h in enumerate(shown)]
    lines = [
        "  ".join(
            c.rjust(w) if h in values else c.ljust(w)
            for c, w, h in zip(cells, wide_, heads, strict=True)
        ).rstrip()
        for cells in (shown, *rows)
    ]
    return "\n".join([*lines, "", *below(table)])


def to_markdown(table: Table, *, tidy: bool = False) -> str:
    """Return a Markdown table, then its notes as a list."""
    heads, rows, values = _shown(table, tidy=tidy)
    if not heads:
        return catalogue(table.language).text("table.nothing")

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"

    rule = "|" + "|".join("---:" if h in values else "---" for h in heads) + "|"
    listed = [f"- {w}" for w in below(table)]
    return "\n".join([line(_told(heads, table)), rule, *(line(r) for r in rows), "", *listed, ""])


def to_html(table: Table) -> str:
    """Return an HTML table, as a notebook shows it."""
    heads, rows, _ = _shown(table, tidy=False)
    head = "".join(f"<th>{escape(h)}</th>" for h in _told(heads, table))
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in r) + "</tr>" for r in rows)
    beneath = "<br>".join(escape(w) for w in below(table))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{beneath}</p>"
