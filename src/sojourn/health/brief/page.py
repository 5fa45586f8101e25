"""What a brief is made from, and the page that gathers where its numbers come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sojourn.health.brief.withheld import UNTRIED, withheld
from sojourn.health.engine.parameters import Parameter
from sojourn.health.targets.deaths import Deaths
from sojourn.health.targets.series import REGIONS, Source
from sojourn.health.targets.tracking import Tracking
from sojourn.publish import LineageNode, Number, RichText, Run, catalogue


@dataclass(frozen=True)
class Fact:
    """One share about the people a brief is about: migrants, women, the foreign-born.

    Attributes
    ----------
    id : str
        Which message of the catalogue names it.
    value : float or None
        Per cent; None where no loaded file gives it.
    countries : (int, int)
        Countries in a sum, of how many with a row; (0, 0) for a value as printed.
    count : (float, float), optional
        The part and the whole behind the share.
    note : str
        ``none``: the file prints none, and so few are to be expected; ``zero``: none, and nothing tells
        whether that can be; ``contradicted``: none or almost none beside many migrants. No share then.
    migrants : float, optional
        Migrants' share of the people, which contradicts the file [per cent].
    out : tuple of str
        Countries that are left out of a sum because their file is contradicted.
    gap : int
        The file's newest year, where it has no value for it; 0 where it has.
    counted : float, optional
        Of all the people notified, the share of whom the file tells it [per cent].
    most : bool
        Whether people treated before are in the part and, of some, not in the whole: it is less.
    cells : tuple of Source
        Where it stands; several for a sum.
    """

    id: str
    value: float | None
    year: int = 0
    countries: tuple[int, int] = (0, 0)
    cells: tuple[Source, ...] = ()
    count: tuple[float, float] | None = None
    note: str = ""
    migrants: float | None = None
    out: tuple[str, ...] = ()
    counted: float | None = None
    gap: int = 0
    most: bool = False


@dataclass(frozen=True)
class Brief:
    """What a brief is made from.

    Attributes
    ----------
    facts : tuple of Fact
        Who the people are that a programme may leave out, women and men apart where sources allow.
    run : mapping
        Summary of a run (``sojourn simulate``); empty where none was given.
    world : mapping
        The summary of the same run for the world, beside that of a country; empty where there is none.
    beside : tuple of Tracking
        The same targets elsewhere: WHO's regions beside the world, region and world beside a country.
    licences : mapping of str to str
        Terms of each edition.
    languages : tuple of str
        Languages the brief is written in, for the links between them.
    deaths : Deaths, optional
        Deaths of a country beside its cases and notifications.
    charts : float
        Height of the charts over what it is where a page has room: a long name or language takes more.
    drivers : int
        How many parameters the chart of drivers has, at most.
    """

    topic: str
    area: str
    trackings: tuple[Tracking, ...]
    facts: tuple[Fact, ...]
    run: Mapping[str, Any]
    known: Mapping[str, Parameter]
    dated: date
    editions: tuple[str, ...]
    world: Mapping[str, Any] = field(default_factory=dict)
    beside: tuple[Tracking, ...] = ()
    licences: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    deaths: Deaths | None = None
    charts: float = 1.0
    drivers: int = 4

    @property
    def alone(self) -> bool:
        """Whether the run is of one place that its asker described."""
        return "closed_form" in self.run


class Page:
    """One brief in one language, with the lineage it has gathered."""

    def __init__(self, brief: Brief, language: str) -> None:
        self.brief, self.words = brief, catalogue(language)
        self.trees: dict[str, LineageNode] = {}
        self.withheld = withheld(brief.run)

    @property
    def place(self) -> str:
        """Name of the area."""
        return self.named(self.brief.area)

    def named(self, area: str) -> str:
        """Return the name of a country, of the world, or of a WHO region."""
        return self.text(f"region_{area}") if area in REGIONS else self.words.area(area)

    def target(self, t: Tracking) -> str:
        """Return what a target is, per person at risk where the edition prints who is."""
        return self.text(f"target_{t.target.id}{'_at_risk' if t.at_risk else ''}")

    def text(self, key: str, **values: str) -> str:
        """Return a message of the brief."""
        return self.words.text(f"brief.{key}", **values)

    def rich(self, key: str, **values: Run | RichText) -> RichText:
        """Return a message of the brief whose numbers keep their lineage."""
        return self.words.rich(f"brief.{key}", **values)

    def missed(self, kind: str) -> tuple[str, ...]:
        """Return the sentence of a claim that withholds a kind; nothing where a flag's own does."""
        why = self.withheld.get(kind, "")
        known = (*self.brief.run.get("claims", {}), UNTRIED)
        return (self.text(f"claim_{why}"),) if why in known else ()

    def percent(self, value: float) -> str:
        """Return a share."""
        return self.words.number(value, "PERCENT")

    def short(self, value: float) -> str:
        """Return a number with three digits."""
        return self.words.significant(value)

    def cited(self, shown: str, name: str, label: str, cells: Sequence[Source]) -> Number:
        """Return a number that leads to its cells: one, or all those of a sum."""
        if name not in self.trees:
            alone = len(cells) == 1
            self.trees[name] = LineageNode(
                id=name,
                label=label,
                value=shown,
                address=cells[0].address if alone else "",
                children=() if alone else tuple(self.leaf(c) for c in cells),
            )
        return Number(shown, name)

    def leaf(self, cell: Source) -> LineageNode:
        """Return one cell as the end of a tree."""
        label = f"{self.words.area(cell.area)}, {cell.year}"
        return LineageNode(label=label, detail=cell.indicator, address=cell.address)

    def ran(self, shown: str) -> Number:
        """Return a number that leads to the run: parameters, draws, editions and code as one name."""
        name = self.brief.run["run"]
        self.trees.setdefault("run", LineageNode(id="run", label=self.text("run"), address=name))
        return Number(shown, "run")
