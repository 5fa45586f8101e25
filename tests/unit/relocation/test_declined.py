"""Who declined comes from signed events alone; a plan that says otherwise fails its audit."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import Misasked, PlanError
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


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def moved_by(plan: Path) -> tuple[str, list[str]]:
    """Return a case that a plan moves, and its people on a trip, as its own table has them."""
    rows = rows_of(plan / "manifest.csv")
    case = rows[0]["case_id"]
    return case, sorted(r["person_id"] for r in rows if r["case_id"] == case)


def test_who_declined_is_not_waited_for_and_the_alarm_says_to_plan_again(
    planned: tuple[Path, Path, Path],
) -> None:
    """The moves of 2016 are long over: everybody in the plan is overdue but for who declined."""
    _, plan, ledger = planned
    case, people = moved_by(plan)
    everybody = {o.person for o in sojourn.custody(ledger).alarm(plan=plan).overdue}
    assert {*people} < everybody
    say(ledger, case, "declined")
    alarm = sojourn.custody(ledger).alarm(plan=plan)
    assert sorted(j.person for j in alarm.not_coming) == people
    assert {o.person for o in alarm.overdue} == everybody - {*people}
    args = ["custody", "alarm", str(ledger), "--plan", str(plan)]
    lines = CliRunner().invoke(cli, args).stdout.splitlines()
    for person in people:
        [line] = [told for told in lines if told.startswith(f"{person}: case {case} declined")]
        assert "relocate replan" in line
    say(ledger, case, "later")
    assert {o.person for o in sojourn.custody(ledger).alarm(plan=plan).overdue} == everybody


def test_who_is_on_a_vehicle_is_waited_for_whatever_was_answered(
    planned: tuple[Path, Path, Path],
) -> None:
    _, plan, ledger = planned
    case, people = moved_by(plan)
    say(ledger, case, "declined")
    kept = sojourn.custody(ledger)
    kept.note(people[0], "on vehicle", device="bus", where="V1")
    alarm = kept.alarm(plan=plan)
    assert people[0] in {o.person for o in alarm.overdue if o.what == "arrival"}
    assert people[0] not in {j.person for j in alarm.not_coming}


def test_who_declined_before_a_moment_alone_counts_at_it(planned: tuple[Path, Path, Path]) -> None:
    _, plan, ledger = planned
    case, people = moved_by(plan)
    say(ledger, case, "declined")
    kept = sojourn.custody(ledger)
    assert kept.alarm(plan=plan, at="2016-10-24T08:59:59+02:00").not_coming == []
    assert {j.person for j in kept.alarm(plan=plan, at=AT).not_coming} == {*people}


def test_an_answer_of_a_device_that_is_not_known_here_keeps_nobody_from_being_looked_for(
    planned: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, plan, ledger = planned
    case, people = moved_by(plan)
    say(ledger, case, "declined")
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "of-another-machine"))
    alarm = sojourn.custody(ledger).alarm(plan=plan)
    assert alarm.not_coming == []
    assert {*people} <= {o.person for o in alarm.overdue}


def test_a_plan_is_made_again_without_who_declined_since(
    planned: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    site, plan, ledger = planned
    case, people = moved_by(plan)
    say(ledger, case, "declined")
    again = tmp_path / "again"
    args = ["relocate", "replan", str(site), str(plan), "--ledger", str(ledger)]
    done = CliRunner().invoke(cli, [*args, "--out", str(again)])
    assert done.exit_code == 0, done.output
    assert not {*people} & {r["person_id"] for r in rows_of(again / "manifest.csv")}
    assert told((site, again, ledger)) == ""
    assert sojourn.custody(ledger).alarm(plan=again).not_coming == []
    over = CliRunner().invoke(
        cli, ["relocate", "replan", str(site), str(again), "--ledger", str(ledger), "--out", "no"]
    )
    assert isinstance(over.exception, PlanError)
    assert "the plan stands as it is" in over.exception.hint
    assert not Path("no").exists()


def test_a_ledger_of_unknown_devices_makes_no_plan_anew(
    planned: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site, plan, ledger = planned
    say(ledger, moved_by(plan)[0], "declined")
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "of-another-machine"))
    with pytest.raises(PlanError, match="no record of its devices"):
        sojourn.site(site).read_plan(plan).replan((), tmp_path / "again", ledger=ledger)
    with pytest.raises(Misasked, match="nothing happened"):
        sojourn.site(site).read_plan(plan).replan((), tmp_path / "again")
    assert not (tmp_path / "again").exists()
