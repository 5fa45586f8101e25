"""SDMX-CSV 1.0, 2.0 and 2.1: one line an observation, built by the engine."""

import csv
import io
from collections.abc import Iterator, Sequence

from sojourn.sdmx.model.dsd import Component, agency, version
from sojourn.sdmx.writers.columns import csv_address, csv_text, shown
from sojourn.sdmx.writers.data import DataMessage


def _quoted(text: str) -> str:
    if not text:
        return ""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text])
    return out.getvalue()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _of_edition(message: DataMessage, what: str) -> str:
    """Return what is said of each edition, as a CSV field by the edition of the row."""
    said = {e: _quoted(a.get(what, "")) for e, a in message.said_of.items()}
    if len(set(said.values())) == 1:
        return _literal(next(iter(said.values())))
    cases = " ".join(f"WHEN {_literal(e)} THEN {_literal(t)}" for e, t in said.items())
    return f"CASE o.edition {cases} END"


Fields = dict[str, str]  # expression of each column, by its heading


def _columns(message: DataMessage, form: str) -> Fields:
    """Return the expressions of the columns of one dataflow."""
    flow = message.flow
    named = _literal(f"{agency()}:{flow.id}({version()})")
    if form == "1.0":
        made = {"DATAFLOW": named}
    else:
        made = {"STRUCTURE": "'dataflow'", "STRUCTURE_ID": named}
        made["ACTION"] = "'D'" if message.deleted else "'I'"
    said = tuple(a for a in flow.dsd.attributes if a.set and message.attributes)
    for component in (*_keyed(message), *message.attributes, *said):
        made[component.id] = _field(message, component)
    if message.history:
        ends = {s.edition: s.valid_to for s in message.sets}
        cases = " ".join(f"WHEN {_literal(e)} THEN {_literal(t)}" for e, t in ends.items())
        made |= {"VALID_FROM": "o.vintage", "VALID_TO": f"CASE o.edition {cases} END"}
    return made


def _keyed(message: DataMessage) -> tuple[Component, ...]:
    dsd = message.flow.dsd
    return dsd.components[: len(dsd.dimensions) + 2]


def _field(message: DataMessage, component: Component) -> str:
    if component.set:
        return _of_edition(message, component.id)
    if component.id == "SOURCE_REF":
        return csv_address()
    expression = shown(component)
    said = csv_text(expression) if component.text else expression
    return f"coalesce({said}, '')"


def _headings(columns: Sequence[Fields], messages: Sequence[DataMessage]) -> list[str]:
    """Return the columns of all dataflows: keys, the number, then what is said of it."""
    first = [h for h in ("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "ACTION") if h in columns[0]]
    keyed = [c.id for m in messages for c in _keyed(m)[:-2]]
    rest = [h for made in columns for h in made if h not in ("VALID_FROM", "VALID_TO")]
    last = [h for h in ("VALID_FROM", "VALID_TO") if any(h in made for made in columns)]
    return list(dict.fromkeys([*first, *keyed, *(h for h in rest if h not in last), *last]))


def write(messages: Sequence[DataMessage], form: str = "2.1", labels: str = "id") -> Iterator[str]:
    """Write messages as one SDMX-CSV, in pieces; of several dataflows, with the columns of all.

    Parameters
    ----------
    form : {"1.0", "2.0", "2.1"}
    labels : {"id", "both", "name"}
        Codes, ``code: name``, or codes with a column of names beside each.
    """
    kept = [m for m in messages if form != "1.0" or not m.deleted]  # 1.0 knows no actions
    columns = [_columns(m, form) for m in kept]
    heads = _headings(columns, kept)
    if labels != "id":
        yield from _labelled(kept, heads, columns, labels)
        return
    yield ",".join(heads) + "\r\n"
    for message, made in zip(kept, columns, strict=True):
        listed = ", ',', ".join(made.get(h, "''") for h in heads)
        line = f"concat({listed}, chr(13), chr(10))"  # one copy, where || makes many
        for batch in message.ask([line], ordered=False, edition=False):
            yield "".join([row[0] for row in batch])


def _labelled(
    messages: Sequence[DataMessage], heads: list[str], columns: Sequence[Fields], labels: str
) -> Iterator[str]:
    parts = [next((p for m in messages if (p := m.flow.dsd.component(h))), None) for h in heads]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    titles: list[str] = []
    for head, part in zip(heads, parts, strict=True):
        if labels == "both":
            titles.append(f"{head}: {part.name}" if part else head)
        else:
            titles += [head, part.name] if part and part.list else [head]
    writer.writerow(titles)
    coded = [p if p is not None and p.list else None for p in parts]
    for message, made in zip(messages, columns, strict=True):
        fields = [made.get(h, "''") for h in heads]
        for batch in message.ask(fields, ordered=False, edition=False):
            writer.writerows(_named(message, texts, coded, labels) for texts in batch)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _named(
    message: DataMessage, texts: Sequence[str], coded: Sequence[Component | None], labels: str
) -> list[str]:
    """Return the cells of a row, with the names of its codes."""
    row: list[str] = []
    for text, code in zip(texts, coded, strict=True):
        plain = next(csv.reader([text]), [""]) or [""]
        value = plain[0] if text.startswith('"') else text
        if code is None or not value:
            row += [value, ""] if code is not None and labels == "name" else [value]
        elif labels == "both":
            row.append(f"{value}: {message.name(code, value)}")
        else:
            row += [value, message.name(code, value)]
    return row
