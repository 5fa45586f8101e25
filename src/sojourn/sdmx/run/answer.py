"""From the parts of a request to an answer: text in pieces, its format, its headers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sojourn.sdmx.model.dsd import Flow
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.data import message
from sojourn.sdmx.run.formats import Format
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.structures import mine
from sojourn.sdmx.run.surface import Edition, Selected, Surface
from sojourn.sdmx.writers import csv, json, structure_json, structure_xml, xml
from sojourn.sdmx.writers.data import DataMessage
from sojourn.sdmx.writers.structures import Structures


@dataclass(frozen=True, slots=True)
class Answer:
    """Text in pieces, its media type, headers that say more."""

    media: str
    pieces: Iterator[str]
    headers: Mapping[str, str] = field(default_factory=dict)


def written(made: DataMessage, found: Format) -> Iterator[str]:
    """Write data in a format."""
    if found.writer == "csv":
        return csv.write(made, found.form, found.labels)
    if found.writer == "json":
        return json.write(made, found.form)
    number = found.form if found.form in ("3.0", "3.1") else "2.1"
    return xml.write(made, generic=found.form == "generic", form=number)


def data(surface: Surface, flow: Flow, asked: Asked, found: Format) -> Answer:
    """Answer a request for data."""
    made, selected = message(surface, flow, asked)
    return Answer(found.media, written(made, found), _headers(selected, asked))


def told(found: Structures, form: Format, languages: tuple[str, ...]) -> Answer:
    """Answer with structures."""
    named = replace(found, languages=languages)
    text = (
        structure_xml.write(named)
        if form.writer == "xml"
        else structure_json.write(named, form.form)
    )
    return Answer(form.media, iter([text]))


def flow_asked(surface: Surface, context: str, agencies: str, name: str, number: str) -> Flow:
    """Return the dataflow that the context of a request names.

    Raises
    ------
    Empty
        There is none.
    Refusal
        It names several dataflows (501), or a context that the standard does not have (400).
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
    if len(held) > 1:
        listed = ", ".join(f.id for f in held)
        said = f"{len(held)} dataflows fit; an answer that holds several is not offered"
        raise Refusal(501, said, hint=f"ask for them one by one: {listed}")
    if not held:
        raise Empty(f"no {context} {name!r}; dataflows: {', '.join(flows)}")
    return held[0]


def _plain(text: str) -> str:
    """Return text that a header can hold."""
    return text.replace("©", "(c)").encode("ascii", "replace").decode().replace("\n", " ")


def _named(editions: Iterable[Edition]) -> str:
    return ", ".join(e.name for e in editions)


def _headers(selected: Selected, asked: Asked) -> Mapping[str, str]:
    pages = dict.fromkeys(e.landing_page for e in selected.editions if e.landing_page)
    headers = {
        "Link": ", ".join(f'<{p}>; rel="license"' for p in pages),
        "X-Sojourn-License": " | ".join(dict.fromkeys(e.license for e in selected.editions)),
        "X-Sojourn-Citation": " | ".join(dict.fromkeys(e.citation for e in selected.editions)),
        "X-Sojourn-Editions": _named(selected.editions),
        "X-Sojourn-Partial": " | ".join(
            f"{e.name}: {e.partial}" for e in selected.editions if e.partial
        ),
        "X-Sojourn-Withheld": _named(selected.withheld),
    }
    if asked.as_of or asked.updated_after or asked.history:
        headers["X-Sojourn-As-Of-Basis"] = "publication"
    return {k: _plain(v)[:2000] for k, v in headers.items() if v}
