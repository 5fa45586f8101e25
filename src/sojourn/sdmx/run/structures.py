"""From a request for structures, availability or a schema to the artefacts that answer it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sojourn.sdmx.model.codes import CodeList, list_ids
from sojourn.sdmx.model.dsd import Flow, agency, concepts, dsds, version
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.surface import Surface
from sojourn.sdmx.writers.columns import raw
from sojourn.sdmx.writers.structures import CONCEPTS, Available, Structures
from sojourn.terminal.nearest import nearest_and_all

#: Types of artefacts that this server holds, and what holds them; of the others of the standard none.
_FIELD = {
    "dataflow": "flows",
    "datastructure": "dsds",
    "conceptscheme": "concepts",
    "codelist": "lists",
}
HELD = tuple(_FIELD)
STANDARD = frozenset(
    {
        *HELD,
        "*",
        "structure",
        "agencyscheme",
        "categoryscheme",
        "categorisation",
        "hierarchy",
        "hierarchyassociation",
        "hierarchicalcodelist",
        "contentconstraint",
        "dataconstraint",
        "metadataconstraint",
        "provisionagreement",
        "provisionagreementscheme",
        "dataproviderscheme",
        "dataconsumerscheme",
        "metadataproviderscheme",
        "organisationunitscheme",
        "process",
        "reportingtaxonomy",
        "structureset",
        "metadatastructure",
        "metadataflow",
        "structuremap",
        "representationmap",
        "conceptschememap",
        "categoryschememap",
        "organisationschememap",
        "reportingtaxonomymap",
        "transformationscheme",
        "rulesetscheme",
        "userdefinedoperatorscheme",
        "customtypescheme",
        "namepersonalisationscheme",
        "vtlmappingscheme",
        "valuelist",
        "geographiccodelist",
        "geogridcodelist",
        "organisationscheme",
        "allowedconstraint",
        "actualconstraint",
        "availabilityconstraint",
        "metadataprovisionagreement",
    }
)
_REFERENCES = (
    "none",
    "parents",
    "parentsandsiblings",
    "ancestors",
    "children",
    "descendants",
    "all",
)
_ANY = ("", "*", "all")
#: Words for the newest version.
_NEWEST = ("", "*", "all", "~", "+", "latest")


def prepared(surface: Surface) -> str:
    """Return the moment of the newest edition: the same state of the store, the same message."""
    return (
        max((f.vintage for f in surface.store.manifest.files), default="1900-01-01") + "T00:00:00"
    )


def _wanted(text: str, name: str) -> bool:
    return text in _ANY or name in text.split(",")


def mine(agencies: str, number: str) -> bool:
    """Whether an agency and a version of a path name ours."""
    ours = (
        version(),
        version(two_one=True),
        "1.0+.0",
        "1+.0",
        "1.0.0+",
        "1.0+",
        "1+.0.0",
        "1.0.0+",
    )
    known = any(v in _NEWEST or v in ours for v in number.split(","))
    return _wanted(agencies, agency()) and known


def structures(
    surface: Surface,
    kind: str,
    agencies: str,
    names: str,
    number: str,
    asked: Asked,
    item: str = "",
) -> Structures:
    """Return the artefacts that a request for structures names, and those that it wants with them.

    Raises
    ------
    Empty
        There is none.
    Refusal
        A type that the standard does not have (404), references that it does not have (400).
    """
    if kind not in STANDARD:
        raise Refusal(400, f"{kind!r} is no type of structure", hint=f"one of {', '.join(HELD)}")
    references = asked.references.lower()
    if references not in _REFERENCES and references not in STANDARD:
        raise Refusal(
            400, f"references={asked.references!r}", hint=f"one of {', '.join(_REFERENCES)}"
        )
    everything = kind in ("*", "structure")
    found = Structures(prepared=prepared(surface), stubs="stubs" in asked.detail)
    if mine(agencies, number):
        found = _named(surface, found, kind, names, everything=everything, item=item)
    if not (found.flows or found.dsds or found.concepts or found.lists):
        raise Empty(f"no {kind} {names} of {agencies}; this server is agency {agency()}")
    return _with(surface, found, references)


def _named(
    surface: Surface, found: Structures, kind: str, names: str, *, everything: bool, item: str
) -> Structures:
    if kind == "dataflow" or everything:
        flows = [f for f in surface.flows().values() if _wanted(names, f.id)]
        found = replace(found, flows=tuple(flows))
    if kind == "datastructure" or everything:
        found = replace(found, dsds=tuple(d for d in dsds().values() if _wanted(names, d.id)))
    if (kind == "conceptscheme" or everything) and _wanted(names, CONCEPTS):
        held = tuple(c for c in concepts() if _wanted(item, c.id))
        found = replace(found, concepts=held)
    if kind == "codelist" or everything:
        lists = [surface.code_list(n) for n in list_ids() if _wanted(names, n)]
        found = replace(found, lists=tuple(c for c in (_part(c, item) for c in lists) if c.codes))
    return found


def _part(code_list: CodeList, item: str) -> CodeList:
    if item in _ANY:
        return code_list
    codes = tuple(c for c in code_list.codes if _wanted(item, c.id))
    return CodeList(code_list.id, codes, partial=True)


def _with(surface: Surface, found: Structures, references: str) -> Structures:
    """Return artefacts with those that refer to them, or that they refer to: REST 2.2, structures."""
    down, up = partial(_children, surface), partial(_parents, surface)
    if references == "none":
        return found
    if references in ("children", "parents"):
        return _joined(found, (down if references == "children" else up)(found))
    if references in ("descendants", "ancestors"):
        return _every(down if references == "descendants" else up, found)
    if references in ("parentsandsiblings", "all"):
        beside = _joined(up(found), down(up(found)))
        found = _joined(found, beside)
        return found if references != "all" else _joined(found, _every(down, found))
    return _of_kind(found, _joined(_every(down, found), _every(up, found)), references)


def _children(surface: Surface, found: Structures) -> Structures:
    """Return what artefacts refer to."""
    names = dict.fromkeys(c.list for d in found.dsds for c in d.components if c.list)
    return Structures(
        dsds=tuple({f.dsd.id: f.dsd for f in found.flows}.values()),
        concepts=concepts() if found.dsds else (),
        lists=tuple(surface.code_list(n) for n in names),
    )


def _parents(surface: Surface, found: Structures) -> Structures:
    """Return what refers to artefacts."""
    held, lists = {d.id for d in found.dsds}, {c.id for c in found.lists}
    return Structures(
        flows=tuple(f for f in surface.flows().values() if f.dsd.id in held),
        dsds=tuple(
            d for d in dsds().values() if found.concepts or lists & {c.list for c in d.components}
        ),
    )


def _every(step: Callable[[Structures], Structures], found: Structures) -> Structures:
    """Return artefacts with all that are some steps away."""
    for _ in HELD:
        found = _joined(found, step(found))
    return found


def _joined(first: Structures, second: Structures) -> Structures:
    """Return artefacts with others, each once: what was asked for stays as it was asked for."""
    made: dict[str, Any] = {}
    for field in _FIELD.values():
        held = {one.id: one for one in getattr(first, field)}
        more = {one.id: one for one in getattr(second, field)}
        made[field] = tuple((held | more | held).values())
    return replace(first, **made)


def _of_kind(found: Structures, whole: Structures, kind: str) -> Structures:
    """Return artefacts with those of one kind; of a kind that is not held there are none."""
    made: dict[str, Any] = {f: getattr(whole, f) for k, f in _FIELD.items() if k == kind}
    return replace(found, **made)


def available(surface: Surface, flows: Sequence[Flow], asked: Asked) -> Structures:
    """Return what a selection of dataflows holds: codes, periods, number of observations.

    Raises
    ------
    Empty
        Nothing fits.
    """
    found: list[Available] = []
    refusals: list[Refusal] = []
    for flow in flows:
        try:
            found.append(_of_flow(surface, flow, asked))
        except Refusal as refusal:
            refusals.append(refusal)
            if refusal.status not in (204, 403, 422):
                raise
    if not found:
        raise max(refusals, key=lambda r: (r.status in (403, 422), r.status))
    made = Structures(available=tuple(found), prepared=prepared(surface))
    flows_ = Structures(flows=tuple(a.flow for a in found))
    whole = _every(partial(_children, surface), flows_)
    references = asked.references.lower()
    if references in ("all", "descendants"):
        return _joined(made, whole)
    return _of_kind(made, whole, "dataflow" if references == "children" else references)


def _of_flow(surface: Surface, flow: Flow, asked: Asked) -> Available:
    selected = surface.select(flow, asked, counted=True)
    named = asked.component
    dimensions = [
        d for d in flow.dsd.dimensions if named in ("", "*", "all") or d.id in named.split(",")
    ]
    if named not in ("", "*", "all", "TIME_PERIOD") and not dimensions:
        known = [d.id for d in flow.dsd.dimensions]
        raise Refusal(
            422, f"{flow.dsd.id} has no dimension {named!r}", hint=nearest_and_all(named, known)
        )
    listed = [f"list_sort(list(DISTINCT {raw(d)}))" for d in dimensions]
    listed += ["min(o.time_period)", "max(o.time_period)", "count(*)"]
    query = f"SELECT {', '.join(listed)} FROM {selected.source} WHERE {selected.where}"  # noqa: S608 - constants
    row = selected.cursor.execute(query, dict(selected.given)).fetchone()
    if row is None or not row[-1]:
        raise Empty("no observation fits the request")
    values = {d.id: tuple(held) for d, held in zip(dimensions, row, strict=False)}
    timed = named in ("", "*", "all") or "TIME_PERIOD" in named.split(",")
    start, end = (row[-3], row[-2]) if timed else ("", "")
    return Available(flow, values, start[:10], end[:10], int(row[-1]))


def schema(surface: Surface, flows: Sequence[Flow]) -> Structures:
    """Return the structures of dataflows as their code lists restrict them."""
    found = Structures(flows=tuple(flows), prepared=prepared(surface))
    return _every(partial(_children, surface), found)
