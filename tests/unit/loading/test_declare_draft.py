"""``sojourn declare FILE``: what a publisher changed loads after a few lines that the draft holds."""

import re
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner
from reading import text, workbook

import sojourn
from sojourn.cli import cli
from sojourn.errors import BadDeclaration, SojournError

MOST_LINES = 10


def draft_of(path: Path) -> str:
    result = CliRunner().invoke(cli, ["declare", str(path)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def chosen(draft: str, *lines: str) -> str:
    """Return a draft in which a person has uncommented the lines that begin so."""
    kept = []
    for line in draft.splitlines():
        bare = line.removeprefix("# ")
        kept.append(bare if any(bare.startswith(c) for c in lines) else line)
    return "\n".join(kept) + "\n"


def load(path: Path, toml: str, data: Path) -> sojourn.Data:
    declaration = data.with_suffix(".toml")
    declaration.write_text(toml, "utf-8")
    own = re.findall(
        r"^(?!#|\[|$|dataset|vintage|title|license|redistribution|files).+", toml, re.M
    )
    assert len(own) <= MOST_LINES, own
    (outcome,) = sojourn.load([path], data, declare=declaration).outcomes
    assert outcome.status == "loaded"
    return sojourn.open(data)


RENAMED = {
    "Country of asylum (ISO)": "Country of Asylum (ISO-3)",
    "Refugees under UNHCR's mandate": "Refugees*",
    "Asylum-seekers": "Asylum Seekers (pending)",
    "Stateless persons": "Stateless  people [b]",
}


def test_renamed_headings_load_with_the_lines_of_the_draft(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "changed.csv", day="3 June 2026")
    content = path.read_text("utf-8")
    for old, new in RENAMED.items():
        content = content.replace(old, new)
    path.write_text(content, "utf-8")
    toml = chosen(draft_of(path), '"Stateless people [b]" = "stateless"')
    data = load(path, toml, tmp_path / "data")
    found = data.sql(
        "SELECT indicator, sum(obs_value) FROM observation WHERE edition = 'unhcr.population@2026-06-03'"
        " GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert ("refugees", 2840.0) in found
    assert ("asylum_seekers", 265.0) in found
    assert "stateless" in {indicator for indicator, _ in found}


def remittances(path: Path) -> Path:
    rows: list[list[object]] = [
        ["Remittance inflows (US$ million)", 2000, 2001],
        ["Iran, Islamic Rep. (see the brief)", 1, 2],
        ["Türkiye, Republic", 3, 4],
        ["Ruritania (synthetic)", 5, 6],
        ["World", 9, 12],
    ]
    return workbook(path, {"Remittance inflows": rows})


def test_the_draft_names_all_unknown_places_and_guesses_none(tmp_path: Path) -> None:
    draft = draft_of(remittances(tmp_path / "synthetic.xlsx"))
    assert '\n"Iran, Islamic Rep. (see the brief)" = "364"   # area, row 2\n' in draft
    assert '\n# "Türkiye, Republic" = "792"' in draft
    assert '"Ruritania (synthetic)"' in draft
    assert '\n"Ruritania' not in draft


def test_places_load_once_a_person_chose_them(tmp_path: Path) -> None:
    path = remittances(tmp_path / "synthetic.xlsx")
    toml = chosen(draft_of(path), '"Türkiye, Republic" = "792"')
    toml += '"Ruritania (synthetic)" = "UNK"\n'
    data = load(path, toml, tmp_path / "data")
    found = data.sql(
        "SELECT ref_area, obs_value FROM observation WHERE col = 2 ORDER BY 1"
    ).fetchall()
    assert found == [("364", 1.0), ("792", 3.0), ("900", 9.0), ("UNK", 5.0)]


WDI = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-01-15",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2014","2015"\n'
)


def test_a_series_in_a_known_layout_is_like_it_and_two_lines(tmp_path: Path) -> None:
    path = text(tmp_path / "synthetic.csv", WDI + '"Kenya","KEN","GNI","NY.GNP.PCAP.CD","1","2"')
    draft = draft_of(path)
    assert '# like = "worldbank.wdi"' in draft
    head = draft[: draft.index("# or, if")]
    toml = head + (
        '[[layout]]\nid = "gni"\nlike = "worldbank.wdi"\n'
        'by_row.series = { "NY.GNP.PCAP.CD" = { indicator = "gdp_per_capita", unit = "USD" } }\n'
    )
    data = load(path, toml, tmp_path / "data")
    assert data.sql("SELECT sum(obs_value) FROM observation").fetchall() == [(3.0,)]


def test_a_label_spelt_otherwise_and_a_sheet_renamed(tmp_path: Path) -> None:
    head = '"TIME","GEO","CITIZEN","INDIC_MG","Value","Flag and Footnotes"'
    path = text(
        tmp_path / "s.csv", head, '"2016","Belgium","Total","All persons returned","4,415",""'
    )
    draft = draft_of(path)
    assert '# "All persons returned" = "Total number of persons returned"' in draft
    toml = chosen(draft, '"All persons returned" = "Total number of persons returned"')
    data = load(path, toml, tmp_path / "data")
    assert data.sql("SELECT indicator, obs_value FROM observation").fetchall() == [
        ("returned", 4415.0)
    ]


def test_a_renamed_sheet_is_a_layout_like_the_old_one(tmp_path: Path) -> None:
    path = twins.undesa_stock(tmp_path / "stock.xlsx", sheet="Stock of migrants")
    draft = draft_of(path)
    assert 'like = "undesa.ims"' in draft
    assert 'sheet = "Stock\\\\ of\\\\ migrants"' in draft
    data = load(path, draft, tmp_path / "data")
    assert data.sql("SELECT count(*) FROM observation").fetchall() == [(63,)]


def test_an_unknown_table_gets_a_layout_to_fill_in(tmp_path: Path) -> None:
    draft = draft_of(text(tmp_path / "synthetic.csv", "iso,annee,valeur", "KEN,2015,3"))
    assert "no declared layout fits" in draft
    assert 'area = ["iso"]' in draft
    assert 'match = "valeur"' in draft


def test_terms_are_quoted_as_printed(tmp_path: Path) -> None:
    draft = draft_of(twins.undesa_stock(tmp_path / "stock.xlsx", revision="2030"))
    assert 'license = "Copyright © 2020 by United Nations (layout only; the numbers' in draft
    assert 'redistribution = "none"' in draft


def test_a_draft_is_written_once(tmp_path: Path) -> None:
    path = remittances(tmp_path / "synthetic.xlsx")
    out = tmp_path / "draft.toml"
    runner = CliRunner()
    assert runner.invoke(cli, ["declare", str(path), "--out", str(out)]).exit_code == 0
    before = out.read_bytes()
    assert runner.invoke(cli, ["declare", str(path), "--out", str(out)]).exit_code != 0
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[headings]\n"New" = "Refugess"', "which no layout knows"),
        ('[labels]\n"New" = "Totl of nothing"', "which no layout knows"),
        ('[places]\n"Ruritania" = "XQZ"', "which no code list knows"),
        ('[missing]\n"n/a" = "A"', "the status 'A'"),
        ('[places]\n"Ruritania" = 276', "no table of texts"),
        ('[[layout]]\nid = "x"\nlike = "worldbank.wdy"', "a layout that nobody declares"),
    ],
)
def test_a_wrong_line_is_told(tmp_path: Path, toml: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(toml, "utf-8")
    with pytest.raises(BadDeclaration, match=said):
        sojourn.load([tmp_path], tmp_path / "data", declare=path)


def test_a_table_that_does_not_say_what_it_counts_names_what_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "births_2026.txt"
    years = [str(y) for y in range(2000, 2006)]
    rows = [["country_code", "name", *years], ["276", "Germany", *["700.5"] * len(years)]]
    path.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
    draft = draft_of(path)
    found = re.findall(r'^# (tables = .*"(undesa\.wpp-[\w-]+)" \}.*)$', draft, re.M)
    assert found[0][1] == "undesa.wpp-births"
    assert len(found) > 10
    data = load(path, chosen(draft, found[0][0]), tmp_path / "data")
    found = data.sql("SELECT indicator, ref_area, unit_mult, obs_value FROM observation LIMIT 1")
    assert found.fetchall() == [("births", "276", 3, 700.5)]


def test_a_heading_that_is_left_out_by_declaration_is_no_question(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "p.csv", day="13 June 2026")
    lines = path.read_text("utf-8").splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("Year,"))
    more = [
        f"{line},{'Rank' if i == head else i}" if i >= head else line
        for i, line in enumerate(lines)
    ]
    path.write_text("\n".join(more) + "\n", "utf-8")
    with pytest.raises(SojournError, match="'Rank' over"):
        sojourn.load([path], tmp_path / "a")
    declaration = tmp_path / "d.toml"
    declaration.write_text(
        '[[layout]]\nid = "unhcr.population-more"\nlike = "unhcr.population"\n'
        'ignored = { "Rank" = "order of rows" }\n',
        "utf-8",
    )
    [outcome] = sojourn.load([path], tmp_path / "b", declare=declaration).outcomes
    assert any("ignored: Rank (order of rows)" in line for line in outcome.receipt)


NEW_TABLES: dict[str, tuple[list[list[object]], int]] = {
    "emigrants.csv": (
        [
            ["Title: emigrants by destination", "", "", ""],
            ["Country", "ISO", "Reference year", "Emigrants (thousands)"],
            ["Kenya", "KEN", 2015, 12.5],
            ["Chad", "TCD", 2015, 3],
        ],
        2,
    ),
    "flows.csv": (
        [
            ["period", "from", "to", "moved", "note"],
            ["1990-1995", "SYR", "DEU", 120, "estimate"],
            ["1995-2000", "AFG", "PAK", 3000, ""],
        ],
        2,
    ),
    "panel.xlsx": (
        [
            ["Permits by country"],
            ["Country", "Region", 2014, 2015, 2016],
            ["Germany", "Europe", 10, 11, 12],
            ["France", "Europe", 20, 21, ""],
        ],
        6,
    ),
    "numeric.csv": (
        [
            ["code", "year", "men", "women"],
            ["276", 2015, "1,200", "1,300"],
            ["250", 2015, 900, 950],
        ],
        4,
    ),
}


@pytest.mark.parametrize("name", NEW_TABLES)
def test_a_table_of_no_known_kind_loads_once_the_draft_is_filled_in(
    tmp_path: Path, name: str
) -> None:
    rows, count = NEW_TABLES[name]
    path = tmp_path / name
    if path.suffix == ".xlsx":
        workbook(path, {"Permits": rows})
    else:
        text(path, *(",".join(f'"{c}"' if "," in str(c) else str(c) for c in row) for row in rows))
    draft = draft_of(path)
    blanks = [line for line in draft.splitlines() if '""' in line and not line.startswith("#")]
    assert len(blanks) <= MOST_LINES
    toml = draft.replace('publisher = ""', 'publisher = "Somebody"')
    toml = toml.replace('indicator = ""', 'indicator = "emigrants"')
    if name == "numeric.csv":  # two columns of one indicator are told apart by sex
        toml = re.sub(r'(match = "men".*?) \}', r'\1, sex = "M" }', toml)
        toml = re.sub(r'(match = "women".*?) \}', r'\1, sex = "F" }', toml)
    declaration = tmp_path / "d.toml"
    declaration.write_text(toml, "utf-8")
    [outcome] = sojourn.load([path], tmp_path / "data", declare=declaration).outcomes
    assert (outcome.status, outcome.observations) == ("loaded", count)


def test_headings_in_another_language_name_the_layout_whose_measures_they_are(
    tmp_path: Path,
) -> None:
    path = twins.unhcr_population(tmp_path / "french.csv")
    content = path.read_text("utf-8")
    french = {
        "Country of origin (ISO)": "Code ISO origine",
        "Country of asylum (ISO)": "Code ISO asile",
        "Country of origin": "Pays d'origine",
        "Country of asylum": "Pays d'asile",
        "Year,": "Année,",
    }
    for old, new in french.items():
        content = content.replace(old, new)
    path.write_text(content, "utf-8")
    draft = draft_of(path)
    assert "nearest layout unhcr.population" in draft
    lines = "\n".join(f'"{new.strip(",")}" = "{old.strip(",")}"' for old, new in french.items())
    data = load(path, f"[headings]\n{lines}\n", tmp_path / "data")
    assert data.sql("SELECT sum(obs_value) FROM observation WHERE indicator = 'refugees'")


def test_a_row_of_totals_is_refused_with_its_way_out_and_left_out_by_the_draft(
    tmp_path: Path,
) -> None:
    path = twins.unhcr_population(tmp_path / "totals.csv")
    whole = path.read_text("utf-8").rstrip("\n")
    path.write_text(f"{whole}\nTotal,,,,,1,2,3,4,5,6,7\n", "utf-8")
    with pytest.raises(SojournError, match="skip_row or stop; sojourn declare FILE") as refused:
        sojourn.load([path], tmp_path / "refused")
    assert "aliases.csv" not in str(refused.value)
    toml = chosen(draft_of(path), "[[layout]]", "id = ", "like = ", "skip_row = ")
    data = load(path, toml, tmp_path / "data")
    [file] = data.store.manifest.files
    assert any("'Total'" in line for line in file.receipt)


def test_numbers_that_begin_far_below_marks_are_no_text_to_ignore(tmp_path: Path) -> None:
    rows = [f"FRA,{1500 + n},7,-,a{n}," for n in range(500)]
    rows += [f"FRA,{year},7,12,a," for year in range(2000, 2020)]
    path = text(tmp_path / "late.csv", "Code,Year,Heads,Late heads,Words,Nothing", *rows)
    draft = draft_of(path)
    assert '{ match = "Late heads"' in draft
    assert '"Late heads" = ' not in draft
    assert 'Words = "a text beside the numbers"' in draft.replace('"Words"', "Words")
    assert 'Nothing = "an empty column"' in draft.replace('"Nothing"', "Nothing")


def test_of_a_file_that_loads_no_heading_is_asked(tmp_path: Path) -> None:
    """Titles over the years of a panel are no headings of columns."""
    draft = draft_of(twins.undesa_stock(tmp_path / "stock.xlsx"))
    assert "[headings]" not in draft


def test_a_heading_that_is_like_none_is_told_what_stands_nowhere(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "changed.csv", day="3 June 2026")
    content = path.read_text("utf-8").replace("Asylum-seekers", "Protection claims open")
    path.write_text(content, "utf-8")
    (line,) = re.findall(r'^# "Protection claims open" = .*', draft_of(path), re.M)
    assert "asylum_seekers" in line.partition("these stand nowhere: ")[2]
