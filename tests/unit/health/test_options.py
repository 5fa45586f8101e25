"""What the commands of health take, as their help pages say it."""

from pathlib import Path

import given
import pytest

COMMON = {"--as-of": "date", "--data": "folder", "--json": "flag"}
RUN = {
    "--out": "folder",
    "--draws": "6.. = 200",
    "--seed": "0.. = 1",
    "--area": "words",
    "--scenario": "file",
    "--parameters": "file",
    "--workers": "1..",
    "--cluster": "words",
}
OUT = (("--out", "out"),)
TOPIC = (("tb",),)
TABLE: given.Options = {
    "targets": (
        TOPIC,
        {
            "TOPIC": "malaria or tb",
            "--area": "words",
            "--path": "linear or geometric = linear",
            "--charts": "folder",
            "--csv": "flag",
            **COMMON,
        },
    ),
    "simulate tb": (OUT, {**RUN, **COMMON}),
    "simulate malaria": (OUT, {**RUN, **COMMON}),
    "simulate place": (
        (),
        {
            "--r0": "(0..)",
            "--mobile": "(0..1)",
            "--area": "words",
            "--imports": "0.0.. = 0.0",
            "--draws": "2.. = 400",
            "--seed": "0.. = 1",
            "--scenario": "file",
            "--parameters": "file",
            "--out": "file",
            **COMMON,
        },
    ),
    "simulate corridor": (
        (("question.toml",),),
        {
            "QUESTION": "file",
            "--own": "file",
            "--draws": "6.. = 60",
            "--seed": "0.. = 1",
            "--out": "file or folder",
            **COMMON,
        },
    ),
    "simulate validate": ((), {"--data": "folder", "--json": "flag"}),
    "brief": (
        (*TOPIC, *OUT),
        {
            "TOPIC": "malaria or tb",
            "--out": "folder",
            "--area": "words",
            "--run": "file or folder",
            "--language": "en or fr or es",
            "--as-of": "date",
            "--data": "folder",
        },
    ),
}


@pytest.mark.parametrize("command", TABLE)
def test_what_must_be_given_is_asked_for(command: str) -> None:
    given.must_be_given(TABLE, command)
    assert given.names_of(command) == set(TABLE[command][1])


@pytest.mark.parametrize(("command", "option"), given.options_of(TABLE))
def test_an_option_takes_what_the_help_says(command: str, option: str, tmp_path: Path) -> None:
    given.takes(TABLE, command, option, tmp_path)
