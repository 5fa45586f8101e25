"""Tables: small synthetic twins of what the ten questions of `tests/spec` ask of publishers' files."""

import csv
import io
import json
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import (
    ForbiddenRatio,
    ForbiddenSum,
    NoSuchObservation,
    SojournError,
    UnknownArea,
    UnknownIndicator,
)
from sojourn.query.table_model import TIDY
from sojourn.vocab.group import groups

UNHCR, IMS, OD = "unhcr.population@2024-06-13", "undesa.ims@2021-01-15", "undesa.ims-od@2021-01-15"


def row(indicator: str, area: str, value: float | None, **more: object) -> dict[str, object]:
    base = {"indicator": indicator, "ref_area": area, "destination": area, "time_period": "2015"}
    status = {"obs_status": "O"} if value is None else {}
    return {**base, "obs_value": value, **status, **more}


def refugees(area: str, origin: str, value: float | None, **more: object) -> dict[str, object]:
    return row("refugees", area, value, origin=origin, criterion="_Z", **more)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Refugees by origin, stock and population of a few places in two editions: all synthetic."""
    root = tmp_path_factory.mktemp("table") / "d"
    hosts = [
        refugees("422", "760", 1000.0),
        refugees("422", "368", 71.0),
        refugees("422", "275", None),
        refugees("276", "760", 116.0),
        refugees("400", "760", 630.0),
        refugees("583", "760", 1.0),
        refugees("688", "191", 35.0),
        row("asylum_seekers", "276", 40.0, origin="760"),
        row("idps_of_concern", "760", 650.0, origin="760"),
    ]
    twins.store_of(root, UNHCR, hosts)
    stock = [
        row("population", "422", 6.5, unit_mult=3),
        row("population", "400", None),
        row("population", "583", 0.0),
        row("population", "276", 81_000.0),
        row("population", "900", 7_000_000.0),
        row("migrant_stock", "688", 807.0),
        *(
            row("migrant_stock", a, v, time_period=p, sex=s)
            for a, p, s, v in (
                ("276", "1990", "_T", 600.0),
                ("276", "2015", "_T", 1000.0),
                ("276", "2020", "_T", 1500.0),
                ("276", "2020", "F", 700.0),
                ("276", "2020", "M", 800.0),
                ("250", "2015", "_T", 800.0),
                ("250", "2020", "_T", 850.0),
                ("900", "2020", "_T", 5000.0),
                ("729", "2015", "_T", 60.0),
                ("728", "2015", "_T", 24.0),
            )
        ),
    ]
    twins.store_of(root, IMS, stock)
    older = [
        row("migrant_stock", "276", v, time_period=p)
        for p, v in (("1990", 590.0), ("2015", 1200.0))
    ]
    twins.store_of(root, "undesa.ims@2015-12-01", older)
    pairs = [
        row("migrant_stock", "276", v, origin=o, time_period="2020", criterion="birth")
        for o, v in (("760", 190.0), ("616", 200.0), ("903", 90.0), ("276", None))
    ]
    twins.store_of(root, OD, pairs)
    twins.store_of(
        root,
        "undesa.wpp-tables@2019-06-17",
        [row("net_migration", "276", 1900.0, origin="_Z", time_period="2010-07-01/P5Y")],
    )
    twins.store_of(root, "undesa.wpp@2022-07-11", [row("net_migration", "276", 398.0, origin="_Z")])
    members = groups()["EU27_2020"].members
    first = [row("first_time_asylum_applicants", m.area, 10.0) for m in members if m.area != "470"]
    first += [
        row("first_time_asylum_applicants", "470", None),
        row("first_time_asylum_applicants", "826", 40.0),
    ]
    first += [row("first_time_asylum_applicants", "EU28", 305.0)]
    twins.store_of(root, "eurostat.asyappctza@2017-05-31", first)
    idmc = [
        row("idp_stock_conflict", "760", 660.0, origin="_Z"),
        row("idp_flow_conflict", "760", 99.0, origin="_Z", unit_measure="MOVEMENTS"),
    ]
    twins.store_of(root, "idmc.gidd@2019-05-10", idmc)
    flows = [
        row("immigration", "276", v, origin="_Z", detail=f"criterion={c};coverage=Both")
        for c, v in (("Residence", 692.0), ("Citizenship", 609.0))
    ]
    twins.store_of(root, "undesa.flows@2015-12-01", flows)
    return sojourn.open(root)


# ------------------------------------------------------------------------ what is answered


def test_a_ratio_has_both_editions_and_a_missing_or_zero_population_gives_no_ratio(
    data: Data,
) -> None:
    found = data.table("refugees", period=2015, per="population")
    ratio = {n.area: n for n in found.numbers if n.transform}
    assert ratio["422"].value == pytest.approx(1071 / 6500 * 1000)
    assert ratio["422"].source == f"{UNHCR} / {IMS}"
    assert ratio["422"].unit == "PER_1000"
    assert ratio["422"].cover == "sum of 3 origins, 1 of them without a number"
    assert ratio["400"].value is None
    assert "no population of Jordan" in ratio["400"].notes[-1]
    assert ratio["583"].value is None
    assert "is 0: no ratio" in ratio["583"].notes[-1]
    assert ratio["688"].value is None
    assert found.cover == "5 of 5 areas have a number"


def test_each_edition_has_a_row_of_its_own_and_a_five_year_number_its_own_period(
    data: Data,
) -> None:
    found = data.table("net_migration", area="DEU", period=2015, by="edition")
    assert {(n.source, n.period, n.value) for n in found.numbers} == {
        ("undesa.wpp@2022-07-11", "2015", 398.0),
        ("undesa.wpp-tables@2019-06-17", "2010-07-01/P5Y", 1900.0),
    }
    assert any("nothing is aligned" in note for note in found.notes)
    rival = data.table("migrant_stock", area=276, period="1990,2015", by="revision")
    assert rival.value(source="undesa.ims@2015-12-01", period="2015") == 1200.0
    assert rival.value(source=IMS, period="1990") == 600.0


def test_what_is_not_in_the_files_is_said_and_is_no_zero(data: Data) -> None:
    found = data.table(
        "first_time_asylum_applicants", area="DEU", period=2015, sex="F", share_of="sex"
    )
    assert [n.value for n in found.numbers] == [None, None]
    assert "both sexes together only" in found.notes[0]
    assert "–" in found.text()
    assert list(csv.reader(io.StringIO(found.csv())))[1][-1] == ""
    share = data.table("migrant_stock", area="DEU", period=2020, sex="F", share_of="sex")
    assert share.value(transform="% of both sexes") == pytest.approx(100 * 700 / 1500)


def test_numbers_of_one_place_told_apart_by_its_parts_are_refused_by_place(tmp_path: Path) -> None:
    """Deaths by route stand under the world alone: no country has a zero, and no route is the world."""
    edition = "iom.missing-migrants@2020-01-08"
    routes = {"Central Mediterranean": 30.0, "Sahara Desert": 12.0}
    dead = [
        row("dead_and_missing", "900", n, origin="_Z", criterion="_Z", detail=f"route={r}")
        for r, n in routes.items()
    ]
    twins.store_of(tmp_path / "d", edition, dead)
    made = sojourn.open(tmp_path / "d").table("dead_and_missing", area="ITA,MEX", period=2015)
    assert [n.value for n in made.numbers] == [None, None]
    assert all(n.source == "" and n.cells == () for n in made.numbers)
    (note,) = made.notes
    assert "not in the files" in note
    assert "World alone, told apart by route" in note
    assert f"sojourn observations --edition {edition} --indicator dead_and_missing" in note
    world = sojourn.open(tmp_path / "d").table("dead_and_missing", area="World", period=2015)
    assert [n.value for n in world.numbers] == [None]
    assert any("told apart by" in note and "route=" in note for note in world.notes)


def test_a_place_without_a_row_is_told_under_which_code_it_is_counted(data: Data) -> None:
    """Kosovo is in Serbia's number of refugees and of migrants; so is whoever a publisher adds."""
    for measure, who in (
        ("refugees", "UNHCR prints Serbia and Kosovo"),
        ("migrant_stock", "UN DESA"),
    ):
        (number,) = data.table(measure, area="Kosovo", period=2015).numbers
        assert number.value is None
        assert any("not in the files" in note and who in note for note in number.notes)
    (number,) = data.table("refugees", area="ISL", period=2015).numbers
    assert not any("together under" in note for note in number.notes)


def test_a_quantity_of_several_measures_is_refused_with_them(data: Data) -> None:
    with pytest.raises(UnknownIndicator, match="counted by several measures") as told:
        data.table("internally_displaced", area="SYR", period=2015)
    hint = told.value.hint
    assert hint.index("idp_stock_conflict") < hint.index("idps_of_concern")
    assert hint.count("idps_of_concern") == 1


def test_another_count_of_what_a_ratio_lacks_is_named(tmp_path: Path) -> None:
    root = tmp_path / "d"
    held = [row("tb_cases", "356", 20.0), row("population_who", "356", 1000.0)]
    twins.store_of(root, "who.tb-burden@2024-10-29", held)
    made = sojourn.open(root).table("tb_cases", area="IND", period=2015, per="population")
    assert made.numbers[-1].value is None
    assert any("population_who has one" in note for note in made.notes)
    other = sojourn.open(root).table("tb_cases", area="IND", period=2015, per="population_who")
    assert other.numbers[-1].value == pytest.approx(20.0)


def test_where_the_area_is_not_where_the_people_are_it_is_said(tmp_path: Path) -> None:
    root = tmp_path / "d"
    back = [row("returned_refugees", "586", 381.0, origin="004", criterion="_Z")]
    twins.store_of(root, "unhcr.solutions@2024-07-19", back)
    for area in ("PAK", "AFG"):
        made = sojourn.open(root).table("returned_refugees", area=area, period=2015)
        assert any("country of asylum that they left" in note for note in made.notes)
    assert not any("left" in n for n in sojourn.open(root).table("refugees", area="PAK").notes)


def test_a_group_is_as_printed_else_composed_with_its_cover(data: Data) -> None:
    found = data.table("first_time_asylum_applicants", area=["EU28", "EU27_2020"], period=2015)
    printed, composed = found.numbers
    assert (printed.value, printed.composed) == (305.0, False)
    assert (composed.value, composed.composed) == (260.0, True)
    assert composed.cover == "26 of 27 members"
    assert "no number for Malta" in composed.notes[0]
    sudan = data.table("migrant_stock", area=["Sudan", "Sudan before 2011"], period=2015)
    assert [n.value for n in sudan.numbers] == [60.0, 84.0]


def test_kosovo_is_where_the_publisher_counts_it(data: Data) -> None:
    asked = ["SRB", "SRB_WITH_KOSOVO", "SRB_WITHOUT_KOSOVO"]
    found = data.table("migrant_stock", area=asked, period=2015)
    assert [n.value for n in found.numbers] == [807.0, 807.0, None]
    assert "including Kosovo" in found.notes[0]
    assert any("holds Kosovo" in n for n in found.numbers[2].notes)


def test_growth_is_within_one_edition_and_rank_leaves_groups_out(data: Data) -> None:
    found = data.table("migrant_stock", area="DEU", period="1990,2020", growth=True, change=True)
    assert found.value(transform="growth since 1990") == pytest.approx(150.0)
    assert found.value(transform="change since 1990") == 900.0
    crossed = data.table("net_migration", area="DEU", period="2010-07-01/P5Y,2015", growth=True)
    assert crossed.value(transform="growth since 2010-07-01/P5Y") is None
    ranked = data.table("migrant_stock", area=["900", "250", "276"], period=2020, rank=True)
    assert [(n.area, n.rank) for n in ranked.numbers] == [("276", 1), ("250", 2), ("900", None)]
    origins = data.table("migrant_stock", area="DEU", origin="*", period=2020, rank=True)
    assert [(n.origin, n.rank) for n in origins.numbers if n.value] == [("616", 1), ("760", 2)]


def test_sums_are_of_what_may_be_added(data: Data) -> None:
    both = data.table("refugees,asylum_seekers", area="DEU", period=2015, sum_over="measure")
    assert [n.value for n in both.numbers] == [156.0]
    world = data.table("refugees", area="World", period=2015)
    assert world.numbers[0].value == sum([1071.0, 116.0, 630.0, 1.0, 35.0])
    assert world.numbers[0].cover == "5 of 5 areas"
    sexes = data.table("migrant_stock", area="DEU", sex="F,M", period=2020, sum_over="sex")
    assert sexes.numbers[0].value == 1500.0
    areas = data.table("migrant_stock", area="DEU,FRA", period=2015, sum_over="area")
    assert (
        areas.numbers[0].value
        == data.table("migrant_stock", area="DEU+FRA", period=2015).numbers[0].value
    )


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        ({"measures": "refugee", "period": 2015}, UnknownIndicator, "did you mean refugees"),
        ({"measures": "refugees", "area": "Libanon"}, UnknownArea, "did you mean 422"),
        (
            {"measures": "refugees@unhcr.populaton"},
            NoSuchObservation,
            "did you mean 'unhcr.population",
        ),
        ({"measures": "refugees", "period": "soon"}, NoSuchObservation, "is no period"),
        ({"measures": "refugees", "period": "2020-2010"}, NoSuchObservation, "before it begins"),
        ({"measures": "refugees", "sex": "X"}, NoSuchObservation, "is no sex"),
        (
            {"measures": "refugees", "period": 2015, "growth": True},
            NoSuchObservation,
            "two periods",
        ),
        ({"measures": "refugees", "sum_over": "age"}, NoSuchObservation, "no sum over 'age'"),
        ({"measures": "refugees", "sum_over": "time"}, ForbiddenSum, "a number at a moment"),
        ({"measures": "total_fertility", "sum_over": "area"}, ForbiddenSum, "rates are not added"),
        (
            {"measures": "irregular_border_crossings", "sum_over": "area"},
            ForbiddenSum,
            "detections",
        ),
        (
            {"measures": "idp_stock_conflict,idps_of_concern", "sum_over": "measure"},
            ForbiddenSum,
            "counting people twice|counts people twice",
        ),
        (
            {"measures": "refugees,first_time_asylum_applicants", "sum_over": "measure"},
            ForbiddenSum,
            "different units or kinds",
        ),
        ({"measures": "refugees,stateless", "sum_over": "measure"}, ForbiddenSum, "disjoint"),
        (
            {"measures": "migrant_stock", "area": "EU28,DEU", "sum_over": "area", "period": 2015},
            ForbiddenSum,
            "counted twice",
        ),
        (
            {"measures": "migrant_stock", "area": "WB_ARB,DEU", "sum_over": "area", "period": 2015},
            ForbiddenSum,
            "may overlap",
        ),
        (
            {"measures": "migrant_stock", "sex": "F,_T", "sum_over": "sex"},
            ForbiddenSum,
            "women and men",
        ),
        (
            {"measures": "net_migration", "by": "edition", "sum_over": "area"},
            ForbiddenSum,
            "rival counts",
        ),
        ({"measures": "refugees", "per": "gdp"}, ForbiddenRatio, "another concept or unit"),
        (
            {"measures": "refugees", "per": "asylum_applicants"},
            ForbiddenRatio,
            "another concept or unit",
        ),
        ({"measures": "remittances_received", "per": "population"}, ForbiddenRatio, "not persons"),
        ({"measures": "idp_flow_conflict", "per": "population"}, ForbiddenRatio, "movements"),
        ({"measures": "total_fertility", "per": "population"}, ForbiddenRatio, "a rate"),
        (
            {"measures": "refugees", "per": "population", "scale": float("nan")},
            NoSuchObservation,
            "scale",
        ),
    ],
)
def test_what_means_nothing_is_refused_with_the_reason(
    data: Data, asked: dict[str, object], kind: type[SojournError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        data.table(**asked)  # type: ignore[arg-type]


def test_numbers_that_nothing_tells_apart_are_not_chosen_from(data: Data) -> None:
    found = data.table("immigration", area="DEU", period=2015)
    assert found.numbers[0].value is None
    assert "criterion=Citizenship" in found.notes[0]
    assert (
        data.table("immigration[criterion=Residence]", area="DEU", period=2015).numbers[0].value
        == 692.0
    )


# ------------------------------------------------------------------------------ its forms


def test_the_forms_say_the_same(data: Data, tmp_path: Path) -> None:
    found = data.table(
        "refugees,migrant_stock", area="DEU,422", period=2015, cells=True, language="fr"
    )
    plain = data.table("refugees,migrant_stock", area="DEU,422", period=2015, language="fr")
    told = json.loads(found.json(tidy=True))
    assert [r["value"] for r in told["rows"]] == [116.0, 1071.0, 1000.0, None]
    assert tuple(told["rows"][0]) == TIDY
    assert told["rows"][1]["cells"].count(UNHCR) == 3
    rows = list(csv.DictReader(io.StringIO(found.csv())))
    assert rows[0]["area_name"] == "Allemagne"
    assert rows[0]["refugees 2015"] == "116"
    assert found.arrow().column("value").to_pylist() == [116.0, 1071.0, 1000.0, None]
    assert "| Allemagne | 116 | 1\u202f000 |" in plain.markdown()
    assert "<td>116</td>" in plain._repr_html_()
    for ending in ("csv", "json", "md", "parquet", "arrow"):
        out = tmp_path / f"t.{ending}"
        ran = CliRunner().invoke(
            cli,
            [
                "table",
                "refugees",
                "--area",
                "DEU",
                "--period",
                "2015",
                "--data",
                str(data.store.manifest.root),
                "--out",
                str(out),
            ],
        )
        assert ran.exit_code == 0, ran.output
        assert out.stat().st_size > 20


def test_as_of_takes_what_was_known(data: Data) -> None:
    then = data.table("migrant_stock", area="DEU", period=2015, as_of="2016-12-31")
    assert then.numbers[0].value == 1200.0
    assert (
        data.table("migrant_stock@undesa.ims@2015", area="DEU", period=2015).numbers[0].value
        == 1200.0
    )


@given(
    measures=st.sampled_from(
        ["refugees", "migrant_stock", "", "net_migration[", "x@y", "refugees[a=b]"]
    ),
    area=st.sampled_from([None, "*", "DEU", "EU28", "", "DEU+DEU", "900", "WB_HIGH", "903@x", 276]),
    origin=st.sampled_from(["_T", "*", "SYR", "EU", "", 760]),
    period=st.sampled_from([None, "2015", "1990-2020", "0000", "2010-07-01/P5Y", "x", 2015]),
    sex=st.sampled_from([None, "F", "F,M,_T", "Q"]),
    by=st.sampled_from(["", "source", "edition"]),
    transforms=st.fixed_dictionaries(
        {},
        optional={
            "per": st.sampled_from(["population", "gdp", "refugees", ""]),
            "growth": st.booleans(),
            "share_of": st.sampled_from(["sex", "origin", "area", "EU28", "nowhere"]),
            "rank": st.booleans(),
            "sum_over": st.sampled_from(["area", "origin", "sex", "time", "measure", ""]),
        },
    ),
)
def test_any_question_is_answered_or_refused_in_words(
    data: Data, transforms: dict[str, object], **asked: object
) -> None:
    measures = asked.pop("measures")
    try:
        found = data.table(measures, **asked, **transforms)  # type: ignore[arg-type]
    except SojournError:
        return  # any other error fails the test
    assert found.text()
    assert len(found.csv().splitlines()) >= 1
    for n in found.numbers:
        assert n.value is not None or n.status or n.notes, n


def test_an_edition_without_any_number_of_a_year_withholds_nothing(tmp_path: Path) -> None:
    """A newer table whose cells of a measure are all empty: the older edition answers, and says so."""
    root = tmp_path / "d"
    twins.store_of(root, IMS, [row("population", "422", 6.5, unit_mult=3)])
    empty = [row("population", a, None) for a in ("422", "276")]
    twins.store_of(root, "undesa.ims@2025-01-16", empty)
    twins.store_of(root, UNHCR, [refugees("422", "760", 1000.0)])
    made = sojourn.open(root).table("refugees", area="LBN", period=2015, per="population")
    assert [n.value for n in made.numbers][-1] == pytest.approx(1000 * 1000 / 6500)
    assert any("prints no number of 2015" in note for n in made.numbers for note in n.notes)


def test_a_number_that_the_newest_edition_withholds_is_not_taken_from_an_older_one(
    tmp_path: Path,
) -> None:
    root = tmp_path / "d"
    twins.store_of(root, IMS, [row("population", "422", 6.5, unit_mult=3)])
    newer = [row("population", "422", None), row("population", "276", 80.0)]
    twins.store_of(root, "undesa.ims@2025-01-16", newer)
    made = sojourn.open(root).table("population", area="LBN", period=2015)
    assert [n.value for n in made.numbers] == [None]


def test_a_sum_over_origins_holds_both_spellings_of_a_place(tmp_path: Path) -> None:
    """Synthetic: one origin stands on two rows under two names, and nothing tells which is meant."""
    macao = [
        refugees("840", "446", 14.0, detail="printed=China, Macao SAR"),
        refugees("840", "446", 11.0, detail="printed=Macao SAR, China"),
    ]
    twins.store_of(tmp_path / "d", UNHCR, [refugees("840", "760", 100.0), *macao])
    one = sojourn.open(tmp_path / "d")
    (whole,) = one.table("refugees", area="USA", period=2015).numbers
    assert (whole.value, whole.cover) == (125.0, "sum of 3 origins")
    (apart,) = one.table("refugees", area="USA", origin="MAC", period=2015).numbers
    assert apart.value is None
    assert "told apart by printed=" in " ".join(apart.notes)
    site = tmp_path / "site"
    one.explorer(site)
    shard = (site / "d" / UNHCR.partition("@")[0] / "refugees" / "_T.js").read_text("utf-8")
    assert '"v":"125"' in shard


QUESTIONS: tuple[tuple[tuple[str, ...], dict[str, object]], ...] = (
    (("refugees",), {"period": 2015}),
    (("refugees",), {"area": "LBN", "period": 2015, "per": "population"}),
    (("migrant_stock",), {"area": "DEU,World", "period": "1990-2020", "sex": "F,M,_T"}),
    (("refugees",), {"area": "LBN", "origin": "*", "period": 2015, "cells": True}),
    (("net_migration",), {"area": "DEU", "period": 2015, "by": "edition"}),
    (("refugees", "asylum_seekers"), {"area": "DEU", "period": 2015, "sum_over": "measure"}),
)


def test_the_sorted_table_answers_as_the_files_do(data: Data, tmp_path: Path) -> None:
    import shutil

    from sojourn.store.serving import serving, sorted_or_view

    root = tmp_path / "d"
    shutil.copytree(data.store.manifest.root / "store", root / "store")
    with serving(sojourn.open(root).store):
        pass
    fast = sojourn.open(root)
    assert sorted_or_view(fast.store) != sorted_or_view(data.store) == "observation"
    for given_, named in QUESTIONS:
        told = [one.table(given_, **named).numbers for one in (data, fast)]  # type: ignore[arg-type]
        assert told[0] == told[1]
        assert told[0]
    (kept,) = (root / "serve").glob("*.duckdb")
    kept.write_bytes(kept.read_bytes()[:5000])  # cut: as good as absent
    again = sojourn.open(root)
    assert sorted_or_view(again.store) == "observation"
    assert again.table("refugees", period=2015).numbers
