"""Rules of single figures: sums of what is known, months of a whole year, hosts of the largest origin, what is packed."""

from dataclasses import replace
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from sojourn.factsheet.figures import detected, operations, pairs
from sojourn.factsheet.figures.asked import figure_values
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import FigureValue, figure
from sojourn.factsheet.figures.opened import all_values, evaluator, newest_day
from sojourn.factsheet.pages.card import Told, _parts
from sojourn.factsheet.pages.changes import _class_gone, _moved
from sojourn.factsheet.run import pack
from sojourn.publish import catalogue
from sojourn.query.opening import open_data

NEVER = date(1900, 1, 1)


@cache
def embedded() -> Evaluator:
    store, _ = open_data(None)
    return evaluator(store, 2015, newest_day(store))


def value(figure_id: str, number: float | None, **more: Any) -> FigureValue:
    given = {
        "time_period": "2015",
        "sex": "_T",
        "area": "900",
        "unit": "PERSONS",
        "as_of": "2021-01-15",
    }
    return FigureValue(
        figure_id=figure_id, value=number, **{"edition": "a.t@2020-12-31", **given, **more}
    )


def test_a_sum_is_of_all_that_was_named_and_known() -> None:
    store, day = embedded().store, newest_day(embedded().store)
    named = ["refugees_unhcr", "asylum_seekers", "idps_conflict"]
    found = figure_values(store, 2015, named, as_of=day, add=True)
    assert (
        found.total
        == sum(v.value or 0.0 for v in found.values)
        == 16_110_276 + 3_223_460 + 40_520_800
    )
    lacking = figure_values(
        store, 2015, ["refugees_unhcr", "first_time_applicants_germany"], as_of=day
    )
    assert lacking.total is None
    assert {v.figure_id for v in lacking.values} == {
        "refugees_unhcr",
        "first_time_applicants_germany",
    }
    early = figure_values(store, 2015, named[:2], as_of=date(2010, 1, 1), add=True)
    assert early.total is None


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (10, 11, "left"),
        (11, 10, "entered"),
        (1, 10, ""),
        (11, 99, ""),
        (0, 5, ""),
        (5, 0, ""),
        (0, 0, ""),
    ],
)
def test_a_place_leaves_a_list_of_ten_behind_its_tenth(then: int, now: int, said: str) -> None:
    assert figure("top_destinations").count == 10
    one, two = (value("top_destinations", 5.0, area="276", rank=rank) for rank in (then, now))
    assert _moved(one, two) == said
    assert (
        _moved(replace(one, figure_id="migrant_stock"), replace(two, figure_id="migrant_stock"))
        == ""
    )


def test_of_the_classes_that_are_gone_the_largest_is_told() -> None:
    name = next(i for i in _figures_by("events_by"))
    gone = tuple(
        value(name, n, area=a) for a, n in (("a", 3.0), ("b", None), ("c", 9.0), ("d", 0.0))
    )
    other = value(name, 99.0, area="e", edition="b.t@2021-01-01")
    found: Any = SimpleNamespace(withdrawn=(*gone, other))
    largest = _class_gone(value(name, 1.0), found)
    assert largest is not None
    assert largest.area == "c"
    assert _class_gone(value("migrant_stock", 1.0), found) is None
    assert _class_gone(value(name, 1.0), SimpleNamespace(withdrawn=())) is None  # type: ignore[arg-type]


def _figures_by(op: str) -> list[str]:
    from sojourn.factsheet.figures.figure import figures

    return [name for name, one in figures().items() if one.op == op]


@pytest.mark.parametrize("months", range(14))
def test_months_are_summed_where_the_year_has_all_twelve(
    months: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"time_period": f"2015-{m:02}", "value": float(m), "edition": "e", "detail": ""}
        for m in range(1, months + 1)
        for _ in range(2)
    ]
    asked: Any = SimpleNamespace(
        rows=lambda *_: (rows, "" if rows else "none is held"),
        empty=lambda _, __, why: ("empty", why),
    )
    monkeypatch.setattr(
        detected, "_total", lambda _, __, ___, of, area: (area, sum(r["value"] for r in of))
    )
    declared: Any = SimpleNamespace(by="", areas=("900",))
    [found] = detected.months(asked, declared, 2015)
    if not months:
        assert found == ("empty", "none is held")
    elif months < 12:
        assert found == ("empty", f"e holds {months} of 12 months of 2015: a part-year")
    else:
        assert found == ("900", float(months * (months + 1)))


def test_the_hosts_are_those_of_the_origin_that_most_come_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = [
        ("760", "792", 5.0),
        ("760", "422", 4.0),
        ("004", "586", 8.0),
        ("840", "276", 1.0),
        ("2003", "276", 99.0),
    ]
    rows = [{"origin": o, "destination": d, "value": v} for o, d, v in held]
    asked: Any = SimpleNamespace(rows=lambda *_, **__: (rows, ""))
    monkeypatch.setattr(pairs, "_hosts", lambda _, __, ___, of: of)
    found: Any = pairs.hosts_of_largest(asked, None, 2015)  # type: ignore[arg-type] # nothing is asked of it
    assert [(r["origin"], r["destination"]) for r in found] == [("760", "792"), ("760", "422")]


def test_migrants_from_group_to_group_are_summed_by_sex(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sex is known by its letters, wherever they were read."""
    rows = [
        {"origin": "404", "destination": "250", "sex": "".join(sex), "value": n, "edition": "e"}
        for sex, n in ((["_", "T"], 30.0), (["_", "T"], 12.0), (["F"], 20.0))
    ]
    told: list[tuple[str, float]] = []

    def value_of(*_: object, **more: Any) -> str:
        told.append((more["sex"], sum(r["value"] for r in _[3])))  # type: ignore[attr-defined] # the rows
        return "value"

    asked: Any = SimpleNamespace(
        rows=lambda *_, **__: (rows, ""), empty=lambda *_, **more: ("empty", more["sex"])
    )
    monkeypatch.setattr(operations, "value_of", value_of)
    monkeypatch.setattr(operations, "_members", lambda *_: {"404": "a", "250": "b"})
    monkeypatch.setattr(operations, "_between", lambda *_: True)
    declared = replace(figure("south_north"), sexes=("_T", "F", "M"))
    found: Any = operations._groups(asked, declared, 2015)
    assert told == [("_T", 42.0), ("F", 20.0)]
    assert found == ["value", "value", ("empty", "M")]


def test_a_card_names_the_constant_of_its_own_year() -> None:
    words = catalogue("en")
    told = Told(words, [])
    one = next(v for v in all_values(embedded()) if v.figure_id == "refugees_with_unrwa")
    held = {c.year: c.value for c in figure("refugees_with_unrwa").constants}  # type: ignore[attr-defined] # it adds
    assert set(held) == {2015, 2024}
    for year in range(2013, 2027):
        rows = [r.text for r in _parts(told, replace(one, time_period=str(year), parts=()))]
        assert len(rows) == (year in held)
        assert all(words.exact(held[year], "PERSONS") in text for text in rows)


# --------------------------------------------------------------------------------- what is packed


def test_why_a_figure_is_empty_is_packed_as_it_is_known_now() -> None:
    store, day = embedded().store, newest_day(embedded().store)
    empty = next(v for v in all_values(embedded()) if v.value is None)
    key = (empty.figure_id, 2015)
    for newest, reasons in ((day, {key: empty.reason}), (NEVER, {}), (date(2100, 1, 1), {})):
        contents = pack._Contents()
        pack._take(contents, store, key, day, newest=newest)
        assert contents.reasons == reasons
        assert not contents.editions
        assert not contents.facts


def test_what_an_older_edition_gives_is_packed_where_no_fact_holds_it() -> None:
    store, day = embedded().store, newest_day(embedded().store)
    key = ("migrant_stock", 2015)
    edition = "undesa.ims@2019-09-17"
    contents = pack._Contents()
    pack._take_pinned(contents, store, key, edition, day)
    [(name, held)] = [one for one in contents.pinned.items() if one[0][2] == "_T"]
    assert (name[0], name[4], held.value) == ("migrant_stock", edition, 248_861_296.0)
    assert contents.editions == {edition}
    again = pack._Contents(facts=dict(contents.pinned))
    pack._take_pinned(again, store, key, edition, day)
    pack._take_pinned(again, store, ("migrant_stock_since_2000", 2015), edition, day)
    pack._take_pinned(again, store, key, "undesa.ims@1990-01-01", day)
    assert not again.pinned
    assert not again.editions
