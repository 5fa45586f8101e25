"""A replay from its declarations to a folder: plan, simulate, print; all of it or nothing."""

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from sojourn.errors import PlanError, PlanRefused, SiteRefused
from sojourn.files import check_folder, new_folder, scratch
from sojourn.publish import render_html, render_pdf
from sojourn.relocation.audit.audit import audit
from sojourn.relocation.lists.replay import replay_document
from sojourn.relocation.lists.replay_page import ReplayBrief
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.proposal.proposal import Proposal
from sojourn.relocation.replay.crowd import crowd_of
from sojourn.relocation.replay.facts import Facts, calais_2016
from sojourn.relocation.replay.people import replay_tables
from sojourn.relocation.replay.replay import SETS, Replay, replay
from sojourn.relocation.run.resume import resumed
from sojourn.relocation.site.example_tables import SYNTHETIC
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Site
from sojourn.relocation.site.write import write_example

Step = Callable[[str, int, int], None]
MOST_RUNS = 10_000
NAME = "replay-calais-2016"


def write_replay(
    out: Path,
    *,
    people: int | None = None,
    seed: int,
    runs: int,
    languages: Sequence[str],
    progress: Step | None = None,
) -> ReplayBrief:
    """Plan October 2016 on a synthetic population, replay it both ways, and write the brief.

    Interrupted, it leaves what is done beside the folder, and the same call goes on from there.

    Parameters
    ----------
    people : int, optional
        The published total by default.

    Raises
    ------
    PlanError
        The folder exists and is not empty, or cannot be written.
    SiteRefused
        People or runs are out of range.
    PlanRefused
        The independent audit found a broken rule; nothing is written.
    """
    check_folder(out, error=PlanError)
    if not 1 <= runs <= MOST_RUNS:
        raise SiteRefused(f"--runs: found {runs}, expected 1 to {MOST_RUNS:,}")
    facts = calais_2016()
    total = int(facts.value("moved_adults") + facts.value("moved_minors"))
    site = _site(facts, total if people is None else people, seed)
    part = resumed(out, f"{site.digest} seed {seed} runs {runs} people {people or total}")
    if progress is not None:
        progress("planning", len(part.outcomes), len(SETS) * runs)
    plan = part.planned(lambda: make_plan(site))
    broken = [v for check in audit(site, plan) for v in check.violations]
    if broken:
        part.done()
        raise PlanRefused(
            f"the audit found {len(broken)} broken rules ({broken[0].rule}: {broken[0].witness})",
            hint="this is a fault of the planner: report it; nothing was written",
        )
    try:
        done = replay(
            crowd_of(site, plan, facts),
            facts,
            seed=seed,
            runs=runs,
            step=_counting(progress, len(SETS) * runs),
            known=part.outcomes,
            keep=part.keep,
        )
    except BaseException:
        part.save()  # also where somebody stopped it: it goes on from here
        raise
    brief = _brief(facts, site, plan, done)
    made = {**_tables(brief), **_pages(brief, languages)}
    with new_folder(out, error=PlanError) as folder:
        for name, content in made.items():
            folder.write(name, content)
    part.done()
    return brief


def _counting(progress: Step | None, total: int) -> Callable[[], object] | None:
    if progress is None:
        return None
    done = iter(range(1, total + 1))
    return lambda: progress("replaying", next(done), total)


def _site(facts: Facts, people: int, seed: int) -> Site:
    tables = replay_tables(facts, people=people, seed=seed)
    with scratch() as made:
        write_example(tables, made.path / "site")
        return read_site(made.path / "site")


def _brief(facts: Facts, site: Site, plan: Proposal, done: Replay) -> ReplayBrief:
    room = files("sojourn.relocation.replay")
    declared = [room.joinpath(n).read_bytes() for n in ("calais.toml", "replay.toml")]
    return ReplayBrief(
        facts=facts,
        replay=done,
        inputs=hashlib.sha256(b"\0".join([site.digest.encode(), *declared])).hexdigest(),
        placed=sum(a.persons for a in plan.assignments),
        unplaced=sum(u.persons for u in plan.unplaced),
        trips=len(plan.trips),
        dated=facts.day("moved_adults"),
    )


def _pages(brief: ReplayBrief, languages: Sequence[str]) -> dict[str, bytes]:
    made = {}
    for language in languages:
        document = replay_document(brief, language)
        made[f"{NAME}.{language}.html"] = render_html(document).encode()
        made[f"{NAME}.{language}.pdf"] = render_pdf(document)
    return made


def _tables(brief: ReplayBrief) -> dict[str, bytes]:
    done = brief.replay
    rows = [{"failures": n, "way": w, "run": k, **asdict(o)} for n, w, k, o in done.outcomes]
    summaries = [_plain(asdict(s)) for s in done.summaries]
    flat = [
        {
            "failures": s["failures"],
            "way": s["way"],
            "runs": s["runs"],
            "robustness": s["robustness"],
            "measure": m,
            **band,
        }
        for s in summaries
        for m, band in s["measures"].items()
    ]
    figures = [{**asdict(f), "day": f.day.isoformat()} for f in brief.facts.figures.values()]
    assumptions = [asdict(a) for a in brief.facts.assumptions.values()]
    told = {
        "synthetic": True,
        "notice": SYNTHETIC,
        "people": done.persons,
        "minors": done.minors,
        "seed": done.seed,
        "runs": done.runs,
        "inputs": brief.inputs,
        "plan": {"placed": brief.placed, "unplaced": brief.unplaced, "trips": brief.trips},
        "published": figures,
        "assumptions": assumptions,
        "summaries": summaries,
    }
    readme = f"{SYNTHETIC}.\nA planning aid for a voluntary move; two procedures compared under stated assumptions.\nInputs: {brief.inputs}\n"
    return {
        "replay.json": (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode(),
        "runs.csv": _csv(rows),
        "summary.csv": _csv(flat),
        "published.csv": _csv(figures),
        "assumptions.csv": _csv(assumptions),
        "README.txt": readme.encode(),
    }


def _plain(value: Any) -> Any:
    """Return a value for JSON; what no run has is null."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row) for row in rows)
    return stream.getvalue().encode()


SHOWN = ("tier_1", "turned_away", "waited", "night_arrivals", "unsafe_children")


def summary(brief: ReplayBrief) -> dict[str, Any]:
    """Return a replay in a few numbers: medians over the runs."""
    rows = [
        {
            "failures": s.failures,
            "way": s.way,
            "robustness": s.robustness,
            **{m: s.measures[m].median for m in SHOWN},
        }
        for s in brief.replay.summaries
    ]
    return {
        "synthetic": True,
        "people": brief.replay.persons,
        "inputs": brief.inputs,
        "compared": rows,
    }
