"""The planner on synthetic sites: each level the enumerated optimum, the same bytes, nobody lost."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from deep import times

from sojourn.cli import cli
from sojourn.errors import NoSuchCase, PlanError, PlanMismatch, SiteRefused
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.run.relocate import plan_site, read_plan, write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.rules import default_needs_map_text
from sojourn.relocation.site.site import Case, Consent, Person, Place, Room, RoomType, Sex, Site

SRC = Path(__file__).parents[3] / "src"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites") / "SYNTHETIC"
    write_example_site(folder, people=120, seed=1)
    return folder


@pytest.fixture(scope="module")
def site(example: Path) -> Site:
    return read_site(example)


def test_everybody_has_exactly_one_outcome_and_the_audit_finds_nothing(site: Site) -> None:
    plan = make_plan(site)
    assert [v for c in audit(site, plan) for v in c.violations] == []
    counted = sum(a.persons for a in plan.assignments) + sum(u.persons for u in plan.unplaced)
    assert counted + len(plan.out_of_plan) == len(site.persons)
    assert len(plan.manifest) == sum(a.persons for a in plan.assignments)
    assert plan.synthetic


def tiny(rng: np.random.Generator, base: Site) -> Site:
    """A synthetic site of a few men and women and few beds, from a site's rules."""
    regions = ["N", "S"]
    places, rooms = [], []
    for n in range(int(rng.integers(1, 4))):
        places.append(
            Place(
                id=f"P{n}",
                region=regions[n % 2],
                department=f"D{n}",
                lat=50 - n * 0.3,
                lon=2.0,
                women_safe=bool(rng.random() < 0.7),
                languages=("ar",) if rng.random() < 0.5 else ("ps",),
                max_arrivals_per_day=50,
            )
        )
        rooms += [
            Room(place_id=f"P{n}", room_type=k, rooms=1, beds_per_room=int(rng.integers(1, 3)))
            for k in (RoomType.SINGLE_MEN, RoomType.WOMEN_ONLY)
        ]
    people, cases = [], []
    for n in range(int(rng.integers(2, 7))):
        wishes = tuple(str(r) for r in rng.permutation(regions)[: int(rng.integers(1, 3))])
        sex = Sex.MALE if rng.random() < 0.6 else Sex.FEMALE
        flags = ("WR",) if sex is Sex.FEMALE and rng.random() < 0.5 else ()
        people.append(
            Person(
                id=f"p{n}",
                case_id=f"c{n}",
                sex=sex,
                birth="age:30",
                age_source="declared",
                languages=("ar",) if rng.random() < 0.5 else ("ps",),
                flags=flags,
            )
        )  # type: ignore[arg-type]
        cases.append(Case(id=f"c{n}", head=f"p{n}", wishes=wishes, consent=Consent.EXPLICIT))
    return replace(
        base,
        persons=tuple(people),
        cases=tuple(cases),
        links=(),
        relatives=(),
        places=tuple(places),
        rooms=tuple(rooms),
        travel=(),
    )


def test_one_more_bed_never_leaves_more_people_without(site: Site) -> None:
    rng = np.random.default_rng(2)
    for _ in range(25):
        small = tiny(rng, site)
        before = _unplaced(small)
        first = small.rooms[0]
        more = replace(small, rooms=(replace(first, rooms=first.rooms + 1), *small.rooms[1:]))
        assert _unplaced(more) <= before


def _unplaced(small: Site) -> list[float]:
    model = build_model(form_units(small), Eligibility(small))
    return [float(level.cost @ solve(model).x) for level in model.levels[:3]]


def test_nationality_plays_no_part(site: Site) -> None:
    swapped = replace(site, persons=tuple(replace(p, nationality="XXX") for p in site.persons))
    a, b = make_plan(site), make_plan(swapped)
    assert a.assignments == b.assignments
    assert [x.value for x in a.bounds] == [x.value for x in b.bounds]


def test_the_same_site_gives_the_same_bytes(example: Path, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from sojourn.relocation.run.relocate import plan_site; plan_site(Path(sys.argv[1]), Path(sys.argv[2]))"
    found = set()
    for seed in ("0", "1", "77", *map(str, range(2, times(2, 10)))):
        out = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(SRC)}
        subprocess.run(
            [sys.executable, "-c", code, str(example), str(out)], env=environment, check=True
        )
        found.add(tuple((p.name, p.read_bytes()) for p in sorted(out.iterdir())))
    assert len(found) == 1


def test_the_order_of_rows_changes_nothing(example: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for path in example.iterdir():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        if path.suffix == ".csv":
            lines = [lines[0], *reversed(lines[1:])]
        (other / path.name).write_text("".join(lines), "utf-8")
    a, b = make_plan(read_site(example)), make_plan(read_site(other))
    assert a.assignments == b.assignments
    assert a.trips == b.trips


def test_a_written_plan_reads_back_as_it_was(example: Path, tmp_path: Path) -> None:
    plan = plan_site(example, tmp_path / "plan")
    again = read_plan(tmp_path / "plan")
    assert again.assignments == plan.assignments
    assert again.trips == plan.trips
    assert again.unplaced == plan.unplaced
    names = {p.name for p in (tmp_path / "plan").iterdir()}
    assert {
        "plan.json",
        "plan.sqlite",
        "arrivals.csv",
        "manifest.csv",
        "driver.csv",
        "fairness.csv",
        "audit.csv",
        "README.txt",
    } <= names
    assert "SYNTHETIC" in (tmp_path / "plan" / "README.txt").read_text("utf-8")
    with pytest.raises(PlanError, match="not an empty folder"):
        plan_site(example, tmp_path / "plan")


def test_nothing_that_is_written_holds_a_flag_or_more_than_a_driver_needs(
    example: Path, site: Site, tmp_path: Path
) -> None:
    plan_site(example, tmp_path / "plan")
    flags = {f for p in site.persons for f in p.flags}
    assert flags
    content = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    words = {w for row in content["manifest"] for w in row["needs"]}
    assert not words & (flags | {"protected_place", "psychosocial"})
    assert "needs" not in (tmp_path / "plan" / "driver.csv").read_text("utf-8").splitlines()[0]


def test_small_groups_are_not_told_apart(example: Path, tmp_path: Path) -> None:
    plan_site(example, tmp_path / "plan")
    lines = (tmp_path / "plan" / "fairness.csv").read_text("utf-8").splitlines()[1:]
    assert lines
    values = [tuple(line.split(",")[-2:]) for line in lines]
    assert all(int(value) >= 10 or value == "0" for value, status in values if status == "A")
    assert ("", "Q") in values


def test_a_faulty_row_is_named_and_nothing_is_planned(example: Path, tmp_path: Path) -> None:
    other = tmp_path / "site"
    other.mkdir()
    for path in example.iterdir():
        text = path.read_text("utf-8")
        if path.name == "person.csv":
            lines = text.splitlines(keepends=True)
            lines[3] = lines[3].replace(",M,", ",male,").replace(",F,", ",female,")
            text = "".join(lines)
        (other / path.name).write_text(text, "utf-8")
    with pytest.raises(SiteRefused, match=r"person\.csv.*row 4.*sex"):
        plan_site(other, tmp_path / "plan")
    assert not (tmp_path / "plan").exists()


def test_commands_from_site_to_explanation(tmp_path: Path) -> None:
    site, out = str(tmp_path / "SYNTHETIC"), str(tmp_path / "plan")
    run = CliRunner().invoke
    assert (
        run(cli, ["site", "example", "--people", "80", "--seed", "3", "--out", site]).exit_code == 0
    )
    assert "80 persons" in run(cli, ["site", "check", site]).stdout
    told = json.loads(run(cli, ["relocate", "plan", site, "--out", out, "--json"]).stdout)
    assert told["assigned"] + told["unplaced"] + told["out_of_plan"] == 80
    assert run(cli, ["relocate", "audit", site, out]).exit_code == 0
    plan = read_plan(Path(out))
    said = run(cli, ["relocate", "explain", site, out, plan.assignments[0].case_id]).stdout
    assert " every rule for it" in said
    for u in plan.unplaced[:2]:
        assert "fix:" in run(cli, ["relocate", "explain", site, out, u.case_id]).stdout
    nobody = run(cli, ["relocate", "explain", site, out, "nobody"])
    assert isinstance(nobody.exception, NoSuchCase)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("place lost:L1", "is no kind of event"),
        ("place withdrawn:L1", "not among the places of the site"),
        ("trip departed:T9", "not among the trips of the plan"),
    ],
)
def test_an_event_of_no_kind_or_of_nothing_is_told_apart(
    example: Path, tmp_path: Path, event: str, said: str
) -> None:
    plan, again = tmp_path / "plan", tmp_path / "again"
    plan_site(example, plan)
    ran = CliRunner().invoke(
        cli, ["relocate", "replan", str(example), str(plan), "--event", event, "--out", str(again)]
    )
    assert isinstance(ran.exception, PlanMismatch)
    assert said in str(ran.exception)
    assert not again.exists()


def test_an_audit_of_other_inputs_is_refused(example: Path, tmp_path: Path) -> None:
    plan_site(example, tmp_path / "plan")
    write_example_site(tmp_path / "other", people=60, seed=9)
    ran = CliRunner().invoke(
        cli, ["relocate", "audit", str(tmp_path / "other"), str(tmp_path / "plan")]
    )
    assert isinstance(ran.exception, PlanMismatch)


def test_the_fix_of_a_full_house_is_tried_by_solving_again(site: Site) -> None:
    from sojourn.relocation.run.explain import try_fix

    fewer = replace(
        site,
        rooms=tuple(replace(r, rooms=max(r.rooms // 3, 0)) for r in site.rooms if r.rooms // 3),
    )
    plan = make_plan(fewer)
    full = [u for u in plan.unplaced if u.kind == "capacity" and u.persons]
    assert full
    for u in full[:3]:
        assert try_fix(fewer, plan, u.case_id).placed


def test_the_needs_map_is_data() -> None:
    assert "derived:unaccompanied_child" in default_needs_map_text()
