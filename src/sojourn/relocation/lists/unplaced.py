"""Who has no place: case by case, with the reason and what would change it."""

from sojourn.publish import Paragraph, Section, TableBlock
from sojourn.relocation.lists.words import Words
from sojourn.relocation.proposal.proposal import Proposal


def unplaced_section(plan: Proposal, words: Words) -> Section:
    """Return the section on cases without a place."""
    rows = [
        (u.case_id, words.number(u.persons), words.reason(u), words.fix(u)) for u in plan.unplaced
    ]
    table = TableBlock(
        id="unplaced-table",
        caption=words("topic_unplaced"),
        header=tuple(words(h) for h in ("case", "persons", "reason", "fix")),
        rows=tuple(tuple((cell,) for cell in row) for row in rows),
        numeric=(False, True, False, False),
        wide=True,
    )
    nobody = Paragraph(content=(words("nobody_unplaced"),))
    return Section(
        id="unplaced",
        topic=words("topic_unplaced"),
        heading=words("heading_unplaced"),
        blocks=(table,) if rows else (nobody,),
        new_page=False,
    )
