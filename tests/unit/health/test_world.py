"""The world's own number: what the sum of countries told too much before is learnt, and nothing later."""

import numpy as np
import pytest

from sojourn.health.run.scores import Known
from sojourn.health.run.world import world_rows
from sojourn.health.tb.anchor import anchor
from sojourn.health.tb.world import ORIGIN, drift, totals

FIRST, BASE = 2000, 2015
YEARS = np.arange(FIRST, 2023)


def world(n: int = 60, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """SYNTHETIC: countries that fall by 4 to 6 per cent a year, for ever; the anchor lets it fade."""
    source = np.random.Generator(np.random.Philox(key=seed))
    fall = source.uniform(0.04, 0.06, (n, 1))
    people = source.uniform(2e6, 9e7, (n, 1)) * np.ones(len(YEARS))
    cases = people * 1e-3 * np.exp(-fall * (YEARS - FIRST))
    return cases, 0.1 * cases, people


def test_what_fades_in_the_anchor_and_went_on_in_the_world_is_taken_off() -> None:
    cases, deaths, people = world()
    found = drift(cases, deaths, people, first=FIRST, base=BASE)
    a = anchor(cases, deaths, people, first=FIRST, base=BASE)
    at = BASE - FIRST + 1
    sums = dict(zip(("cases", "deaths"), totals(a, people[:, at:]), strict=True))
    for name, seen in (("cases", cases), ("deaths", deaths)):
        ahead = len(found[name].off[: len(YEARS) - at])
        raw = np.log(sums[name] / seen[:, at:].sum(axis=0))[:ahead]
        assert (np.diff(raw) > 0).all()  # further ahead the sum is off by more
        assert raw[3] > 0.02
        assert np.abs(raw - found[name].off[:ahead]).max() < 0.002
        assert (found[name].width >= 0).all()
        assert (np.diff(found[name].width) >= 0).all()


def test_nothing_after_the_base_is_looked_at() -> None:
    cases, deaths, people = world()
    later = [t.copy() for t in (cases, deaths, people)]
    for table in later:
        table[:, YEARS > BASE] = np.nan
    told = [drift(*t, first=FIRST, base=BASE) for t in ((cases, deaths, people), later)]
    for name in ("cases", "deaths"):
        np.testing.assert_array_equal(told[0][name].off, told[1][name].off)
        np.testing.assert_array_equal(told[0][name].width, told[1][name].width)


def test_the_band_is_the_largest_error_that_earlier_corrections_made() -> None:
    cases, deaths, people = world()
    shock = np.where(YEARS >= 2012, np.exp(-0.02 * (YEARS - 2011.0)), 1.0)
    calm = drift(cases, deaths, people, first=FIRST, base=BASE)["cases"]
    moved = drift(cases * shock, deaths * shock, people, first=FIRST, base=BASE)["cases"]
    assert moved.width[0] > 5 * calm.width[0] + 0.01
    assert len(moved.off) == 8  # eleven origins: eight years after the fourth of them, 2015
    # by hand, one year ahead: each error less the mean of those whose outcome was known
    told = []
    for origin in range(ORIGIN, BASE):
        at = origin - FIRST
        a = anchor(cases * shock, deaths * shock, people, first=FIRST, base=origin)
        path = totals(a, people[:, at + 1 : at + 2])[0][0]
        told.append(float(np.log(path / (cases * shock)[:, at + 1].sum())))
    left = [abs(told[i] - np.mean(told[:i])) for i in range(1, len(told))]
    assert moved.width[0] == pytest.approx(max(left))
    assert moved.off[0] == pytest.approx(np.mean(told))


def test_what_was_told_too_much_is_taken_off_the_sum_and_brings_it_near() -> None:
    cases, deaths, people = world()
    areas, years = tuple(str(i) for i in range(len(cases))), tuple(int(y) for y in YEARS)
    found = anchor(cases, deaths, people, first=FIRST, base=BASE)
    rows = {r.id: r for r in world_rows(Known(areas, years, cases, deaths, people, "x", found))}
    for name, seen in (("cases", cases), ("deaths", deaths)):
        row = rows[f"corrected_world_{name}_2019"]
        who = seen[:, 2019 - FIRST].sum() / seen[:, BASE - FIRST].sum()
        assert row.published == pytest.approx(who)
        assert row.ours == pytest.approx(who, rel=0.005)
        assert rows[f"persistence_world_{name}_2019"].ours == pytest.approx(1.0)
