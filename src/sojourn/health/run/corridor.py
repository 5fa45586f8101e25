"""A programme officer's question from the store: cases averted at home and abroad, and what it costs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sojourn import __version__
from sojourn.errors import SimulateError
from sojourn.files import add_files, write_whole
from sojourn.health.brief.withheld import signed
from sojourn.health.engine.outcomes import determined, interval, part_of, ratio
from sojourn.health.engine.parameters import Parameter, draw
from sojourn.health.engine.question import STEPS, Question
from sojourn.health.inputs.tb import TbInputs, tb_inputs
from sojourn.health.run.claims import NO_VALIDATION, claims, codes, judged, untried
from sojourn.health.run.lungs import lungs_of, plain_lungs, unsaid
from sojourn.health.run.placing import placed
from sojourn.health.run.scores import Row
from sojourn.health.run.simulate import code_digest, inputs_digest
from sojourn.health.targets.series import area_name
from sojourn.health.tb import run as tb_run
from sojourn.health.tb.corridor import Answer, answer, origins_of, with_own
from sojourn.health.tb.flags import DEATHS, EFFECTS, GROUPS, Flag, flags_of
from sojourn.processes import one_thread
from sojourn.store.observations import Store

SAID = (
    "Were WHO's trend up to 2015 to fade slowly, the programme would lower cases and deaths by what is "
    "averted. Levels: statistical anchor; effects: model; no forecast. What screening finds is held "
    "against published results on the files at hand (V2 of sojourn simulate validate)."
)
# What an answer claims beside what screening finds, which ``held_against`` tells.
CLAIMED = ("reactivation", "groups", "country_path")

NOBODY = "nobody is screened: cover, or a step of the cascade, is zero, and nothing is averted"


def ask(
    store: Store,
    question: Question,
    known: Mapping[str, Parameter],
    rows: Sequence[Row],
    *,
    draws: int = 60,
    seed: int = 1,
    as_of: date | None = None,
) -> dict[str, Any]:
    """Answer a question, as plain data; what is not determined is null.

    Parameters
    ----------
    rows : sequence of Row
        The validation on the store's own data: what of it is missed is said beside the answer.

    Raises
    ------
    UnknownArea
        A place is none.
    SimulateError, NoSuchObservation, EstimateError
        Inputs are missing, or a place is not modelled.
    """
    question = placed(question)
    inputs = tb_inputs(store, as_of=as_of)
    index = {a: i for i, a in enumerate(inputs.world.where.areas)}
    for area in (*question.origins, *question.destinations):
        if area not in index:
            why = inputs.empty.get(area, "it is no country of the stock tables")
            raise SimulateError(f"{question.id}: {area}: {why}", hint="nothing is imputed")
    world, observed = with_own(inputs.world, inputs.observed, question.own, index)
    origins = origins_of(world, question)
    lungs = lungs_of(store, question, origins, as_of)
    shares = {a: one.share for a, one in lungs.items()}
    with one_thread(always=True):
        found = answer(world, observed, known, question, seed=seed, draws=draws, pulmonary=shares)
    inputs = replace(inputs, world=world, observed=observed)
    flags = _flags(inputs, found, question, index, tb_run.trends_of(seed, draws) == "matched")
    told = _told(question, found, known, flags, seed=seed, draws=draws)
    told["claims"] = claimed(rows, question.destinations)
    told["held_against"] = held_against(rows)
    told["pulmonary"] = plain_lungs(lungs)
    told["own"] = [asdict(one) for one in question.own]
    told["withheld"] = {**told["withheld"], **unsaid(origins, lungs)}
    identity = {
        "topic": "tb",
        "question": asdict(question),
        "parameters": {n: asdict(p) for n, p in known.items()},
        "editions": dict(inputs.editions),
        "inputs": inputs_digest((inputs.world, inputs.observed)),
        "pulmonary": shares,
        "draws": draws,
        "seed": seed,
        "version": __version__,
        "code": code_digest(),
    }
    name = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    return {"run": name, **told, "editions": dict(inputs.editions), "identity": identity}


def claimed(rows: Sequence[Row], destinations: Sequence[str]) -> dict[str, Any]:
    """Return the claims that an answer makes, each with the rows that miss or were not tried.

    Parameters
    ----------
    destinations : sequence of str
        Area identifiers: the path of each rests on its own rows, too.
    """
    told = judged("tb", rows, countries=codes(destinations))
    return {k: v for k, v in told.items() if k in CLAIMED}


def held_against(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return what screening before entry finds in the validation, beside what is published (V2)."""
    [screening] = (c for c in claims("tb") if c.id == "screening")
    of = {r.id: r for r in (*untried("tb", NO_VALIDATION), *rows)}
    return [asdict(of[name]) for name in screening.rests_on]


def plain(told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return answers without the record they are named by."""
    return [{k: v for k, v in one.items() if k != "identity"} for one in told]


def write_answers(told: Sequence[Mapping[str, Any]], out: Path) -> list[Path]:
    """Write answers to a file (``.json``), or each as a run into a folder; return what was written.

    Raises
    ------
    PublishError
        They cannot be written.
    """
    if out.suffix != ".json":
        return [write_run(one, out) for one in told]
    write_whole(out, json.dumps(plain(told), ensure_ascii=False, indent=1).encode())
    return [out]


def write_run(told: Mapping[str, Any], folder: Path) -> Path:
    """Write an answer and what it rests on: ``answer.json`` beside ``run.json``; return its folder.

    Raises
    ------
    PublishError
        They cannot be written.
    """
    record = {"run": told["run"], **told["identity"]}
    answer = {k: v for k, v in told.items() if k != "identity"}
    made = {"run.json": record, "answer.json": answer}
    out = folder / str(told["question"])
    add_files(out, {n: json.dumps(v, ensure_ascii=False, indent=1) for n, v in made.items()})
    return out


def _flags(
    inputs: TbInputs, found: Answer, question: Question, index: Mapping[str, int], matched: Any
) -> dict[str, tuple[Flag, ...]]:
    world = inputs.world
    mobile = world.migrants / world.people
    return {
        area: flags_of(
            found.flags,
            index[area],
            notified=float(inputs.observed.share[index[area]]),
            mobile=float(mobile[index[area]]),
            matched=matched,
        )
        for area in question.destinations
    }


def _told(
    question: Question,
    found: Answer,
    known: Mapping[str, Parameter],
    flags: Mapping[str, tuple[Flag, ...]],
    *,
    seed: int,
    draws: int,
) -> dict[str, Any]:
    total = found.cases.sum(axis=1)
    mixing = draw(known, seed, draws, range(draws))["mixing"]
    kinds, trends = tb_run.structures_of(seed, draws), tb_run.trends_of(seed, draws)
    verdict, why = determined(total, kinds, mixing, "latency", trends)
    kept = withheld_by(flags)
    if verdict == "determined" and EFFECTS in kept:
        verdict, why = "not determined", kept[EFFECTS]
    if not (screened := found.steps["screened"]).any():
        verdict, why = "determined", NOBODY
    grouped = GROUPS not in kept
    told: dict[str, Any] = {
        "question": question.id,
        "title": question.title,
        "from": question.start,
        "to": question.end,
        "draws": draws,
        "said": SAID,
        "verdict": verdict,
        "why": why,
        **_people(found),
        "cases_averted": _averted(found.cases, grouped=grouped),
        "deaths_averted": None if DEATHS in kept else _averted(found.deaths, grouped=grouped),
        "screened_for_one_found": _ratio(screened, found.found),
        "screened_for_one_case_averted": _ratio(screened, total),
        "share_of_those_born_there": _part(found.cases[:, 0], total) if grouped else None,
        "flags": {area: [asdict(f) for f in fs] for area, fs in flags.items()},
        "withheld": kept,
    }
    if question.costs is not None:
        costs = sum(question.costs.steps.get(s, 0.0) * found.steps[s] for s in STEPS)
        told["costs"] = {
            "currency": question.costs.currency,
            "year": question.costs.year,
            "total": _plain(np.asarray(costs)),
            "for_one_case_averted": _ratio(np.asarray(costs), total),
            "for_one_found": _ratio(np.asarray(costs), found.found),
        }
    return told if verdict == "determined" else _interval_alone(told)


def _people(found: Answer) -> dict[str, Any]:
    """Return people at each step, those who are ill, those found, and those treated for nothing."""
    return {
        "steps": {s: _plain(found.steps[s]) for s in STEPS},
        "ill_on_arrival": _plain(found.ill),
        "found_and_treated": _plain(found.found),
        "treated_without_disease": _plain(np.maximum(found.steps["completed"] - found.found, 0.0)),
    }


def withheld_by(flags: Mapping[str, Sequence[Flag]]) -> dict[str, str]:
    """Return what is withheld, and by which flags of which destinations."""
    found = dict[str, dict[str, list[str]]]()
    for area, several in flags.items():
        for flag in several:
            found.setdefault(flag.withholds, {}).setdefault(flag.id, []).append(area_name(area))
    return {
        what: "; ".join(f"{', '.join(names)}: {name}" for name, names in by.items())
        for what, by in found.items()
    }


EFFECTS_TOLD = ("cases_averted", "deaths_averted", "screened_for_one_case_averted")


def _interval_alone(told: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the medians of what is not determined."""

    def bare(found: Any) -> Any:
        if not isinstance(found, dict):
            return found
        if "median" in found:
            return {**found, "median": None}
        return {k: bare(v) for k, v in found.items()}

    kept = {k: bare(v) if k in EFFECTS_TOLD else v for k, v in told.items()}
    kept["share_of_those_born_there"] = None
    if "costs" in kept:
        averted = bare(kept["costs"]["for_one_case_averted"])
        kept["costs"] = {**kept["costs"], "for_one_case_averted": averted}
    return kept


def _averted(values: np.ndarray, *, grouped: bool) -> dict[str, Any]:
    """Return what is averted in all, and by group where no flag withholds the groups.

    Where an interval holds none its sign is open, and it has no median.
    """
    told = {"all": values.sum(axis=1), "elsewhere": values[:, 2]}
    if grouped:
        told |= {"born_there": values[:, 0], "born_abroad": values[:, 1]}
    return {group: signed(_plain(v)) for group, v in told.items()}


def _plain(values: np.ndarray) -> dict[str, float]:
    return asdict(interval(values.astype(np.float64)))


def _part(part: np.ndarray, whole: np.ndarray) -> dict[str, float] | None:
    """Return a share, or null where a part may be below none or above all of the whole."""
    found = part_of(part, whole)
    return None if not np.isfinite(found.median) else asdict(found)


def _ratio(top: np.ndarray, bottom: np.ndarray) -> dict[str, float] | None:
    """Return a ratio, or null where it is not determined: its denominator may be zero."""
    found = ratio(top, bottom)
    return None if not np.isfinite(found.median) else asdict(found)
