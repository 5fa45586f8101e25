"""What a brief may tell: each claim rests on rows of the validation, on the data of the run itself."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sojourn.errors import EstimateError, NoSuchObservation, SimulateError, SojournError
from sojourn.files import write_whole
from sojourn.health.run.by_country import OVER_BASE
from sojourn.health.run.scores import UNTRIED, Row
from sojourn.health.run.validation import malaria_rows, tb_rows
from sojourn.store.observations import Store
from sojourn.terminal.declared import packaged
from sojourn.vocab.area import AREAS

HELD = ("met", "near", "within", "sign met")  # verdicts on which a claim may rest
FILE = "validation.json"
COUNTRY_PATH = "country_path"
NO_VALIDATION = "no validation was made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One kind of statement of a brief, and the rows of the validation it rests on."""

    id: str
    topic: str
    tells: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """The file of claims."""

    claim: tuple[Claim, ...]


def validate(store: Store, *, seed: int = 1, as_of: date | None = None) -> list[Row]:
    """Compare what is printed with published results, and with years that no fit has seen.

    A topic whose files are not loaded is not tried, and its rows say what is missing.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        The files of no topic are loaded.
    """
    rows, refused = list[Row](), list[SojournError]()
    for topic, compare in (("tb", tb_rows), ("malaria", malaria_rows)):
        try:
            rows += compare(store, seed=seed, as_of=as_of)
        except (SimulateError, NoSuchObservation, EstimateError) as error:
            refused.append(error)
            rows += untried(topic, str(error).partition("\n")[0])
    if len(refused) == 2:
        raise refused[0]
    return rows


def untried(topic: str, missing: str) -> list[Row]:
    """Return every row that a claim of a topic rests on, none of them tried."""
    names = dict.fromkeys(r for c in claims(topic) for r in c.rests_on)
    none = (None, None, None, None)
    return [
        Row(n, topic, f"a claim of {topic} rests on it", *none, UNTRIED, "", missing) for n in names
    ]


@cache
def claims(topic: str) -> tuple[Claim, ...]:
    """Return the claims of a topic."""
    every = packaged("sojourn.health.run", "claims.toml", Claims).claim
    return tuple(c for c in every if c.topic == topic)


def codes(areas: Iterable[str]) -> tuple[str, ...]:
    """Return the ISO 3166-1 alpha-3 codes of those areas that are countries.

    Examples
    --------
    >>> codes(("826", "900"))
    ('GBR',)
    """
    return tuple(AREAS[a].iso3 for a in areas if a in AREAS and AREAS[a].iso3)


def judged(
    topic: str, rows: Sequence[Row], *, countries: Sequence[str] = ()
) -> dict[str, dict[str, Any]]:
    """Return whether each claim of a topic is kept, the rows that miss, and those that were not tried.

    A row that is not there was not tried either: without a validation nothing is claimed.

    Parameters
    ----------
    countries : sequence of str, optional
        ISO 3166-1 alpha-3 codes of the countries that are told of: their path rests on their own rows,
        too.
    """
    of = {row.id: row for row in rows}
    ends = tuple(f"{OVER_BASE}{country}" for country in countries)
    own = tuple(r for r in of if r.endswith(ends))
    told = {}
    for claim in claims(topic):
        rests_on = claim.rests_on + (own if claim.id == COUNTRY_PATH else ())
        open_rows = {
            r: of[r].missing if r in of else NO_VALIDATION
            for r in rests_on
            if r not in of or of[r].verdict == UNTRIED
        }
        tried = [r for r in rests_on if r not in open_rows]
        missed = [r for r in tried if of[r].verdict not in HELD]
        held = {
            r: {"ours": of[r].ours, "published": of[r].published, "verdict": of[r].verdict}
            for r in rests_on
            if r in of
        }
        kept = not (missed or open_rows)
        told[claim.id] = {"kept": kept, "missed": missed, "untried": open_rows, "rows": held}
    return told


def validated(
    store: Store, topic: str, digest: str, folder: Path, *, as_of: date | None = None
) -> list[Row]:
    """Return the validation of a run's topic on its own data; done once, and kept beside the run.

    Raises
    ------
    SimulateError, NoSuchObservation, EstimateError
        A file that the validation needs is not loaded.
    PublishError
        It cannot be written.
    """
    path = folder / FILE
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["run"] == digest:
            return [Row(**row) for row in held["rows"]]
    except (OSError, ValueError, TypeError, KeyError):
        pass  # not there yet, or not whole: it is made again
    rows = (tb_rows if topic == "tb" else malaria_rows)(store, as_of=as_of)
    plain = [{k: _plain(v) for k, v in asdict(row).items()} for row in rows]
    text = json.dumps({"run": digest, "rows": plain}, ensure_ascii=False, indent=1)
    write_whole(path, text.encode())
    return [Row(**row) for row in plain]


def _plain(value: Any) -> Any:
    """Return what JSON holds: a number that is none is null."""
    return None if isinstance(value, float) and value != value else value
