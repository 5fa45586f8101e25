"""Chunks are done once, whoever does them; nothing finished is lost, another run is not mixed in."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from sojourn.errors import NotInstalled, SimulateError
from sojourn.health.engine import ensemble
from sojourn.health.engine.ensemble import CHUNK, Plan, chunks, gathered, run
from sojourn.health.engine.parameters import key_of


@dataclass
class Work:
    """Numbers that depend on the draw alone; may fail after some chunks."""

    fails_after: int = 10**9
    asked: int = 0

    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        self.asked += 1
        if self.asked > self.fails_after:
            raise KeyboardInterrupt
        rows = [np.random.Generator(np.random.Philox(key=key_of(1, d))).random(3) for d in draws]
        return {"numbers": np.array(rows), "draw": np.array(list(draws))}


def plan(folder: Path, draws: int = 60, name: str = "a" * 64) -> Plan:
    return Plan({"topic": "SYNTHETIC"}, name, draws, folder)


def test_every_draw_is_in_one_chunk() -> None:
    found = [d for c in chunks(61) for d in c]
    assert found == list(range(61))
    assert max(len(c) for c in chunks(61)) == CHUNK


@pytest.mark.parametrize("workers", [1, 2])
def test_the_numbers_do_not_depend_on_who_computes_them(tmp_path: Path, workers: int) -> None:
    done = plan(tmp_path / "r")
    assert run(done, Work(), workers=workers) == 3
    found = gathered(done)
    np.testing.assert_array_equal(found["draw"], np.arange(60))
    np.testing.assert_array_equal(found["numbers"], Work()(range(60))["numbers"])


def test_an_interrupted_run_goes_on_and_computes_nothing_twice(tmp_path: Path) -> None:
    done = plan(tmp_path / "r")
    with pytest.raises(KeyboardInterrupt):
        run(done, Work(fails_after=2), workers=1)
    again = Work()
    assert run(done, again, workers=1) == 1
    assert again.asked == 1
    assert run(done, Work(fails_after=0), workers=1) == 0
    np.testing.assert_array_equal(gathered(done)["draw"], np.arange(60))


def test_a_damaged_chunk_is_computed_again(tmp_path: Path) -> None:
    done = plan(tmp_path / "r")
    run(done, Work(), workers=1)
    (tmp_path / "r" / "chunks" / "00001.npz").write_bytes(b"half")
    with pytest.raises(SimulateError, match=r"00001\.npz: missing or damaged"):
        gathered(done)
    assert run(done, Work(), workers=1) == 1
    np.testing.assert_array_equal(gathered(done)["draw"], np.arange(60))


def test_a_folder_with_another_run_is_left_alone(tmp_path: Path) -> None:
    run(plan(tmp_path / "r"), Work(), workers=1)
    with pytest.raises(SimulateError, match="holds the run aaaaaaaaaaaa, not bbbbbbbbbbbb"):
        run(plan(tmp_path / "r", name="b" * 64), Work(), workers=1)


def test_a_full_disk_loses_no_finished_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = plan(tmp_path / "r")
    whole, calls = np.savez_compressed, []

    def full(stream: object, **arrays: np.ndarray) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        whole(stream, **arrays)  # type: ignore[arg-type]

    monkeypatch.setattr(ensemble.np, "savez_compressed", full)
    with pytest.raises(SimulateError, match="No space left on device") as refused:
        run(done, Work(), workers=1)
    assert "finished chunks are kept" in str(refused.value.hint)
    monkeypatch.undo()
    assert sorted(p.name for p in (tmp_path / "r" / "chunks").iterdir()) == ["00000.npz"]
    assert run(done, Work(), workers=1) == 2


def test_a_cluster_gives_the_same_numbers(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        done = plan(tmp_path / "r")
        run(done, Work(), cluster=cluster.scheduler_address)
    np.testing.assert_array_equal(gathered(done)["numbers"], Work()(range(60))["numbers"])


def test_a_scheduler_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(ensemble, "ANSWER", 1.0)
    with pytest.raises(SimulateError, match=r"no-such-host\.invalid"):
        run(plan(tmp_path / "r"), Work(), cluster="tcp://no-such-host.invalid:8786")


class Ends:
    """Work whose process dies as if the system had killed it."""

    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        if draws[0] == CHUNK:
            os._exit(9)
        return {"draw": np.array(list(draws))}


def test_a_worker_that_dies_is_told_and_finished_chunks_stay(tmp_path: Path) -> None:
    done = plan(tmp_path / "r")
    with pytest.raises(SimulateError, match="a worker process ended") as refused:
        run(done, Ends(), workers=2)
    assert "finished chunks are kept" in str(refused.value.hint)
    assert not list((tmp_path / "r" / "chunks").glob(".*"))


@dataclass
class Slow:
    """Work that leaves a mark for each chunk it begins, and takes its time."""

    marks: Path

    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        (self.marks / f"{draws[0]}").touch()
        time.sleep(0.1)
        return {"draw": np.array(list(draws))}


def test_after_a_full_disk_what_was_not_begun_is_not_computed_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SimulateError("the disk is full", hint="make room")

    monkeypatch.setattr(ensemble, "_keep", full)
    (tmp_path / "marks").mkdir()
    with pytest.raises(SimulateError, match="the disk is full"):
        run(plan(tmp_path / "r", draws=24 * CHUNK), Slow(tmp_path / "marks"), workers=2)
    assert len(list((tmp_path / "marks").iterdir())) < 12


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped"])
def test_a_chunk_with_a_wrong_byte_is_not_taken_for_done(tmp_path: Path, damage: str) -> None:
    done = plan(tmp_path / "r")
    run(done, Work(), workers=1)
    path = tmp_path / "r" / "chunks" / "00001.npz"
    whole = path.read_bytes()
    middle = whole.index(b"numbers.npy") + 150
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    path.write_bytes({"empty": b"", "cut": whole[:-30], "flipped": flipped}[damage])
    with pytest.raises(SimulateError, match=r"00001\.npz: missing or damaged"):
        gathered(done)
    held = gathered(plan(tmp_path / "r", draws=CHUNK))
    path.with_name("00000.npz").write_bytes(b"PK")
    with pytest.raises(SimulateError, match=r"00000\.npz: missing or damaged"):
        held["numbers"]
    assert run(done, Work(), workers=1) == 2
    np.testing.assert_array_equal(gathered(done)["draw"], np.arange(60))


def test_what_is_gathered_is_a_mapping_of_the_names(tmp_path: Path) -> None:
    done = plan(tmp_path / "r")
    run(done, Work(), workers=1)
    held = gathered(done)
    assert sorted(held) == ["draw", "numbers"]
    assert len(held) == 2
    with pytest.raises(KeyError):
        held["other"]


def test_a_record_that_is_no_record_is_another_run(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "run.json").write_text("[]", "utf-8")
    with pytest.raises(SimulateError, match="holds the run None"):
        run(plan(tmp_path / "r"), Work(), workers=1)


def test_a_scheduler_without_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(ensemble, "ANSWER", 1.0)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster,
        pytest.raises(SimulateError, match="has no worker"),
    ):
        run(plan(tmp_path / "r"), Work(), cluster=cluster.scheduler_address)


def test_without_the_extra_the_error_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NotInstalled, match="needs distributed") as refused:
        run(plan(tmp_path / "r"), Work(), cluster="tcp://127.0.0.1:8786")
    assert "sojourn[cluster]" in str(refused.value.hint)


@dataclass
class Named:
    """Work that tells which process does it, and never ends."""

    folder: Path

    def __call__(self, draws: Sequence[int]) -> dict[str, np.ndarray]:
        (self.folder / f"{os.getpid()}").touch()
        time.sleep(60.0)
        return {"draw": np.array(list(draws))}


def _doomed(folder: Path) -> None:
    run(plan(folder / "r"), Named(folder / "pids"), workers=2)


def test_a_killed_run_leaves_no_worker_behind(tmp_path: Path) -> None:
    (tmp_path / "pids").mkdir()
    doomed = get_context("spawn").Process(target=_doomed, args=(tmp_path,))
    doomed.start()
    _until(lambda: len(list((tmp_path / "pids").iterdir())) == 2)
    doomed.kill()
    doomed.join()
    workers = [int(p.name) for p in (tmp_path / "pids").iterdir()]
    _until(lambda: not any(_lives(pid) for pid in workers))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.is_file() and ") Z " in state.read_text("utf-8"))


def _until(reached: Callable[[], bool]) -> None:
    for _ in range(200):
        if reached():
            return
        time.sleep(0.1)
    pytest.fail("not reached within 20 seconds")
