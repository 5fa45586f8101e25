"""What must be published is, or the release is refused; every linked table is written."""

import csv
import dataclasses
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from sojourn.cli import cli
from sojourn.errors import DisclosureRisk
from sojourn.protect.run.protect import Asked, protect
from sojourn.protect.run.read import tables_of

INSIDE = {
    ("F", "x"): 3,
    ("F", "y"): 40,
    ("M", "x"): 50,
    ("M", "y"): 60,
    ("F", "z"): 70,
    ("M", "z"): 31,
}


def total(row: str, column: str) -> int:
    return sum(v for (r, c), v in INSIDE.items() if row in ("_T", r) and column in ("_T", c))


def table(
    path: Path, *, dimensions: str = "sex,region", keep: dict[str, str] | None = None
) -> Path:
    told = keep or {}
    lines = [f"{dimensions},obs_value,keep"]
    at = itertools.product(("F", "M", "_T"), ("x", "y", "z", "_T"))
    lines += [f"{r},{c},{total(r, c)},{told.get(f'{r},{c}', '')}" for r, c in at]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_number_that_must_be_published_is(tmp_path: Path) -> None:
    free = protect(Asked(tables=(table(tmp_path / "a.csv"),), policy="default"))
    names = ["/".join(r.codes) for r in free.table.rows]
    secondary = free.suppression.withheld & ~free.suppression.primary.cells
    first = names[int(np.flatnonzero(secondary)[0])]
    kept = table(tmp_path / "b.csv", keep={first.replace("/", ","): "1"})
    done = protect(Asked(tables=(kept,), policy="default"))
    assert not done.suppression.withheld[names.index(first)]
    assert done.audited.audit.safe


def test_a_small_number_that_must_be_published_is_refused_by_its_codes(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", keep={"F,x": "1"})
    with pytest.raises(DisclosureRisk, match=r"1 cell that must be published .* F/x the first"):
        protect(Asked(tables=(path,), policy="default"))


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [("u", "primary", True), ("s", "safe", True), ("p", "keep", True), ("c,7.5", "cost", 7.5)],
)
def test_a_word_of_the_office_says_one_thing_of_one_cell(
    said: str, field: str, value: object, tmp_path: Path
) -> None:
    """The words of tau-Argus: unsafe, safe, to be published, and a cost."""
    (tmp_path / "a.hst").write_text(f"M,y,{said}\n", "utf-8")
    asked = Asked(tables=(table(tmp_path / "a.csv"),), policy="default")
    before = tables_of(asked)[0]
    after = tables_of(dataclasses.replace(asked, apriori=tmp_path / "a.hst"))[0]
    for was, now in zip(before.rows, after.rows, strict=True):
        here = was.codes == ("M", "y")
        assert now == (dataclasses.replace(was, **{field: value}) if here else was)  # type: ignore[arg-type]


def test_of_people_who_are_one_number_no_other_is_published(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sex,obs_value,keep\nF,12,1\nM,20,\n_T,32,\n", "utf-8")
    with pytest.raises(DisclosureRisk, match="all that can be published is coarser codes"):
        protect(Asked(tables=(path,), policy="site"))


@pytest.mark.parametrize(("word", "withheld"), [("s", False), ("c,500", True), ("u", True)])
def test_safe_says_that_no_rule_is_asked(word: str, withheld: bool, tmp_path: Path) -> None:
    said = tmp_path / "a.hst"
    said.write_text(f"F,x,{word}\n", "utf-8")
    path = table(tmp_path / "a.csv")
    done = protect(Asked(tables=(path,), policy="default", apriori=said))
    at = next(i for i, r in enumerate(done.table.rows) if r.codes == ("F", "x"))
    assert bool(done.suppression.primary.cells[at]) is withheld
    assert bool(done.suppression.withheld[at]) is withheld


def test_a_total_that_is_safe_leaves_its_parts_to_the_rules(tmp_path: Path) -> None:
    """Whoever is the one person beside 40 others knows that all of them are of one kind."""
    path = tmp_path / "a.csv"
    rows = ["sex,kind,obs_value", "F,x,40", "F,y,1", "F,_T,41", "M,x,0", "M,y,35", "M,_T,35"]
    rows += ["X,x,20", "X,y,20", "X,_T,40", "_T,x,60", "_T,y,56", "_T,_T,116"]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    said = tmp_path / "a.hst"
    said.write_text("F,_T,s\nM,_T,s\n", "utf-8")
    counts = [
        protect(
            Asked(tables=(path,), policy="trafficking", apriori=one)
        ).suppression.primary.by_rule
        for one in (None, said)
    ]
    assert counts[0]["complement"] > 0
    assert counts[0]["group"] > 0
    assert counts[1] == counts[0]


def test_every_linked_table_is_written_and_all_of_them_withstand(tmp_path: Path) -> None:
    """Two tables of the same people share their totals; scipy attacks what was written of both."""
    first = table(tmp_path / "region.csv")
    second = tmp_path / "age.csv"
    ages = {("F", "young"): 30, ("F", "old"): 83, ("M", "young"): 100, ("M", "old"): 41}
    lines = ["sex,age,obs_value"]
    for r in ("F", "M", "_T"):
        for c in ("young", "old", "_T"):
            n = sum(v for (a, b), v in ages.items() if r in ("_T", a) and c in ("_T", b))
            lines.append(f"{r},{c},{n}")
    second.write_text("\n".join(lines) + "\n", "utf-8")
    out = tmp_path / "SAFE"
    words = ["protect", "run", str(first), "--linked", str(second), "--policy", "default"]
    told = CliRunner().invoke(cli, [*words, "--out", str(out)])
    assert told.exit_code == 0, told.output
    audit = json.loads((out / "audit.json").read_text("utf-8"))
    assert audit["tables"] == {"table.csv": "region.csv", "table-2.csv": "age.csv"}
    texts = [(out / n).read_text("utf-8") for n in ("table.csv", "table-2.csv")]
    read = [list(csv.DictReader(text.splitlines())) for text in texts]
    assert [len(rows) for rows in read] == [12, 9]
    cells: dict[tuple[tuple[str, str], ...], float] = {}
    for rows, of in zip(read, ("region", "age"), strict=True):
        for row in rows:
            key = tuple((d, row[d]) for d in ("sex", of) if row[d] != "_T")
            shown = float(row["obs_value"] or "nan")
            assert (row["obs_status"] == "Q") == (row["obs_value"] == "")
            if key in cells and not np.isnan(cells[key]):
                assert cells[key] == shown  # what both tables hold is withheld in both or in none
            cells[key] = shown
    width = _width(cells, (("sex", "F"), ("region", "x")))
    assert width >= 10 - 1e-6


def _width(cells: dict[tuple[tuple[str, str], ...], float], asked: tuple[object, ...]) -> float:
    """How wide scipy finds a cell of the two tables."""
    keys = list(cells)
    sums = []
    for of, codes in (("region", "xyz"), ("age", ("young", "old"))):
        sexes = ((("sex", "F"),), (("sex", "M"),), ())
        sums += [[sex, *((*sex, (of, c)) for c in codes)] for sex in sexes]
    sums += [
        [(), (("sex", "F"),), (("sex", "M"),)],
        *(
            [((o, c),), (("sex", "F"), (o, c)), (("sex", "M"), (o, c))]
            for o, c in [("region", c) for c in "xyz"] + [("age", c) for c in ("young", "old")]
        ),
    ]
    matrix = np.zeros((len(sums), len(keys)))
    for i, (whole, *parts) in enumerate(sums):
        matrix[i, keys.index(whole)] = 1
        for part in parts:
            matrix[i, keys.index(part)] = -1
    bounds = [(0, None) if np.isnan(v) else (v, v) for v in cells.values()]
    cost = np.zeros(len(keys))
    cost[keys.index(asked)] = 1
    zero = np.zeros(len(sums))
    low = linprog(cost, A_eq=matrix, b_eq=zero, bounds=bounds).fun
    return float(-linprog(-cost, A_eq=matrix, b_eq=zero, bounds=bounds).fun - low)
