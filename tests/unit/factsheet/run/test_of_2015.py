"""The factsheet of the embedded edition of 2015: packed again it is the same, and its numbers are those proofread.

`numbers_of_2015.txt` holds what the pages print, number by number, as it was read against the publishers' tables
(`tests/audit.py` does so cell by cell). `python tests/unit/factsheet/run/test_of_2015.py` writes it anew, to be read
against them again where it differs.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sojourn.factsheet.figures.compared import Compared
from sojourn.factsheet.figures.comparison import Verdict
from sojourn.factsheet.figures.evaluate import Evaluator
from sojourn.factsheet.figures.figure import figures
from sojourn.factsheet.figures.opened import all_values, changed, evaluator, newest_day, verdicts
from sojourn.factsheet.pages import front
from sojourn.factsheet.pages.card import Told, cards
from sojourn.factsheet.run.factsheet import Composed, Request, _tables, compose
from sojourn.factsheet.run.files import evidence_of
from sojourn.factsheet.run.pack import pack
from sojourn.files import Folder
from sojourn.publish import ChartBlock, Document, KeyNumbers, catalogue
from sojourn.publish.content import Number, texts
from sojourn.query.opening import open_data
from sojourn.store.manifest import read_manifest
from sojourn.store.observations import Store

YEAR = 2015
PROOF = Path(__file__).with_name("numbers_of_2015.txt")
#: What most names of numbers end in: both sexes, the world, the day of the newest edition.
WORLD = "._T.900.2026-05-06"
DIGITS = re.compile(r"[−+]?\d[\d.,]*\d|\d")


def made(store: Store) -> tuple[Evaluator, list[Verdict], Compared, dict[str, Composed]]:
    """Compose the English pages of a store."""
    day = newest_day(store)
    ev, then = evaluator(store, YEAR, day), evaluator(store, YEAR, date(YEAR + 1, 12, 31))
    found, moved = verdicts(ev), changed(then, ev, list(figures()))
    request = Request(YEAR, day, ("en",), embedded=True)
    return ev, found, moved, compose(ev, catalogue("en"), request, found, moved)


@cache
def embedded() -> tuple[Evaluator, list[Verdict], Compared, dict[str, Composed]]:
    return made(open_data(None)[0])


def shown(runs: Sequence[object]) -> list[str]:
    """The numbers of a text with what they lead to; other runs by the digits in them."""
    found = []
    for run in runs:
        if isinstance(run, Number):
            found.append(f"{run.display} <{(run.lineage_id or '').replace(WORLD, '~')}>")
        elif isinstance(run, str):
            found += DIGITS.findall(run)
    return found


def summed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def leaves(held: Any, at: str = "") -> Iterator[str]:
    """A line for each number, each yes or no, and each text of nested data, by its digits."""
    if isinstance(held, dict):
        for key, one in held.items():
            yield from leaves(one, f"{at}.{key}")
    elif isinstance(held, list | tuple):
        yield f"{at} {len(held)}"
        for n, one in enumerate(held):
            yield from leaves(one, f"{at}.{n}")
    elif isinstance(held, str):
        yield f"{at} {' '.join(DIGITS.findall(held)) if len(held) < 300 else 'drawn'}"
    else:
        yield f"{at} {held}"


def told_front(document: Document) -> Iterator[str]:
    """Lines of the two pages: each panel with what of it is left out where there is no room."""
    caught: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "typeset", lambda _, __, content: caught.append(content) or b"")
        front.render_front(document)
    [content] = caught
    first = content.pop("settings")[0]
    both = {f"{k}.{n}": one for k in ("panels", "spares") for n, one in enumerate(first[k])}
    for name, held in {**content, **both}.items():
        lines = list(leaves(held))
        yield f"front {name}: {len(lines)} numbers and texts, {summed(*lines)}"


def printed(document: Document) -> Iterator[str]:
    """Lines of a document: a section, then each of its blocks by kind with its numbers in order."""
    for section in document.sections:
        yield f"# {section.id}: {' | '.join([*shown(section.said or (section.heading,)), *shown(section.lead)])}"
        for block in section.blocks:
            name = type(block).__name__
            if isinstance(block, KeyNumbers):
                for item in block.items:
                    if item.sparkline is not None:
                        yield f"spark {' '.join(item.sparkline.csv.split()[1:])}"
            if isinstance(block, ChartBlock):
                rows = block.chart.csv.splitlines()[1:]
                traces = "".join(t for row in block.chart.table.traces for t in row)
                yield f"chart {block.chart.id}: {len(rows)} rows, {summed(*rows, traces)}: {rows[0]} … {rows[-1]}"
            for text in texts(block):
                if said := shown(text):
                    yield f"{name} {' | '.join(said)}"


def told_cards(of: tuple[Evaluator, list[Verdict], Compared, dict[str, Composed]]) -> Iterator[str]:
    """A line for each card: what it is of, its value, and the digits of its rows."""
    ev, found, _, composed = of
    evidence = evidence_of(ev, composed.values(), found)
    values = {v.lineage_id: v for c in composed.values() for v in c.page.printed}
    told = Told(
        catalogue("en"),
        composed["factsheet"].page.files,
        evidence.keys,
        evidence.others,
        evidence.verdicts,
    )
    for one in cards(told, values.values()):
        rows = [f"{len(r.text.split())} {' '.join(DIGITS.findall(r.text))}" for r in one.rows]
        yield f"card {one.id.replace(WORLD, '~')} = {one.value} [{one.cell}] {len(rows)} rows, {summed(*rows)}"


def proof() -> str:
    of = embedded()
    lines = [line for name, c in of[3].items() for line in (f"## {name}", *printed(c.document))]
    front_page = told_front(of[3]["factsheet"].document)
    return "\n".join([*lines, "## front", *front_page, "## cards", *told_cards(of)]) + "\n"


def test_the_pages_print_the_numbers_that_were_proofread() -> None:
    found, known = proof().splitlines(), PROOF.read_text("utf-8").splitlines()
    differs = [f"{was}  →  {now}" for was, now in zip(known, found, strict=False) if was != now]
    assert (differs[:5], len(found)) == ([], len(known))


def test_papers_leave_out_the_last_first_and_ever_more() -> None:
    assert list(front._levels([1, 3, 2])) == [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 2, 1]]
    assert list(front._levels([])) == [[]]

    def variants(charts: int, facts: int, rows: int) -> list[tuple[list[int], bool, int]]:
        return [(v["charts"], v["facts"], v["rows"]) for v in front._variants(charts, facts, rows)]

    assert variants(0, 0, 3) == [([], False, 3)]
    assert variants(0, 1, 4) == [([], True, 4), ([], True, 2), ([], True, 3)]
    assert variants(1, 0, 0) == [([0], False, 0)]
    assert variants(1, 1, 0) == [([0], True, 0), ([0], False, 0), ([], True, 0)]
    assert variants(2, 1, 0) == [([0, 1], True, 0), ([0], True, 0), ([0], False, 0), ([], True, 0)]
    assert variants(2, 0, 0) == [([0, 1], False, 0), ([0], False, 0)]


# ------------------------------------------------------------------------------ tables beside


def test_the_tables_hold_every_figure_with_its_value_and_what_was_published(tmp_path: Path) -> None:
    ev, found, _, _ = embedded()
    values = all_values(ev)
    request = Request(YEAR, newest_day(ev.store), ("en",), embedded=True)
    _tables(Folder(tmp_path), values, found, request)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "figures.csv").read_text("utf-8-sig"))))
    of = {v.lineage_id: v for v in (*values, *(x.ours for x in found))}
    assert {r["lineage_id"] for r in rows} == set(of)
    assert len(rows) == len(of)
    said = {v.ours.lineage_id: v for v in reversed(found) if v.published.value is not None}
    for row in rows:
        value = of[row["lineage_id"]]
        assert (row["figure_id"], row["time_period"], row["area"]) == (
            *(value.figure_id, value.time_period),
            value.area,
        )
        assert (float(row["value"]) if row["value"] else None) == value.value
        assert bool(row["reason"]) == (value.value is None) or value.value is not None
        other = said.get(row["lineage_id"])
        assert (float(row["published_value"]) if row["published_value"] else None) == (
            other.published.value if other else None
        )
    text = (tmp_path / "figures.json").read_text("utf-8")
    assert text.endswith("}\n")
    assert re.findall(r'"lineage_id": "([^"]+)"', text) == [r["lineage_id"] for r in rows]
    assert re.findall(r'"year": (\d+)', text)[:1] == [str(YEAR)]
    lineage = (tmp_path / "lineage.json").read_text("utf-8")
    assert lineage.endswith("}\n")
    assert all(name in lineage for name in of)
    assert json.loads(text)
    assert json.loads(lineage)
    published = list(
        csv.DictReader(io.StringIO((tmp_path / "published.csv").read_text("utf-8-sig")))
    )
    assert len(published) == len(found)


# ---------------------------------------------------------------------------------- packed


@cache
def again(folder: Path) -> Store:
    """The embedded edition packed once more, and opened."""
    pack(open_data(None)[0], YEAR, folder)
    return open_data(folder)[0]


@pytest.fixture(scope="module")
def repacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Store]:
    folder = tmp_path_factory.mktemp("packed") / "out"
    return folder, again(folder)


def test_what_is_packed_again_answers_as_before(repacked: tuple[Path, Store]) -> None:
    """Packing copies what the figures need: of a pack that is all of it, now and as it was known then."""
    stores = (open_data(None)[0], repacked[1])
    for day in (newest_day(stores[0]), date(YEAR + 1, 12, 31)):
        one, two = (
            {
                v.lineage_id: (v.value, v.edition, v.n_inputs, bool(v.reason))
                for v in all_values(evaluator(s, YEAR, day))
            }
            for s in stores
        )
        assert one == two


def test_what_is_packed_lists_its_editions_with_their_terms(repacked: tuple[Path, Store]) -> None:
    folder, store = repacked
    was, now = open_data(None)[0].manifest, read_manifest(folder)
    kept = {f.sha256: f for f in was.files}
    assert {f.sha256 for f in now.files} == set(kept)
    for file in now.files:
        old = kept[file.sha256]
        same = ("edition", "dataset", "name", "license", "redistribution", "citation")
        assert [getattr(file, n) for n in same] == [getattr(old, n) for n in same]
        assert bool(file.problems) == bool(old.problems)
        assert file.observations == pytest.approx(old.observations, rel=0.02)
    counts = [
        [s.con.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("problem", "membership")]
        for s in (open_data(None)[0], store)
    ]
    assert counts[0] == counts[1]
    text = next(p for p in folder.rglob("*.md")).read_text("utf-8")
    rows = [r.split(" | ") for r in text.splitlines() if r.startswith("| ") and "@" in r]
    assert [r[0].strip("| ") for r in rows] == sorted({f.edition for f in now.files})
    by = {f.edition: f for f in now.files}
    for edition, citation, terms, carried in ((c.strip("| ") for c in r) for r in rows):
        file = by[edition]
        assert (citation, terms) == (file.citation, file.license)
        words = "cells" if file.redistribution == "attribution" else "cited facts"
        assert carried.startswith("estimates" if file.dataset == "sojourn.flows" else words)
    assert text.endswith("|\n")


if __name__ == "__main__":
    PROOF.write_text(proof(), "utf-8")
