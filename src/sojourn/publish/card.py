"""One number, one card: its title and rows, as the page and paper show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: its name, its text, and the address that the text leads to."""

    name: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is told of one number.

    Attributes
    ----------
    id : str
        Lineage id of the number.
    title, value : str
        What it is, in words; the value with its unit.
    rows : tuple of Row
        Status, edition, cells, digest, other editions and publishers.
    cell : str
        The first cell in short, for hover; empty where the number has none.
    cite : (author, year, source, address)
        What a citation is made of.
    """

    id: str
    title: str
    value: str
    rows: tuple[Row, ...]
    cell: str
    cite: tuple[str, str, str, str]
