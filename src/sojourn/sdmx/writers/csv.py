"""SDMX-CSV 1.0, 2.0 and 2.1: one line an observation, built by the engine."""

import csv
import io
from collections.abc import Iterator

from sojourn.sdmx.model.dsd import Component, agency, version
from sojourn.sdmx.writers.columns import csv_text, shown
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


def _columns(message: DataMessage, form: str) -> tuple[list[str], list[str]]:
    """Return the headings and the expressions of the columns."""
    flow = message.flow
    urn = f"{agency()}:{flow.id}({version()})"
    if form == "1.0":
        heads, fields = ["DATAFLOW"], [_literal(urn)]
    else:
        heads = ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
        fields = ["'dataflow'", _literal(urn), "'I'"]
    said = tuple(a for a in flow.dsd.attributes if a.set and message.attributes)
    for component in (*_keyed(message), *message.attributes, *said):
        heads.append(component.id)
        fields.append(_field(message, component))
    if message.history:
        heads += ["VALID_FROM", "VALID_TO"]
        ends = {s.edition: s.valid_to for s in message.sets}
        cases = " ".join(f"WHEN {_literal(e)} THEN {_literal(t)}" for e, t in ends.items())
        fields += ["o.vintage", f"CASE o.edition {cases} END"]
    return heads, fields


def _keyed(message: DataMessage) -> tuple[Component, ...]:
    dsd = message.flow.dsd
    return dsd.components[: len(dsd.dimensions) + 2]


def _field(message: DataMessage, component: Component) -> str:
    if component.set:
        return _of_edition(message, component.id)
    expression = shown(component)
    said = csv_text(expression) if component.text else expression
    return f"coalesce({said}, '')"


def write(message: DataMessage, form: str = "2.1", labels: str = "id") -> Iterator[str]:
    """Write a message as SDMX-CSV, in pieces.

    Parameters
    ----------
    form : {"1.0", "2.0", "2.1"}
    labels : {"id", "both", "name"}
        Codes, ``code: name``, or codes with a column of names beside each.
    """
    heads, fields = _columns(message, form)
    if labels != "id":
        yield from _labelled(message, heads, fields, labels)
        return
    yield ",".join(heads) + "\r\n"
    listed = ", ',', ".join(fields)
    line = f"concat({listed}, chr(13), chr(10))"  # one copy, where || makes many
    batch: list[str] = []
    for row in message.ask([line], ordered=False):
        batch.append(row[-1])
        if len(batch) >= 2000:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch)


def _labelled(
    message: DataMessage, heads: list[str], fields: list[str], labels: str
) -> Iterator[str]:
    dsd = message.flow.dsd
    parts = [dsd.component(h) for h in heads]
    coded = [p if p is not None and p.list else None for p in parts]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    titles: list[str] = []
    for head, part, code in zip(heads, parts, coded, strict=True):
        if labels == "both":
            titles.append(f"{head}: {part.name}" if part else head)
        else:
            titles += [head, part.name] if code and part else [head]
    writer.writerow(titles)
    for n, found in enumerate(message.ask(fields, ordered=False)):
        texts = found[len(found) - len(fields) :]
        row: list[str] = []
        for text, code in zip(texts, coded, strict=True):
            plain = next(csv.reader([text]), [""]) or [""]
            value = plain[0] if text.startswith('"') else text
            if code is None or not value:
                row.append(value)
                if code is not None and labels == "name":
                    row.append("")
            elif labels == "both":
                row.append(f"{value}: {message.name(code, value)}")
            else:
                row += [value, message.name(code, value)]
        writer.writerow(row)
        if n % 2000 == 1999:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
