"""Who signs a plan signs what was audited; a signature of anything else is refused."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import PlanMismatch, PlanRefused
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
