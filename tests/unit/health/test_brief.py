"""Two pages whose numbers hang on a cell or a run; words that never blame."""

import io
import json
import re
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from briefs import brief, kept, page_of, tb_run, tracking
from pypdf import PdfReader

from sojourn.health.brief.brief import Brief, Fact, brief_document, mark_keys
from sojourn.health.brief.stands import plain
from sojourn.health.engine.parameters import parameters
from sojourn.health.engine.scenario import scenarios
from sojourn.health.malaria.model import Place
from sojourn.health.run.claims import claims, judged
from sojourn.health.run.place import run_malaria
from sojourn.health.run.scores import Row
from sojourn.health.targets.series import Source
from sojourn.health.targets.targets import eliminations, targets
from sojourn.health.targets.tracking import Tracking
from sojourn.publish.content import Block, ChartBlock, LineageAppendix, TableBlock, numbers
from sojourn.publish.paper import render_pdf
from sojourn.publish.text import catalogue, languages

# Words for people who move, and verbs that would make them the cause of a disease.
_PEOPLE = r"(migrants?|migrantes?|refugees?|réfugiés?|refugiad[oa]s?|foreign-born|movers|mobile people|personnes mobiles|personas móviles|arrivals)"
_BLAME_VERBS = r"(brings?|brought|imports?|imported|carry|carries|spreads?|introduces?|apportent|importent|propagent|amènent|introduisent|traen|importan|propagan|llevan|introducen)"
_DISEASE = r"(disease|infections?|tuberculosis|malaria|maladies?|tuberculose|paludisme|enfermedad(es)?|infecci(ón|ones))"
BLAME = re.compile(
    rf"\b{_PEOPLE}\b[^.;:]{{0,40}}\b{_BLAME_VERBS}\b"
    rf"|\bimported {_DISEASE}\b|\b{_DISEASE} (importée?s?|importad[ao]s?)\b"
    rf"|\b{_BLAME_VERBS} (in |la |le |les |el )?{_DISEASE}\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "said",
    [
        "Migrants bring disease.",
        "migrants who import malaria",
        "Imported disease rises",
        "Les migrants apportent la maladie",
        "paludisme importé",
        "Los migrantes traen la enfermedad",
        "malaria importada",
        "Refugees spread tuberculosis",
    ],
)
def test_the_guard_knows_blame_when_it_reads_it(said: str) -> None:
    assert BLAME.search(said)


@pytest.mark.parametrize("language", languages())
def test_no_text_blames_people_who_move(language: str) -> None:
    for key, message in catalogue(language).messages.items():
        assert not BLAME.search(message), key


def test_no_title_of_a_programme_a_target_or_a_parameter_blames_people_who_move() -> None:
    said = [s.title for s in scenarios()]
    for topic in ("tb", "malaria"):
        said += [f"{p.unit}. {p.source}" for p in parameters(topic).values()]
        said += [f"{t.source}. {t.caveat}" for t in targets(topic)]
        said += [f"{e.rule}. {e.caveat}" for e in eliminations(topic)]
    for text in said:
        assert not BLAME.search(text), text


@pytest.mark.parametrize("language", languages())
def test_every_evidence_mark_and_programme_has_its_words(language: str) -> None:
    words = catalogue(language)
    for key in mark_keys():
        assert words.text(key)
    for scenario in scenarios():
        assert words.text(f"brief.scenario_{scenario.id}")


@pytest.mark.parametrize("language", languages())
def test_every_parameter_has_its_words(language: str) -> None:
    words = catalogue(language)
    for topic in ("tb", "malaria"):
        for name in parameters(topic):
            assert words.text(f"parameter.{name}")


def malaria_run() -> dict[str, object]:
    return run_malaria(Place(2.0, 0.1, 20.0), parameters("malaria"), scenarios(), draws=20, seed=1)


CELL = Source("900", 2020, "migrant_share_of_population", "undesa.ims@2021-01-15#Table 3!L12")
WOMEN = Source("900", 2020, "female_share_of_migrants", "undesa.ims@2021-01-15#Table 4!L12")
NOTIFIED = (
    Source("250", 2022, "tb_notifications", "who.tb-notifications@2024-06-23#DO44"),
    Source("276", 2022, "tb_notifications", "who.tb-notifications@2024-06-23#DX44"),
)
FACTS = (
    Fact("migrants", 3.6, 2020, cells=(CELL,)),
    Fact("women_migrants", 48.1, 2020, cells=(WOMEN,)),
    Fact("women_notified", 39.5, 2022, (194, 215), NOTIFIED),
    Fact("foreign_born_notified", None),
)


def test_each_number_of_a_run_leads_to_the_run() -> None:
    told = malaria_run()
    html = page_of(brief("malaria", facts=FACTS[:1], run=told))
    assert str(told["run"]) in html
    assert html.count('href="#trace-run"') >= 20
    assert CELL.address in html
    assert "assumption" in html


def test_no_number_of_a_brief_is_without_its_lineage() -> None:
    made = brief(
        trackings=(tracking([300, 280, 260, 250, 240, 230, 220]),), facts=FACTS, run=tb_run()
    )
    document = brief_document(made, "en")
    untraced = {n.display for n in numbers(document) if n.lineage_id is None}
    assert untraced == {"—"}  # what no file gives has no cell
    trees = {
        t.id: t
        for s in document.sections
        for b in s.blocks
        if isinstance(b, LineageAppendix)
        for t in b.trees
    }
    assert [c.address for c in trees["people-women-notified"].children] == [
        n.address for n in NOTIFIED
    ]
    assert trees["run"].address == "ab" * 32
    # baseline and last year, numerator and population
    assert len(trees["target-tb-incidence"].children) == 4


def test_others_stand_beside_a_place_and_each_of_their_numbers_leads_to_its_cells() -> None:
    here = tracking([300, 280, 260, 250, 240, 230, 220])
    other = replace(tracking([300, 280, 260, 270, 280, 290, 299]), area="EUR")
    older = replace(tracking([300, 280, 260, 270, 280, 290]), area="AFR")
    silent = replace(other, area="900", value=None, change=None, cells=())
    made = brief(area="250", trackings=(here,), beside=(other, older, silent), run=tb_run())
    document = brief_document(made, "en")
    blocks = [b for s in document.sections for b in s.blocks]
    (table,) = (b for b in blocks if isinstance(b, TableBlock) and b.id == "places")
    rows = [[plain(cell) for cell in row] for row in table.rows]
    assert rows == [
        ["France", "22", "−15.4%"],
        ["Europe", "29.9", "+15.0%"],
        ["Africa", "29 (2018)", "+11.5%"],  # of another year than the heading's
        ["World", "—", "—"],  # what is missing is not zero
    ]
    trees = {t.id: t for b in blocks if isinstance(b, LineageAppendix) for t in b.trees}
    branches = trees["places-tb-incidence"].children
    assert [b.label for b in branches] == ["France", "Europe", "Africa"]
    assert [c.address for c in branches[1].children] == [c.address for c in other.cells]
    alone = blocks_of(brief(trackings=(here,)))
    assert not any(isinstance(b, TableBlock) and b.id == "places" for b in alone)


@pytest.mark.parametrize(("area", "among"), [("900", "countries and draws"), ("250", "the draws")])
def test_what_contradicts_is_counted_over_what_the_run_has(area: str, among: str) -> None:
    for topic, why in (("tb", "WHO’s treatment coverage"), ("malaria", "visits alone")):
        told = {**(tb_run() if topic == "tb" else malaria_run()), "contradicted": 0.1, "area": area}
        html = re.sub(r"<[^>]*>", "", page_of(brief(topic, area=area, run=told)))
        assert f"10.0% of {among} " in html
        assert why in html
    # a country's deaths averted stand in its table, with those draws: nobody says that they do not
    run = {**tb_run(), "contradicted": 0.1, "area": area}
    html = re.sub(r"<[^>]*>", "", page_of(brief("tb", area=area, run=run)))
    assert ("tells no deaths averted" in html) == (area == "900")
    assert ("are in the intervals all the same" in html) == (area != "900")


def test_an_open_trend_is_a_share_of_the_draws_that_follow_one() -> None:
    """Half of the draws follow the anchor; a share of a half is no share of all."""
    told = {**tb_run(), "area": "250"}
    told["flags"] = [{"id": "trend_open", "size": 0.5, "withholds": "programme effects"}]
    html = re.sub(r"<[^>]*>", "", page_of(brief("tb", area="250", run=told)))
    assert "in 50.0% of the draws in which it follows WHO’s trend" in html


def test_a_trend_too_slow_for_two_centuries_is_told_with_its_limit() -> None:
    slow = brief(trackings=(tracking([300, 300, 300, 299.9, 299.8, 299.7, 299.6]),))
    assert "is not reached before 2100" in page_of(slow)


def blocks_of(made: Brief) -> list[Block]:
    return [b for s in brief_document(made, "en").sections for b in s.blocks]


def test_without_a_run_the_brief_says_so_and_invents_nothing() -> None:
    html = page_of(brief())
    assert "No run was given" in html
    assert "averted" not in html


def test_where_the_answer_is_not_determined_only_the_interval_stands() -> None:
    sure = page_of(brief(run=tb_run()))
    assert "780 (110 to 990)" in sure
    unsure = page_of(brief(run=tb_run("not determined")))
    assert "780 (" not in unsure
    assert "110 to 990" in unsure
    assert "not determined" in unsure
    assert "77.0%" in sure
    assert "77.0%" not in unsure  # nor the residents' share of it


@pytest.mark.parametrize("language", languages())
def test_assumptions_and_values_to_verify_are_named_with_their_mark(language: str) -> None:
    words, html = catalogue(language), page_of(brief(run=tb_run()), language)
    for mark in ("A", "T"):
        assert words.text(f"brief.mark_{mark}").capitalize() in html
        for name, p in parameters("tb").items():
            if p.mark == mark:
                assert words.text(f"parameter.{name}") in html


def test_a_place_and_the_world_are_told_side_by_side() -> None:
    made = brief(area="250", trackings=(tracking([300, 280, 260, 250, 240]),), run=tb_run())
    alone = page_of(made)
    assert "The run was not summed for the world" in alone
    both = page_of(replace(made, world=tb_run()))
    assert "France, Incidence, 2030" in both
    assert "World, Incidence, 2030" in both
    assert "hardly show in the sum of the world" in page_of(replace(made, area="900"))


@pytest.mark.parametrize("language", languages())
def test_women_stand_in_every_brief(language: str) -> None:
    words = catalogue(language)
    for topic in ("tb", "malaria"):
        html = page_of(brief(topic, facts=FACTS), language)
        for fact in FACTS[1:3]:
            assert words.text(f"brief.fact_{fact.id}") in html
        assert words.text(f"brief.sex_{topic}") in html
        assert words.text("brief.models_sex") not in html  # no model is behind it
    html = page_of(brief("malaria", run=malaria_run()), language)
    assert words.text("brief.models_sex") in html


def test_a_chart_says_its_message_in_words_and_holds_its_table() -> None:
    document = brief_document(
        brief(trackings=(tracking([300, 280, 260, 250, 240, 230, 220]),)), "en"
    )
    chart = next(b for s in document.sections for b in s.blocks if isinstance(b, ChartBlock))
    assert "220 in 2019" not in chart.chart.alt  # per 100,000
    assert "22 in 2019, where the path asks for 21.8" in chart.chart.alt
    assert "the milestone of 2035 is reached in" in chart.chart.alt
    assert "observed,2013,30" in chart.chart.csv
    assert "Baseline 2015: 26, as in who.tb-burden@2024-06-23" in str(chart.source)


@pytest.mark.parametrize(
    ("values", "reason"),
    [([3.0, 3, np.nan, 3, 3], "no_baseline"), ([0.0] * 5, "zero_baseline")],
)
@pytest.mark.parametrize("language", languages())
def test_an_empty_target_says_why_in_the_language_of_the_brief(
    language: str, values: list[float], reason: str
) -> None:
    words = catalogue(language)
    said = words.text(f"brief.reason_{reason}", edition="who.tb-burden@2024-06-23", year="2015")
    assert said in page_of(brief(trackings=(tracking(values),)), language)


def test_a_small_value_does_not_become_zero() -> None:
    html = page_of(brief(trackings=(tracking([9, 9, 8, 7, 6], people=1e9),)))
    assert "0.0006" in html
    assert ">0<" not in html.partition("<svg")[0]


def test_a_programme_of_the_asker_keeps_its_title() -> None:
    assert "A programme of mine" in page_of(brief(run=tb_run()))


def _two_targets() -> tuple[Tracking, ...]:
    one = tracking([300, 280, 260, 250, 240])
    return one, replace(one, target=targets("tb")[1])


@pytest.mark.parametrize("language", languages())
def test_a_full_brief_has_two_pages_and_a_link_to_its_sisters(language: str) -> None:
    made = brief(
        area="250",
        trackings=_two_targets(),
        facts=FACTS,
        run=tb_run(),
        world=tb_run(),
        languages=languages(),
        editions=("who.tb-burden@2024-06-23",),
        licences={"who.tb-burden@2024-06-23": "CC BY-NC-SA 3.0 IGO"},
    )
    document = brief_document(made, language)
    paper = PdfReader(io.BytesIO(render_pdf(document)))
    assert len(paper.pages) == 2
    assert "CC BY-NC-SA 3.0 IGO" in paper.pages[1].extract_text()
    assert {a.language for a in document.alternates} == set(languages()) - {language}
    other = document.alternates[0]
    assert other.href == f"brief-tb-250.{other.language}.html"


@pytest.mark.parametrize("language", languages())
def test_what_a_flag_withholds_has_no_number_and_the_flag_its_size(language: str) -> None:
    flags = [
        {"id": "share_unknown", "size": 0.87, "withholds": "groups"},
        {"id": "deaths_conflict", "size": 6.4, "withholds": "deaths averted"},
        {"id": "share_conflict", "size": 0.01, "withholds": "groups"},
        {"id": "trend_open", "size": 0.83, "withholds": "programme effects"},
        {"id": "beyond", "size": 7.0, "withholds": "interval"},
    ]
    html = page_of(
        brief("tb", area="784", run={**tb_run(), "area": "784", "flags": flags}), language
    )
    words = catalogue(language)
    assert 'id="programmes"' not in html  # a table of dashes tells nothing
    said = words.text("brief.averted_untold", area=words.area("784"))
    assert said in html
    assert words.text("brief.effect_not_determined", area="§").partition("§")[2][:40] not in html
    for flag in flags:
        assert (
            words.text(
                f"brief.flag_{flag['id']}", size="§", year="§", first="2013", last="2015"
            ).partition("§")[0]
            in html
        )


def test_where_deaths_averted_are_untold_no_programme_tells_deaths() -> None:
    run = {**tb_run(), "area": "250"}
    one = run["scenarios"]["included"]["milestones"][0]
    deaths = {
        **one,
        "target": "tb_deaths",
        "change": {"low": -88.1, "median": -77.3, "high": -66.2},
    }
    for scenario in ("residents_only", "included"):
        run["scenarios"][scenario]["milestones"] = [{**one, "target": "tb_incidence"}, deaths]
    doubt = {"id": "deaths_conflict", "size": 6.4, "withholds": "deaths averted"}
    for flags, told in (([], True), ([doubt], False)):
        html = page_of(brief(area="250", run={**run, "flags": flags}, world=tb_run()))
        table = html[html.index('id="milestones"') :].partition("</table>")[0]
        assert "36.4" in table
        assert ("77.3" in table) == told


def test_a_run_of_malaria_of_countries_claims_neither_change_nor_milestone() -> None:
    run = {k: v for k, v in tb_run().items() if k != "closed_form"}
    told = kept("malaria", coverage_malaria_deaths_2016_2021=0.437)
    html = page_of(brief("malaria", run={**run, "topic": "malaria", "claims": told}))
    # the numbers are those of the validation, not of this package
    assert "WHO’s estimates of 2016–2021: 43.7% of them lie within its band of 90.0%" in html
    assert 'id="milestones"' not in html
    assert 'id="programmes"' not in html
    sure = page_of(brief("malaria", run={**run, "topic": "malaria", "claims": kept("malaria")}))
    assert 'id="programmes"' in sure


@pytest.mark.parametrize("language", languages())
def test_a_claim_whose_validation_missed_stays_out_of_the_brief_which_says_so(
    language: str,
) -> None:
    words = catalogue(language)

    def told(area: str, **missed: float) -> str:
        run = {**tb_run(), "area": area, "claims": kept(**missed)}
        return page_of(brief(area=area, run=run, world=tb_run()), language)

    of_world = words.area("900")
    missed = told("900", world_cases_2019=0.978, world_deaths_2019=0.927)
    assert 'id="milestones"' not in missed
    assert words.number(97.8, "PERCENT") in missed
    beside = told("250", world_deaths_2019=0.927)
    assert 'id="milestones"' in beside  # the country's own stay
    assert f"{of_world}, " not in beside.partition('id="changes"')[2].partition("<table")[2]
    assert words.text("brief.world_untold") in beside
    country = told("250", coverage_deaths_2022=0.4)
    assert 'id="milestones"' not in country
    assert words.text("brief.claim_country_path") in country
    groups = told("250", foreign_born_share_held_out=0.3)
    assert 'id="programmes"' not in groups  # a table of dashes tells nothing
    assert words.text("brief.averted_untold", area=words.area("250")) in groups
    assert not re.search(
        r"110|780", groups.partition('id="changes"')[2].partition('id="unknown"')[0]
    )
    screened = told("250", V2_350_and_more=3.0)
    assert words.text("brief.claim_screening") in screened
    rows = screened[screened.index('id="programmes"') :].partition("</table>")[0].split("<tr")
    (row,) = (r for r in rows if words.text("brief.scenario_border_screening") in r)
    assert words.text("brief.verdict_withheld") in row
    assert "110" not in row
    assert words.text("brief.claim_reactivation") in told("250", V1_2050=99.0)


def test_a_run_without_its_validation_claims_nothing() -> None:
    run = {k: v for k, v in tb_run().items() if k != "claims"}
    for none in (run, {**run, "claims": judged("tb", ())}):
        html = page_of(brief(run=none))
        assert "was not held against WHO" in html
        assert 'id="programmes"' not in html
        assert 'id="drivers"' not in html


@pytest.mark.parametrize("language", languages())
def test_a_place_that_is_not_fitted_says_so_and_shows_only_what_was_observed(
    language: str,
) -> None:
    flags = [
        {"id": "deaths_conflict", "size": 6.4, "withholds": "deaths averted"},
        {"id": "not_fitted", "size": 0.25, "withholds": "programme effects"},
    ]
    run = {**tb_run(), "area": "784", "flags": flags}
    words = catalogue(language)
    html = page_of(brief("tb", area="784", trackings=_two_targets(), run=run), language)
    assert words.text("brief.not_fitted", area=words.area("784")) in html
    for block in ("programmes", "milestones", "drivers"):
        assert f'id="{block}"' not in html
    # a fatality of a fit that was not met is none
    assert words.text("brief.flag_deaths_conflict", size="§").partition("§")[0] not in html
    assert words.number(25.0, "PERCENT") in html
    assert 'id="path-tb-incidence"' in html
    never = {**run, "flags": [{**flags[1], "size": 0.0}]}
    html = page_of(brief("tb", area="784", trackings=_two_targets(), run=never), language)
    assert words.text("brief.flag_not_fitted_at_all") in html
    assert words.text("brief.flag_not_fitted", size="§").partition("§")[2] not in html


def test_whom_a_programme_for_residents_leaves_out_is_said() -> None:
    run = tb_run()
    run["scenarios"]["residents_only"]["by_status"] = True
    html = page_of(brief(area="250", run={**run, "area": "250"}))
    assert "leaves out a share of people born abroad, by their status: 50.0% (20.0%–80.0%)" in html


def test_who_is_in_no_sum_is_named_beside_the_sums() -> None:
    here = replace(_two_targets()[1], lower=None, upper=None)
    sums = replace(here, area="SEA", summed=True, left_out=("408",), countries=(10, 11))
    world = replace(here, area="900", summed=True, left_out=("408",), countries=(214, 215))
    name = catalogue("en").area("408")
    html = page_of(brief(area="900", trackings=(world,), beside=(sums,)))
    assert f"without {name}, whose value or population of some year since 2015" in html
    alone = replace(here, area="356")
    html = page_of(brief(area="356", trackings=(alone,), beside=(sums, world)))
    assert f"year since 2015 in the loaded files: {name}." in html  # at the table


def test_few_deaths_are_counted_and_have_neither_change_nor_trend() -> None:
    few = {"reason": "few", "change": None, "gap": None, "reached": None, "area": "798"}
    for one, value, said in (
        (_two_targets()[0], 25.0, "fewer than 20 cases in 2015 or 2017"),
        (_two_targets()[1], 2.0, "2 in 2015; fewer than 20 deaths in 2015 or 2017"),
    ):
        t = replace(one, baseline=value, value=2 * value, **few)  # type: ignore[arg-type]
        html = page_of(brief(area="798", trackings=(t,)))
        assert f"{said}: too few for a change in per cent" in re.sub(r"<[^>]+>", "", html)
        assert "Too few for a trend" in html
        assert "+100" not in html
        assert "On the trend" not in html


def test_a_path_never_asks_for_none_of_a_small_number() -> None:
    deaths = _two_targets()[1]
    path = 0.4 * deaths.required / deaths.required[0]
    few = replace(deaths, baseline=1.0, value=1.0, required=path)
    said = re.sub(r"<[^>]+>", "", page_of(brief(area="798", trackings=(few,))))
    asked = re.findall(r"where the path asks for\s+([\d.,]*\d)", said)
    assert asked
    assert all(float(value) > 0 for value in asked)


def test_a_claim_rests_on_rows_that_the_validation_prints_and_on_all_of_them() -> None:
    def row(name: str, verdict: str) -> Row:
        return Row(name, "tb", "", 1.0, 1.0, None, None, verdict, "")

    for topic in ("tb", "malaria"):
        for claim in claims(topic):
            rows = [row(r, "near") for r in claim.rests_on]
            assert judged(topic, rows)[claim.id]["kept"]
            for i in range(len(rows)):
                assert not judged(topic, rows[:i] + rows[i + 1 :])[claim.id]["kept"]
                for verdict in ("missed", "not tried", "told"):
                    worse = [*rows[:i], row(rows[i].id, verdict), *rows[i + 1 :]]
                    found = judged(topic, worse)[claim.id]
                    assert not found["kept"]
                    where = "untried" if verdict == "not tried" else "missed"
                    assert list(found[where]) == [rows[i].id]


@pytest.mark.parametrize("language", languages())
def test_an_effect_that_is_not_determined_is_told_by_no_table_chart_or_sentence(
    language: str,
) -> None:
    run = json.loads(json.dumps(tb_run(), default=float))
    run["scenarios"]["included"]["averted"]["verdict"] = "not determined"
    html = page_of(brief("tb", area="826", run={**run, "area": "826"}), language)
    assert 'id="milestones"' not in html
    assert 'id="drivers"' not in html
    said = catalogue(language).text("brief.effect_not_determined", area="§").partition("§")[2]
    assert said.strip() in html


def test_a_sentence_that_stands_alone_begins_without_a_space() -> None:
    from sojourn.health.brief.programmes import _sentences

    assert _sentences(("one",), ("two",)) == ("one", " ", "two")
    assert _sentences((), ("two",)) == ("two",)
    assert _sentences(("one",), ()) == ("one",)


@pytest.mark.parametrize("language", languages())
def test_care_at_the_source_is_no_effect_of_including_migrants(language: str) -> None:
    run = tb_run()
    scenarios = cast("dict[str, dict[str, object]]", run["scenarios"])
    said = catalogue(language).text("brief.source_care")
    assert said not in page_of(brief(run=run, area="250"), language)
    more = {**run, "scenarios": {**scenarios, "included_and_source": scenarios["included"]}}
    assert said in page_of(brief(run=more, area="250"), language)
