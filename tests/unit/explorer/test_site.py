"""The site without a browser: its shards hold what the store holds, its weight, its bytes, its words."""

import gzip
import json
import random
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import coded
import pytest
import twins
from hypothesis import given
from hypothesis import strategies as st
from twins import store_of

import sojourn
from sojourn.errors import NoSuchObservation, PublishError
from sojourn.explorer.model.cells import Held
from sojourn.explorer.model.coding import read_column, read_periods, read_values
from sojourn.explorer.model.grid import (
    bits,
    contents,
    dumps,
    packed,
    read_bits,
    shards,
    unpacked,
)
from sojourn.explorer.model.measure import Measure, group_of, questions
from sojourn.explorer.pages.index import BOXES
from sojourn.explorer.pages.page import PARTS, POLICY, page, script, style
from sojourn.explorer.run.explorer import site_files, write_site
from sojourn.explorer.run.freeze import freeze
from sojourn.publish.text import catalogue, languages
from sojourn.query.chart import class_breaks
from sojourn.query.table_rules import never
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicators
from sojourn.vocab.observation import column_letters
from sojourn.vocab.status import ObsStatus

NODE = shutil.which("node")
SCRIPTS = Path(str(__import__("sojourn").__file__)).parent / "explorer" / "pages" / "script"


@pytest.fixture(scope="module")
def site() -> Mapping[str, bytes]:
    data = sojourn.open()
    files = site_files(data.store, embedded=True)
    return {n: c.encode() if isinstance(c, str) else c for n, c in files}


def parsed(content: bytes) -> Any:
    """Return what a classic script hands over: its last argument."""
    inside = content.decode().removesuffix(");\n")
    name = re.match(r"SJ\.(\w+)\(", inside)
    assert name
    inside = inside[name.end() :]
    found = json.loads(f"[{inside}]")[-1]
    return json.loads(unpacked(found["z"])) if "z" in found else found


def cells(found: Any, files: list[list[Any]]) -> Mapping[tuple[str, str, str], tuple[Any, ...]]:
    """Return the cells of a shard as Python reads them: value, status, cells added, address."""
    out = {}
    areas, periods = read_bits(found["areas"]), read_periods(found["periods"])
    width = len(periods)
    for edition, grid in found["e"].items():
        raw = read_values(grid["v"])
        at = [i for i, text in enumerate(raw) if text]
        read = {k: read_column(grid[k], at, width) for k in ("s", "r", "c") if k in grid}
        many = read_column(grid["n"], at, width) if "n" in grid else [1] * len(at)
        for k, i in enumerate(at):
            match = re.fullmatch(r"(-?[\d.]+(?:e[-+]?\d+)?)?(.*)", raw[i])
            assert match
            file, sheet = found["sheets"][read["s"][k]]
            where = (files[file][1], sheet, read["r"][k], read["c"][k])
            value = None if match[1] is None else float(match[1])
            key = (edition, areas[i // width], periods[i % width])
            out[key] = (value, match[2] or "A", many[k], where)
    return out


def test_every_number_of_the_shards_is_one_of_the_store(site: Mapping[str, bytes]) -> None:
    data = sojourn.open()
    index = parsed(site["index.js"])
    rows = data.sql(
        'SELECT edition, file, sheet, "row", col, ref_area, origin, time_period, sex, value, obs_status '
        "FROM observation"
    ).fetchall()
    held = {(r[0], *r[1:5]): r for r in rows}
    checked = 0
    for name, text in site.items():
        if not name.startswith("d/"):
            continue
        for (edition, area, period), (value, status, many, where) in cells(
            parsed(text), index["files"]
        ).items():
            if many > 1:
                continue
            row = held[edition.partition("|")[0], *where]
            assert (value, status, period) == (row[9], row[10], row[7]), name
            assert area in row[5:7], name
            checked += 1
    assert checked > 3000


def test_a_part_of_a_table_is_not_summed(site: Mapping[str, bytes]) -> None:
    """The embedded edition holds ten of Germany's origins of refugees: no total is made of them."""
    shards = {n: parsed(text) for n, text in site.items() if n.startswith("d/")}
    sums = [n for n, held in shards.items() if any("n" in grid for grid in held["e"].values())]
    assert sums == []


def test_the_same_store_gives_the_same_bytes(site: Mapping[str, bytes]) -> None:
    again = site_files(sojourn.open().store, embedded=True)
    assert {n: c.encode() if isinstance(c, str) else c for n, c in again} == site


def test_the_first_view_is_light(site: Mapping[str, bytes]) -> None:
    first = parsed(site["index.js"])["measures"][0]
    names = ["index.html", "explorer.css", "explorer.js", "index.js", "map.js", "l/en.js"]
    names.append(f"d/{first['d']}/{first['i']}/{first['s'][0]}.js")
    assert (first["d"], first["i"]) == ("undesa.ims", "migrant_stock")
    assert sum(len(site[n]) for n in names) <= 400_000
    assert sum(len(gzip.compress(site[n])) for n in names) <= 150_000
    assert sum(len(gzip.compress(site[n])) for n in names[:3]) <= 60_000


def test_the_script_is_in_parts_of_a_size_to_read() -> None:
    lengths = {p: (SCRIPTS / f"{p}.js").read_text("utf-8").count("\n") for p in PARTS}
    assert sorted(lengths) == sorted(p.stem for p in SCRIPTS.glob("*.js"))
    assert max(lengths.values()) <= 300
    assert sum(lengths.values()) <= 1200


@pytest.mark.skipif(NODE is None, reason="no node on this machine: the script is not parsed")
def test_the_script_is_one_that_a_browser_can_parse(tmp_path: Path) -> None:
    file = tmp_path / "explorer.js"
    file.write_text(script(), "utf-8")
    subprocess.run([str(NODE), "--check", str(file)], check=True)


def test_the_page_loads_its_own_files_and_nothing_else() -> None:
    text = page(embedded=False)
    assert f'content="{POLICY}"' in text
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
    assert " style=" not in text
    assert "onclick=" not in text
    assert "url(http" not in style()


CASES = [
    Held("a@2020", "276", "2015", 12005690.0, "A", 1, 0, 0, "Table 1", 17, 6),
    Held("a@2020", "276", "2020", None, "Q", 1, 1, 0, "Table 1", 17, 7),
    Held("a@2020", "008", "2015", 5.5, "E", 1, 0, 0, "Table 1", 16, 6),
    Held("a@2021", "008", "2020", 0.0, "A", 3, 1, 1, "", 0, 0),
]


def test_the_format_of_a_shard_is_this() -> None:
    ((_, text),) = shards([("d/a/b/_T", coded.cells(CASES), 0)])
    assert text == (
        'SJ.shard("d/a/b/_T",{"v":1,"areas":"' + bits(["276", "008"]) + '","periods":"2015 2020",'
        '"sheets":[[0,"Table 1"],[1,""]],"abouts":[["",""]],"e":{"a@2021":{"v":",0,,","s":["c","1"],'
        '"r":["c","0"],"c":["c","0"],"a":["c","0"],"n":["c","3"],"l":["c","1"]},'
        '"a@2020":{"v":"5.5E,,12005690,Q","s":["c","0"],"r":["a","16,1"],"c":["p","6,1"],"a":["c","0"]}}});\n'
    )


@given(st.data())
def test_cells_come_back_as_they_went(data: st.DataObject) -> None:
    value = st.one_of(
        st.none(),
        st.floats(-1e12, 1e12).map(lambda v: round(v, 3)),
        st.integers(-10, 10**9).map(float),
    )
    keys = st.tuples(
        st.sampled_from(["x@1", "y@2|F"]),
        st.sampled_from(["004", "008", "XKX"]),
        st.sampled_from(["2015", "2016", "2015-07-01/P5Y"]),
    )
    asked = data.draw(
        st.dictionaries(
            keys,
            st.tuples(value, st.integers(1, 90), st.integers(1, 9), st.sampled_from(["", "S 1"])),
            min_size=1,
        )
    )
    held = [
        Held(*key, v, "A" if v is not None else "O", 1, int(v is None), 0, sheet, row, col)
        for key, (v, row, col, sheet) in asked.items()
    ]
    read = cells(json.loads(contents([coded.cells(held)])[0]), [["f", "sha"]])
    assert read == {
        key: (v, "A" if v is not None else "O", 1, ("sha", sheet, row, col))
        for key, (v, row, col, sheet) in asked.items()
    }


def test_no_text_of_a_file_ends_the_script() -> None:
    assert dumps("</script>\u2028") == '"<\\/script>\\u2028"'


def plain(text: str) -> str:
    """Return a script as a search for a number finds it: what is packed in it unpacked."""
    return json.dumps(parsed(text.encode())) if '"z":"' in text else text


def withholding(store: Store, edition: str, redistribution: str) -> Store:
    files = tuple(
        replace(f, redistribution=redistribution) if f.edition == edition else f
        for f in store.manifest.files
    )
    return replace(store, manifest=replace(store.manifest, files=files))


@pytest.mark.parametrize("redistribution", ["cited-facts", "none", "some new word"])
def test_a_public_site_has_no_number_of_an_edition_that_may_only_be_cited(
    redistribution: str,
) -> None:
    store = sojourn.open().store
    edition = "undesa.ims@2019-09-17"
    shut = withholding(store, edition, redistribution)
    only = store.con.execute(
        "SELECT DISTINCT CAST(CAST(value AS BIGINT) AS VARCHAR) FROM observation o WHERE edition = ? AND "
        "value > 100000 AND value = floor(value) AND value NOT IN (SELECT value FROM observation WHERE edition <> ? AND value IS NOT NULL)",
        [edition, edition],
    ).fetchall()
    canaries = [c for (c,) in only]
    assert len(canaries) > 50
    closed = {n: plain(c) for n, c in site_files(shut, public=True) if isinstance(c, str)}
    opened = " ".join(
        plain(c) for n, c in site_files(shut) if isinstance(c, str) and n.startswith("d/")
    )
    for canary in canaries:
        assert re.search(rf"\b{canary}\b", opened)
    told = " ".join(c for n, c in closed.items() if n.startswith(("d/", "index", "l/")))
    assert not [c for c in canaries if re.search(rf"\b{c}\b", told)]
    assert edition in parsed(closed["index.js"].encode())["withheld"]


def test_no_value_stands_where_the_publisher_suppressed_one(site: Mapping[str, bytes]) -> None:
    index = parsed(site["index.js"])
    for name, text in site.items():
        if name.startswith("d/"):
            for value, status, *_ in cells(parsed(text), index["files"]).values():
                assert (value is None) == (status in "OMLHQK") or status not in "OMLHQK", name


# ------------------------------------------------------------------------------- words


def test_every_word_of_the_page_is_in_the_catalogues() -> None:
    text = script() + page(embedded=False)
    asked = set(re.findall(r'\bt\("([\w.]+)"', text))
    asked |= set(re.findall(r'data-(?:w|label|hint)="([\w.]+)"', text))
    dynamic = {
        "card_",
        "criterion_",
        "direction_",
        "group_",
        "never.",
        "sex.",
        "sex_",
        "status_",
        "unit_",
    }
    asked -= dynamic
    asked |= {f"group_{g.id}" for g in questions().group} | {"group_other"}
    asked |= {f"card_{c.id}" for c in questions().card}
    asked |= {f"status_{s.value}" for s in ObsStatus} | {"status_per"}
    units = {i.unit_measure for i in indicators().values()}
    asked |= {f"unit_{u}" for u in units if not u.startswith(("PERCENT", "USD"))}
    asked |= {f"never.{a}_{'any' if b == '*' else b}" for a, b in never()}
    asked |= {f"sex_{s}" for s in ("_T", "F", "M", "_U")} | {"role_at", "role_of"}
    asked |= {f"direction_{k}" for k in ("to", "from")}
    for language in languages():
        held = catalogue(language).messages
        lacking = [k for k in asked if k not in held and f"explorer.{k}" not in held]
        assert not lacking, (language, lacking)
    known = {i for g in questions().group for i in g.indicators}
    known |= {i for c in questions().card for i in c.indicators}
    assert known <= set(indicators())
    assert group_of("total_fertility") == "other"
    assert set(BOXES) == {"002", "019", "142", "150", "009"}


def test_a_language_says_no_message_of_another(site: Mapping[str, bytes]) -> None:
    english = parsed(site["l/en.js"])["w"]
    same = {
        "explorer.sex",
        "explorer.age",
        "explorer.licence",
        "explorer.note",
        "explorer.status_A",
    }
    for language in ("fr", "es"):
        words = parsed(site[f"l/{language}.js"])["w"]
        copied = [
            k
            for k, text in words.items()
            if k.startswith("explorer.") and len(text) > 14 and text == english[k]
        ]
        assert not set(copied) - same, (language, copied)


# ------------------------------------------------------------------------- as Python says


def in_node(code: str, parts: tuple[str, ...], given_: Any) -> Any:
    text = "var window={},document={};\n" + "".join(
        (SCRIPTS / f"{p}.js").read_text("utf-8") for p in parts
    )
    text += f"\nvar given={json.dumps(given_)};console.log(JSON.stringify({code}));"
    done = subprocess.run([str(NODE), "-"], input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def drawn_values(seed: int) -> list[float]:
    rng = random.Random(seed)
    size = rng.choice([2, 3, 5, 11, 47, 190, 232])
    kind = seed % 5
    if kind == 0:
        return [float(rng.randrange(0, 10 ** rng.randrange(1, 8))) for _ in range(size)]
    if kind == 1:
        return [rng.choice([-1, 1]) * rng.random() * 10 ** rng.randrange(0, 7) for _ in range(size)]
    if kind == 2:
        return [float(rng.choice([0, 0, 0, 1, 2, 25, 125, 135, 145])) for _ in range(size)]
    if kind == 3:
        return [rng.choice([0.125, 0.135, 12.5, 1.25, 2.5, 1250, 10.5]) for _ in range(size)]
    return [round(rng.lognormvariate(8, 3), 1) for _ in range(size)]


@pytest.mark.skipif(
    NODE is None, reason="no node on this machine: class breaks are compared in the browser only"
)
def test_classes_are_those_of_the_drawings_to_the_last_digit() -> None:
    sets = [drawn_values(seed) for seed in range(200)]
    found = in_node("given.map(classBreaks)", ("classes",), sets)
    for values, breaks in zip(sets, found, strict=True):
        expected = (
            class_breaks(values) if any(v != 0 for v in values) or min(values) >= 0 else breaks
        )
        assert tuple(breaks) == tuple(expected), values


@pytest.mark.skipif(NODE is None, reason="no node on this machine")
@pytest.mark.parametrize("language", languages())
def test_numbers_are_written_as_the_pages_write_them(
    language: str, site: Mapping[str, bytes]
) -> None:
    rng = random.Random(7)
    values = [
        0.0,
        0.5,
        2.25,
        999.994,
        1000,
        1234567,
        999_950,
        2_250_000,
        2_350_000,
        999_960_000,
        1e9,
        3.25e12,
        -4321.5,
        12.345,
    ]
    values += [rng.random() * 10 ** rng.randrange(0, 13) for _ in range(300)]
    given_ = {"words": parsed(site[f"l/{language}.js"]), "language": language, "values": values}
    code = "(L=given.language,WORDS[L]=given.words,given.values.map(function(v){return [short(v,{n:0,u:'PERSONS'}),digits(v,1),digits(v,0)]}))"
    words = catalogue(language)
    for value, (short, tenth, plain) in zip(values, in_node(code, ("base",), given_), strict=True):
        if abs(value) >= 1e6:
            assert short == words.number(value, "PERSONS"), value
        shown = round(value) if abs(value) >= 1000 else value
        assert plain == words.exact(shown, ""), value
        assert tenth.replace("−", "-").rstrip("0").rstrip(".,") or tenth


# ------------------------------------------------------------------------------- folders


def test_a_site_is_written_over_a_site_and_over_nothing_else(tmp_path: Path) -> None:
    store = sojourn.open().store
    made = write_site(store, tmp_path / "site", embedded=True)
    assert (tmp_path / "site" / "index.html").is_file()
    assert made.files > 30
    write_site(store, tmp_path / "site", embedded=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(PublishError):
        write_site(store, tmp_path / "other")
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("view", ["map", "trend", "ranking", "table"])
def test_a_frozen_view_runs_nothing_and_says_what_the_store_says(view: str, tmp_path: Path) -> None:
    data = sojourn.open()
    out = tmp_path / "card"
    made = freeze(data.store, f"#v=1&m=undesa.ims/migrant_stock&y=2015&t={view}&a=DEU&zz=1", out)
    text = (out / "index.html").read_text("utf-8")
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert (
        "http" not in re.sub(r'xmlns="[^"]*"', "", text).replace("https://", "")
        or "href" not in text
    )
    rows = {str(r[1]): r for r in made.rows}
    found = data.observations(
        indicator="migrant_stock",
        edition="undesa.ims@2021-01-15",
        period="2015",
        sex="_T",
        ref_area="DEU",
    )
    (row,) = found.fetchall()
    names = found.columns
    at = dict(zip(names, row, strict=True))
    cell = f"{at['edition']}#{at['sheet']}!{column_letters(at['col'])}{at['row']}"
    assert rows["276"][8] == at["obs_value"] == 10220418
    assert rows["276"][12] == cell
    assert (out / "view.svg").read_text("utf-8").startswith("<svg")
    assert "# " in (out / "view.csv").read_text("utf-8")[:2]


@pytest.mark.parametrize(
    ("link", "error", "says"),
    [
        ("#t=map", PublishError, "names no measure"),
        ("#m=undesa.ims/migrant_stok", NoSuchObservation, "no such measure"),
        ("#m=undesa.ims/migrant_stock&y=1066", NoSuchObservation, "1066"),
        ("#m=undesa.ims/migrant_stock&s=X", NoSuchObservation, "sex"),
        ("#m=undesa.ims/migrant_stock&e=undesa.ims@1999", NoSuchObservation, "edition"),
        ("#m=undesa.ims/migrant_stock&t=dance", PublishError, "no view"),
        ("#v=2&m=undesa.ims/migrant_stock", PublishError, "another version"),
        ("#m=undesa.ims/migrant_stock&d=2019-13-45", PublishError, "no day"),
        ("#m=undesa.ims/migrant_stock&d=1999-01-01", NoSuchObservation, "no such measure"),
    ],
)
def test_a_link_that_names_nothing_is_refused_and_nothing_is_written(
    link: str, error: type[Exception], says: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=says):
        freeze(sojourn.open().store, link, tmp_path / "card")
    assert not (tmp_path / "card").exists()


def bilateral(
    area: str, origin: str, value: float | None, indicator: str = "migrant_stock"
) -> dict[str, object]:
    status = {"obs_status": "Q"} if value is None else {}
    return {
        "indicator": indicator,
        "ref_area": area,
        "destination": area,
        "origin": origin,
        "time_period": "2017",
        "obs_value": value,
        **status,
    }


@pytest.mark.parametrize(
    ("link", "title", "values"),
    [
        ("a=276", "to Germany", [9.0, 5.0]),
        ("a=276&k=to", "to Germany", [9.0, 5.0]),
        ("a=760&k=from", "from Syrian Arab Republic", [9.0, 2.0]),
        ("", "to Germany", [9.0, 5.0]),
    ],
)
def test_frozen_corridors_are_those_of_the_store(
    link: str, title: str, values: list[float], tmp_path: Path
) -> None:
    rows = [
        bilateral("276", "760", 9.0),
        bilateral("276", "368", 5.0),
        bilateral("276", "004", None),
        bilateral("250", "760", 2.0),
        bilateral("250", "368", 0.0),
    ]
    store_of(tmp_path, "undesa.ims-od@2018-01-01", rows)
    store = sojourn.open(tmp_path).store
    asked = f"#v=1&m=undesa.ims-od/migrant_stock&t=corridor&y=2017&{link}"
    made = freeze(store, asked, tmp_path / "card")
    assert made.title == f"International migrants: {title}, 2017"
    assert [r[8] for r in made.rows] == values
    assert made.lines[0].startswith("Shown: the largest 2 of the 2 corridors")
    assert ("1 without a number" in made.lines[0]) == (title == "to Germany")
    with pytest.raises(NoSuchObservation, match="no corridors of ITA, FRA"):
        freeze(store, asked.partition("&a=")[0] + "&a=ITA,FRA&k=from", tmp_path / "no")
    assert not (tmp_path / "no").exists()


def test_totals_are_the_printed_ones_and_sums_say_what_they_lack(tmp_path: Path) -> None:
    """A synthetic matrix with a total of each row and column, and refugees without any total."""
    matrix = [
        bilateral("276", "356", 3.0),
        bilateral("276", "152", 4.0),
        bilateral("356", "152", 5.0),
        bilateral("276", "_T", 7.5),
        bilateral("356", "_T", 5.0),
        bilateral("_T", "356", 3.0),
        bilateral("_T", "152", 90.0),
    ]
    fled = [
        bilateral("276", "760", 11.0, "refugees"),
        bilateral("276", "004", None, "refugees"),
        bilateral("152", "760", 2.0, "refugees"),
        bilateral("760", "760", 40.0, "idps_of_concern"),
        bilateral("760", "368", 0.0, "idps_of_concern"),
        bilateral("276", "760", 6.0, "idps_of_concern"),
        bilateral("276", "368", 8.0, "idps_of_concern"),
    ]
    twins.store_of(tmp_path / "d", "worldbank.bilateral-stocks@2018-04-01", matrix)
    twins.store_of(tmp_path / "d", "unhcr.population@2024-06-13", fled)
    listed = list(site_files(sojourn.open(tmp_path / "d").store))
    assert len({name for name, _ in listed}) == len(listed)
    made = {n: c if isinstance(c, bytes) else c.encode() for n, c in listed}
    index = parsed(made["index.js"])

    def shown(name: str) -> dict[str, tuple[Any, ...]]:
        found = cells(parsed(made[f"d/{name}.js"]), index["files"])
        return {area: (value, many) for (_, area, _), (value, _, many, _) in found.items()}

    assert shown("worldbank.bilateral-stocks/migrant_stock/_T") == {
        "276": (7.5, 1),
        "356": (5.0, 1),
    }
    assert shown("worldbank.bilateral-stocks/migrant_stock.of/_T") == {
        "356": (3.0, 1),
        "152": (90.0, 1),
    }
    assert shown("unhcr.population/refugees/_T") == {"276": (11.0, 2), "152": (2.0, 1)}
    assert shown("unhcr.population/refugees.of/_T") == {"760": (13.0, 2), "004": (None, 1)}
    assert shown("unhcr.population/idps_of_concern/_T") == {"760": (40.0, 2)}
    assert shown("unhcr.population/refugees/276") == {"760": (11.0, 1), "004": (None, 1)}


def test_a_measure_that_the_vocabulary_lacks_is_shown_by_its_code(tmp_path: Path) -> None:
    """A table read as its publisher codes it: no words, no sum, no ratio; and every other page."""
    rows = [bilateral("276", "_T", 7.5, "tps99999"), bilateral("276", "152", 4.0, "tps99999")]
    twins.store_of(tmp_path / "d", "worldbank.bilateral-stocks@2018-04-01", rows)
    store = sojourn.open(tmp_path / "d").store
    made = {n: c for n, c in site_files(store) if isinstance(c, str)}
    index = parsed(made["index.js"].encode())
    assert index["indicators"]["tps99999"][4] == 0
    assert json.loads(json.dumps(made["l/fr.js"])).count("tps99999") >= 1
    view = freeze(
        store, "#v=1&m=worldbank.bilateral-stocks/tps99999&y=2017&t=ranking", tmp_path / "c"
    )
    assert [r[8] for r in view.rows] == [7.5]


NAMES = st.lists(
    st.one_of(st.sampled_from(["276", "008", "516", "UNK"]), st.text(min_size=1, max_size=20)),
    min_size=1,
    max_size=8,
    unique=True,
)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_page_unpacks_what_python_packed() -> None:
    texts = ["", "0~232", "Zürich 3,14", *("~" * n + str(n) for n in range(1, 9))]
    reader = re.search(r"var DIGITS.*?\n}", (SCRIPTS / "shards.js").read_text("utf-8"), re.DOTALL)
    assert reader
    read = "require('zlib').inflateRawSync(Buffer.from(bytesOf(x))).toString()"
    listed = json.dumps([packed(text) for text in texts])
    asked = f"{reader[0]};console.log(JSON.stringify({listed}.map(x => {read})))"
    said = subprocess.run([str(NODE), "-e", asked], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == texts


@given(NAMES)
def test_groups_of_a_publisher_push_no_number_to_another_place(places: list[str]) -> None:
    """Names with blanks stand beside countries, and each number stays with its own."""
    assert read_bits(bits(places)) == sorted(places)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_page_reads_the_places_that_python_wrote() -> None:
    places = ["008", "276", "CECC-SICA", "SDG: Northern America", "UIS: World", "591", "516"]
    reader = re.search(
        r"function someAreas.*?\n}", (SCRIPTS / "state.js").read_text("utf-8"), re.DOTALL
    )
    assert reader
    order = json.dumps(sorted(AREAS))
    asked = f"const I={{order:{order}}};{reader[0]};console.log(JSON.stringify(someAreas({json.dumps(bits(places))})))"
    said = subprocess.run([str(NODE), "-e", asked], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == sorted(places)


#: Measures that a rule of "any other letter is a hyphen" gives one folder.
ALIKE = [
    "k=Côte d'Ivoire",
    "k=Cöte d'Ivoire",
    "k=a b",
    "k=a-b",
    "k=a.b",
    "k=a;b=c",
    "k=a b=c",
    "k=€",
    "k=𝟙",
]


def test_no_two_measures_share_a_folder() -> None:
    folders = [Measure("unodc.glotip", "victims", variant=v).folder for v in ALIKE]
    assert len(set(folders)) == len(ALIKE)
    assert all(re.fullmatch(r"[A-Za-z0-9_.=~+/-]+", folder) for folder in folders)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_page_looks_where_python_wrote() -> None:
    rule = re.search(r"rest\.replace\(.*?\}\);", (SCRIPTS / "state.js").read_text("utf-8"))
    assert rule
    asked = f"console.log(JSON.stringify({json.dumps(ALIKE)}.map(function (rest) {{ return {rule[0]} }})))"
    said = subprocess.run([str(NODE), "-e", asked], capture_output=True, text=True, check=True)
    made = [Measure("d", "", variant=v).folder.removeprefix("d/d/.") for v in ALIKE]
    assert json.loads(said.stdout) == made
