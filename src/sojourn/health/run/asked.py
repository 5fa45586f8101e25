"""What is asked of the health models, on the command line or in Python, and the files it is asked with."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sojourn.errors import Misasked, SimulateError
from sojourn.health.engine.parameters import Parameter, draw, parameters, replaced
from sojourn.health.engine.question import OWN_KEYS, Own, read_own, read_questions
from sojourn.health.engine.scenario import Scenario, read_scenarios, scenarios
from sojourn.health.malaria.model import Place, from_incidence
from sojourn.health.run.corridor import ask
from sojourn.health.run.place import incidence_of, mobile_share, run_malaria
from sojourn.health.run.placing import placed, with_rows
from sojourn.health.run.validation import tb_rows
from sojourn.store.observations import Store
from sojourn.vocab.place import area_id

TOPICS = ("malaria", "tb")


def declared(
    topic: str, own: Path | None, scenario: Path | None
) -> tuple[dict[str, Parameter], tuple[Scenario, ...]]:
    """Return parameters and scenarios, packaged or the asker's own.

    Raises
    ------
    SimulateError
        A file cannot be read, or declares what is not known.
    """
    known = dict(parameters(topic))
    if own is not None:
        known = dict(replaced(known, text_of(own), where=own.name))
    if scenario is None:
        return known, tuple(scenarios())
    return known, tuple(read_scenarios(text_of(scenario), where=scenario.name))


def text_of(path: Path) -> str:
    """Return the text of a file of the asker's.

    Raises
    ------
    SimulateError
        It cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")  # spreadsheets write a mark of byte order
    except (OSError, UnicodeDecodeError) as error:
        raise SimulateError(f"{path}: cannot be read ({error})", hint="name a TOML file") from None


@dataclass(frozen=True, kw_only=True)
class AskedPlace:
    """One place, as ``sojourn simulate place`` asks for it.

    Attributes
    ----------
    r0 : float or None
        Reproduction number without a scale-up; None reads it off WHO's incidence in ``area``.
    mobile : float or None
        Share of people who are mobile; None takes UN DESA's share of migrants in ``area``.
    imports : float
        Infections acquired elsewhere, a year per million people.
    """

    r0: float | None = None
    mobile: float | None = None
    area: str = ""
    imports: float = 0.0
    draws: int = 400
    seed: int = 1
    scenario: Path | None = None
    parameters: Path | None = None
    as_of: date | None = None


def place_told(opened: Callable[[], Store], asked: AskedPlace) -> dict[str, Any]:
    """Return what every programme gives in one place.

    Parameters
    ----------
    opened : callable
        Opens the data directory; called where a number is read off it.

    Raises
    ------
    Misasked
        Neither an area nor the number that it would give.
    SimulateError, UnknownArea
        The country lacks an input, or is none.
    """
    where, cell = (area_id(asked.area) if asked.area else ""), ""
    mobile = asked.mobile
    if mobile is None:
        if not where:
            raise Misasked("name --area, or give --mobile", hint="a share of all people: 0.12")
        mobile, cell = mobile_share(opened(), where, asked.as_of)
    known, programmes = declared("malaria", asked.parameters, asked.scenario)
    r0_cell = ""
    if asked.r0 is not None:
        start = Place(asked.r0, mobile, asked.imports)
    elif where:
        incidence, r0_cell = incidence_of(opened(), where, asked.as_of)
        drawn = draw(known, asked.seed, asked.draws, range(asked.draws))
        start = Place(from_incidence(incidence, drawn), mobile, asked.imports)
    else:
        raise Misasked("name --area, or give --r0", hint="a number above zero: 1.6")
    return run_malaria(
        start,
        known,
        programmes,
        draws=asked.draws,
        seed=asked.seed,
        cell=cell,
        area=where,
        r0_cell=r0_cell,
    )


def corridors_told(
    opened: Callable[[], Store],
    question: Path,
    *,
    own: Path | None = None,
    draws: int = 60,
    seed: int = 1,
    as_of: date | None = None,
) -> list[dict[str, Any]]:
    """Answer every question of a file (TOML), each as plain data.

    Parameters
    ----------
    own : Path, optional
        Numbers of the asker's own (CSV), over WHO's and UN DESA's.

    Raises
    ------
    SimulateError, UnknownArea
        A file cannot be read, or a place is none or is not modelled.
    """
    asked = tuple(placed(q) for q in read_questions(text_of(question), where=question.name))
    if own is not None:
        asked = with_rows(asked, own_rows(own), own.name)
    store, known = opened(), parameters("tb")
    rows = tb_rows(store, seed=seed, as_of=as_of)
    return [ask(store, q, known, rows, draws=draws, seed=seed, as_of=as_of) for q in asked]


def own_rows(path: Path) -> tuple[Own, ...]:
    """Return the asker's numbers of a CSV file.

    Raises
    ------
    SimulateError
        It cannot be read, its header is another, it has no row, or a row lacks its number; the message
        names the row.
    """
    rows, table = [], csv.DictReader(io.StringIO(text_of(path)))
    header = [name.strip() for name in table.fieldnames or ()]
    if missing := [k for k in ("what", "value", "year", "source") if k not in header]:
        raise SimulateError(
            f"{path.name}, row 1: no column {missing[0]!r}; the row is {', '.join(header)!r}",
            hint=f"a header, with commas: {','.join(OWN_KEYS)}",
        )
    table.fieldnames = header
    for number, row in enumerate(table, start=2):
        if None in row:
            raise SimulateError(
                f"{path.name}, row {number}: more cells than the header has columns",
                hint="a comma inside a text needs quotes",
            )
        told: dict[str, Any] = {k: v for k, v in row.items() if k and v}
        for key, kind in (("value", float), ("year", int)):
            try:
                told[key] = kind(told.get(key, ""))
            except ValueError:
                raise SimulateError(
                    f"{path.name}, row {number}: {key} is {told.get(key, '')!r}", hint="a number"
                ) from None
        rows.append(told)
    if not rows:
        raise SimulateError(f"{path.name}: a header and no number", hint="leave --own out")
    return tuple(read_own(rows, path.name))
