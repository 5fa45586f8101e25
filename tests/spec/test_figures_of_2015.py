"""The figures of 2015 to the digit: from the embedded edition, and from the publishers' files."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import sojourn
from sojourn.api import Data
from sojourn.errors import ForbiddenSum, NoSuchObservation
from sojourn.factsheet.figures.figure import FigureValue, refuse_wrong_sum

# (figure, sex, area): value as known at the end of 2016, from UN DESA Rev.2015 and UNHCR's annex.
KNOWN_IN_2016: Mapping[tuple[str, str, str], float] = {
    ("migrant_stock", "_T", "900"): 243_700_236,
    ("migrant_stock", "F", "900"): 117_584_801,
    ("migrant_stock", "M", "900"): 126_115_435,
    ("women_share", "F", "900"): 48.249769031819895,
    ("share_of_population", "_T", "900"): 3.315887627264533,
    ("top_share_of_host_population", "_T", "784"): 88.40404837280657,
    ("top_share_of_host_population", "_T", "634"): 75.49762789355606,
    ("top_share_of_host_population", "_T", "414"): 73.63955073269932,
    ("south_south", "_T", "902>902"): 90_213_891,
    ("south_north", "_T", "902>901"): 85_266_161,
    ("north_north", "_T", "901>901"): 55_215_794,
    ("north_south", "_T", "901>902"): 13_004_390,
    ("refugees_unhcr", "_T", "900"): 16_121_427,
}
# As known today, from later editions.
KNOWN_NOW: Mapping[tuple[str, str, str], tuple[float, str]] = {
    ("migrant_stock", "_T", "900"): (247_958_644, "undesa.ims@2021-01-15"),
    ("first_time_applicants_germany", "_T", "276"): (441_800, "eurostat.asyappctza@2017-05-31"),
    ("first_time_applicants_germany_all", "_T", "276"): (441_900, "eurostat.asyappctza@2017-05-31"),
    ("idps_conflict", "_T", "900"): (40_520_800, "idmc.gidd@2019-05-10"),
    ("new_displacements_conflict", "_T", "900"): (8_990_090, "idmc.gidd@2019-05-10"),
    ("new_displacements_disaster", "_T", "900"): (19_189_827, "idmc.gidd@2019-05-10"),
    ("dead_and_missing", "_T", "900"): (6_584, "iom.missing-migrants@2020-01-08"),
    ("dead_and_missing_mediterranean", "_T", "900"): (4_054, "iom.missing-migrants@2020-01-08"),
    ("dead_identified_women", "F", "900"): (216, "iom.missing-migrants@2020-01-08"),
    ("refugees_unhcr", "_T", "900"): (16_110_276, "unhcr.population@2024-06-13"),
    ("asylum_seekers", "_T", "900"): (3_223_460, "unhcr.population@2024-06-13"),
}


@pytest.fixture(scope="module")
def embedded() -> Data:
    return sojourn.open()


@pytest.fixture(scope="module")
def full(loaded: Path) -> Data:
    return sojourn.open(loaded)


def one(data: Data, key: tuple[str, str, str], as_of: str) -> FigureValue:
    figure_id, sex, area = key
    [found] = [
        v for v in data.figure(figure_id, 2015, as_of=as_of) if (v.sex, v.area) == (sex, area)
    ]
    return found


@pytest.mark.parametrize("key", KNOWN_IN_2016, ids=".".join)
def test_embedded_figures_of_2016(embedded: Data, key: tuple[str, str, str]) -> None:
    assert one(embedded, key, "2016-12-31").value == pytest.approx(KNOWN_IN_2016[key], rel=1e-12)


@pytest.mark.parametrize("key", KNOWN_IN_2016, ids=".".join)
def test_publishers_files_give_the_figures_of_2016(full: Data, key: tuple[str, str, str]) -> None:
    assert one(full, key, "2016-12-31").value == pytest.approx(KNOWN_IN_2016[key], rel=1e-12)


@pytest.mark.parametrize("key", KNOWN_NOW, ids=".".join)
@pytest.mark.parametrize("which", ["embedded", "full"])
def test_figures_of_today_name_their_edition(
    which: str, key: tuple[str, str, str], request: pytest.FixtureRequest
) -> None:
    found = one(request.getfixturevalue(which), key, "2026-11-01")
    assert (found.value, found.edition) == KNOWN_NOW[key]


def known(data: Data, figure_id: str, day: str) -> dict[tuple[str, str], float]:
    values = data.figure(figure_id, 2015, as_of=day)
    return {(v.sex, v.area): v.value for v in values if v.value is not None}


def test_the_embedded_edition_says_what_the_files_say(embedded: Data, full: Data) -> None:
    """Every value of every figure, on every day on which an edition was released."""
    from sojourn.factsheet.figures.figure import figures

    for day in ("2016-12-31", "2017-12-31", "2020-06-30", "2026-11-01"):
        for figure_id, declared in figures().items():
            if declared.op == "each" and day < "2019":
                continue  # whole tables of an edition that reserves its rights are not carried
            ours, theirs = known(embedded, figure_id, day), known(full, figure_id, day)
            assert ours == theirs, (figure_id, day)


@pytest.mark.parametrize("figure_id", ["idps_conflict", "first_time_applicants_germany"])
def test_before_the_first_release_a_figure_is_empty_and_names_it(
    embedded: Data, figure_id: str
) -> None:
    found = embedded.figure(figure_id, 2015, as_of="2016-12-31")[0]
    assert found.value is None
    assert "no edition released by 2016-12-31 is held; the earliest here is" in found.reason


def test_the_embedded_edition_takes_no_part_for_the_whole(embedded: Data) -> None:
    [found] = embedded.figure("top_destinations", 2010)
    assert found.value is None
    assert "sojourn load" in found.reason


@pytest.mark.parametrize(
    "parts",
    [
        ("idps_conflict", "idps_of_concern"),
        ("refugees_unhcr", "first_time_applicants_germany"),
        ("migrant_stock", "refugees_unhcr"),
    ],
)
def test_people_are_never_counted_twice(parts: tuple[str, str]) -> None:
    with pytest.raises(ForbiddenSum, match=r"twice|events"):
        refuse_wrong_sum(parts)


def test_a_printed_number_leads_to_its_cell(full: Data) -> None:
    [women] = [v for v in full.trace("migrant_stock", 2015, as_of="2016-12-31") if v.sex == "F"]  # type: ignore[union-attr]
    [cell] = full.trace(women.inputs[0].address)  # type: ignore[union-attr]
    assert (cell.value, cell.file) == (117_584_801, "UN_MigrantStockTotal_2015.xlsx")  # type: ignore[union-attr]
    assert cell.address == "undesa.ims@2015-12-01#Table 1!W17"
    with pytest.raises(NoSuchObservation, match="no observation at this cell"):
        full.trace("undesa.ims@2015-12-01#Table 1!A1")


def test_every_input_of_a_sum_is_listed_and_adds_up(full: Data) -> None:
    [found] = [v for v in full.figure("south_south", 2015, as_of="2016-12-31") if v.sex == "_T"]
    assert len(found.inputs) == found.n_inputs > 4_000
    assert sum(i.value or 0 for i in found.inputs) == found.value
