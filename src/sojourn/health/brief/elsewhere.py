"""The same targets elsewhere: WHO's regions beside the world, region and world beside a country."""

from sojourn.health.brief.page import Page
from sojourn.health.targets.tracking import Tracking
from sojourn.publish import Block, LineageNode, Number, Paragraph, RichText, TableBlock


def shown(page: Page, t: Tracking, value: float) -> str:
    """Return a rate with three digits, a count in full."""
    return page.short(value) if t.target.quantity == "rate" else page.words.exact(round(value), "")


def elsewhere(page: Page) -> tuple[Block, ...]:
    """Return a table with a row a place and, a target, its value and its change since the baseline."""
    of = {(t.area, t.target.id): t for t in (*page.brief.trackings, *page.brief.beside)}
    here = page.brief.trackings
    if not page.brief.beside or not any(t.value is not None for t in here):
        return ()
    places = dict.fromkeys(t.area for t in (*here, *page.brief.beside))
    rows = tuple(
        (
            (page.named(area),),
            *(c for t in here for c in _cells(page, of[area, t.target.id], t.last)),
        )
        for area in places
    )
    for t in here:
        _lineage(page, [of[area, t.target.id] for area in places])
    heads = (h for t in here for h in _heads(page, t))
    caption = page.text("places", year=str(here[0].target.baseline))
    numeric = (False, *(True for _ in here for _ in range(2)))
    header = (page.text("head_place"), *heads)
    table = TableBlock(id="places", caption=caption, header=header, rows=rows, numeric=numeric)
    return (table, *_without(page, [of[area, t.target.id] for t in here for area in places]))


NAMED = 3  # countries without a value that are named in the sentence


def _without(page: Page, found: list[Tracking]) -> tuple[Block, ...]:
    """Return who is in no sum of the table: a year since the baseline lacks their value or people.

    Who is named in the sentence of the place itself is not named again.
    """
    said_of = {(t.target.id, a) for t in page.brief.trackings if t.summed for a in t.left_out}
    missing: dict[str, dict[str, None]] = {}
    since = str(found[0].target.baseline)
    for t in found:
        if t.summed and t.value is not None:
            more = [a for a in t.left_out if (t.target.id, a) not in said_of]
            missing.setdefault(page.target(t), {}).update(dict.fromkeys(more))
    said = [
        page.text("places_without", name=name, areas=named(page, tuple(areas)), year=since)
        for name, areas in missing.items()
        if areas
    ]
    return (Paragraph(content=(" ".join(said),), style="small"),) if said else ()


def named(page: Page, areas: tuple[str, ...]) -> str:
    """Return the names of some countries, and how many more there are."""
    names = [page.named(a) for a in areas[:NAMED]]
    more = len(areas) - NAMED
    if more > 0:
        names.append(page.text("and_more", n=page.words.exact(more, "")))
    return page.words.join(names)


def _heads(page: Page, t: Tracking) -> tuple[str, str]:
    later = [m.milestone for m in t.milestones if m.milestone.year >= t.last]
    next_one = later[0] if later else t.milestones[-1].milestone
    asked = page.percent(-next_one.reduction)
    return (
        page.text("in_year", name=page.target(t), year=str(t.last)),
        page.text("head_since", asked=asked, by=str(next_one.year)),
    )


def _cells(page: Page, t: Tracking, year: int) -> tuple[RichText, RichText]:
    """Return level and change; the year stands beside a level of another year than its heading's."""
    if t.value is None:
        return ("—",), ("—",)
    change = "—" if t.change is None else Number(page.words.change(t.change, "PERCENT"), _tree(t))
    other = () if t.last == year else (f" ({t.last})",)
    return (Number(shown(page, t, t.value), _tree(t)), *other), (change,)


def _tree(t: Tracking) -> str:
    return f"places-{t.target.id}".replace("_", "-")


def _lineage(page: Page, found: list[Tracking]) -> None:
    """Set one tree a target: a branch a place, a leaf a cell of its sum."""
    first = found[0]
    label = page.text("target_places", name=page.target(first))
    branches = tuple(
        LineageNode(
            label=page.named(t.area),
            value=shown(page, t, t.value),
            children=tuple(page.leaf(c) for c in t.cells),
        )
        for t in found
        if t.value is not None
    )
    page.trees[_tree(first)] = LineageNode(id=_tree(first), label=label, children=branches)
