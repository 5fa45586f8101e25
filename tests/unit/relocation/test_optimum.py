"""Every level of a plan against every assignment there is: 3,000 tiny sites, tried to the last one.

The levels are worked out here from the design, for all assignments at once; only which rooms a
unit may have by itself is taken from the planner (the auditor checks that).
"""

from dataclasses import replace

import numpy as np
import pytest
from every_assignment import best, enumerate_all, levels
from tiny_sites import tiny_site

from sojourn.relocation.planner.assign import solve
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.model import build_model
from sojourn.relocation.planner.units import form_units
from sojourn.relocation.run.relocate import write_example_site
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

CASES, PARTS = 3_000, 4
ORDERS = (
    ("L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"),
    ("L1", "L2", "L3", "L8", "L7", "L5", "L6", "L4"),
    ("L1", "L2", "L3", "L6", "L5", "L4", "L8", "L7"),
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("optimum") / "SYNTHETIC"
    write_example_site(folder, people=60, seed=2)
    return read_site(folder)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_each_level_is_the_enumerated_optimum(base: Site, part: int) -> None:
    rng, tried, largest, limited = np.random.default_rng([7, part]), 0, 0, 0
    while tried < CASES // PARTS:
        site = tiny_site(rng, base)
        order = ORDERS[tried % len(ORDERS)]
        site = replace(site, rules=replace(site.rules, level_order=order))
        units, eligible = form_units(site), Eligibility(site)
        tried += 1
        everything = enumerate_all(units, eligible)
        largest = max(largest, len(everything.where))
        wanted = best(levels(everything), order)
        limited += any(wanted[:3])
        model = build_model(units, eligible)
        solved = solve(model)
        mine = [float(level.cost @ solved.x) for level in model.levels]
        assert [level.id for level in model.levels] == list(order)
        assert mine == pytest.approx(wanted, abs=1e-6), tried
        assert solved.bounds == pytest.approx(wanted, abs=1e-6), tried
    assert largest > 1_000
    assert limited > tried // 4
