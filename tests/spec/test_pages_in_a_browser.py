"""Pages in a real browser: cards by mouse and keyboard, without script, on a phone, by ear."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli

sync_api = pytest.importorskip("playwright.sync_api")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KINDS = ("factsheet", "women-and-girls", "what-changed", "lineage")
SCREENS = {"desktop": (1280, 900), "phone": (360, 740)}
#: Cards of the lineage page that are heard: it is long and of one pattern.
HEARD = 40
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pages") / "out"
    sojourn.open().factsheet(2015, out, language=["en"])
    return out


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The pages of disagreements and of changes between two editions."""
    out = tmp_path_factory.mktemp("compared")
    editions = ("undesa.ims@2019-09-17", "undesa.ims@2021-01-15")
    asked = (
        ["disagreements", "--page", str(out / "disagreements.html")],
        ["diff", *editions, "--page", str(out / "diff.html")],
    )
    for words in asked:
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    return tuple(sorted(out.iterdir()))


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def opened(browser: "Browser", path: Path, **given: Any) -> "Page":
    page = browser.new_page(**given)
    page.set_default_timeout(60_000)
    page.goto(path.as_uri())
    return page


def first_number(page: "Page") -> Any:
    return page.locator("main a.n:visible").first


def test_a_card_opens_by_click_and_by_enter_and_closes_by_escape(
    browser: "Browser", built: Path
) -> None:
    page = opened(browser, built / "factsheet-2015.en.html")
    number = first_number(page)
    assert number.inner_text().startswith("248.0")
    for act in (number.click, lambda: number.press("Enter")):
        act()
        page.wait_for_selector("dialog#card[open]")
        assert "247,958,644" in page.inner_text("#card .v")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog#card:not([open])", state="attached")
        assert number.evaluate("e => e === document.activeElement")
    page.close()


def test_arrows_walk_through_a_drawing(browser: "Browser", built: Path) -> None:
    page = opened(browser, built / "factsheet-2015.en.html")
    drawing = page.locator("svg:visible", has=page.locator("a[href]")).first
    marks = drawing.locator("a[href]")
    marks.first.focus()
    page.keyboard.press("ArrowRight")
    assert marks.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowLeft")
    assert marks.first.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog#card[open]")
    page.close()


def test_the_source_cell_is_two_clicks_away(browser: "Browser", built: Path) -> None:
    page = opened(browser, built / "factsheet-2015.en.html")
    first_number(page).click()
    page.wait_for_selector("dialog#card[open]")
    text = page.inner_text("#card")
    assert re.search(r"\b[A-Z]{1,3}\d+\b", text), text
    page.locator("#card a[href*='#trace-']").first.click()
    page.wait_for_url("**/lineage-2015.en.html#trace-*")
    page.close()


def test_without_script_the_link_leads_there_and_back(browser: "Browser", built: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built / "factsheet-2015.en.html").as_uri())
    link = page.locator("main a.n").first.get_attribute("href") or ""
    target, _, anchor = link.partition("#")
    assert target == "lineage-2015.en.html"
    lineage = (built / target).read_text("utf-8")
    assert f'id="{anchor}"' in lineage
    assert 'href="factsheet-2015.en.html' in lineage
    context.close()


@pytest.mark.parametrize("width", [360, 390])
def test_every_number_of_a_drawing_is_on_the_screen_of_a_phone(
    width: int, browser: "Browser", built: Path
) -> None:
    page = opened(
        browser, built / "factsheet-2015.en.html", viewport={"width": width, "height": 800}
    )
    beyond = page.evaluate(
        "w => [...document.querySelectorAll('figure svg text')].filter(e => {"
        " const r = e.getBoundingClientRect(); return r.width && (r.right > w || r.left < 0)})"
        ".map(e => e.closest('figure').id + ': ' + e.textContent)",
        width,
    )
    page.close()
    assert beyond == []


@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_every_page_is_heard_and_fits(
    screen: str, scheme: str, browser: "Browser", built: Path, compared: tuple[Path, ...]
) -> None:
    width, height = SCREENS[screen]
    embed = next((built / "embed").glob("top-destinations.*.html"))
    wrong = []
    for path in (*(built / f"{kind}-2015.en.html" for kind in KINDS), embed, *compared):
        page = opened(
            browser, path, viewport={"width": width, "height": height}, color_scheme=scheme
        )
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{path.name}: {wide} px wide")
        if path.name.startswith("lineage"):
            page.evaluate(
                f"document.querySelectorAll('article:nth-of-type(n+{HEARD})').forEach(e => e.remove())"
            )
        found = axe_module.Axe().run(page, options=WCAG).response["violations"]
        wrong += [f"{path.name}: {v['id']} {v['nodes'][0]['html'][:150]}" for v in found]
        page.close()
    assert not wrong, "\n".join(wrong)
