"""Ten questions that people ask in public, each one line of ``sojourn table``.

The answers are those that the publishers' files give, held against the printed pages; "not in the
files" is an answer too, and is said. Values are by the named edition. The same lines stand in
``docs/cookbook.md``.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner

import sojourn
import sojourn.errors
from sojourn.api import Data
from sojourn.cli import cli

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(loaded: Path) -> Data:
    return sojourn.open(loaded)


def test_1_refugees_per_1000_inhabitants_of_lebanon(data: Data) -> None:
    found = data.table("refugees", area="LBN", period=2015, per="population", as_of="2024-07-01")
    count, ratio = found.numbers
    assert count.value == 1_070_844
    assert count.source == "unhcr.population@2024-06-13"
    assert count.cover.startswith("sum of 36 origins")
    assert ratio.value == pytest.approx(163.9, abs=0.05)
    assert ratio.source.endswith("undesa.ims@2021-01-15")


def test_2_net_migration_of_germany_by_source(data: Data) -> None:
    found = data.table("net_migration", area="Germany", period=2015, by="edition")
    told = {(n.source, n.period): n.value for n in found.numbers}
    assert told["undesa.wpp@2022-07-11", "2015"] == 397_921
    assert told["undesa.wpp-tables@2019-06-17", "2010-07-01/P5Y"] == 1_938_576
    assert told["undesa.wpp-tables@2015-07-29", "2010-07-01/P5Y"] == 1_249_998


def test_3_mexicans_in_the_united_states_across_revisions(data: Data) -> None:
    found = data.table(
        "migrant_stock", origin="MEX", area="USA", period="1990,2015,2020", by="revision"
    )
    told = {(n.source, n.period): n.value for n in found.numbers}
    first, second = "undesa.ims-od@2015-12-01", "undesa.ims-od@2021-01-15"
    assert told[first, "1990"] == told[second, "1990"] == 4_298_014
    assert (told[first, "2015"], told[second, "2015"]) == (12_050_031, 11_643_298)
    assert told[second, "2020"] == 10_853_105
    assert (first, "2020") not in told


def test_4_the_share_of_women_among_applicants_is_not_in_the_files(data: Data) -> None:
    found = data.table(
        "first_time_asylum_applicants", area="DEU", period=2015, sex="F", share_of="sex"
    )
    assert {n.value for n in found.numbers} == {None}
    assert any("not in the files" in note and "both sexes" in note for note in found.notes)
    both = data.table("first_time_asylum_applicants", area="DEU", period=2015)
    assert both.numbers[0].value == 441_900


def test_5_syrians_in_germany_by_source(data: Data) -> None:
    asked = [
        "migrant_stock",
        "refugees",
        "first_time_asylum_applicants",
        "asylum_decisions_recognized[stage=NA]",
    ]
    found = data.table(asked, origin="SYR", area="DEU", period=2015, by="edition")
    told = {(n.measure, n.source): n.value for n in found.numbers}
    assert told["migrant_stock", "undesa.ims-od@2015-12-01"] == 53_099
    assert told["migrant_stock", "undesa.ims-od@2021-01-15"] == 197_186
    assert told["refugees", "unhcr.population@2024-06-13"] == 115_604
    assert told["first_time_asylum_applicants", "eurostat.asyappctza@2017-05-31"] == 158_655
    assert told["asylum_decisions_recognized[stage=NA]", "unhcr.decisions@2024-07-21"] == 97_656
    with pytest.raises(sojourn.errors.ForbiddenSum):
        data.table(asked[:3], origin="SYR", area="DEU", period=2015, sum_over="measure")


def test_6_serbia_with_and_without_kosovo(data: Data) -> None:
    asked = ["SRB", "SRB_WITH_KOSOVO", "SRB_WITHOUT_KOSOVO"]
    found = data.table("migrant_stock@undesa.ims@2015-12-01", area=asked, period=2015)
    assert [n.value for n in found.numbers] == [807_441, 807_441, None]
    assert any("including Kosovo" in note for note in found.numbers[0].notes)


def test_7_sudan_before_and_after_2011(data: Data) -> None:
    asked = ["Sudan", "South Sudan", "Sudan before 2011"]
    found = data.table("migrant_stock@undesa.ims@2021-01-15", area=asked, period=2010)
    assert [n.value for n in found.numbers] == [618_709, 230_732, 849_441]
    assert [n.composed for n in found.numbers] == [False, False, True]
    assert "sum of 2 of 2 members" in found.numbers[2].notes[0]


def test_8_first_time_applicants_of_two_unions(data: Data) -> None:
    found = data.table("first_time_asylum_applicants", area=["EU28", "EU27_2020"], period=2015)
    printed, composed = found.numbers
    assert (printed.value, printed.composed) == (1_257_610, False)
    assert composed.composed
    assert composed.cover == "27 of 27 members"
    kingdom = data.table("first_time_asylum_applicants", area="GBR", period=2015).numbers[0].value
    assert kingdom is not None
    assert composed.value == pytest.approx(1_257_610 - kingdom, abs=140)  # each member rounded to 5


def test_9_migrants_by_income_group(data: Data) -> None:
    asked = ["1503", "1502", "1501", "1500"]
    found = data.table("migrant_stock@undesa.ims@2021-01-15", area=asked, period=2020)
    assert [n.value for n in found.numbers] == [181_897_756, 57_383_443, 28_512_090, 12_232_043]
    assert not any(n.composed for n in found.numbers)


def test_10_growth_of_migrants_in_germany_since_1990(data: Data) -> None:
    found = data.table(
        "migrant_stock@undesa.ims@2021-01-15", area="DEU", period="1990,2020", growth=True
    )
    first, last, growth = found.numbers
    assert (first.value, last.value) == (5_936_181, 15_762_457)
    assert growth.value == pytest.approx(165.5, abs=0.05)


def lines_of_the_cookbook() -> list[str]:
    text = (ROOT / "docs" / "cookbook.md").read_text("utf-8")
    return [line for line in text.splitlines() if line.startswith("sojourn table")]


def test_every_line_of_the_cookbook_runs(loaded: Path) -> None:
    import shlex

    lines = lines_of_the_cookbook()
    assert len(lines) >= 10
    for line in lines:
        ran = CliRunner().invoke(cli, [*shlex.split(line)[1:], "--data", str(loaded)])
        assert ran.exit_code == 0, (line, ran.output, ran.exception)
        assert any(w in ran.output for w in ("editions:", '"sources"', "not in the files")), line
