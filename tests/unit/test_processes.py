"""Processes: a death among them is told, and cores are those that this process may use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sojourn.processes as processes_of
from sojourn.errors import PlanError, PublishError
from sojourn.processes import cores, processes, silent


def test_a_process_that_dies_is_told_in_the_words_of_who_asked() -> None:
    with (
        pytest.raises(PlanError, match="gone"),
        processes(1, PlanError("gone", hint="again")) as pool,
    ):
        pool.submit(os._exit, 1).result()


UNGUARDED = """
from sojourn.errors import SimulateError
from sojourn.processes import processes
with processes(2, SimulateError("gone", hint="fewer --workers")) as pool:
    print(pool.submit(divmod, 7, 2).result())
"""


def test_a_script_that_no_worker_can_import_is_told_of_its_guard(tmp_path: Path) -> None:
    script = tmp_path / "own.py"
    script.write_text(UNGUARDED, "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert done.returncode == 1
    *_, problem, hint = done.stderr.strip().splitlines()
    assert "each runs own.py from its first line" in problem
    assert hint == 'Hint: put what the script does under `if __name__ == "__main__":`'
    assert done.stderr.count("Traceback") == 1  # its own: no worker prints another
    guarded = UNGUARDED.replace("with ", 'if __name__ == "__main__":\n  with ')
    script.write_text(guarded.replace("    print", "      print"), "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "(3, 1)\n", "")


def test_each_task_has_a_process_of_its_own_where_asked() -> None:
    broken = PublishError("gone")
    with processes(1, broken, tasks_each=1) as pool:
        own = {pool.submit(os.getpid).result() for _ in range(3)}
    with processes(1, broken) as pool:
        shared = {pool.submit(os.getpid).result() for _ in range(3)}
    assert (len(own), len(shared)) == (3, 1)


def test_an_error_of_the_work_is_not_a_death() -> None:
    with pytest.raises(ZeroDivisionError), processes(1, PlanError("gone")) as pool:
        pool.submit(divmod, 1, 0).result()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process")
def test_cores_are_those_that_are_allowed() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_what_is_no_python_is_silent_too(capfd: pytest.CaptureFixture[str]) -> None:
    with silent():
        os.write(1, b"a banner\n")
    os.write(1, b"heard\n")
    assert capfd.readouterr().out == "heard\n"


def test_within_a_block_numpy_solves_on_one_thread_and_a_user_s_setting_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = [3]
    told = (lambda: threads[-1], threads.append)
    monkeypatch.setattr(processes_of, "_blas", lambda: told)
    for name in processes_of.THREADS:
        monkeypatch.delenv(name, raising=False)
    with processes_of.one_thread(), processes_of.one_thread():
        assert threads[-1] == 1
    assert threads[-1] == 3
    with pytest.raises(ValueError, match="inside"), processes_of.one_thread():
        raise ValueError("inside")
    assert threads[-1] == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with processes_of.one_thread():
        assert threads[-1] == 3
    with processes_of.one_thread(always=True), processes_of.one_thread():
        assert threads[-1] == 1
    assert threads[-1] == 3


def test_the_library_that_numpy_carries_is_found_and_obeys() -> None:
    found = processes_of._blas()
    if found is None:
        pytest.skip("numpy carries no OpenBLAS here")
    told, tell = found
    before = told()
    tell(1)
    assert told() == 1
    tell(before)
