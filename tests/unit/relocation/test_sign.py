"""Who signs a plan signs what was audited; a signature of anything else is refused."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import PlanMismatch, PlanRefused, PlanSigned
from sojourn.relocation.run.relocate import plan_site, write_example_site
from sojourn.relocation.run.sign import SIGNATURE, sign_plan, signature_of


@pytest.fixture
def planned(tmp_path: Path) -> tuple[Path, Path]:
    site, plan = tmp_path / "SYNTHETIC", tmp_path / "P"
    write_example_site(site, people=60, seed=1)
    plan_site(site, plan)
    return site, plan


def test_a_signed_plan_says_who_signed_it(planned: tuple[Path, Path], tmp_path: Path) -> None:
    site, plan = planned
    args = [
        "relocate",
        "sign",
        str(site),
        str(plan),
        "--key",
        str(tmp_path / "k"),
        "--name",
        "A. B",
    ]
    assert CliRunner().invoke(cli, args).exit_code == 0
    assert (tmp_path / "k").stat().st_mode & 0o077 == 0
    told = CliRunner().invoke(cli, ["relocate", "audit", str(site), str(plan)])
    assert "signed by A. B" in told.stdout
    begins = json.loads((plan / SIGNATURE).read_text("utf-8"))["key"][:12]
    assert f"with key {begins}" in told.stdout


@pytest.mark.parametrize("changed", ["digest", "by", "at", "key", "signature"])
def test_a_signature_that_was_changed_is_refused(
    planned: tuple[Path, Path], tmp_path: Path, changed: str
) -> None:
    site, plan = planned
    sign_plan(site, plan, tmp_path / "k", "A. B")
    content = json.loads((plan / SIGNATURE).read_text("utf-8"))
    content[changed] = "00" * 32
    (plan / SIGNATURE).write_text(json.dumps(content), "utf-8")
    with pytest.raises(PlanMismatch):
        signature_of(site, plan)


def test_a_broken_plan_is_not_signed(planned: tuple[Path, Path], tmp_path: Path) -> None:
    site, plan = planned
    content = json.loads((plan / "plan.json").read_text("utf-8"))
    content["trips"][0]["bay"] = 99
    (plan / "plan.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(PlanRefused):
        sign_plan(site, plan, tmp_path / "k", "A. B")
    assert not (plan / SIGNATURE).exists()


def test_a_second_signature_takes_the_place_of_the_first_only_where_that_is_said(
    planned: tuple[Path, Path], tmp_path: Path
) -> None:
    site, plan = planned
    first = sign_plan(site, plan, tmp_path / "k", "A. B")
    before = (plan / SIGNATURE).read_bytes()
    for key, name in (("k", "A. B"), ("other", "C. D")):
        with pytest.raises(PlanSigned, match=f"signed by A. B at .* with key {first.key[:12]}"):
            sign_plan(site, plan, tmp_path / key, name)
    assert (plan / SIGNATURE).read_bytes() == before
    assert not (tmp_path / "other").exists(), "a refused signature makes no key"
    args = ["relocate", "sign", str(site), str(plan), "--key", str(tmp_path / "other")]
    refused = CliRunner().invoke(cli, [*args, "--name", "C. D"])
    assert isinstance(refused.exception, PlanSigned)
    assert CliRunner().invoke(cli, [*args, "--name", "C. D", "--replace"]).exit_code == 0
    found = signature_of(site, plan)
    assert found
    assert (found.by, found.key != first.key) == ("C. D", True)


@pytest.mark.parametrize("content", ["", "{}", "null", '{"by": "A. B"}', "a page of somebody's"])
def test_a_file_in_the_place_of_a_signature_is_not_written_over_unsaid(
    planned: tuple[Path, Path], tmp_path: Path, content: str
) -> None:
    site, plan = planned
    (plan / SIGNATURE).write_text(content, "utf-8")
    with pytest.raises(PlanSigned, match="no signature of this plan"):
        sign_plan(site, plan, tmp_path / "k", "A. B")
    assert (plan / SIGNATURE).read_text("utf-8") == content


def test_a_signature_of_the_plan_before_is_none_of_the_plan_as_it_is(
    planned: tuple[Path, Path], tmp_path: Path
) -> None:
    """Its own text is sound; what it signs is another plan of the same site."""
    site, plan = planned
    sign_plan(site, plan, tmp_path / "k", "A. B")
    case = json.loads((plan / "plan.json").read_text("utf-8"))["assignments"][0]["case_id"]
    again = tmp_path / "again"
    args = ["relocate", "replan", str(site), str(plan), "--event", f"case declined:{case}"]
    assert CliRunner().invoke(cli, [*args, "--out", str(again)]).exit_code == 0
    (again / SIGNATURE).write_bytes((plan / SIGNATURE).read_bytes())
    with pytest.raises(PlanMismatch, match="no signature of this plan"):
        signature_of(site, again)
    with pytest.raises(PlanSigned, match="no signature of this plan"):
        sign_plan(site, again, tmp_path / "k", "A. B")
