"""Downloads against a real server that misbehaves: the whole file, or nothing and a reason."""

import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import twins
from click.testing import CliRunner
from fault_server import Site, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sojourn
from sojourn.cli import cli
from sojourn.errors import FetchFailed
from sojourn.loading import transfer
from sojourn.loading.fetch import Fetched, chosen, fetch, read_record
from sojourn.loading.transfer import Patience
from sojourn.sources.declaration import Address, registry

DATASET = "undesa.ims"
ADDRESS = Address(
    dataset=DATASET,
    url="https://example.org/files/stock.xlsx",
    name="stock.xlsx",
    kind="xlsx",
    at_least=100,
    edition="2021-01-15",
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as found:
        yield found


class Once:
    """Fetch into one data directory, noting every pause instead of waiting."""

    def __init__(self, root: Path, site: Site) -> None:
        self.root, self.site, self.pauses = root, site, list[float]()

    def __call__(self, address: Address = ADDRESS, **patience: float) -> Fetched:
        patient = Patience(wait=self.pauses.append, silence=0.3, **patience)  # type: ignore[arg-type]
        [found] = fetch(
            self.root, [address], registry(), base_url=self.site.address, patience=patient
        )
        return found

    @property
    def files(self) -> dict[str, bytes]:
        folder = self.root / "raw" / DATASET
        return {
            p.name: p.read_bytes()
            for p in folder.iterdir()
            if not p.name.startswith(".") and p.name != "fetched.json"
        }

    @property
    def hidden(self) -> set[str]:
        return {
            p.name for p in (self.root / "raw" / DATASET).iterdir() if p.name.startswith(".")
        } - {".lock"}


@pytest.fixture
def once(tmp_path: Path, site: Site) -> Once:
    return Once(tmp_path, site)


def test_a_file_comes_whole_with_its_record_and_terms(once: Once, site: Site) -> None:
    found = once()
    assert found.status == "new"
    assert once.files == {"stock.xlsx": site.content}
    [entry] = read_record(once.root / "raw" / DATASET)
    assert entry.sha256 == hashlib.sha256(site.content).hexdigest()
    assert (entry.bytes, entry.etag, entry.last_modified) == (
        len(site.content),
        site.etag,
        site.modified,
    )
    assert "CC BY 3.0 IGO" in entry.license
    assert once.hidden == set()
    assert "sojourn/" in site.asked[0]["user-agent"]


def test_what_has_not_changed_is_not_sent_again(once: Once, site: Site) -> None:
    once()
    assert once().status == "unchanged"
    assert site.asked[1]["if-none-match"] == site.etag
    assert once.files == {"stock.xlsx": site.content}
    site.etag = '"another name for the same bytes"'
    assert once().status == "unchanged"
    assert len(read_record(once.root / "raw" / DATASET)) == 1


def test_a_file_that_changed_under_its_name_stands_beside_the_older(once: Once, site: Site) -> None:
    first = once()
    site.content, site.etag = site.content + b"a revision", '"two"'
    second = once()
    assert second.status == "changed"
    assert Path(first.path).read_bytes() + b"a revision" == Path(second.path).read_bytes()
    assert second.sha256[:8] in Path(second.path).name
    assert [f.status for f in read_record(once.root / "raw" / DATASET)] == ["new", "changed"]
    assert once().status == "unchanged"


@pytest.mark.parametrize("fault", ["cut", "longer", "silent", "500", "429"])
def test_a_passing_fault_is_passed(once: Once, site: Site, fault: str) -> None:
    site.faults = [fault]
    assert once().status == "new"
    assert once.files == {"stock.xlsx": site.content}
    assert len(site.asked) == 2


def test_a_cut_download_goes_on_where_it_ended(once: Once, site: Site) -> None:
    site.faults = ["cut"]
    once()
    assert site.asked[1]["range"] == f"bytes={len(site.content) // 2}-"
    assert site.asked[1]["if-range"] == site.etag


def test_it_goes_on_in_a_later_run_too(once: Once, site: Site) -> None:
    site.faults = ["cut"]
    assert once(attempts=1).status == "failed"
    assert once.files == {}
    assert once.hidden == {".stock.xlsx.part", ".stock.xlsx.part.json"}
    assert once().status == "new"
    assert "range" in site.asked[1]
    assert once.files == {"stock.xlsx": site.content}
    assert once.hidden == set()


def test_a_file_that_changed_meanwhile_is_not_sewn_together(once: Once, site: Site) -> None:
    site.faults = ["cut"]
    once(attempts=1)
    site.content, site.etag = b"PK\x03\x04" + b"other bytes" * 900, '"two"'
    once()
    assert once.files == {"stock.xlsx": site.content}


def test_a_server_that_cannot_resume_starts_again(once: Once, site: Site) -> None:
    site.faults, site.resumes = ["cut"], False
    once()
    assert once.files == {"stock.xlsx": site.content}


def test_pauses_grow_and_the_publisher_may_ask_for_more(once: Once, site: Site) -> None:
    site.faults = ["500", "500", "429", "500"]
    assert once().status == "new"
    assert once.pauses == [1.0, 2.0, 7.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (["500"] * 9, "answered 500"),
        (["cut"] * 9, "the connection was cut at"),
        (["loop"], "in a circle"),
        (["file"], "file:///etc/hostname"),
        (["404"], "404"),
        (["403"], "download it in a browser"),
        (["page"], "Please accept cookies"),
        (["short"], "8 bytes, fewer than the 100"),
    ],
)
def test_what_does_not_come_is_told_and_leaves_nothing(
    once: Once, site: Site, faults: list[str], said: str
) -> None:
    site.faults, site.resumes = faults, False
    found = once()
    assert found.status == "failed"
    assert said in found.error
    assert site.address in found.error
    assert once.files == {}
    assert not (once.root / "raw" / DATASET / "fetched.json").exists()


def test_a_redirect_is_followed(once: Once, site: Site) -> None:
    site.faults = ["elsewhere"]
    assert once().status == "new"
    assert [a["path"] for a in site.asked] == ["/files/stock.xlsx", "/moved.xlsx"]


def test_a_body_that_drips_is_given_up(once: Once, site: Site) -> None:
    site.faults = ["drip", "drip"]
    found = once(attempts=2, grace=0.1, least=10_000.0)
    assert found.status == "failed"
    assert "bytes a second" in found.error


def test_a_part_that_no_longer_fits_is_thrown_away(once: Once, site: Site) -> None:
    site.faults = ["cut", "416"]
    assert once().status == "new"
    assert once.files == {"stock.xlsx": site.content}


def test_a_file_of_another_kind_is_refused(once: Once) -> None:
    found = once(replace(ADDRESS, kind="xls"))
    assert "expected xls" in found.error
    found = once(replace(ADDRESS, kind="csv"))
    assert "expected csv" in found.error


def test_a_file_too_large_is_refused_before_it_is_fetched(once: Once) -> None:
    assert "more than the 500 declared" in once(replace(ADDRESS, at_most=500)).error
    assert once.files == {}


def test_a_full_disk_leaves_what_was(
    once: Once, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    once()
    site.content, site.etag = site.content + b"more", '"two"'

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(transfer, "_copy", full)
    found = once()
    assert "No space left on device" in found.error
    assert list(once.files) == ["stock.xlsx"]
    monkeypatch.undo()
    assert once().status == "changed"


def test_one_failure_leaves_the_others(tmp_path: Path, site: Site) -> None:
    site.faults = ["404"]
    patient = Patience(wait=lambda _: None)
    other = replace(ADDRESS, url="https://example.org/files/b.xlsx", name="b.xlsx")
    found = fetch(tmp_path, [ADDRESS, other], registry(), base_url=site.address, patience=patient)
    assert [f.status for f in found] == ["failed", "new"]


def test_sources_are_chosen_by_publisher_dataset_or_edition() -> None:
    known = registry()
    assert {a.dataset for a in chosen(known, ["undesa"])} >= {
        "undesa.ims",
        "undesa.ims-od",
        "undesa.wpp",
    }
    assert {a.edition for a in chosen(known, ["undesa.ims@2021"])} == {"2021-01-15"}
    with pytest.raises(FetchFailed, match="idmc") as refused:
        chosen(known, ["idmc.gidd"])
    assert "by hand from http" in str(refused.value.hint)
    with pytest.raises(FetchFailed, match="nobody"):
        chosen(known, ["nobody"])


def test_every_declared_address_belongs_to_a_dataset_and_an_edition() -> None:
    known = registry()
    for address in known.addresses:
        assert address.dataset in known.datasets
        assert address.url.startswith("https://")
        if address.edition:
            assert f"{address.dataset}@{address.edition}" in known.editions


def test_the_command_fetches_and_loads(tmp_path: Path, site: Site) -> None:
    site.content = twins.undesa_stock(tmp_path / "twin.xlsx").read_bytes()
    asked = ["fetch", "undesa.ims@2021", "--data", str(tmp_path / "d"), "--base-url", site.address]
    ran = CliRunner().invoke(cli, [*asked, "--load", "--json"])
    assert ran.exit_code == 0, ran.output
    [told] = json.loads(ran.stdout)
    assert told["status"] == "new"
    assert sojourn.open(tmp_path / "d").observations(ref_area="KEN").fetchall()
    site.faults = ["404"]
    site.etag = '"two"'
    failed = CliRunner().invoke(cli, asked)
    assert failed.exit_code != 0
    assert "404" in failed.stderr


def test_without_sources_it_lists_what_there_is(tmp_path: Path) -> None:
    listed = CliRunner().invoke(cli, ["fetch", "--list", "--json"])
    rows = {r["dataset"]: r for r in json.loads(listed.stdout)}
    assert rows["undesa.ims"]["files"]
    assert rows["idmc.gidd"]["landing_page"].startswith("http")
    dry = CliRunner().invoke(cli, ["fetch", "who.tb-burden", "--dry-run", "--data", str(tmp_path)])
    assert "raw/who.tb-burden/TB_burden_countries.csv" in dry.stdout
    assert list(tmp_path.iterdir()) == []


FAULTS = ["cut", "longer", "500", "429", "404", "page", "short", "loop", "416", "elsewhere", ""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(faults=st.lists(st.sampled_from(FAULTS), max_size=6), resumes=st.booleans())
def test_whatever_happens_the_file_is_whole_or_absent(
    tmp_path_factory: pytest.TempPathFactory, faults: list[str], *, resumes: bool
) -> None:
    with serving(Site(faults=list(faults), resumes=resumes)) as site:
        once = Once(tmp_path_factory.mktemp("f"), site)
        found = once()
        if found.status == "new":
            assert once.files == {"stock.xlsx": site.content}
            assert once.hidden == set()
        else:
            assert found.status == "failed"
            assert once.files == {}
            assert "http://127.0.0.1" in found.error
