"""From a store and a run to two pages: the run is checked first, and nothing is half-written."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from twins import of_few_countries

from sojourn.cli import cli
from sojourn.errors import NoSuchObservation, PublishError, SimulateError, SojournError, UnknownArea
from sojourn.files import MARKER
from sojourn.health.brief.brief import Brief
from sojourn.health.brief.withheld import COUNTS
from sojourn.health.engine.parameters import parameters
from sojourn.health.inputs.series import newest_series
from sojourn.health.run.brief import gather
from sojourn.health.run.claims import claims
from sojourn.health.run.kept import check_editions, known_of, read_run, read_world
from sojourn.health.run.people import _foreign, _notified, facts
from sojourn.publish.text import languages
from sojourn.query.opening import open_data

# Synthetic twins: the headings are WHO's, the numbers are not.
BURDEN = (
    '"country","iso2","iso3","iso_numeric","g_whoregion","year","e_pop_num","e_inc_100k",'
    '"e_inc_100k_lo","e_inc_100k_hi","e_inc_num","e_inc_num_lo","e_inc_num_hi","e_mort_num"\n'
    + "".join(
        f'"{name}","{iso2}","{iso3}","{m49}","EUR",{year},1000000,{rate},8,12,{rate * 10},80,120,{dead}\n'
        for name, iso2, iso3, m49, dead in (
            ("France", "FR", "FRA", 250, 20),
            ("Germany", "DE", "DEU", 276, ""),
        )
        for year, rate in ((2015, 12), (2016, 11), (2017, 10))
    )
)
NOTIFIED = (
    '"country","iso2","iso3","iso_numeric","g_whoregion","year","c_newinc","notif_foreign",'
    '"newrel_m014","newrel_f014","newrel_m15plus","newrel_f15plus"\n'
    '"France","FR","FRA","250","EUR",2016,100,60,5,5,60,30\n'
    '"France","FR","FRA","250","EUR",2017,110,,,4,60,30\n'
    '"Germany","DE","DEU","276","EUR",2017,200,50,10,10,100,80\n'
)
EDITION = "who.tb-burden@2018-06-01"


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twin")
    of_few_countries(folder, EDITION, BURDEN)
    return of_few_countries(folder, "who.tb-notifications@2018-06-01", NOTIFIED)


def summary(**more: Any) -> dict[str, Any]:
    interval = {"low": 1.0, "median": 2.0, "high": 3.0}
    averted = dict.fromkeys(COUNTS, interval)
    return {
        "topic": "tb",
        "area": "900",
        "run": "ab" * 32,
        "editions": {"WHO cases": EDITION},
        "claims": {
            c.id: {
                "kept": True,
                "missed": [],
                "rows": {r: {"ours": 0.9, "published": 0.9} for r in c.rests_on},
            }
            for c in claims("tb")
        },
        "scenarios": {
            "residents_only": {"title": "Residents only"},
            "included": {"title": "Included", "averted": {**averted, "verdict": "determined"}},
        },
        **more,
    }


def written(path: Path, told: object) -> Path:
    path.write_text(json.dumps(told), "utf-8")
    return path


def run(data: Path | None, out: Path, *more: str) -> Result:
    where = [] if data is None else ["--data", str(data)]
    return CliRunner().invoke(cli, ["brief", "tb", *where, "--out", str(out), *more])


def test_shares_are_counted_over_those_who_report_both_parts(twin: Path) -> None:
    store, _ = open_data(twin)
    world = {f.id: f for f in facts(store, "tb", "900")}
    # in 2017 France lacks boys and the foreign-born: Germany alone is counted
    assert world["women_notified"].value == pytest.approx(100 * 90 / 200)
    assert world["women_notified"].countries == (1, 2)
    assert world["foreign_born_notified"].value == pytest.approx(25)
    assert {c.area for c in world["women_notified"].cells} == {"276"}
    assert len(world["women_notified"].cells) == 4
    france = {f.id: f for f in facts(store, "tb", "250")}  # goes back to its own newest report
    assert (france["women_notified"].year, france["women_notified"].value) == (
        2016,
        pytest.approx(35),
    )
    assert france["foreign_born_notified"].value == pytest.approx(60)
    assert france["migrants"].value is None
    assert [f.id for f in facts(store, "malaria", "250")] == ["migrants", "women_migrants"]


def test_a_brief_needs_no_run_and_no_migrants(twin: Path, tmp_path: Path) -> None:
    ran = run(twin, tmp_path, "--area", "France")
    assert ran.exit_code == 0, ran.output
    assert {p.name for p in tmp_path.iterdir()} - {MARKER} == {
        f"brief-tb-250.{code}.{ending}" for code in languages() for ending in ("html", "pdf")
    }
    html = (tmp_path / "brief-tb-250.en.html").read_text("utf-8")
    assert "No loaded file counts the migrants here" in html
    assert f"{EDITION}#H2" in html
    assert "interval 8–12" in html


def test_regions_stand_beside_the_world_and_region_and_world_beside_a_country(twin: Path) -> None:
    store, _ = open_data(twin)
    assert [t.area for t in gather(store, "tb").beside[::2]] == ["EUR"]
    beside = gather(store, "tb", area="276").beside
    assert list(dict.fromkeys(t.area for t in beside)) == ["EUR", "900"]


def test_a_country_without_data_is_empty_with_its_reasons(twin: Path, tmp_path: Path) -> None:
    ran = run(twin, tmp_path, "--area", "MCO", "--language", "es")
    assert ran.exit_code == 0, ran.output
    html = (tmp_path / "brief-tb-492.es.html").read_text("utf-8")
    assert f"Ninguna fila en {EDITION}" in html
    assert len(PdfReader(tmp_path / "brief-tb-492.es.pdf").pages) == 2


def test_a_run_of_the_same_data_is_told_and_its_world_beside_it(twin: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    written(folder / "summary-250.json", summary(area="250"))
    written(folder / "summary-900.json", summary())
    ran = run(twin, tmp_path / "out", "--area", "250", "--run", str(folder), "--language", "en")
    assert ran.exit_code == 0, ran.output
    html = (tmp_path / "out" / "brief-tb-250.en.html").read_text("utf-8")
    assert "ab" * 32 in html
    assert "was not summed for the world" not in html
    written(folder / "summary-900.json", summary(run="cd" * 32))
    assert read_world(folder, "tb", summary()) == {}  # of another run


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([1], "no JSON object"),
        (summary(topic="malaria"), "no summary of a tb run"),
        ({"run": "x", "scenarios": {}}, "of no topic"),
        (summary(area="276"), "is of 276, and the brief is of 900"),
        (summary(scenarios={}), "compares no programmes"),
        (summary(scenarios={"included": 1}), "no programme is compared"),
        (
            summary(scenarios={"included": {"averted": {"verdict": "determined"}}}),
            "no interval for cases_residents",
        ),
        (
            summary(scenarios={"included": {"averted": {"verdict": "certain"}}}),
            "the verdict 'certain'",
        ),
        (summary(drivers=[{"parameter": "mixing"}]), "lacks its ends"),
        (summary(claims=[1]), "its claims cannot be read"),
        (summary(claims={"groups": {"kept": True, "rows": {"x": 1}}}), "claims cannot be read"),
        (summary(claims={"groups": {"rows": {}}}), "claims cannot be read"),
        (summary(editions={"WHO cases": "who.tb-burden@2011-01-01"}), f"the data hold {EDITION}"),
        (
            summary(editions={"stock": "undesa.ims-od@2021-01-15"}),
            "no edition of undesa.ims-od is loaded",
        ),
    ],
)
def test_a_run_of_something_else_is_refused_before_anything_is_written(
    twin: Path, tmp_path: Path, told: object, said: str
) -> None:
    file = written(tmp_path / "summary.json", told)
    ran = run(twin, tmp_path / "out", "--run", str(file))
    assert isinstance(ran.exception, SimulateError), ran.output
    assert said in str(ran.exception)
    assert "Hint: " in str(ran.exception)
    assert not (tmp_path / "out").exists()


def test_a_run_s_folder_lacks_the_place_or_holds_two_runs(tmp_path: Path) -> None:
    with pytest.raises(SimulateError, match="sojourn simulate tb --area 250"):
        read_run(tmp_path, "tb", "250")
    assert known_of(tmp_path, summary()) == {}
    told = {"run": "ab" * 32, "parameters": {}}
    written(tmp_path / "run.json", told)
    assert known_of(tmp_path, summary()) == {}
    with pytest.raises(SimulateError, match="of two runs"):
        known_of(tmp_path, summary(run="cd" * 32))
    written(tmp_path / "run.json", {**told, "parameters": {"mixing": {"id": "mixing"}}})
    with pytest.raises(SimulateError, match="parameters cannot be read"):
        known_of(tmp_path, summary())
    check_editions({"run": "x"}, {})  # a run of a described place rests on no edition


def test_an_edition_with_empty_cells_only_does_not_hold_an_indicator(tmp_path: Path) -> None:
    newer = "who.tb-burden@2019-06-01"
    for edition, text in ((EDITION, BURDEN), (newer, BURDEN.replace(",80,120,20", ",80,120,"))):
        of_few_countries(tmp_path, edition, text)
    store, _ = open_data(tmp_path / "data")
    found = {i: newest_series(store, i).edition for i in ("tb_cases", "tb_deaths")}
    assert found == {"tb_cases": newer, "tb_deaths": EDITION}
    rests: dict[str, Any] = {"run": "x", "editions": {"WHO cases": newer, "WHO deaths": EDITION}}
    held = {"who.tb-burden": [EDITION, newer]}
    check_editions(rests, held)  # the older one for what the newest lacks
    for other in (
        {"WHO deaths": EDITION},
        {**rests["editions"], "WHO deaths": "who.tb-burden@2010"},
    ):
        with pytest.raises(SimulateError, match="the data hold who"):
            check_editions({"run": "x", "editions": other}, held)


Ask = Callable[[Path, Path], Result]


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        (lambda d, t: run(d, t / "o", "--area", "Frence"), UnknownArea, "France"),
        (lambda d, t: run(d, t / "o", "--area", "AFR"), UnknownArea, "is a WHO region"),
        (lambda d, t: run(d, t / "o", "--as-of", "2010"), NoSuchObservation, "known on 2010-12-31"),
        (
            lambda d, t: run(d, t / "o", "--run", str(t / "none")),
            SimulateError,
            "no summary of a run",
        ),
        (lambda _, t: run(None, t / "o"), NoSuchObservation, "sojourn load"),
        (
            lambda d, t: run(d, t / "file" / "o", "--language", "en"),
            PublishError,
            "cannot be written",
        ),
    ],
)
def test_a_wrong_question_leaves_no_file(
    twin: Path, tmp_path: Path, ask: Ask, kind: type[SojournError], said: str
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    ran = ask(twin, tmp_path)
    assert isinstance(ran.exception, kind), ran.output
    assert said in str(ran.exception)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


# From here on the publishers' own files: skipped, visibly, without them.

SMALL = ["VAT", "PRK", "XKX", "KWT", "MYT", "NIU"]


@pytest.mark.parametrize("area", SMALL)
def test_every_country_has_two_pages_however_little_is_known(
    loaded: Path, tmp_path: Path, area: str
) -> None:
    for topic in ("tb", "malaria"):
        asked = [
            "brief",
            topic,
            "--area",
            area,
            "--data",
            str(loaded),
            "--out",
            str(tmp_path),
            "--language",
            "fr",
        ]
        ran = CliRunner().invoke(cli, asked)
        assert ran.exit_code == 0, ran.output
    for path in tmp_path.glob("*.pdf"):
        assert len(PdfReader(path).pages) == 2, path


DOUBLED = re.compile(r".{0,30}[.;:,] ?[.;,](?!\w).{0,20}")  # two marks where a sentence has one


def visible(html: str) -> str:
    """Return the words of a page, without script, style and drawings."""
    text = re.sub(r"(?s)<(style|script|svg).*?</\1>", " ", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def test_a_run_of_the_publishers_files_is_told_on_two_pages(loaded: Path, tmp_path: Path) -> None:
    told = tmp_path / "place.json"
    asked = [
        "simulate",
        "place",
        "--r0",
        "2",
        "--area",
        "KEN",
        "--data",
        str(loaded),
        "--draws",
        "20",
        "--out",
        str(told),
    ]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    out = tmp_path / "b"
    for topic, more in (("malaria", ["--area", "KEN", "--run", str(told)]), ("tb", [])):
        ran = CliRunner().invoke(
            cli, ["brief", topic, "--data", str(loaded), "--out", str(out), *more]
        )
        assert ran.exit_code == 0, ran.output
    for path in out.glob("*.pdf"):
        assert len(PdfReader(path).pages) == 2, path
    for path in out.glob("*.html"):
        assert not DOUBLED.findall(visible(path.read_text("utf-8"))), path
    html = (out / "brief-tb-900.en.html").read_text("utf-8")
    assert "who.tb-burden@2024-06-23" in html
    assert "Women and girls among people notified" in html
    assert html.count("who.tb-notifications@2024-06-23#") > 1_000


def test_the_share_of_women_is_that_of_the_file(loaded: Path) -> None:
    store, _ = open_data(loaded)
    usa = {f.id: f for f in facts(store, "tb", "840")}
    assert usa["women_notified"].value == pytest.approx(
        100 * (178 + 2743) / (178 + 2743 + 176 + 4602)
    )
    # people treated before are among the foreign-born, and so in the sum: new and relapsed alone gave
    # 73.6 and 74.9 per cent where CDC's reports of these years print
    years = _notified(store, "840", None)
    for year, printed in ((2017, 70.1), (2019, 71.4)):
        part, whole = _foreign(years[year]["840"]) or (0.0, 1.0)
        assert 100 * part / whole == pytest.approx(printed, abs=0.06)
    assert usa["foreign_born_notified"].value == pytest.approx(100 * 5981 / (7726 + 588))
    assert not usa["foreign_born_notified"].most
    canada = {f.id: f for f in facts(store, "tb", "124")}  # of them the file has none: not zero
    assert canada["foreign_born_notified"].value == pytest.approx(100 * 1319 / 1968)
    assert canada["foreign_born_notified"].most
    assert usa["women_migrants"].value == pytest.approx(51.65391, abs=1e-4)
    assert set(parameters("tb"))  # the brief without a run names the packaged parameters


def test_charts_are_as_high_as_two_pages_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    from sojourn.health.run import brief as module

    made = Brief("tb", "826", (), (), {}, parameters("tb"), date(2026, 1, 1), ())

    def fitted(fits: Callable[[float, int], bool]) -> tuple[float, int]:
        monkeypatch.setattr(module, "brief_document", lambda one, _: (one.charts, one.drivers))
        monkeypatch.setattr(module, "pages_of", lambda of: 2 if fits(*of) else 3)
        return module._on_two_pages(made, "fr")  # type: ignore[return-value]

    assert fitted(lambda charts, _: charts <= 0.8) == (0.8, 4)
    assert fitted(lambda *_: True) == (1.0, 4)
    # where the second page is full, low charts of the first do not help, and are not made low
    assert fitted(lambda _, drivers: drivers <= 3) == (1.0, 3)
    assert fitted(lambda charts, drivers: charts <= 0.9 and drivers <= 2) == (0.9, 2)
    assert fitted(lambda *_: False) == (1.0, 4)
