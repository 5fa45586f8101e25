"""What can be fetched, what is newer, what a load prints: each line held to the declarations or to the file."""

import json
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import twins
from click.testing import CliRunner
from fault_server import Site, serving

import sojourn
from sojourn.cli import cli
from sojourn.errors import CoverageInDoubt, FetchFailed
from sojourn.loading import transfer
from sojourn.loading.fetch import chosen, fetch, read_record
from sojourn.loading.mute_tables import mute_lines
from sojourn.loading.newer import newer
from sojourn.loading.receipt import _absent, _sheets
from sojourn.loading.transfer import Patience
from sojourn.sources.declaration import Address, Edition, registry
from sojourn.store.manifest import read_manifest

KNOWN = registry()


def declared(kind: str) -> dict[str, list[dict[str, Any]]]:
    """Tables of the publishers' own files by dataset, read without our reader."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in files("sojourn.sources").iterdir():
        if path.name.endswith(".toml"):
            for one in tomllib.loads(path.read_text("utf-8")).get(kind, ()):
                found[one.get("dataset", one.get("id", ""))].append(one)
    return found


def ran(*words: str) -> Any:
    return CliRunner().invoke(cli, [*words])


# -------------------------------------------------------------------------------- what there is


def test_the_list_has_each_dataset_with_its_own_files() -> None:
    addresses, editions, datasets = (declared(k) for k in ("address", "edition", "dataset"))
    listed = {row["dataset"]: row for row in sojourn.fetch_list()}
    assert list(listed) == sorted(datasets)
    text = ran("fetch", "--list").output.splitlines()
    shown = {
        head.split()[0]: (head, below) for head, below in zip(text[::2], text[1::2], strict=True)
    }
    for name, row in listed.items():
        own = addresses.get(name, [])
        assert [f["url"] for f in row["files"]] == [a["url"] for a in own]
        assert (row["title"], row["landing_page"]) == (
            datasets[name][0]["title"],
            datasets[name][0].get("landing_page", ""),
        )
        newest = max(editions.get(name, ()), key=lambda e: e["vintage"], default=None)
        assert row["terms"] == (newest["license"] if newest else "not stated")
        head, below = shown[name]
        many = f"{len(own)} file{'s' if len(own) != 1 else ''}"
        assert head == f"{name:32} " + (many if own else f"by hand: {row['landing_page']}")
        assert below.strip() == f"{row['title']}; {row['terms']}"
    assert json.loads(ran("fetch", "--list", "--json").output) == [dict(r) for r in listed.values()]


def test_a_dry_run_names_edition_address_and_place_and_fetches_nothing(tmp_path: Path) -> None:
    told = ran("fetch", "undesa", "--dry-run", "--data", str(tmp_path)).output.splitlines()
    own = [a for n, many in declared("address").items() if n.startswith("undesa.") for a in many]
    want = {
        f"{a['dataset']}{'@' + a['edition'] if a.get('edition') else ''}  {a['url']} → "
        f"raw/{a['dataset']}/{a['name']}"
        for a in own
    }
    assert set(told) == want
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "datasets"),
    [
        (["undesa.ims"], {"undesa.ims"}),
        (["undesa.ims@2015-12-01"], {"undesa.ims"}),
        (["who.tb-burden", "undesa.ims@2019"], {"who.tb-burden", "undesa.ims"}),
        (["undesa.ims", "undesa.ims"], {"undesa.ims"}),
    ],
)
def test_sources_are_taken_once_each_in_their_order(asked: list[str], datasets: set[str]) -> None:
    found = chosen(KNOWN, asked)
    assert {a.dataset for a in found} == datasets
    assert len({a.url for a in found}) == len(found)
    if "@2015" in asked[0]:
        assert {a.edition for a in found} == {"2015-12-01"}


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("idmc.gidd", "download it by hand from http"),
        ("nobody", "see: sojourn fetch --list"),
        ("undesa.im", "download it by hand from http"),
        ("undesa.ims@1990", "download it by hand from http"),
    ],
)
def test_what_nobody_gives_an_address_of_is_refused_with_its_page(asked: str, hint: str) -> None:
    with pytest.raises(FetchFailed, match="no address is declared for") as refused:
        chosen(KNOWN, [asked])
    assert refused.value.hint.startswith(hint)


def edition(day: str, terms: str = "terms") -> Edition:
    return Edition(
        dataset="x.t",
        vintage=date.fromisoformat(day),
        title=f"of {day}",
        states="",
        license=terms,
        redistribution="none",
    )


@pytest.mark.parametrize("page", ["https://x.example", ""])
@pytest.mark.parametrize(
    ("addresses", "ways"),
    [
        ([], ["by hand", "by hand"]),
        (["2018-01-01"], ["sojourn fetch x.t@2018-01-01", "by hand"]),
        ([""], ["by hand", "sojourn fetch x.t"]),
        (["", "2018-01-01"], ["sojourn fetch x.t@2018-01-01", "sojourn fetch x.t"]),
    ],
)
def test_a_newer_edition_is_fetched_by_its_day_or_as_the_newest_or_by_hand(
    addresses: list[str], ways: list[str], page: str
) -> None:
    """Of three editions the first is held, twice; the file that is replaced under its address is the newest."""
    days = ("2016-01-01", "2018-01-01", "2020-01-01")
    known = replace(
        KNOWN,
        datasets={"x.t": replace(KNOWN.datasets["undesa.ims"], id="x.t", landing_page=page)},
        editions={f"x.t@{d}": edition(d, f"terms of {d}") for d in days},
        addresses=tuple(
            Address(dataset="x.t", url="https://x/f.csv", name="f.csv", kind="csv", edition=a)
            for a in addresses
        ),
    )
    held = [
        SimpleNamespace(dataset="x.t", vintage=d)
        for d in ("2015-06-01", "2016-01-01", "2014-01-01")
    ]
    found = newer(SimpleNamespace(files=held), known)  # type: ignore[arg-type]
    assert [(n.held, n.edition, n.license, n.title) for n in found] == [
        ("2016-01-01", d, f"terms of {d}", f"of {d}") for d in days[1:]
    ]
    by_hand = f"by hand from {page or 'its publisher'}, then: sojourn load FILE"
    assert [n.how for n in found] == [by_hand if w == "by hand" else w for w in ways]
    assert [n.by_hand for n in found] == [w == "by hand" for w in ways]


def test_newer_editions_are_listed_a_line_each_and_counted() -> None:
    rows = sojourn.fetch_newer()
    text = ran("fetch", "--newer").output.splitlines()
    assert len(text) == 2 * len(rows) + 1
    for head, below, one in zip(text[:-1:2], text[1:-1:2], rows, strict=True):
        assert head == f"{one.dataset:32} {one.held} → {one.edition}  {one.how}"
        assert below.strip() == f"{one.title}; {one.license}"
    assert text[-1].startswith(f"{len(rows)} newer editions are declared")
    told = json.loads(ran("fetch", "--newer", "--json").output)
    assert [(t["dataset"], t["edition"]) for t in told] == [(r.dataset, r.edition) for r in rows]


# --------------------------------------------------------------------------- over the network

ADDRESS = Address(
    dataset="undesa.ims",
    url="https://example.org/files/stock.xlsx",
    name="stock.xlsx",
    kind="xlsx",
    edition="2021-01-15",
)
PATIENT = Patience(attempts=1, wait=lambda _: None)


def test_the_record_has_each_download_with_the_terms_of_its_edition(tmp_path: Path) -> None:
    terms = next(
        e["license"] for e in declared("edition")["undesa.ims"] if str(e["vintage"]) == "2021-01-15"
    )
    with serving(Site()) as site:
        for content, status in (
            (site.content, "new"),
            (site.content + b"1", "changed"),
            (None, "unchanged"),
        ):
            if content is not None:
                site.content, site.etag = content, f'"{len(content)}"'
            [one] = fetch(tmp_path, [ADDRESS], KNOWN, base_url=site.address, patience=PATIENT)
            assert (one.status, one.bytes, one.etag) == (status, len(site.content), site.etag)
            assert (one.license, one.error, one.last_modified) == (terms, "", site.modified)
        [undated] = fetch(
            tmp_path / "b",
            [replace(ADDRESS, edition="")],
            KNOWN,
            base_url=site.address,
            patience=PATIENT,
        )
        [unknown] = fetch(
            tmp_path / "c",
            [replace(ADDRESS, dataset="x.t")],
            KNOWN,
            base_url=site.address,
            patience=PATIENT,
        )
    assert undated.license == KNOWN.of_dataset("undesa.ims")[-1].license
    assert unknown.license == "not stated"
    folder = tmp_path / "raw" / "undesa.ims"
    kept = read_record(folder)
    assert [f.status for f in kept] == ["new", "changed"]
    assert [Path(f.path).read_bytes() for f in kept] == [site.content[:-1], site.content]
    names = sorted(p.name for p in folder.iterdir())
    assert names == sorted([".lock", "fetched.json", *(Path(f.path).name for f in kept)])


def test_a_failure_is_printed_on_the_error_stream_and_counted(tmp_path: Path) -> None:
    with serving(Site()) as site:
        site.faults = ["404"]
        done = ran("fetch", "who.tb-burden", "--data", str(tmp_path), "--base-url", site.address)
    assert isinstance(done.exception, FetchFailed)
    assert "1 of 1 file did not come" in str(done.exception)
    assert done.stdout == ""
    assert done.stderr.startswith("failed     ")
    missing = ran("fetch", "who.tb-burden")
    assert missing.exit_code == 2
    assert "--data or SOJOURN_DATA" in missing.output


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("csv", b"a,b\n1,2\n", ""),
        ("csv", b"\x00" * 8, "and what came is b'"),
        ("csv", b"a" * 511 + b"\x00", "and what came is b'aaaaaaaaaaaa'"),
        ("csv", b"a" * 512 + b"\x00", ""),
        ("csv", b"PK\x03\x04", r"and what came is b'PK\x03\x04'"),
        ("zip", b"PK\x03\x04more", ""),
        ("gz", b"\x1f\x8bmore", ""),
        ("xls", b"\xd0\xcf\x11\xe0more", ""),
        ("xls", b"PK\x03\x04", "expected xls"),
        ("csv", b"\xef\xbb\xbf <!DOCTYPE html><title> Sorry </title>", "a web page ('Sorry')"),
        ("csv", b"<HTML><title>" + b"x" * 90 + b"</title>", f"a web page ('{'x' * 80}')"),
        ("csv", b"<body>no", "is a web page"),
        ("csv", b"a <html> in a cell", ""),
    ],
)
def test_what_came_is_of_its_kind_or_named(
    tmp_path: Path, kind: str, content: bytes, said: str
) -> None:
    part = tmp_path / "f.part"
    part.write_bytes(content)
    if not said:
        transfer._check("u", part, kind, (len(content), 10**9))
        assert part.exists()
        with pytest.raises(FetchFailed, match=f"has {len(content):,} bytes, fewer than the"):
            transfer._check("u", part, kind, (len(content) + 1, 10**9))
        return
    with pytest.raises(FetchFailed) as refused:
        transfer._check("u", part, kind, (0, 10**9))
    assert said in refused.value.problem
    assert not part.exists()


@pytest.mark.parametrize(("more", "status"), [(0, "new"), (-1, "failed")])
def test_a_file_of_just_the_largest_size_is_taken(tmp_path: Path, more: int, status: str) -> None:
    with serving(Site()) as site:
        most = replace(ADDRESS, at_most=len(site.content) + more)
        [found] = fetch(tmp_path, [most], KNOWN, base_url=site.address, patience=PATIENT)
    assert found.status == status
    assert status == "new" or f"more than the {most.at_most:,} declared" in found.error


@pytest.mark.parametrize("attempts", [1, 2, 3, 7])
def test_pauses_are_those_of_patience_and_the_last_repeats(tmp_path: Path, attempts: int) -> None:
    waited: list[float] = []
    patience = Patience(attempts=attempts, pauses=(1.0, 3.0), wait=waited.append)
    with serving(Site()) as site:
        site.faults = ["500"] * attempts
        [found] = fetch(tmp_path, [ADDRESS], KNOWN, base_url=site.address, patience=patience)
    assert waited == [1.0, 3.0, 3.0, 3.0, 3.0, 3.0][: attempts - 1]
    many = f"after {attempts} attempt{'s' if attempts > 1 else ''}"
    assert found.status == "failed"
    assert many in found.error


def test_where_a_person_says_nothing_the_patience_is_that_of_the_help() -> None:
    plain = Patience()
    assert (plain.attempts, plain.pauses, plain.silence) == (5, (1.0, 2.0, 4.0, 8.0), 30.0)
    assert (plain.least, plain.grace, plain.redirects, plain.longest_pause) == (
        200.0,
        60.0,
        5,
        120.0,
    )


def hops(limit: int, *way: str) -> str:
    """The refusal of a way of addresses; empty where each is followed."""
    handler = transfer._Hops(limit)
    at = way[0]
    for to in way[1:]:
        request = transfer.urllib.request.Request(at)
        try:
            handler.redirect_request(request, None, 302, "", {}, to)
        except FetchFailed as error:
            return error.problem
        at = to
    return ""


def test_only_so_many_redirects_are_followed_and_none_in_a_circle_or_to_less_safety() -> None:
    a, b, c = (f"https://{x}.example/" for x in "abc")
    assert hops(2, a, b, c) == ""
    assert hops(1, a, b, c) == f"{b}: sent in a circle or on too often: {b} → {c}"
    assert "in a circle" in hops(9, a, a)
    assert "in a circle" in hops(9, a, b, c, b)
    assert hops(9, "http://a.example/", "http://b.example/", a) == ""
    assert hops(9, a, "http://b.example/") == f"{a}: sent on to http://b.example/"
    assert hops(9, "http://a.example/", "ftp://b.example/") != ""


# ------------------------------------------------------------------------------------- loading


def test_a_part_that_a_person_takes_as_whole_bears_the_reason_and_no_other_edition_does(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    first = twins.unhcr_population(tmp_path / "a.csv", day="13 June 2024")
    second = twins.unhcr_population(tmp_path / "b.csv", twins.UNHCR_ROWS[:2], day="3 June 2025")
    sojourn.load([first], data)
    with pytest.raises(
        CoverageInDoubt, match=r"b\.csv: unhcr\.population@2025-06-03: .* keys"
    ) as refused:
        sojourn.load([second], data, strict=True)
    assert "--accept-coverage" in refused.value.hint
    assert len(read_manifest(data).files) == 1
    [one] = sojourn.load([second], data, strict=True, accept_coverage="as published").outcomes
    assert one.coverage is not None
    assert one.coverage.accepted == "as published"
    assert [f.accepted for f in read_manifest(data).files] == ["", "as published"]


def test_the_json_of_a_load_says_of_each_file_what_became_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    twins.unhcr_population(folder / "a.csv")
    (folder / "b.txt").write_text("a leaflet", "utf-8")
    broken = twins.unhcr_population(
        folder / "c.csv", ["2015,Ruritania,RRR,Germany,DEU,1,2,0,-,0,0,0"]
    )
    data = tmp_path / "data"
    done = ran("load", str(folder), "--data", str(data), "--json")
    assert done.exit_code == 0
    told = {Path(row["file"]).name: row for row in json.loads(done.stdout)}
    assert {n: row["status"] for n, row in told.items()} == {
        "a.csv": "loaded",
        "b.txt": "skipped",
        "c.csv": "refused",
    }
    loaded = told["a.csv"]
    counted = sojourn.open(data).sql("SELECT count(*) FROM observation").fetchall()[0][0]
    assert (loaded["edition"], loaded["observations"]) == ("unhcr.population@2024-06-13", counted)
    assert (loaded["error"], loaded["exit_code"], loaded["verified"]) == (None, 0, False)
    assert loaded["coverage"]["edition"] == loaded["edition"]
    assert (told["b.txt"]["edition"], told["b.txt"]["coverage"]) == (None, None)
    assert "'RRR' in row 4" in told["c.csv"]["error"]
    assert told["c.csv"]["exit_code"] > 0
    text = ran("load", str(folder), "--data", str(tmp_path / "two"))
    assert text.output.splitlines()[-1] == f"{tmp_path / 'two'}: 1 loaded, 1 refused, 1 skipped"
    assert text.stdout.splitlines()[0] == (
        f"loaded     {folder / 'a.csv'}  unhcr.population@2024-06-13 (unverified copy), {counted} observations"
    )
    assert {line.split()[0] for line in text.stderr.splitlines()} == {"refused", "skipped"}
    again = ran("load", str(folder / "a.csv"), "--data", str(data))
    assert again.output.splitlines()[0].startswith("unchanged  ")
    assert "already in the store" in again.output
    alone = tmp_path / "alone"
    alone.mkdir()
    broken.rename(alone / "c.csv")
    assert ran("load", str(alone), "--data", str(data)).exit_code == told["c.csv"]["exit_code"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert ran("load", str(empty), "--data", str(data)).output == f"{data}: no files found\n"


def test_progress_counts_the_files_from_none_on(tmp_path: Path) -> None:
    from sojourn.loading.load import load

    days = ("13 June 2024", "3 June 2025")
    paths = [twins.unhcr_population(tmp_path / f"{d[-4:]}.csv", day=d) for d in days]
    told: list[tuple[str, int, int]] = []
    load(paths, tmp_path / "data", KNOWN, progress=lambda *said: told.append(said))
    assert told == [("2024.csv", 0, 2), ("2025.csv", 1, 2)]


def test_an_upgrade_is_told_in_numbers(tmp_path: Path) -> None:
    sojourn.load([twins.unhcr_population(tmp_path / "p.csv")], tmp_path / "data")
    done = ran("upgrade", "--data", str(tmp_path / "data"))
    assert done.output == f"{tmp_path / 'data'}: digests of 0 files noted, 1 edition assessed\n"


# ------------------------------------------------------------------------------------ receipts


@dataclass
class _Measure:
    indicator: str
    sex: str = "_T"
    age: str = "_T"
    match: str = "x"
    may_lack: bool = False


def layout_of(measures: list[_Measure], **more: Any) -> Any:
    given = {"columns": {}, "optional": (), "by_row": {}, "ignored_sheets": {}} | more
    return SimpleNamespace(tables=[SimpleNamespace(measures=measures)], **given)


def test_what_is_declared_and_stands_in_no_table_is_named() -> None:
    wanted = [
        _Measure("refugees"),
        _Measure("refugees", "F"),
        _Measure("refugees", "M", "Y0T14"),
        _Measure("returned", may_lack=True),
        _Measure("total", match=""),
        _Measure("stateless"),
    ]
    held = SimpleNamespace(labels={"sex": ()}, measures=[wanted[0]])
    columns = {"sex": ["Sex"], "origin": ["From"], "age": ["Age"], "area": ["Place"]}
    layout = layout_of(wanted, columns=columns, optional=("sex", "origin", "area"))
    assert _absent(layout, [held]) == [
        "the column 'From'",
        "refugees (F)",
        "refugees (M) Y0T14",
        "stateless",
    ]
    assert _absent(layout, []) == []
    by_row = layout_of(
        wanted, columns=columns, optional=("origin",), by_row={"s": {"A": {"indicator": "i"}}}
    )
    assert _absent(by_row, [held]) == ["the column 'From'"]
    plain = layout_of(wanted[:1], by_row={"s": {"A": {"unit": "i"}}})
    assert _absent(plain, [held]) == []


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        (["A"], []),
        (["A", "Notes"], ["sheets ignored: Notes (the notes)"]),
        (
            ["A", "NOTES", "Notes 2"],
            ["sheets ignored: NOTES (the notes)", "sheets not read: Notes 2"],
        ),
        (["A", "B", "C"], ["sheets not read: B (hidden), C"]),
        (["B", "C"], ["sheets not read: B (hidden), C"]),
    ],
)
def test_each_sheet_that_is_not_read_is_named_with_why(sheets: list[str], said: list[str]) -> None:
    book = SimpleNamespace(
        sheets=sheets, facts={"B": SimpleNamespace(hidden=True), "C": SimpleNamespace(hidden=False)}
    )
    layout = layout_of([], ignored_sheets={"notes": "the notes"})
    assert _sheets(book, layout, {"A"}) == said  # type: ignore[arg-type]


def test_tables_that_a_file_may_be_are_lines_to_choose_from_the_likest_first() -> None:
    def table(name: str, indicator: str, sex: str = "_T", mult: int = 0, detail: str = "") -> Any:
        one = SimpleNamespace(indicator=indicator, sex=sex, mult=mult, unit="PERSONS")
        fixed = {"detail": detail} if detail else {}
        return SimpleNamespace(id=name, tables=[SimpleNamespace(measures=[one])], fixed=fixed)

    layouts = [
        table("undesa.wpp-deaths", "deaths", mult=3),
        table("undesa.wpp-births", "births", "F"),
        table("undesa.wpp-age-men", "population", "M", 6, "variant=medium"),
    ]
    found = mute_lines("in/Births.of.xlsx", "ab", layouts)
    assert found[0] == '# tables = { "ab" = "undesa.wpp-births" }   # births, women, PERSONS'
    assert set(found[1:]) == {
        '# tables = { "ab" = "undesa.wpp-deaths" }   # deaths, PERSONS × 1,000',
        '# tables = { "ab" = "undesa.wpp-age-men" }   # population, men, PERSONS × 1,000,000, variant medium',
    }
