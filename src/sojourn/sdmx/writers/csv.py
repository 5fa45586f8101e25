"""SDMX-CSV 1.0, 2.0 and 2.1: one line an observation, built by the engine."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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


class _Field(NamedTuple):
    """What stands in a column: text that is the same on every line, or an expression."""

    text: str
    fixed: bool = False

    @property
    def expression(self) -> str:
        return _literal(self.text) if self.fixed else self.text


_EMPTY = _Field("", fixed=True)


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a message: those of one edition, or of all where they are mixed (no edition)."""

    message: DataMessage
    edition: str
    fields: Mapping[str, _Field]

    def ask(self, expressions: Sequence[str]) -> Iterator[Sequence[tuple[str, ...]]]:
        return self.message.ask(expressions, ordered=False, edition=False, of=self.edition)


def _of_edition(part: _Part, said: Mapping[str, str]) -> _Field:
    """Return what is said of each edition, as a CSV field by the edition of the row."""
    if part.edition or len(set(said.values())) == 1:
        return _Field(said[part.edition] if part.edition else next(iter(said.values())), fixed=True)
    cases = " ".join(f"WHEN {_literal(e)} THEN {_literal(t)}" for e, t in said.items())
    return _Field(f"CASE o.edition {cases} END")


def _parts(message: DataMessage, form: str) -> list[_Part]:
    """Return the parts of a message, each with its columns."""
    whole = [""] if message.mixed else sorted(message.said_of)
    return [_part(message, edition, form) for edition in whole]


def _part(message: DataMessage, edition: str, form: str) -> _Part:
    flow = message.flow
    named = _Field(f"{agency()}:{flow.id}({version()})", fixed=True)
    if form == "1.0":
        made = {"DATAFLOW": named}
    else:
        made = {"STRUCTURE": _Field("dataflow", fixed=True), "STRUCTURE_ID": named}
        made["ACTION"] = _Field("D" if message.deleted else "I", fixed=True)
    part = _Part(message, edition, made)
    said = tuple(a for a in flow.dsd.attributes if a.set and message.attributes)
    for component in (*_keyed(message), *message.attributes, *said):
        made[component.id] = _field(part, component)
    if message.history:
        ends = {s.edition: s.valid_to for s in message.sets}
        made |= {"VALID_FROM": _Field("o.vintage"), "VALID_TO": _of_edition(part, ends)}
    return part


def _keyed(message: DataMessage) -> tuple[Component, ...]:
    dsd = message.flow.dsd
    return dsd.components[: len(dsd.dimensions) + 2]


def _field(part: _Part, component: Component) -> _Field:
    if component.set:
        said = {e: _quoted(a.get(component.id, "")) for e, a in part.message.said_of.items()}
        return _of_edition(part, said)
    if component.id == "SOURCE_REF":
        return _Field(csv_address())
    expression = shown(component)
    said_in = csv_text(expression) if component.text else expression
    return _Field(f"coalesce({said_in}, '')")


def _headings(parts: Sequence[_Part]) -> list[str]:
    """Return the columns of all dataflows: keys, the number, then what is said of it."""
    columns = [p.fields for p in parts]
    first = [h for h in ("DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "ACTION") if h in columns[0]]
    keyed = [c.id for p in parts for c in _keyed(p.message)[:-2]]
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
    parts = [part for m in kept for part in _parts(m, form)]
    heads = _headings(parts)
    if labels != "id":
        yield from _labelled(parts, heads, labels)
        return
    yield ",".join(heads) + "\r\n"
    for part in parts:
        yield from _lines(part, heads)


def _lines(part: _Part, heads: Sequence[str]) -> Iterator[str]:
    """Return the lines of a part: the engine makes what differs, the same ends are joined to it."""
    fields = [part.fields.get(h, _EMPTY) for h in heads]
    differs = [i for i, field in enumerate(fields) if not field.fixed]
    begun, ended = fields[: differs[0]], fields[differs[-1] + 1 :]
    head = "".join(f"{field.text}," for field in begun)
    tail = "".join(f",{field.text}" for field in ended) + "\r\n"
    inner = fields[differs[0] : differs[-1] + 1]
    listed = ", ',', ".join(field.expression for field in inner)
    line = f"concat({listed})"  # one copy, where || makes many
    between = tail + head
    for batch in part.ask([line]):
        made = [row[0] for row in batch]
        made[0] = head + made[0]
        made[-1] += tail
        yield between.join(made)


def _labelled(parts: Sequence[_Part], heads: list[str], labels: str) -> Iterator[str]:
    known = [_component(parts, h) for h in heads]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    titles: list[str] = []
    for head, named in zip(heads, known, strict=True):
        if labels == "both":
            titles.append(f"{head}: {named.name}" if named else head)
        else:
            titles += [head, named.name] if named and named.list else [head]
    writer.writerow(titles)
    coded = [p if p is not None and p.list else None for p in known]
    for part in parts:
        fields = [part.fields.get(h, _EMPTY).expression for h in heads]
        for batch in part.ask(fields):
            writer.writerows(_named(part.message, texts, coded, labels) for texts in batch)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _component(parts: Sequence[_Part], head: str) -> Component | None:
    return next((c for p in parts if (c := p.message.flow.dsd.component(head))), None)


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
