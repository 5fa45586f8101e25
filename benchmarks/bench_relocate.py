"""A synthetic site of 7,000 people planned, beside first come, first served on the same site.

Prints who stays without a place under both, each level with its bound, and the seconds of each part:
assignment with coaches, audit, written tables, printed lists; planning again after the largest place
fell out; safe offers to one case. Memory is that of the process and of its largest child.
The baseline is quick and blind: the ratio is of people without a place, not of seconds.

Run: python benchmarks/bench_relocate.py [PEOPLE] [PLACES]
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from sojourn.relocation.audit.audit import audit
from sojourn.relocation.lists.manifest import list_languages
from sojourn.relocation.planner.eligibility import Eligibility
from sojourn.relocation.planner.offers import safe_offers
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.queue import first_come
from sojourn.relocation.planner.units import Units, form_units
from sojourn.relocation.proposal.proposal import Event, Proposal
from sojourn.relocation.run.manifests import write_manifests
from sojourn.relocation.run.relocate import write_example_site, write_plan
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site

LARGE = 20_000  # people; the queue of a larger site is drawn once, and offers are left out


def without(units: Units, placed: dict[str, object]) -> list[int]:
    """Return the persons of each tier without a place."""
    return [
        sum(u.size for u in units.units if u.tier == t and u.id not in placed) for t in (1, 2, 3)
    ]


def again(site: Site, plan: Proposal) -> None:
    """Time a second plan without the largest place, and the offers to the last case that has one."""
    largest, cases = Counter(a.place_id for a in plan.assignments).most_common(1)[0]
    begin = time.perf_counter()
    second = make_plan(site, plan, (Event(kind="place withdrawn", id=largest),))
    seconds = time.perf_counter() - begin
    moved = next(b for b in second.bounds if b.level == "L9")
    print(
        f"planned again without the place of {cases} cases in {seconds:.1f} s: {moved.value:g} people change, bound {moved.bound:g}"
    )
    if len(site.persons) > LARGE:
        return
    begin = time.perf_counter()
    safe = safe_offers(site, plan.assignments[-1].case_id).safe
    print(f"offers to one case: {len(safe)} regions in {time.perf_counter() - begin:.1f} s")


def main() -> None:
    """Print levels, people without a place, and seconds."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    places = int(sys.argv[2]) if len(sys.argv) > 2 else max(20, people // 16)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "SYNTHETIC"
        write_example_site(folder, people=people, seed=1, places=places)
        site = read_site(folder)
    units, eligible = form_units(site), Eligibility(site)
    begin = time.perf_counter()
    plan = make_plan(site)
    planned = time.perf_counter() - begin
    begin = time.perf_counter()
    broken = sum(len(c.violations) for c in audit(site, plan))
    audited = time.perf_counter() - begin
    print(
        f"{people:,} people, {places} places: planned in {planned:.1f} s, audited in {audited:.1f} s with {broken} violations",
        flush=True,
    )
    begin = time.perf_counter()
    seeds = range(5 if people <= LARGE else 1)
    runs = [without(units, first_come(units, eligible, seed=s)) for s in seeds]
    sorted_runs = [without(units, first_come(units, eligible, seed=s, by_tier=True)) for s in seeds]
    queued = (time.perf_counter() - begin) / (2 * len(seeds))
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as made:
        write_plan(plan, site, Path(made) / "plan", audit(site, plan))
        written = time.perf_counter() - begin
        begin = time.perf_counter()
        lists = sum(
            1 for _ in write_manifests(Path(made) / "plan", Path(made) / "lists", list_languages())
        )
        printed = time.perf_counter() - begin
    again(site, plan)
    placed = {a.case_id for a in plan.assignments}
    ours = without(units, {u.id: None for u in units.units if set(u.cases) & placed})
    for b in plan.bounds:
        print(f"{b.level} {b.name}: {b.value:,g} {b.unit} (bound {b.bound:,g}; {b.seconds:.1f} s)")
    queue, tiers = np.mean(runs, axis=0), np.mean(sorted_runs, axis=0)
    most = [
        resource.getrusage(who).ru_maxrss / 1e6
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(
        f"tables and audit written in {written:.1f} s, {lists} lists printed in {printed:.1f} s; memory {most[0]:.1f} GB, a child {most[1]:.1f} GB"
    )
    print(
        f"without a place, tiers 1, 2, 3: plan {ours}; queue {queue.round(1).tolist()}; queue by tier {tiers.round(1).tolist()} in {queued:.1f} s"
    )
    print(f"ratio of people without a place, queue to plan: {queue.sum() / max(sum(ours), 1):.1f}x")


if __name__ == "__main__":
    main()
