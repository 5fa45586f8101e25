"""The tree under a number: its cells, and in words how many more there are and where they stand."""

from sojourn.factsheet.figures.figure import FigureValue, Input, Span
from sojourn.factsheet.figures.lineage import tree

KEY = {"figure_id": "x", "time_period": "2015", "sex": "_T", "area": "900", "unit": "PERSONS"}
EDITION = "undesa.ims@2015-12-01"


def total(carried: int, added: int, *spans: Span) -> FigureValue:
    """A sum of so many cells of one each, of which so many are carried."""
    cells = (Input(f"{EDITION}#Table 1!C{n}", 1.0, "a.xlsx") for n in range(1, carried + 1))
    return FigureValue(
        **KEY,
        as_of="",
        value=float(added),
        edition=EDITION,
        inputs=tuple(cells),
        n_inputs=added,
        spans=spans,
    )


def test_a_long_sum_shows_twelve_cells_and_says_how_many_more() -> None:
    shown = tree(total(30, 30)).children
    assert [c.address for c in shown[:12]] == [f"{EDITION}#Table 1!C{n}" for n in range(1, 13)]
    assert [c.label for c in shown[12:]] == ["… 18 more cells; lineage.json lists them"]
    assert len(tree(total(12, 12)).children) == 12
    assert tree(total(13, 13)).children[-1].label == "… 1 more cell; lineage.json lists them"
    assert len(tree(total(30, 30), shown=30).children) == 30


def test_cells_that_stay_behind_are_told_by_where_they_stand() -> None:
    """232 cells of the table and five of a text."""
    held = (Span("a.xlsx", "Table 1", "C9", "C240", 232), Span("b.csv", "", "D2", "D6", 5))
    [rest] = tree(total(0, 237, *held)).children
    assert rest.label == "… 237 more cells; a.xlsx Table 1!C9:C240; b.csv D2:D6"
    [rest] = tree(total(0, 237)).children
    assert rest.label == "… 237 more cells; not carried"


def test_only_the_number_itself_carries_its_lineage_id() -> None:
    one = total(1, 1)
    whole = FigureValue(**KEY, as_of="", value=1.0, edition=EDITION, parts=(one,))
    assert tree(whole).id == whole.lineage_id
    [part] = tree(whole).children
    assert (part.id, part.value, part.detail) == ("", "1", EDITION)
    absent = FigureValue(**KEY, as_of="", value=None, reason="nobody counts it")
    assert tree(absent).value == "nobody counts it"
