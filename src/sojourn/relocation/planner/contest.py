"""Who competes with a unit for which rooms: a small programme that answers two questions.

Can the unit have a place while these others keep theirs, and if not, how few beds, rooms, licences
or arrivals more would it take? Every row that limits a choice has a name a reader understands.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy import sparse

from sojourn.relocation.planner.eligibility import Eligibility, Pool, children_at
from sojourn.relocation.planner.model import Model, build_model
from sojourn.relocation.planner.solver import Programme, Vector, solve_mip
from sojourn.relocation.planner.units import Unit, Units

NODES = 5_000  # of branch and bound for one question; counted, so that a repeat ends alike
PAPER = 1e-3  # cost of one more licence, arrival or school place beside one more bed
ABOVE = 2.0  # times all persons: a unit with a place is worth more than any number of beds


class Scarce(StrEnum):
    """What a row limits."""

    ROOMS = "rooms"
    LICENCE = "licence for children alone"
    ARRIVALS = "arrivals"
    PRIMARY = "primary school places"
    SECONDARY = "secondary school places"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Limit:
    """A row that can stand in the way.

    Attributes
    ----------
    row : int
        Of the programme.
    what : Scarce
    name : str
        The rooms as ``place:room type``, else the rule and where it bites.
    place : str
        Empty for a rule between units.
    pool : Pool, optional
        The rooms.
    """

    row: int
    what: Scarce
    name: str
    place: str
    pool: Pool | None = None


@dataclass(frozen=True)
class Contest:
    """One unit, the others who may need the same rooms, and the rows between them.

    Attributes
    ----------
    unit : Unit
    others : tuple of Unit
        None of them is the unit itself.
    units : Units
        Of the whole site, for the links.
    """

    unit: Unit
    others: tuple[Unit, ...]
    units: Units
    eligible: Eligibility

    @cached_property
    def model(self) -> Model:
        """The programme with every unit for itself."""
        inside = {self.unit.id, *(o.id for o in self.others)}
        apart = tuple(replace(u, singular=True) for u in self.units.units if u.id in inside)
        links = tuple(k for k in self.units.links if {k.a, k.b} <= inside)
        return build_model(Units(apart, links), self.eligible, pairs=True)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Every row that can stand in the way, in canonical order."""
        model = self.model
        matrix = sparse.csr_matrix(model.programme.matrix)
        k = len(model.column_type)
        found = []
        for row in range(model.group_rows.start):
            begin, end = matrix.indptr[row], matrix.indptr[row + 1]
            columns, values = matrix.indices[begin:end], matrix.data[begin:end]
            people = columns < k
            own = (columns >= model.own.start) & (columns < model.own.stop) & (values > 0)
            if people.any() and (people | own).all():  # else a unit's own row, or a soft link's
                found.append(self._named(row, columns[people], values[people]))
        return tuple(found)

    def _named(self, row: int, columns: np.ndarray, values: Vector) -> Limit:
        model, most = self.model, float(self.model.programme.row_upper[row])
        pools = {model.pools[model.column_pool[c]] for c in columns}
        places = sorted({p.place for p in pools})
        units = [model.types[model.column_type[c]][0] for c in columns]
        if len(pools) == 1:
            pool = next(iter(pools))
            if most == pool.capacity and all(
                v == pool.takes(u.size) for u, v in zip(units, values, strict=True)
            ):
                return Limit(
                    row, Scarce.ROOMS, f"{pool.place}:{pool.room_type.value}", pool.place, pool
                )
        place = self.eligible.places[places[0]]
        days = len(self.eligible.open_days(place))
        tests = (
            (Scarce.LICENCE, "R04", children_at(place), [u.size * u.alone for u in units]),
            (Scarce.ARRIVALS, "R16", place.max_arrivals_per_day * days, [u.size for u in units]),
            (Scarce.PRIMARY, "R13", place.school_primary, [u.school_primary for u in units]),
            (Scarce.SECONDARY, "R13", place.school_secondary, [u.school_secondary for u in units]),
        )
        linked = frozenset(u.id for u in units) in self._linked
        for what, rule, limit, each in tests:
            if (
                len(places) == 1
                and most == limit
                and list(values) == each
                and not (linked and most == 1)
            ):
                return Limit(row, what, f"{rule} {what.value} at {place.id}", place.id)
        if linked and len(places) == 1:
            return Limit(row, Scarce.RULE, f"R08 apart at {place.id}", "")
        if linked:
            return Limit(
                row,
                Scarce.RULE,
                f"R03 or R08 between two linked cases ({places[0]} and {len(places) - 1} more)",
                "",
            )
        return Limit(row, Scarce.RULE, f"R20 concentration at {place.id}", "")

    @cached_property
    def _linked(self) -> frozenset[frozenset[str]]:
        return frozenset(frozenset((k.a, k.b)) for k in self.units.links)

    @cached_property
    def _slack_of(self) -> dict[str, int]:
        return {alike[0].id: self.model.slack.start + t for t, alike in enumerate(self.model.types)}

    def placeable(self, keep: Collection[str], limits: Iterable[Limit]) -> bool | None:
        """Whether the unit can have a place while those to keep have one, under these limits alone.

        Parameters
        ----------
        keep : collection of unit id
            Others who must have a place.
        limits : iterable of Limit
            The rows that hold; any other is lifted.

        Returns
        -------
        bool or None
            ``None`` when the search ended undecided.
        """
        programme = self._asked([*keep], {limit.row for limit in limits})
        cost = np.zeros(len(programme.lower))
        cost[self._slack_of[self.unit.id]] = 1.0
        found = solve_mip(programme, cost, self._whole, max_nodes=NODES)
        if found is None:
            return None
        return True if found.objective < 0.5 else False if found.bound > 0.5 else None

    @cached_property
    def _whole(self) -> np.ndarray:
        """Whole numbers, except the floor and the soft links; rooms of their own among them."""
        model = self.model
        return np.asarray(np.arange(len(model.programme.lower)) < model.keeps.start)

    def _asked(self, placed: Collection[str], rows: Collection[int]) -> Programme:
        """Return the programme in which these units have a place and only these rows hold."""
        full = self.model.programme
        upper, row_upper = full.upper.copy(), full.row_upper.copy()
        upper[[self._slack_of[name] for name in placed]] = 0.0
        row_upper[[limit.row for limit in self.limits if limit.row not in rows]] = np.inf
        return replace(full, upper=upper, row_upper=row_upper)

    def fewest(
        self, keep: Collection[str], wanted: Collection[str] = ()
    ) -> dict[Limit, int] | None:
        """Return the fewest beds or rooms, then papers, that would give all of these a place.

        Parameters
        ----------
        keep : collection of unit id
            Others who must have a place beside the unit.
        wanted : collection of unit id
            Others who are to have one too if no rule between units forbids it.

        Returns
        -------
        dict or None
            Limit to how much more of it; ``None`` when no amount helps: a rule between units.
        """
        soft = [x for x in self.limits if x.what is not Scarce.RULE]
        programme = self._asked([self.unit.id, *keep], {x.row for x in self.limits})
        n, m = len(programme.lower), len(programme.row_lower)
        more = sparse.csc_matrix(
            (-np.ones(len(soft)), ([x.row for x in soft], range(len(soft)))), shape=(m, len(soft))
        )
        most = float(sum(u.size for u in (self.unit, *self.others)))
        wider = Programme(
            matrix=sparse.hstack([sparse.csc_matrix(programme.matrix), more]).tocsc(),
            row_lower=programme.row_lower,
            row_upper=programme.row_upper,
            lower=np.append(programme.lower, np.zeros(len(soft))),
            upper=np.append(programme.upper, np.full(len(soft), most)),
        )
        price = [1.0 if x.what is Scarce.ROOMS else PAPER for x in soft]
        cost = np.append(np.zeros(n), price)
        cost[[self._slack_of[name] for name in wanted]] = ABOVE * most
        whole = np.append(self._whole, np.ones(len(soft), dtype=bool))
        found = solve_mip(wider, cost, whole, max_nodes=NODES)
        if found is None:
            return None
        return {x: round(v) for x, v in zip(soft, found.x[n:], strict=True) if v > 0.5}
