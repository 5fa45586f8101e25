"""A lineage as indented text."""

from collections.abc import Iterator

from sojourn.publish.content import LineageNode


def lines(node: LineageNode, depth: int = 0) -> Iterator[str]:
    """Yield the tree as indented text, one line a node."""
    head = "  " * depth + ("└ " if depth else "")
    words = [node.address or node.label, node.value]
    yield head + "  ".join(w for w in words if w)
    if node.detail:
        yield "  " * depth + "    " + node.detail
    for child in node.children:
        yield from lines(child, depth + 1)
