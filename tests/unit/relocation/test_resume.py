"""A replay that was stopped goes on where it stopped, and ends as if it had not been."""

from pathlib import Path
from typing import Any

import pytest

from sojourn.errors import PlanError
from sojourn.relocation.replay import replay as replays
from sojourn.relocation.run import replay as runs
from sojourn.relocation.run.resume import ENDING


def begin(out: Path, **new: Any) -> Any:
    return runs.write_replay(
        out, **{"people": 220, "seed": 4, "runs": 2, "languages": ["en"], **new}
    )


def test_an_interrupted_replay_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = begin(tmp_path / "whole")
    asked: list[int] = []
    by_plan, make_plan = replays.by_plan, runs.make_plan

    def stopped(*given: Any) -> Any:
        asked.append(1)
        if len(asked) == 5:
            raise KeyboardInterrupt
        return by_plan(*given)

    monkeypatch.setattr(replays, "by_plan", stopped)
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        begin(out)
    beside = tmp_path / f"out{ENDING}"
    assert not out.exists()
    assert beside.stat().st_mode & 0o777 == 0o600
    with pytest.raises(PlanError, match="other inputs, seed, runs or people"):
        begin(out, seed=5)
    planned: list[int] = []
    monkeypatch.setattr(runs, "make_plan", lambda site: planned.append(1) or make_plan(site))
    assert begin(out).replay == whole.replay
    assert planned == []
    assert len(asked) == 5 + 2 * len(replays.SETS) - 4
    assert not beside.exists()
    for name in ("replay.json", "runs.csv"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_what_is_no_interrupted_replay_is_left_alone(tmp_path: Path) -> None:
    beside = tmp_path / f"out{ENDING}"
    beside.write_text("mine")
    with pytest.raises(PlanError, match="no replay that was interrupted"):
        begin(tmp_path / "out")
    assert beside.read_text() == "mine"
