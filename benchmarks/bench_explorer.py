"""The explorer: writing, weight, time to paint, and random states against the command line.

Run: python benchmarks/bench_explorer.py [DATA] [STATES]

Without DATA, the embedded edition. Times of the browser are told beside an empty page's, in the same
browser, on the same machine: the ratio is what can be compared. Targets (a laptop of two cores): first
view 1.0 s, a change of year, sex, edition or tab 100 ms (19 of 20), another measure 300 ms, site 25 MB,
written in 30 CPU seconds.
"""

import gzip
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sojourn.explorer.run.explorer import write_site
from sojourn.query.opening import open_data
from sojourn.store.observations import Store
from sojourn.vocab.area import AREAS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
READY = "h => document.documentElement.dataset.ready === h"
TURN = """h => new Promise(done => { const t = performance.now(); location.hash = h; const wait = () =>
document.documentElement.dataset.ready === h ? requestAnimationFrame(() => done(performance.now() - t)) : setTimeout(wait, 1); wait(); })"""


def index_of(site: Path) -> Any:
    """Return the content of a site's index."""
    text = (site / "index.js").read_text("utf-8")
    return json.loads(text.removeprefix("SJ.index(").removesuffix(");\n"))


def printed(store: Store, m: Any, edition: str, sex: str, period: str) -> dict[str, Any]:
    """Return what the store prints of a measure by place, for all origins together."""
    rows = store.con.execute(
        "SELECT ref_area, sum(value), count(*) FROM observation WHERE edition = ? AND indicator = ? AND "
        "sex = ? AND time_period = ? AND origin IN ('_T', '_Z') AND age = ? GROUP BY 1",
        [edition, m["i"], sex, period, m.get("a", "_T")],
    ).fetchall()
    single = [r for r in rows if r[0] not in AREAS or not AREAS[r[0]].is_aggregate]
    return {a: v for a, v, n in single}


def states(index: Any, count: int) -> list[tuple[Any, str, str, str, str]]:
    """Return random states: measure, edition, sex, year, link."""
    rng, editions, out = random.Random(1), list(index["editions"]), []
    plain = [m for m in index["measures"] if not m.get("o") and not m.get("w")]
    while len(out) < count:
        m = rng.choice(plain)
        years = [p for part in m["t"].split() for p in _years(part)]
        if not years:
            continue
        edition, sex, period = editions[rng.choice(m["e"])], rng.choice(m["s"]), rng.choice(years)
        name = f"{m['d']}/{m['i']}" + (f";age={m['a']}" if "a" in m else "")
        view = rng.choice(["map", "table", "ranking"])
        link = f"#v=1&m={name}&e={edition}&s={sex}&y={period}&t={view}&n=all&l=en"
        out.append((m, edition, sex, period, link))
    return out


def _years(part: str) -> list[str]:
    first, _, last = part.partition("-")
    if len(first) == len(last) == 4:
        return [str(y) for y in range(int(first), int(last) + 1)]
    return [part] if len(part) == 4 else []


def weigh(site: Path) -> None:
    """Print the weight of the first view."""
    index = index_of(site)
    first = index["measures"][0]
    names = ["index.html", "explorer.css", "explorer.js", "index.js", "map.js", "l/en.js"]
    names.append(f"d/{first['d']}/{first['i']}/{first['s'][0]}.js")
    contents = [(site / n).read_bytes() for n in names]
    packed = [len(gzip.compress(c)) for c in contents]
    print(
        f"first view: {sum(map(len, contents)) / 1e3:.0f} kB, {sum(packed) / 1e3:.0f} kB packed (targets 400, 150); page and script {sum(packed[:3]) / 1e3:.0f} kB packed (60)"
    )


def browse(site: Path, store: Store, count: int) -> None:
    """Print times in the browser and how many states tell what the store tells."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        empty = site.parent / "empty.html"
        empty.write_text("<!doctype html><title>empty</title><p>empty")
        for run in range(3):
            page = browser.new_context(offline=True).new_page()
            start = time.perf_counter()
            page.goto(empty.as_uri())
            bare = time.perf_counter() - start
            page.close()
            page = browser.new_context(offline=True).new_page()
            start = time.perf_counter()
            page.goto(f"{(site / 'index.html').as_uri()}")
            page.wait_for_function(READY, arg="#")
            full = time.perf_counter() - start
            print(
                f"first view, run {run + 1}: {full:.2f} s, an empty page {bare:.2f} s, ratio {full / bare:.1f}"
            )
            if run < 2:
                page.close()
        same, other, wrong, last = [], [], 0, ""
        for m, edition, sex, period, link in states(index_of(site), count):
            took = page.evaluate(TURN, link)
            (same if m["i"] == last else other).append(took)
            last = m["i"]
            rows = {r[1]: r for r in page.evaluate("SJ.parts.view().rows")}
            expected = printed(store, m, edition, sex, period)
            for area, row in rows.items():
                if row[10] == 1 and row[12] and expected.get(area) != row[8]:
                    wrong += 1
                    print("differs:", link, area, row[8], expected.get(area))
            again = page.evaluate(
                TURN, link.replace("t=map", "t=ranking").replace("t=table", "t=map")
            )
            same.append(again)
        for name, found, target in (
            ("year, sex, edition or tab", same, 100),
            ("another measure", other, 300),
        ):
            found.sort()
            if found:
                print(
                    f"{name}: median {found[len(found) // 2]:.0f} ms, 19 of 20 under {found[int(len(found) * 0.95) - 1]:.0f} ms (target {target})"
                )
        print(f"{count} random states, {wrong} numbers that differ from the store")
        browser.close()


def main() -> None:
    """Write a site, weigh it, browse it."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    store, embedded = open_data(data)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        start = time.process_time()
        made = write_site(store, site, embedded=embedded)
        took = time.process_time() - start
        print(
            f"written: {made.files} files, {made.bytes / 1e6:.1f} MB (target 25) in {took:.1f} CPU s (target 30)"
        )
        weigh(site)
        if CHROMIUM is None:
            print("no Chromium on this machine: nothing was browsed")
            return
        browse(site, store, int(sys.argv[2]) if len(sys.argv) > 2 else 60)


if __name__ == "__main__":
    main()
