"""Who sees which releases: what can be put side by side is attacked as one."""

import csv
import io
import json
import stat
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from releases_of_people import PEOPLE, attacked, counted

import sojourn
from sojourn.cli import cli
from sojourn.errors import BadDeclaration, DisclosureRisk, LedgerBroken, Misasked
from sojourn.protect.ledger.audiences import joined
from sojourn.protect.ledger.ledger import read_ledger
from sojourn.protect.run.publishable import Memory, Publishable, publishable, remember_made
from sojourn.protect.run.shown import Shown
from sojourn.protect.table.policy import Audience, Policy, packaged, read_policy

OTHERS = msgspec.structs.replace(
    packaged("default"),
    audiences={
        "north": Audience(says="the protected table", also=("public",)),
        "south": Audience(says="the protected table", also=("public",)),
        "public": Audience(says="the protected table"),
    },
)


def released(
    ledger: Path, axes: tuple[int, ...], day: int, audience: str, policy: Policy, people: np.ndarray
) -> Publishable:
    memory = Memory(ledger, "s", date(2026, 1, day), audience=audience)
    made = publishable([counted(people, axes)], policy, memory=memory)
    remember_made(made)
    return made


def test_who_sees_a_release_may_have_seen_others() -> None:
    assert joined(packaged("default"), "public") == {"public", "partner"}
    assert joined(packaged("default"), "partner") == {"public", "partner"}
    assert joined(OTHERS, "north") == {"north", "public"}
    assert joined(OTHERS, "public") == {"north", "south", "public"}
    with pytest.raises(Misasked, match="no audience 'nord'"):
        joined(OTHERS, "nord")


def test_what_a_partner_has_is_attacked_with_what_is_made_public(tmp_path: Path) -> None:
    ledger, policy = tmp_path / "L", packaged("default")
    released(ledger, (0, 1), 1, "partner", policy, PEOPLE)
    second = released(ledger, (0, 2), 2, "public", policy, PEOPLE)
    assert [r.audience for r in read_ledger(ledger)] == ["partner", "public"]
    assert len(second.audited.system.keys) > len(counted(PEOPLE, (0, 2)).rows)
    for cell in (("c0", "c0", "_T"), ("c0", "c1", "_T")):
        low, high = attacked(ledger, PEOPLE.shape)[cell]
        assert high - low >= policy.w - 1e-6
    more = PEOPLE.copy()
    more[1, 1, 1] += 1
    with pytest.raises(DisclosureRisk, match="few persons"):
        released(ledger, (0, 1), 3, "public", policy, more)


def test_what_one_partner_has_is_no_part_of_what_another_sees(tmp_path: Path) -> None:
    released(tmp_path / "L", (0, 1), 1, "north", OTHERS, PEOPLE)
    second = released(tmp_path / "L", (0, 2), 2, "south", OTHERS, PEOPLE)
    assert len(second.audited.system.keys) == len(counted(PEOPLE, (0, 2)).rows)
    third = released(tmp_path / "L", (0, 1), 3, "south", OTHERS, PEOPLE + 20)
    assert [d.since for d in third.differences] == ["2026-01-02"]


TABLE = "sex,obs_value\nF,41\nM,52\nX,3\n_T,96\n"


def test_who_signs_sees_everything_with_a_name_on_each_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    files = [str(tmp_path / n) for n in ("t.csv", "OUT", "L")]
    asked = ["protect", "release", files[0], "--policy", "site", "--out", files[1]]
    more = ["--ledger", files[2], "--audience", "signer", "--day", "2026-11-28"]
    ran = CliRunner().invoke(cli, [*asked, *more])
    assert ran.exit_code == 2
    assert "to whom" in ran.output
    assert not (tmp_path / "OUT").exists()
    assert not (tmp_path / "L").exists()
    ran = CliRunner().invoke(cli, [*asked, *more, "--to", "A. Signer"])
    assert ran.exit_code == 0, ran.output
    rows = list(csv.DictReader(io.StringIO((tmp_path / "OUT" / "table.csv").read_text("utf-8"))))
    assert [r["obs_value"] for r in rows] == ["41", "52", "3", "96"]
    marks = {r["seen_by"] for r in rows}
    assert len(marks) == 1
    assert marks.pop().startswith("A. Signer 2026-11-28 ")
    for name in ("table.csv", "audit.json"):
        assert stat.S_IMODE((tmp_path / "OUT" / name).stat().st_mode) == 0o600
    (entry,) = read_ledger(tmp_path / "L")
    assert (entry.audience, entry.published, entry.withheld) == ("signer", {}, ())
    assert entry.to.startswith("A. Signer ")
    line = json.loads((tmp_path / "L").read_text("utf-8"))
    assert not {41, 52, 3, 96} & {v for v in line.values() if isinstance(v, int)}


def test_a_name_belongs_to_who_sees_everything_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    given = (tmp_path / "t.csv", "default", tmp_path / "OUT", tmp_path / "L")
    with pytest.raises(Misasked, match="says nothing to audience 'partner'"):
        sojourn.protect_release(*given, audience="partner", to="N.")
    with pytest.raises(Misasked, match="no audience 'press'"):
        sojourn.protect_release(*given, audience="press")
    made = sojourn.protect_release(*given, audience="signer", to="N.")
    assert isinstance(made, Shown)
    broken = (tmp_path / "L").read_text("utf-8").replace("N.", "O.")
    (tmp_path / "L").write_text(broken, "utf-8")
    with pytest.raises(LedgerBroken, match="entry 1"):
        sojourn.protect_release(
            *given[:2], tmp_path / "O2", tmp_path / "L", audience="signer", to="N."
        )
    assert not (tmp_path / "O2").exists()


def policy_text(audiences: str) -> str:
    one = packaged("default")
    numbers = {
        f: getattr(one, f) for f in ("t", "w", "w1", "w2", "p", "n", "k", "m", "contributor")
    }
    lines = [f"{k} = {v:g}" for k, v in {**numbers, "changed": 10, "exact_cells": 0}.items()]
    words = [f'{k} = "x"' for k in ("version", "title", "reason")]
    rest = ['complement = false\ngroup = false\nzeros = "published"', f"audiences = {audiences}"]
    return "\n".join([*lines, *words, *rest]) + "\n"


def test_an_audience_told_in_words_alone_sees_what_all_see() -> None:
    made = read_policy(policy_text('{ staff = "the table", press = "the table" }'), where="p.toml")
    assert joined(made, "staff") == {"staff", "press"}
    with pytest.raises(BadDeclaration, match="'pres', which is no audience"):
        read_policy(policy_text('{ staff = { says = "x", also = ["pres"] } }'), where="p.toml")
