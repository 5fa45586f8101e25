"""The report of a protected table: what was withheld, what it costs, who attacked, what is left open.

It says nothing that ``audit.json`` does not say; no number of a withheld cell stands in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sojourn.errors import counted
from sojourn.protect.table.policy import Policy
from sojourn.publish import Block, Document, Facts, Notes, Section, TableBlock, catalogue, report

NOTICE = "Protected by sojourn; the numbers are those of the office that brought the table."
RULES = {
    "t": "counts from 1 to t - 1 are withheld",
    "w": "width of what can be computed of a primary number, at the least",
    "w1": "how far it reaches below the truth",
    "w2": "how far it reaches above the truth",
    "p": "p per cent rule for sums",
    "n": "dominance: so many largest contributors",
    "k": "dominance: make more than so many per cent",
    "m": "tables that agree with what is published, at the least",
    "contributor": "width towards somebody who is alone in a cell",
    "changed": "persons: a release with 1 to so many changes is refused off schedule",
    "few": "persons: fewer are one number, no table",
    "complement": "a total less a part that falls below t withholds the part",
    "group": "a part that is its whole total is withheld",
    "zeros": "empty cells",
    "exact_cells": "cells that hang together: so many are solved to the optimum",
}
OPEN = (
    "The same people in a table that the ledger does not know.",
    "Somebody who knows two or more withheld cells.",
    "On a schedule: that somebody changed, when a published total moved by one.",
    "What people say of themselves.",
)


def report_of(name: str, said: Mapping[str, Any], policy: Policy) -> Document:
    """Return the report of a protected table.

    Parameters
    ----------
    said : mapping
        What stands in ``audit.json``.
    """
    made = report(
        catalogue("en"),
        title=f"Disclosure control of {', '.join(said.get('tables', {}).values()) or name}",
        subtitle=f"Policy {policy.id or policy.title} {policy.version}: {policy.reason}",
        note=("Every withheld cell bears Q, whatever the reason. ",),
        editions=(),
        sections=(_withheld(said), _attacks(said), _policy(policy), _open()),
    )
    return replace(made, notice=NOTICE)


def _anyhow(said: Mapping[str, Any]) -> list[str]:
    """Return what is said of numbers that what everybody knows leaves too narrow."""
    if not said["narrow_already"]:
        return []
    return [
        (
            f"Of {said['narrow_already']:,} of these, what everybody knows anyhow leaves less than the "
            f"policy asks; {said['exact_already']:,} it gives exactly."
        )
    ]


def _withheld(said: Mapping[str, Any]) -> Section:
    how = "no choice of cells costs less" if said["how"] == "optimal" else "a heuristic"
    bound = said["bound"]
    least = "" if bound is None else f"; no choice costs less than {bound:,.0f}"
    loss = "not bounded by what is published" if said["loss"] is None else f"{said['loss']:,.6g}"
    share = said["loss_share_of_total"]
    facts = [
        (
            f"{counted(said['cells'], 'cell')}, {said['withheld']:,} withheld "
            f"({said['withheld_share_of_cells']:.0%}), {said['primary']:,} of them for what they are."
        ),
        f"Information lost: {'' if said['loss_is'] == 'exact' else 'at most '}{loss}"
        + ("" if share is None else f", {share:.1%} of the total")
        + f" ({how}{least}).",
    ]
    if said["published"] != "whole":
        facts.append(f"Too few people for the whole table: {said['published']}.")
    facts += _anyhow(said)
    facts += [said["note"].capitalize() + "."] if said["note"] else []
    rules = _table(
        "rules", "Withheld first by", ("rule", "cells"), [*said["by_rule"].items()], (False, True)
    )
    releases = [
        (r["since"], "yes" if r["few_changed"] else "no", "yes" if r["truth_at_hand"] else "no")
        for r in said["releases"]
    ]
    since = _table(
        "releases",
        "Differences to earlier releases of the series",
        ("release of", "a few persons changed", "withheld truth at hand"),
        releases,
        (False, False, False),
    )
    blocks: tuple[Block, ...] = (
        Facts(items=tuple((f,) for f in facts)),
        rules,
        *([since] if releases else []),
    )
    return Section(id="withheld", topic="Withheld", heading="What is withheld", blocks=blocks)


def _attacks(said: Mapping[str, Any]) -> Section:
    rows = [
        (
            a["attacker"],
            "yes" if a["required"] else "told only",
            a["exact"],
            a["narrow"],
            "" if a["worst_width"] is None else f"{a['worst_width']:g}",
        )
        for a in said["attackers"]
    ]
    header = ("attacker", "must fail", "known exactly", "known too well", "narrowest")
    table = _table("attackers", "Primary cells", header, rows, (False, False, True, True, True))
    return Section(
        id="attackers", topic="Attack", heading="Who tried to get through", blocks=(table,)
    )


def _policy(policy: Policy) -> Section:
    numbers = [(k, getattr(policy, k), text) for k, text in RULES.items()]
    rules = _table("policy", "Policy", ("", "number", "asks"), numbers, (False, True, False))
    sees = [(name, one.says, ", ".join(one.also)) for name, one in policy.audiences.items()]
    header = ("audience", "sees", "and what is released to")
    seen = _table("audiences", "Audiences", header, sees, (False, False, False))
    return Section(id="policy", topic="Policy", heading="What was asked", blocks=(rules, seen))


def _open() -> Section:
    notes = Notes(items=tuple((text,) for text in OPEN))
    return Section(id="open", topic="Limits", heading="What is not protected", blocks=(notes,))


def _table(
    anchor: str,
    caption: str,
    header: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    numeric: tuple[bool, ...],
) -> TableBlock:
    return TableBlock(
        id=f"table-{anchor}",
        caption=caption,
        header=header,
        rows=tuple(tuple((_said(v),) for v in row) for row in rows),
        numeric=numeric,
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
