"""From a request for structures, availability or a schema to the artefacts that answer it."""

from collections.abc import Sequence
from dataclasses import replace

from sojourn.sdmx.model.codes import CodeList, list_ids
from sojourn.sdmx.model.dsd import Dsd, Flow, agency, concepts, dsds, version
from sojourn.sdmx.run.asked import Asked
from sojourn.sdmx.run.refusal import Empty, Refusal
from sojourn.sdmx.run.surface import Surface
from sojourn.sdmx.writers.columns import raw
from sojourn.sdmx.writers.structures import CONCEPTS, Available, Structures
from sojourn.terminal.nearest import nearest_and_all

#: Types of artefacts that this server holds; of the others of the standard it holds none.
HELD = ("dataflow", "datastructure", "conceptscheme", "codelist")
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
    return _with(surface, found, kind, references)


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


def _with(surface: Surface, found: Structures, kind: str, references: str) -> Structures:
    if references == "none":
        return found
    down = references in ("children", "descendants", "all", "parentsandsiblings")
    if references in STANDARD:
        return _single(surface, found, kind, references)
    if down and found.flows:
        found = replace(found, dsds=_merged(found.dsds, [f.dsd for f in found.flows]))
    deep = references in ("descendants", "all") or kind == "datastructure"
    if down and deep and found.dsds:
        found = _below(surface, found, found.dsds)
    if references in ("parents", "parentsandsiblings", "ancestors", "all") and kind != "dataflow":
        found = _above(surface, found, kind)
    return found


def _above(surface: Surface, found: Structures, kind: str) -> Structures:
    used = {c.id for c in found.lists}
    parents = found.dsds
    if kind == "codelist":
        parents = tuple(d for d in dsds().values() if used & {c.list for c in d.components})
    elif kind == "conceptscheme":
        parents = tuple(dsds().values())
    flows = tuple(f for f in surface.flows().values() if f.dsd in parents)
    return replace(
        found,
        dsds=_merged(found.dsds, parents),
        flows=flows if kind == "datastructure" else found.flows,
    )


def _single(surface: Surface, found: Structures, kind: str, wanted: str) -> Structures:
    below = found.dsds or tuple(f.dsd for f in found.flows)
    full = _below(surface, found, below) if below else found
    if wanted == "datastructure":
        return replace(found, dsds=_merged(found.dsds, below))
    if wanted == "codelist":
        return replace(found, lists=full.lists)
    if wanted == "conceptscheme":
        return replace(found, concepts=full.concepts)
    if wanted == "dataflow":
        return _above(surface, found, kind)
    return found


def _merged(first: Sequence[Dsd], second: Sequence[Dsd]) -> tuple[Dsd, ...]:
    return tuple({d.id: d for d in (*first, *second)}.values())


def _below(surface: Surface, found: Structures, held: Sequence[Dsd]) -> Structures:
    names = dict.fromkeys(c.list for d in held for c in d.components if c.list)
    lists = {c.id: c for c in found.lists} | {n: surface.code_list(n) for n in names}
    return replace(found, concepts=concepts(), lists=tuple(lists.values()))


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
            if len(flows) == 1 or refusal.status not in (204, 403, 422):
                raise
    if not found:
        raise max(refusals, key=lambda r: (r.status in (403, 422), r.status))
    made = Structures(available=tuple(found), prepared=prepared(surface))
    held, references = tuple(a.flow for a in found), asked.references.lower()
    if references in ("all", "descendants", "children", "dataflow"):
        made = replace(made, flows=held)
    if references in ("all", "descendants", "datastructure"):
        made = replace(made, dsds=_merged((), [f.dsd for f in held]))
    if references in ("all", "descendants", "codelist", "conceptscheme"):
        made = _below(surface, made, [f.dsd for f in held])
    return made


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
    held = _merged((), [f.dsd for f in flows])
    found = Structures(flows=tuple(flows), dsds=held, prepared=prepared(surface))
    return _below(surface, found, held)
