"""Which share of disease is of the lungs: WHO's columns by origin, the asker's over them, never a guess."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from twins import store_of
from unit.health.test_corridor import question

from sojourn.errors import SimulateError
from sojourn.health.engine.question import Own
from sojourn.health.inputs.pulmonary import ELSEWHERE, LUNGS, Pulmonary, pulmonary_of
from sojourn.health.inputs.tb import tb_inputs
from sojourn.health.run.lungs import Lungs, lungs_of, unsaid
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import Store, open_store

#: SYNTHETIC: new cases of the lungs, confirmed and clinically diagnosed, and elsewhere; none is missing.
ROWS = {
    ("356", 2012): (900, None, 100),  # before 2013 one column is empty
    ("356", 2013): (500, 300, 200),
    ("356", 2014): (600, 300, 100),
    ("356", 2015): (500, None, 500),
    ("356", 2016): (400, 200, 400),
    ("356", 2017): (300, 300, 400),
    ("470", 2016): (7, 2, 3),  # fewer than twenty tell no share
    ("524", 2017): (40, 0, 0),
}
NAMES = (*LUNGS, ELSEWHERE)
IND, MLT, NPL, GBR = "356", "470", "524", "826"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("twin")
    rows = [
        {"indicator": name, "ref_area": area, "destination": area, "time_period": str(year)}
        | {"obs_value": value, "obs_status": "O" if value is None else "A"}
        for (area, year), values in ROWS.items()
        for name, value in zip(NAMES, values, strict=True)
    ]
    store_of(root, "who.tb-notifications@2018-06-01", rows)
    return open_store(read_manifest(root))


def test_the_newest_years_with_all_three_columns_are_summed_with_their_cells(store: Store) -> None:
    found = pulmonary_of(store, [IND, MLT, NPL, GBR])
    assert sorted(found) == [IND, NPL]
    one: Pulmonary = found[IND]
    assert one.share == pytest.approx((600 + 300 + 400 + 200 + 300 + 300) / 3000)
    assert (one.first, one.last, one.notified) == (2014, 2017, 3000.0)
    assert len(one.cells) == 9
    assert {c.year for c in one.cells} == {2014, 2016, 2017}
    assert found[NPL].share == 1.0


def test_years_after_the_last_that_is_looked_at_are_not_read(store: Store) -> None:
    early = pulmonary_of(store, [IND, NPL], until=2015)
    assert sorted(early) == [IND]
    assert early[IND].share == pytest.approx((500 + 300 + 600 + 300) / 2000)
    assert (early[IND].first, early[IND].last) == (2013, 2014)


def test_a_run_screens_by_who_s_own_columns_of_2013_to_2015(
    loaded: Path, publisher_files: Path
) -> None:
    inputs = tb_inputs(open_store(read_manifest(loaded)))
    assert inputs.world.lungs is not None
    path = publisher_files / "who/2024-06/TB_notifications_2024-06-23.csv"
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if "2013" <= r["year"] <= "2015"]
    for area in (IND, GBR, "608"):
        told = [
            [float(r[c]) for c in ("new_labconf", "new_clindx", "new_ep")]
            for r in rows
            if r["iso_numeric"].zfill(3) == area
        ]
        share = sum(a + b for a, b, _ in told) / sum(map(sum, told))
        at = inputs.world.where.areas.index(area)
        assert inputs.world.lungs[at] == pytest.approx(share), area
    for name in ("lungs", "notified", "notified again", "notified foreign"):
        assert inputs.editions[f"WHO {name}"] == "who.tb-notifications@2024-06-23", name
    assert not [name for name in inputs.editions if name.endswith(("lower", "upper"))]


def test_what_was_not_known_on_a_date_is_not_read(store: Store) -> None:
    assert pulmonary_of(store, [IND], date(2017, 1, 1)) == {}


def test_the_asker_s_number_stands_over_whos_and_says_so(store: Store) -> None:
    one = question(origins=(IND, NPL, MLT), destinations=(GBR,), pulmonary=None)
    who = lungs_of(store, one, one.origins)
    assert [a for a, x in who.items() if x.cells] == [IND, NPL]
    said = unsaid(one.origins, who)["found"]
    assert "Malta" in said
    assert "the most it could be" in said
    mine = Own("pulmonary", 0.5, 2020, "a survey", area=IND)
    over = lungs_of(store, replace(one, own=(mine,)), one.origins)
    assert over[IND] == Lungs(0.5, "a survey", 2020, 2020)
    assert over[NPL] == who[NPL]
    every = lungs_of(store, replace(one, pulmonary=0.6), one.origins)
    assert {x.share for x in every.values()} == {0.6}
    assert unsaid(one.origins, every) == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pulmonary": 0.6, "own": (Own("pulmonary", 0.5, 2020, "x", area=IND),)}, "told twice"),
        ({"pulmonary": None, "own": (Own("pulmonary", 0.5, 2020, "x", area=GBR),)}, "no origin"),
    ],
)
def test_a_share_that_is_told_twice_or_of_no_origin_is_refused(
    store: Store, changed: dict[str, object], said: str
) -> None:
    one = question(origins=(IND,), destinations=(GBR,), **changed)
    with pytest.raises(SimulateError, match=said):
        lungs_of(store, one, one.origins)


def test_the_world_s_share_is_near_what_who_s_report_says(publisher_files: Path) -> None:
    path = publisher_files / "who/2024-06/TB_notifications_2024-06-23.csv"
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["year"] == "2022"]
    told = [
        [float(r[c]) for c in ("new_labconf", "new_clindx", "new_ep")]
        for r in rows
        if all(r[c] for c in ("new_labconf", "new_clindx", "new_ep"))
    ]
    lungs, every = sum(a + b for a, b, _ in told), sum(map(sum, told))
    # Global Tuberculosis Report 2023, section 2.1: of 7.5 million new and relapse cases of 2022, 83 per cent
    # of the lungs; table 2.1.1: 6,221,451 of 7,451,257. Relapses are more often of the lungs.
    assert lungs / every == pytest.approx(0.83, abs=0.005)
    assert lungs / every < 6_221_451 / 7_451_257
