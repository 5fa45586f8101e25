"""The same people under another series or under other codes are asked about, not let through."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import SojournError

NUMBERS = {("F", "a"): 41, ("F", "b"): 33, ("M", "a"): 52, ("M", "b"): 67}


def table(numbers: dict[tuple[str, str], int], dimensions: tuple[str, str] = ("sex", "age")) -> str:
    one = sorted({a for a, _ in numbers})
    other = sorted({b for _, b in numbers})
    lines = [f"{','.join(dimensions)},obs_value"]
    for a in (*one, "_T"):
        for b in (*other, "_T"):
            n = sum(v for (x, y), v in numbers.items() if a in (x, "_T") and b in (y, "_T"))
            lines.append(f"{a},{b},{n}")
    return "\n".join(lines) + "\n"


def release(folder: Path, text: str, series: str, day: str, *more: str) -> tuple[int, str]:
    (folder / "t.csv").write_text(text, "utf-8")
    verb = "run" if "--method" in more else "release"
    words = ["protect", verb, str(folder / "t.csv"), "--policy", "default", "--series", series]
    memory = ["--ledger", str(folder / "L"), "--day", day, "--out", str(folder / f"{series}{day}")]
    ran = CliRunner().invoke(cli, [*words, *memory, *more])
    if isinstance(ran.exception, SojournError):
        return ran.exception.exit_code, ran.output + str(ran.exception)
    return ran.exit_code, ran.output


FEMMES = {({"F": "femme", "M": "homme"}[a], b): v for (a, b), v in NUMBERS.items()}
COARSE = {("north", "a"): 93, ("south", "a"): 100}
SMALL = {("F", "a"): 21, ("F", "b"): 13, ("M", "a"): 22, ("M", "b"): 27}
FEMALE = {("femme", "x"): 34, ("homme", "x"): 49}
CHANGED = {**NUMBERS, ("F", "a"): 42, ("M", "b"): 68}


@pytest.mark.parametrize(
    ("before", "now", "dimensions", "told"),
    [
        (NUMBERS, NUMBERS, ("sex", "age"), "the grand totals are equal"),
        (NUMBERS, FEMMES, ("sexe", "tranche"), "the grand totals are equal"),
        (NUMBERS, COARSE, ("region", "age"), "the grand totals are equal"),
        (SMALL, FEMALE, ("sexe", "lieu"), "the numbers by sexe are those by sex there"),
        (NUMBERS, CHANGED, ("sex", "age"), "only a few persons differ"),
    ],
)
def test_people_of_another_series_are_asked_about(
    before: dict[tuple[str, str], int],
    now: dict[tuple[str, str], int],
    dimensions: tuple[str, str],
    told: str,
    tmp_path: Path,
) -> None:
    assert release(tmp_path, table(before), "one", "2026-01-01")[0] == 0
    kept = (tmp_path / "L").read_bytes()
    for more in ((), ("--method", "round"), ("--method", "dp", "--epsilon", "1", "--budget", "1")):
        code, said = release(tmp_path, table(now, dimensions), "two", "2026-02-01", *more)
        assert code == 74
        assert "are these the people of series 'one' (release of 2026-01-01)?" in said
        assert told in said
        assert (tmp_path / "L").read_bytes() == kept
        assert not (tmp_path / "two2026-02-01").exists()
    assert release(tmp_path, table(now, dimensions), "two", "2026-02-01", "--others")[0] == 0


def test_codes_that_were_renamed_within_a_series_are_refused(tmp_path: Path) -> None:
    assert release(tmp_path, table(NUMBERS), "one", "2026-01-01")[0] == 0
    code, said = release(tmp_path, table(FEMMES), "one", "2026-02-01")
    assert code == 74
    assert (
        "the numbers by sex are those by sex in the release of 2026-01-01, under other codes"
        in said
    )
    assert release(tmp_path, table(NUMBERS), "one", "2026-02-01")[0] == 0
    halves = {("F", "a"): 30, ("F", "b"): 70, ("M", "a"): 40, ("M", "b"): 60}  # 100 and 100 by sex
    assert release(tmp_path, table(halves), "other", "2026-01-01")[0] == 0
    assert release(tmp_path, table(halves), "other", "2026-02-01")[0] == 0  # the same names


def test_other_people_are_not_asked_about(tmp_path: Path) -> None:
    assert release(tmp_path, table(NUMBERS), "one", "2026-01-01")[0] == 0
    far = {k: v + 31 * i for i, (k, v) in enumerate(NUMBERS.items(), start=1)}
    assert release(tmp_path, table(far), "two", "2026-01-01")[0] == 0
    assert release(tmp_path, table(SMALL), "three", "2026-01-01")[0] == 0
    assert release(tmp_path, table(far), "one", "2026-02-01")[0] == 74  # of the other series
    assert release(tmp_path, table(far), "one", "2026-02-01", "--others")[0] == 0


def test_rounded_people_of_another_series_are_asked_about(tmp_path: Path) -> None:
    """By the true numbers that the memory keeps, not by the rounded ones."""
    assert release(tmp_path, table(NUMBERS), "one", "2026-01-01", "--method", "round")[0] == 0
    code, said = release(tmp_path, table(FEMMES, ("sexe", "tranche")), "two", "2026-02-01")
    assert code == 74
    assert "are these the people of series 'one'" in said
