"""Refugees of one origin in one host, for any two: the figure has an area `ORIGIN>HOST`.

Asked for as a whole, it gives the hosts of the year's largest origin.
"""

from typing import TYPE_CHECKING

from sojourn.errors import counted
from sojourn.factsheet.figures.declared import Figure
from sojourn.factsheet.figures.figure import FigureValue
from sojourn.factsheet.figures.operations import Rows, is_country, value_of
from sojourn.vocab.area import AREAS

if TYPE_CHECKING:
    from sojourn.factsheet.figures.evaluate import Evaluator


def hosts_of_largest(ev: "Evaluator", declared: Figure, year: int) -> list[FigureValue]:
    """Return the hosts of the origin that most people of the figure come from."""
    rows, reason = ev.rows(declared, year, extra="origin <> '_T' AND destination <> '900'")
    totals: dict[str, float] = {}
    for r in rows:
        if is_country(r["origin"]) and is_country(r["destination"]):
            totals[r["origin"]] = totals.get(r["origin"], 0.0) + r["value"]
    if not totals:
        why = reason or "the edition does not give it by origin and host"
        return [ev.empty(declared, year, why)]
    largest = min(totals, key=lambda origin: (-totals[origin], origin))
    return _hosts(ev, declared, year, [r for r in rows if r["origin"] == largest])


def _hosts(ev: "Evaluator", declared: Figure, year: int, rows: Rows) -> list[FigureValue]:
    hosts: dict[str, Rows] = {}
    for r in rows:
        if is_country(r["destination"]):
            hosts.setdefault(r["destination"], []).append(r)
    sums = {host: sum(r["value"] for r in found) for host, found in hosts.items()}
    order = sorted(sums, key=lambda host: (-sums[host], host))
    return [
        value_of(
            ev,
            declared,
            year,
            hosts[host],
            sums[host],
            area=f"{hosts[host][0]['origin']}>{host}",
            rank=i + 1,
            of=len(order),
            zeros=sum(not total for total in sums.values()),
            formula="as printed"
            if len(hosts[host]) == 1
            else f"sum of {counted(len(hosts[host]), 'cell')}",
        )
        for i, host in enumerate(order[: declared.count])
    ]


def pair(ev: "Evaluator", declared: Figure, year: int, area: str) -> FigureValue:
    """Return the figure for one origin and one host, `ORIGIN>HOST` by area id."""
    origin, _, host = area.partition(">")
    if origin not in AREAS or host not in AREAS:
        reason = f"{area!r} is not ORIGIN>HOST by area id, for instance 760>792"
        return ev.empty(declared, year, reason, area=area)
    where = {"origin": origin, "destination": host}
    rows, reason = ev.rows(declared, year, where=where)
    if not rows:
        if reason.startswith("no edition in the store"):
            reason = f"no edition in the store prints this pair for {year}"
        return ev.empty(declared, year, reason, area=area)
    total = sum(r["value"] for r in rows)
    formula = "as printed" if len(rows) == 1 else f"sum of {counted(len(rows), 'cell')}"
    return value_of(ev, declared, year, rows, total, area=area, formula=formula)
