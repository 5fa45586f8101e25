"""What including people changes: programmes compared on the same draws, never a forecast."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sojourn.health.brief.claims import path_withheld, untold, world_withheld
from sojourn.health.brief.page import Page
from sojourn.health.brief.people import spread
from sojourn.health.brief.withheld import COUNTS, DETERMINED, SCREENING, WITHHELD, signed
from sojourn.health.targets.series import WORLD
from sojourn.health.targets.targets import targets
from sojourn.health.tb.fit import BASE
from sojourn.health.tb.flags import DEATHS, GROUPS
from sojourn.health.tb.run import LAST
from sojourn.publish import Block, Paragraph, RichText, Section, TableBlock

COMPARED = (
    "current",
    "residents_only",
    "included",
    "border_screening",
    "included_and_source",
    "same_commodities",
)
LEFT_OUT, INCLUDED = "residents_only", "included"
SUPPORTED = "included_and_source"
SHOWN = (LEFT_OUT, INCLUDED, "border_screening", SUPPORTED)  # beside the milestones
BY = 2030  # the year both strategies and the Sustainable Development Goals share
THOUSAND, SMALL = 1e3, 1e5


def changes(page: Page) -> Section:
    """Return the section; without a run it says how to make one and tells nothing."""
    blocks: tuple[Block, ...] = (Paragraph(content=(page.text("no_run"),)),)
    if page.brief.run:
        compared = "compared" if page.brief.topic == "tb" else "compared_malaria"
        why = "" if page.brief.alone else untold(page)
        said = (why or page.text(compared), *(() if why else _excluded(page)))
        blocks = (Paragraph(content=(" ".join(said),)),)
        if not why:
            blocks += (_place_table(page),) if page.brief.alone else _of_countries(page)
    return Section(
        id="changes",
        topic=page.text("changes"),
        heading=page.text("changes_heading"),
        blocks=blocks,
        new_page=True,
    )


def _excluded(page: Page) -> tuple[str, ...]:
    """Return which share of people born abroad a programme for residents leaves out, by status."""
    left = page.brief.run["scenarios"].get(LEFT_OUT, {})
    one = page.brief.known.get("excluded_by_status")
    if one is None or not left.get("by_status"):
        return ()
    low, share, high = (page.percent(100.0 * v) for v in (one.low, one.value, one.high))
    return (page.text("excluded", share=share, low=low, high=high),)


def _of_countries(page: Page) -> tuple[Block, ...]:
    unsure: RichText = (page.text("effect_not_determined", area=page.place),)
    why = dict.fromkeys(
        [*path_withheld(page), *(s for k in (DEATHS, GROUPS, SCREENING) for s in page.missed(k))]
    )
    notes = tuple(Paragraph(content=(said,), style="small") for said in why)
    averted = _averted(page)
    if isinstance(averted, TableBlock) and SUPPORTED in _programmes(page.brief.run["scenarios"]):
        notes = (Paragraph(content=(page.text("source_care"),), style="small"), *notes)
    if not known_effect(page):  # what is not determined is told by no other table either
        said = unsure if isinstance(averted, TableBlock) else ()
        return (averted, *((Paragraph(content=said),) if said else ()), *notes)
    said = _sentences(_both_sentences(page), _benefit(page))
    table = () if path_withheld(page) else (_milestone_table(page),)
    return (averted, *table, Paragraph(content=said), *notes)


def known_effect(page: Page) -> bool:
    """Whether what including migrants changes is determined in this run."""
    averted = page.brief.run.get("scenarios", {}).get(INCLUDED, {}).get("averted", {})
    return bool(averted.get("verdict", DETERMINED) == DETERMINED)


def _programmes(found: Mapping[str, Any]) -> list[str]:
    """Return the programmes of a run: the packaged ones in their order, then those of the asker."""
    return [*(n for n in COMPARED if n in found), *(n for n in found if n not in COMPARED)]


def _title(page: Page, name: str) -> str:
    if name in COMPARED:
        return page.text(f"scenario_{name}")
    return str(page.brief.run["scenarios"][name].get("title") or name)


def _digits(page: Page, value: float, per: float) -> str:
    return page.words.significant(value / per, 2)


def _count(
    page: Page, found: Mapping[str, float | None], per: float = 1.0, *, known: bool = True
) -> RichText:
    """Return median and interval; only the interval where the answer is not determined."""
    low, middle, high = (found[k] for k in ("low", "median", "high"))
    if low is None or high is None or (known and middle is not None and not np.isfinite(middle)):
        return ("—",)
    ends = page.text("from_to", low=_digits(page, low, per), high=_digits(page, high, per))
    if not known or middle is None:
        return (page.ran(ends),)
    return (page.ran(f"{_digits(page, middle, per)} ({ends})"),)


def _averted(page: Page) -> Block:
    """Return what programmes avert; a sentence where each count is withheld, not a table of dashes."""
    found = page.brief.run["scenarios"]
    untold = _withheld(page) >= set(COUNTS) or all(
        _screens(page, one) for one in found.values() if "averted" in one
    )
    if untold and _control(next(iter(found.values()))) is None:
        return Paragraph(content=(page.text("averted_untold", area=page.place),))
    return _averted_table(page)


def _averted_table(page: Page) -> TableBlock:
    rows: list[tuple[RichText, ...]] = []
    found = page.brief.run["scenarios"]
    last, per = _control(next(iter(found.values()))), _unit(found)
    for name in (n for n in _programmes(found) if "averted" in found[n]):
        averted = found[name]["averted"]
        out = _screens(page, found[name])
        said = WITHHELD if out else averted["verdict"]
        verdict = page.text("verdict_" + said.replace(" ", "_"))
        known = averted["verdict"] == DETERMINED
        control = () if last is None else (_controlled(page, found[name]),)
        kept = frozenset(COUNTS) if out else _withheld(page)
        counts: list[RichText] = [
            ("—",) if key in kept else _count(page, signed(averted[key]), per, known=known)
            for key in COUNTS
        ]
        rows.append(((_title(page, name),), *counts, *control, (verdict,)))
    heads = ("programme", *COUNTS, *(() if last is None else (last,)), "verdict")
    return TableBlock(
        id="programmes",
        caption=page.text(
            "averted",
            years=str(LAST - BASE),
            unit=page.text("unit_thousands" if per > 1 else "unit_ones"),
        ),
        header=tuple(page.text(f"head_{h}") for h in heads),
        rows=tuple(rows),
        numeric=(False, *(True for _ in heads[1:-1]), False),
    )


def _withheld(page: Page) -> frozenset[str]:
    """Return the columns that a flag of the country withholds: what is withheld has no number."""
    kept = set(COUNTS) if GROUPS in page.withheld else set()
    if _deaths_untold(page):
        kept |= {"deaths_residents", "deaths_migrants"}
    return frozenset(kept)


def _deaths_untold(page: Page) -> bool:
    """Return whether nothing is told of what a programme does to deaths."""
    return DEATHS in page.withheld


def _screens(page: Page, one: Mapping[str, Any]) -> bool:
    """Whether a programme screens arrivals, and the validation does not bear what that averts."""
    return bool(one.get("pre_entry", 0.0) > 0 and SCREENING in page.withheld)


def _unit(found: Mapping[str, Any]) -> float:
    """Return a thousand where the largest count asks for it, else one: small places keep digits."""
    ends = [
        abs(one["averted"][key][end])
        for one in found.values()
        if "averted" in one
        for key in COUNTS
        for end in ("low", "high")
        if one["averted"][key][end] is not None
    ]
    return THOUSAND if max(ends, default=0.0) >= SMALL else 1.0


def _control(one: Mapping[str, Any]) -> str | None:
    """Return which sign of control the run of malaria tells: R of a country, or countries below one."""
    return "r_last" if "r" in one else "below_one" if "countries_below_one" in one else None


def _controlled(page: Page, one: Mapping[str, Any]) -> RichText:
    if "r" in one:
        return (page.ran(spread(page, one["r"])),)
    return _count(page, one["countries_below_one"])


def _at(one: Mapping[str, Any], target: str) -> Mapping[str, Any] | None:
    """Return what a programme reaches of a target by the year the strategies share."""
    found = (m for m in one.get("milestones", ()) if (m["target"], m["year"]) == (target, BY))
    return next(found, None)


def _milestone_table(page: Page) -> TableBlock:
    """Return the change since the baseline and the share of draws that reach the milestone."""
    found = page.brief.run["scenarios"]
    asked_for = targets(page.brief.topic)
    rows = []
    for name in (n for n in SHOWN if n in found and not _screens(page, found[n])):
        cells: list[RichText] = []
        for target in asked_for:
            # two programmes' deaths side by side tell what one averts
            untold = target.id == "tb_deaths" and _deaths_untold(page)
            one = None if untold else _at(found[name], target.id)
            cells += [_changed(page, one), _probability(page, one)]
        rows.append(((_title(page, name),), *cells))
    asked = {
        t.id: next((m.reduction for m in t.milestones if m.year == BY), 0.0) for t in asked_for
    }
    heads = [
        page.text(key, what=page.text(f"short_{t.id}"), asked=page.percent(-asked[t.id]))
        for t in asked_for
        for key in ("head_change", "head_reached")
    ]
    return TableBlock(
        id="milestones",
        caption=page.text("milestones", base=str(asked_for[0].baseline), by=str(BY)),
        header=(page.text("head_programme"), *heads),
        rows=tuple(rows),
        numeric=(False, *(True for _ in heads)),
    )


def _changed(page: Page, one: Mapping[str, Any] | None) -> RichText:
    change = one["change"] if one else {}
    if any(change.get(k) is None for k in ("low", "median", "high")):
        return ("—",)
    middle, low, high = (page.words.change(change[k], "PERCENT") for k in ("median", "low", "high"))
    return (page.ran(f"{middle} ({low}; {high})"),)


def _probability(page: Page, one: Mapping[str, Any] | None) -> RichText:
    if one is None or one["change"]["median"] is None:
        return ("—",)
    return (page.ran(page.percent(100.0 * one["probability"])),)


def _both_sentences(page: Page) -> RichText:
    """Return the effect in this place and in the world, always side by side.

    Leaving people out can decide the target of one country and hardly show in the world's sum.
    """
    brief = page.brief
    here = () if path_withheld(page) else _effect(page, brief.run["scenarios"], page.place)
    if brief.area == WORLD:
        return _sentences(here, (page.text("elsewhere"),))
    if world_withheld(page):
        return _sentences(here, (page.text("world_untold"),))
    if not brief.world:
        return _sentences(here, (page.text("no_world", topic=brief.topic),))
    return _sentences(here, _effect(page, brief.world["scenarios"], page.words.area("900")))


def _sentences(first: RichText, second: RichText) -> RichText:
    """Return two sentences as one text; a sentence that stands alone begins without a space."""
    return (*first, " ", *second) if first and second else (*first, *second)


def _effect(page: Page, found: Mapping[str, Any], place: str) -> RichText:
    """Return what inclusion does to the first target by the shared year, in one sentence."""
    if LEFT_OUT not in found or INCLUDED not in found:
        return ()
    target = targets(page.brief.topic)[0].id
    told = [_at(found[name], target) for name in (INCLUDED, LEFT_OUT)]
    medians = [t["change"]["median"] for t in told if t and t["change"]["median"] is not None]
    if len(medians) < len(told):
        return (page.text("effect_unknown", area=place),)
    included, out = (page.ran(page.words.change(v, "PERCENT")) for v in medians)
    what = page.text(f"short_{target}")
    return page.rich("effect", area=place, what=what, by=str(BY), included=included, out=out)


def _benefit(page: Page) -> RichText:
    """Return the residents' share of what inclusion averts; nothing where it is not determined."""
    averted = page.brief.run["scenarios"].get(INCLUDED, {}).get("averted", {})
    if _withheld(page) & {"cases_residents"}:
        return ()
    share = averted.get("residents_share", {})
    if averted.get("verdict") != DETERMINED or any(
        share.get(k) is None for k in ("low", "median", "high")
    ):
        return ()
    middle, low, high = (page.percent(100.0 * share[k]) for k in ("median", "low", "high"))
    return page.rich("benefit", share=page.ran(f"{middle} ({low}–{high})"))


def _signed(page: Page, found: Mapping[str, float]) -> RichText:
    """Return median and interval; only the interval where its sign is open."""
    return _count(page, found, known=not found["low"] < 0 < found["high"])


def _place_table(page: Page) -> TableBlock:
    rows = []
    found = page.brief.run["scenarios"]
    for name in _programmes(found):
        one = found[name]
        ended = page.words.number(100.0 * one["interrupted"], "PERCENT")
        rows.append(
            (
                (_title(page, name),),
                (page.ran(spread(page, one["r"])),),
                (page.ran(ended),),
                _signed(page, one["averted_residents_per_1000"]),
                _signed(page, one["averted_mobile_per_1000"]),
            )
        )
    heads = ("programme", "r", "ended", "infections_residents", "infections_mobile")
    return TableBlock(
        id="programmes",
        caption=page.text("averted_infections"),
        header=tuple(page.text(f"head_{h}") for h in heads),
        rows=tuple(rows),
        numeric=(False, True, True, True, True),
    )
