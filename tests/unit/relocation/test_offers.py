"""Safe offers: never the last place of somebody more protected; at least two, or the reason."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from deep import times
from tiny_sites import tiny_site

from sojourn.cli import cli
from sojourn.errors import NoSuchCase
from sojourn.relocation.planner import offers
from sojourn.relocation.planner.offers import everybody_asked, safe_offers
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.units import Units, form_units
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import (
    Case,
    Consent,
    Fitness,
    Mobility,
    Person,
    Place,
    Room,
    RoomType,
    Sex,
    Site,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("offers") / "SYNTHETIC"
    write_example_site(made, people=60, seed=1)
    return made


def desk(base: Site, beds: tuple[int, int], women: int, protected: str = "N") -> Site:
    """A synthetic site: women alone, the first of them flagged, two regions of women's beds."""
    regions = ("N", "S")
    places = tuple(
        Place(
            id=f"P{r}",
            region=r,
            department=r,
            lat=50,
            lon=2,
            women_safe=True,
            max_arrivals_per_day=50,
        )
        for r in regions
    )
    rooms = tuple(
        Room(place_id=f"P{r}", room_type=RoomType.WOMEN_ONLY, rooms=n, beds_per_room=1)
        for r, n in zip(regions, beds, strict=True)
    )
    people = tuple(
        Person(
            id=f"p{n}",
            case_id=f"c{n}",
            sex=Sex.FEMALE,
            birth="age:30",
            age_source="declared",
            languages=("ar",),
        )
        for n in range(women)
    )  # type: ignore[arg-type]
    cases = tuple(
        Case(
            id=f"c{n}",
            head=f"p{n}",
            wishes=(protected,) if n == 0 else regions,
            consent=Consent.EXPLICIT,
        )
        for n in range(women)
    )
    return replace(
        base,
        persons=people,
        cases=cases,
        links=(),
        relatives=(),
        places=places,
        rooms=rooms,
        travel=(),
    )


def test_the_last_place_of_a_protected_person_is_not_offered(folder: Path) -> None:
    site = desk(read_site(folder), (1, 1), 2)  # the first woman accepts N alone
    found = safe_offers(site, "c1")
    assert found.safe == ("S",)
    assert "more protected" in found.refused["N"]
    assert found.reason
    assert safe_offers(desk(read_site(folder), (2, 1), 2), "c1").safe == ("N", "S")


def test_a_region_without_a_place_is_not_offered(folder: Path) -> None:
    site = desk(read_site(folder), (0, 3), 2, protected="S")
    assert "rules and beds" in safe_offers(site, "c1").refused["N"]


@pytest.mark.parametrize("asked", [0.0, 0.5, 1.0], ids=["nobody", "half", "all"])
def test_a_day_at_the_desk_leaves_no_protected_person_without(folder: Path, asked: float) -> None:
    rng, base = np.random.default_rng(5), read_site(folder)
    for _ in range(times(40, 500)):
        women = int(rng.integers(2, 6))
        site = desk(base, (int(rng.integers(1, 4)), int(rng.integers(1, 4))), women)
        protected = int(rng.integers(1, women + 1))
        site = _some_protected(site, protected)
        silent = {f"c{n}" for n in range(women) if rng.random() >= asked}
        site = replace(site, cases=tuple(unasked(c) if c.id in silent else c for c in site.cases))
        possible = make_plan(everybody_asked(site)).bounds[1].bound
        for n in rng.permutation(women):
            if f"c{n}" not in silent and n == 0:
                continue  # has said where she goes
            safe = safe_offers(site, f"c{n}").safe
            if safe:
                site = _chosen(site, f"c{n}", str(rng.choice(list(safe))))
        assert make_plan(everybody_asked(site)).bounds[1].value == possible


def _some_protected(site: Site, count: int) -> Site:
    flagged = {f"p{n}" for n in range(count)}
    people = tuple(replace(p, flags=("WR",) if p.id in flagged else ()) for p in site.persons)
    return replace(site, persons=people)


def unasked(case: Case) -> Case:
    return replace(case, consent=Consent.PENDING, wishes=(), offered_regions=())


def _chosen(site: Site, case_id: str, region: str) -> Site:
    return replace(
        site,
        cases=tuple(
            replace(c, wishes=(region,), consent=Consent.EXPLICIT) if c.id == case_id else c
            for c in site.cases
        ),
    )


def test_who_has_not_been_asked_keeps_the_last_place_that_suits(folder: Path) -> None:
    site = desk(read_site(folder), (1, 1), 2)
    first, other = site.persons
    site = replace(
        site,
        cases=tuple(unasked(c) for c in site.cases),
        persons=(replace(first, mobility=Mobility.WHEELCHAIR), other),
        places=tuple(replace(p, step_free=p.region == "N") for p in site.places),
    )
    found = safe_offers(site, "c1")  # nobody was asked; the first can live in N alone
    assert found.safe == ("S",)
    assert "more protected" in found.refused["N"]
    assert safe_offers(site, "c0").safe == ("N",)
    assert "R11" in safe_offers(site, "c0").refused["S"]
    assert "consent is pending" in found.note


def test_reasons_name_the_rule_that_is_in_the_way(folder: Path) -> None:
    site = desk(read_site(folder), (2, 2), 2)
    unfit = tuple(replace(p, fit_to_travel=Fitness.NO) for p in site.persons)
    assert "R10" in safe_offers(replace(site, persons=unfit), "c1").refused["N"]
    unsafe = tuple(replace(p, women_safe=p.region != "N") for p in site.places)
    assert "R07" in safe_offers(replace(site, places=unsafe), "c1").refused["N"]


def test_the_command_says_what_may_be_offered(folder: Path) -> None:
    case = read_site(folder).cases[0].id
    told = json.loads(
        CliRunner().invoke(cli, ["relocate", "offers", str(folder), case, "--json"]).stdout
    )
    assert set(told["safe"]).isdisjoint(told["refused"])
    assert bool(told["reason"]) == (len(told["safe"]) < 2)
    nobody = CliRunner().invoke(cli, ["relocate", "offers", str(folder), "nobody"])
    assert isinstance(nobody.exception, NoSuchCase)


def test_leaving_out_who_is_not_protected_changes_no_offer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_example_site(tmp_path / "SYNTHETIC", people=60, seed=2)
    base, rng, told = read_site(tmp_path / "SYNTHETIC"), np.random.default_rng(5), set()
    for _ in range(40):
        site = tiny_site(rng, base)
        units = form_units(site).units
        if not units:
            continue
        case = units[int(rng.integers(len(units)))].cases[0]
        few = safe_offers(site, case)
        with monkeypatch.context() as patch:
            patch.setattr(
                offers, "_who_counts", lambda formed, case_id, _: _marked(formed, case_id)
            )
            assert safe_offers(site, case) == few
        told.add(len(few.safe))
    assert len(told) > 1


def _marked(formed: Units, case_id: str) -> Units:
    marked = tuple(replace(u, singular=True) if case_id in u.cases else u for u in formed.units)
    return replace(formed, units=marked)
