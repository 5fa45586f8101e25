"""The register of IOM's printed statements: each has its evidence, each is read with its wording."""

import re
from dataclasses import replace

import pytest

import sojourn
from sojourn.factsheet.figures.comparison import (
    CANNOT,
    EXACT,
    NEEDS,
    REVISED,
    ROUNDING,
    Published,
    compare,
    published_values,
)
from sojourn.factsheet.figures.figure import FigureValue, figures
from sojourn.factsheet.figures.opened import evaluator, verdicts
from sojourn.query.opening import open_data

REGISTER = published_values()


def the(figure_id: str, area: str = "900") -> Published:
    return next(p for p in REGISTER if (p.figure_id, p.area) == (figure_id, area))


@pytest.mark.parametrize("said", REGISTER, ids=lambda p: f"{p.figure_id}.{p.area}.{p.value}")
def test_every_statement_has_its_edition_its_place_and_its_evidence(said: Published) -> None:
    assert said.evidence.strip()
    assert said.source_named.strip()
    assert said.section.strip()
    assert said.published_in
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", said.published_on)
    assert all(later > said.published_on for later in said.published_again)
    assert said.figure_id in figures()
    assert said.unit == figures()[said.figure_id].unit
    assert (said.value is None) == (said.unit == "ORDER")


def test_the_register_holds_each_statement_once() -> None:
    keys = [(p.figure_id, p.area, p.time_period, p.sex, p.value) for p in REGISTER]
    assert len(keys) == len(set(keys)) == 45


def test_what_has_no_evidence_has_left_and_what_was_misread_is_put_right() -> None:
    assert the("share_of_population").value == 3
    assert the("top_share_of_host_population", "634").value == 75.7
    assert {p.value for p in REGISTER}.isdisjoint({3.3, 3770, 441e9, 75.5})
    assert the("forcibly_displaced").published_on == "2017-02"
    assert the("refugees_with_unrwa").published_on == "2017-02"
    assert (the("refugees_mid_year").value, the("refugees_mid_year").published_on) == (
        15_100_000,
        "2016-04",
    )


@pytest.mark.parametrize(
    ("qualifier", "value", "precision", "holds", "fails"),
    [
        ("", 41, 1, (40.6, 41.4), (40.4, 41.6)),
        ("estimated", 12e6, 1e6, (11.6e6, 12.4e6), (11.4e6, 12.6e6)),
        ("more than", 5700, 100, (5701, 5799), (5700, 5699, 5800, 6584)),
        ("over", 66.7, None, (66.8, 75.8), (66.7, 66.0)),
        ("at least", 25, None, (25, 40), (24.9,)),
        ("at least", 5417, 1, (5417,), (5416, 5418)),
        ("nearly", 33, None, (33, 32.5, 30), (33.1, 29)),
        ("almost", 20, None, (19,), (20.1, 17)),
        ("around", 3, 1, (3.3, 2.1), (4.1, 1.9)),
        ("about", 9, 1, (8.1, 10), (24.5,)),
    ],
)
def test_a_qualifier_binds(
    qualifier: str,
    value: float,
    precision: float | None,
    holds: tuple[float, ...],
    fails: tuple[float, ...],
) -> None:
    said = replace(the("migrant_stock"), qualifier=qualifier, value=value, precision=precision)
    assert [x for x in holds if not said.agrees(x)] == []
    assert [x for x in fails if said.agrees(x)] == []


def value(number: float | None, edition: str) -> FigureValue:
    return FigureValue(
        figure_id="migrant_stock",
        time_period="2015",
        sex="_T",
        area="900",
        unit="PERSONS",
        as_of="2026-01-01",
        value=number,
        edition=edition,
        reason="" if number is not None else "nobody holds it",
    )


OLD, NEW = "undesa.ims@2015-12-01", "undesa.ims@2021-01-15"


@pytest.mark.parametrize(
    ("now", "editions", "verdict", "told"),
    [
        ((244e6, NEW), (), EXACT, NEW),
        ((243.7e6, NEW), (), ROUNDING, NEW),
        ((248e6, NEW), ((243.7e6, OLD), (248e6, NEW)), REVISED, OLD),
        ((248e6, NEW), ((248e6, NEW),), NEEDS, "2016-04"),
        ((248e6, NEW), ((240e6, OLD), (248e6, NEW)), CANNOT, OLD),
        ((None, ""), (), NEEDS, "nobody holds it"),
    ],
)
def test_a_verdict_names_what_shows_it(
    now: tuple[float | None, str],
    editions: tuple[tuple[float, str], ...],
    verdict: str,
    told: str,
) -> None:
    found = compare(the("migrant_stock"), value(*now), lambda: [value(*e) for e in editions])
    assert found.verdict == verdict
    assert told in found.reason


MAY, APRIL = "undesa.ims@2016-05-01", "undesa.ims@2016-04-30"
NO_OTHER = "no edition in the store gives the printed number"
EARLIEST = "the earliest in the store is"


@pytest.mark.parametrize(
    ("now", "editions", "verdict", "reason"),
    [
        ((244e6, NEW), (), EXACT, f"{NEW} gives it"),
        (
            (248e6, NEW),
            ((243.7e6, OLD), (248e6, NEW)),
            REVISED,  # 100 x 4.3 / 243.7
            f"{OLD} gives 243,700,000; {NEW} reads 248,000,000 (+1.76 %)",
        ),
        (
            (None, ""),
            ((243.7e6, OLD),),
            REVISED,
            f"{OLD} gives 243,700,000; as of 2026-01-01: nobody holds it",
        ),
        (
            (248e6, NEW),
            ((240e6, OLD), (241e6, APRIL), (248e6, NEW)),
            CANNOT,
            f"{APRIL}, the edition current in 2016-04, reads 241,000,000; {NO_OTHER}",
        ),
        (
            (248e6, NEW),
            ((240e6, MAY), (248e6, NEW)),
            NEEDS,
            f"needs the edition that was current in 2016-04; {EARLIEST} {MAY}, which reads 240,000,000",
        ),
    ],
)
def test_a_verdict_is_told_with_the_editions_and_their_numbers(
    now: tuple[float | None, str],
    editions: tuple[tuple[float, str], ...],
    verdict: str,
    reason: str,
) -> None:
    said = replace(the("migrant_stock"), note="")
    assert (said.value, said.published_on) == (244e6, "2016-04")
    found = compare(said, value(*now), lambda: [value(*e) for e in editions])
    assert (found.verdict, found.reason) == (verdict, reason)
    shown = {REVISED: editions[:1], CANNOT: editions[1:2], NEEDS: editions[:1]}.get(verdict, ())
    assert ([found.evidence.edition] if found.evidence else []) == [e for _, e in shown]


def test_every_statement_of_the_factsheet_of_a_year_has_a_verdict() -> None:
    store, _ = open_data(None)
    day = sojourn.open().newest
    assert len(verdicts(evaluator(store, 2015, day))) == 45
    assert verdicts(evaluator(store, 2016, day)) == []
