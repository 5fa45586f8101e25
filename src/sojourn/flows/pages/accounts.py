"""Parts of the page about flows: what they can carry, totals with their interval, the accounts."""

from sojourn.flows.model.balance import TOLERANCE
from sojourn.flows.model.calibration import LEVEL
from sojourn.flows.pages.voice import FlowPage, Voice
from sojourn.publish import Interval, Notes, Paragraph, RichText, Section, TableBlock, intervals

TOTALS, PLACES = 12, 12
HALF = 372.0  # pixels of half a page


def carry(voice: Voice) -> Paragraph:
    """Return the paragraph that says what these numbers can and cannot carry."""
    said = [voice.text("carry")]
    if voice.page.mixed:
        said.insert(0, voice.text("mixed"))
    return Paragraph(content=(" ".join(said),))


def totals_section(voice: Voice) -> Section | None:
    """Return arrivals and departures of the largest places, with the interval fitted to measured totals."""
    page, words = voice.page, voice.words
    if not page.totals:
        return None
    blocks = []
    for direction, totals in page.totals.items():
        rows = [Interval(words.area(t.area), t.value, t.low, t.high) for t in totals[:TOTALS]]
        said = f"{rows[0].label}: {voice.persons(rows[0].value)} ({voice.persons(rows[0].low)} – {voice.persons(rows[0].high)})"
        drawn = intervals(
            rows,
            voice.wording(f"flow-{direction}", voice.text(direction), said),
            header=voice.interval_header(words.text("page.area")),
            width=HALF,
        )
        blocks.append(voice.block(drawn, said, half=True))
    notes: list[RichText] = [
        (
            voice.text(
                "band_note",
                direction=voice.text(b.direction),
                weight=words.fixed(b.weight, 2),
                countries=str(b.countries),
                totals=str(b.totals),
                inside=b.inside,
                widths=words.listed(
                    f"{words.fixed(low, 2)}–{words.fixed(high, 2)}" for low, high in b.widths
                ),
                level=words.significant(100 * LEVEL),
            ),
        )
        for b in page.bands
    ]
    return Section(
        id="totals",
        topic=voice.text("totals_topic"),
        heading=voice.text("totals_heading"),
        blocks=(*blocks, Notes(items=tuple(notes))),
    )


def accounts_section(voice: Voice) -> Section | None:
    """Return returns and transits, unknown origins, and net migration beside the revision's."""
    page, words = voice.page, voice.words
    notes: list[RichText] = []
    if page.kinds is not None:
        shares = [words.number(100.0 * s, "PERCENT") for s in page.kinds]
        notes.append(
            (voice.text("kinds", returning=shares[0], transit=shares[1], leaving=shares[2]),)
        )
    treatment, share = page.unknown
    if share > 0:
        said = words.number(100.0 * share, "PERCENT")
        notes.append((voice.text(f"unknown_{treatment}", share=said),))
    if not page.balance and not notes:
        return None
    blocks: tuple[TableBlock | Notes, ...] = (Notes(items=tuple(notes)),) if notes else ()
    if page.balance:
        blocks = (_balance(voice, page), *blocks)
    return Section(
        id="accounts",
        topic=voice.text("accounts"),
        heading=voice.text("accounts_heading", tolerance=voice.words.significant(100 * TOLERANCE)),
        blocks=blocks,
    )


def _balance(voice: Voice, page: FlowPage) -> TableBlock:
    """Return the places beyond the tolerance, then the largest, with N, N*, N* - N and the residual."""
    words = voice.words
    off = [b for b in page.balance if b.off()]
    rest = sorted((b for b in page.balance if not b.off()), key=lambda b: -abs(b.implied))
    shown = [*off, *rest[: max(PLACES - len(off), 0)]]

    def said(value: float | None) -> RichText:
        return ("—",) if value is None else (words.change(round(value) + 0.0, "PERSONS"),)

    return TableBlock(
        id="balance",
        caption=voice.text("balance", off=str(len(off)), places=str(len(page.balance))),
        header=(
            words.text("page.area"),
            voice.text("net_reported"),
            voice.text("net_implied"),
            voice.text("net_gap"),
            voice.text("net_residual"),
        ),
        rows=tuple(
            (
                (words.area(b.place),),
                said(b.net),
                said(b.implied),
                said(b.gap),
                said(b.residual),
            )
            for b in shown
        ),
        numeric=(False, True, True, True, True),
    )
