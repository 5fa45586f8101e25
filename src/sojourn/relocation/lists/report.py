"""The report on a proposal, for the person who signs it: one document in one language."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sojourn.protect.audit.audit import AuditedTable
from sojourn.publish import (
    Block,
    Chart,
    ChartBlock,
    Document,
    KeyNumber,
    KeyNumbers,
    Number,
    PageLabels,
    Paragraph,
    Section,
    TableBlock,
)
from sojourn.relocation.audit.audit import Check
from sojourn.relocation.audit.proof import Proof
from sojourn.relocation.lists.fairness import TOTAL, T, cells_of
from sojourn.relocation.lists.manifest import clock, words_of
from sojourn.relocation.lists.regions import total_of
from sojourn.relocation.lists.unplaced import unplaced_section
from sojourn.relocation.lists.where import where_people_go
from sojourn.relocation.lists.words import Words, report_words
from sojourn.relocation.proposal.methods import BEDS_ALONE, OVER_ALL_TRIPS
from sojourn.relocation.proposal.proposal import (
    PROVEN,
    Bound,
    Outcome,
    Proposal,
)
from sojourn.relocation.site.site import Place

WITHHELD = "Q"
FIRST = ("L1", "L2", "L3")  # levels whose proof is told in a sentence of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What a report is written from.

    Attributes
    ----------
    start : (float, float)
        Longitude and latitude people leave from.
    plan_digest : str
        Of the written plan.
    again : bool
        The tables are those of an earlier report, so that L4, which is today's, would tell who changed.
    """

    plan: Proposal
    checks: Sequence[Check]
    fairness: AuditedTable
    regions: AuditedTable
    places: Sequence[Place]
    start: tuple[float, float]
    plan_digest: str
    again: bool = False


def plan_report(given: ReportInput, language: str, *, floor_hidden: bool | None = None) -> Document:
    """Return the report in a language.

    Parameters
    ----------
    floor_hidden : bool, optional
        Whether L4 is withheld; by default where a number of the table by group is.

    Raises
    ------
    PublishError
        The language has no words.
    """
    words, page, plan = report_words(language), words_of(language), given.plan
    direction: Literal["ltr", "rtl"] = "rtl" if page["direction"] == "rtl" else "ltr"
    sections = [
        _totals(plan, words),
        _map(given, words),
        _levels(given, words, floor_hidden),
        unplaced_section(plan, words),
        _fairness(given.fairness, words),
        *([_changes(plan, words)] if plan.previous_digest or plan.events else []),
        _audit(given.checks, words),
        _arrivals(plan, words),
        _signature(given, words),
    ]
    return Document(
        language=language,
        direction=direction,
        title=words("title", name=plan.name),
        subtitle=words("subtitle"),
        notice=words("notice"),
        edition_note=((words("synthetic") + " ") if plan.synthetic else "", words("restricted")),
        dated=min((t.day for t in plan.trips), default=words.undated),
        sections=tuple(sections),
        labels=PageLabels(**{name: page[name] for name in PageLabels.__dataclass_fields__}),
        description=words("subtitle"),
    )


def report_map(given: ReportInput, language: str) -> Chart:
    """Return the map of the report, to be kept as a drawing of its own."""
    return where_people_go(given.regions, given.places, given.start, report_words(language))


def _section(
    name: str, words: Words, blocks: Sequence[Block], heading: str = "", *, new_page: bool = False
) -> Section:
    return Section(
        id=name,
        topic=words(f"topic_{name}"),
        heading=heading or words(f"heading_{name}"),
        blocks=tuple(blocks),
        new_page=new_page,
    )


def _totals(plan: Proposal, words: Words) -> Section:
    """Return the numbers of the whole plan, exact: they are of no group.

    Whoever signs sees each of these persons in the files beside the report. Groups are counted of
    those in the plan alone, so who declined or left stands in no equation of the audited tables.
    """
    out = Counter(o.outcome for o in plan.out_of_plan)
    counts = {
        "assigned": sum(a.persons for a in plan.assignments),
        "unplaced": sum(u.persons for u in plan.unplaced),
        "declined": out[Outcome.DECLINED],
        "left": out[Outcome.LEFT],
        "other": out[Outcome.OTHER],
        "trips": len(plan.trips),
        "places": len({a.place_id for a in plan.assignments}),
    }
    shown = {name: words.number(n) for name, n in counts.items()}
    keys = KeyNumbers(
        items=tuple(KeyNumber(label=words(k), value=Number(v)) for k, v in shown.items())
    )
    heading = words("heading_totals", assigned=shown["assigned"], unplaced=shown["unplaced"])
    return _section("totals", words, [keys], heading)


def _map(given: ReportInput, words: Words) -> Section:
    chart = where_people_go(given.regions, given.places, given.start, words)
    persons = words.number(total_of(given.regions))
    block = ChartBlock(
        chart=chart,
        finding=(words("map_finding", persons=persons),),
        caption=(words("map_caption", t=words.number(T), disclaimer=words("disclaimer")),),
        source=(words("source_plan"),),
    )
    twin = TableBlock(
        id="regions-table",
        caption=chart.title,
        header=chart.table.header,
        rows=tuple(tuple((cell,) for cell in row) for row in chart.table.shown),
        numeric=chart.table.numeric,
    )
    return _section("map", words, [block, twin])


def _levels(given: ReportInput, words: Words, floor_hidden: bool | None) -> Section:  # noqa: FBT001
    hidden = floor_hidden
    if hidden is None:
        cells = cells_of(given.fairness)
        withheld = any(c.obs_value is None and c.dimension != "nationality" for c in cells)
        hidden = given.again or withheld
    proofs = {p.level: p for check in given.checks for p in check.proofs}
    rows = tuple(
        _level(b, proofs.get(b.level), words, hidden=hidden and b.level == "L4")
        for b in given.plan.bounds
    )
    table = TableBlock(
        id="levels-table",
        caption=words("level"),
        header=tuple(words(h) for h in ("level", "value", "bound", "gap", "unit", "by_audit")),
        rows=rows,
        numeric=(False, True, True, True, False, False),
    )
    price = words("price", points=words.number(given.plan.price_of_fairness))
    open_ends = (BEDS_ALONE, OVER_ALL_TRIPS)
    short = any(b.method.endswith(open_ends) and b.gap for b in given.plan.bounds[:3])
    lead = "levels_open" if short else "levels_lead"
    blocks: list[Block] = [Paragraph(content=(words(lead),)), table]
    blocks += [
        Paragraph(content=(_proof(p, words),), style="small")
        for p in proofs.values()
        if p.level in FIRST
    ]
    blocks.append(Paragraph(content=(words("proof_reach"),), style="small"))
    if "L9" in proofs:
        blocks.append(Paragraph(content=(words("moves_unread"),), style="small"))
    if any(b.level == "L4" for b in given.plan.bounds):
        blocks.append(Paragraph(content=(price,)))
        if hidden:
            blocks.append(Paragraph(content=(words("floor_withheld"),), style="small"))
    return _section("levels", words, blocks, new_page=True)


def _proof(proof: Proof, words: Words) -> str:
    key = "proof_best" if proof.best else "proof_least"
    numbers = {"value": words.number(proof.value), "least": words.number(proof.proven)}
    return words(key, level=words.isolated(proof.level), **numbers)


def _level(b: Bound, proof: Proof | None, words: Words, *, hidden: bool) -> tuple[tuple[str], ...]:
    numbers = [WITHHELD if hidden else words.number(v) for v in (b.value, b.bound, b.gap)]
    unit = words.known("unit_" + b.unit.replace(" ", "_"), b.unit)
    named = f"{b.level} {words.known(b.level, b.name)}"
    return tuple((cell,) for cell in (named, *numbers, unit, _by_audit(proof, words, hidden)))


def _by_audit(proof: Proof | None, words: Words, hidden: bool) -> str:  # noqa: FBT001 - of a row
    """Say of a bound whether the audit proves it, and if not, what it proves instead."""
    if proof is not None and proof.status == PROVEN:
        return words("proven_by_audit")
    if proof is None or hidden or (proof.sense == "least" and not proof.proven):
        return words("not_proven_by_audit")
    key = "proves_no_less" if proof.sense == "least" else "proves_no_more"
    return words(key, proven=words.number(proof.proven))


def _fairness(audited: AuditedTable, words: Words) -> Section:
    rows: dict[tuple[str, str], list[str]] = {}
    for c in cells_of(audited):
        shown = WITHHELD if c.obs_value is None else words.number(c.obs_value)
        rows.setdefault((c.dimension, c.group), []).append(shown)
    table = TableBlock(
        id="fairness-table",
        caption=words("group"),
        header=tuple(words(h) for h in ("group", "persons", "placed", "first_or_second_wish")),
        rows=tuple(
            tuple((cell,) for cell in (_group(*key, words), *shown)) for key, shown in rows.items()
        ),
        numeric=(False, True, True, True),
    )
    note = Paragraph(content=(words("fairness_note", t=words.number(T)),), style="small")
    return _section("fairness", words, [table, note], new_page=True)


def _group(dimension: str, group: str, words: Words) -> str:
    if dimension == TOTAL:
        return words("all")
    named = words.known("dimension_" + dimension.replace(" ", "_"), dimension)
    return f"{named}: {words.isolated(words.known(f'group_{group}', group))}"


def _changes(plan: Proposal, words: Words) -> Section:
    happened = [words.known_event(e.kind, e.id) for e in plan.events]
    said = Paragraph(content=(f"{words('happened')}: {'; '.join(happened)}",))
    rows = [
        (
            c.case_id,
            _goes(c.before, words),
            _goes(c.after, words),
            _why(plan, c.case_id, c.reason, words),
        )
        for c in plan.changes
    ]
    if not rows:
        return _section("changes", words, [said, Paragraph(content=(words("nothing_changes"),))])
    table = TableBlock(
        id="changes-table",
        caption=words("topic_changes"),
        header=tuple(words(h) for h in ("case", "before", "after", "change_reason")),
        rows=tuple(tuple((cell,) for cell in row) for row in rows),
        numeric=(False,) * 4,
        wide=True,
    )
    return _section("changes", words, [said, table], new_page=True)


def _goes(where: str, words: Words) -> str:
    fixed = {
        "without a place": "without_a_place",
        Outcome.DECLINED: "declined",
        Outcome.LEFT: "left",
        Outcome.OTHER: "other",
    }
    return words(fixed[where]) if where in fixed else where


def _why(plan: Proposal, case: str, reason: str, words: Words) -> str:
    without = next((u for u in plan.unplaced if u.case_id == case), None)
    if without is not None:
        return words.reason(without)
    return words("fewest") if reason.startswith("the fewest") else reason


def _audit(checks: Sequence[Check], words: Words) -> Section:
    broken = any(c.violations for c in checks)
    rows = [
        (
            f"{c.rule} {words.known(c.rule, c.title)}",
            words.number(c.checked) if c.checked else words("off"),
            words.number(len(c.violations)) if c.checked else "–",
        )
        for c in checks
    ]
    table = TableBlock(
        id="audit-table",
        caption=words("topic_audit"),
        header=tuple(words(h) for h in ("rule", "checked", "broken")),
        rows=tuple(tuple((cell,) for cell in row) for row in rows),
        numeric=(False, True, True),
    )
    heading = words("heading_audit_broken" if broken else "heading_audit_clean")
    return _section("audit", words, [table], heading, new_page=True)


def _arrivals(plan: Proposal, words: Words) -> Section:
    stops = sorted(
        (t.day, s.place_id, s.arrival, t.id, s.persons) for t in plan.trips for s in t.stops
    )
    table = TableBlock(
        id="arrivals-table",
        caption=words("topic_arrivals"),
        header=tuple(words(h) for h in ("day", "place", "hour", "trip", "persons")),
        rows=tuple(
            ((day.isoformat(),), (place,), (clock(at),), (trip,), (words.number(persons),))
            for day, place, at, trip, persons in stops
        ),
        numeric=(False, False, True, False, True),
    )
    return _section("arrivals", words, [table], new_page=True)


def _signature(given: ReportInput, words: Words) -> Section:
    plan = given.plan
    day = min((t.day for t in plan.trips), default=None)
    method = words(
        "method",
        solver=words.isolated(plan.solver),
        threads=words.number(plan.threads),
        day=words.isolated(day.isoformat() if day else "–"),
    )
    digests = words(
        "digests", site=words.isolated(plan.site_digest), plan=words.isolated(given.plan_digest)
    )
    warned = "; ".join(words.isolated(w) for w in plan.warnings)
    told = f"{words('warnings')}: {warned}" if warned else words("no_warnings")
    lines = [told, method, digests, words("notice"), words("sign")]
    lines += [words("sign_name"), words("sign_date"), words("sign_hand")]
    return _section("sign", words, [Paragraph(content=(line,)) for line in lines], new_page=True)
