"""The page of flows says its band, its editions and what it leaves out, in every language."""

import re
from datetime import date
from html import unescape

import numpy as np
import pytest

from sojourn.flows.inputs.others import others
from sojourn.flows.inputs.reasons import why_not
from sojourn.flows.inputs.revision import series_differs
from sojourn.flows.model import Adjustment
from sojourn.flows.pages.bilateral import OtherRow
from sojourn.flows.pages.flows import FlowPage, Measured, flow_document
from sojourn.flows.pages.validation import ValidationPage, validation_document
from sojourn.flows.pages.validation_rows import BandRow
from sojourn.publish.page import render_html
from sojourn.publish.paper import in_pairs, render_pdf
from sojourn.publish.text import catalogue, languages

CENTRAL = np.array([[0.0, 900_000, 120_000], [300_000, 0, 50_000], [10_000, 20_000, 0]])


def page(**more: object) -> FlowPage:
    """A synthetic interval of three places."""
    values: dict[str, object] = {
        "start": 2010,
        "end": 2015,
        "places": ("004", "276", "840"),
        "central": CENTRAL,
        "low": CENTRAL * 0.5,
        "high": CENTRAL * 3,
        "weight": 0.87,
        "weights": (0.8, 0.95),
        "region": {"004": "935", "276": "908", "840": "905"},
        "regions": ("903", "935", "908", "904", "905", "909"),
        "population": 1e8,
        "fewest": 7e5,
        "most": 4.2e6,
        "before": 1.3e6,
        "editions": {"stock": "s@1", "population": "p@1", "vital": "v@1"},
        "stock_editions": ("s@0", "s@1"),
        "sources": ("Synthetic source.",),
        "adjustments": (Adjustment("world balance", "world", 1234.0, "synthetic"),),
        "growth": {"F": [("004", "276", 5000.0)], "M": [("004", "840", 7000.0)]},
        "measured": (Measured("276", 800_000.0, 5e5, 9.2e5, 2e6),),
        "correlation": {"minimum": 0.9, "central": 0.8, "high": 0.7},
        "dated": date(2022, 7, 11),
    }
    return FlowPage(**{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("language", languages())
def test_the_page_and_the_paper_are_made_in_every_language(language: str) -> None:
    document = flow_document(page(), language)
    text = render_html(document)
    assert "<script" not in text
    for edition in ("s@0", "s@1", "p@1", "v@1"):
        assert edition in text
    assert "world balance" in text
    assert text.count("<svg") >= 7
    assert render_pdf(document)[:5] == b"%PDF-"
    assert render_html(flow_document(page(), language)) == text


def test_the_band_stands_beside_each_corridor() -> None:
    text = render_html(flow_document(page(), "en"))
    row = re.search(
        r'<th scope="row">Afghanistan → Germany</th>(.*?)</tr>', text[text.index('id="band"') :]
    )
    assert row is not None
    assert re.findall(r">([^<>]+)</td>", row[1]) == ["450,000", "900,000", "2.7\u00a0million"]


def test_what_is_missing_is_said() -> None:
    text = render_html(
        flow_document(page(measured=(), correlation={}, growth={}, before=None), "en")
    )
    assert "No measured flows are in the store" in text
    assert "gives no corridors by sex" in text
    assert "on the interval before" not in text


def test_charts_of_half_a_page_stand_two_by_two_on_paper() -> None:
    half, whole = {"kind": "chart", "half": True}, {"kind": "chart", "half": False}
    found = in_pairs([dict(half), dict(half), dict(half), whole, {"kind": "notes"}, dict(half)])
    assert [b["kind"] for b in found] == ["pair", "pair", "chart", "notes", "pair"]
    assert [len(b["charts"]) for b in found if b["kind"] == "pair"] == [2, 1, 1]


@pytest.mark.parametrize("language", languages())
def test_reasons_and_targets_of_a_validation_stand_in_the_language_of_the_page(
    language: str,
) -> None:
    words = catalogue(language)
    reasons = {
        "arrivals": why_not("ends", direction="arrivals", until="2013", end="2015"),
        "departures": why_not("few", direction="departures", least="3"),
        "net_migration": why_not("net"),
        "own_editions": why_not(
            "own_editions",
            said=why_not("no_table", dataset="x", indicator="y", sex="_T", start="1", end="2"),
            editions="z",
        ),
        "estimate": why_not("no_vital", start="2020", end="2024", held="none"),
        "gaskin-abel": why_not("others", least="10"),
    }
    band = BandRow("arrivals", "small", 0.9, 0.1, 2.0, 8, 10, (0.5, 0.9), holds=True)
    made = ValidationPage(
        compared=(),
        measured=(),
        nets=(),
        bands=(band,),
        again=(band,),
        verdicts={"arrivals, small totals: held-out coverage holds 80 %": True},
        why_none=[("2010-2015", what, why) for what, why in reasons.items()],
        others=[
            OtherRow(
                "2010-2015",
                others()[0].names,
                "x@2024-01-01",
                (2010, 2015),
                12,
                9e4,
                8e4,
                0.9,
                1.1,
                (8, 10),
                measured=True,
            )
        ],
        not_loaded=[others()[3].names],
        uncounted=("XKX",),
        differs={language: tuple(series_differs(language).values())},
        editions=("x@2024-01-01",),
        dated=date(2024, 1, 1),
    )
    html = unescape(render_html(validation_document(made, language)))
    assert words.text("validation.arrivals") in html
    assert all((why in html) == (language == "en") for why in reasons.values())
    assert ("held-out coverage" in html) is False
    assert "80 %" in html
    assert "8/10" in html
    assert (others()[3].names["en"] in html) == (language == "en")
    assert len(set(series_differs(language)) ^ set(series_differs("en"))) == 0
    assert (series_differs(language) == series_differs("en")) == (language == "en")


def test_an_edition_that_gives_two_tables_is_named_once() -> None:
    same = {"stock": "s@1", "population": "p@1", "vital": "p@1"}
    for language in languages():
        said = str(flow_document(page(editions=same), language).edition_note)
        assert said.count("p@1") == 1
        assert "s@1" in said
