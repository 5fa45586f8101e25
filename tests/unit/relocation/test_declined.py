"""Who declined comes from signed events alone; a plan that says otherwise fails its audit."""

import json
from pathlib import Path

import pytest

from sojourn.errors import PlanError
from sojourn.relocation.custody.custody import Event
from sojourn.relocation.custody.declined import ANSWER
from sojourn.relocation.proposal.proposal import Outcome
from sojourn.relocation.run.custody import append
from sojourn.relocation.run.relocate import audit_plan, plan_site, write_example_site

AT = "2016-10-24T09:00:00+02:00"


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, Path]:
    """Return a site, its plan, and a ledger in which everybody who declined there has said so."""
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "keys"))
    site, plan, ledger = tmp_path / "S", tmp_path / "P", tmp_path / "L"
    write_example_site(site, people=60, seed=3)
    rows = (site / "case.csv").read_text("utf-8").splitlines()
    at = rows[0].split(",").index("consent")
    first = rows[1].split(",")
    rows[1] = ",".join([*first[:at], "declined", *first[at + 1 :]])
    (site / "case.csv").write_text("\n".join(rows) + "\n", "utf-8")
    done = plan_site(site, plan)
    cases = [o.case_id for o in done.out_of_plan if o.outcome is Outcome.DECLINED]
    assert cases
    for case in cases:
        say(ledger, case, "declined")
    return site, plan, ledger


def say(ledger: Path, case: str, answer: str) -> None:
    append(
        ledger,
        Event(
            person=case.replace("C", "P"),
            state="registered",
            where="",
            responsible="",
            at=AT,
            device="desk-1",
            number=1,
            source=f"{ANSWER}{case}: {answer}; offered none",
        ),
    )


def told(planned: tuple[Path, Path, Path]) -> str:
    site, plan, ledger = planned
    return "; ".join(v.witness for c in audit_plan(site, plan, ledger)[0] for v in c.violations)


def test_a_plan_that_says_what_the_events_say_is_sound(planned: tuple[Path, Path, Path]) -> None:
    assert told(planned) == ""


def test_the_last_answer_counts(planned: tuple[Path, Path, Path]) -> None:
    site, plan, ledger = planned
    case = next(r["case_id"] for r in json.loads((plan / "plan.json").read_text())["assignments"])
    say(ledger, case, "declined")
    assert f"case {case} has declined by a signed event, and the plan moves it" in told(planned)
    say(ledger, case, "chooses N")
    assert told((site, plan, ledger)) == ""


def test_who_declined_in_a_table_alone_has_not(planned: tuple[Path, Path, Path]) -> None:
    site, plan, ledger = planned
    other = ledger.with_name("other")
    say(other, "C999999", "later")
    assert "is out of the plan as declined, and no signed event says so" in told(
        (site, plan, other)
    )


def test_a_ledger_of_whose_devices_nothing_is_kept_here_says_so(
    planned: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, plan, ledger = planned
    monkeypatch.setenv("SOJOURN_KEYS", str(ledger.parent / "another machine"))
    assert "keeps no record of the devices of the ledger" in told((site, plan, ledger))


def test_an_event_written_by_hand_says_nothing_and_is_named(
    planned: tuple[Path, Path, Path],
) -> None:
    _, _, ledger = planned
    text = ledger.read_text("utf-8")
    ledger.write_text(text.replace(": declined;", ": later;   ", 1), "utf-8")
    with pytest.raises(PlanError, match=r"damaged|checksum|line"):
        told(planned)
