"""Drawings inside a page: what many marks share stands in the page once, and looks the same."""

import re

from sojourn.publish import Bar, Wording, bars, ranked_bars
from sojourn.publish.inline import Drawings


def _drawn() -> tuple[str, Drawings]:
    wording = Wording(
        id="a-chart", title="T", alt="A.", number=str, no_data="no data", language="fr"
    )
    rows = [Bar("Asie", 3.0, women=1.0, trace="x"), Bar("Europe", 2.0, women=1.0, trace="y")]
    drawings = Drawings()
    return drawings.wide(bars(rows, wording, header=("a", "b"), split=("F", "M"))), drawings


def test_a_colour_stands_in_a_page_once_and_every_class_has_its_rule() -> None:
    svg, drawings = _drawn()
    marks = re.sub(r"^<svg[^>]*>", "", svg)
    assert "var(--sj-" not in marks
    used = {name for names in re.findall(r' class="([^"]*)"', marks) for name in names.split()}
    ruled = set(re.findall(r"\.([a-z0-9-]+)\{", drawings.sprite()))
    assert used
    assert used <= ruled


def test_the_number_of_a_bar_is_told_with_the_colon_of_the_language() -> None:
    svg, _ = _drawn()
    assert "Asie\N{NARROW NO-BREAK SPACE}: 3.0" in svg
    assert not re.search(r"<title>[^<]*[^\N{NARROW NO-BREAK SPACE}]: ", svg)


def test_a_drawing_that_fits_a_phone_is_not_blown_up_beyond_it() -> None:
    """A list drawn for half a page was 560 wide on a phone, and its largest number out of sight."""
    wording = Wording(id="a-list", title="T", alt="A.", number=str, no_data="no data")
    half = ranked_bars([Bar("Asia", 3.0)], wording, header=("a", "b"))
    assert not Drawings().narrow(half)
    assert not Drawings().pans(half)
    assert Drawings().pans(bars([Bar("Asia", 3.0)], wording, header=("a", "b")))


def test_paths_are_tight_and_mean_the_same() -> None:
    from sojourn.publish.inline import _tight

    def numbers(path: str) -> list[float]:
        return [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", path)]

    path = "M507.5,0.5l8,1 -3,0.5 -0.25,-2 10,0z"
    tight = re.sub("(.+)", _tight, path)
    assert tight == "M507.5,.5l8,1-3,.5-.25-2 10,0z"
    assert numbers(tight) == numbers(path)
