"""One load is one transaction: all of it or nothing, once, by one process at a time."""

import hashlib
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import (
    ContractBroken,
    DuplicateKey,
    EditionUnclear,
    HarmonizeError,
    ImpossibleValue,
    LayoutChanged,
    NotANumber,
    StoreBusy,
    StoreError,
    UnknownArea,
    UnknownFile,
    UnreadableFile,
)
from sojourn.store.manifest import read_manifest, writing


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a store, but for the lock."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "lock"
    }


def value(data: Path, **concepts: str) -> float | None:
    found = sojourn.open(data).observations(**concepts).fetchall()
    assert len(found) == 1
    return found[0][10]


def test_a_file_is_recognised_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = twins.undesa_stock(tmp_path / "download(3).xlsx")
    [outcome] = sojourn.load([path], tmp_path / "data").outcomes
    assert (outcome.status, outcome.edition, outcome.verified) == (
        "loaded",
        "undesa.ims@2021-01-15",
        False,
    )
    assert outcome.observations == len(twins.PLACES) * 21


def test_each_number_keeps_its_cell_its_criterion_and_its_unit(tmp_path: Path) -> None:
    sojourn.load([twins.undesa_stock(tmp_path / "a.xlsx")], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    [cell] = data.trace("undesa.ims@2021#Table 1!Y13")
    assert cell.value == 480 + 50
    assert "Table 1!Y13" in cell.address
    [row] = data.observations(ref_area="KEN", sex="F", time_period="2015").fetchall()
    record = dict(zip(data.observations().columns, row, strict=True))
    assert (record["criterion"], record["unit_measure"], record["unit_mult"]) == (
        "birth",
        "PERSONS",
        0,
    )
    assert (record["sheet"], record["row"], record["col"]) == ("Table 1", 13, 25)
    [rwanda] = data.observations(ref_area="646", sex="F", time_period="2015").fetchall()
    assert dict(zip(data.observations().columns, rwanda, strict=True))["criterion"] == "citizenship"


def test_a_missing_value_is_not_zero(tmp_path: Path) -> None:
    def lose(page: object) -> None:
        page["K13"] = ".."  # type: ignore[index]
        page["R13"] = ".."  # type: ignore[index]
        page["Y13"] = ".."  # type: ignore[index]

    sojourn.load([twins.undesa_stock(tmp_path / "a.xlsx", change=lose)], tmp_path / "data")
    data = sojourn.open(tmp_path / "data")
    [row] = data.sql(
        "SELECT obs_value, obs_status FROM observation WHERE ref_area = '404' AND sex = '_T' "
        "AND time_period = '2015'"
    ).fetchall()
    assert row == (None, "L")


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    path, data = twins.undesa_stock(tmp_path / "a.xlsx"), tmp_path / "data"
    sojourn.load([path], data)
    before = contents(data)
    [again] = sojourn.load([path], data).outcomes
    assert again.status == "unchanged"
    assert contents(data) == before


def test_one_bad_file_among_the_named_loads_nothing(tmp_path: Path) -> None:
    good, data = twins.undesa_stock(tmp_path / "a.xlsx"), tmp_path / "data"
    bad = tmp_path / "b.csv"
    bad.write_text("", "utf-8")
    with pytest.raises(UnreadableFile, match="empty"):
        sojourn.load([good, bad], data)
    assert read_manifest(data).files == ()
    assert list((data / "store" / "observations").iterdir()) == []


def test_in_a_folder_bad_files_are_left_out_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    twins.undesa_stock(folder / "a.xlsx")
    (folder / "b.csv").write_text("", "utf-8")
    (folder / "notes.txt").write_text("nothing to see", "utf-8")
    report = sojourn.load([folder], tmp_path / "data")
    assert {Path(o.name).name: o.status for o in report.outcomes} == {
        "a.xlsx": "loaded",
        "b.csv": "refused",
        "notes.txt": "skipped",
    }
    with pytest.raises(UnreadableFile):
        sojourn.load([folder], tmp_path / "other", strict=True)


def test_an_edition_never_overwrites_another(tmp_path: Path) -> None:
    data = tmp_path / "data"
    old = twins.unhcr_population(tmp_path / "old.csv", day="10 June 2022")
    rows = [twins.UNHCR_ROWS[0].replace(",40,", ",41,"), *twins.UNHCR_ROWS[1:]]
    sojourn.load([old], data)
    sojourn.load([twins.unhcr_population(tmp_path / "new.csv", rows)], data)
    opened = sojourn.open(data)
    wanted = {"indicator": "refugees", "origin": "AFG"}
    assert [r[10] for r in opened.observations(**wanted).fetchall()] == [41]
    assert [r[10] for r in opened.observations(as_of="2023-01-01", **wanted).fetchall()] == [40]
    assert len(opened.observations(all_editions=True, **wanted).fetchall()) == 2


def test_two_different_files_cannot_be_one_edition(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sojourn.load([twins.unhcr_population(tmp_path / "a.csv")], data)
    before = contents(data)
    rows = [twins.UNHCR_ROWS[0].replace(",40,", ",41,"), *twins.UNHCR_ROWS[1:]]
    with pytest.raises(EditionUnclear, match=r"reads 41\.0, but the store holds 40\.0"):
        sojourn.load([twins.unhcr_population(tmp_path / "b.csv", rows)], data)
    assert contents(data) == before


def test_the_user_names_the_edition_of_a_file_that_states_none(tmp_path: Path) -> None:
    path = twins.unhcr_population(tmp_path / "a.csv", day="")
    [outcome] = sojourn.load(
        [path], tmp_path / "data", edition="unhcr.population@2023-06-14"
    ).outcomes
    assert outcome.edition == "unhcr.population@2023-06-14"
    [edition] = sojourn.open(tmp_path / "data").editions()
    assert edition.mark == "unverified copy"
    with pytest.raises(EditionUnclear, match="YYYY-MM-DD"):
        sojourn.load([path], tmp_path / "other", edition="unhcr.population@June")


KILLED = """
import os, signal, sys, threading, time
import sojourn
threading.Thread(target=lambda: (time.sleep(float(sys.argv[3])), os.kill(os.getpid(), signal.SIGKILL)), daemon=True).start()
sojourn.load([sys.argv[1]], sys.argv[2])
"""


@pytest.mark.parametrize("moment", [0.0, 0.15, 0.3, 0.5, 0.7])
def test_a_load_killed_at_any_moment_leaves_the_store_as_it_was(
    tmp_path: Path, moment: float
) -> None:
    data = tmp_path / "data"
    sojourn.load([twins.undesa_stock(tmp_path / "a.xlsx")], data)
    before = read_manifest(data)
    more = twins.unhcr_population(tmp_path / "b.csv")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(more), str(data), str(moment)], check=False
    )
    after = read_manifest(data)
    assert done.returncode in (0, -signal.SIGKILL)
    assert after == before or len(after.files) == len(before.files) + 1
    sojourn.load([more], data)
    assert len(read_manifest(data).files) == len(before.files) + 1
    kept = {f.parquet for f in read_manifest(data).files}
    assert {p.name for p in (data / "store" / "observations").iterdir()} == kept


def test_a_second_writer_is_told_who_is_writing_and_readers_read_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sojourn.load([twins.undesa_stock(tmp_path / "a.xlsx")], data)
    with writing(data):
        with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
            sojourn.load([twins.unhcr_population(tmp_path / "b.csv")], data)
        assert len(sojourn.open(data).observations().fetchall()) == len(twins.PLACES) * 21


def test_a_full_disk_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    sojourn.load([twins.undesa_stock(tmp_path / "a.xlsx")], data)
    before = contents(data)

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises((StoreError, OSError), match="No space left"):
        sojourn.load([twins.unhcr_population(tmp_path / "b.csv")], data)
    monkeypatch.undo()
    assert {k: v for k, v in contents(data).items() if not k.endswith(".new")} == before
    sojourn.load([twins.unhcr_population(tmp_path / "b.csv")], data)
    assert len(read_manifest(data).files) == 2


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(StoreError, match=r"manifest\.json: the manifest cannot be read"):
        sojourn.open(tmp_path)


def put(**cells: object):
    """Return a change of a twin: cells to write."""

    def change(page) -> None:
        for address, content in cells.items():
            page[address] = content

    return change


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (put(L13="1 050 (provisional)"), NotANumber, r"Table 1!L13 reads '1 050 \(provisional\)'"),
        (put(L13=-5), ImpossibleValue, "Table 1!L13: a count cannot be negative"),
        (put(L13=0.25, S13=0.125, Z13=0.125), ImpossibleValue, "L13: 0.25 is not a whole number"),
        (put(S13=9000), ContractBroken, r"Table 1!L13: both sexes \d+ is not male 9000"),
        (put(D13=999), UnknownArea, r"'999' \('Kenya'\) in row 13"),
        (put(D11="Code of place"), LayoutChanged, "no column 'Country code'"),
        (put(L11="2020e"), LayoutChanged, "Table 1!L11 reads '2020e'"),
        (put(F8=None, M8=None, T8=None), LayoutChanged, "no group title"),
        (put(N11=1990), LayoutChanged, "repeated: 1990; missing: 1995"),
        (put(F13="=SUM(M13,T13)"), HarmonizeError, "F13.*formula cells? without a stored value"),
        (put(D14=404, E14="B R", L14=7, S14=4, Z14=3), DuplicateKey, "two rows for the same key"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(
    tmp_path: Path, change: twins.Change, error: type[Exception], said: str
) -> None:
    path, data = twins.undesa_stock(tmp_path / "broken.xlsx", change=change), tmp_path / "data"
    with pytest.raises(error, match=said) as raised:
        sojourn.load([path], data)
    assert "broken.xlsx" in str(raised.value)
    assert "Hint: " in str(raised.value)
    assert read_manifest(data).files == ()


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"", UnreadableFile, "the file is empty"),
        (b"<html><title>503 Service Unavailable</title></html>", UnreadableFile, "503 Service"),
        (b"a,b\n1,2\n", UnknownFile, "no declared layout"),
        ((twins.UNHCR_HEAD + "\n").encode(), LayoutChanged, "no data rows"),
        (
            (twins.UNHCR_HEAD + "\n2105,A,AFG,G,DEU,1,1,1,1,1,1,1\n").encode(),
            EditionUnclear,
            r"no plausible year \(found 2105\)",
        ),
        (
            (twins.UNHCR_HEAD + "\n2015,A,AFG,G,DEU,1,1\n").encode(),
            LayoutChanged,
            "fields instead of 12",
        ),
        (
            (twins.UNHCR_HEAD + '\n2015,"A,AFG,G,DEU,1,1\n').encode(),
            UnreadableFile,
            "line 2|line 3",
        ),
        (
            (twins.UNHCR_HEAD + "\n2015,A\x00,AFG,G,DEU,1,1,1,1,1,1,1\n").encode(),
            UnreadableFile,
            "NUL",
        ),
        ((twins.UNHCR_HEAD + "\n2015,A,XQX,G,DEU,1,1,1,1,1,1,1\n").encode(), UnknownArea, "'XQX'"),
    ],
)
def test_a_broken_text_is_refused_with_its_place(
    tmp_path: Path, content: bytes, error: type[Exception], said: str
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(error, match=said):
        sojourn.load([path], tmp_path / "data")
    assert read_manifest(tmp_path / "data").files == ()


def test_a_suppressed_cell_is_no_zero_and_no_difference(tmp_path: Path) -> None:
    sojourn.load([twins.unhcr_population(tmp_path / "a.csv")], tmp_path / "data")
    rows = sojourn.open(tmp_path / "data").sql(
        "SELECT obs_value, obs_status FROM observation WHERE indicator = 'refugees' AND origin = '368'"
    )
    assert rows.fetchall() == [(None, "Q")]


def test_a_leaflet_beside_the_tables_of_an_archive_is_skipped_and_told(tmp_path: Path) -> None:
    table = twins.unhcr_population(tmp_path / "pop.csv").read_bytes()
    path = tmp_path / "pop.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello\n")
        archive.writestr("pop.csv", table)
    outcomes = sojourn.load([path], tmp_path / "data").outcomes
    assert [o.status for o in outcomes] == ["skipped", "loaded"]
    assert "readme.txt" in outcomes[0].name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello\n")
    with pytest.raises(UnknownFile):
        sojourn.load([path], tmp_path / "data")


def test_a_file_of_a_folder_that_cannot_be_read_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    twins.unhcr_population(folder / "a.csv")
    (folder / "b.csv").write_text("x")
    whole = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == "b.csv":
            raise OSError(5, "Input/output error")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    outcomes = sojourn.load([folder], tmp_path / "data").outcomes
    assert sorted(o.status for o in outcomes) == ["loaded", "refused"]
    with pytest.raises(UnreadableFile, match="Input/output error"):
        sojourn.load([folder], tmp_path / "strict", strict=True)
    with pytest.raises(UnreadableFile, match="Input/output error"):
        sojourn.load([folder / "b.csv"], tmp_path / "named")


def test_bytes_that_are_held_as_another_edition_are_told_so(tmp_path: Path) -> None:
    path = twins.undesa_stock(tmp_path / "stock.xlsx", revision="2024")
    data, declared = tmp_path / "data", tmp_path / "edition.toml"
    sojourn.load([path], data, edition="undesa.ims@2024-11-01")
    declared.write_text(
        'publisher = "UN DESA"\n[[edition]]\ndataset = "undesa.ims"\nvintage = 2024-12-02\n'
        'title = "t"\nstates = "Rev.2024"\nlicense = "CC BY"\nredistribution = "attribution"\n'
        f'files = {{ "{hashlib.sha256(path.read_bytes()).hexdigest()}" = "stock.xlsx" }}\n',
        "utf-8",
    )
    (again,) = sojourn.load([path], data, edition="undesa.ims@2024-11-01").outcomes
    assert (again.status, again.verified, again.notes) == (
        "unchanged",
        False,
        ("already in the store",),
    )
    for held, room in (("undesa.ims@2024-11-01, an unverified copy", data), ("", tmp_path / "b")):
        outcomes = [sojourn.load([path], room, declare=declared).outcomes[0] for _ in range(2)]
        (note,) = outcomes[-1].notes
        assert ("declared now as undesa.ims@2024-12-02" in note) == bool(held)
        assert held in note
        assert outcomes[-1].verified == (not held)
