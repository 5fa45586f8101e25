"""The run behind a brief: read, checked for topic, place, shape and editions, before a word is set."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sojourn.errors import SimulateError
from sojourn.health.brief.withheld import COUNTS, ENDS
from sojourn.health.engine.parameters import Parameter
from sojourn.health.targets.series import WORLD
from sojourn.vocab.observation import EditionId

VERDICTS = ("determined", "not determined", "sign not determined", "withheld")


def read_run(path: Path, topic: str, area: str) -> dict[str, Any]:
    """Return the summary of a run: a file, or a run's folder.

    Raises
    ------
    SimulateError
        There is none for this place, it is of another topic or place, or it is incomplete.
    """
    file = path / f"summary-{area}.json" if path.is_dir() else path
    place = "" if area == WORLD else f" --area {area}"
    hint = f"make it: sojourn simulate {topic}{place} --out FOLDER, then name that folder"
    told = _json(file, hint)
    _check_topic(file, told, topic, hint)
    of = told.get("area", "")
    if of not in ("", area):
        raise SimulateError(f"{file}: is of {of}, and the brief is of {area}", hint=hint)
    wrong = _wrong(told)
    if wrong:
        raise SimulateError(f"{file}: is incomplete: {wrong}", hint=hint)
    return told


def read_world(path: Path, topic: str, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the summary of the same run for the world, empty where it was not made.

    Raises
    ------
    SimulateError
        It is there and incomplete.
    """
    file = path / f"summary-{WORLD}.json"
    if not run or not path.is_dir() or not file.is_file():
        return {}
    told = read_run(path, topic, WORLD)
    return told if told["run"] == run["run"] else {}


def known_of(path: Path, run: Mapping[str, Any]) -> dict[str, Parameter]:
    """Return the parameters a run's folder was made with, empty where they are not told."""
    file = path / "run.json"
    if not path.is_dir() or not file.is_file():
        return {}
    told = _json(file, "run sojourn simulate again")
    if told.get("run") != run.get("run"):
        raise SimulateError(
            f"{path}: run.json and the summary are of two runs",
            hint="make the summary again: sojourn simulate writes it into the run's folder",
        )
    try:
        return {name: Parameter(**p) for name, p in told["parameters"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise SimulateError(
            f"{file}: its parameters cannot be read ({error})", hint="run sojourn simulate again"
        ) from None


def check_editions(run: Mapping[str, Any], current: Mapping[str, Sequence[str]]) -> None:
    """Refuse a run that rests on other editions than the brief would use.

    Of a dataset it rests on the newest, and on an older one for what the newest leaves blank.

    Parameters
    ----------
    current : mapping of str to sequence of str
        Editions of each dataset, oldest first, as the brief sees them.

    Raises
    ------
    SimulateError
        An edition differs or is not loaded.
    """
    rests: dict[str, list[str]] = {}
    for edition in sorted(set(map(str, dict(run.get("editions", {})).values()))):
        rests.setdefault(EditionId.of(edition).dataset, []).append(edition)
    for dataset, editions in rests.items():
        ours = current.get(dataset, ())
        other = [e for e in editions if e not in ours]
        if other or ours[-1] not in editions:
            beside = f"the data hold {ours[-1]}" if ours else f"no edition of {dataset} is loaded"
            raise SimulateError(
                f"the run {str(run['run'])[:12]} rests on {(other or editions)[-1]}; {beside}",
                hint="run sojourn simulate again on these data, or name the day with --as-of",
            )


def _json(file: Path, hint: str) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SimulateError(f"{file}: no summary of a run ({error})", hint=hint) from None
    if not isinstance(told, dict):
        raise SimulateError(f"{file}: no summary of a run (no JSON object)", hint=hint)
    return told


def _check_topic(file: Path, told: Mapping[str, Any], topic: str, hint: str) -> None:
    of = told.get("topic", "malaria" if "closed_form" in told else "")
    if of != topic or not isinstance(told.get("run"), str):
        found = f"of {of}" if of else "of no topic"
        raise SimulateError(f"{file}: is no summary of a {topic} run ({found})", hint=hint)


def _wrong(told: Mapping[str, Any]) -> str:
    """Return what is missing from a summary, empty when it is whole."""
    found, moved = told.get("scenarios"), told.get("drivers", [])
    if not isinstance(found, dict) or not found:
        return "it compares no programmes"
    needed = {"parameter", "low", "high"}
    if (
        not isinstance(moved, list)
        or any(not needed <= set(d) for d in moved)
        or (moved and "drivers_middle" not in told)
    ):
        return "what drives the answer lacks its ends"
    if not _claims_whole(told.get("claims", {})):
        return "its claims cannot be read"
    if "closed_form" in told:
        needs = ("r", "averted_residents_per_1000", "averted_mobile_per_1000")
        return next((w for n, one in found.items() if (w := _lacks(n, one, needs))), "")
    if not any("averted" in one for one in found.values() if isinstance(one, dict)):
        return "no programme is compared with leaving people out"
    for name, one in found.items():
        if not isinstance(one, dict):
            return f"{name} is no programme"
        if "averted" in one and (wrong := _lacks(name, one["averted"], COUNTS)):
            return wrong
    return ""


def _claims_whole(claims: Any) -> bool:
    """Whether each claim says if it is kept, and its rows have both numbers."""
    if not isinstance(claims, dict) or not all(isinstance(c, dict) for c in claims.values()):
        return False
    rows = [c.get("rows") for c in claims.values()]
    if not all(isinstance(r, dict) for r in rows) or any("kept" not in c for c in claims.values()):
        return False
    needed = {"ours", "published"}
    return all(isinstance(v, dict) and needed <= set(v) for r in rows for v in r.values())


def _lacks(name: str, one: Any, needs: tuple[str, ...]) -> str:
    """Return which interval a programme lacks, empty when it has them all."""
    if not isinstance(one, dict):
        return f"{name} is no programme"
    if needs == COUNTS and one.get("verdict") not in VERDICTS:
        return f"{name} has the verdict {one.get('verdict')!r}, not one of {', '.join(VERDICTS)}"
    for need in needs:
        interval = one.get(need)
        if not isinstance(interval, dict) or any(end not in interval for end in ENDS):
            return f"{name} has no interval for {need}"
    return ""
