"""Whoever reads why a case has no place reads it in words: a rule's number alone says nothing at a desk."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.relocation.audit.audit import RULES, audit
from sojourn.relocation.lists.words import report_words
from sojourn.relocation.planner.offers import safe_offers
from sojourn.relocation.planner.planner import make_plan
from sojourn.relocation.planner.replan import KINDS
from sojourn.relocation.proposal.proposal import Unplaced
from sojourn.relocation.run.relocate import audited, write_example_site, write_plan
from sojourn.relocation.site.read import read_site
from sojourn.relocation.site.site import Consent, Site

LANGUAGES = ("en", "fr", "ar")
BARE = re.compile(r"R\d\d(?! \()")  # a rule without its words


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a SYNTHETIC site where nobody has answered yet."""
    folder = tmp_path_factory.mktemp("words") / "S"
    write_example_site(folder, people=60, seed=4)
    site = read_site(folder)
    return replace(site, cases=tuple(replace(c, consent=Consent.PENDING) for c in site.cases))


@pytest.fixture(scope="module")
def forbidden(site: Site) -> tuple[Unplaced, ...]:
    found = tuple(u for u in make_plan(site).unplaced if u.kind == "conflict")
    assert {"R04", "R14"} <= {r for u in found for r in u.conflict}
    return found


def test_a_rule_in_the_way_is_said_in_words(forbidden: tuple[Unplaced, ...]) -> None:
    for why in forbidden:
        assert not BARE.search(why.reason), why.reason
        assert not re.search(r"R\d\d", why.fix), why.fix


def test_whose_consent_is_pending_is_asked_for_it_and_not_sent_elsewhere(
    forbidden: tuple[Unplaced, ...],
) -> None:
    pending = [u for u in forbidden if "R14" in u.conflict]
    assert pending
    for why in pending:
        assert "consent" in why.fix
        assert "another region" not in why.fix
        assert "onsent" in report_words("en").fix(why)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_it_in_its_language(forbidden: tuple[Unplaced, ...], language: str) -> None:
    words = report_words(language)
    for why in forbidden:
        for said in (words.reason(why), words.fix(why)):
            assert not BARE.search(said), said
            assert all(words(f"asks_{r}") in said for r in why.conflict)


def test_an_offer_that_is_refused_says_why_in_words(site: Site) -> None:
    told = [t for c in site.cases[:6] for t in safe_offers(site, c.id).refused.values()]
    assert any(re.search(r"R\d\d", t) for t in told)
    assert not any(BARE.search(t) for t in told), told


def test_a_case_that_is_not_there_has_the_code_of_one(tmp_path: Path) -> None:
    write_example_site(tmp_path / "S", people=40, seed=1)
    site = read_site(tmp_path / "S")
    plan = make_plan(site)
    write_plan(plan, site, tmp_path / "P", audited(site, plan))
    asked = ["relocate", "explain", str(tmp_path / "S"), str(tmp_path / "P"), "C9"]
    assert CliRunner().invoke(cli, asked).exception.exit_code == 64  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_event_and_every_rule_has_words_of_its_language(language: str) -> None:
    words, english = report_words(language), report_words("en")
    for kind in KINDS:
        said = words.known_event(kind, "C1")
        assert "C1" in said
        assert f"event_{kind.replace(' ', '_')}" in words.catalogue
        assert language == "en" or said != english.known_event(kind, "C1")
    for rule, _ in RULES:
        assert words(rule)
        assert language == "en" or words(rule) != english(rule)


def test_plan_report_and_audit_say_the_same_of_a_rule(
    site: Site, forbidden: tuple[Unplaced, ...]
) -> None:
    """The words of a rule stand in one place: who reads the plan, its report and its audit reads the same."""
    words = report_words("en")
    for why in forbidden:
        for said in re.findall(r"R\d\d \([^)]*\)", why.reason):
            assert said in words.reason(why)
    for check in audit(site, make_plan(site)):
        assert check.title.casefold() == words(check.rule).casefold()
