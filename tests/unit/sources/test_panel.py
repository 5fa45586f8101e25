"""Cross tables of offices: years over women and men, or below them, with notes and marks.

All of it is SYNTHETIC: no such office, no such number.
"""

from pathlib import Path

import pytest
from reading import workbook

import sojourn
from sojourn.errors import LayoutChanged

HEAD: list[list[object]] = [
    ["SYNTHETIC. Table 3.1 Residents by country of birth and sex, 1 January"],
    [],
    ["Country of birth", "2011", None, None, "2021 (p)", None, None],
    [None, "Total", "Men", "Women", "Total", "Men", "Women"],
]
ROWS: list[list[object]] = [
    ["France", 4120, 1990, 2130, 4330, 2090, 2240],
    ["Morocco (1)", 2100, 1100, 1000, 2310, 1200, 1110],
    ["Eritrea", "..", "..", "..", "x", "–", "x"],
    [],
    ["(1) Including Western Sahara."],
]
TOML = """publisher = "Statistics Norlandia (SYNTHETIC)"
[[dataset]]
id = "norlandia.residents"
title = "Residents by country of birth"
landing_page = "https://example.org"
citation = "Statistics Norlandia ({edition})."
[[layout]]
id = "norlandia.residents"
dataset = "norlandia.residents"
kind = "panel"
missing = { "" = "O", ".." = "L", "x" = "Q", "–" = "N" }
roles = { origin = "name" }
fixed = { ref_area = "352", destination = "352" }
footnote = '\\(\\d\\)'
stop = '\\(1\\)'
estimate_mark = "(p)"
estimate_status = "P"
[layout.columns]
origin = ["Country of birth"]
[[layout.table]]
indicator = "migrant_stock"
unit = "PERSONS"
measures = [{ match = "Total" }, { match = "Men", sex = "M" }, { match = "Women", sex = "F" }]
"""


def loaded(room: Path, rows: list[list[object]], toml: str = TOML) -> sojourn.Data:
    path = workbook(room / "residents.xlsx", {"T3.1": rows})
    declared = room / "residents.toml"
    declared.write_text(toml, "utf-8")
    sojourn.load([path], room / "data", declare=declared, edition="norlandia.residents@2022-06-01")
    return sojourn.open(room / "data")


def test_years_may_stand_over_women_and_men(tmp_path: Path) -> None:
    data = loaded(tmp_path, HEAD + ROWS)
    found = data.sql(
        'SELECT "row", col, origin, time_period, sex, obs_value, obs_status FROM observation'
        " WHERE origin IN ('250', '232') ORDER BY ALL"
    ).fetchall()
    sexes, years = ("_T", "M", "F") * 2, ("2011",) * 3 + ("2021",) * 3
    france = [(5, 2 + k, "250", years[k], sexes[k], ROWS[0][1 + k]) for k in range(6)]
    assert [row[:6] for row in found[:6]] == france
    assert [row[6] for row in found[:6]] == ["A"] * 3 + ["P"] * 3
    assert [row[5:] for row in found[6:]] == [(None, s) for s in ("L", "L", "L", "Q", "N", "Q")]


def test_the_same_table_with_women_and_men_over_the_years_says_the_same(tmp_path: Path) -> None:
    order = (0, 1, 4, 2, 5, 3, 6)
    head = [HEAD[0], [], [None, "Total", None, "Men", None, "Women", None]]
    years = ["Country of birth", *("2011", "2021 (p)") * 3]
    turned = [[row[k] for k in order] if len(row) == 7 else row for row in ROWS]
    said = "SELECT origin, time_period, sex, obs_value, obs_status FROM observation ORDER BY ALL"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = loaded(tmp_path / "a", HEAD + ROWS).sql(said).fetchall()
    other = loaded(tmp_path / "b", [*head, years, *turned]).sql(said).fetchall()
    assert one == other
    assert len(one) == 18


def test_a_year_with_a_mark_nobody_declared_is_no_year_and_named(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match=r"E3 reads '2021 \(p\)', not a year"):
        loaded(tmp_path, HEAD + ROWS, TOML.replace('estimate_mark = "(p)"\n', ""))


def test_a_title_below_the_years_that_nobody_declared_is_not_read_past(tmp_path: Path) -> None:
    head = [*HEAD[:3], [None, "Total", "Men", "Women", "Total", "Men", "Unknown sex"]]
    with pytest.raises(LayoutChanged):
        loaded(tmp_path, head + ROWS)
