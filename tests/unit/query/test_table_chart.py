"""A table drawn: the source stands in the picture, editions are not joined, wrong asks are refused."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import twins
from click.testing import CliRunner

import sojourn
from sojourn.api import Data
from sojourn.cli import cli
from sojourn.errors import PublishError
from sojourn.publish.sheet import write_chart
from sojourn.query.chart import MOST_BARS, class_breaks
from sojourn.vocab.area import AREAS

IMS, OLDER = "undesa.ims@2021-01-15", "undesa.ims@2019-09-17"


def row(area: str, period: str, value: float | None, **more: object) -> dict[str, object]:
    base = {"indicator": "migrant_stock", "ref_area": area, "destination": area}
    status = {"obs_status": "O"} if value is None else {}
    return {**base, "time_period": period, "obs_value": value, **status, **more}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A stock of three places in two editions: synthetic."""
    root = tmp_path_factory.mktemp("chart") / "d"
    years = (("1990", 600.0), ("2000", None), ("2010", 900.0), ("2020", 1500.0))
    rows = [row("276", y, v) for y, v in years] + [row("250", y, 500.0) for y, _ in years]
    twins.store_of(root, IMS, [*rows, row("688", "2020", 80.0), row("900", "2020", 9000.0)])
    twins.store_of(root, OLDER, [row("276", "2019", 4000.0), row("250", "2019", 510.0)])
    flows = [
        row(a, "2015", v, indicator="net_migration", origin="_Z")
        for a, v in (("276", 9.0), ("250", -3.0), ("380", 0.0))
    ]
    twins.store_of(root, "undesa.wpp@2022-07-11", flows)
    return sojourn.open(root)


def test_a_line_joins_the_numbers_of_one_edition(data: Data) -> None:
    table = data.table("migrant_stock", area="DEU,FRA", period="1990-2020")
    assert [n.status for n in table.numbers if n.area == "276"] == ["A", "O", "A", "B", "B"]
    assert any("a break between 2010" in note for note in table.notes)
    drawn = data.chart("trend", "migrant_stock", area="DEU,FRA", period="1990-2020")
    assert "4,000" not in drawn.svg
    assert "Left out, since another edition gives them: 2019" in drawn.svg
    assert drawn.table.csv.count("Germany") == 4


def test_a_year_that_one_line_lacks_is_told_beside_another_that_has_it(tmp_path: Path) -> None:
    rows = [row("276", y, 900.0) for y in ("2010", "2015", "2019", "2020")]
    twins.store_of(tmp_path, IMS, [*rows, row("250", "2010", 500.0), row("250", "2020", 520.0)])
    twins.store_of(tmp_path, OLDER, [row("250", "2019", 510.0), row("276", "2019", 905.0)])
    drawn = sojourn.open(tmp_path).chart(
        "trend", "migrant_stock", area="DEU,FRA", period="2010-2020"
    )
    assert "another edition gives them: France 2019" in drawn.svg


def test_a_ranking_says_of_how_many_it_shows_the_first(tmp_path: Path) -> None:
    places = [a for a, known in AREAS.items() if known.kind == "country"][: MOST_BARS + 3]
    twins.store_of(tmp_path, IMS, [row(a, "2020", 9.0 + i) for i, a in enumerate(places)])
    drawn = sojourn.open(tmp_path).chart("ranking", "migrant_stock", period=2020)
    assert f"Shown: the first {MOST_BARS} of {MOST_BARS + 3} with a number." in drawn.svg


@pytest.mark.parametrize("view", ["trend", "ranking", "map"])
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_each_view_is_whole_and_says_where_it_comes_from(
    data: Data, tmp_path: Path, view: str, language: str
) -> None:
    drawn = data.chart(
        view, "migrant_stock", period="1990,2020" if view == "trend" else 2020, language=language
    )  # type: ignore[arg-type]
    words = "".join(ElementTree.fromstring(drawn.light).itertext())
    assert IMS in words
    assert "synthetic" in words  # the licence of the twin
    assert drawn.title in words
    assert drawn.alt
    assert drawn._repr_svg_() == drawn.light
    for ending, begins in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        out = tmp_path / f"c{ending}"
        write_chart(drawn, out)
        first = out.read_bytes()
        assert first.startswith(begins)
        write_chart(drawn, out)
        assert out.read_bytes() == first


@pytest.mark.parametrize(
    ("view", "asked", "said"),
    [
        ("pie", {"measures": "migrant_stock"}, "no view is called 'pie'"),
        ("map", {"measures": "migrant_stock", "area": "DEU"}, "1 country has one here"),
        ("map", {"measures": "migrant_stock,net_migration", "area": "DEU,FRA"}, "one measure"),
        ("ranking", {"measures": "net_migration", "period": 2015}, "negative"),
        (
            "trend",
            {"measures": "migrant_stock", "area": "ITA", "period": 2020},
            "no number to draw",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    data: Data, view: str, asked: dict[str, object], said: str
) -> None:
    rest = {k: v for k, v in asked.items() if k != "measures"}
    with pytest.raises(PublishError, match=said):
        data.chart(view, asked["measures"], **rest)  # type: ignore[arg-type]


def test_a_title_is_in_the_language_asked_for(data: Data) -> None:
    drawn = data.chart(
        "ranking", "migrant_stock", area="DEU", period="1990,2020", growth=True, language="fr"
    )
    assert drawn.title == "Migrants internationaux, croissance depuis 1990, Allemagne, 2020"


def test_the_classes_are_round_rise_and_part_at_zero() -> None:
    assert class_breaks([5.0] * 9) == tuple(sorted(class_breaks([5.0] * 9)))
    assert len(set(class_breaks([1, 1, 1, 1, 2]))) == 5
    assert class_breaks([-5, 3, 2, 9])[2] == 0.0


def test_the_command_writes_the_picture_and_leaves_nothing_of_a_wrong_ending(
    data: Data, tmp_path: Path
) -> None:
    root = str(data.store.manifest.root)
    asked = ["chart", "map", "net_migration", "--period", "2015", "--data", root, "--out"]
    ran = CliRunner().invoke(cli, [*asked, str(tmp_path / "m.svg")])
    assert ran.exit_code == 0, ran.output
    wrong = CliRunner().invoke(cli, [*asked, str(tmp_path / "m.gif")])
    assert isinstance(wrong.exception, PublishError)
    assert [p.name for p in tmp_path.iterdir()] == ["m.svg"]
