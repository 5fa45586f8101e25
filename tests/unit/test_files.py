"""Nothing half-written, nothing destroyed: files.py, and that everybody uses it."""

import ast
import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sojourn
from sojourn import files
from sojourn.errors import PlanError, PublishError, StoreError
from sojourn.files import (
    MARKER,
    add_files,
    check_folder,
    new_file,
    new_folder,
    place_files,
    sweep,
)

SOURCE = Path(sojourn.__file__).parent
WRITES = {
    "unlink",
    "rmdir",
    "rmtree",
    "rename",
    "renames",
    "write_text",
    "write_bytes",
    "touch",
    "mkdir",
    "makedirs",
    "symlink_to",
    "hardlink_to",
    "copyfile",
    "copytree",
    "copy2",
    "truncate",
    "mkdtemp",
    "mkstemp",
    "TemporaryDirectory",
    "NamedTemporaryFile",
    "ftruncate",
    "removedirs",
}
MODE = re.compile(r"[rb]*[wax+][b+t]*")
#: Module to why it touches the disk by itself.
ALLOWED = {
    "query/cli/observations.py": "streams a message into the file that `new_file` gave it",
    "sdmx/writers/csv.py": "empties a buffer in memory, no file",
    "relocation/run/custody.py": "a ledger grows line by line in place, and a torn line is cut",
    "relocation/run/purge.py": "personal data are overwritten where they lie, then removed",
    "loading/transfer.py": "what has arrived of a download is kept and continued",
    "loading/fetch.py": "opens the lock file",
    "relocation/site/table.py": "renames columns, not files",
    "store/manifest.py": "opens the lock file and notes in it who holds it",
}


def _writes(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        of = getattr(getattr(node.func, "value", None), "id", "")
        if name in WRITES or (of in ("os", "shutil") and name in ("replace", "remove", "move")):
            found.append(f"{path.name}:{node.lineno}: {name}")
        method = isinstance(node.func, ast.Attribute)
        if name == "replace" and method and not node.keywords and len(node.args) == 1:
            found.append(f"{path.name}:{node.lineno}: replace")
        given = [*node.args, *(k.value for k in node.keywords)]
        modes = [c.value for a in given for c in ast.walk(a) if isinstance(c, ast.Constant)]
        if name == "open" and any(isinstance(m, str) and MODE.fullmatch(m) for m in modes):
            found.append(f"{path.name}:{node.lineno}: open {modes}")
    return found


def test_no_other_module_writes_moves_or_removes_by_itself() -> None:
    found = {
        str(p.relative_to(SOURCE)): w
        for p in SOURCE.rglob("*.py")
        if p != SOURCE / "files.py" and (w := _writes(p))
    }
    assert {k: v for k, v in found.items() if k not in ALLOWED} == {}
    assert set(ALLOWED) <= set(found), "an exception that nobody needs any more"


def _fill(out: Path, said: str = "one", owner: str = "page") -> None:
    with new_folder(out, owner) as folder:
        folder.write("a.txt", said)
        folder.write("deep/b.txt", said)


def _all(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): p.read_text("utf-8")
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != MARKER
    }


def test_a_folder_of_ours_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    _fill(tmp_path / "new" / "out")
    _fill(tmp_path / "new" / "out", "two")
    assert _all(tmp_path / "new" / "out") == {"a.txt": "two", "deep/b.txt": "two"}
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    _fill(tmp_path / "out")
    assert _all(tmp_path / "out") == {"a.txt": "one", "deep/b.txt": "one"}


def _foreign(out: Path) -> None:
    out.mkdir()
    (out / "thesis.docx").write_text("three years")


def _added(out: Path) -> None:
    _fill(out)
    (out / "deep" / "notes.txt").write_text("mine")


def _changed(out: Path) -> None:
    _fill(out)
    (out / "a.txt").write_text("mine")


def _hidden(out: Path) -> None:
    out.mkdir()
    (out / ".git").mkdir()


def _empty_inside(out: Path) -> None:
    _fill(out)
    (out / "mine").mkdir()


def _other_kind(out: Path) -> None:
    _fill(out, owner="pack")


def _file(out: Path) -> None:
    out.write_text("mine")


def _link(out: Path) -> None:
    _foreign(out.with_name("elsewhere"))
    out.symlink_to(out.with_name("elsewhere"))


def _forged(out: Path) -> None:
    _foreign(out)
    (out / MARKER).write_text('{"written by sojourn": "page", "files": []}')


@pytest.mark.parametrize(
    "make",
    [_foreign, _added, _changed, _hidden, _empty_inside, _other_kind, _file, _link, _forged],
)
def test_what_is_not_ours_is_never_replaced(tmp_path: Path, make: object) -> None:
    make(tmp_path / "out")  # type: ignore[operator]
    before = sorted((str(p), p.is_dir() or p.read_bytes()) for p in tmp_path.rglob("*"))
    with pytest.raises(PublishError, match="nothing was changed"):
        _fill(tmp_path / "out", "two")
    assert sorted((str(p), p.is_dir() or p.read_bytes()) for p in tmp_path.rglob("*")) == before


def test_what_is_put_in_while_we_write_is_kept(tmp_path: Path) -> None:
    _fill(tmp_path / "out")

    def meanwhile() -> None:
        with new_folder(tmp_path / "out", "page") as folder:
            folder.write("a.txt", "two")
            (tmp_path / "out" / "mine.txt").write_text("mine")

    with pytest.raises(PublishError, match=r"added or changed since \(mine\.txt\)"):
        meanwhile()
    assert _all(tmp_path / "out") == {"a.txt": "one", "deep/b.txt": "one", "mine.txt": "mine"}


@pytest.mark.parametrize("place", [".", "..", "/", "../.."])
def test_the_folder_one_works_in_and_those_around_it_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    with pytest.raises(PublishError, match=r"the folder you work in|the root of the disk"):
        check_folder(Path(place), "page")


def test_a_failure_inside_leaves_what_was_and_no_parent(tmp_path: Path) -> None:
    _fill(tmp_path / "out")
    for out in (tmp_path / "out", tmp_path / "x" / "y" / "out"):
        with pytest.raises(ZeroDivisionError), new_folder(out, "page") as folder:
            folder.write("a.txt", str(1 / 0))
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert _all(tmp_path / "out")["a.txt"] == "one"


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "you may not write"), (errno.EIO, "check")],
)
def test_each_fault_of_the_disk_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", fails)
    for write in (
        lambda: files.write_whole(tmp_path / "x" / "f.csv", "1", error=PlanError),
        lambda: place_files(tmp_path / "x", {"f.csv": "1"}, error=PlanError),
        lambda: add_files(tmp_path / "x", {"f.csv": "1"}, error=PlanError),
    ):
        with pytest.raises(PlanError, match=said):
            write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("out", ["folder", "link", "pipe", "file/x.csv"])
def test_a_file_is_not_written_over_what_is_no_file(tmp_path: Path, out: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PublishError):
        files.write_whole(tmp_path / out, "two")
    assert (tmp_path / "file").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 4


def test_files_are_added_beside_others_and_over_none_but_ours(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    add_files(tmp_path, {"page.html": "one"})
    add_files(tmp_path, {"page.html": "two", "page.pdf": b"pdf"})
    assert _all(tmp_path) == {"notes.txt": "mine", "page.html": "two", "page.pdf": "pdf"}
    (tmp_path / "page.html").write_text("mine")
    with pytest.raises(PublishError, match=r"page\.html was not written by this command"):
        add_files(tmp_path, {"page.html": "three", "page.pdf": b"three"})
    assert _all(tmp_path) == {"notes.txt": "mine", "page.html": "mine", "page.pdf": "pdf"}


def test_files_added_in_a_run_that_was_killed_do_not_block_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_files(tmp_path, {"a": "one", "b": "one"})
    whole = files.write_whole

    def dies(out: Path, content: str | bytes, **more: object) -> None:
        if out.name == "b":
            raise KeyboardInterrupt
        whole(out, content, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "write_whole", dies)
    with pytest.raises(KeyboardInterrupt):
        add_files(tmp_path, {"a": "two", "b": "two"})
    monkeypatch.undo()
    add_files(tmp_path, {"a": "three", "b": "three"})
    assert _all(tmp_path) == {"a": "three", "b": "three"}


def test_what_earlier_versions_left_does_not_block(tmp_path: Path) -> None:
    _foreign(tmp_path / ".out.old")
    _foreign(tmp_path / ".out.abc123")
    _fill(tmp_path / "out")
    _fill(tmp_path / "out", "two")
    assert _all(tmp_path / "out")["a.txt"] == "two"
    assert (tmp_path / ".out.old" / "thesis.docx").is_file()


def test_where_folders_cannot_change_places_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_exchange", lambda *_: False)
    _fill(tmp_path / "out")
    _fill(tmp_path / "out", "two")
    assert _all(tmp_path / "out")["a.txt"] == "two"
    # killed between the two steps: the folder was set aside, and the new one never came
    room = tmp_path / ".out.0badcafe.sojourn-new"
    room.mkdir()
    (room / "writing").touch()
    (tmp_path / "out").rename(room / "aside")
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "out", "page"):
        raise ZeroDivisionError
    assert _all(tmp_path / "out")["a.txt"] == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_room_of_a_process_that_lives_is_left_alone(tmp_path: Path) -> None:
    with new_file(tmp_path / "f.csv") as first:
        first.write_text("first")
        with new_file(tmp_path / "f.csv") as second:
            second.write_text("second")
        assert first.read_text() == "first"
    assert _all(tmp_path) == {"f.csv": "first"}


FOREVER = """
import sys
from pathlib import Path
from sojourn.files import new_folder, write_whole, add_files
root = Path(sys.argv[1])
n = 0
while True:
    n += 1
    with new_folder(root / "out", "page") as folder:
        for name in ("a", "b", "c", "d/e"):
            folder.write(name, f"{n:>20000}")
    write_whole(root / "one.csv", f"{n:>20000}")
    add_files(root / "beside", {"x": f"{n:>20000}", "y": f"{n:>20000}"})
"""


def test_killed_at_any_moment_each_thing_is_whole_and_the_next_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "mine").write_text("mine")
    dice = random.Random(5)
    for _ in range(12):
        child = subprocess.Popen([sys.executable, "-c", FOREVER, str(tmp_path)])
        while not (tmp_path / "one.csv").exists() and child.poll() is None:
            time.sleep(0.01)
        time.sleep(0.15 + dice.random() / 5)
        assert child.poll() is None, "the run after a kill is blocked"
        child.send_signal(signal.SIGKILL)
        child.wait()
        found = _all(tmp_path / "out")
        assert sorted(found) == ["a", "b", "c", "d/e"]
        assert len(set(found.values())) == 1, "two runs in one folder"
        known = json.loads((tmp_path / "out" / MARKER).read_text())
        assert sorted(known["files"]) == ["a", "b", "c", "d/e"]
        assert len((tmp_path / "one.csv").read_text()) == 20_000
        assert (tmp_path / "beside" / "mine").read_text() == "mine"
        assert len(list(tmp_path.glob(".*.sojourn-new"))) <= 1
    _fill(tmp_path / "out")
    files.write_whole(tmp_path / "one.csv", "end")
    assert not list(tmp_path.glob(".*"))


def test_files_added_to_a_new_folder_are_named_and_those_below_it_too(tmp_path: Path) -> None:
    new = tmp_path / "out"
    assert add_files(new, {"a.csv": "1", "deep/er/b.csv": b"2"}) == [
        new / "a.csv",
        new / "deep/er/b.csv",
    ]
    assert (new / "deep/er/b.csv").read_bytes() == b"2"
    assert add_files(new, {"c.csv": "3"}) == [new / "c.csv"]


def test_files_are_placed_all_or_none(tmp_path: Path) -> None:
    place_files(tmp_path, {"a": "1", "b": "2"}, error=PlanError)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]
    with pytest.raises(PlanError, match="already has b"):
        place_files(tmp_path, {"c": "3", "b": "4"}, error=PlanError)
    assert (tmp_path / "b").read_text("utf-8") == "2"
    assert not (tmp_path / "c").exists()


def test_what_is_taken_back_may_be_gone_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(out: Path, *_: object, error: type[PlanError]) -> None:
        if out.name == "b":
            raise error("no", hint="none")

    monkeypatch.setattr("sojourn.files.write_whole", gone)
    with pytest.raises(PlanError, match="no"):
        place_files(tmp_path, {"a": "1", "b": "2"}, error=PlanError)


def test_a_sweep_takes_what_is_named_and_leaves_the_rest(tmp_path: Path) -> None:
    for name in ("kept.parquet", "old.parquet", "old.parquet.new", "notes.txt", "my.parquet"):
        (tmp_path / name).write_text("x", "utf-8")
    sweep(tmp_path, {"old.parquet"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept.parquet", "my.parquet", "notes.txt"]


def test_folders_that_are_not_there_do_not_change_places(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert files._exchange(one, other) is False
    one.mkdir()
    assert files._exchange(one, other) is False
    assert one.is_dir()


def test_folders_change_places_also_under_the_folder_one_works_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "other"):
        (tmp_path / name / name).mkdir(parents=True)
    if not files._exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this system exchanges no folders")
    monkeypatch.chdir(tmp_path)
    assert files._exchange(Path("one"), Path("other"))
    assert (tmp_path / "one" / "one").is_dir()  # there and back


def test_what_a_clearing_leaves_when_it_is_killed_is_still_known_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / ".out.0a.sojourn-new"
    (room / "aside" / "deep").mkdir(parents=True)
    (room / "half.csv").write_text("x", "utf-8")
    (room / "writing").write_text("", "utf-8")
    left: list[list[str]] = []
    whole, unlink = files.shutil.rmtree, Path.unlink

    def noted(path: Path) -> None:
        left.append(sorted(p.name for p in room.iterdir()))
        unlink(path)

    monkeypatch.setattr(Path, "unlink", noted)
    monkeypatch.setattr(files.shutil, "rmtree", lambda p, **more: p == room or whole(p, **more))
    files._clear(room)
    assert left[-1] == ["writing"]  # the lock goes last
    assert list(room.iterdir()) == []


def test_a_marker_of_nothing_that_is_left_is_taken_away(tmp_path: Path) -> None:
    (made,) = add_files(tmp_path / "out", {"a.csv": "1"})
    files.forget(made.parent)
    assert (made.parent / MARKER).is_file()
    made.unlink()
    files.forget(made.parent)
    assert not (made.parent / MARKER).exists()


@pytest.mark.parametrize(
    "name", ["manifest.json", "lock", "observations/a.parquet", "new/page.html"]
)
def test_no_output_is_written_into_a_store(tmp_path: Path, name: str) -> None:
    store = tmp_path / "data" / "store"
    (store / "observations").mkdir(parents=True)
    (store / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "link").symlink_to(store)
    for place in (store / name, tmp_path / "link" / name):
        with pytest.raises(PublishError, match="lies in the store of a data directory"):
            files.write_whole(place, "mine")
        with pytest.raises(PublishError, match="lies in the store of a data directory"):
            files.check_folder(place.parent / "a folder", "factsheet")
    assert (store / "manifest.json").read_text("utf-8") == "{}"
    files.write_whole(store / "manifest.json", "its own", error=StoreError)
    files.write_whole(store.parent / "table.csv", "beside it")
