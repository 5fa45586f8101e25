"""Known answers of disclosure control, and what every protected table must withstand."""

import csv
import dataclasses
import io
import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from sojourn.cli import cli
from sojourn.errors import BadDeclaration, DisclosureRisk, LedgerBroken, TableRefused
from sojourn.protect.alternatives.cellkey import (
    Noise,
    _two_noises,
    distribution,
    perturbed,
)
from sojourn.protect.alternatives.dp import discrete_laplace, error_95, private_counts
from sojourn.protect.alternatives.rounding import controlled_rounding
from sojourn.protect.audit.audit import AuditedTable, attack, audited
from sojourn.protect.ledger.ledger import read_ledger
from sojourn.protect.run.lost import lost
from sojourn.protect.run.protect import (
    Asked,
    attack_file,
    protect,
    remember,
    write_protected,
)
from sojourn.protect.run.protect import (
    table_csv as protected_csv,
)
from sojourn.protect.run.read import policy_of
from sojourn.protect.suppress.protect import suppress
from sojourn.protect.table.apriori import read_apriori, to_apriori
from sojourn.protect.table.equations import System, system_of
from sojourn.protect.table.hierarchy import read_hierarchy, to_hrc
from sojourn.protect.table.policy import Policy, packaged, policies, read_policy
from sojourn.protect.table.table import read_table

FISCHETTI_SALAZAR = [
    [20, 50, 10],
    [8, 19, 22],
    [17, 32, 12],
]  # Management Science 47 (2001), table 1


def table_csv(
    counts: Sequence[Sequence[int]] | np.ndarray, primary: Sequence[tuple[int, ...]] = ()
) -> str:
    """A table with all its margins; the last index of each dimension is the total."""
    inside = np.asarray(counts)
    dims = [f"d{i}" for i in range(inside.ndim)]
    lines = [",".join([*dims, "obs_value", *(["primary"] if primary else [])])]
    for at in itertools.product(*(range(n + 1) for n in inside.shape)):
        cut = tuple(i if i < n else slice(None) for i, n in zip(at, inside.shape, strict=True))
        codes = ["_T" if i == n else f"c{i}" for i, n in zip(at, inside.shape, strict=True)]
        marked = [str(int(at in primary))] if primary else []
        lines.append(",".join([*codes, str(int(inside[cut].sum())), *marked]))
    return "\n".join(lines) + "\n"


def system(text: str) -> System:
    return system_of([read_table(text, name="t.csv")])


def lenient(**changed: object) -> Policy:
    return msgspec.structs.replace(packaged("default"), **changed)


def far(one: System, withheld: np.ndarray, cell: int) -> tuple[float, float]:
    """The interval of a cell by another solver, over the whole table at once."""
    n = len(one.keys)
    bounds = [(0, None) if withheld[i] else (one.value[i],) * 2 for i in range(n)]
    ends = []
    for sign in (1.0, -1.0):
        cost = np.zeros(n)
        cost[cell] = sign
        found = linprog(cost, A_eq=one.matrix, b_eq=np.zeros(one.matrix.shape[0]), bounds=bounds)
        ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
    return ends[0], ends[1]


def test_the_table_of_fischetti_and_salazar_has_its_published_optimum() -> None:
    one = system(table_csv(FISCHETTI_SALAZAR, [(1, 2)]))
    policy = lenient(w=10, w1=5, w2=5, zeros="withheld", contributor=0)
    done = suppress(one, policy, declared=True)
    assert sorted(one.value[done.withheld]) == [8, 12, 17, 22]
    assert (done.loss, done.bound, done.how) == (59, 59, "optimal")
    table = audited(one, done.withheld, done.primary.cells, policy)
    at = int(np.flatnonzero(one.value == 22)[0])
    assert (table.audit.interval.low[at], table.audit.interval.high[at]) == (5, 30)


def test_three_people_alone_do_not_protect_only_each_other() -> None:
    one = system(table_csv([[1, 1, 7, 1, 0], [1, 0, 0, 2, 8]]))
    policy = lenient(t=3, w=3, w1=1, w2=1, contributor=1, exact_cells=0)
    done = suppress(one, policy)
    found = attack(one, done.withheld, done.primary.cells, policy)
    assert found.safe
    alone = next(f for f in found.findings if f.attacker.startswith("contributor"))
    assert alone.exact == 0
    careless = suppress(one, msgspec.structs.replace(policy, contributor=0))
    judged = attack(one, careless.withheld, careless.primary.cells, policy)
    assert careless.withheld.sum() <= done.withheld.sum()
    assert judged.findings[2].narrow >= 0


def linked() -> tuple[str, list[str]]:
    counts = dict(zip("ABIJKLMN", (2, 2, 8, 8, 3, 3, 3, 7), strict=True))
    county = {"county-1": "ABIJ", "county-2": "KLMN"}
    size = {"BIG": "LM", "small": "ABIJKN"}
    rows = [*counts.items(), ("_T", sum(counts.values()))]
    rows += [(k, sum(counts[c] for c in v)) for k, v in {**county, **size}.items()]
    text = "region,obs_value\n" + "".join(f"{k},{v}\n" for k, v in rows)
    files = [
        "parent,child\n"
        + "".join(f"_T,{p}\n" for p in d)
        + "".join(f"{p},{c}\n" for p, kids in d.items() for c in kids)
        for d in (county, size)
    ]
    return text, files


def test_two_divisions_of_one_dimension_are_protected_together() -> None:
    text, files = linked()
    both = [read_hierarchy(f, name=f"h{i}.csv") for i, f in enumerate(files)]
    one = system_of([read_table(text, name="t.csv")], {"region": both})
    policy = lenient(t=5, w=5, w1=2, w2=2, contributor=0)
    done = suppress(one, policy)
    assert attack(one, done.withheld, done.primary.cells, policy).safe
    at = {dict(k).get("region"): i for i, k in enumerate(one.keys)}
    for total in ("county-1", "county-2", "BIG", "small"):
        assert total in at
    for cell in np.flatnonzero(done.primary.cells):
        low, high = far(one, done.withheld, int(cell))
        assert high - low >= policy.w - 1e-6


def random_table(rng: np.random.Generator) -> np.ndarray:
    shape = tuple(int(n) for n in rng.integers(2, 5, size=int(rng.integers(1, 4))))
    return np.floor(np.exp(rng.normal(2.2, 1.2, shape))).astype(int) * (rng.random(shape) > 0.1)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_written_withstands_another_solver(seed: int) -> None:
    counts = random_table(np.random.default_rng(seed))
    one = system(table_csv(counts))
    policy = lenient()
    try:
        done = suppress(one, policy)
    except DisclosureRisk:
        assert counts.sum() < 400  # only a small table has too little to hide behind
        return
    for cell in np.flatnonzero(done.primary.cells):
        low, high = far(one, done.withheld, int(cell))
        assert high - low >= policy.w - 1e-6
        assert high >= one.value[cell] + policy.w2 - 1e-6
        assert low <= max(one.value[cell] - policy.w1, 1.0) + 1e-6  # grants less than the rules do
    found = attack(one, done.withheld, done.primary.cells, policy)
    for cell in np.flatnonzero(done.withheld)[:5]:
        low, high = far(one, done.withheld, int(cell))
        assert found.interval.low[cell] >= low - 1e-6
        assert found.interval.high[cell] <= high + 1e-6


def test_the_heuristic_is_near_the_optimum_and_never_below_it() -> None:
    ratios = []
    for seed in range(30):
        one = system(table_csv(random_table(np.random.default_rng(1000 + seed))))
        try:
            rough = suppress(one, lenient(exact_cells=0))
            best = suppress(one, lenient(exact_cells=200))
        except DisclosureRisk:
            continue
        assert best.loss <= rough.loss + 1e-6
        assert best.bound <= best.loss + 1e-6
        if best.how == "optimal" and best.loss:
            ratios.append(rough.loss / best.loss)
    assert max(ratios) <= 1.5
    assert np.mean(ratios) <= 1.15


def test_a_single_withheld_cell_is_found_by_the_audit() -> None:
    one = system(table_csv([[3, 40], [50, 60]]))
    bare = one.value == 3
    with pytest.raises(DisclosureRisk, match="known exactly"):
        audited(one, bare, bare, packaged("default"))


def test_an_audited_table_cannot_be_made_by_hand() -> None:
    one = system(table_csv([[3, 40], [50, 60]]))
    with pytest.raises(TypeError):
        AuditedTable(object(), one, one.value == 3, packaged("default"), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,obs_value\n_T,9\nx,3\ny,5\n", "do not add up"),
        ("a,obs_value\n_T,9\nx,3\nx,6\n", "line 4: x stands in line 3 too"),
        ("a,obs_value\n_T,9\nx,-3\ny,12\n", "line 3, obs_value: the value is below zero"),
        ("a,obs_value\n_T,9\nx,three\ny,6\n", "no number"),
        ("a,b\n_T,9\n", "no column obs_value"),
        ("a,obs_value\n", "no rows"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(TableRefused, match=said):
        system(text)


def test_a_circle_and_a_code_of_two_parents_are_refused() -> None:
    with pytest.raises(TableRefused, match="own ancestor"):
        read_hierarchy("a,b\nb,c\nc,a\n", name="h.csv")
    with pytest.raises(TableRefused, match="two parents"):
        read_hierarchy("a,c\nb,c\n", name="h.csv")


def test_hrc_and_apriori_files_go_round() -> None:
    one = read_hierarchy("_T,A\n_T,B\nA,A1\nA,A2\n", name="h.csv")
    assert read_hierarchy(to_hrc(one), name="h.hrc").children == one.children
    lines = read_apriori("A,F,u\nB,_T,c,12.5\n", name="x.hst", dimensions=2)
    assert read_apriori(to_apriori(lines), name="x.hst", dimensions=2) == lines


def test_a_policy_without_a_number_is_refused_and_a_mistyped_key_named() -> None:
    with pytest.raises(BadDeclaration, match="no w, w1"):
        read_policy('version = "1"\ntitle = "x"\nreason = "y"\nt = 10\n', where="p.toml")
    with pytest.raises(BadDeclaration, match="did you mean 'w'"):
        read_policy("w3 = 1\n", where="p.toml")
    assert set(policies()) >= {"default", "trafficking", "site"}


@pytest.mark.parametrize("name", ["site.txt", "site.csv", "sight"])
def test_a_word_that_is_neither_a_policy_nor_a_file_is_told_the_nearest(name: str) -> None:
    with pytest.raises(BadDeclaration, match="no policy is called") as told:
        policy_of(name)
    assert "did you mean 'site'" in told.value.hint
    with pytest.raises(TableRefused, match=r"site\.toml: cannot be read"):
        policy_of("site.toml")


def test_rounding_adds_up_and_keeps_multiples() -> None:
    one = system(table_csv([[3, 40, 7], [50, 61, 2]]))
    made = controlled_rounding(one, 5)
    assert not (made % 5).any()
    assert not (one.matrix @ made).any()
    assert (abs(made - one.value) < 5).all()
    assert (made[one.value % 5 == 0] == one.value[one.value % 5 == 0]).all()


@pytest.mark.parametrize("variance", [0.1, 50.0])
@pytest.mark.parametrize(
    "steps", [[-1.0, 2.0, 3.0], [-3.0, -2.0, 1.0], [-1.0, 1.0], [-1.0, 0.0, 2.0]]
)
def test_the_noise_of_the_smallest_counts_keeps_the_mean(
    steps: list[float], variance: float
) -> None:
    chance = _two_noises(np.array(steps), variance)
    assert not chance[np.array(steps) == 0].any()
    assert chance.sum() == pytest.approx(1.0)
    assert chance @ np.array(steps) == pytest.approx(0.0)
    assert (chance >= 0).all()


def test_noise_of_cell_keys_has_its_declared_moments() -> None:
    noise = Noise(most=5, variance=3.0, js=2)
    for count in (6, 7, 20):
        steps, chance = distribution(min(count, 7), noise)
        assert chance @ steps == pytest.approx(0, abs=1e-3)
        assert chance @ steps**2 == pytest.approx(3.0, abs=1e-2)
    made = {perturbed(3, [k / 100], noise) for k in range(100)}
    assert not made & {1, 2}
    assert min(made) >= 0


def test_discrete_laplace_noise_is_that_of_its_formula() -> None:
    rng = np.random.default_rng(1)
    draws = [
        discrete_laplace(__import__("fractions").Fraction(2), lambda n: int(rng.integers(n)))
        for _ in range(20000)
    ]
    a = np.exp(-0.5)
    for k in range(4):
        share = np.mean([abs(d) == k for d in draws])
        told = (1 - a) / (1 + a) * a**k * (1 if k == 0 else 2)
        assert share == pytest.approx(told, abs=0.012)
    assert [error_95(e) for e in (1.0, 0.5, 0.1)] == [3, 6, 30]


def test_private_counts_add_up() -> None:
    one = system(table_csv([[3, 40], [50, 61]]))
    rng = np.random.default_rng(2)
    leaves = [i for i, k in enumerate(one.keys) if len(k) == 2]
    made = private_counts(one, leaves, 1.0, lambda n: int(rng.integers(n)))
    assert not (one.matrix @ made.value).any()
    assert (made.value >= 0).all()


def written(folder: Path, counts: object, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(table_csv(counts), "utf-8")  # type: ignore[arg-type]
    return path


def test_nothing_withheld_stands_in_any_file(tmp_path: Path) -> None:
    counts = np.array([[74411, 3, 60107], [80109, 70213, 4], [91103, 61301, 90407]])
    done = protect(Asked(tables=(written(tmp_path, counts),), policy="default"))
    write_protected(done, tmp_path / "SAFE")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "SAFE" / "table.csv").read_text("utf-8"))))
    assert [r["obs_value"] == "" for r in rows] == [r["obs_status"] == "Q" for r in rows]
    hidden = {str(int(v)) for v in done.audited.system.value[done.audited.withheld]}
    shown = {str(int(v)) for v in done.audited.system.value[~done.audited.withheld]}
    for path in (tmp_path / "SAFE").iterdir():
        text = re.sub(r"data:[^\s\"')]*", "", path.read_text("utf-8"))  # but fonts
        words = set("".join(c if c.isdigit() else " " for c in text).split())
        assert not {h for h in hidden - shown if len(h) > 2} & words, path.name
    told = json.loads((tmp_path / "SAFE" / "audit.json").read_text("utf-8"))
    assert (told["exact"], told["narrow"]) == (0, 0)
    assert attack_file(tmp_path / "SAFE" / "table.csv", "default")["exact"] == 0


def test_two_releases_with_one_person_between_them_are_refused(tmp_path: Path) -> None:
    counts = np.array([[40, 50, 60], [70, 80, 90]])
    ledger = tmp_path / "ledger.jsonl"
    first = Asked(tables=(written(tmp_path, counts),), policy="site", ledger=ledger, series="s")
    done = protect(first)
    remember(first, done)
    counts[0, 1] -= 1
    second = Asked(
        tables=(written(tmp_path, counts, "u.csv"),), policy="site", ledger=ledger, series="s"
    )
    with pytest.raises(DisclosureRisk, match="only a few persons changed"):
        protect(second)
    other = Asked(tables=second.tables, policy="site", ledger=ledger, series="x")
    with pytest.raises(DisclosureRisk, match="are these the people of series 's'"):
        protect(other)
    assert protect(dataclasses.replace(other, others=True)).audited
    assert protect(first).differences[0].changed == 0


def test_a_cell_withheld_once_stays_withheld(tmp_path: Path) -> None:
    counts = np.array([[4, 50, 60], [70, 80, 90]])
    ledger = tmp_path / "ledger.jsonl"
    first = Asked(tables=(written(tmp_path, counts),), policy="site", ledger=ledger, series="s")
    done = protect(first)
    remember(first, done)
    later = written(tmp_path, counts + 30, "u.csv")
    again = protect(Asked(tables=(later,), policy="site", ledger=ledger, series="s"))
    assert (again.audited.withheld >= done.audited.withheld).all()


def test_a_ledger_that_was_edited_is_refused_with_the_entry(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    asked = Asked(
        tables=(written(tmp_path, [[40, 50], [60, 70]]),), policy="site", ledger=ledger, series="s"
    )
    for _ in range(3):
        remember(asked, protect(asked))
    assert len(read_ledger(ledger)) == 3
    lines = ledger.read_text("utf-8").splitlines()
    ledger.write_text("\n".join([lines[0], lines[1].replace("40", "41"), lines[2]]) + "\n", "utf-8")
    with pytest.raises(LedgerBroken, match="entry 2"):
        read_ledger(ledger)
    ledger.write_text("\n".join([lines[0], lines[2]]) + "\n", "utf-8")
    with pytest.raises(LedgerBroken, match="entry 2"):
        protect(asked)


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, random_table(np.random.default_rng(5)) + 3)
    made = set()
    for n in range(20):
        done = protect(Asked(tables=(path,), policy="default"))
        made.add(protected_csv(done, done.table) + json.dumps(done.summary))
        if n < 2:
            write_protected(done, tmp_path / f"S{n}")
    first, second = (
        [f.read_bytes() for f in sorted((tmp_path / o).iterdir())] for o in ("S0", "S1")
    )
    assert first == second
    assert len(made) == 1


def test_the_command_protects_counts_microdata_and_attacks(tmp_path: Path) -> None:
    records = tmp_path / "people.csv"
    rng = np.random.default_rng(3)
    rows = [
        f"{rng.choice(['north', 'south'], p=[0.8, 0.2])},{rng.choice(['F', 'M'])},{rng.choice(['0-17', '18+'])}"
        for _ in range(900)
    ]
    records.write_text("region,sex,age\n" + "\n".join(rows) + "\nsouth,F,75+\n", "utf-8")
    asked = [
        "protect",
        "run",
        str(records),
        "--policy",
        "default",
        "--by",
        "region,sex,age",
        "--out",
        str(tmp_path / "SAFE"),
        "--json",
    ]
    ran = CliRunner().invoke(cli, asked)
    assert ran.exit_code == 0, ran.output
    found = CliRunner().invoke(
        cli, ["protect", "audit", str(tmp_path / "SAFE" / "table.csv"), "--policy", "default"]
    )
    assert "0 can be computed exactly" in found.output
    again = CliRunner().invoke(cli, asked[:-1])
    assert again.exit_code in (0, 70)
    lost = CliRunner().invoke(
        cli,
        [
            "protect",
            "run",
            str(tmp_path / "no.csv"),
            "--policy",
            "default",
            "--out",
            str(tmp_path / "X"),
        ],
    )
    assert not (tmp_path / "X").exists()
    assert isinstance(lost.exception, Exception)


def test_what_is_told_of_the_loss_is_no_equation_on_what_is_withheld(tmp_path: Path) -> None:
    counts = np.full((12, 12), 60) + np.arange(144).reshape(12, 12) % 7
    counts[4, 5] = 3
    done = protect(Asked(tables=(written(tmp_path, counts),), policy="default"))
    told = done.summary
    assert told["bound"] is None  # it would be the one primary cell
    withheld = done.audited.withheld
    one = done.audited.system
    n = int(withheld.sum())
    bounds = [(0, None) if w else (v, v) for w, v in zip(withheld, one.value, strict=True)]
    cost = withheld.astype(float)
    ends = [
        sign
        * linprog(
            sign * cost, A_eq=one.matrix, b_eq=np.zeros(one.matrix.shape[0]), bounds=bounds
        ).fun
        for sign in (1.0, -1.0)
    ]
    assert n > 1
    if told["loss_is"] == "exact":
        assert ends[0] == pytest.approx(ends[1])
    assert told["loss"] >= ends[1] - 1e-6


def test_a_loss_that_published_sums_do_not_say_is_told_as_its_most() -> None:
    one = system("a,obs_value,keep\n_T,300,1\nx,3,\ny,40,\nz,257,1\n")
    policy = lenient(exact_cells=0)
    done = suppress(one, policy)
    table = audited(one, done.withheld, done.primary.cells, policy)
    told = lost(one, done.withheld, table.audit.interval, done)
    assert (told.loss, told.exact, told.bound) == (43, True, None)  # total less what is published
    more = system("a,b,obs_value\n_T,_T,300\nx,_T,3\ny,_T,297\n_T,u,120\n_T,v,180\n")
    rough = np.array([False, True, True, True, True])
    judged = attack(more, rough, rough & (more.value == 3), lenient(w=1, w1=0, w2=1))
    again = dataclasses.replace(done, withheld=rough, loss=600.0)
    assert lost(more, rough, judged.interval, again).exact


def test_the_report_says_who_attacked_and_what_is_left_open(tmp_path: Path) -> None:
    path = written(tmp_path, [[3, 40, 50], [50, 61, 70], [80, 70, 60]])
    write_protected(protect(Asked(tables=(path,), policy="site")), tmp_path / "SAFE")
    page = (tmp_path / "SAFE" / "report.html").read_text("utf-8")
    for said in (
        "contributor alone in a cell",
        "must fail",
        "name and logged",
        "What is not protected",
    ):
        assert said in page
