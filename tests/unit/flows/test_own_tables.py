"""A user's own table of flows brought to totals: what is dropped, negative or beyond is told."""

from pathlib import Path

import pytest

from sojourn.errors import SojournError
from sojourn.flows.run.own_tables import fit_table, update_table

PRIOR = ",A,B,C\nA,0,10,5\nB,3,0,2\nC,1,4,0\n"
NET = "area,value\nA,5\nB,-3\nC,-2\n"
OUT = "area,value\nA,15\nB,5\nC,5\n"
INTO = "area,value\nA,4\nB,14\nC,7\n"


def write(folder: Path, **texts: str) -> list[Path]:
    paths = [folder / f"{name}.csv" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    return paths


def test_people_on_the_diagonal_are_no_flow_and_are_told(tmp_path: Path) -> None:
    prior, net = write(tmp_path, prior=PRIOR.replace("A,0", "A,7"), net=NET)
    told = update_table(prior, net, tmp_path / "out.csv")
    assert told["moved"] == ["7 persons on the diagonal stay where they are: no flow, left out"]


@pytest.mark.parametrize(
    ("prior", "net", "said"),
    [
        (PRIOR.replace("10", "1e300"), NET, r"A to B is 1e\+300, no number of persons"),
        (PRIOR.replace("10", "-1"), NET, "A to B is -1, no number of persons"),
        (PRIOR, NET.replace("5", "1e15").replace("-3", "-1e15"), "A reads 1e.15, no number"),
        (PRIOR, NET.replace("-2", "-1"), "--rescale"),
        (",A,B,C\nA,0,0,0\nB,0,0,0\nC,0,0,0\n", NET, "net migration of A is off by 5"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_place(
    tmp_path: Path, prior: str, net: str, said: str
) -> None:
    paths = write(tmp_path, prior=prior, net=net)
    with pytest.raises(SojournError, match=said):
        update_table(*paths, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("out", "into", "said"),
    [
        (
            OUT,
            INTO.replace("7", "9"),
            r"sum to 25\.000 persons, arrivals .* to 27\.000.*\n.*--balance",
        ),
        (OUT.replace("15", "-15"), INTO, "A reads -15, no number of persons"),
        (
            "area,value\nA,9\nB,0\nC,0\n",
            "area,value\nA,9\nB,0\nC,0\n",
            "departures of A: -9.000 persons; arrivals of A",
        ),
    ],
)
def test_margins_that_no_table_has_are_told_as_departures_and_arrivals(
    tmp_path: Path, out: str, into: str, said: str
) -> None:
    paths = write(tmp_path, prior=PRIOR, out_of=out, into=into)
    with pytest.raises(SojournError, match=said):
        fit_table(*paths, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
