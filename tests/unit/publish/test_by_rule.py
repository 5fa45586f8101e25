"""Numbers, days, tables and documents by their rules: CLDR, RFC 4180, the order of reading."""

import csv
import io
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from sojourn.errors import PublishError
from sojourn.publish.chart import Chart, Table, Wording, table_of, to_csv
from sojourn.publish.content import (
    Footnote,
    LineageAppendix,
    LineageNode,
    Notes,
    Number,
    Paragraph,
    Section,
    numbers,
)
from sojourn.publish.draw.bars import Bar, bars
from sojourn.publish.draw.svg import line, rect, short, text, width_of, wrapped
from sojourn.publish.frame import framed
from sojourn.publish.inline import PHONE, WIDE_ENOUGH, Drawings
from sojourn.publish.lineage_lines import lines
from sojourn.publish.sheet import with_source, write_chart
from sojourn.publish.text import Catalogue, catalogue, unfinished
from sojourn.publish.text.digits import compact, decimals
from sojourn.publish.text.english import day_in
from sojourn.publish.tracing import Tracing

EN, FR, ES = (catalogue(language) for language in ("en", "fr", "es"))
NARROW = "\u202f"


@pytest.mark.parametrize(
    ("value", "unit", "digits", "said"),
    [
        (0.0, "PERSONS", 1, "0"),
        (7.0, "PERSONS", 1, "7"),
        (7.256, "PERSONS", 1, "7.26"),
        (7.256, "PERSONS", 3, "7.256"),
        (99.996, "PERSONS", 1, "100"),
        (100.4, "PERSONS", 1, "100"),
        (100.4, "PERSONS", 2, "100.4"),
        (999_999.0, "PERSONS", 1, "999,999"),
        (1_000_000.0, "PERSONS", 1, "1.0 million"),
        (1_250_000.0, "PERSONS", 2, "1.25 million"),
        (243_700_000.0, "PERSONS", 1, "243.7 million"),
        (-243_700_000.0, "PERSONS", 1, "−243.7 million"),
        (1_500_000_000.0, "PERSONS", 1, "1.5 billion"),
        (-7.5, "PERSONS", 1, "−7.5"),
        (12.34, "PERCENT", 1, "12.3%"),
        (12.34, "PERCENT", 2, "12.34%"),
        (0.0, "PERCENT", 1, "0.0%"),
        (0.05, "PERCENT", 1, "0.05%"),
        (-0.05, "PERCENT", 1, "−0.05%"),
        (0.051, "PERCENT", 1, "0.1%"),
        (0.04, "PERCENT", 1, "0.04%"),
        (0.00234, "PERCENT", 1, "0.002%"),
        (-3.0, "PERCENT", 1, "−3.0%"),
        (1234.5, "PERCENT", 1, "1,234.5%"),
    ],
)
def test_a_number_is_rounded_for_reading_and_never_to_nothing(
    value: float, unit: str, digits: int, said: str
) -> None:
    assert EN.number(value, unit, digits).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("words", "value", "unit", "said"),
    [
        (FR, 243_700_000.0, "PERSONS", "243,7 millions"),
        (FR, 1_000_000.0, "PERSONS", "1,0 million"),
        (FR, 12.3, "PERCENT", f"12,3{NARROW}%"),
        (ES, 12.3, "PERCENT", f"12,3{NARROW}%"),
        (ES, 2_000_000.0, "PERSONS", "2,0 millones"),
        (FR, -0.5, "PERCENT", f"−0,5{NARROW}%"),
    ],
)
def test_each_language_writes_its_own_decimals_and_words(
    words: Catalogue, value: float, unit: str, said: str
) -> None:
    assert words.number(value, unit).replace("\u00a0", " ") == said


def test_points_of_per_cent_bear_their_sign_and_one_is_one() -> None:
    said = [EN.number(v, "PERCENTAGE_POINTS") for v in (2.5, -2.5, 1.0, 0.0)]
    assert [s.split()[0].split("\u00a0")[0] for s in said] == ["+2.5", "−2.5", "+1.0", "0.0"]
    assert EN.change(2.5, "PERCENTAGE_POINTS") == said[0]
    assert EN.change(-2.5, "PERCENTAGE_POINTS") == said[1]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (5.0, "PERSONS", "+5"),
        (-5.0, "PERSONS", "−5"),
        (0.0, "PERSONS", "0"),
        (5.0, "PERCENT", "+5.0%"),
        (0.0, "PERCENT", "0.0%"),
        (1e-12, "PERCENT", "0.0%"),
        (1e-12, "PERSONS", "+0"),
        (2_000_000.0, "PERSONS", "+2.0 million"),
    ],
)
def test_a_change_bears_its_sign_and_nothing_has_none(value: float, unit: str, said: str) -> None:
    assert EN.change(value, unit).replace("\u00a0", " ") == said


def test_two_numbers_are_told_with_as_many_digits_as_part_them() -> None:
    assert EN.digits_apart(1.25e6, 1.31e6, "PERSONS") == 1
    assert EN.digits_apart(1.21e6, 1.22e6, "PERSONS") == 2
    assert EN.digits_apart(1.2100e6, 1.2101e6, "PERSONS") == 4
    assert EN.digits_apart(5.0, 5.0, "PERSONS") == 0


@pytest.mark.parametrize(
    ("value", "unit", "precision", "said"),
    [
        (3.0, "PERCENT", None, "3%"),
        (3.0, "PERCENT", 1.0, "3%"),
        (3.0, "PERCENT", 0.1, "3.0%"),
        (3.2, "PERCENT", None, "3.2%"),
        (999_999.0, "PERSONS", None, "999,999"),
        (2_000_000.0, "PERSONS", None, "2 million"),
        (2_500_000.0, "PERSONS", None, "2.5 million"),
    ],
)
def test_a_number_keeps_the_digits_that_were_printed(
    value: float, unit: str, precision: float | None, said: str
) -> None:
    assert EN.printed(value, unit, precision).replace("\u00a0", " ") == said
    if "PERCENT" in unit:
        assert FR.printed(value, unit, precision) == said.replace(".", ",").replace(
            "%", f"{NARROW}%"
        )


def test_counts_ratios_and_small_numbers_keep_their_digits() -> None:
    assert EN.exact(1_234_567.0, "PERSONS") == "1,234,567"
    assert EN.exact(0.25, "PERSONS") == "0.25"
    assert EN.exact(0.25, "PERCENT") == "0.3%" or EN.exact(0.25, "PERCENT") == "0.2%"
    assert [EN.significant(v) for v in (0.000793456, 1234.5, -0.5, 0.0)] == [
        "0.000793",
        "1,230",
        "−0.5",
        "0",
    ]
    assert EN.significant(0.0456, 2) == "0.046"
    assert [EN.fixed(1.005, n) for n in (0, 1, 3)] == ["1.", "1.0", "1.005"] or EN.fixed(
        1.005, 1
    ) == "1.0"
    assert FR.fixed(-1234.5, 2).replace(NARROW, " ").replace("\u00a0", " ") == "−1 234,50"


@pytest.mark.parametrize(
    ("value", "many"),
    [
        (0.0, 1),
        (5.0, 1),
        (0.051, 1),
        (-0.051, 1),
        (0.05, 2),
        (-0.05, 2),
        (0.049, 2),
        (0.01, 2),
        (0.0099, 3),
        (-0.00012, 4),
    ],
)
def test_a_small_share_is_printed_up_to_its_first_digit(value: float, many: int) -> None:
    assert decimals(value) == many


def test_the_plural_of_a_large_number_is_that_of_what_is_shown() -> None:
    """CLDR, French: from two on; 1.96 million shown with one decimal reads 2.0 and is plural."""
    assert compact(1_960_000.0, "fr", 1).endswith("millions")
    assert compact(1_940_000.0, "fr", 1).endswith("million")
    assert compact(12_300_000.0, "en", 0).replace("\u00a0", " ") in ("12. million", "12 million")
    assert compact(12_300_000_000.0, "en", 2).replace("\u00a0", " ") == "12.30 billion"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2025-05-13", "2025-05-13"),
        ("13 May 2025", "2025-05-13"),
        ("1 January 2020", "2020-01-01"),
        ("December 2023", "2023-12"),
        ("31 December 2023", "2023-12-31"),
        ("2025", ""),
        ("13 Mai 2025", ""),
        ("133 May 2025", ""),
        ("2025-5-13", ""),
    ],
)
def test_a_day_in_english_words_is_a_day(said: str, day: str) -> None:
    assert day_in(said) == day
    if day:
        assert EN.dated(day) == (
            EN.day(date.fromisoformat(day)) if len(day) == 10 else EN.month(day)
        )
    assert EN.period("2023-12") == EN.month("2023-12") != "2023-12"
    assert EN.period("2023") == "2023"


# -------------------------------------------------------------------------------- catalogues


def of(**messages: str) -> Catalogue:
    return Catalogue("en", messages)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": "x {n}", "b": "y"}, ""),
        ({"a": "{n} anders", "b": ""}, "1 of 2 messages is missing, the first: b"),
        ({}, "2 of 2 messages are missing, the first: a"),
        ({"a": "x {n}", "b": "y", "c": "z"}, "1 message is unknown, the first: c"),
        ({"a": "x {n}", "b": "y", "c": "z", "d": "z"}, "2 messages are unknown, the first: c"),
        ({"a": "x {m}", "b": "y"}, "a binds m, not n"),
        ({"a": "x", "b": "y"}, "a binds nothing, not n"),
        ({"a": "x {n}", "b": "{z} y"}, "b binds z, not nothing"),
    ],
)
def test_what_a_catalogue_lacks_of_its_model_is_told_in_one_line(
    given: dict[str, str], said: str
) -> None:
    assert unfinished(of(**given), of(a="{n} x", b="y")) == said
    assert unfinished(of(a="x"), of(a="y", b="")) == ""


# ------------------------------------------------------------------------------------ tables

WORDING = Wording(id="t", title="Title", alt="Alt.", number=lambda v: f"{v:g}", no_data="no data")


def test_csv_is_read_back_and_runs_nothing_in_a_spreadsheet() -> None:
    """RFC 4180: CRLF, quotes doubled; OWASP: no cell begins with a sign of a formula."""
    odd = [
        'say "so"',
        "a,b",
        "two\nlines",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "plain",
        "",
        "x=1",
    ]
    rows = [(o, 1.0) for o in odd] + [("n", 0.5), ("n", None), ("n", 3), ("n", -2.0), ("n", 1e15)]
    said = to_csv(("head, er", "=b"), tuple(rows))
    assert said.count("\r\n") == len(rows) + 1
    read = list(csv.reader(io.StringIO(said, newline="")))
    assert read[0] == ["head, er", "'=b"]
    assert [r[0] for r in read[1 : len(odd) + 1]] == [
        f"'{o}" if o[:1] in "=+-@\t\r" and o else o for o in odd
    ]
    assert [r[1] for r in read[len(odd) + 1 :]] == ["0.5", "", "3", "-2", "1000000000000000"]


def test_a_column_is_of_numbers_where_it_holds_one_and_nothing_else() -> None:
    rows = (("a", 1.0, None, 5, None), ("b", 2.0, None, "x", 3.0))
    table = table_of(
        ("n", "v", "none", "mixed", "some"), list(rows), WORDING, [("", "t", "", "", "")] * 2
    )
    assert table.numeric == (False, True, False, False, True)
    assert table.shown == (("a", "1", "no data", "5", "no data"), ("b", "2", "no data", "x", "3"))
    assert len(table.traces) == 2
    assert table_of(("a",), [("x",)], WORDING, [("",)]).traces == ()
    assert Table(header=("a",), rows=(), shown=()).numeric == (False,)


def test_a_language_parts_names_and_numbers_in_its_own_way() -> None:
    french = replace(WORDING, language="fr")
    assert (WORDING.said("a", "1"), french.said("a", "1")) == ("a: 1", f"a{NARROW}: 1")
    assert (WORDING.listed(["a", "b"]), french.listed(["a", "b"])) == ("a; b", f"a{NARROW}; b")
    assert (EN.listed(["a", "b"]), FR.listed(["a", "b"])) == ("a; b", f"a{NARROW}; b")
    assert EN.area("250>276") == "France → Germany"
    assert EN.short("250>276") == "France → Germany"
    assert EN.area("nowhere") == "nowhere"


# ------------------------------------------------------------------------------- the pieces


def test_a_coordinate_has_one_decimal_at_most() -> None:
    assert [short(v) for v in (0.0, 0.04, -0.04, 0.05, 0.06, -0.06, 12.0, 12.34, -3.96, 100.0)] == [
        *("0", "0", "0", "0.1", "0.1", "-0.1", "12", "12.3", "-4", "100"),
    ]


def test_words_are_broken_between_words_and_no_line_is_wider() -> None:
    words = "one two three four five six seven eight"
    for width in (10, 40, 60, 90, 200, 1000):
        found = wrapped(words, width, 13, 99)
        assert " ".join(found) == words
        assert all(width_of(w, 13) <= width or " " not in w for w in found)
        for a, b in pairwise(found):
            assert width_of(f"{a} {b.split()[0]}", 13) > width
    assert wrapped(words, 10) == words.split()[:3]
    assert wrapped("", 10) == [""]
    assert width_of("中文", 10) == 20.0
    assert width_of("ab", 10) == pytest.approx(11.2)


def test_a_piece_says_only_what_is_not_as_usual() -> None:
    assert text(1, 2, "a<b") == '<text x="1" y="2" font-size="13">a&lt;b</text>'
    assert text(1, 2, "a", size=12.5, anchor="end", fill="soft", weight=600) == (
        '<text x="1" y="2" font-size="12.5" text-anchor="end" fill="var(--sj-soft)" font-weight="600">a</text>'
    )
    assert 'width="0"' in rect(0, 0, -1, 5, "ink")
    assert 'stroke="var(--sj-rule)" stroke-width="1"' in line(0, 0, 1, 1)


def test_what_leads_somewhere_is_read_in_its_order(demo: ModuleType) -> None:
    def number(n: int) -> Number:
        return Number(str(n), f"t{n}")

    noted = Footnote((number(3),))
    tree = LineageNode(label="a", value="1", id="x")
    blocks = (
        Paragraph(content=("a ", number(2), noted)),
        Notes(items=((number(4),),)),
        LineageAppendix(trees=(tree,)),
    )
    section = Section(id="s", topic="", heading="h", blocks=blocks, lead=(number(1),))
    ends = {"edition_note": (number(0),), "footer": ((number(5),),)}
    document = replace(demo.demo_document(), sections=(section,), **ends)
    assert [n.display for n in numbers(document)] == ["0", "1", "2", "3", "4", "5"]


def test_a_lineage_is_written_a_line_a_node_and_deeper_by_two() -> None:
    leaf = LineageNode(label="cell", value="5", address="e#A1", detail="as printed")
    tree = LineageNode(
        label="sum", value="9", children=(leaf, LineageNode(label="other", value=""))
    )
    assert list(lines(tree)) == ["sum  9", "  └ e#A1  5", "      as printed", "  └ other"]


# ------------------------------------------------------------------------- pages and files


def chart_of(width: float) -> Chart:
    return bars([Bar("Kenya", 5.0, trace="k&1")], WORDING, header=("a", "b"), width=width)


@pytest.mark.parametrize(
    ("width", "has"), [(760.0, True), (400.5, True), (400.0, False), (344.0, False)]
)
def test_a_wide_drawing_has_one_for_a_phone_too(width: float, *, has: bool) -> None:
    """A screen of 360 pixels less its margins; what is as narrow as 400 serves both."""
    assert (PHONE, WIDE_ENOUGH) == (344.0, 400.0)
    found = Drawings().narrow(chart_of(width))
    assert bool(found) is has
    assert Drawings().pans(chart_of(width)) is has
    if has:
        assert 'viewBox="0 0 344 ' in found
        assert 'aria-labelledby="t-nt"' in found
        assert "<desc" not in found


def test_a_mark_leads_to_its_lineage_where_there_is_one() -> None:
    tracing = Tracing(page="p.html", script="", ids={"k&1": 7}, tips={"k&1": "2015, A<1"})
    assert tracing.address("k") == "p.html#trace-k"
    drawings = Drawings(tracing)
    wide, narrow = drawings.wide(chart_of(760.0)), drawings.narrow(chart_of(760.0))
    assert '<a href="p.html#n7"><title>Kenya: 5 · 2015, A&lt;1</title>' in wide
    assert '<a href="p.html#n7"><title>Kenya: 5</title>' in narrow
    assert 'role="group"' in wide
    plain = Drawings().wide(chart_of(760.0))
    assert "<a><title>Kenya: 5</title>" in plain
    assert 'role="img"' in plain
    assert "href" not in plain


def test_a_drawing_to_take_away_holds_its_words_in_their_order() -> None:
    one = chart_of(300.0)
    svg = framed(one, "What it shows.", ["Source of it.", "A long line " * 12])
    order = ["Title", "What it shows.", "Kenya", "Source of it.", "A long line"]
    places = [
        svg.index(f">{w}" if w in ("Title", "Kenya") else w, svg.index("</desc>")) for w in order
    ]
    assert places == sorted(places)
    assert svg.count("<title") == 2  # of the whole, and of the one mark
    assert "var(" not in svg
    assert 'width="340"' in svg
    assert framed(one, "", []).count("What") == 0


@pytest.mark.parametrize("ending", [".svg", ".SVG", ".png", ".pdf"])
def test_a_drawing_is_written_in_the_form_of_its_ending(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{ending}"
    write_chart(with_source(chart_of(300.0), WORDING, ["From here."]), path)
    begun = {".svg": b"<svg", ".png": b"\x89PNG", ".pdf": b"%PDF"}
    assert path.read_bytes().startswith(begun[ending.lower()])
    with pytest.raises(PublishError, match=r"no drawing has the ending '\.gif'"):
        write_chart(chart_of(300.0), tmp_path / "a.gif")
