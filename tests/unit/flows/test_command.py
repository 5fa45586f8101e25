"""Flows from a user's own tables: square CSV in, corridors out, errors with their line."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sojourn.cli import cli
from sojourn.errors import SojournError

START = ",A,B,C,D\nA,1000,100,10,0\nB,55,555,50,5\nC,80,40,800,40\nD,20,25,20,200\n"
END = ",A,B,C,D\nA,950,100,60,0\nB,80,505,75,5\nC,90,30,800,40\nD,40,45,0,180\n"
NONE = "area,value\nA,0\nB,0\nC,0\nD,0\n"


def run(tmp_path: Path, *more: str, **texts: str) -> Result:
    texts = {"start": START, "end": END, "births": NONE, "deaths": NONE} | texts
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    arguments = ["flows", "--out", str(tmp_path / "flows.csv")]
    for option, name in (
        ("--stock-start", "start"),
        ("--stock-end", "end"),
        ("--births", "births"),
        ("--deaths", "deaths"),
    ):
        arguments += [option, str(tmp_path / f"{name}.csv")]
    return CliRunner().invoke(cli, [*arguments, *more])


def written(tmp_path: Path) -> dict[tuple[str, ...], float]:
    rows = list(csv.reader((tmp_path / "flows.csv").read_text("utf-8").splitlines()))
    return {tuple(row[:-1]): float(row[-1]) for row in rows[1:]}


def test_corridors_are_written_as_origin_destination_value(tmp_path: Path) -> None:
    done = run(tmp_path, "--method", "minimum-closed", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["method"], report["closed"], report["rows"]) == ("minimum-closed", True, 12)
    text = (tmp_path / "flows.csv").read_text("utf-8")
    assert text.splitlines()[0] == "origin,destination,value"
    found = written(tmp_path)
    assert found["A", "C"] == pytest.approx(50)
    assert found["B", "A"] == pytest.approx(35)
    assert found["A", "B"] == pytest.approx(0, abs=1e-9)
    assert sum(found.values()) == pytest.approx(150)


def test_by_birthplace_adds_up_to_the_corridors(tmp_path: Path) -> None:
    run(tmp_path, "--method", "pseudo-bayes")
    whole = written(tmp_path)
    run(tmp_path, "--method", "pseudo-bayes", "--by-birthplace")
    parts = written(tmp_path)
    for corridor, value in whole.items():
        assert sum(v for k, v in parts.items() if k[:2] == corridor) == pytest.approx(value)


def test_a_seed_moves_people(tmp_path: Path) -> None:
    seed = START.replace("55,555", "5500,555").replace(",0\n", ",1\n")
    run(tmp_path, "--method", "minimum-closed", seed=NONE)
    plain = written(tmp_path)
    assert (
        run(
            tmp_path, "--method", "minimum-closed", "--seed", str(tmp_path / "seed.csv"), seed=seed
        ).exit_code
        == 0
    )
    assert written(tmp_path) != plain


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            {"start": START.replace("555", "..")},
            r"start\.csv: line 3 \(B, B\) reads '\.\.'; expected a number",
        ),
        ({"start": START.replace("555", "")}, r"line 3 \(B, B\) reads ''"),
        (
            {"end": END.replace("30", "-30")},
            "stock at the end: the cell born in C, living in B is negative",
        ),
        (
            {"end": END.replace("C,90", "C,90,1")},
            r"end\.csv: line 4 \(C\) has 6 fields, the header 5",
        ),
        ({"end": END.replace("\nC,", "\nB,")}, r"row 4: 'B' stands twice"),
        ({"births": NONE.replace("B,0\n", "")}, "births: no row for B"),
        ({"births": NONE.replace("B,0", "B,99999")}, "births of B: 99,999 are more than"),
        ({"deaths": NONE.replace("area", "place")}, r"deaths\.csv: line 1 reads 'place,value'"),
        ({"deaths": NONE.replace("C,0", "C,x")}, r"deaths\.csv: line 4 \(C\) reads 'x'"),
        ({"start": "", "end": END}, r"start\.csv: no table"),
        ({"start": ",X\nX,1\n"}, "no place in common"),
    ],
)
def test_a_bad_table_is_refused_and_nothing_is_written(
    tmp_path: Path, texts: dict[str, str], said: str
) -> None:
    done = run(tmp_path, **texts)
    assert isinstance(done.exception, SojournError), done.output
    assert done.exception.exit_code in (30, 31)
    with pytest.raises(SojournError, match=said):
        raise done.exception
    assert not list(tmp_path.glob("*flows*"))


WIDER = (
    START.replace(",D\n", ",D,E\n")
    .replace("10,0\n", "10,0,1\n")
    .replace("50,5\n", "50,5,1\n")
    .replace("800,40\n", "800,40,1\n")
    .replace("20,200\n", "20,200,1\nE,1,1,1,1,9\n")
)


def test_a_place_of_one_table_only_leaves_the_run_when_it_was_named(tmp_path: Path) -> None:
    done = run(tmp_path, "--method", "minimum-closed", "--json", "--leave-out", "E", start=WIDER)
    assert done.exit_code == 0, done.output
    left = [a for a in json.loads(done.stdout)["adjustments"] if a["step"] == "common places"]
    assert {a["place"] for a in left} == {"E"}
    assert sum(a["persons"] for a in left) == 17


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"start": WIDER}, "columns at the start: 'E' would leave the run|rows at the start: 'E'"),
        (
            {"start": START.replace("\nB,", "\nb,")},
            "'b' would leave the run.*'B' is spelled otherwise",
        ),
        ({"end": END.replace(",A,B", ",A,b")}, "'B' would leave the run.*'b' is spelled otherwise"),
        (
            {"births": NONE.replace("B,", "b,")},
            "births: 'b' would leave the run.*'B' is spelled otherwise",
        ),
        ({"deaths": NONE + "Z,5\n"}, "deaths: 'Z' would leave the run"),
    ],
)
def test_a_label_that_another_list_lacks_is_refused(
    tmp_path: Path, texts: dict[str, str], said: str
) -> None:
    done = run(tmp_path, **texts)
    with pytest.raises(SojournError, match=said):
        raise done.exception or AssertionError(done.output)
    assert not (tmp_path / "flows.csv").exists()


#: 100 births and 50 deaths; the population grows by 50.
GROWS_END = (
    END.replace("950", "962").replace("505", "517").replace("800", "813").replace("180", "193")
)
BIRTHS = "area,value\nA,25\nB,25\nC,25\nD,25\n"
DEATHS = "area,value\nA,13\nB,12\nC,13\nD,12\n"


def times(text: str, factor: float) -> str:
    head, *rows = text.splitlines()
    scaled = [f"{r.split(',')[0]},{float(r.split(',')[1]) * factor:g}" for r in rows]
    return "\n".join([head, *scaled]) + "\n"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            {"births": times(BIRTHS, 0.001), "deaths": times(DEATHS, 0.001)},
            "ratio 1,000: births and deaths look like thousands",
        ),
        (
            {"births": times(BIRTHS, 0.2), "deaths": times(DEATHS, 0.2)},
            "ratio 5: births and deaths look like those of one year for 5",
        ),
        ({"births": DEATHS, "deaths": BIRTHS}, "ratio -1: births and deaths look swapped"),
        ({"start": GROWS_END, "end": START}, "ratio -1: the two stock tables look swapped"),
        ({"births": times(BIRTHS, 1.3)}, "growth over births - deaths is 0.625"),
    ],
)
def test_a_world_that_does_not_balance_is_refused_with_the_ratio(
    tmp_path: Path, texts: dict[str, str], said: str
) -> None:
    good = {"start": START, "end": GROWS_END, "births": BIRTHS, "deaths": DEATHS}
    assert run(tmp_path, **good).exit_code == 0
    (tmp_path / "flows.csv").unlink()
    done = run(tmp_path, **(good | texts))
    with pytest.raises(SojournError, match=said):
        raise done.exception or AssertionError(done.output)
    assert not (tmp_path / "flows.csv").exists()


def test_an_unbalanced_world_goes_on_when_it_is_accepted(tmp_path: Path) -> None:
    odd = {"end": GROWS_END, "births": times(BIRTHS, 1.3), "deaths": DEATHS}
    done = run(tmp_path, "--accept-balance", "--json", **odd)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["balance"]["world"]["gap"] == pytest.approx(30)


@pytest.mark.parametrize("moves", ["inf", "nan", "-1", "1e15"])
def test_moves_that_are_no_number_of_persons_are_refused(tmp_path: Path, moves: str) -> None:
    done = run(tmp_path, "--method", "dennett", "--moves", moves)
    with pytest.raises(SojournError, match="moves over"):
        raise done.exception or AssertionError(done.output)


def test_more_people_than_have_ever_lived_are_another_unit(tmp_path: Path) -> None:
    done = run(tmp_path, start=START.replace("1000", "1e18"), end=END.replace("950", "1e18"))
    with pytest.raises(SojournError, match="more than have ever lived"):
        raise done.exception or AssertionError(done.output)


def test_unknown_origins_are_kept_folded_or_dropped_and_the_effect_is_told(tmp_path: Path) -> None:
    texts = {"start": START + "X,30,0,0,9\n", "end": END + "X,0,30,9,0\n"}
    totals = {}
    for mode in ("origins", "natives", "drop"):
        done = run(tmp_path, "--unknown", mode, "--method", "minimum-closed", "--json", **texts)
        assert done.exit_code == 0, done.output
        report = json.loads(done.stdout)
        assert report["unknown"]["treatment"] == mode
        totals[mode] = report["total"]
        told = report["unknown"]["total_by_treatment"]
    assert told == pytest.approx(totals)
    assert totals["origins"] > totals["drop"]


#: A synthetic world whose people of foreign birth are many more than its net migration.
WIDE = (
    ",A,B,C,D\nA,80000,4000,6000,100\nB,100,60000,5000,100\nC,200,300,90000,100\nD,9000,100,200,50000\n",
    ",A,B,C,D\nA,80100,4100,6100,110\nB,110,60100,5100,100\nC,210,300,90100,110\nD,9100,110,200,50100\n",
)


def transposed(text: str) -> str:
    rows = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join(r) for r in zip(*rows, strict=True)) + "\n"


def test_a_table_read_across_instead_of_down_is_told(tmp_path: Path) -> None:
    start, end = WIDE
    births = "area,value\nA,300\nB,310\nC,300\nD,300\n"
    deaths = "area,value\nA,80\nB,30\nC,30\nD,40\n"
    given = {"births": births, "deaths": deaths}
    right = run(tmp_path, "--accept-balance", start=start, end=end, **given)
    assert right.exit_code == 0, right.output
    net = [
        sum(int(r.split(",")[j]) for r in end.splitlines()[1:])
        - sum(int(r.split(",")[j]) for r in start.splitlines()[1:])
        for j in range(1, 5)
    ]
    growth = sum(net)
    births = "area,value\n" + "".join(f"{p},{growth // 4}\n" for p in "ABCD")
    given = {"births": births, "deaths": NONE}
    plain = run(tmp_path, start=start, end=end, **given)
    assert plain.exit_code == 0, plain.exception
    for texts, which in (
        ({"start": transposed(start), "end": end}, "table at the start"),
        ({"start": start, "end": transposed(end)}, "table at the end"),
    ):
        done = run(tmp_path, **(texts | given))
        with pytest.raises(SojournError, match=f"the {which} looks transposed"):
            raise done.exception or AssertionError(done.output)
    told = "area,value\n" + "".join(
        f"{p},{n - growth // 4}\n" for p, n in zip("ABCD", net, strict=True)
    )
    (tmp_path / "net.csv").write_text(told, "utf-8")
    both = {"start": transposed(start), "end": transposed(end)}
    done = run(tmp_path, "--net", str(tmp_path / "net.csv"), **(both | given))
    with pytest.raises(SojournError, match="the two stock tables look transposed"):
        raise done.exception or AssertionError(done.output)
    assert (
        run(tmp_path, "--net", str(tmp_path / "net.csv"), start=start, end=end, **given).exit_code
        == 0
    )


#: Synthetic stocks of countries, some of which receive and some of which send people.
NAMED = ("AUS", "Saudi Arabia", "USA", "BGD", "Mexico", "818")


def named_world(scale: float) -> str:
    rows = [",".join(["", *NAMED])]
    for i, origin in enumerate(NAMED):
        cells = [
            5e7 if i == j else scale * (9e5 if i > 2 > j - 1 else 1e4) for j in range(len(NAMED))
        ]
        rows.append(",".join([origin, *(f"{c:.0f}" for c in cells)]))
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("method", ["drop-negative", "pseudo-bayes"])
def test_two_tables_read_across_are_told_by_the_side_on_which_known_countries_stand(
    tmp_path: Path, method: str
) -> None:
    start, end = named_world(1.0), named_world(1.2)
    size = [sum(int(c) for r in t.splitlines()[1:] for c in r.split(",")[1:]) for t in (start, end)]
    births = "area,value\n" + "".join(f"{p},{(size[1] - size[0]) / 6}\n" for p in NAMED)
    deaths = "area,value\n" + "".join(f"{p},0\n" for p in NAMED)
    given = {"births": births, "deaths": deaths}
    right = run(tmp_path, "--method", method, start=start, end=end, **given)
    assert right.exit_code == 0, right.exception
    assert "orientation: 6 of 6 known countries" in right.output
    both = {"start": transposed(start), "end": transposed(end)}
    wrong = run(tmp_path, "--method", method, **(both | given))
    with pytest.raises(SojournError, match="two stock tables look transposed: 6 of 6 known"):
        raise wrong.exception or AssertionError(wrong.output)
    assert run(tmp_path, "--method", method, "--accept-balance", **(both | given)).exit_code == 0


def test_labels_that_no_country_has_are_not_held_against_published_stocks(tmp_path: Path) -> None:
    start, end = WIDE
    done = run(tmp_path, "--method", "drop-negative", start=start, end=end)
    assert "orientation: not held against published stocks" in done.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--moves", "inf"), "--moves goes with --method dennett"),
        (("--method", "drop-negative", "--lambda", "0.5"), "--lambda goes with"),
        (("--sex", "F"), "--sex goes with --period"),
        (("--behind", "A", "B"), "--behind goes with --period"),
        (("--revision", "2022"), "--revision goes with --period"),
        (("--leave-out", "Z"), "'Z': no list has such a label"),
        (("--leave-out", "A"), "'A': every list has it, so it stays"),
    ],
)
def test_what_would_not_be_used_is_refused(
    tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, *more)
    assert done.exit_code != 0
    assert said in f"{done.output} {done.exception}"
    assert not (tmp_path / "flows.csv").exists()


def test_a_seed_whose_weights_lie_too_far_apart_is_refused_and_its_unit_does_not_matter(
    tmp_path: Path,
) -> None:
    def seed_of(least: str, most: str) -> str:
        return "".join([",A,B,C,D\n", *(f"{p},{least},{most},{most},{least}\n" for p in "ABCD")])

    def seeded(text: str) -> Result:
        (tmp_path / "seed.csv").write_text(text, "utf-8")
        return run(tmp_path, "--seed", str(tmp_path / "seed.csv"))

    with pytest.raises(SojournError, match="weights of the seed run from 1e-300 to 1"):
        raise seeded(seed_of("1e-300", "1")).exception or AssertionError
    assert seeded(seed_of("1e300", "3e300")).exit_code == 0
    huge = written(tmp_path)
    assert seeded(seed_of("1", "3")).exit_code == 0
    assert written(tmp_path) == pytest.approx(huge)
