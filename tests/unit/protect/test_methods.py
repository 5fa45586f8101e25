"""Rounding, cell keys and differential privacy from the command line: what they promise."""

import csv
import io
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import DisclosureRisk, Misasked, SojournError, TableRefused
from sojourn.protect.alternatives.cellkey import Noise, distribution
from sojourn.protect.alternatives.dp import _not_below_zero, error_95
from sojourn.protect.audit.rounded import attack_rounded
from sojourn.protect.run.perturb import Perturbed
from sojourn.protect.table.equations import system_of
from sojourn.protect.table.table import read_table

TABLE = """sex,age,obs_value
F,a,3
F,b,40
F,_T,43
M,a,50
M,b,61
M,_T,111
_T,a,53
_T,b,101
_T,_T,154
"""
PEOPLE = "id,sex,age\n" + "".join(f"p{i},{'FM'[i % 2]},{'abc'[i % 7 % 3]}\n" for i in range(200))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    (tmp_path / "p.csv").write_text(PEOPLE + "z,F,d\n", "utf-8")
    (tmp_path / "key").write_bytes(bytes(range(32)))
    return tmp_path


@dataclass
class Ran:
    """Exit code and everything said."""

    exit_code: int
    output: str


def run(folder: Path, table: str, *options: str, out: str = "SAFE") -> Ran:
    given = [o.replace("@", f"{folder}/") for o in options]
    asked = ["protect", "run", str(folder / table), "--policy", "default", *given]
    ran = CliRunner().invoke(cli, [*asked, "--out", str(folder / out)])
    if isinstance(ran.exception, SojournError):
        return Ran(ran.exception.exit_code, ran.output + str(ran.exception))
    return Ran(ran.exit_code, ran.output)


def numbers(folder: Path, out: str = "SAFE") -> Mapping[tuple[str, ...], int]:
    rows = csv.DictReader(io.StringIO((folder / out / "table.csv").read_text("utf-8")))
    return {(r["sex"], r["age"]): int(r["obs_value"]) for r in rows}


def adds_up(made: Mapping[tuple[str, ...], int]) -> bool:
    sexes = {s for s, _ in made} - {"_T"}
    ages = {a for _, a in made} - {"_T"}
    return all(
        made[s, "_T"] == sum(made[s, a] for a in ages if (s, a) in made) for s in {*sexes, "_T"}
    ) and all(
        made["_T", a] == sum(made[s, a] for s in sexes if (s, a) in made) for a in {*ages, "_T"}
    )


@pytest.mark.parametrize("base", [3, 5])
def test_rounded_tables_add_up_to_neighbouring_multiples(folder: Path, base: int) -> None:
    ran = run(folder, "t.csv", "--method", "round", "--base", str(base))
    assert ran.exit_code == 0, ran.output
    made = numbers(folder)
    true = {r.codes: r.value for r in read_table(TABLE, name="t").rows}
    assert adds_up(made)
    assert all(v % base == 0 and abs(v - true[k]) < base for k, v in made.items())
    told = json.loads((folder / "SAFE" / "audit.json").read_text("utf-8"))
    assert (told["exact"], told["narrow"], told["below_policy_w"]) == (0, 0, 1)


def test_the_attack_on_a_rounded_table_sees_what_its_sums_tell() -> None:
    """By enumeration: all tables of whole numbers in the boxes whose sums are those of the true."""
    text = "a,obs_value\n" + "".join(f"c{i},{v}\n" for i, v in enumerate([4, 4, 4])) + "_T,12\n"
    one = system_of([read_table(text, name="t")])
    wrong = np.array([0.0, 0.0, 0.0, 15.0])  # no controlled rounding: 4 + 4 + 4 is at most 12
    found = attack_rounded(one, wrong, 5, one.value == 4, 10)
    boxes = [range(5)] * 3
    possible = [t for t in itertools.product(*boxes) if 11 <= sum(t) <= 19]
    assert {max(t) - min(t) for t in possible}
    assert found.narrow == 3
    assert {t[0] for t in possible} == {3, 4}
    right = np.array([5.0, 5.0, 5.0, 15.0])
    assert attack_rounded(one, right, 5, one.value == 4, 10).narrow == 0


def test_cell_keys_give_the_same_people_the_same_number(folder: Path) -> None:
    options = ("--method", "cellkey", "--key", "@key", "--id", "id")
    assert run(folder, "p.csv", "--by", "sex,age", *options).exit_code == 0
    lines = (folder / "p.csv").read_text("utf-8").splitlines()
    (folder / "q.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), "utf-8")
    assert run(folder, "q.csv", "--by", "sex,age", *options, out="S2").exit_code == 0
    assert numbers(folder) == numbers(folder, "S2")
    assert not set(numbers(folder).values()) & {1, 2}
    (folder / "key").write_bytes(bytes(range(1, 33)))
    assert run(folder, "p.csv", "--by", "sex,age", *options, out="S3").exit_code == 0
    assert numbers(folder) != numbers(folder, "S3")
    told = (folder / "SAFE" / "audit.json").read_text("utf-8")
    assert "averages" in told
    assert json.loads(told)["additive"] is False


@pytest.mark.parametrize(
    "noise", [Noise(5, 3, 0), Noise(5, 3, 2), Noise(3, 6, 0), Noise(4, 1.5, 3)]
)
def test_a_count_of_one_is_never_published_as_it_is_for_sure(noise: Noise) -> None:
    steps, chance = distribution(1, noise)
    assert chance[steps == 0].sum() < 0.9
    assert chance @ steps == pytest.approx(0, abs=1e-4)
    assert chance.sum() == pytest.approx(1)


def test_a_dimension_is_counted_once(folder: Path) -> None:
    (folder / "p.csv").write_text("sex,age\nF,1\nM,2\n", "utf-8")
    twice = run(folder, "p.csv", "--by", "sex,age,sex")
    assert twice.exit_code == 75
    assert "names 'sex' twice" in twice.output
    assert not (folder / "SAFE").exists()


@pytest.mark.parametrize("noise", [Noise(1, 9, 0), Noise(1, 1, 0), Noise(2, 9, 0), Noise(3, 99, 2)])
def test_a_variance_that_no_noise_has_is_refused(noise: Noise) -> None:
    with pytest.raises(DisclosureRisk):
        distribution(noise.most + noise.js, noise)


def test_private_counts_spend_their_budget_once(folder: Path) -> None:
    asked = ("--method", "dp", "--epsilon", "0.6", "--ledger", "@L", "--series", "s")
    dp = (*asked, "--day")
    refused = run(folder, "t.csv", *dp, "2026-01-01")
    assert refused.exit_code == 74
    assert "not declared" in refused.output
    assert not (folder / "L").exists()
    assert not (folder / "SAFE").exists()
    assert run(folder, "t.csv", *dp, "2026-01-01", "--budget", "1.2").exit_code == 0
    assert adds_up(numbers(folder))
    assert min(numbers(folder).values()) >= 0
    again = run(folder, "t.csv", *dp, "2026-01-01", out="S2")
    assert again.exit_code == 0
    assert "nothing is spent" in again.output
    assert numbers(folder) == numbers(folder, "S2")
    more = run(folder, "t.csv", *dp, "2026-02-01", "--budget", "9", out="S3")
    assert more.exit_code == 74
    assert "declared once" in more.output
    asked_more = run(folder, "t.csv", *dp, "2026-02-01", "--epsilon", "0.7", out="S3")
    assert asked_more.exit_code == 74
    assert "has 0.6 left, 0.6 of 1.2 is spent" in asked_more.output
    assert "no further release" not in asked_more.output
    assert run(folder, "t.csv", *dp, "2026-02-01", out="S3").exit_code == 0
    spent = run(folder, "t.csv", *dp, "2026-03-01", out="S4")
    assert spent.exit_code == 74
    assert "is spent: 1.2 of 1.2" in spent.output
    assert not (folder / "S4").exists()
    lines = (folder / "L").read_text("utf-8")
    (folder / "L").write_text(lines.replace('"spent": 0.6', '"spent": 0.1', 1), "utf-8")
    assert "entry 1" in run(folder, "t.csv", *dp, "2026-03-01", out="S4").output


def test_private_counts_have_every_combination_and_no_true_number(folder: Path) -> None:
    options = ("--method", "dp", "--epsilon", "0.5", "--budget", "1", "--ledger", "@L")
    assert run(folder, "p.csv", "--by", "sex,age", *options).exit_code == 0
    assert ("M", "d") in numbers(folder)  # a missing row would tell that nobody is there
    private = folder / "L.private"
    assert not private.exists() or not any(json.loads(private.read_text("utf-8")).values())
    partial = (
        TABLE.replace("F,a,3\n", "").replace("43", "40").replace("53", "50").replace("154", "151")
    )
    (folder / "t.csv").write_text(partial, "utf-8")
    ran = run(folder, "t.csv", *options, "--series", "x", out="S2")
    assert ran.exit_code == 75
    assert "no row for F/a" in ran.output


def test_an_unprotected_series_cannot_be_made_private_afterwards(folder: Path) -> None:
    big = TABLE.replace("F,a,3\n", "F,a,30\n").replace("43", "70").replace("53", "80")
    (folder / "t.csv").write_text(big.replace("154", "181"), "utf-8")
    ledger = folder / "L"
    sojourn.protect_release(folder / "t.csv", "default", folder / "A", ledger, series="s")
    ran = run(
        folder,
        "t.csv",
        "--method",
        "dp",
        "--epsilon",
        "1",
        "--budget",
        "2",
        "--ledger",
        "@L",
        "--series",
        "s",
    )
    assert ran.exit_code == 74
    assert "with cells withheld" in ran.output


def test_the_noise_of_a_total_is_that_of_its_cells() -> None:
    rng = np.random.default_rng(3)
    a = np.exp(-0.5)
    noise = rng.geometric(1 - a, (40000, 9)) - rng.geometric(1 - a, (40000, 9))
    told = error_95(0.5, 9)
    assert np.mean(abs(noise.sum(axis=1)) <= told) >= 0.945
    assert np.mean(abs(noise.sum(axis=1)) <= told - 1) < 0.955


def test_lifting_numbers_below_zero_keeps_the_sum() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        noisy = rng.integers(-9, 12, 30).astype(float)
        made = _not_below_zero(noisy)
        assert made.sum() == max(0, noisy.sum())
        assert (made >= 0).all()
        assert (made == np.round(made)).all()
    assert _not_below_zero(np.array([5.0, -3.0])).tolist() == [2, 0]


BAD = [
    (("--method", "round", "--base", "1"), "no base", 2),
    (("--method", "round", "--base", "x"), "no number", 2),
    (("--method", "round", "--key", "@key"), "belongs to --method cellkey", 2),
    (("--base", "5"), "belongs to --method round", 2),
    (("--ledger", "@L"), "sojourn protect release", 2),
    (("--method", "round", "--known", "@t.csv"), "takes no --known", 2),
    (("--method", "round", "--said", "@t.csv"), "takes no --said", 2),
    (("--method", "round", "--contributor", "sex"), "takes no --contributor", 2),
    (("--method", "cellkey", "--id", "id"), "needs --key", 2),
    (("--method", "cellkey", "--key", "@key"), "needs --id", 2),
    (("--method", "cellkey", "--key", "@key", "--id", "id"), "needs microdata", 2),
    (("--method", "dp", "--epsilon", "0", "--ledger", "@L"), "not above 0", 2),
    (("--method", "dp", "--epsilon", "-1", "--ledger", "@L"), "not above 0", 2),
    (("--method", "dp", "--epsilon", "nan", "--ledger", "@L"), "no number", 2),
    (("--method", "dp", "--epsilon", "1"), "needs --ledger", 2),
    (("--method", "dp", "--ledger", "@L", "--budget", "1"), "needs --epsilon", 2),
    (("--method", "dp", "--epsilon", "3", "--budget", "2", "--ledger", "@L"), "spent", 74),
]


@pytest.mark.parametrize(("options", "said", "code"), BAD)
def test_what_lacks_or_is_impossible_is_told_and_nothing_written(
    folder: Path, options: tuple[str, ...], said: str, code: int
) -> None:
    ran = run(folder, "t.csv", *options)
    assert (ran.exit_code, said in ran.output) == (code, True), ran.output
    assert not (folder / "SAFE").exists()
    assert not (folder / "L").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TABLE.replace("F,a,3\n", "F,a,-3\n"), "below zero"),
        (
            TABLE.replace("F,a,3", "F,a,3.5")
            .replace("43", "43.5")
            .replace("53", "53.5")
            .replace("154", "154.5"),
            "no whole numbers",
        ),
        (TABLE.replace("F,a,3", "F,a,4"), "do not add up"),
        ("sex,age,obs_value,obs_status\nF,a,,Q\nF,_T,3,A\n", "has no value"),
    ],
)
@pytest.mark.parametrize("method", ["round", "dp"])
def test_a_table_that_is_no_table_of_counts_is_refused(
    folder: Path, method: str, text: str, said: str
) -> None:
    (folder / "t.csv").write_text(text, "utf-8")
    more = ("--epsilon", "1", "--budget", "1", "--ledger", "@L") if method == "dp" else ()
    ran = run(folder, "t.csv", "--method", method, *more)
    assert ran.exit_code == 75, ran.output
    assert said in ran.output or (method == "dp" and "no row for" in ran.output)
    assert not (folder / "SAFE").exists()
    assert not (folder / "L").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: (f / "key").write_bytes(b"short"), "fewer than 16 bytes"),
        (lambda f: (f / "key").unlink(), "the key cannot be read"),
        (
            lambda f: (f / "p.csv").write_text(PEOPLE + "p0,F,a\n", "utf-8"),
            "line 202: the record has the --id of line 2",
        ),
        (
            lambda f: (f / "p.csv").write_text(PEOPLE + ",F,a\n", "utf-8"),
            "line 202: the record has no --id",
        ),
        (
            lambda f: (f / "p.csv").write_text(PEOPLE + "y,,a\n", "utf-8"),
            "line 202: a code is missing",
        ),
        (lambda f: (f / "p.csv").write_text("id,sex,age\n", "utf-8"), "no records"),
        (lambda f: (f / "p.csv").write_text("sex,age\nF,a\n", "utf-8"), "no column 'id'"),
    ],
)
def test_microdata_without_keys_are_refused(folder: Path, change: object, said: str) -> None:
    change(folder)  # type: ignore[operator]
    ran = run(
        folder, "p.csv", "--by", "sex,age", "--method", "cellkey", "--key", "@key", "--id", "id"
    )
    assert ran.exit_code in (74, 75)
    assert said in ran.output, ran.output
    assert "p0" not in ran.output
    assert not (folder / "SAFE").exists()


def test_the_methods_stand_in_python_too(folder: Path) -> None:
    made = sojourn.protect_run(folder / "t.csv", "default", method="round", base=3)
    assert isinstance(made, Perturbed)
    assert all(v % 3 == 0 for v in made.value.values())
    keyed = sojourn.protect_run(
        folder / "p.csv", "default", by=["sex"], method="cellkey", key=folder / "key", id="id"
    )
    assert isinstance(keyed, Perturbed)
    assert keyed.summary["additive"] is False
    with pytest.raises(Misasked, match="no method is called"):
        sojourn.protect_run(folder / "t.csv", "default", method="swap")
    with pytest.raises(Misasked, match="needs out"):
        sojourn.protect_run(
            folder / "t.csv", "default", method="dp", epsilon=1, budget=1, ledger=folder / "L"
        )
    for kind in (DisclosureRisk, TableRefused):
        assert issubclass(kind, SojournError)
