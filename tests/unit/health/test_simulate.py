"""The command on the publishers' files: a run has a name, goes on, and a country can be asked for."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from click.testing import CliRunner

import sojourn.processes as processes
from sojourn.cli import cli
from sojourn.errors import SimulateError
from sojourn.health.brief.withheld import withheld
from sojourn.health.inputs import malaria, tb
from sojourn.health.run import simulate as run
from sojourn.health.run.claims import Claim, claims
from sojourn.health.targets.series import WORLD
from sojourn.health.tb.latency import STRUCTURES

WHOLE = "cover = 1.0\nstart = 2015\n"
SCENARIOS = f"[residents_only]\n{WHOLE}inclusion = 0.0\n[included]\n{WHOLE}inclusion = 1.0\n"


def asked(loaded: Path, out: Path, *more: str) -> list[str]:
    return [
        "simulate",
        "tb",
        "--data",
        str(loaded),
        "--out",
        str(out),
        "--draws",
        "6",
        "--workers",
        "1",
        *more,
    ]


@pytest.mark.parametrize("claim", [c for c in claims("tb") if c.id.endswith("_path")])
@pytest.mark.parametrize("kept", [True, False])
def test_no_change_is_told_of_a_place_whose_claim_is_not_kept(claim: Claim, *, kept: bool) -> None:
    others = {c.id: {"kept": not kept, "rows": {"x": {}}} for c in claims("tb")}
    others["reactivation"]["kept"] = True
    area = WORLD if claim.id == "world_path" else "276"
    here = {**others, claim.id: {"kept": kept, "rows": {"x": {}}}}
    assert ("path" in withheld({"topic": "tb", "area": area, "claims": here})) != kept


def test_a_run_is_named_by_everything_it_depends_on(loaded: Path, tmp_path: Path) -> None:
    own = tmp_path / "two.toml"
    own.write_text(SCENARIOS, "utf-8")
    first = CliRunner().invoke(cli, asked(loaded, tmp_path / "r", "--scenario", str(own), "--json"))
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["countries"] >= 200
    assert told["corridors"] >= 4_000
    averted = told["scenarios"]["included"]["averted"]
    assert averted["cases_migrants"]["low"] > 0
    assert (averted["verdict"], averted["cases_migrants"]["median"]) == ("not determined", None)
    assert {"who.tb-burden@2024-06-23", "undesa.ims-od@2021-01-15"} <= set(
        told["editions"].values()
    )
    # the sum of countries misses WHO's world: in no programme a change or a milestone of the world
    assert not told["claims"]["world_path"]["kept"]
    for found in told["scenarios"].values():
        assert (found["milestones"], found["year_reached"]) == ([], {})
        assert "WHO's world" in found["withheld"]
    again = CliRunner().invoke(
        cli, asked(loaded, tmp_path / "r", "--scenario", str(own), "--area", "DEU")
    )
    assert "0 chunks computed" in again.stdout
    for said in ("R_left-out = R0", "floor"):
        assert said in again.stdout
    told = json.loads((tmp_path / "r" / "summary-276.json").read_text("utf-8"))
    # six draws determine no effect of a programme, so none is told
    assert told["scenarios"]["included"]["averted"]["verdict"] == "not determined"
    for said in ("of cases here", "% of cases in the world"):
        assert said not in again.stdout
    kept = told["claims"]["country_path"]["kept"]  # a country's own claim, not the world's
    assert ("last milestone" in again.stdout) == kept
    assert ("no change or milestone of a country" in again.stdout) != kept
    assert {"r0", "included", "left_out", "floor"} <= set(
        json.loads((tmp_path / "r" / "summary-276.json").read_text("utf-8"))["left_out"]
    )
    refused = CliRunner().invoke(
        cli, asked(loaded, tmp_path / "never", "--scenario", str(own), "--area", "MCO")
    )
    assert "492: no usable" in str(refused.exception)
    assert not (tmp_path / "never").exists()
    other = CliRunner().invoke(
        cli, asked(loaded, tmp_path / "r", "--scenario", str(own), "--seed", "2")
    )
    assert other.exit_code != 0
    assert "holds the run" in str(other.exception)
    empty = CliRunner().invoke(
        cli, asked(loaded, tmp_path / "r", "--scenario", str(own), "--area", "MCO")
    )
    assert empty.exit_code != 0
    assert "492: no usable" in str(empty.exception)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[mine]\ncolour = 1\n", "colour"),
        (f"[included]\n{WHOLE}inclusion = 1.0\n", "residents_only"),
    ],
)
def test_a_wrong_scenario_file_leaves_nothing(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(text, "utf-8")
    out = tmp_path / "r"
    ran = CliRunner().invoke(cli, ["simulate", "tb", "--out", str(out), "--scenario", str(own)])
    assert ran.exit_code != 0
    assert said in str(ran.exception)
    assert not out.exists()


def test_without_who_the_command_says_what_to_load(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["simulate", "tb", "--out", str(tmp_path / "r"), "--draws", "6"])
    assert ran.exit_code != 0
    assert "no whole edition in the store gives migrant_stock" in str(ran.exception)
    assert "sojourn load" in str(ran.exception)


FIELDS = {
    "id",
    "topic",
    "title",
    "published",
    "ours",
    "low",
    "high",
    "verdict",
    "source",
    "missing",
}
VERDICTS = {"met", "near", "within", "missed", "sign met", "told", "not tried"}


def documented() -> dict[str, tuple[Any, ...]]:
    """Return what docs/models.md prints of the validation: beside, ours, low, high, verdict."""
    text = (Path(__file__).parents[3] / "docs" / "models.md").read_text("utf-8")
    out: dict[str, tuple[Any, ...]] = {}
    for line in re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE):
        cells = line[1].split(" | ")
        if len(cells) == 4:
            ends = cells[2].split(" to ") if cells[2] != "–" else ["–", "–"]
            numbers = [None if c == "–" else float(c) for c in (*cells[:2], *ends)]
            out[line[0]] = (*numbers, cells[3])
    return out


def test_what_is_printed_stands_beside_published_results_and_beside_persistence(
    loaded: Path,
) -> None:
    ran = CliRunner().invoke(cli, ["simulate", "validate", "--data", str(loaded), "--json"])
    assert ran.exit_code == 0, ran.output
    rows = json.loads(ran.stdout)
    told = {v["id"]: v for v in rows}
    assert len(told) == len(rows)
    assert all(set(row) == FIELDS for row in rows)
    assert {v["verdict"] for v in rows} <= VERDICTS
    ours = {name: row["ours"] for name, row in told.items()}
    for quantity, most in (("cases", 0.08), ("deaths", 0.14)):
        for year in ("2019", "2022"):
            assert ours[f"model_{quantity}_{year}"] < ours[f"persistence_{quantity}_{year}"]
        assert ours[f"model_{quantity}_2019"] <= most
        assert 0.85 <= ours[f"coverage_{quantity}_2016_2019"] <= 0.95
        assert told[f"world_{quantity}_2019"]["verdict"] == "missed"
    assert ours["max_rise_2015_2030_without_programme"] <= 0.5
    assert ours["V4"] is ours["V5"] is None
    assert told["V6"]["verdict"] == "sign met"
    assert ours["V1_2050"] < ours["V1_2035"]
    assert told["coverage_malaria_cases_2016_2021"]["verdict"] == "missed"
    for name, printed in documented().items():
        row = told[name]
        assert printed[-1] == row["verdict"], name
        low_high = [row["low"], row["high"]]
        for said, value in zip(
            printed[:-1], [row["published"], row["ours"], *low_high], strict=True
        ):
            assert (said is None) == (value is None), name
            assert said is None or said == pytest.approx(value, rel=0.03, abs=0.006), name
    assert set(documented()) == set(told)
    rested = {r for topic in ("tb", "malaria") for c in claims(topic) for r in c.rests_on}
    assert rested <= set(told)
    kinds = [ours[f"V1_2035_{kind}"] for kind in STRUCTURES]
    assert min(kinds) < ours["V1_2035"] < max(kinds)  # of all structures, as runs are


def test_malaria_of_the_world_and_of_a_country(loaded: Path, tmp_path: Path) -> None:
    asked = [
        "simulate",
        "malaria",
        "--data",
        str(loaded),
        "--out",
        str(tmp_path / "r"),
        "--draws",
        "6",
        "--workers",
        "1",
    ]
    ran = CliRunner().invoke(cli, [*asked, "--json"])
    assert ran.exit_code == 0, ran.output
    world = json.loads(ran.stdout)
    assert world["topic"] == "malaria"
    assert world["countries"] > 80
    assert world["corridors"] > 500
    one = world["scenarios"]
    assert not any(s["milestones"] for s in one.values())
    assert one["included"]["averted"]["verdict"] == "withheld"
    assert "not reproduced" in one["included"]["withheld"]
    assert one["included"]["averted"]["cases_residents"]["median"] is None
    assert "countries_below_one" not in one["included"]
    assert {"who.malaria-estimates@2022-12-08", "undesa.ims-od@2021-01-15"} <= set(
        world["editions"].values()
    )
    assert "drivers" not in world
    country = CliRunner().invoke(cli, [*asked, "--area", "KEN"])
    assert "0 chunks computed" in country.stdout
    assert "not reproduced" in country.stdout
    assert "36 months without an indigenous case" not in country.stdout
    kenya = json.loads((tmp_path / "r" / "summary-404.json").read_text("utf-8"))
    assert "a_year_where_below_one" not in kenya["scenarios"]["included"]
    empty = CliRunner().invoke(cli, [*asked, "--area", "LKA"])
    assert "no case of malaria in 2015: re-establishment is not judged" in str(empty.exception)


def test_a_place_of_a_country_names_the_cells_it_starts_from(loaded: Path) -> None:
    asked = ["simulate", "place", "--data", str(loaded), "--draws", "20", "--json"]
    told = json.loads(CliRunner().invoke(cli, [*asked, "--area", "NGA"]).stdout)
    assert told["r0"]["cell"].startswith("who.malaria-estimates@2022-12-08#")
    assert told["r0"]["value"] > 1.0
    assert told["mobile"]["cell"].startswith("undesa.ims@")
    low = CliRunner().invoke(cli, [*asked, "--area", "CHN"])
    assert "per 1,000" in str(low.exception)
    none = CliRunner().invoke(cli, [*asked, "--area", "DEU"])
    assert "left empty" in str(none.exception.__dict__ if none.exception else "")


def test_without_area_or_numbers_it_asks_for_them() -> None:
    assert CliRunner().invoke(cli, ["simulate", "place", "--mobile", "0.1"]).exit_code == 2
    assert CliRunner().invoke(cli, ["simulate", "place", "--r0", "2"]).exit_code == 2


@pytest.mark.parametrize("read", [tb, malaria])
def test_inputs_are_read_on_one_thread_whatever_the_user_set(
    read: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, seen = [3], list[int]()

    def stop(*_: object, **__: object) -> None:
        seen.append(threads[-1])
        raise SimulateError("seen")

    monkeypatch.setattr(processes, "_blas", lambda: (lambda: threads[-1], threads.append))
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setattr(read, "read_inputs", stop)
    with pytest.raises(SimulateError, match="seen"):
        (tb.tb_inputs if read is tb else malaria.malaria_inputs)(cast("Any", None))
    monkeypatch.setattr(run.tb_run, "simulate", stop)
    with pytest.raises(SimulateError, match="seen"):
        run.TbWork(cast("Any", None), cast("Any", None), {}, (), 1, 1)([0])
    assert seen == [1, 1]  # two threads round otherwise, and the run would have another name
    assert threads[-1] == 3
