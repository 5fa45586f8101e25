"""Small decisions of a load: which edition, what is tried again, what a draft looks at, what is told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner
from fault_server import Site, serving

import sojourn
from sojourn.cli import cli
from sojourn.errors import EditionUnclear
from sojourn.loading import edition as editions
from sojourn.loading.edition import _may_copy, edition_of
from sojourn.loading.fetch import _mirrored, fetch
from sojourn.loading.load import _memberships, _rank
from sojourn.loading.skeleton import skeleton
from sojourn.loading.transfer import Patience
from sojourn.loading.unknown_words import MOST_MARKS, unknown_rows, unknown_words
from sojourn.sources.block import read_tables
from sojourn.sources.classification import Membership
from sojourn.sources.container import open_file
from sojourn.sources.declaration import Address, Edition, registry, with_declared
from sojourn.sources.nearest import fit_row

KNOWN = registry()
ADDRESS = Address(
    dataset="undesa.ims",
    url="https://example.org/files/stock.xlsx?a=1",
    name="stock.xlsx",
    kind="xlsx",
    edition="2021-01-15",
)


# ------------------------------------------------------------------------------- over the network


@pytest.mark.parametrize(
    ("code", "again"),
    [(c, True) for c in (408, 425, 429, 500, 502, 503, 504)]
    + [(c, False) for c in (400, 401, 403, 404, 409, 410, 426, 499)],
)
def test_only_what_may_pass_is_asked_for_again(code: int, tmp_path: Path, *, again: bool) -> None:
    """RFC 9110: 408 timed out, 429 too many, 5xx the server's fault; RFC 8470: 425 too early."""
    with serving(Site()) as site:
        site.faults = [str(code)]
        patient = Patience(wait=lambda _: None)
        [found] = fetch(tmp_path, [ADDRESS], KNOWN, base_url=site.address, patience=patient)
        assert found.status == ("new" if again else "failed")
        assert len(site.asked) == 1 + again


@pytest.mark.parametrize(("fewer", "status"), [(0, "new"), (1, "failed")])
def test_a_file_of_just_the_least_size_is_taken(fewer: int, status: str, tmp_path: Path) -> None:
    with serving(Site()) as site:
        least = replace(ADDRESS, at_least=len(site.content) + fewer)
        patient = Patience(attempts=1, wait=lambda _: None)
        [found] = fetch(tmp_path, [least], KNOWN, base_url=site.address, patience=patient)
        assert found.status == status


def test_a_body_longer_than_was_said_and_one_that_is_cut_are_asked_for_again(
    tmp_path: Path,
) -> None:
    for fault in ("cut", "silent"):
        with serving(Site()) as site:
            site.faults = [fault] * 2
            patient = Patience(attempts=1, silence=0.3, wait=lambda _: None)
            [found] = fetch(
                tmp_path / fault, [ADDRESS], KNOWN, base_url=site.address, patience=patient
            )
            assert (found.status, "was cut at" in found.error) == ("failed", True)


def test_a_publisher_that_cannot_be_reached_is_told_with_the_reason(tmp_path: Path) -> None:
    with serving(Site()) as site:
        gone = site.address
    patient = Patience(attempts=2, wait=lambda _: None)
    [found] = fetch(tmp_path, [ADDRESS], KNOWN, base_url=gone, patience=patient)
    assert "the connection failed ([Errno 111] Connection refused), after 2 attempts" in found.error


def test_a_mirror_stands_in_for_scheme_and_host_alone() -> None:
    assert _mirrored("https://a.org/x/y.csv?b=1#c", "http://m:8/") == "http://m:8/x/y.csv?b=1"
    assert _mirrored("https://a.org/x/y.csv?b=1", "") == "https://a.org/x/y.csv?b=1"


def test_the_terms_of_a_source_are_those_of_its_newest_edition() -> None:
    for source in sojourn.fetch_list():
        held = KNOWN.of_dataset(source["dataset"])
        newest = max(held, key=lambda e: e.vintage).license if held else "not stated"
        assert source["terms"] == newest, source["dataset"]


# ------------------------------------------------------------------------------------ editions


def of_years(start: int, end: int) -> Edition:
    return Edition(
        dataset="x.t",
        vintage=date(end + 1, 6, 30),
        title="t",
        states="",
        license="",
        redistribution="none",
        covers=(start, end),
    )


@pytest.mark.parametrize(
    ("first", "newest", "may"),
    [
        ("2010", "2015", True),  # the whole
        ("2010", "2014", False),  # it begins where the edition begins: an older edition
        ("2011", "2014", True),  # a cut
        ("2010", "2010", True),  # the first year alone
        ("2015", "2015", True),
        ("2009", "2015", False),
        ("2010", "2016", False),
    ],
)
def test_years_that_a_copy_may_hold(first: str, newest: str, *, may: bool) -> None:
    assert _may_copy(of_years(2010, 2015), int(first), int(newest)) is may
    older = replace(of_years(2010, 2015), covers=None)
    assert _may_copy(older, 1990, older.vintage.year)
    assert not _may_copy(older, 1990, older.vintage.year + 1)


ANNUAL = """publisher = "X"
[[dataset]]
id = "x.t"
title = "t"
landing_page = "https://x"
citation = "X ({{edition}})."
annual = true
{editions}
[[layout]]
id = "x.t"
dataset = "x.t"
kind = "records"
roles = {{ area = "iso3" }}
fixed = {{ ref_area = "@area" }}
{layout}
[layout.columns]
area = ["code"]
year = ["yr"]
[[layout.table]]
unit = "PERSONS"
measures = [{{ match = "val", indicator = "migrant_stock" }}]
"""
EDITION = """[[edition]]
dataset = "x.t"
vintage = {day}
title = "t"
license = "{terms}"
redistribution = "none"
covers = [{start}, {end}]
"""


def edition_for(
    tmp_path: Path,
    years: range,
    *declared: tuple[str, int, int],
    annual: bool = True,
    revisions: bool = False,
    named: str | None = None,
    columns: int = 1,
) -> tuple[Edition, str]:
    """The edition of a file of a number a year and column, beside declared ones: day, first year, last year."""
    said = [
        EDITION.format(day=day, terms=f"terms of {day}", start=start, end=end)
        for day, start, end in declared
    ]
    text = ANNUAL.format(
        editions="\n".join(said), layout="revisions = true" if revisions else ""
    ).replace("annual = true", f"annual = {str(annual).lower()}")
    more = ', { match = "more", indicator = "refugees" }]' if columns == 2 else "]"
    text = text.replace('"migrant_stock" }]', f'"migrant_stock" }}{more}')
    (tmp_path / "d.toml").write_text(text, "utf-8")
    known = with_declared(tmp_path / "d.toml")
    rows = "".join(f"DEU,{y},{','.join('7' * columns)}\n" for y in years)
    [book] = open_file("t.csv", f"code,yr,{','.join(['val', 'more'][:columns])}\n{rows}".encode())
    layout = known.layouts["x.t"]
    found, notes = edition_of(book, layout, read_tables(book, layout), "0" * 64, known, named)
    return found, " ".join(notes)


def test_a_file_that_states_nothing_is_dated_by_its_years(tmp_path: Path) -> None:
    """An annual table is out by the middle of the year after; another is of the day of its loading."""
    found, said = edition_for(tmp_path, range(2010, 2016))
    assert (found.vintage, found.basis) == (date(2016, 6, 30), "coverage")
    assert "dated 2016-06-30, by the newest year it covers" in said
    assert found.license == "not stated (terms of the newest declared edition)"
    found, said = edition_for(tmp_path, range(2010, 2016), annual=False)
    assert found.vintage == editions.day_of_loading()
    assert "its day of loading" in said


def test_an_edition_of_its_own_is_under_the_terms_of_the_newest(tmp_path: Path) -> None:
    two = (("2012-01-01", 2000, 2005), ("2014-01-01", 2000, 2008))
    found, _ = edition_for(tmp_path, range(2010, 2013), *two)
    assert found.license == "terms of 2014-01-01 (terms of the newest declared edition)"


def test_the_one_edition_of_its_years_is_the_edition_of_a_copy(tmp_path: Path) -> None:
    one = ("2016-01-01", 2010, 2015)
    found, said = edition_for(tmp_path, range(2010, 2016), one)
    assert found.id == "x.t@2016-01-01"
    assert said == "t.csv states no edition; taken as an unverified copy of x.t@2016-01-01"
    other = ("2017-01-01", 2009, 2016)
    _, said = edition_for(tmp_path, range(2010, 2016), one, other)
    assert "its years may be those of x.t@2016-01-01 or of x.t@2017-01-01; " in said
    with pytest.raises(EditionUnclear, match="which print other numbers for them"):
        edition_for(tmp_path, range(2010, 2016), one, other, revisions=True)
    found, _ = edition_for(tmp_path, range(2010, 2016), one, revisions=True)
    assert found.id == "x.t@2016-01-01"  # one revision alone has these years
    found, _ = edition_for(tmp_path, range(2012, 2013), one, other, revisions=True)
    assert found.basis == "coverage"  # one year alone tells no revisions apart


def test_years_before_those_of_every_edition_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EditionUnclear, match=r"its years 2000-2005 are those of none"):
        edition_for(tmp_path, range(2000, 2006), ("2016-01-01", 2010, 2015))
    with pytest.raises(EditionUnclear, match="holds no plausible year"):
        edition_for(tmp_path, range(1800, 1801))


def test_the_edition_that_a_person_names_is_taken(tmp_path: Path) -> None:
    one = ("2016-01-01", 2010, 2015)
    assert edition_for(tmp_path, range(2010, 2012), one, named="x.t@2016-01-01")[0].title == "t"
    found, _ = edition_for(tmp_path, range(2010, 2012), one, named="x.t@2018-02-03")
    assert (found.vintage, found.basis) == (date(2018, 2, 3), "stated")
    for wrong in ("y.t@2016-01-01", "x.t@2016", "x.t"):
        with pytest.raises(EditionUnclear, match=r"does not name an edition of x\.t"):
            edition_for(tmp_path, range(2010, 2012), one, named=wrong)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("years", range(1, 7))
def test_a_file_of_more_than_twice_the_numbers_is_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, years: int, columns: int
) -> None:
    """Each year has a row, with a number in each column; of a file that nobody counted all may be a copy."""
    one = ("2016-01-01", 2010, 2015)
    for most in range(8):
        monkeypatch.setattr(editions, "most_numbers", lambda *_, n=most: n)
        asked = (tmp_path, range(2016 - years, 2016), one)
        if not most or years * columns <= 2 * most:
            assert edition_for(*asked, columns=columns)[0].id == "x.t@2016-01-01"
        else:
            with pytest.raises(EditionUnclear, match="are those of none that is declared"):
                edition_for(*asked, columns=columns)


def test_genuine_files_are_loaded_before_their_copies() -> None:
    declared = next(d for e in KNOWN.editions.values() for d in e.files)
    assert sorted(["0" * 64, declared], key=lambda d: _rank(KNOWN, d)) == [declared, "0" * 64]


# ------------------------------------------------------------------------------- groups of places


def test_groups_that_an_annex_defines_by_what_is_left_are_added() -> None:
    """Of developing regions (902) without the least developed (941): others (934); all are the world."""
    layout = next(
        x
        for x in KNOWN.layouts.values()
        if any(r.get("differences") and r.get("world") for r in x.classification)
    )
    rules = next(r for r in layout.classification if r.get("differences"))
    group, (whole, part) = next(iter(rules["differences"].items()))
    sheet = rules["sheet"]
    printed = [
        Membership("development_group", of, member, sheet, row, 2)
        for row, (of, member) in enumerate(
            ((whole, "404"), (whole, "108"), (part, "108"), ("901", "250"), ("947", "404")), start=9
        )
    ]
    beside = [{"sheet": name, "member": "code"} for name in ("A", sheet.lower())]
    for held in ([rules], [*beside, rules]):
        added = _memberships(replace(layout, classification=tuple(held)), printed)[len(printed) :]
        assert [(m.group, m.member, m.scheme) for m in added] == [
            (group, "404", "development_group"),
            *((rules["world"], place, "world") for place in ("404", "108", "250")),
        ]
    assert _memberships(layout, []) == []


# ------------------------------------------------------------------------------------- drafts


def drafted(text: str) -> str:
    [book] = open_file("t.csv", text.encode())
    return "\n".join(skeleton(book, "0" * 64, ()))


def test_a_table_of_one_row_is_looked_at_without_its_headings() -> None:
    found = drafted("code,yr,people\nDEU,2015,7\n")
    assert 'roles = { area = "iso3" }' in found
    assert 'year = ["yr"]' in found
    assert 'match = "people"' in found


def test_three_hundred_rows_are_looked_at() -> None:
    """The only numbers stand in the last two of them; then in the first that are not."""
    head = "a title,,\ncode,yr,people\n"
    rows = [f"DEU,2015,{'..' if n < 298 else n}\n" for n in range(300)]
    assert 'match = "people"' in drafted(head + "".join(rows))
    assert 'people = "a text' not in drafted(head + "".join(rows))


@pytest.mark.parametrize(("years", "told"), [(5, False), (6, True)])
def test_most_cells_of_a_column_must_look_alike(years: int, *, told: bool) -> None:
    """Six of ten."""
    rows = "".join(f"DEU,{2000 + n if n < years else 'x'},7\n" for n in range(10))
    assert ('year = ["when"]' in drafted(f"code,when,people\n{rows}")) is told


def test_a_second_column_of_places_is_their_name_only_where_it_spells_them() -> None:
    found = drafted("iso,m49,country,people\nDEU,276,Germany,7\nFRA,250,France,8\n")
    assert 'area = ["iso"]' in found
    assert 'name = ["country"]' in found
    assert 'name = ["m49"]' not in found


UNHCR = KNOWN.layouts["unhcr.population"]


def test_unknown_marks_are_told_by_their_first_cell_twenty_at_most(tmp_path: Path) -> None:
    rows = [f"2015,Afghanistan,AFG,Germany,DEU,?{n},1,0,-,0,0,0" for n in range(MOST_MARKS + 5)]
    path = twins.unhcr_population(tmp_path / "p.csv", rows)
    [book] = open_file("p.csv", path.read_bytes())
    blocks = read_tables(book, UNHCR)
    found = unknown_words(blocks, KNOWN.datasets["unhcr.population"])
    assert list(found.marks) == [f"?{n}" for n in range(MOST_MARKS)]
    assert "F4" in found.marks["?0"] or "line 4" in found.marks["?0"]


FROM = ("code,yr,val,from\nDEU,2015,7,QQQ\n", ["QQQ"])
SERIES = ANNUAL.replace('roles = {{ area = "iso3" }}', 'roles = {{ area = "iso3" }}\n{by}')


def test_unknown_labels_of_rows_are_told_with_their_row(tmp_path: Path) -> None:
    by = 'by_row = { series = { "A" = { indicator = "migrant_stock", unit = "PERSONS" } } }'
    text = SERIES.format(editions="", layout="", by=by).replace(
        'area = ["code"]', 'area = ["code"]\nseries = ["what"]'
    )
    (tmp_path / "d.toml").write_text(text, "utf-8")
    layout = with_declared(tmp_path / "d.toml").layouts["x.t"]
    [book] = open_file(
        "t.csv", b"a title\ncode,yr,val,what\nDEU,2015,7,A\nDEU,2015\nDEU,2015,8,B\nDEU,2015,9\n"
    )
    grid = book.grid(book.sheets[0])
    assert unknown_rows(grid, layout, fit_row(grid, layout, 1)) == {"B": "series, row 5"}


@pytest.mark.parametrize(("text", "unknown"), [("code,yr,val\nDEU,2015,7\n", []), FROM])
def test_a_column_of_places_that_a_file_lacks_has_no_unknown_ones(
    tmp_path: Path, text: str, unknown: list[str]
) -> None:
    both = 'roles = {{ area = "iso3", origin = "iso3" }}\noptional = ["origin"]'
    said = ANNUAL.replace('roles = {{ area = "iso3" }}', both).format(editions="", layout="")
    said = said.replace('area = ["code"]', 'area = ["code"]\norigin = ["from"]')
    (tmp_path / "d.toml").write_text(said, "utf-8")
    known = with_declared(tmp_path / "d.toml")
    [book] = open_file("t.csv", text.encode())
    blocks = read_tables(book, known.layouts["x.t"])
    assert list(unknown_words(blocks, known.datasets["x.t"]).places) == unknown


# -------------------------------------------------------------------------------- the commands


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["load", "--data", "D"], "Missing argument 'FILE_OR_DIR...'"),
        (["declare", "D"], "is a directory"),
        (["declare", "F", "--declare", "D"], "is a directory"),
        (["declare", "F", "--out", "D"], "is a directory"),
        (["fetch", "undesa", "--data", "F"], "is a file"),
    ],
)
def test_a_path_of_another_kind_is_refused_at_once(
    words: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "D").mkdir()
    (tmp_path / "F").write_text("code,yr,val\nDEU,2015,7\n", "utf-8")
    asked = [str(tmp_path / w) if w in ("D", "F") else w for w in words]
    done = CliRunner().invoke(cli, asked)
    assert done.exit_code == 2
    assert said in done.output


def test_a_table_of_its_own_is_drafted_where_it_is_asked_for(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "p.csv")
    plain = CliRunner().invoke(cli, ["declare", str(path)])
    own = CliRunner().invoke(cli, ["declare", str(path), "--new"])
    assert 'id = "own.p"' not in plain.output
    assert 'id = "own.p"' in own.output
    assert 'id = "own.p"' not in sojourn.declare(path).toml
    out = CliRunner().invoke(cli, ["declare", str(path), "--out", str(tmp_path / "d.toml")])
    assert out.output.endswith("d.toml: 0 lines; the file loads without it\n")


def test_what_is_newer_and_what_can_be_fetched_are_two_lists() -> None:
    newer = CliRunner().invoke(cli, ["fetch", "--newer"]).output
    listed = CliRunner().invoke(cli, ["fetch", "--list"]).output
    assert newer != listed
    assert CliRunner().invoke(cli, ["fetch"]).output == listed
