"""Labels that tell rows apart and have no code list of their own: which of them are known."""

from sojourn.sources.block import Block

_SHOWN = 5


def undeclared_words(name: str, block: Block) -> tuple[str, ...]:
    """Return what must be said of labels that no declared edition prints; each is kept as printed."""
    found = []
    for role, known in block.layout.words.items():
        labels = block.labels.get(role)
        lost = [] if labels is None else [w for w in labels.words if w and w not in known]
        if labels is None or not lost:
            continue
        listed = ", ".join(
            f"{w[:60]!r} (first in row {block.rows[labels.index(w)]})" for w in lost[:_SHOWN]
        )
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        heading = block.layout.columns[role][0]
        found.append(
            f"{name}: the column {heading!r} reads {listed}{more}, which no declared edition prints "
            f"({', '.join(known[:_SHOWN])}{', …' if len(known) > _SHOWN else ''}); kept as printed, "
            "apart from these"
        )
    return tuple(found)
