"""Everything, to somebody who must see it: each line bears who, and the memory says that they did.

A person who signs must see the small counts too. What they get is not protected; it is marked on every
line with their name, the day and a number that only this copy has, its files are readable by their owner
alone, and the memory of releases has an entry without any of its numbers.
"""

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sojourn.errors import Misasked
from sojourn.files import check_folder, new_folder
from sojourn.protect.ledger.audiences import audience_of
from sojourn.protect.ledger.ledger import Release, append
from sojourn.protect.run.read import Asked, policy_of, system_asked, tables_of
from sojourn.protect.table.policy import EVERYTHING, Policy
from sojourn.protect.table.table import Table
from sojourn.terminal.one_line import OneLine

UNPROTECTED = "every number as it is: for the named person alone, no part of it may be handed on"


@dataclass(frozen=True, slots=True)
class Shown(OneLine):
    """A table as it is, for a named person.

    Attributes
    ----------
    table : Table
    mark : str
        Stands on every line: who, when, and the number of this copy.
    summary : dict
    release : Release
        What the memory is to hold: nothing of the numbers.
    """

    table: Table
    mark: str
    summary: dict[str, Any]
    release: Release


def sees_everything(asked: Asked) -> bool:
    """Whether the audience of a request sees everything.

    Raises
    ------
    Misasked
        The policy names no such audience, or a person is named who need not be, or the other way.
    """
    everything = audience_of(policy_of(asked.policy), asked.audience).sees == EVERYTHING
    if everything and not asked.person.strip():
        raise Misasked(
            f"audience {asked.audience!r} sees everything: to whom?",
            hint="--to NAME: the person whose name stands on every line and in the memory",
        )
    if asked.person and not everything:
        raise Misasked(
            f"--to says nothing to audience {asked.audience!r}: it sees the protected table",
            hint="leave it out",
        )
    return everything


def shown(asked: Asked) -> Shown:
    """Return a table as it is, marked for a person.

    Raises
    ------
    TableRefused
        A file is no table, or contradicts itself.
    """
    policy, tables = policy_of(asked.policy), tables_of(asked)
    system = system_asked(asked, tables)
    table, day = tables[0], (asked.day or date.today()).isoformat()  # noqa: DTZ011 - the office's own day
    person = " ".join(asked.person.split())
    copy = hashlib.sha256(
        json.dumps([person, day, asked.audience, np.nan_to_num(system.value).tolist()]).encode()
    ).hexdigest()[:12]
    summary = {
        "policy": {"id": policy.id, "version": policy.version, "w": policy.w, "t": policy.t},
        "audience": asked.audience,
        "to": person,
        "day": day,
        "copy": copy,
        "cells": len(table.rows),
        "protected": False,
        "note": UNPROTECTED,
    }
    return Shown(table, f"{person} {day} {copy}", summary, _entry(asked, policy, table, day, copy))


def _entry(asked: Asked, policy: Policy, table: Table, day: str, copy: str) -> Release:
    return Release(
        series=asked.series or table.name,
        day=day,
        policy=f"{policy.id or asked.policy}@{policy.version}",
        published={},
        withheld=(),
        truth={},
        audience=asked.audience,
        to=f"{' '.join(asked.person.split())} {copy}",
    )


def write_shown(asked: Asked, done: Shown, out: Path) -> None:
    """Write the table for its reader; that it was shown is remembered before anything leaves.

    Raises
    ------
    PublishError
        Something else stands there, or it cannot be written.
    LedgerBroken
        The memory is not whole, or cannot be written: nothing leaves.
    """
    check_folder(out, "protected")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*done.table.dimensions, "obs_value", "obs_status", "seen_by"])
    for row in done.table.rows:
        value = "" if row.value is None else f"{row.value:.15g}"
        writer.writerow([*row.codes, value, "A" if value else "Q", done.mark])
    if asked.ledger is not None:
        append(asked.ledger, done.release)
    with new_folder(out, "protected") as folder:
        folder.write("table.csv", text.getvalue())
        folder.write("audit.json", json.dumps(done.summary, indent=2, sort_keys=True) + "\n")
    for name in ("table.csv", "audit.json"):
        (out / name).chmod(0o600)
