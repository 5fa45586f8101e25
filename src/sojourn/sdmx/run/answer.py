"""From the parts of a request to an answer: text in pieces, its format, its headers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sojourn.sdmx.model.dsd import Flow
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.data import messages
from sojourn.sdmx.run.formats import Format
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.structures import mine
from sojourn.sdmx.run.surface import Edition, Selected, Surface
from sojourn.sdmx.writers import csv, json, structure_json, structure_xml, structure_xml3, xml
from sojourn.sdmx.writers.data import DataMessage
from sojourn.sdmx.writers.structures import Structures


@dataclass(frozen=True, slots=True)
class Answer:
    """Text in pieces, its media type, headers that say more."""

    media: str
    pieces: Iterator[str]
    headers: Mapping[str, str] = field(default_factory=dict)


def written(made: Sequence[DataMessage], found: Format) -> Iterator[str]:
    """Write data in a format."""
    if found.writer == "csv":
        return csv.write(made, found.form, found.labels)
    if found.writer == "json":
        return json.write(made, found.form)
    number = found.form if found.form in ("3.0", "3.1") else "2.1"
    return xml.write(made, generic=found.form == "generic", form=number)


def data(surface: Surface, flows: Sequence[Flow], asked: Asked, found: Format) -> Answer:
    """Answer a request for data of one or several dataflows."""
    made, selected = messages(surface, flows, asked)
    headers = _headers(selected, asked)
    if silent := {f.id for f in flows} - {s.flow.id for s in selected}:
        headers["X-Sojourn-Without-Answer"] = ", ".join(sorted(silent))[:2000]
    return Answer(found.media, written(made, found), headers)


def told(found: Structures, form: Format, languages: tuple[str, ...]) -> Answer:
    """Answer with structures."""
    named = replace(found, languages=languages)
    if form.writer == "json":
        text = structure_json.write(named, form.form)
    elif form.form == "2.1":
        text = structure_xml.write(named)
    else:
        text = structure_xml3.write(named, form.form)
    return Answer(form.media, iter([text]))


def flows_asked(
    surface: Surface, context: str, agencies: str, name: str, number: str
) -> tuple[Flow, ...]:
    """Return the dataflows that the context of a request names.

    Raises
    ------
    Empty
        There is none.
    Refusal
        A context that the standard does not have (400).
    """
    if context not in ("dataflow", "datastructure", "provisionagreement", "*"):
        raise Refusal(400, f"{context!r} is no context", hint="dataflow, datastructure or *")
    if not mine(agencies, number):
        raise Empty(f"no version {number} of agency {agencies}; this server is agency SOJOURN")
    flows = surface.flows()
    if context == "datastructure":
        held = [f for f in flows.values() if name in ("*", "all") or f.dsd.id in name.split(",")]
    elif context == "provisionagreement":
        held = []
    else:
        held = [f for f in flows.values() if name in ("*", "all") or f.id in name.split(",")]
    if not held:
        raise Empty(f"no {context} {name!r}; dataflows: {', '.join(flows)}")
    return tuple(held)


def _plain(text: str) -> str:
    """Return text that a header can hold."""
    return text.replace("©", "(c)").encode("ascii", "replace").decode().replace("\n", " ")


def _named(editions: Iterable[Edition]) -> str:
    return ", ".join(e.name for e in editions)


def _headers(selected: Sequence[Selected], asked: Asked) -> dict[str, str]:
    editions = [e for s in selected for e in s.editions]
    pages = dict.fromkeys(e.landing_page for e in editions if e.landing_page)
    headers = {
        "Link": ", ".join(f'<{p}>; rel="license"' for p in pages),
        "X-Sojourn-License": " | ".join(dict.fromkeys(e.license for e in editions)),
        "X-Sojourn-Citation": " | ".join(dict.fromkeys(e.citation for e in editions)),
        "X-Sojourn-Editions": _named(editions),
        "X-Sojourn-Partial": " | ".join(f"{e.name}: {e.partial}" for e in editions if e.partial),
        "X-Sojourn-Withheld": _named(e for s in selected for e in s.withheld),
    }
    if asked.as_of or asked.updated_after or asked.history:
        headers["X-Sojourn-As-Of-Basis"] = "publication"
    return {k: _plain(v)[:2000] for k, v in headers.items() if v}
