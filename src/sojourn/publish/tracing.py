"""Where the numbers of a page lead when their lineage is on a page of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """The lineage page, the cards, and the words that a card speaks.

    Attributes
    ----------
    page, script : str
        The lineage page, and the cards that a click loads; files beside this page.
    ids : mapping of str to int
        Lineage ids that the lineage page holds, each with its place there.
    tips : mapping of str to str
        What hover adds to a mark of a drawing, by lineage id: year and cell.
    labels : mapping of str to str
        The card's own words: close, permalink, cite, cite_text, copied, missing.
    """

    page: str
    script: str
    ids: Mapping[str, int]
    tips: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def address(self, lineage_id: str) -> str:
        """Return the address of a number's lineage."""
        return f"{self.page}#trace-{lineage_id}"

    def short(self, lineage_id: str) -> str:
        """Return the same in short, for the many marks of drawings and cells of tables."""
        return f"{self.page}#n{self.ids[lineage_id]}"
