"""The explorer in a real browser, offline, from a disk: numbers, links, keyboard, accessibility."""

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import twins

import sojourn
from sojourn.explorer.run.explorer import write_site
from sojourn.query.chart import class_breaks
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS

sync_api = pytest.importorskip("playwright.sync_api")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

STATES = 25  # benchmarks/bench_explorer.py asks for 300
FUZZED = 60  # drawn; as many as `PARSED` are read and written again without a drawing
PARSED = 10_000
WCAG = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
READY = "h => document.documentElement.dataset.ready === h"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("explorer") / "site"
    write_site(sojourn.open().store, out, embedded=True)
    return out


@pytest.fixture(scope="module")
def context() -> Iterator["BrowserContext"]:
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        made = running.new_context(offline=True, viewport={"width": 1280, "height": 900})
        yield made
        running.close()


@pytest.fixture
def page(context: "BrowserContext") -> Iterator["Page"]:
    """A page that fails its test on any error of the script and any request beyond the disk."""
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url),
    )
    yield opened
    opened.close()
    assert not wrong


def show(page: "Page", site: Path, link: str) -> None:
    page.goto(f"{(site / 'index.html').as_uri()}{link}")
    page.wait_for_function(READY, arg=link or "#")


def turn(page: "Page", link: str) -> None:
    page.evaluate("h => { location.hash = h }", link)
    page.wait_for_function(READY, arg=link)


def index_of(site: Path) -> Any:
    text = (site / "index.js").read_text("utf-8")
    return json.loads(text.removeprefix("SJ.index(").removesuffix(");\n"))


def printed(
    store: Store, edition: str, indicator: str, sex: str, period: str
) -> Mapping[str, tuple[Any, ...]]:
    """Return what `sojourn observations` says: value, sheet, row and column by place."""
    rows = store.con.execute(
        'SELECT ref_area, value, sheet, "row", col FROM observation WHERE edition = ? AND indicator = ? '
        "AND sex = ? AND time_period = ? AND origin IN ('_T', '_Z') AND age = '_T'",
        [edition, indicator, sex, period],
    ).fetchall()
    return {r[0]: r[1:] for r in rows if r[0] not in AREAS or not AREAS[r[0]].is_aggregate}


def states(
    index: Any, count: int, seed: int
) -> Iterator[tuple[dict[str, Any], str, str, str, str, str]]:
    """Yield random states as a link is made of: measure, edition, sex, year, view, link."""
    rng = random.Random(seed)
    editions = list(index["editions"])
    plain = [m for m in index["measures"] if not m.get("o") and not m.get("w")]
    while count:
        m = rng.choice(plain)
        edition, sex = editions[rng.choice(m["e"])], rng.choice(m["s"])
        period = rng.choice([p for p in m["t"].split() if len(p) == 4] or [""])
        view = rng.choice(["map", "ranking", "table"])
        if period:
            name = f"{m['d']}/{m['i']}"
            link = f"#v=1&m={name}&e={edition}&s={sex}&y={period}&t={view}&n=all&l=en"
            yield m, edition, sex, period, view, link
            count -= 1


def test_every_number_is_what_the_command_line_says(page: "Page", site: Path) -> None:
    store = sojourn.open().store
    show(page, site, "")
    for m, edition, sex, period, view, link in states(index_of(site), STATES, 1):
        turn(page, link)
        expected = printed(store, edition, m["i"], sex, period)
        shown = page.evaluate("SJ.parts.view().rows")
        held = {r[1]: r for r in shown}
        known = {a: v for a, v in expected.items() if v[0] is not None or view != "ranking"}
        assert {a: r[8] for a, r in held.items()} == {a: v[0] for a, v in known.items()}, link
        for area, (_, sheet, row, _) in known.items():
            assert held[area][12].endswith(str(row)), link
            assert f"#{sheet}!" in held[area][12] or not sheet
        if view == "map" and known:
            fills = page.evaluate(
                "[...document.querySelectorAll('.land path')].map(p => [p.dataset.a, p.getAttribute('fill')])"
            )
            breaks = class_breaks([v[0] for v in known.values() if v[0] is not None])
            ramp = "d" if min(v[0] for v in known.values() if v[0] is not None) < 0 else "r"
            for area, fill in fills:
                value = known.get(area, (None,))[0]
                k = 0 if value is None else sum(b <= value for b in breaks)
                assert fill == ("url(#sj-land)" if value is None else f"var(--sj-{ramp}{k + 1})"), (
                    link,
                    area,
                )


def test_a_place_outside_the_region_is_not_shown_as_without_data(page: "Page", site: Path) -> None:
    show(page, site, "#v=1&m=undesa.ims/migrant_stock&y=2015&t=map&r=150&l=en")
    fill = "a => document.querySelector(`.land path[data-a='${a}']`).getAttribute('fill')"
    assert page.evaluate(fill, "276").startswith("var(--sj-r")
    assert page.evaluate(fill, "792") == "var(--sj-wash)"
    assert {r[1] for r in page.evaluate("SJ.parts.view().rows")} <= {
        a.area_id for a in AREAS.values() if a.region == "150"
    }


def test_a_link_opens_the_same_again_and_back_goes_back(page: "Page", site: Path) -> None:
    show(page, site, "")
    for *_, link in states(index_of(site), 8, 2):
        turn(page, link)
        first = page.evaluate("[SJ.parts.view().csv, document.querySelector('#view').innerHTML]")
        turn(page, "#v=1&t=table&l=en")
        page.go_back()
        page.wait_for_function(READY, arg=link)
        assert (
            page.evaluate("[SJ.parts.view().csv, document.querySelector('#view').innerHTML]")
            == first
        )


def test_what_is_taken_away_is_what_is_shown(page: "Page", site: Path) -> None:
    show(page, site, "#v=1&m=undesa.ims/migrant_stock&y=2015&t=ranking&a=CHL&l=en")
    page.click("#take")
    with page.expect_download() as told:
        page.click("[data-take=csv]")
    text = told.value.path().read_bytes().decode()
    assert text == page.evaluate("SJ.parts.view().csv")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == 1 + 20 + 1  # head, twenty, and the place chosen
    assert "undesa.ims@2021-01-15#Table 1!K" in lines[1]
    for kind in ("svg", "zip", "json"):
        with page.expect_download() as told:
            page.click(f"[data-take={kind}]")
        assert told.value.path().stat().st_size > 2_000
    with page.expect_download() as told:
        page.click("[data-take=png]")
    assert told.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_number_leads_to_its_cell_by_keyboard(page: "Page", site: Path) -> None:
    show(
        page, site, "#v=1&m=undesa.ims/migrant_stock&e=undesa.ims@2021-01-15&s=F&y=2015&t=map&l=en"
    )
    page.focus("#tab-map")
    page.keyboard.press("End")
    page.wait_for_selector("#view table")
    assert page.evaluate("document.activeElement.id") == "tab-table"
    page.fill("#filter", "germ")
    number = page.locator("#view button.n").first
    number.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog#card[open]")
    card = page.inner_text("#card")
    assert "5,182,457" in card
    assert "Y201" in card
    assert "c2bae98812a1f68b1d7f57a8d3d11903b85522d664f319dfe87daa30f653fd5b" in card
    assert "sojourn trace 'undesa.ims@2021-01-15#Table 1!Y201'" in card
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog#card:not([open])", state="attached")
    assert number.evaluate("e => e === document.activeElement")


def test_a_measure_is_found_by_typing_and_a_place_by_its_code(page: "Page", site: Path) -> None:
    show(page, site, "#v=1&l=es")
    page.click("#measure")
    page.fill("#measure-find", "desastres")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => SJ.parts.state().m === 'idmc.gidd/idp_flow_disaster'")
    page.fill("#place-find", "CHL")
    page.keyboard.press("Enter")
    page.wait_for_function("() => SJ.parts.state().a[0] === '152'")
    assert page.evaluate("document.documentElement.lang") == "es"


def test_what_an_address_asks_and_the_site_lacks_is_told(page: "Page", site: Path) -> None:
    show(page, site, "#v=1&m=undesa.ims/migrant_stock&s=X&y=1066&a=DEU,QQQ&zz=1&l=en")
    told = page.inner_text("#told")
    for asked in ("“X”", "“1066”", "“QQQ”"):
        assert asked in told
    assert "zz" not in told


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "%3Cscript%3E",
    "%",
    "'\"",
    "__proto__",
    "constructor",
    "toString",
    "undesa.ims/migrant_stock",
    "900",
    "9" * 200,
    "DEU,DEU,__proto__",
    "\u202e",
    "%E0%A4%A",
    "-1",
    "null",
]


#: A state names what the site holds, and its address means the same state.
SOUND = """links => links.map(link => {
  const r = SJ.parts.read, h = SJ.parts.hash, one = r(link), I = SJ.parts.index(), m = I.byId[one.m];
  const again = r(h(one)), key = s => JSON.stringify({ ...s, k: s.t === "corridor" ? s.k : "" });
  const own = (o, x) => Object.prototype.hasOwnProperty.call(o, x);
  const sound = own(I.byId, one.m) && m.s.includes(one.s) && (one.e === "" || m.e.includes(one.e)) &&
    (one.y === "" || m.t.includes(one.y)) && (one.b === "" || own(I.byId, one.b)) &&
    (one.p === "" || own(I.areas, one.p)) && one.a.length <= 8 && one.a.every(a => own(I.areas, a)) &&
    new Set(one.a).size === one.a.length && (one.l === null || own(I.languages, one.l));
  return sound && key(one) === key(again) ? "" : link;
}).filter(Boolean)"""


def _pieces(site: Path) -> list[str]:
    """Return values of links: sound ones of every kind, and those that somebody would try."""
    index = index_of(site)
    measures = [f"{m['d']}/{m['i']}" for m in index["measures"]]
    sound = [*measures, *index["editions"], *index["languages"], "2015", "F", "M", "_T", "DEU,FRA"]
    views = ["map", "trend", "ranking", "corridor", "table", "per", "to", "from", "all", "years"]
    odd = [
        "2010-07-01/P5Y",
        "1e3",
        "2015 ",
        "DEU;FRA",
        "%2C",
        "a" * 9000,
        "\u0000",
        "ＤＥＵ",
        "=",
        "#",
    ]
    return [*sound, *views, "150", "2016-12-31", "dark", *odd, *HOSTILE]


def test_ten_thousand_addresses_each_mean_one_sound_state(page: "Page", site: Path) -> None:
    rng = random.Random(7)
    keys, pieces = [*"vmesytarukbpndlx", "__proto__", "zz", ""], _pieces(site)
    links = [
        "#" + "&".join(f"{rng.choice(keys)}={rng.choice(pieces)}" for _ in range(rng.randrange(9)))
        for _ in range(PARSED)
    ]
    show(page, site, "")
    assert page.evaluate(SOUND, links) == []


def test_no_address_breaks_or_runs_anything(page: "Page", site: Path) -> None:
    rng = random.Random(3)
    keys = [*"vmesytarukbpndlx", "__proto__", "zz", ""]
    page.on("dialog", lambda d: pytest.fail(d.message))
    pieces = HOSTILE
    show(page, site, "")
    for n in range(FUZZED):
        link = "#" + "&".join(
            f"{rng.choice(keys)}={rng.choice(pieces)}" for _ in range(rng.randrange(1, 7))
        )
        page.evaluate("h => { location.hash = h }", f"{link}&q={n}")
        page.wait_for_timeout(15)
    page.evaluate("h => { location.hash = h }", "#v=1&t=map&l=en")
    page.wait_for_function(READY, arg="#v=1&t=map&l=en")
    assert page.locator("#view svg").count() == 1


def test_a_country_has_a_page_and_says_why_a_number_is_not_there(page: "Page", site: Path) -> None:
    page.goto(f"{(site / 'index.html').as_uri()}#p=DEU&l=fr")
    page.wait_for_selector("#profile h1")
    text = page.inner_text("#profile")
    assert "Allemagne" in text
    assert "10,2" in text
    assert "Pas de nombre" in text
    page.locator("[data-card=lives_here] button").click()
    assert "K201" in page.inner_text("#card")


def test_the_embedded_page_has_no_chrome(page: "Page", site: Path) -> None:
    page.goto(f"{(site / 'embed.html').as_uri()}#v=1&t=ranking&l=en")
    page.wait_for_selector("#view svg")
    assert not page.is_visible(".choices")
    assert page.is_visible("#source")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    scheme: str, width: int, page: "Page", site: Path
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for link in (
        "#v=1&t=map&l=en",
        "#v=1&t=ranking&a=DEU&l=en",
        "#v=1&t=table&l=fr",
        "#v=1&t=trend&l=es",
    ):
        show(page, site, link)
        found = axe_module.Axe().run(page, options=WCAG)
        assert not found.response["violations"], found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (link, wide)
    page.set_viewport_size({"width": 1280, "height": 900})


def ends(area: str, origin: str, value: float) -> dict[str, object]:
    return {
        "indicator": "migrant_stock",
        "ref_area": area,
        "destination": area,
        "origin": origin,
        "time_period": "2017",
        "obs_value": value,
    }


def test_only_places_are_counted_and_ranked(page: "Page", tmp_path: Path) -> None:
    """Others are no place, groups of the publisher are none, and equal numbers have one rank."""
    rows = [ends("276", o, v) for o, v in (("2003", 90.0), ("356", 8.0), ("152", 8.0), ("076", 2))]
    totals = [("276", 108.0), ("356", 70.0), ("516", 70.0), ("SDG: Northern America", 900.0)]
    rows += [ends(a, "_T", v) for a, v in totals]
    twins.store_of(tmp_path / "d", "worldbank.bilateral-stocks@2018-04-01", rows)
    made = tmp_path / "site"
    write_site(sojourn.open(tmp_path / "d").store, made)
    name = "#v=1&m=worldbank.bilateral-stocks/migrant_stock&y=2017&l=en"
    show(page, made, f"{name}&t=ranking")
    assert page.inner_text("#finding") == "Germany: 108, the highest of 3 places."
    assert page.evaluate("SJ.parts.view().rows.map(r => [r[1], r[8]])") == [
        ["276", 108],
        ["356", 70],
        ["516", 70],
    ]
    turn(page, f"{name}&t=ranking&a=NAM")
    assert "number 2 of 3 places, a rank that 2 of them share" in page.inner_text("#finding")
    turn(page, f"{name}&t=corridor&a=DEU")
    assert "Others" not in page.inner_text("#finding")
    assert "number 1 of 3 places, a rank that 2 of them share" in page.inner_text("#finding")
    told = page.evaluate(
        "[...document.querySelectorAll('#view .bar')].map(g => g.querySelector('text').textContent)"
    )
    assert told[:4] == ["", "1", "1", "3"]
