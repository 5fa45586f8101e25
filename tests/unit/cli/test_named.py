"""What a terminal prints of places has their names beside their codes."""

import re
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.vocab.area import AREAS

EDITIONS = ("undesa.ims@2015-12-01", "undesa.ims@2021-01-15")
#: A code that stands alone, not in brackets behind a name, nor in an address or a number.
BARE = re.compile(r"(?<![\w.,(@#!-])(\d{3}|\d{4})(?![\w.,)%])")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        {"indicator": "migrant_stock", "ref_area": "276", "destination": "276"}
        | {"origin": origin, "time_period": "2015", "obs_value": 4321.0, "row": line}
        for line, origin in enumerate(("_T", "792", "760"), start=1)
    ]
    for edition, factor in zip(EDITIONS, (1, 2), strict=True):
        moved = [{**row, "obs_value": float(str(row["obs_value"])) * factor} for row in rows]
        twins.store_of(tmp_path / "data", edition, moved)
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["diff", *EDITIONS], "Germany (276) from Türkiye (792), 2015, sex _T"),
        (["disagreements", "--indicator", "migrant_stock"], "Germany (276), 2015, sex _T"),
        (["figures", "2015", "top_destinations"], "Germany (276)"),
    ],
)
def test_no_place_is_a_code_alone(words: list[str], named: str, data: Path) -> None:
    told = CliRunner().invoke(cli, [*words, "--data", str(data)])
    assert told.exit_code == 0, told.output
    assert named in told.stdout
    assert not [c for c in BARE.findall(told.stdout) if c in AREAS]


def test_no_place_of_the_embedded_edition_is_a_code_alone() -> None:
    words = ["figures", "2015", "top_refugee_hosts", "top_origins", "top_corridors"]
    told = CliRunner().invoke(cli, words)
    assert told.exit_code == 0, told.output
    assert "Türkiye (792)" in told.stdout
    assert "Mexico (484) → United States of America (840)" in told.stdout
    assert not [c for c in BARE.findall(told.stdout) if c in AREAS]
