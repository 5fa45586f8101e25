"""Two pages on one disease: where we stand, who is left out, what including them changes.

Every number hangs on its cells, or on a run by its name.
"""

from sojourn.health.brief.claims import untold
from sojourn.health.brief.drivers import drivers_chart
from sojourn.health.brief.page import Brief, Fact, Page
from sojourn.health.brief.people import left_out
from sojourn.health.brief.programmes import changes, known_effect
from sojourn.health.brief.stands import stands
from sojourn.health.engine.parameters import MARKS
from sojourn.health.targets.series import WORLD
from sojourn.health.tb.fit import BASE, CLOSING
from sojourn.publish import (
    Block,
    Document,
    LineageAppendix,
    Notes,
    RichText,
    Section,
    labels_of,
    other_languages,
)

__all__ = ["Brief", "Fact", "brief_document", "mark_keys", "stem"]


def brief_document(brief: Brief, language: str) -> Document:
    """Return a brief in one language.

    Raises
    ------
    PublishError
        The catalogue lacks a text.
    """
    page = Page(brief, language)
    words = page.words
    sections = (stands(page), left_out(page), changes(page), _unknown(page))
    lineage = Section(
        id="lineage",
        topic=words.text("methods.trace_topic"),
        heading=words.text("methods.trace_heading"),
        blocks=(LineageAppendix(trees=tuple(page.trees.values())),),
        new_page=False,
    )
    title = page.text(f"title_{brief.topic}", area=page.place)
    return Document(
        language=language,
        direction="rtl" if words.direction == "rtl" else "ltr",
        title=title,
        subtitle=page.text(f"subtitle_{brief.topic}"),
        notice=page.text("notice"),
        edition_note=(page.text("editions", editions=words.join(list(brief.editions))),),
        dated=brief.dated,
        sections=(*sections, lineage),
        labels=labels_of(words),
        alternates=other_languages(language, stem(brief), brief.languages),
        footer=_footer(page, title),
        description=page.text(f"subtitle_{brief.topic}"),
        compact=True,
    )


def stem(brief: Brief) -> str:
    """Return the name of a brief's files, without language and ending."""
    return f"brief-{brief.topic}-{brief.area}"


def _footer(page: Page, title: str) -> tuple[RichText, ...]:
    """Return how to cite the brief, and the terms of the editions behind it."""
    terms: dict[str, list[str]] = {}
    for edition, licence in sorted(page.brief.licences.items()):
        terms.setdefault(page.words.licence(licence), []).append(edition)
    colon = page.words.text("page.colon")
    listed = page.words.listed(f"{', '.join(e)}{colon} {licence}" for licence, e in terms.items())
    cited: RichText = (page.text("cite", title=title),)
    return (cited, (page.text("terms", terms=listed),)) if listed else (cited,)


def _unknown(page: Page) -> Section:
    brief = page.brief
    if not brief.run:
        return _unknown_of(page, (Notes(items=((page.text("no_model"),),)),))
    notes: list[RichText] = [*_doubtful(page)]
    told_by_flag = any(f["id"] == "deaths_conflict" for f in brief.run.get("flags", ()))
    if brief.run.get("contradicted") and not _unfitted(page) and not told_by_flag:
        share = page.ran(page.percent(100.0 * brief.run["contradicted"]))
        among = page.rich("among_countries" if brief.area == WORLD else "among_draws", share=share)
        kind = "_draws" if brief.topic == "tb" and brief.area != WORLD else ""
        notes.append(page.rich(f"contradicted_{brief.topic}{kind}", among=among))
    notes += _flags(page)
    limits = page.text("unknown_place" if brief.alone else f"unknown_{brief.topic}")
    notes.append((f"{limits} {page.text('models_sex')}",))
    blocks: list[Block] = [Notes(items=tuple(notes))]
    moved = any(d["parameter"] in brief.known for d in brief.run.get("drivers", ()))
    if moved and known_effect(page) and (brief.alone or not untold(page)):
        blocks.insert(0, drivers_chart(brief.run, brief.known, page.words, brief.drivers))
    return _unknown_of(page, tuple(blocks))


def _unknown_of(page: Page, blocks: tuple[Block, ...]) -> Section:
    return Section(
        id="unknown",
        topic=page.text("unknown"),
        heading=page.text("unknown_heading"),
        blocks=blocks,
        new_page=False,
    )


SHARES = ("share_unknown", "not_fitted", "trend_open")  # flags whose size is a share


def _unfitted(page: Page) -> bool:
    """Whether the model could not be fitted here: of it, nothing but this is told."""
    return any(f["id"] == "not_fitted" for f in page.brief.run.get("flags", ()))


def _years() -> dict[str, str]:
    """Return the year of the share of migrants, and the years whose notifications were read."""
    return {"year": str(BASE), "first": str(BASE - CLOSING + 1), "last": str(BASE)}


def _flags(page: Page) -> list[RichText]:
    """Return the flags of the country's fit with their size, and what each withholds."""
    told: list[RichText] = []
    for flag in page.brief.run.get("flags", ()):
        if _unfitted(page) and flag["id"] != "not_fitted" and flag["withholds"] != "groups":
            continue
        share = flag["id"] in SHARES
        shown = (
            page.percent(100.0 * flag["size"]) if share else page.words.significant(flag["size"], 2)
        )
        size = page.ran(shown)
        when = _years() if flag["id"] == "share_unknown" else {}
        none = flag["id"] == "not_fitted" and not flag["size"]
        told.append(
            (page.text("flag_not_fitted_at_all"),)
            if none
            else page.rich(f"flag_{flag['id']}", size=size, **when)
        )
    return told


def _doubtful(page: Page) -> list[RichText]:
    """Return how many parameters are assumptions or to verify, and which they are."""
    known = page.brief.known
    doubtful = {n: p for n, p in known.items() if not p.is_evidence}
    n, every = (page.words.exact(len(x), "") for x in (doubtful, known))
    said = [page.text("doubtful", n=n, all=every)]
    for mark in ("A", "T"):
        named = [page.words.text(f"parameter.{n}") for n, p in doubtful.items() if p.mark == mark]
        if named:
            mark_word = page.text(f"mark_{mark}").capitalize()
            said.append(page.text("marked", mark=mark_word, names=", ".join(named)))
    return [(" ".join(said),)]


def mark_keys() -> tuple[str, ...]:
    """Return the keys of the catalogue that name the evidence marks."""
    return tuple("brief.mark_" + mark.replace("*", "_derived") for mark in MARKS)
