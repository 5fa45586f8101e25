"""A written proposal, read back as it was."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import msgspec

from sojourn.relocation.proposal.proposal import (
    ROWS,
    Outcome,
    OutOfPlan,
    Proposal,
    Stop,
    Trip,
)


def proposal_of(plain: Mapping[str, Any]) -> Proposal:
    """Return the proposal behind its JSON.

    Raises
    ------
    KeyError, TypeError, ValueError
        It is not one.
    """
    content = dict(plain)
    for name in ("prices", "unproven"):  # plans written before there were any
        content.setdefault(name, [])
    for name, kind in ROWS.items():
        content[name] = tuple(_row(kind, entry) for entry in content[name])
    for name in ("frozen", "warnings", "unproven"):
        content[name] = tuple(content[name])
    return msgspec.convert(msgspec.to_builtins(Proposal(**content)), Proposal)


def _row(kind: type, entry: Mapping[str, Any]) -> Any:
    values = dict(entry)
    if "day" in values:
        values["day"] = date.fromisoformat(values["day"])
    if kind is Trip:
        values["stops"] = tuple(Stop(**s) for s in values["stops"])
    if kind is OutOfPlan:
        values["outcome"] = Outcome(values["outcome"])
    known = {f.name for f in fields(kind)}
    if set(values) - known:
        raise ValueError(f"unknown field {sorted(set(values) - known)[0]!r}")
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
