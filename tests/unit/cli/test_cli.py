"""The front door: help everywhere, messages instead of tracebacks, JSON for programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner, Result

from sojourn.cli import COMMANDS, LazyGroup, cli
from sojourn.errors import PublishError

SRC = Path(__file__).parents[3] / "src"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=True)


def program(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a program, as a user does."""
    environment = {**os.environ, "PYTHONPATH": str(SRC), "SOJOURN_DATA": ""}
    environment.pop("SOJOURN_DATA")
    return subprocess.run(
        [sys.executable, "-c", "from sojourn.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    import click

    command = LazyGroup.get_command(cli, click.Context(cli), name)  # type: ignore[arg-type]
    assert command is not None
    waiting = [command]
    while waiting:
        current = waiting.pop()
        assert (current.help or "").strip(), current.name
        if isinstance(current, click.Group):
            waiting += current.commands.values()
        for parameter in current.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (current.name, parameter.name)
    assert run(name, "--help").exit_code == 0


def test_help_imports_none_of_the_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['sojourn', '--help']\n"
        "from sojourn.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print({'numpy', 'duckdb', 'scipy', 'typst', 'babel'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "set()"


def test_a_newcomer_loads_asks_and_traces(tmp_path: Path) -> None:
    twins.undesa_stock(tmp_path / "stock.xlsx")
    loaded = program("load", "stock.xlsx", "--data", "d", cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    assert "undesa.ims@2021-01-15 (unverified copy), 63 observations" in loaded.stdout
    editions = json.loads(program("editions", "--data", "d", "--json", cwd=tmp_path).stdout)
    assert [e["edition"] for e in editions] == ["undesa.ims@2021-01-15"]
    asked = program(
        "observations",
        "--data",
        "d",
        "--ref-area",
        "KEN",
        "--sex",
        "F",
        "--period",
        "2015",
        cwd=tmp_path,
    )
    assert "\t530\t" in asked.stdout
    assert "undesa.ims@2021-01-15#Table 1!Y13" in asked.stdout
    traced = program("trace", "undesa.ims@2021-01#Table 1!Y13", "--data", "d", cwd=tmp_path)
    assert str(tmp_path / "stock.xlsx") in traced.stdout
    assert "unverified copy" in traced.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["load", "nowhere.xlsx", "--data", "d"], 10, "no such file or folder"),
        (["load", "x.csv"], 2, "--data"),
        (["editions", "--data", "empty"], 42, "no data are loaded here"),
        (["trace", "nothing"], 42, "no figure 'nothing'"),
        (["trace", "migrant_stok"], 42, "did you mean migrant_stock"),
        (["trace", "undesa.ims@2015#Table 1"], 42, "Table 1"),
        (["figures", "2015", "migrants"], 71, "migrants"),
        (
            ["figures", "2015", "idps_conflict", "idps_of_concern", "--sum"],
            72,
            "counts people twice",
        ),
        (["figures", "2015", "--as-of", "soon"], 2, "expected YYYY-MM-DD"),
        (["factsheet", "1815", "--out", "o"], 70, "no figure of 1815"),
        (["factsheet", "2015", "--language", "xx"], 2, "no language 'xx'; one of: en, "),
        (["observations", "--ref-area", "Germani"], 21, "did you mean 276 (Germany)"),
        (["observations", "--out", "x.doc"], 70, "no format has the ending '.doc'"),
        (["pack", "2015", "--out", "p"], 73, "cannot be packed again"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_said_without_a_traceback(
    tmp_path: Path, arguments: list[str], exit_code: int, said: str
) -> None:
    done = program(*arguments, cwd=tmp_path)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == exit_code
    assert [p for p in tmp_path.iterdir() if p.name not in {"d", "empty"}] == []


def test_figures_as_json_carry_their_lineage() -> None:
    found = json.loads(run("figures", "2015", "migrant_stock", "--json").output)
    assert {f["sex"] for f in found} == {"_T", "F", "M"}
    assert all(f["inputs"][0]["address"].startswith("undesa.ims@") for f in found)


def test_observations_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    done = run(
        "observations", "--indicator", "migrant_stock", "--ref-area", "900", "--out", str(out)
    )
    assert done.exit_code == 0
    assert out.read_text("utf-8").startswith("dataflow,indicator,ref_area")
    assert list(tmp_path.iterdir()) == [out]
    refused = run("observations", "--out", str(out / "o.csv"))
    assert isinstance(refused.exception, PublishError)
    assert "a part of the path is a file" in str(refused.exception)


def test_each_answer_as_json_is_json(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    twins.undesa_stock(folder / "stock.xlsx")
    (folder / "empty.csv").write_text("", "utf-8")
    (folder / "notes.txt").write_text("nothing to see", "utf-8")
    data = ["--data", str(tmp_path / "d")]
    loaded = run("load", str(folder), *data, "--json")
    assert loaded.exit_code == 0
    said = {Path(o["file"]).name: (o["status"], o["exit_code"]) for o in json.loads(loaded.stdout)}
    assert said == {
        "stock.xlsx": ("loaded", 0),
        "empty.csv": ("refused", 13),
        "notes.txt": ("skipped", 14),
    }
    [row] = json.loads(
        run(
            "observations", *data, "--ref-area", "KEN", "--sex", "F", "--period", "2015", "--json"
        ).stdout
    )
    assert (row["obs_value"], row["sheet"], row["row"], row["col"]) == (530.0, "Table 1", 13, 25)
    [cell] = json.loads(run("trace", "undesa.ims@2021#Table 1!Y13", *data, "--json").stdout)
    assert cell["value"] == 530.0
    [figure] = json.loads(run("figures", "2015", "idps_conflict", *data, "--json").stdout)
    assert figure["value"] is None
    assert figure["reason"]


def test_a_folder_of_which_nothing_can_be_loaded_fails(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "empty.csv").write_text("", "utf-8")
    assert run("load", str(folder), "--data", str(tmp_path / "d")).exit_code == 13
    twins.undesa_stock(folder / "stock.xlsx")
    strict = run("load", str(folder), "--data", str(tmp_path / "d"), "--strict")
    assert strict.exit_code != 0
    assert run("editions", "--data", str(tmp_path / "d")).exit_code != 0
    assert run("load", str(folder), "--data", str(tmp_path / "d")).exit_code == 0


def test_the_data_directory_may_stand_in_the_environment(tmp_path: Path) -> None:
    path = twins.undesa_stock(tmp_path / "stock.xlsx")
    environment = {"SOJOURN_DATA": str(tmp_path / "d")}
    assert CliRunner().invoke(cli, ["load", str(path)], env=environment).exit_code == 0
    found = CliRunner().invoke(cli, ["editions", "--json"], env=environment)
    assert [e["edition"] for e in json.loads(found.stdout)] == ["undesa.ims@2021-01-15"]


def test_a_reader_of_our_output_may_go_away(tmp_path: Path) -> None:
    command = "from sojourn.cli import main; main()"
    arguments = [sys.executable, "-c", command, "observations", "--limit", "0"]
    environment = {k: v for k, v in os.environ.items() if k != "SOJOURN_DATA"}
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment, "PYTHONPATH": str(SRC)},
        cwd=tmp_path,
    ) as asked:
        assert asked.stdout is not None
        assert asked.stderr is not None
        asked.stdout.readline()
        asked.stdout.close()
        assert b"Traceback" not in asked.stderr.read()
        asked.wait()


def test_exit_codes_are_those_that_the_help_lists() -> None:
    from sojourn import errors

    kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, Exception)]
    codes = [k.exit_code for k in kinds]
    assert len(codes) == len(set(codes))
    listed = [2, 4, *range(10, 30), *range(30, 34), *range(40, 45), *range(50, 80)]
    assert {c for c in codes if c != errors.SojournError.exit_code} <= set(listed)
    assert "Exit codes: 0 done, 2 wrong usage" in run("--help").output


def test_an_error_cites_the_rule_that_it_upholds(tmp_path: Path) -> None:
    done = program("figures", "2015", "migrant_stock", "refugees_unhcr", "--sum", cwd=tmp_path)
    assert done.returncode == 72
    assert done.stderr.splitlines()[-1] == "Rule: §9 of the convention (docs/convention.md)"


PIPED = "{python} -m sojourn areas {to}"


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("| head -1 > /dev/null; exit ${PIPESTATUS[0]}", 0, ""),
        ("> /dev/full", 1, "error: the output cannot be written: No space left on device\n"),
    ],
)
def test_a_reader_that_goes_away_is_no_error_and_a_full_disk_is_one(
    to: str, code: int, said: str
) -> None:
    if "full" in to and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    line = PIPED.format(python=sys.executable, to=to)
    told = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (code, said)


ROW = {
    "indicator": "births",
    "ref_area": "276",
    "destination": "_Z",
    "time_period": "2014",
    "obs_value": 1.0,
    "row": 2,
}


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("asked", "code"),
    [("observations --limit 2", 0), ("check", 0), ("observations --ref-area Xx", 21)],
)
def test_a_stream_that_is_closed_at_the_start_changes_no_exit_code(
    tmp_path: Path, asked: str, code: int, closed: str
) -> None:
    twins.store_of(tmp_path, "undesa.wpp@2022-07-11", [ROW])
    line = f"{sys.executable} -m sojourn {asked} --data {tmp_path} {closed}"
    told = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert told.returncode == code
    assert "Traceback" not in told.stderr
