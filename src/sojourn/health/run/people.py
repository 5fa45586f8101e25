"""Who the people of a brief are: migrants, women among them, women and foreign-born among the notified."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sojourn.health.brief.page import Fact
from sojourn.health.targets.series import WORLD, Source
from sojourn.health.tb.flags import FEW_NOTIFIED, MANY
from sojourn.store.choice import WHOLE
from sojourn.store.observations import Store
from sojourn.vocab.observation import Cell

NOTIFIED, FOREIGN = "tb_notifications", "tb_notifications_foreign_born"
AGAIN = "tb_notifications_retreatment"  # people treated before, relapses apart
EXPECTED = (
    5.0  # people born abroad to be expected among the notified: a zero beside them is no count
)


class _Part(NamedTuple):
    """One cell of a country and year, and what it counts."""

    indicator: str
    sex: str
    age: str
    value: float
    source: Source


Parts = Mapping[tuple[str, str, str], _Part]
Split = Callable[[Parts], tuple[float, float] | None]


def facts(store: Store, topic: str, area: str, as_of: date | None = None) -> tuple[Fact, ...]:
    """Return who may be left out; a fact that no loaded file gives has no value."""
    found = [
        _printed(store, "migrants", "migrant_share_of_population", "_T", area, as_of),
        _printed(store, "women_migrants", "female_share_of_migrants", "F", area, as_of),
    ]
    if topic == "tb":
        counted = _notified(store, area, as_of)
        found.append(_share("women_notified", counted, _women))
        found.append(_born_abroad(store, counted, area, as_of))
    return tuple(found)


def _born_abroad(
    store: Store, counted: Mapping[int, Mapping[str, Parts]], area: str, as_of: date | None
) -> Fact:
    """Return the foreign-born among the notified; no share where migrants contradict the file.

    A zero may stand for "not asked". It is taken for a count where so few are to be expected.
    """
    migrants = _migrants(store, as_of)
    if area != WORLD:
        fact = _share("foreign_born_notified", counted, _foreign)
        if fact.count is None:
            return fact
        share = migrants.get(area)
        return replace(fact, note=doubt(*fact.count, share), migrants=share)

    def told(parts: Parts) -> tuple[float, float] | None:
        pair = _foreign(parts)
        here = next(iter(parts.values())).source.area if parts else ""
        return None if pair is None or doubt(*pair, migrants.get(here)) in UNTOLD else pair

    fact = _share("foreign_born_notified", counted, told)
    there = counted.get(fact.year, {})
    out = [a for a, parts in there.items() if _foreign(parts) and told(parts) is None]
    return replace(fact, out=tuple(out))


UNTOLD = ("zero", "contradicted")


def doubt(part: float, whole: float, migrants: float | None) -> str:
    """Return what is to be said of a count of people born abroad among the notified.

    Parameters
    ----------
    migrants : float, optional
        Migrants' share of the people [per cent]; None where no loaded file tells it.

    Examples
    --------
    >>> doubt(0, 2_255_641, 0.4), doubt(0, 26, 2.0), doubt(0, 64, None), doubt(3663, 4716, 13.8)
    ('contradicted', 'none', 'zero', '')
    """
    if part > 0:
        many = migrants is not None and migrants > 100.0 * MANY
        return "contradicted" if many and part < FEW_NOTIFIED * whole else ""
    if migrants is None:
        return "zero"
    return "contradicted" if whole * migrants / 100.0 >= EXPECTED else "none"


def _migrants(store: Store, as_of: date | None) -> dict[str, float]:
    """Return migrants' share of the people of every area, of UN DESA's newest edition and year."""
    rows = store.con.execute(
        "SELECT DISTINCT ON (ref_area) ref_area, value FROM observation "
        "WHERE dataflow = 'undesa.ims' AND indicator = 'migrant_share_of_population' AND sex = '_T' "
        "AND value IS NOT NULL AND length(time_period) = 4 AND vintage <= $v "
        "ORDER BY ref_area, vintage DESC, time_period DESC",
        {"v": (as_of or date.max).isoformat()},
    ).fetchall()
    return {area: float(value) for area, value in rows}


def _printed(
    store: Store, name: str, indicator: str, sex: str, area: str, as_of: date | None
) -> Fact:
    """Return a share of UN DESA's newest edition and year, as printed."""
    rows = store.con.execute(
        'SELECT value, time_period, edition, sheet, "row", col FROM observation '
        "WHERE dataflow = 'undesa.ims' AND ref_area = $a AND indicator = $i AND sex = $s "
        "AND value IS NOT NULL AND length(time_period) = 4 AND vintage <= $v "
        "ORDER BY vintage DESC, time_period DESC LIMIT 1",
        {"a": area, "i": indicator, "s": sex, "v": (as_of or date.max).isoformat()},
    ).fetchall()
    if not rows:
        return Fact(name, None)
    value, year, edition, sheet, row, col = rows[0]
    address = str(Cell.of(edition, sheet, row, col))
    return Fact(name, float(value), int(year), cells=(Source(area, int(year), indicator, address),))


def _notified(
    store: Store, area: str, as_of: date | None
) -> dict[int, dict[str, dict[tuple[str, str, str], _Part]]]:
    """Return the cells of the newest notification file by year and country; missing ones are absent."""
    rows = store.con.execute(
        'SELECT ref_area, time_period, indicator, sex, age, value, edition, sheet, "row", col FROM '  # noqa: S608 - constants
        "observation WHERE indicator IN ($n, $f, $r) AND ($a = $w OR ref_area = $a) AND edition = "
        f"(SELECT edition FROM observation WHERE {WHOLE} AND indicator = $n AND vintage <= $v "
        "AND value IS NOT NULL ORDER BY vintage DESC LIMIT 1) ORDER BY ref_area, time_period, indicator, sex, age",
        {
            "n": NOTIFIED,
            "f": FOREIGN,
            "r": AGAIN,
            "a": area,
            "w": WORLD,
            "v": (as_of or date.max).isoformat(),
        },
    ).fetchall()
    found: dict[int, dict[str, dict[tuple[str, str, str], _Part]]] = {}
    for place, period, indicator, sex, age, value, edition, sheet, row, col in rows:
        cells = found.setdefault(int(period), {}).setdefault(place, {})
        if value is None:
            continue
        address = str(Cell.of(edition, sheet, row, col))
        source = Source(place, int(period), indicator, address)
        cells[indicator, sex, age] = _Part(indicator, sex, age, float(value), source)
    return found


_BY_SEX = {sex: tuple((NOTIFIED, sex, age) for age in ("Y0T14", "Y_GE15")) for sex in ("F", "M")}
_BIRTH = ((FOREIGN, "_T", "_T"), (NOTIFIED, "_T", "_T"))
_AGAIN = (AGAIN, "_T", "_T")


def _women(parts: Parts) -> tuple[float, float] | None:
    """Return women and girls, and everybody whose sex is told; none when a cell is missing."""
    if any(key not in parts for keys in _BY_SEX.values() for key in keys):
        return None
    women, men = (sum(parts[key].value for key in _BY_SEX[sex]) for sex in ("F", "M"))
    return women, women + men


def _foreign(parts: Parts) -> tuple[float, float] | None:
    """Return the foreign-born and all notified; none when one is missing.

    The foreign-born include people treated before: so does the sum, where the file has them.
    """
    if any(key not in parts for key in _BIRTH):
        return None
    again = parts[_AGAIN].value if _AGAIN in parts else 0.0
    return parts[_BIRTH[0]].value, parts[_BIRTH[1]].value + again


_KEYS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "women_notified": (*_BY_SEX["F"], *_BY_SEX["M"]),
    "foreign_born_notified": (*_BIRTH, _AGAIN),
}


def _share(
    name: str,
    counted: Mapping[int, Mapping[str, Parts]],
    split: Split,
) -> Fact:
    """Return a share in the newest year that has one, over the countries that report both parts.

    The world is that of the file's newest year, however many report; a country goes back to its
    own newest report.
    """
    for year in sorted(counted, reverse=True):
        told = {a: parts for a, parts in counted[year].items() if split(parts) is not None}
        pairs = [pair for parts in told.values() if (pair := split(parts)) is not None]
        part, whole = (sum(p[k] for p in pairs) for k in (0, 1))
        if whole > 0:
            keys = _KEYS[name]
            cells = tuple(p[key].source for p in told.values() for key in keys if key in p)
            return Fact(
                name,
                100.0 * part / whole,
                year,
                (len(told), len(counted[year])),
                cells,
                count=(part, whole),
                counted=_counted(whole, told.values()) if name == "women_notified" else None,
                gap=max(counted) if year < max(counted) else 0,
                most=_AGAIN in keys and any(_AGAIN not in p for p in told.values()),
            )
    return Fact(name, None)


def _counted(whole: float, told: Collection[Parts]) -> float | None:
    """Return of how many of the notified the sex is told [per cent]; None where a total is missing."""
    totals = [parts[_BIRTH[1]].value for parts in told if _BIRTH[1] in parts]
    if not totals or len(totals) < len(told) or sum(totals) <= 0:
        return None
    return min(100.0, 100.0 * whole / sum(totals))
