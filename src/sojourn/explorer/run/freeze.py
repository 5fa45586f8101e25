"""One view of the explorer frozen: a page that needs nothing else, a drawing and a table."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sojourn.errors import NoSuchObservation
from sojourn.explorer.model.cells import Held
from sojourn.explorer.model.link import Link, read_link
from sojourn.explorer.pages.frozen import COLUMNS, MOST_BARS, View, drawn, page, wording
from sojourn.explorer.run.explorer import SEXES, newest_first, populations
from sojourn.explorer.run.freeze_corridors import Corridors, corridors
from sojourn.explorer.run.read import Counted, Reading, counted, datasets, reading
from sojourn.files import new_folder
from sojourn.publish import CellValue, catalogue, to_csv, with_source
from sojourn.store.choice import is_whole
from sojourn.store.observations import Store
from sojourn.terminal.nearest import near
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicator_or_code
from sojourn.vocab.observation import EditionId, column_letters
from sojourn.vocab.place import area_id

OWNER = "frozen view"
_LINES = 4  # places drawn where none is chosen


def freeze(store: Store, text: str, out: Path, *, public: bool = False) -> View:
    """Write a view, named by its link, as ``index.html``, ``view.svg`` and ``view.csv``.

    Raises
    ------
    PublishError
        The link names no measure, or nothing can be drawn.
    NoSuchObservation
        The store holds no such measure, edition, sex or year.
    UnknownArea
        A place that nothing is called.
    """
    view = viewed(store, read_link(text), public=public)
    chart = drawn(view)
    with new_folder(out, OWNER) as folder:
        folder.write("index.html", page(view, chart))
        sheet = with_source(chart, wording(view, chart.alt), list(view.lines))
        folder.write("view.svg", sheet.light)
        head = "".join(f"# {line}\r\n" for line in view.lines)
        folder.write("view.csv", head + to_csv(COLUMNS, tuple(view.rows)))
    return view


def viewed(store: Store, link: Link, *, public: bool = False) -> View:
    """Return what a link shows, each number with its cell.

    Raises
    ------
    NoSuchObservation
        The store holds no such measure, edition, sex or year.
    """
    found = reading(store, as_of=link.as_of, public=public)
    one = _measure(found, link.measure)
    sex = _held(link.sex or next(s for s in SEXES if s in one.by_sex), list(one.by_sex), "sex")
    cells = one.by_sex[sex].rows()
    editions = sorted({c[0] for c in cells}, key=newest_first, reverse=True)
    whole = [e for e in editions if is_whole(store, e)] or editions
    edition = _held(link.edition or whole[0], editions, "edition")
    mine = [c for c in cells if c[0] == edition and _is_place(c[1])]
    period = _held(link.period or _best(mine, edition), sorted({c[2] for c in mine}), "period")
    link = replace(link, period=period)
    if link.view == "corridor":
        return _of_corridors(store, link, corridors(found, one, edition, sex, link))
    below = _below(store, found, sex) if link.per else {}
    shown = _chosen(mine, link, [area_id(a) for a in link.areas])
    words = catalogue(link.language)
    rows = [
        _record(c, one.measure.id, sex, words.short(c[1]), below if link.per else None)
        for c in shown
    ]
    if link.per and link.view != "trend":
        rows.sort(key=lambda r: (r[8] is None, -float(r[8] or 0)))
    parts = [words.text("explorer.per_thousand", n=words.exact(1000, ""))] if link.per else []
    parts += [words.text("explorer.by_origin")] if one.measure.role == "of" else []
    parts += [words.text(f"sex.{sex}")] if sex != "_T" else []
    parts += [period] if link.view != "trend" else []
    known = indicator_or_code(one.measure.indicator)
    title = ", ".join([known.name(link.language), *parts])
    return View(link, known, words, title, rows, _sources(store, link, edition))


def _of_corridors(store: Store, link: Link, found: Corridors) -> View:
    """Return the view of the corridors of a place; what is left out is told under the drawing."""
    words, one = catalogue(link.language), found.counted.measure
    known = indicator_or_code(one.indicator)
    place = words.short(found.place)
    rows = [
        _record(c, one.id, found.sex, words.short(c[1]), None, found.edition, place)
        for c in found.cells
    ]
    way = words.text(f"explorer.direction_{found.way}", area=place)
    sex = f", {words.text(f'sex.{found.sex}')}" if found.sex != "_T" else ""
    title = f"{known.name(link.language)}: {way}{sex}, {found.period}"
    told = words.text(
        "explorer.threshold",
        n=words.exact(len(rows), ""),
        all=words.exact(len(rows) + found.left, ""),
        missing=words.exact(found.lacking, ""),
    )
    lines = [told, *_sources(store, link, found.edition)]
    return View(replace(link, period=found.period), known, words, title, rows, lines)


def _sources(store: Store, link: Link, edition: str) -> list[str]:
    """Return what stands under a view: the edition with its terms, and who read it."""
    words = catalogue(link.language)
    file = next(f for f in store.manifest.files if f.edition == edition)
    day = words.day(date.fromisoformat(file.vintage))
    source = words.text(
        "explorer.source_line", citation=file.citation, day=day, licence=file.license
    )
    part = store.held_corridors(edition)
    counts = [words.exact(n, "") for n in part] if part else []
    held = [words.text("explorer.part_of_run", n=counts[0], all=counts[1])] if counts else []
    return [*held, source, f"{edition}. {words.text('explorer.read_with')}"]


def _measure(found: Reading, name: str) -> Counted:
    dataset, _, rest = name.partition("/")
    indicator = rest.partition(";")[0].partition("~")[0]
    held = datasets(found)
    if (dataset, indicator) in held:
        made = list(counted(found, dataset, indicator))
        for one in made:
            if one.measure.id == name:
                return one
        meant = [one.measure.id for one in made]
    else:
        meant = near(name, [f"{d}/{i}" for d, i in held], most=3, cutoff=0.4)
    raise NoSuchObservation(
        f"m={name[:80]}: no such measure is loaded",
        hint=f"did you mean {' or '.join(meant[:3])}?" if meant else "see: sojourn indicators",
    )


def _held(asked: str, held: list[str], what: str) -> str:
    if asked in held:
        return asked
    raise NoSuchObservation(
        f"{what} {asked[:40]!r} is not held for this measure",
        hint=f"there are: {', '.join(held[:12])}{' …' if len(held) > 12 else ''}",
    )


def _is_place(area: str) -> bool:
    return area in AREAS and not AREAS[area].is_aggregate


def _best(cells: list[Held], edition: str) -> str:
    """Return the newest year, not after the edition, that at least half of the places have."""
    last = int(EditionId.of(edition).vintage[:4])
    counts: dict[str, int] = {}
    for c in cells:
        if c[3] is not None:
            counts[c[2]] = counts.get(c[2], 0) + 1
    most = max(counts.values(), default=0)
    past = sorted(p for p in counts if int(p[:4]) <= last)
    full = [p for p in past if counts[p] >= most / 2]
    return (full or past or sorted(counts) or sorted({c[2] for c in cells}) or [""])[-1]


def _chosen(cells: list[Held], link: Link, areas: list[str]) -> list[Held]:
    """Return the cells that the view shows, in its order."""
    year = sorted(
        (c for c in cells if c[2] == link.period),
        key=lambda c: (c[3] is None, -(c[3] or 0.0), c[1]),
    )
    if link.view == "trend":
        places = areas or [c[1] for c in year[:_LINES]]
        return sorted(
            (c for c in cells if c[1] in places), key=lambda c: (places.index(c[1]), c[2])
        )
    if link.view == "ranking":
        known = [c for c in year if c[3] is not None]
        return [c for n, c in enumerate(known) if n < MOST_BARS or c[1] in areas]
    return year


def _below(store: Store, found: Reading, sex: str) -> dict[tuple[str, str], float]:
    """Return the population of each place and year, as a table finds it."""
    below: dict[tuple[str, str], float | None] = {}
    for name in populations(store, datasets(found)):
        of_dataset: dict[tuple[str, str], float | None] = {}
        one = _measure(found, name)
        held = one.by_sex[sex].rows() if sex in one.by_sex else []
        cells = sorted(held, key=lambda c: newest_first(c[0]), reverse=True)
        said = {(c[0], c[2]) for c in cells if c[3] is not None}
        for c in (c for c in cells if (c[0], c[2]) in said):
            of_dataset.setdefault((c[1], c[2]), c[3])
        for key, value in of_dataset.items():
            if below.get(key) is None:
                below[key] = value
    return {key: value for key, value in below.items() if value}


def _record(
    c: Held,
    measure: str,
    sex: str,
    name: str,
    below: dict[tuple[str, str], float] | None,
    edition: str = "",
    other: str = "",
) -> tuple[CellValue, ...]:
    """Return a cell as a row of the table; of a corridor, with its edition and other end."""
    told = edition or c[0]
    sheet = f"{c[8]}!" if c[8] else ""
    cell = f"{told}#{sheet}{column_letters(c[10])}{c[9]}" if c[9] else ""
    iso3 = AREAS[c[1]].iso3 if c[1] in AREAS else ""
    value, label = c[3], measure
    bounds = (c[11], c[12]) if below is None else (None, None)
    if below is not None:
        under = below.get((c[1], c[2]))
        value = None if value is None or not under else 1000 * value / under
        label = f"{measure} / 1000 population"
    return (label, c[1], iso3, name, other, c[2], sex, told, value, c[4], c[5], c[6], cell, *bounds)
