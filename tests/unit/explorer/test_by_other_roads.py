"""What the explorer writes by another road: lengths, bits, boxes, shapes, and the words of frozen views."""

import hashlib
import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from twins import store_of

import sojourn
from sojourn.explorer.model import grid
from sojourn.explorer.model.segments import _lengths
from sojourn.explorer.pages.index import BOXES, _box, map_script
from sojourn.explorer.run.explorer import site_files
from sojourn.explorer.run.freeze import freeze
from sojourn.publish.draw.world import projected, world_shapes
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS

SEGMENTS = [
    [5],
    [0, 0, 0],
    [9, 10, 11],
    [10, 20, 30, 31],
    [-1, -1, -2, 7, 7, 7],
    list(range(0, 1200, 10)),
    [10**k for k in range(18)],
    [10**k - 1 for k in range(1, 18)],
    [0] * 10 + [5] * 100 + [105],
    [-(10**9), 10**9],
]


def written(numbers: list[int]) -> str:
    """Steps from number to number, the first from nothing; equal ones in a row are counted."""
    steps = [b - a for a, b in itertools.pairwise([0, *numbers])]
    runs = [(step, len(list(many))) for step, many in itertools.groupby(steps)]
    return ",".join(f"{step}*{n}" if n > 1 else str(step) for step, n in runs)


def test_the_length_of_a_segment_is_known_before_it_is_written() -> None:
    every = [n for one in SEGMENTS for n in one]
    starts = np.cumsum([0, *map(len, SEGMENTS)])[:-1]
    found = _lengths(np.array(every, dtype=np.int64), starts)
    assert found.tolist() == [len(written(one)) for one in SEGMENTS]


def test_each_place_has_a_bit_of_its_own() -> None:
    grid._bit.cache_clear()
    places = sorted(AREAS)
    for some in (places[:1], places[:2], places[-1:], places[3:90:7], places):
        number = sum(2 ** places.index(a) for a in some)
        assert grid.bits(some) == f"{number:x}"
        assert grid.read_bits(f"{number:x}") == sorted(some)
    assert grid.read_bits(grid.bits(["276", "A group, all"])) == ["276", "A group, all"]


@pytest.mark.parametrize("region", BOXES)
def test_the_box_of_a_region_holds_what_lies_in_it(region: str) -> None:
    """Against its corners, the middles of its sides and its own middle, projected one by one."""
    west, south, east, north = BOXES[region]
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90
    x, y, wide, high = _box(west, south, east, north)
    lons, lats = np.linspace(west, east, 3), np.linspace(south, north, 3)
    points = [projected(float(a), float(b)) for a in lons for b in lats]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    assert (x, y) == pytest.approx((min(xs), min(ys)), abs=0.051)
    assert (wide, high) == pytest.approx((max(xs) - min(xs), max(ys) - min(ys)), abs=0.051)


#: Capitals by hand [degrees east, north]: each lies in the box of its region, and in no other but its own.
CAPITALS = {
    "002": [(36.8, -1.3), (3.0, 36.7), (-17.4, 14.7), (31.2, 30.0), (18.4, -33.9)],
    "019": [(-77.0, 38.9), (-70.7, -33.4), (-123.1, 49.3), (-43.2, -22.9)],
    "142": [(116.4, 39.9), (77.2, 28.6), (139.7, 35.7), (106.8, -6.2), (44.4, 33.3)],
    "150": [(-0.1, 51.5), (-21.9, 64.1), (37.6, 55.8), (-9.1, 38.7), (33.4, 35.2), (60.6, 56.8)],
    "009": [(149.1, -35.3), (174.8, -41.3), (178.4, -18.1), (115.9, -31.9)],
}


@pytest.mark.parametrize("region", CAPITALS)
def test_the_cities_of_a_region_lie_in_its_box(region: str) -> None:
    west, south, east, north = BOXES[region]
    assert all(west <= lon <= east and south <= lat <= north for lon, lat in CAPITALS[region])


def test_every_shape_but_antarctica_is_on_the_map_of_the_page() -> None:
    shapes = world_shapes()
    text = map_script()
    assert len(shapes["paths"]) > 200
    for area, path in shapes["paths"].items():
        assert (f'"{area}":"{path}"' in text.replace('": "', '":"')) is (area != "010"), area


# ------------------------------------------------------------------------------- frozen views


def row(area: str, year: str, value: float, **more: Any) -> dict[str, object]:
    place = {"indicator": "migrant_stock", "ref_area": area, "destination": area}
    return {**place, "time_period": year, "obs_value": value, **more}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("synthetic")
    rows = [
        row(a, y, v, sex=s)
        for a, v in (("276", 9000.0), ("250", 500.0), ("840", 40.0))
        for y in ("2010", "2015")
        for s in ("_T", "F", "M")
    ]
    people = [
        row(a, y, v, indicator="population")
        for a, v in (("276", 80_000.0), ("250", 60_000.0))
        for y in ("2010", "2015")
    ]
    store_of(root, "undesa.ims@2019-09-17", rows + people)
    return sojourn.open(root).store


@pytest.mark.parametrize("sex", ["", "_T", "F", "M"])
@pytest.mark.parametrize("view", ["map", "trend", "ranking", "table"])
def test_a_frozen_title_says_whom_and_when_but_for_a_course_of_years(
    view: str, sex: str, store: Store, tmp_path: Path
) -> None:
    link = f"#v=1&m=undesa.ims/migrant_stock&y=2015&t={view}" + (f"&s={sex}" if sex else "")
    made = freeze(store, link, tmp_path / "card")
    parts = ["International migrants"]
    parts += {"F": ["women and girls"], "M": ["men and boys"]}.get(sex, [])
    parts += [] if view == "trend" else ["2015"]
    assert made.title == ", ".join(parts)
    assert {r[5] for r in made.rows} == ({"2010", "2015"} if view == "trend" else {"2015"})
    assert {r[6] for r in made.rows} == {sex or "_T"}


def test_a_frozen_rate_is_per_thousand_of_the_people_of_its_place_and_year(
    store: Store, tmp_path: Path
) -> None:
    link = "#v=1&m=undesa.ims/migrant_stock&y=2015&t=ranking&u=per"
    made = freeze(store, link, tmp_path / "card")
    told = {str(r[1]): r[8] for r in made.rows}
    assert told == {"276": 1000 * 9000 / 80_000, "250": 1000 * 500 / 60_000, "840": None}
    assert [r[1] for r in made.rows] == ["276", "250", "840"]
    assert {str(r[0]).partition(" / ")[2] for r in made.rows} == {"1000 population"}
    drawn = (tmp_path / "card" / "view.svg").read_text("utf-8")
    assert {"112.5", "8.3"} <= set(re.findall(r">([\d.]+)<", drawn))


def test_a_frozen_corridor_is_of_its_year_alone(tmp_path: Path) -> None:
    def bilateral(year: str, origin: str, value: float) -> dict[str, object]:
        return row("276", year, value, origin=origin)

    rows = [
        bilateral(y, o, v)
        for y, o, v in (("2010", "760", 3.0), ("2015", "760", 9.0), ("2015", "368", 5.0))
    ]
    store_of(tmp_path, "undesa.ims-od@2018-01-01", rows)
    own = sojourn.open(tmp_path).store
    for year, values in (("2010", [3.0]), ("2015", [9.0, 5.0])):
        link = f"#v=1&m=undesa.ims-od/migrant_stock&t=corridor&y={year}&a=276"
        made = freeze(own, link, tmp_path / f"card{year}")
        assert [r[8] for r in made.rows] == values
        assert made.title.endswith(f", {year}")


# ------------------------------------------------------------------------------ as last seen

#: Of the site of the embedded edition, but for its words: as it was when a browser read every number of it
#: back and found it in the store (`tests/spec/test_explorer_in_a_browser.py`, `test_site.py`).
SEEN = ("a7c4205c1524", 281)


def summed() -> tuple[str, int]:
    """Shards as they are, and of the index its numbers: its words may change."""
    parts = []
    for name, held in sorted(site_files(sojourn.open().store, embedded=True)):
        text = held if isinstance(held, str) else held.decode("latin-1")
        if text.startswith("SJ.shard("):
            parts.append(f"{name} {text}")
        elif name == "index.js":
            parts.append(" ".join(re.findall(r"-?\d[\d.]*", text)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12], len(parts)


def test_the_shards_of_the_embedded_edition_are_as_they_were_last_read_back() -> None:
    assert summed() == SEEN, "read them back in a browser, and write the new sum"
