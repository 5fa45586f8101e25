"""Killed at any moment, out of disk, two at once: the store is what it was, or has it all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import StoreError
from sojourn.store.manifest import read_manifest, write_manifest, writing

HERE = Path(__file__).parent
SRC = HERE.parents[2] / "src"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SRC)}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    sojourn.load([twins.undesa_stock(tmp_path / "a.xlsx")], tmp_path / "data")
    return tmp_path / "data"


def interrupted(what: str, store: Path) -> tuple[list[dict[str, object]], str]:
    file = twins.unhcr_population(store.with_name("b.csv"))
    done = subprocess.run(
        [sys.executable, str(HERE / "interrupted.py"), what, str(store), str(file)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    return json.loads(done.stdout), done.stderr


def test_a_kill_before_any_change_of_a_file_leaves_all_or_nothing(store: Path) -> None:
    found, _ = interrupted("killed", store)
    killed = [f for f in found if f["killed"]]
    assert len([f for f in killed if str(f["moment"]).startswith("before")]) >= 8
    assert all(f["as before"] or f["complete"] for f in found), found
    assert all(f["loads again"] and f["nothing else"] for f in found), found
    assert any(f["as before"] for f in killed)
    [whole] = [f for f in found if str(f["moment"]).startswith("before") and not f["killed"]]
    assert whole["complete"]


def test_a_full_disk_is_said_and_leaves_the_store_as_it_was(store: Path) -> None:
    found, said = interrupted("full", store)
    assert found[0]["exit"] == StoreError.exit_code
    assert found[-1]["exit"] == 0
    for f in found:
        assert f["exit"] in {0, StoreError.exit_code}, f
        assert f["complete" if f["exit"] == 0 else "as before"], f
        assert f["loads again"], f
        assert f["nothing else"], f
    assert "Nothing was changed" in said
    assert ".parquet: cannot be written" in said
    assert "{" not in said  # a sentence, not what a library prints


HOLD = """
import sys
from pathlib import Path
from sojourn.store.manifest import writing
with writing(Path(sys.argv[1])):
    print("writing", flush=True)
    sys.stdin.read()
"""


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from sojourn.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )


def test_two_processes_at_once(store: Path) -> None:
    file = twins.unhcr_population(store.with_name("b.csv"))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        assert writer.stdout.readline() == "writing\n"
        refused = program("load", str(file), "--data", str(store))
        assert refused.returncode == 41
        assert f"another process (process {writer.pid}) is loading" in refused.stderr
        assert "Traceback" not in refused.stderr
        for _ in range(2):  # readers wait for nobody
            assert len(sojourn.open(store).editions()) == 1
        writer.stdin.close()
        writer.wait()
    assert program("load", str(file), "--data", str(store)).returncode == 0


def test_a_reader_keeps_what_it_opened_while_others_load(store: Path) -> None:
    first = sojourn.open(store)
    second = sojourn.open(store)
    held = first.sql("SELECT count(*) FROM observation").fetchall()
    sojourn.load([twins.unhcr_population(store.with_name("b.csv"))], store)
    for reader in (first, second):
        assert reader.sql("SELECT count(*) FROM observation").fetchall() == held
    assert sojourn.open(store).sql("SELECT count(*) FROM observation").fetchall() > held


def test_a_disk_full_at_the_commit_itself_is_said(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = {p: p.read_bytes() for p in store.rglob("*") if p.is_file() and p.name != "lock"}
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"manifest\.json: cannot be written \(No space left"):
            sojourn.load([twins.unhcr_population(store.with_name("b.csv"))], store)
    after = {p: p.read_bytes() for p in store.rglob("*") if p.is_file() and p.name != "lock"}
    assert after == before


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", "utf-8")
    with pytest.raises(StoreError, match=r"store: cannot be written \(Not a directory\)"):
        sojourn.load([twins.unhcr_population(tmp_path / "b.csv")], tmp_path / "data")


@pytest.mark.parametrize("call", ["mkdir", "open", "replace"])
def test_a_read_only_folder_is_said(
    store: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    file = twins.unhcr_population(store.with_name("b.csv"))
    kept = getattr(Path, call)

    def refuse(self: Path, *arguments: object, **named: object) -> object:
        if (self.is_relative_to(store) and arguments[:1] not in ((), ("r",))) or call == "mkdir":
            raise PermissionError(13, "Permission denied", str(self))
        return kept(self, *arguments, **named)

    before = read_manifest(store)
    with monkeypatch.context() as patched:
        patched.setattr(Path, call, refuse)
        with pytest.raises(StoreError, match=r"cannot be written .*Permission denied") as raised:
            sojourn.load([file], store)
    assert "read-only" in raised.value.hint
    assert read_manifest(store) == before


def test_what_an_archive_left_half_written_is_swept_at_once(tmp_path: Path) -> None:
    import zipfile

    folder = tmp_path / "files"
    folder.mkdir()
    twins.unhcr_population(folder / "good.csv")
    with zipfile.ZipFile(folder / "two.zip", "w") as archive:
        archive.write(twins.undesa_stock(tmp_path / "a.xlsx"), "a.xlsx")
        archive.writestr("b.csv", b"")
    report = sojourn.load([folder], tmp_path / "data")
    assert sorted(o.status for o in report.outcomes) == ["loaded", "refused"]
    kept = {f.parquet for f in read_manifest(tmp_path / "data").files}
    there = {p.name for p in (tmp_path / "data" / "store" / "observations").iterdir()}
    assert there == kept


def test_a_manifest_of_another_format_is_named(store: Path) -> None:
    path = store / "store" / "manifest.json"
    path.write_text(json.dumps({"format": 9, "files": []}), "utf-8")
    with pytest.raises(StoreError, match="store format 9, this version reads 1 and 2"):
        read_manifest(store)


def test_the_same_loads_give_the_same_bytes(tmp_path: Path) -> None:
    file = twins.undesa_stock(tmp_path / "a.xlsx")
    for name in ("one", "two"):
        sojourn.load([file], tmp_path / name)

    def stored(name: str) -> dict[str, bytes]:
        return {
            p.name: p.read_bytes()
            for p in (tmp_path / name).rglob("*")
            if p.name != "lock" and p.is_file()
        }

    assert stored("one") == stored("two")


def test_the_lock_is_free_again_after_a_failure(store: Path) -> None:
    with pytest.raises(KeyError), writing(store):
        raise KeyError
    with writing(store) as manifest:
        write_manifest(manifest)


@pytest.mark.parametrize("lock", ["as it was", "gone"])
def test_files_without_their_manifest_are_refused_and_stay(store: Path, lock: str) -> None:
    (store / "store" / "manifest.json").unlink()
    if lock == "gone":
        (store / "store" / "lock").unlink()
    there = sorted(p for p in store.rglob("*.parquet"))
    more = twins.unhcr_population(store.with_name("b.csv"))
    for act in (
        lambda: sojourn.load([more], store),
        lambda: sojourn.open(store),
        lambda: read_manifest(store),
    ):
        with pytest.raises(
            StoreError, match=r"manifest\.json: is gone, and \d files? of the"
        ) as told:
            act()
        assert there[0].name in str(told.value)
        assert "backup" in told.value.hint
    assert sorted(p for p in store.rglob("*.parquet")) == there != []


def test_what_we_did_not_write_stays(store: Path) -> None:
    mine = [
        store / "store" / f for f in ("observations/mine.parquet", "problems/a.new", "notes.txt")
    ]
    for path in mine:
        path.write_text("mine", "utf-8")
    sojourn.load([twins.unhcr_population(store.with_name("b.csv"))], store)
    assert [p.read_text("utf-8") for p in mine] == ["mine"] * 3


def test_a_first_load_that_was_killed_is_cleared_away(tmp_path: Path) -> None:
    file, store = twins.undesa_stock(tmp_path / "a.xlsx"), tmp_path / "data"
    code = (
        "import os, sys, sojourn, sojourn.loading.load as l\n"
        "l.write_manifest = lambda _: os._exit(9)\n"
        "sojourn.load([sys.argv[1]], sys.argv[2])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file), str(store)], env=ENVIRONMENT, check=False
    )
    assert done.returncode == 9
    assert list(store.rglob("*.parquet"))
    assert read_manifest(store).files == ()  # a reader meanwhile, or afterwards: nothing is lost
    other = twins.unhcr_population(tmp_path / "b.csv")
    sojourn.load([other], store)
    kept = {f.parquet for f in read_manifest(store).files}
    assert {p.name for p in (store / "store" / "observations").iterdir()} == kept


def test_of_many_files_without_their_manifest_three_are_named_and_all_counted(store: Path) -> None:
    sub = store / "store" / "observations"
    for path in store.rglob("*.parquet"):
        path.unlink()
    for letter in "edcba":
        (sub / f"{letter}.parquet").write_bytes(b"")
    (store / "store" / "manifest.json").unlink()
    named = r"a\.parquet, observations/b\.parquet, observations/c\.parquet\)"
    with pytest.raises(StoreError, match=rf"5 files of the store are there \(observations/{named}"):
        read_manifest(store)
    for letter in "edcb":
        (sub / f"{letter}.parquet").unlink()
    with pytest.raises(
        StoreError, match=r"1 file of the store is there \(observations/a\.parquet\)"
    ):
        read_manifest(store)
