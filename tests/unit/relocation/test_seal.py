"""What a folder holds about people, encrypted at rest; plain sites are read as before, with a warning."""

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import sojourn
from sojourn.cli import cli
from sojourn.errors import PlanError, SiteRefused, SojournError
from sojourn.files import MARKER
from sojourn.relocation.run.purge import look, purge
from sojourn.relocation.run.relocate import audit_plan, plan_site, write_example_site
from sojourn.relocation.run.seal import open_folder, seal_folder
from sojourn.relocation.site.read import read_names, read_site
from sojourn.relocation.site.seal import KEY, secret_of

SECRET = "long enough to be one"
CANARY = "Kanarienvogel"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "S"
    write_example_site(folder, people=60, seed=2)
    (folder / "name.csv").write_text(f"person_id,name\nP000001,{CANARY}\n", "utf-8")
    return folder


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "key"
    path.write_text(SECRET + "\n")
    monkeypatch.setenv(KEY, str(path))
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != MARKER}


def test_a_sealed_site_and_plan_read_as_before_and_hold_nothing_plain(
    site: Path, key: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "P"
    plan_site(site, plan)
    before, names = read_site(site), read_names(site)
    kept = everything(site), everything(plan)
    secret = secret_of(key, make=False)
    closed = [*seal_folder(site, secret), *seal_folder(plan, secret)]
    assert {p.name for p in closed} >= {"person.csv.sealed", "name.csv.sealed", "plan.json.sealed"}
    for path in (p for f in (site, plan) for p in f.rglob("*") if p.is_file() and p.name != MARKER):
        assert CANARY.encode() not in path.read_bytes(), path
        assert b"P000001" not in path.read_bytes(), path
    assert all(p.stat().st_mode & 0o077 == 0 for p in closed)
    assert read_site(site) == before
    assert read_names(site) == names
    assert not any(c.violations for c in audit_plan(site, plan)[0])
    open_folder(site, secret)
    open_folder(plan, secret)
    assert (everything(site), everything(plan)) == kept
    assert not any(c.violations for c in audit_plan(site, plan)[0])


def test_another_key_an_altered_file_and_no_key_are_refused(
    site: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_folder(site, secret_of(key, make=False))
    closed = site / "person.csv.sealed"
    kept = closed.read_bytes()
    with pytest.raises(PlanError, match="another key, or it was altered"):
        open_folder(site, b"another that is long")
    for broken in (
        kept[:-1],
        kept[:40],
        b"",
        b"{}\n",
        kept.replace(b'"nonce": "', b'"nonce": "00', 1),
    ):
        closed.write_bytes(broken)
        with pytest.raises(PlanError):
            read_site(site)
    closed.write_bytes(kept)
    monkeypatch.delenv(KEY)
    result = CliRunner().invoke(cli, ["site", "check", str(site)], input="nothing\n")
    assert isinstance(result.exception, PlanError)
    assert "no terminal to ask" in str(result.exception)
    assert KEY in result.exception.hint
    monkeypatch.setenv(KEY, str(tmp_path / "absent"))
    with pytest.raises(PlanError, match="cannot be read"):
        read_site(site)


def test_a_file_that_lies_there_twice_is_named(site: Path, key: Path) -> None:
    secret = secret_of(key, make=False)
    kept = (site / "person.csv").read_bytes()
    seal_folder(site, secret)
    (site / "person.csv").write_bytes(kept)
    with pytest.raises(SiteRefused, match="two files of one table"):
        read_site(site)
    for act in (seal_folder, open_folder):
        with pytest.raises(PlanError, match="plain and encrypted"):
            act(site, secret)
    assert (site / "person.csv").read_bytes() == kept


def test_what_a_link_leads_to_is_not_wiped(site: Path, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    (site / "name.csv").rename(other)
    (site / "name.csv").symlink_to(other)
    with pytest.raises(PlanError, match="is a link"):
        seal_folder(site, secret_of(key, make=False))
    assert CANARY in other.read_text("utf-8")
    assert (site / "person.csv").is_file()


def test_a_purge_removes_what_is_sealed(site: Path, key: Path, tmp_path: Path) -> None:
    plan = tmp_path / "P"
    plan_site(site, plan)
    secret = secret_of(key, make=False)
    seal_folder(site, secret)
    seal_folder(plan, secret)
    assert look(site, plan).foreign == ()
    gone = {p.name for p in purge(site, plan).gone}
    assert {"person.csv.sealed", "name.csv.sealed", "plan.json.sealed"} <= gone
    assert not [p for f in (site, plan) for p in f.rglob("*.sealed")]


def test_a_site_of_real_people_in_plain_text_is_told_and_an_invented_one_is_not(
    site: Path, key: Path
) -> None:
    del key
    told = "lies in plain text"
    assert told not in CliRunner().invoke(cli, ["site", "check", str(site)]).stderr
    rules = site / "rules.toml"
    rules.write_text(rules.read_text("utf-8").replace("synthetic = true", "synthetic = false"))
    result = CliRunner().invoke(cli, ["site", "check", str(site)])
    assert result.exit_code == 0
    assert told in result.stderr
    assert CliRunner().invoke(cli, ["site", "seal", str(site)]).exit_code == 0
    result = CliRunner().invoke(cli, ["site", "check", str(site)])
    assert result.exit_code == 0
    assert told not in result.stderr
    assert CliRunner().invoke(cli, ["site", "unseal", str(site)]).exit_code == 0


def test_the_library_warns_of_an_open_folder(site: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sojourn.site(site)
    site.chmod(0o777)
    with pytest.warns(UserWarning, match="others on this machine may read it"):
        sojourn.site(site)


PLAIN = "lies in plain text"
DOORS: dict[str, Callable[[Path, Path], object]] = {
    "site": lambda site, _: sojourn.site(site),
    "SiteFolder": lambda site, _: sojourn.SiteFolder(site),
    "open": lambda site, ledger: sojourn.custody(ledger).open(site, device="d1"),
    "check": lambda site, ledger: sojourn.custody(ledger).check(site),
    "alarm": lambda site, ledger: sojourn.custody(ledger).alarm(site=site),
}


@pytest.mark.parametrize("door", DOORS)
def test_whoever_reads_a_plain_site_from_python_is_warned_at_the_own_line(
    site: Path, key: Path, tmp_path: Path, door: str
) -> None:
    del key
    ledger = tmp_path / "SYNTHETIC.jsonl"
    sojourn.custody(ledger).open(site, device="d1")  # nobody in it exists: no warning
    rules = site / "rules.toml"
    rules.write_text(rules.read_text("utf-8").replace("synthetic = true", "synthetic = false"))
    with pytest.warns(UserWarning, match=PLAIN) as told:
        DOORS[door](site, ledger)
    assert {w.filename for w in told} == {__file__}
    assert CliRunner().invoke(cli, ["site", "seal", str(site)]).exit_code == 0
    DOORS[door](site, ledger)


def test_an_empty_site_holds_nobody_in_plain_text(tmp_path: Path) -> None:
    assert sojourn.site_new(tmp_path / "S").path.is_dir()


def test_a_refusal_makes_no_key(tmp_path: Path) -> None:
    made = tmp_path / "new.key"
    (tmp_path / "other").mkdir(0o700)
    for folder in (tmp_path / "nowhere", tmp_path / "other"):
        result = CliRunner().invoke(cli, ["site", "seal", str(folder), "--key", str(made)])
        assert isinstance(result.exception, SiteRefused)
        assert not made.exists()
        with pytest.raises(SojournError):
            sojourn.site(folder).seal(made)
        assert not made.exists()


def test_a_snapshot_that_is_refused_makes_no_key(tmp_path: Path) -> None:
    made, damaged, taken = tmp_path / "new.key", tmp_path / "damaged", tmp_path / "taken"
    damaged.write_text('{"no": "event"}\n{"no": "event"}\n', "utf-8")
    taken.write_text("mine", "utf-8")
    asked = [
        (tmp_path / "nowhere", tmp_path / "out"),
        (damaged, tmp_path / "out"),
        (damaged, taken),
    ]
    for ledger, out in asked:
        call = ["custody", "snapshot", str(ledger), "--out", str(out), "--key", str(made)]
        result = CliRunner().invoke(cli, call)
        assert isinstance(result.exception, SojournError), result.output
        assert not made.exists()
        assert not (tmp_path / "out").exists()
    assert taken.read_text("utf-8") == "mine"


def test_a_new_passphrase_is_asked_twice_and_one_that_opens_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typed = iter(["one long passphrase", "one long passphrasf", "one long passphrase"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    with pytest.raises(PlanError, match="two different passphrases"):
        secret_of(None, make=True)
    assert secret_of(None, make=False) == b"one long passphrase"
    typed = iter(["one long passphrase", "one long passphrase"])
    assert secret_of(None, make=True) == b"one long passphrase"


def test_a_secret_has_twelve_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for many in (0, 1, 11):
        (tmp_path / "short.key").write_text("k" * many + "\n", "utf-8")
        with pytest.raises(PlanError, match="fewer than 12 characters"):
            secret_of(tmp_path / "short.key", make=False)
    for many in (12, 13):
        (tmp_path / "long.key").write_text("k" * many + "\n", "utf-8")
        assert secret_of(tmp_path / "long.key", make=False) == b"k" * many
    assert len(secret_of(tmp_path / "new.key", make=True)) == 43  # 32 bytes in base 64
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for word in ("short", "كلمة السر", "eleven char"):  # nine letters of two bytes are nine
        monkeypatch.setattr("getpass.getpass", lambda _, word=word: word)
        with pytest.raises(PlanError, match="fewer than 12 characters"):
            secret_of(None, make=True)
    monkeypatch.setattr("getpass.getpass", lambda _: "كلمة السر هنا")
    assert secret_of(None, make=True) == "كلمة السر هنا".encode()
    monkeypatch.setattr("getpass.getpass", lambda _: "كلمة السر")  # what was closed so opens
    assert secret_of(None, make=False) == "كلمة السر".encode()
