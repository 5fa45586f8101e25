"""Hierarchies of codes: which codes a code is the sum of; read from CSV and from .hrc files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import TableRefused, counted
from sojourn.protect.table.lines import lines_of, refuse_separator

TOTAL = "_T"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Parents and their children, each parent the sum of its children.

    Attributes
    ----------
    name : str
        File or dimension it comes from.
    children : mapping of str to tuple of str
    """

    name: str
    children: Mapping[str, tuple[str, ...]]

    def depth_order(self) -> tuple[str, ...]:
        """Return the parents, each before its descendants."""
        below = {c for kids in self.children.values() for c in kids}
        order, queue = [], [p for p in self.children if p not in below]
        while queue:
            parent = queue.pop(0)
            order.append(parent)
            queue += [c for c in self.children[parent] if c in self.children]
        return tuple(order)


def flat(name: str, codes: Sequence[str]) -> Hierarchy:
    """Return the hierarchy in which every code is part of the total."""
    return Hierarchy(name, {TOTAL: tuple(c for c in codes if c != TOTAL)})


def read_hierarchy(text: str, *, name: str) -> Hierarchy:
    """Read ``parent,child`` CSV, or a tau-Argus ``.hrc`` file by its leading marks.

    Raises
    ------
    TableRefused
        A row is not a pair, a code has two parents, or a code is its own ancestor.
    """
    pairs = _hrc(text, name) if name.lower().endswith(".hrc") else _pairs(text, name)
    children: dict[str, list[str]] = {}
    parent_of: dict[str, str] = {}
    for number, parent, child in pairs:
        if child in parent_of:
            raise TableRefused(
                f"{name}, line {number}: {child!r} has two parents, {parent_of[child]!r} and {parent!r}",
                hint="give each division as a hierarchy file of its own: several may describe one dimension",
            )
        parent_of[child] = parent
        children.setdefault(parent, []).append(child)
    for code in parent_of:
        seen = {code}
        at = parent_of.get(code)
        while at is not None:
            if at in seen:
                raise TableRefused(
                    f"{name}: {at!r} is its own ancestor (through {parent_of[at]!r})",
                    hint="remove the row that closes the circle",
                )
            seen.add(at)
            at = parent_of.get(at)
    roots = [p for p in children if p not in parent_of]
    if TOTAL not in children:
        children = {TOTAL: roots, **children} if len(roots) > 1 or not roots else children
    return Hierarchy(name, {p: tuple(c) for p, c in children.items()})


def _pairs(text: str, name: str) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    for number, row in lines_of(text, name=name):
        refuse_separator(row, f"{name}, line {number}")
        cells = [c.strip() for c in row]
        if not any(cells) or (not found and [c.lower() for c in cells[:2]] == ["parent", "child"]):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1] or any(cells[2:]):
            raise TableRefused(
                f"{name}, line {number}: {','.join(row)!r} is no pair",
                hint="two columns: parent,child",
            )
        found.append((number, cells[0], cells[1]))
    return found


def _hrc(text: str, name: str) -> list[tuple[int, str, str]]:
    found, above = [], [TOTAL]
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.lstrip("@").strip()
        if not code:
            continue
        depth = len(line) - len(line.lstrip("@"))
        if depth >= len(above):
            raise TableRefused(
                f"{name}, line {number}: {code!r} stands {counted(depth, 'level')} deep under nothing",
                hint="one mark (@) more than the line above at the most",
            )
        del above[depth + 1 :]
        found.append((number, above[depth], code))
        above.append(code)
    return found


def to_hrc(hierarchy: Hierarchy) -> str:
    """Return a hierarchy as a tau-Argus ``.hrc`` file.

    Examples
    --------
    >>> print(to_hrc(Hierarchy("r", {"_T": ("A", "B"), "A": ("A1", "A2")})), end="")
    A
    @A1
    @A2
    B
    """
    lines: list[str] = []

    def walk(code: str, depth: int) -> None:
        for child in hierarchy.children.get(code, ()):
            lines.append("@" * depth + child)
            walk(child, depth + 1)

    top = TOTAL if TOTAL in hierarchy.children else hierarchy.depth_order()[0]
    walk(top, 0)
    return "\n".join(lines) + "\n"
