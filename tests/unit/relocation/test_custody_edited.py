"""Ledgers and records of devices that were edited by hand: each is told, none ends in a traceback or never."""

import hashlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import SojournError
from sojourn.relocation.custody.custody import Event
from sojourn.relocation.run.custody import append, read_ledger
from sojourn.relocation.run.devices import RECORD, folder_of

DEEP = "[" * 200_000
COMMANDS = ("check", "status", "missing", "alarm")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOJOURN_KEYS", str(tmp_path / "keys"))
    path = tmp_path / "ledger.jsonl"
    for hour in (8, 9, 10):
        at = f"2016-10-24T{hour:02}:00:00+00:00"
        append(
            path,
            Event(
                person="P1",
                state="in queue",
                at=at,
                where="",
                responsible="",
                device="d",
                number=1,
            ),
        )
    return path


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """End whatever counts to a number that somebody wrote."""

    def late(*_: object) -> NoReturn:
        raise TimeoutError("it does not end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def line_of(text: str) -> str:
    """Return a line with the checksum that anybody can work out."""
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]} {text}"


def edited(ledger: Path, **new: Any) -> None:
    """Change fields of the second event."""
    lines = ledger.read_text("utf-8").splitlines()
    event = json.loads(lines[1].partition(" ")[2]) | new
    lines[1] = line_of(json.dumps(event, ensure_ascii=False, sort_keys=True))
    ledger.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("number", [10**18, 10**40])
def test_a_number_that_nobody_can_count_to_is_told(ledger: Path, number: int) -> None:
    edited(ledger, number=number)
    done = CliRunner().invoke(cli, ["custody", "check", str(ledger)])
    assert f"{number - 3} of its events are not in this ledger, the first is number 2" in (
        done.output
    )
    assert isinstance(done.exception, SojournError)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", [DEEP, f'{{"person": {DEEP}}}'])
def test_a_line_nested_too_deep_is_a_damaged_one(ledger: Path, text: str, command: str) -> None:
    lines = ledger.read_text("utf-8").splitlines()
    ledger.write_text("\n".join([lines[0], line_of(text), lines[2]]) + "\n", "utf-8")
    done = CliRunner().invoke(cli, ["custody", command, str(ledger)])
    assert isinstance(done.exception, SojournError)
    assert "line 2 is damaged" in str(done.exception)


@pytest.mark.parametrize(
    "told",
    [
        {"number": "3"},
        {"number": None},
        {"number": -4},
        {"number": 1.5},
        {"number": True},
        {"key": 5},
        {"key": None},
        {"head": 3},
        {"head": ["x"]},
        {"clock": 3},
        {"clock": "soon"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_record_of_devices_that_we_never_write_is_refused_and_the_ledger_stays(
    ledger: Path, told: dict[str, Any]
) -> None:
    """An event chained to a head that is no text would make the whole ledger unreadable."""
    record = folder_of(ledger) / RECORD
    known = json.loads(record.read_text("utf-8"))
    record.write_text(json.dumps({"d": known["d"] | told}), "utf-8")
    before = ledger.read_bytes()
    note = ["custody", "note", str(ledger), "P1", "left", "--device", "d", "--new"]
    for asked in (note, ["custody", "check", str(ledger)]):
        done = CliRunner().invoke(cli, asked)
        assert isinstance(done.exception, SojournError), done.output
        assert "is no record of devices" in str(done.exception)
    assert ledger.read_bytes() == before
    assert len(read_ledger(ledger)[0]) == 3


def test_a_record_of_devices_nested_too_deep_is_refused(ledger: Path) -> None:
    (folder_of(ledger) / RECORD).write_text(DEEP, "utf-8")
    done = CliRunner().invoke(cli, ["custody", "check", str(ledger)])
    assert isinstance(done.exception, SojournError)


def test_a_ledger_without_an_event_is_named_where_it_is_merged(ledger: Path) -> None:
    empty = ledger.with_name("bus.jsonl")
    empty.write_bytes(b"")
    out = str(ledger.with_name("all.jsonl"))
    done = CliRunner().invoke(cli, ["custody", "merge", str(ledger), str(empty), "--out", out])
    assert done.exit_code == 0
    assert f"{empty}: holds no event" in done.stderr
