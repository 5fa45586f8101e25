"""A table of an office that nobody knows loads once a person has filled the blanks of its draft.

All of it is SYNTHETIC: no such office, no such number.
"""

from pathlib import Path

import pytest
from reading import text, workbook

import sojourn
from sojourn.errors import BadDeclaration
from sojourn.loading.declare import declare
from sojourn.sources.declaration import registry

SEX, AGE = {"1": "M", "2": "F", "9": "_T"}, {"TOT": "_T", "00-14": "Y0T14", "15+": "Y_GE15"}
COUNTED = {"IMM": "foreign_inflow", "EMI": "emigration"}


def moves(path: Path) -> tuple[Path, dict[tuple[str, ...], int | None]]:
    """Return a long table of codes, and what each of its keys counts."""
    told: dict[tuple[str, ...], int | None] = {}
    lines = [
        "SYNTHETIC;;;;;;",
        "Licence: CC BY 4.0;;;;;;",
        "TIME;FLOW;CITIZENSHIP;SEX;AGE;OBS;FLAG",
    ]
    for n, (year, flow, place) in enumerate(
        (y, f, p) for y in ("2021", "2022") for f in COUNTED for p in ("FR", "DE", "MA", "XX")
    ):
        for sex, (child, adult) in {"1": (n + 3, n + 40), "2": (n + 5, n + 60)}.items():
            for age, value in {"00-14": child, "15+": adult, "TOT": child + adult}.items():
                told[year, flow, place, sex, age] = value
        for age, value in {"00-14": 2 * n + 8, "15+": 2 * n + 100, "TOT": 4 * n + 108}.items():
            told[year, flow, place, "9", age] = value
    told["2022", "EMI", "MA", "1", "00-14"] = None
    for key, value in told.items():
        mark = "c" if value is None else "p" if key[0] == "2022" else ""
        lines.append(";".join((*key, ":" if value is None else str(value), mark)))
    return text(path, *lines), told


def filled(path: Path, *answers: tuple[str, str]) -> str:
    """Return the draft of a table with the blanks that a person filled."""
    draft = declare(path, registry(), new=True).toml
    for blank, answer in (('publisher = ""', 'publisher = "SYNTHETIC"'), *answers):
        assert blank in draft, (blank, draft)
        draft = draft.replace(blank, answer)
    return draft


def loaded(path: Path, toml: str) -> sojourn.Data:
    declared = path.with_suffix(".toml")
    declared.write_text(toml, "utf-8")
    (outcome,) = sojourn.load([path], path.parent / "data", declare=declared).outcomes
    assert outcome.status == "loaded"
    return sojourn.open(path.parent / "data")


ANSWERS = (
    ('ref_area = "", destination = ""', 'ref_area = "352", destination = "352"'),
    ('missing = { "" = "O" }', 'missing = { "" = "O", ":" = "Q" }'),
    ('"1" = "", "2" = "", "9" = ""', '"1" = "M", "2" = "F", "9" = "_T"'),
    ('"p" = "", "c" = ""', '"p" = "P", "c" = "Q"'),
    ('"XX" = ""', '"XX" = "UNK"'),
    ('"IMM" = { indicator = "" }', '"IMM" = { indicator = "foreign_inflow" }'),
    ('"EMI" = { indicator = "" }', '"EMI" = { indicator = "emigration" }'),
)


def test_a_long_table_of_codes_loads_with_seven_answers(tmp_path: Path) -> None:
    path, told = moves(tmp_path / "moves.csv")
    data = loaded(path, filled(path, *ANSWERS))
    found = data.sql(
        "SELECT time_period, indicator, origin, sex, age, obs_value FROM observation"
    ).fetchall()
    places = {"FR": "250", "DE": "276", "MA": "504", "XX": "UNK"}
    assert {tuple(row[:5]): row[5] for row in found} == {
        (year, COUNTED[flow], places[place], SEX[sex], AGE[age]): value
        for (year, flow, place, sex, age), value in told.items()
    }
    statuses = data.sql("SELECT time_period, obs_status, count(*) FROM observation GROUP BY ALL")
    assert sorted(statuses.fetchall()) == [("2021", "A", 72), ("2022", "P", 71), ("2022", "Q", 1)]


@pytest.mark.parametrize("lacking", range(len(ANSWERS)))
def test_a_blank_that_nobody_filled_is_refused(tmp_path: Path, lacking: int) -> None:
    path, _ = moves(tmp_path / "moves.csv")
    toml = filled(path, *ANSWERS[:lacking], *ANSWERS[lacking + 1 :])
    with pytest.raises((BadDeclaration, sojourn.errors.HarmonizeError)):
        loaded(path, toml)


def test_a_cross_table_with_notes_loads_with_four_answers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["SYNTHETIC. Table 3.1 Residents by country of birth and sex"],
        [],
        ["Country of birth", "2011", None, None, "2021 (p)", None, None],
        [None, "Total", "Men", "Women", "Total", "Men", "Women"],
        ["Total", 7340, 3545, 3795, 8180, 4045, 4135],
        ["France", 4120, 1990, 2130, 4330, 2090, 2240],
        ["Morocco (1)", 2100, 1100, 1000, 2310, 1200, 1110],
        ["Former Yugoslavia (2)", 1120, 455, 665, 1540, 755, 785],
        ["Eritrea", "..", "..", "..", "..", "..", ".."],
        [],
        ["(1) Including Western Sahara."],
        ["(2) Territory of 1990."],
        ["Source: register. CC BY 4.0."],
    ]
    path = workbook(tmp_path / "residents.xlsx", {"T3.1": rows, "Notes": [["Methods"]]})
    toml = filled(
        path,
        ('ref_area = "", destination = ""', 'ref_area = "352", destination = "352"'),
        ('missing = { "" = "O" }', 'missing = { "" = "O", ".." = "L" }'),
        ('"Former Yugoslavia" = ""', '"Former Yugoslavia" = "890"'),
        ('indicator = ""', 'indicator = "migrant_stock"'),
    )
    assert 'redistribution = "attribution"' in toml
    found = loaded(path, toml).sql(
        "SELECT origin, time_period, sex, obs_value FROM observation WHERE obs_value IS NOT NULL"
    )
    origins = ("_T", "250", "504", "890")
    expected = {
        (origin, year, sex, value)
        for origin, row in zip(origins, rows[4:8], strict=True)
        for (year, sex), value in zip(
            [(y, s) for y in ("2011", "2021") for s in ("_T", "M", "F")], row[1:], strict=True
        )
    }
    assert set(found.fetchall()) == expected
