"""What a page about flows says, and the words it says it in."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sojourn.flows.model.balance import PlaceBalance
from sojourn.flows.model.tables import Adjustment, Array
from sojourn.publish import Catalogue, Chart, ChartBlock, Download, Wording


@dataclass(frozen=True)
class Measured:
    """Measured arrivals of one country beside three estimates, persons."""

    area: str
    measured: float
    low: float
    central: float
    high: float


@dataclass(frozen=True)
class FittedTotal:
    """Arrivals or departures of one place at the fitted weight, with their interval; persons."""

    area: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class BandWords:
    """What a fitted band of one direction is: weight, totals, coverage of left-out countries."""

    direction: str
    weight: float
    countries: int
    totals: int
    inside: str
    widths: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class FlowPage:
    """Everything that a page about one interval says; persons, origins down, destinations across."""

    start: int
    end: int
    places: tuple[str, ...]
    central: Array
    low: Array
    high: Array
    weight: float
    weights: tuple[float, float]
    region: Mapping[str, str]
    regions: tuple[str, ...]
    population: float
    fewest: float
    most: float
    before: float | None
    editions: Mapping[str, str]
    stock_editions: tuple[str, ...]
    sources: tuple[str, ...]
    adjustments: tuple[Adjustment, ...]
    growth: Mapping[str, Sequence[tuple[str, str, float]]]
    measured: tuple[Measured, ...]
    correlation: Mapping[str, float]
    dated: date
    fitted: tuple[Array, Array] | None = None
    totals: Mapping[str, Sequence[FittedTotal]] = field(default_factory=dict)
    bands: Sequence[BandWords] = ()
    departures: tuple[Measured, ...] = ()
    kinds: tuple[float, float, float] | None = None
    balance: tuple[PlaceBalance, ...] = ()
    unknown: tuple[str, float] = ("origins", 0.0)
    mixed: bool = False
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def interval(self) -> tuple[Array, Array]:
        """Low and high of each corridor: fitted where there is a band, else the range of methods."""
        return (self.low, self.high) if self.fitted is None else self.fitted


@dataclass(frozen=True)
class Voice:
    """One page in one language."""

    page: FlowPage
    words: Catalogue

    def text(self, key: str, **values: str) -> str:
        """Return words of this page, with its years."""
        years = {"start": str(self.page.start), "end": str(self.page.end)}
        return self.words.text(f"flows.{key}", **{**years, **values})

    def persons(self, value: float) -> str:
        """Return a number of persons as printed."""
        return self.words.number(float(round(value)), "PERSONS")

    def interval_header(self, first: str) -> tuple[str, str, str, str]:
        """Return the head of a table of intervals."""
        return (
            first,
            self.words.text("page.value"),
            self.text("band_low"),
            self.text("band_high"),
        )

    def wording(self, chart_id: str, title: str, finding: str) -> Wording:
        """Return the words of a chart."""
        return Wording(
            id=chart_id,
            title=title,
            alt=f"{title}. {finding}",
            number=self.persons,
            no_data=self.words.text("page.no_data"),
            language=self.words.language,
            direction="rtl" if self.words.direction == "rtl" else "ltr",
        )

    def block(self, chart: Chart, finding: str, *, half: bool = False) -> ChartBlock:
        """Return a chart with its finding, source and table."""
        table = base64.b64encode(chart.csv.encode()).decode()
        name = f"{chart.id}.{self.words.language}.csv"
        return ChartBlock(
            chart=chart,
            finding=(finding,),
            source=("; ".join(self.page.sources),),
            downloads=(Download(label="CSV", href=f"data:text/csv;base64,{table}", filename=name),),
            size="half" if half else "full",
        )
