"""Of the forms of one publication the newest edition answers, whichever form it has."""

from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.query.works import Work, Works, newest_of_works

OLD, NEW = "undesa.wpp@2022-07-11", "undesa.wpp-tables@2024-07-11"


def net(area: str, value: float | None, **more: object) -> dict[str, object]:
    status = {"obs_status": "O"} if value is None else {}
    base = {"indicator": "net_migration", "ref_area": area, "destination": area, "origin": "_Z"}
    return {**base, "time_period": "2015", "obs_value": value, **status, **more}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> sojourn.Data:
    """Net migration and births of two places in two forms of one publication: all synthetic."""
    root = tmp_path_factory.mktemp("works") / "d"
    twins.store_of(root, OLD, [net("276", 397.0), net("250", 40.0), net("380", 7.0)])
    twins.store_of(
        root, NEW, [net("276", 1175.0), net("250", None), net("276", 9.0, indicator="births")]
    )
    twins.store_of(root, "unhcr.global-trends@2016-06-20", [net("276", 1.0, indicator="stateless")])
    twins.store_of(root, "unhcr.population@2025-06-12", [net("276", 2.0, indicator="stateless")])
    return sojourn.open(root)


def answered(
    data: sojourn.Data, measure: str, area: str | None, **more: object
) -> list[tuple[object, str]]:
    made = data.table(measure, area=area, period=2015, **more)  # type: ignore[arg-type]
    return [(n.value, n.source) for n in made.numbers]


def test_the_newest_edition_answers_whichever_form_stands_first(data: sojourn.Data) -> None:
    assert answered(data, "net_migration", "DEU") == [(1175.0, NEW)]
    # declared in no quantity, and the older form first by its name
    assert answered(data, "stateless", "DEU") == [(2.0, "unhcr.population@2025-06-12")]


def test_what_the_newest_holds_without_a_number_is_not_taken_from_an_older_one(
    data: sojourn.Data,
) -> None:
    assert answered(data, "net_migration", "FRA") == [(None, NEW)]
    assert answered(data, "net_migration", "ITA") == [(7.0, OLD)]  # the newest has no such cell


def test_of_all_countries_each_has_the_newest_edition_that_covers_it(data: sojourn.Data) -> None:
    found = answered(data, "net_migration", None)
    assert sorted(found, key=str) == [(1175.0, NEW), (7.0, OLD), (None, NEW)]


def test_the_day_asked_for_and_the_editions_side_by_side_stay(data: sojourn.Data) -> None:
    assert answered(data, "net_migration", "DEU", as_of="2023-01-01") == [(397.0, OLD)]
    both = answered(data, "net_migration", "DEU", by="source")
    assert sorted(both, key=str) == [(1175.0, NEW), (397.0, OLD)]


def test_disagreements_name_the_newest_first(data: sojourn.Data) -> None:
    (found,) = data.disagreements(indicator="net_migration", area="DEU")
    assert [c.edition for c in found.largest[0].counts] == [NEW, OLD]


def test_a_form_of_two_works_or_a_work_without_a_reason_is_refused() -> None:
    one = Work(id="A", datasets=("a.x", "a.y"), reason="the same table")
    with pytest.raises(ValueError, match=r"a\.y stands in two works"):
        Works((one, Work(id="B", datasets=("a.y",), reason="another")))
    with pytest.raises(ValueError, match="B has no reason"):
        Works((one, Work(id="B", datasets=("a.z",), reason=" ")))


def test_equal_days_keep_the_order_of_the_list() -> None:
    listed = [("undesa.ims-od", "2021"), ("undesa.ims", "2021"), ("idmc.gidd", "2023")]
    assert newest_of_works(listed, lambda x: x[0], lambda x: x[1]) == listed


def test_every_work_names_datasets_that_the_package_declares() -> None:
    from sojourn.query.works import _works

    sources = Path(sojourn.__file__).parent / "sources"
    text = "".join(p.read_text("utf-8") for p in sources.glob("*.toml"))
    assert all(f'"{dataset}"' in text for dataset in _works())
