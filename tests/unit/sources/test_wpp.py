"""Tables without words: only the declaration of their bytes says what they count."""

import hashlib
from pathlib import Path

import pytest

import sojourn
from sojourn.errors import BadDeclaration, LayoutChanged, UnknownFile

ANNUAL = "country_code\tcountry\t2014\t2015\t2100\n276\tGermany\t1.5\t2.5\t9\n"
BY_AGE = "country_code\tname\tage\t2010\t2015\n276\tGermany\t0-4\t1\t2\n276\tGermany\t100+\t3\t4\n"
SPANS = "country_code\tname\t2010-2015\t2095-2100\n276\tGermany\t-5\t7\n"


def declared(path: Path, layout: str, folder: Path) -> Path:
    """Write a declaration that says what the table of a file counts."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = folder / "edition.toml"
    entry.write_text(
        f'[[edition]]\ndataset = "undesa.wpp-tables"\nvintage = 2030-01-01\ntitle = "SYNTHETIC"\n'
        f'license = "none"\nredistribution = "none"\nfiles = {{ {digest} = "{path.name}" }}\n'
        f'tables = {{ {digest} = "{layout}" }}\n',
        "utf-8",
    )
    return entry


def loaded(text: str, layout: str, folder: Path) -> list[tuple[object, ...]]:
    path = folder / "synthetic.txt"
    path.write_text(text, "utf-8")
    sojourn.load([path], folder / "d", declare=declared(path, layout, folder))
    rows = sojourn.open(folder / "d").sql(
        "SELECT indicator, sex, age, time_period, value FROM observation ORDER BY ALL"
    )
    return list(rows.fetchall())


def test_a_table_without_words_is_refused_unless_declared(tmp_path: Path) -> None:
    path = tmp_path / "births.txt"
    path.write_text(ANNUAL, "utf-8")
    with pytest.raises(UnknownFile, match="does not say what it counts") as refused:
        sojourn.load([path], tmp_path / "d")
    assert "--declare" in str(refused.value.hint)


@pytest.mark.parametrize(
    ("layout", "indicator"),
    [
        ("undesa.wpp-births", "births"),
        ("undesa.wpp-deaths", "deaths"),
        ("undesa.wpp-net-migration", "net_migration"),
    ],
)
def test_the_declaration_says_what_is_counted(tmp_path: Path, layout: str, indicator: str) -> None:
    assert loaded(ANNUAL, layout, tmp_path) == [
        (indicator, "_T", "_T", "2014", 1500.0),
        (indicator, "_T", "_T", "2015", 2500.0),
        (indicator, "_T", "_T", "2100", 9000.0),
    ]


def test_population_by_age_carries_its_sex(tmp_path: Path) -> None:
    found = loaded(BY_AGE, "undesa.wpp-population-women", tmp_path)
    assert ("population", "F", "Y_GE100", "2015", 4000.0) in found
    assert {sex for _, sex, *_ in found} == {"F"}


def test_the_last_five_years_of_the_century_are_read(tmp_path: Path) -> None:
    found = loaded(SPANS, "undesa.wpp-net-migration-5y", tmp_path)
    assert [(p, v) for *_, p, v in found] == [
        ("2010-07-01/P5Y", -5000.0),
        ("2095-07-01/P5Y", 7000.0),
    ]


def test_a_period_beyond_the_century_is_not_dropped_in_silence(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match="2105"):
        loaded(SPANS.replace("2095-2100", "2100-2105"), "undesa.wpp-net-migration-5y", tmp_path)


def test_a_layout_nobody_declares_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDeclaration, match=r"undesa\.wpp-marriages"):
        loaded(ANNUAL, "undesa.wpp-marriages", tmp_path)
