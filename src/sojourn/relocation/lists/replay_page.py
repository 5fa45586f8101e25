"""One language's pages on a replay: published figures cited, simulated ones called synthetic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sojourn.publish import LineageNode, Number, Wording, catalogue
from sojourn.relocation.replay.facts import Facts, Figure
from sojourn.relocation.replay.replay import Replay


@dataclass(frozen=True, kw_only=True)
class ReplayBrief:
    """What the pages are made from.

    Attributes
    ----------
    inputs : str
        Digest of the synthetic site's tables and of both declarations.
    placed, unplaced, trips : int
        Of the proposal that is replayed: persons and coaches.
    """

    facts: Facts
    replay: Replay
    inputs: str
    placed: int
    unplaced: int
    trips: int
    dated: date


class ReplayPage:
    """One language's pages, with the lineage they have gathered."""

    def __init__(self, brief: ReplayBrief, language: str) -> None:
        self.brief, self.words = brief, catalogue(language)
        self.trees: dict[str, LineageNode] = {}

    def text(self, key: str, **values: str) -> str:
        """Return a text of the replay in the language of the page."""
        return self.words.text(f"replay.{key}", **values)

    def count(self, value: float) -> str:
        """Return a whole number as the language writes it."""
        return self.words.exact(round(value), "")

    def node(self, name: str) -> LineageNode:
        """Return a published figure with its publisher, day and reference."""
        f = self.brief.facts.figures[name]
        where = LineageNode(label=f.reference)
        detail = f"{self.words.day(f.day)}; {f.publisher}"
        return LineageNode(
            label=self.text(f"figure_{name}"),
            value=self.shown(f),
            detail=detail,
            address=f"calais-2016#{name}",
            children=(where,),
        )

    def shown(self, figure: Figure) -> str:
        """Return a published figure as printed, a lower bound marked."""
        return ("≥ " if figure.at_least else "") + self.words.exact(figure.value, "")

    def cited(self, name: str) -> Number:
        """Return a published figure that leads to its declaration."""
        node = self.node(name)
        self.trees.setdefault(name, _rooted(node, name))
        return Number(node.value, name)

    def summed(self, key: str, *names: str) -> Number:
        """Return a sum of published figures that leads to its parts."""
        total = self.words.exact(sum(self.brief.facts.value(n) for n in names), "")
        parts = tuple(self.node(n) for n in names)
        self.trees.setdefault(
            key, LineageNode(id=key, label=self.text(key), value=total, children=parts)
        )
        return Number(total, key)

    def simulated(self, shown: str) -> Number:
        """Return a simulated figure: synthetic, led to the replay by seed, runs and inputs."""
        r = self.brief.replay
        address = f"replay calais-2016 --people {r.persons} --seed {r.seed} --runs {r.runs}; inputs {self.brief.inputs[:16]}"
        self.trees.setdefault("run", LineageNode(id="run", label=self.text("run"), address=address))
        return Number(shown, "run")

    def wording(self, key: str, number: Callable[[float], str]) -> Wording:
        """Return the words of a chart."""
        missing = "replay.not_published" if key == "days" else "page.no_data"
        return Wording(
            id=f"replay-{key}".replace("_", "-"),
            title=self.text(f"chart_{key}"),
            alt=f"{self.text(f'chart_{key}')}. {self.text(f'finding_{key}')}",
            number=number,
            no_data=self.words.text(missing),
            language=self.words.language,
        )


def _rooted(node: LineageNode, name: str) -> LineageNode:
    return LineageNode(
        id=name,
        label=node.label,
        value=node.value,
        detail=node.detail,
        address=node.address,
        children=node.children,
    )
