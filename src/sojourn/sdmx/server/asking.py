"""A path and a query as the server received them, turned into an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from sojourn.sdmx.run import structures
from sojourn.sdmx.run.answer import Answer, data, flows_asked, told
from sojourn.sdmx.run.asked import Asked, asked, parameters
from sojourn.sdmx.run.formats import DATA, STRUCTURE, Format, chosen, languages
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.surface import Surface
from sojourn.sdmx.server.paths import Path


@dataclass(frozen=True, slots=True)
class Asking:
    """What came: which path, its segments as they were sent, the raw query, what is accepted."""

    path: Path
    segments: Mapping[str, str]
    query: str
    accept: str
    language: str

    @property
    def format(self) -> Format:
        """The format of the answer, or a refusal (406)."""
        short = dict(parameters(self.query)).get("format", "")
        offered = DATA if self.path.kind == "data" else STRUCTURE
        if self.path.kind == "schema" and "schema+xml" in self.accept:
            raise Refusal(501, "schemas in XSD are not offered", hint=STRUCTURE[0].media)
        return chosen(self.accept, offered, old=self.path.old, short=short)

    def segment(self, name: str, default: str) -> str:
        """Return a segment, decoded; what is not there is its default."""
        return unquote(self.segments.get(name, "")) or default


def answer(surface: Surface, asking: Asking) -> Answer:
    """Answer a request.

    Raises
    ------
    Refusal
        With its status; `Empty` where nothing fits.
    """
    if asking.path.kind == "none":
        raise Refusal(
            501, f"{asking.path.said}", hint="data, structure, availability and schema are"
        )
    form = asking.format
    key = asking.segment("key", "*")
    request = asked(asking.query, key, asking.segment("component", ""))
    if asking.path.kind != "data" and (request.first or request.last):
        raise Refusal(400, "firstNObservations and lastNObservations belong to requests for data")
    if asking.path.kind == "structure":
        return _structure(surface, asking, request, form)
    context, agencies, name, number = _flow(asking)
    flows = flows_asked(surface, context, agencies, name, number)
    if asking.path.kind == "data":
        return data(surface, flows, request, form)
    said = languages(asking.language)
    if asking.path.kind == "schema":
        return told(structures.schema(surface, flows), form, said)
    return told(structures.available(surface, flows, request), form, said)


def _flow(asking: Asking) -> tuple[str, str, str, str]:
    if not asking.path.old:
        context = asking.path.context
        name = asking.segment("id", "*")
        return context, asking.segment("agency", "*"), name, asking.segment("version", "*")
    if asking.segment("provider", "all") not in ("all", "SOJOURN", "*"):
        raise Empty(f"no provider {asking.segment('provider', 'all')!r}")
    parts = asking.segment("flow", "").split(",")
    if len(parts) == 1:
        return "dataflow", "all", parts[0], "latest"
    agency, name, number = (*parts, "latest")[:3]
    return "dataflow", agency, name, number


def _structure(surface: Surface, asking: Asking, request: Asked, form: Format) -> Answer:
    default = "all" if asking.path.old else "*"
    found = structures.structures(
        surface,
        asking.segment("type", "*"),
        asking.segment("agency", default),
        asking.segment("id", default),
        asking.segment("version", "latest" if asking.path.old else "~"),
        request,
        asking.segment("item", default),
    )
    said = languages(asking.language)
    if asking.path.old and not asking.language.replace("*", "").strip():
        said = ("en",)  # older clients make a column of every language
    return told(found, form, said)
