"""The index of a site and its words: what the page reads before it shows anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from typing import Any

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from sojourn import __version__
from sojourn.errors import ForbiddenRatio
from sojourn.explorer.model.coding import periods_text
from sojourn.explorer.model.grid import SCHEMA, bits, dumps
from sojourn.explorer.model.measure import Described, group_of, questions
from sojourn.publish import (
    COUNTED_WITH,
    Catalogue,
    catalogue,
    documents,
    languages,
    position,
    projected,
    spoken,
    world_shapes,
)
from sojourn.query.table_rules import never, refuse_ratio
from sojourn.store.manifest import LoadedFile, Manifest
from sojourn.vocab.area import AREAS
from sojourn.vocab.indicator import indicator, indicator_or_code
from sojourn.vocab.meaning import called, noted

#: Corners of the regions that the map may show alone [degrees]: west, south, east, north.
BOXES = {
    "002": (-26.0, -36.0, 60.0, 39.0),
    "019": (-128.0, -57.0, -30.0, 62.0),
    "142": (25.0, -12.0, 150.0, 58.0),
    "150": (-26.0, 34.0, 62.0, 71.0),
    "009": (108.0, -50.0, 180.0, 22.0),
}
_KINDS = {"country": "c", "historical": "h", "residual": "r"}


@dataclass(frozen=True)
class Index:
    """What a site holds.

    Attributes
    ----------
    populations : sequence of str
        Measures that others are divided by, in the order in which they are asked.
    as_of : date or None
        Day whose editions are shown; None for all.
    """

    manifest: Manifest
    files: Sequence[LoadedFile]
    measures: Sequence[Described]
    populations: Sequence[str]
    withheld: Sequence[str]
    newest: str
    as_of: date | None = None
    public: bool = False
    embedded: bool = False
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def index_script(index: Index) -> str:
    """Return the index as a classic script; it holds no word of a language."""
    return f"SJ.index({dumps(index_content(index))});\n"


def index_content(index: Index) -> dict[str, Any]:
    """Return the content of the index."""
    editions = {f.edition: f for f in index.files}
    held = {f.edition: f for f in index.manifest.files}
    order = list(editions)
    return {
        "v": SCHEMA,
        "sojourn": __version__,
        "asOf": index.as_of.isoformat() if index.as_of else "",
        "newest": index.newest,
        "public": index.public,
        "embedded": index.embedded,
        "languages": {code: catalogue(code).messages["name"] for code in languages()},
        "files": [
            [f.name, f.sha256, order.index(f.edition), 1 if f.verified else 0] for f in index.files
        ],
        "editions": {
            e: [*_edition(index.manifest, f), *([index.parts[e]] if e in index.parts else [])]
            for e, f in editions.items()
        },
        "withheld": {
            e: [held[e].citation, held[e].landing_page, held[e].license] for e in index.withheld
        },
        "measures": shortened([_measure(d, order) for d in index.measures]),
        "indicators": {
            i: _indicator(i) for i in sorted({d.measure.indicator for d in index.measures})
        },
        "groups": [g.id for g in questions().group] + ["other"],
        "cards": [[c.id, c.indicators, c.role] for c in questions().card],
        "populations": list(index.populations),
        "never": [list(pair) for pair in never()],
        "areas": {a: _area(a) for a in sorted(AREAS)},
        "called": {a: [o.name for o in said if o.kind != "none"] for a, said in called().items()},
        "holds": [
            [m.publisher, m.area_id, m.since, m.until, list(m.holds), m.note] for m in noted()
        ],
        "counted": COUNTED_WITH,
        "boxes": {region: _box(*corners) for region, corners in BOXES.items()},
    }


def _edition(manifest: Manifest, file: LoadedFile) -> list[Any]:
    covered = manifest.covered(file.edition)
    part = covered is not None and covered.status == "partial"
    told = (file.dataset, file.vintage, file.title, file.citation, file.publisher, file.license)
    return [*told, file.landing_page, int(part), covered.until if covered is not None else ""]


def _measure(one: Described, order: Sequence[str]) -> dict[str, Any]:
    m = one.measure
    made: dict[str, Any] = {
        "d": m.dataset,
        "i": m.indicator,
        "s": list(one.sexes),
        "e": [order.index(e) for e in one.editions],
        "t": periods_text(one.periods),
    }
    made |= {"a": m.age} if m.age != "_T" else {}
    made |= {"w": m.variant} if m.variant else {}
    made |= {"o": 1} if m.role == "of" else {}
    made |= {"b": bits(one.partners)} if one.partners else {}
    return made


def shortened(measures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return measures in their order; a variant says only what the one before it does not.

    Of its name the number of characters that it shares with the one before, and the rest.

    Examples
    --------
    >>> one = {"d": "a.b", "i": "c", "w": "stage=AR"}
    >>> shortened([one, {**one, "w": "stage=EO"}])
    [{'d': 'a.b', 'i': 'c', 'w': [0, 'stage=AR']}, {'w': [6, 'EO']}]
    """
    made: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    for one in measures:
        told = dict(one)
        if "w" in one:
            pairs = zip(before.get("w", ""), one["w"], strict=False)
            shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            told = {k: v for k, v in one.items() if k not in "diset" or before.get(k) != v}
            told["w"] = [shared, one["w"][shared:]]
        made.append(told)
        before = one
    return made


def _indicator(name: str) -> list[Any]:
    """Return group, unit, kind, decimals, and whether it may stand over a population."""
    known = indicator_or_code(name)
    return [
        group_of(name),
        known.unit_measure,
        known.kind,
        known.decimals,
        int(_may_be_divided(name)),
    ]


def _may_be_divided(name: str) -> bool:
    try:
        refuse_ratio(indicator_or_code(name), indicator("population"))
    except ForbiddenRatio:
        return False
    return not name.startswith("population")


def _area(code: str) -> list[Any]:
    area = AREAS[code]
    at = position(code)
    return [
        area.iso3 or "",
        _KINDS.get(area.kind, "g"),
        area.region,
        [round(at[0], 1), round(at[1], 1)]
        if at is not None and code not in world_shapes()["centres"]
        else 0,
    ]


def _box(west: float, south: float, east: float, north: float) -> list[float]:
    edge = [
        projected(lon, lat)
        for lon in (west, (west + east) / 2, east)
        for lat in (south, (south + north) / 2, north)
    ]
    xs, ys = [x for x, _ in edge], [y for _, y in edge]
    return [round(v, 1) for v in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))]


def map_script() -> str:
    """Return the shapes of the map as a classic script: the same as the drawings of Python."""
    found = world_shapes()
    paths = {a: p for a, p in found["paths"].items() if a != "010"}
    centres = {a: found["centres"][a] for a in paths}
    held = {
        "w": found["width"],
        "h": found["height"],
        "paths": paths,
        "centres": centres,
        "lines": found["lines"],
    }
    return f"SJ.map({dumps(held)});\n"


def words_script(language: str, index: Index) -> str:
    """Return the words of a language as a classic script."""
    return f"SJ.words({dumps(language)},{dumps(words_content(language, index))});\n"


def words_content(language: str, index: Index) -> dict[str, Any]:
    """Return messages, names of areas and measures, numbers and dates of a language."""
    words = catalogue(language)
    used = {d.measure.indicator for d in index.measures}
    return {
        "dir": words.direction,
        "w": _messages(words),
        "areas": {a: words.short(a) for a in sorted(AREAS)},
        "measures": {i: _said(i, language) for i in sorted(used)},
        "days": {f.edition: words.day(date.fromisoformat(f.vintage)) for f in index.files},
        "number": _numbers(language),
    }


def _said(name: str, language: str) -> list[str]:
    known = indicator_or_code(name)
    return [known.name(language), known.definition(language)]


_PARTS = ("card", "explorer", "sex")


def _messages(words: Catalogue) -> Mapping[str, str]:
    """Return the messages that the page speaks, the documents of the borders filled in."""
    kept = {k: v for k, v in words.messages.items() if k.partition(".")[0] in _PARTS}
    return kept | {
        "page.skip_to_content": words.messages["page.skip_to_content"],
        "map.borders": spoken(words.rich("map.borders", **documents())),
        "map.beside": words.messages["map.beside"],
        "unit.usd": words.messages["unit.usd"],
    }


def _numbers(language: str) -> dict[str, Any]:
    """Return how numbers are written: signs, and the words of millions by plural form."""
    locale = Locale.parse(language)
    patterns = locale.compact_decimal_formats["long"]
    return {
        "group": get_group_symbol(locale),
        "decimal": get_decimal_symbol(locale),
        "percent": "{}%" if language == "en" else "{}\u202f%",
        "divide": {
            power: 10 ** (power - str(patterns["other"][str(10**power)].pattern).count("0") + 1)
            for power in range(6, 15)
        },
        "words": {
            power: {
                form: str(found[str(10**power)].pattern).lstrip("0").strip().replace(" ", "\u00a0")
                for form, found in patterns.items()
                if str(10**power) in found
            }
            for power in range(6, 15)
        },
    }
