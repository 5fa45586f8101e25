"""What is asked for: a day, a word among others, a directory to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sojourn.errors import Misasked
from sojourn.terminal.asked import day_of, one_of, path_of, paths_of, text_of, year_of
from sojourn.terminal.options import data_option, data_to_write_option
from sojourn.terminal.typed import as_written


@pytest.mark.parametrize(
    ("given", "day"),
    [("2016-02-10", "2016-02-10"), ("2016-02", "2016-02-29"), ("2015", "2015-12-31")],
)
def test_a_day_is_itself_and_a_month_or_a_year_its_last(given: str, day: str) -> None:
    assert day_of(given).isoformat() == day


def test_a_word_that_is_none_is_told_the_nearest_and_all() -> None:
    with pytest.raises(Misasked) as told:
        one_of("malariae", ("malaria", "tb", "malarial fever"), "topic")
    assert told.value.hint == "nearest: malaria; one of: malaria, tb, malarial fever"


def test_a_directory_to_write_must_be_named_and_one_to_read_need_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SOJOURN_DATA", raising=False)

    def echo(data: Path | None) -> None:
        click.echo(data)

    write, read = (click.command()(o(echo)) for o in (data_to_write_option, data_option))
    assert CliRunner().invoke(write, []).exit_code == 2
    assert CliRunner().invoke(read, []).output == "\n"


@dataclass(frozen=True)
class _Model:
    shares: Mapping[str, int]
    names: tuple[str, ...]


def test_a_mapping_is_a_table_of_its_keys_and_values() -> None:
    assert as_written(_Model) == {"shares": dict[str, int], "names": str | list[str]}


@pytest.mark.parametrize("given", [5, None, b"x", [], 2.5, {"a": 1}])
def test_what_is_no_path_no_text_and_no_year_is_said_so(given: object) -> None:
    with pytest.raises(Misasked, match="is not a data directory"):
        path_of(given, "a data directory")
    with pytest.raises(Misasked, match="is not a figure"):
        text_of(given, "a figure")
    if given != 5:
        with pytest.raises(Misasked, match="is not a year"):
            year_of(given)


def test_one_path_or_several_are_a_list_of_paths() -> None:
    assert paths_of(Path("a"), "a file") == paths_of("a", "a file") == [Path("a")]
    assert paths_of(iter(["a", Path("b")]), "a file") == [Path("a"), Path("b")]
    for given in (None, 5, ["a", None]):
        with pytest.raises(Misasked, match="is not a file"):
            paths_of(given, "a file")
