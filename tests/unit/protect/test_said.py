"""D25: sentences beside a table (rounded shares, bounds, halves, medians) are part of what is attacked."""

import itertools
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from sojourn.cli import cli
from sojourn.errors import DisclosureRisk, TableRefused
from sojourn.protect.run.protect import attack_file
from sojourn.protect.run.publishable import Publishable, publishable
from sojourn.protect.table.equations import Key, system_of
from sojourn.protect.table.policy import packaged
from sojourn.protect.table.said import BESIDE, Said, read_said, with_said
from sojourn.protect.table.table import Row, Table

POLICY = msgspec.structs.replace(packaged("default"), exact_cells=0, contributor=0)
SEX, AGE = ("F", "M"), ("a", "b", "c", "d")
#: Coefficients by cell, least and most: what a reader of the sentences knows, written down by hand.
Knows = list[tuple[dict[Key, float], float, float | None]]


def key(sex: str, age: str) -> Key:
    return tuple((d, c) for d, c in (("age", age), ("sex", sex)) if c != "_T")


def table(inside: dict[tuple[str, str], int]) -> Table:
    rows = [
        Row(
            (s, a),
            float(sum(v for (x, y), v in inside.items() if s in ("_T", x) and a in ("_T", y))),
        )
        for s, a in itertools.product(("_T", *SEX), ("_T", *AGE))
    ]
    return Table("t", ("sex", "age"), tuple(rows))


COUNTS = {("F", "a"): 120, ("F", "b"): 60, ("F", "c"): 25, ("F", "d"): 4}
COUNTS |= {("M", "a"): 90, ("M", "b"): 70, ("M", "c"): 30, ("M", "d"): 12}


def width(made: Publishable, cell: Key, knows: Knows) -> float:
    """How wide a cell stays to a reader of the table and of its sentences, by linprog."""
    cells = made.audited.cells()
    at = {k: i for i, k in enumerate(cells)}
    sums = system_of([table(COUNTS)]).matrix.toarray()
    order = [at[k] for k in system_of([table(COUNTS)]).keys]
    equal = np.zeros((len(sums), len(at)))
    equal[:, order] = sums
    upper, right = [], []
    for terms, least, most in knows:
        line = np.zeros(len(at))
        for k, a in terms.items():
            line[at[k]] = a
        upper.append(-line)
        right.append(-least)
        if most is not None:
            upper.append(line)
            right.append(most)
    cost = np.zeros(len(at))
    cost[at[cell]] = 1.0
    given = {
        "A_eq": equal,
        "b_eq": np.zeros(len(equal)),
        "A_ub": np.array(upper) if upper else None,
        "b_ub": np.array(right) if upper else None,
        "bounds": [(0, None) if v is None else (v, v) for v in cells.values()],
    }
    low, high = linprog(cost, **given), linprog(-cost, **given)
    assert low.status == 0
    return np.inf if high.status == 3 else float(-high.fun - low.fun)


SMALL, FEMALE, OLD = key("F", "d"), key("F", "_T"), key("_T", "d")
SENTENCES = {
    # 4 of 209 women is 1.9 %: the reader knows 1.85 to 1.95 %
    "share": (
        Said("share", SMALL, FEMALE, "1.9"),
        [({SMALL: 1.0, FEMALE: -0.0185}, 0.0, None), ({SMALL: -1.0, FEMALE: 0.0195}, 0.0, None)],
    ),
    "share of the old": (
        Said("share", SMALL, OLD, "25"),
        [({SMALL: 1.0, OLD: -0.245}, 0.0, None), ({SMALL: -1.0, OLD: 0.255}, 0.0, None)],
    ),
    "at least": (Said("at least", SMALL, (), "3"), [({SMALL: 1.0}, 3.0, None)]),
    "at most": (Said("at most", key("M", "d"), (), "14"), [({key("M", "d"): 1.0}, 0.0, 14.0)]),
    "more than half": (
        Said("more than half", key("M", "d"), OLD),
        [({key("M", "d"): 2.0, OLD: -1.0}, 1.0, None)],
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_what_a_sentence_says_is_attacked_or_the_release_is_refused(name: str) -> None:
    said, knows = SENTENCES[name]
    if name in (
        "share",
        "at least",
    ):  # nothing that may be withheld helps: the total of women stands
        with pytest.raises(
            DisclosureRisk, match="beside the sentences"
        ):  # in the table, the 3 in the text
            publishable([table(COUNTS)], POLICY, said=[said])
        return
    made = publishable([table(COUNTS)], POLICY, said=[said])
    for cell in np.flatnonzero(made.suppression.primary.cells):
        one = made.audited.system.keys[int(cell)]
        assert width(made, one, knows) >= POLICY.w - 1 - 1e-6, one
    assert not any(d == BESIDE for k in made.audited.cells() for d, _ in k)


def test_without_its_sentences_a_table_tells_more() -> None:
    plain = publishable([table(COUNTS)], POLICY)
    told = {name: width(plain, SMALL, knows) for name, (_, knows) in SENTENCES.items()}
    assert told["at least"] <= told["share of the old"] or min(told.values()) < POLICY.w
    assert min(told.values()) < POLICY.w <= width(plain, SMALL, [])


def test_the_numbers_of_a_sentence_are_not_below_zero_where_it_is_true() -> None:
    one = system_of([table(COUNTS)])
    for age in AGE:
        for sex in ("F", "M", "_T"):
            said = Said("median", key(sex, "_T"), (), age, "age")
            ages = [COUNTS["F", a] * (sex != "M") + COUNTS["M", a] * (sex != "F") for a in AGE]
            people = np.repeat(np.arange(4), ages)
            true = AGE.index(age) in (people[(len(people) - 1) // 2], people[len(people) // 2])
            if true:
                assert (with_said(one, [said]).value >= 0).all()
            else:
                with pytest.raises(TableRefused, match="not true"):
                    with_said(one, [said])
    made = with_said(one, [s for s, _ in SENTENCES.values()])
    assert not (made.matrix @ made.value).any()
    assert made.said == 7
    assert made.whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shares,sex=F,_T,45\n", "line 1: 'shares' is no kind"),
        ("share,sex=X,_T,45\n", "of sex=X, which no table has"),
        ("share,sex=F,_T,many\n", "'many' is no number"),
        ("share,sex=F,_T,10\n", "not true of the table"),
        ("at least,sex=F,,1000\n", "not true of the table"),
        ("median,sex=F,age,z\n", "'z' is no code"),
        ("median,sex=F,region,a\n", "'a' is no code"),
    ],
)
def test_a_sentence_that_says_nothing_or_is_false_is_refused(text: str, said: str) -> None:
    with pytest.raises(TableRefused, match=said) as told:
        with_said(system_of([table(COUNTS)]), read_said(text, name="s.csv"))
    assert "209" not in f"{told.value}{told.value.hint}"


def test_sentences_from_the_command_line(tmp_path: Path) -> None:
    rows = "".join(f"{r.codes[0]},{r.codes[1]},{int(r.value or 0)}\n" for r in table(COUNTS).rows)
    (tmp_path / "t.csv").write_text("sex,age,obs_value\n" + rows, "utf-8")
    (tmp_path / "s.csv").write_text(
        "says,cell,of,number\nmore than half,sex=F,_T,\nmedian,_T,age,a\nat least,age=d/sex=M,,10\n",
        "utf-8",
    )
    words = ["protect", "run", str(tmp_path / "t.csv"), "--policy", "default"]
    ran = CliRunner().invoke(
        cli, [*words, "--said", str(tmp_path / "s.csv"), "--out", str(tmp_path / "OUT")]
    )
    assert ran.exit_code == 0, ran.output
    assert attack_file(tmp_path / "OUT" / "table.csv", "default")["exact"] == 0
