"""What changed: beside IOM's own figures, and between two dates of knowledge.

A change is told only between two complete editions, with both numbers. A figure whose older
edition nobody here holds has not changed: it is listed as what we do not hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.publish.comparison import CANNOT, EXACT, NEEDS, REVISED, ROUNDING, Published, Verdict
from sojourn.publish.content import (
    Block,
    Change,
    ChangesTable,
    Notes,
    RichText,
    Run,
    Section,
)
from sojourn.publish.factsheet import Page, place_name
from sojourn.publish.figure import FigureValue, figure
from sojourn.publish.lineage import unique
from sojourn.publish.statement import statements
from sojourn.publish.text import spoken


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures as known on two days.

    Attributes
    ----------
    pairs : tuple of (then, now)
        Figures that read differently in two complete editions.
    unheld : tuple of FigureValue
        Figures of today without an edition that was current then.
    withdrawn : tuple of FigureValue
        Figures of then that no complete edition gives today.
    """

    pairs: tuple[tuple[FigureValue, FigureValue], ...] = ()
    unheld: tuple[FigureValue, ...] = ()
    withdrawn: tuple[FigureValue, ...] = ()


_VERDICT = {
    EXACT: "exact",
    ROUNDING: "within_rounding",
    REVISED: "revised",
    NEEDS: "needs",
    CANNOT: "cannot",
}


def changes(
    page: Page,
    verdicts: Sequence[Verdict],
    found: Compared,
    dates: tuple[str, str],
    *,
    limit: int = 0,
) -> Section | None:
    """Return what changed: beside IOM's own figures, and between two as-of dates.

    Parameters
    ----------
    limit : int
        How many changes between the dates to show, the main figures first; 0 shows all. The count
        in the heading is of all.
    """
    words = page.words
    shown = sorted(found.pairs, key=_main_first)[: limit or None] if limit else found.pairs
    blocks: list[Block] = []
    if verdicts:
        rows = tuple(_verdict_row(page, v) for v in verdicts)
        blocks.append(_table(page, "iom", words.text("changes.iom"), rows))
    if shown:
        rows = tuple(_pair_row(page, a, b) for a, b in shown)
        caption = words.text("changes.dates", then=dates[0], now=dates[1])
        blocks.append(_table(page, "dates", caption, rows))
    notes = [*_cut(page, len(shown), len(found.pairs)), *_unheld(page, found, dates)]
    blocks += [Notes(items=tuple(notes))] if notes else []
    if not blocks:
        return None
    count = page.count(len(found.pairs))
    return Section(
        id="changes",
        topic=words.text("changes.topic"),
        heading=spoken(words.rich("changes.heading", count=count))
        if found.pairs
        else words.text("changes.topic"),
        lead=words.rich("changes.lead"),
        blocks=tuple(blocks),
    )


def _main_first(pair: tuple[FigureValue, FigureValue]) -> tuple[bool, bool, bool]:
    now = pair[1]
    return (now.sex != "_T", bool(figure(now.figure_id).count), now.area != "900")


def _table(page: Page, table_id: str, caption: str, rows: tuple[Change, ...]) -> ChangesTable:
    names = ("figure", "then", "now", "difference", "verdict", "reason")
    head = tuple(page.words.text(f"changes.{name}") for name in names)
    return ChangesTable(
        id=table_id,
        caption=caption,
        header=head,  # type: ignore[arg-type] # six headings
        changes=rows,
    )


def _cut(page: Page, shown: int, found: int) -> list[RichText]:
    if shown == found:
        return []
    exact = page.words.exact
    return [page.words.rich("changes.cut", shown=exact(shown, ""), all=exact(found, ""))]


def _unheld(page: Page, found: Compared, dates: tuple[str, str]) -> list[RichText]:
    """Return what cannot be compared, one line for each reason, with how many figures it is of."""
    words = page.words
    lines: list[RichText] = []
    for key, values in (("unheld", found.unheld), ("withdrawn", found.withdrawn)):
        if not values:
            continue
        names = list(dict.fromkeys(words.text(f"figure.{v.figure_id}") for v in unique(values)))
        count = page.count(len(values))
        listed = words.listed(names)
        lines.append(words.rich(f"changes.{key}", then=dates[0], count=count, figures=listed))
    return lines


def _pair_row(page: Page, then: FigureValue, now: FigureValue) -> Change:
    words = page.words
    size = (now.value or 0.0) - (then.value or 0.0)
    same = _datasets(then) == _datasets(now)
    return Change(
        figure=_name(page, now),
        then=(page.number(then),),
        now=(page.number(now),),
        difference=(_difference(page, size, now.unit),),
        verdict=words.text(f"changes.{_moved(then, now) or ('revised' if same else 'other')}"),
        reason=_explained(page, then, now),
    )


def _datasets(value: FigureValue) -> set[str]:
    return {edition.split("@")[0] for edition in value.edition.split(" + ")}


def _moved(then: FigureValue, now: FigureValue) -> str:
    """Say whether a place left or entered a ranked list."""
    count = figure(now.figure_id).count
    if not count or not (then.rank and now.rank) or (then.rank <= count) == (now.rank <= count):
        return ""
    return "left" if now.rank > count else "entered"


def _explained(page: Page, then: FigureValue, now: FigureValue) -> RichText:
    """Return the two editions and the one fact that explains most of a change."""
    words = page.words
    said: list[RichText] = [(f"{then.edition} → {now.edition}",)]
    if then.rank and now.rank and then.rank != now.rank:
        ranks = {"then": str(then.rank), "now": str(now.rank)}
        said.append(words.rich("changes.rank", **ranks))
    if (part := _largest_part(page, then, now)) is not None:
        before, after = part
        size = _difference(page, (after.value or 0.0) - (before.value or 0.0), after.unit)
        said.append(
            words.rich(
                "changes.mostly",
                name=_name(page, after, year=after.time_period != now.time_period),
                change=size,
            )
        )
    elif then.value and now.unit not in ("PERCENT", "PERCENTAGE_POINTS"):
        share = 100 * ((now.value or 0.0) - then.value) / abs(then.value)
        said.append((words.change(share, "PERCENT"),))
    joined: list[Run] = []
    for one in said:
        joined += [*(["; "] if joined else []), *one]
    return tuple(joined)


def _largest_part(
    page: Page, then: FigureValue, now: FigureValue
) -> tuple[FigureValue, FigureValue] | None:
    """Return the part of a figure, or the region of the world, that changed most."""
    before = {(p.figure_id, p.time_period): p for p in then.parts}
    pairs = [(before[k], p) for p in now.parts if (k := (p.figure_id, p.time_period)) in before]
    if now.figure_id == "migrant_stock" and not pairs:
        older = page.ev.pinned(then.edition)
        pairs = [
            (older.one("migrant_stock_by_region", sex=now.sex, area=region.area), region)
            for region in page.ev.values("migrant_stock_by_region")
            if region.sex == now.sex and region.edition == now.edition
        ]
    both = [(a, b) for a, b in pairs if a.value is not None and b.value is not None]
    return max(
        both,
        key=lambda pair: abs((pair[1].value or 0.0) - (pair[0].value or 0.0)),
        default=None,
    )


def _name(page: Page, value: FigureValue, *, year: bool = False) -> str:
    words = page.words
    name = words.text(f"figure.{value.figure_id}")
    if value.area != "900" and figure(value.figure_id).op != "groups":
        name += f", {place_name(words, value.area)}"
    name += f", {words.text(f'sex.{value.sex}')}" if value.sex != "_T" else ""
    return f"{name}, {value.time_period}" if year else name


def _difference(page: Page, size: float, unit: str) -> str:
    """Return a difference with its sign; of two shares, in percentage points."""
    return page.words.change(size, "PERCENTAGE_POINTS" if unit == "PERCENT" else unit)


def _verdict_row(page: Page, found: Verdict) -> Change:
    words, unit = page.words, found.published.unit
    difference: RichText = (
        ("—",) if found.difference is None else (_difference(page, found.difference, unit),)
    )
    verdict = "as_worded" if found.as_worded else _VERDICT[found.verdict]
    return Change(
        figure=_name(page, found.ours),
        then=(_printed(page, found.published),),
        now=(page.number(found.ours),),
        difference=difference,
        verdict=words.text(f"verdict.{verdict}"),
        reason=_why(page, found),
    )


def _printed(page: Page, published: Published) -> str:
    """Return a statement as IOM worded it, with the month of the edition that prints it."""
    words, month = page.words, page.words.month(published.published_on)
    if published.value is None:
        return month
    number = words.printed(published.value, published.unit, published.precision)
    if published.qualifier:
        key = published.qualifier.replace(" ", "_")
        number = words.text(f"qualifier.{key}", value=number)
    return f"{number} ({month})"


def _because(ours: FigureValue) -> bool:
    return ours.value is not None and f"because.{ours.figure_id}" in statements()


def _why(page: Page, found: Verdict) -> RichText:
    """Return the evidence of a verdict in the language of the page."""
    words, ours, evidence = page.words, found.ours, found.evidence
    if found.verdict == REVISED and evidence is not None and evidence.value is not None:
        if ours.value is None:
            return (f"{evidence.edition}: ", page.number(evidence), f"; {ours.reason}")
        change = words.change(100 * (ours.value - evidence.value) / evidence.value, "PERCENT")
        return (f"{evidence.edition}: ", page.number(evidence), f" → {ours.edition} ({change})")
    if because := page.say(f"because.{ours.figure_id}") if _because(ours) else ():
        return because
    if found.verdict == NEEDS and evidence is not None:
        month = words.month(found.published.published_on)
        return words.rich("changes.needs_edition", year=month, edition=evidence.edition)
    if found.verdict == CANNOT and evidence is not None:
        month = words.month(found.published.published_on)
        value = page.number(evidence, exact=True)
        return words.rich("changes.cannot", month=month, edition=evidence.edition, value=value)
    if f"why.{ours.figure_id}" in words.messages:
        return words.rich(f"why.{ours.figure_id}")
    if found.verdict in (EXACT, ROUNDING):
        return (ours.edition,)
    return (found.reason,)
