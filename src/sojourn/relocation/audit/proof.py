"""What a plan's prices prove of those it leaves without a place, in whole numbers and without a solver.

A plan may carry a price on each scarce thing. Take any lawful plan: everybody in it who has a place pays for
what they take, and no more is taken than there is. So the weighted people whom it leaves behind are at least
what everybody would pay for the cheapest room that the rules leave them, or for staying behind if that is
less, minus all that the scarce things bring in. That holds for *any* prices: wrong ones prove less, never too
much. With a price on a level above, held at what this plan has, the same is said of all plans that are as
good there.

Some rules are not asked (who must live near whom, shares of a need, rooms of one's own): a bound over more
plans than are lawful is a bound. Where a rule is switched off, what it limits has no price.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sojourn.relocation.audit.carried import COMPANIES
from sojourn.relocation.audit.facts import Facts
from sojourn.relocation.audit.lawful import LEVELS, MILLION, OF_PLACES, Lawful
from sojourn.relocation.audit.opened import Opened
from sojourn.relocation.audit.reach import Reach
from sojourn.relocation.audit.worth import left_behind
from sojourn.relocation.proposal.proposal import NOT_PROVEN, PROVEN, Bound, Price
from sojourn.relocation.proposal.reasons import figure

MOST = 10**6 * MILLION  # of a price: more than anybody weighs
NEAR = 1e-6  # of a share
OF_TRIPS = ("seats", "slots", "lying", "guards", "ride", "nurses")
OF_DAYS = ("guards a day", "nurses a day", "departures")


@dataclass(frozen=True)
class Proof:
    """What is proven of a level without believing the planner.

    Attributes
    ----------
    value, said : float
        Of the plan, and the bound that it states.
    proven : float
        Of L1 to L3: no lawful plan that is as good on the levels above leaves fewer (weighted) people without a
        place. Of the others: no lawful plan is better; of L8, none that leaves no more people without a place.
    sense : str
        ``least`` or ``most``, whichever is better.
    status : str
        Whether the bound that the plan states is proven, or only ``proven`` is.
    """

    level: str
    value: float
    said: float
    proven: float
    sense: str = "least"
    status: str = NOT_PROVEN

    @property
    def best(self) -> bool:
        """Whether no plan (that is as good on the levels above) is better on this one."""
        return _covers(self.proven, self.value, self.sense)

    @property
    def entry(self) -> tuple[str, float | None]:
        """Return what a plan may say of it: status and bound; of who changes (L9) another plan has to be at hand."""
        return (NOT_PROVEN, None) if self.level == "L9" else (self.status, self.proven)

    def told(self) -> str:
        """Say it in words."""
        least = self.sense == "least"
        good, few = (
            ("no lawful plan as good above", "less") if least else ("no lawful plan", "more")
        )
        words = f"{self.level} {figure(self.value)}: proven here, {good} has {few}"
        if self.best:
            return words
        words += f" than {figure(self.proven)}"
        open_ = not _covers(self.proven, self.said, self.sense)
        more = f"; the plan says {figure(self.said)}, which is not proven here"
        return words + more if open_ else words


def _covers(proven: float, number: float, sense: str) -> bool:
    """Whether what is proven says as much as another bound does."""
    return proven >= number - NEAR if sense == "least" else proven <= number + NEAR


def proofs(facts: Facts) -> tuple[Proof, ...]:
    """Return what is proven of each level, in the plan's order."""
    if not facts.plan.bounds:
        return ()
    lawful, values = Lawful(facts), left_behind(facts)
    reach = Reach(facts, lawful)
    return tuple(_proof(b, facts, lawful, reach, values) for b in facts.plan.bounds)


def _proof(
    bound: Bound, facts: Facts, lawful: Lawful, reach: Reach, values: dict[str, float]
) -> Proof:
    if bound.level in LEVELS:  # nobody left behind needs no proof
        value = values[bound.level]
        proven = float(lawful.bound(bound.level, values)) if value else 0.0
    else:
        value, proven = bound.value, reach.of(bound.level)
    whole = bound.level != "L9" or facts.previous is not None
    covered = whole and _covers(proven, bound.bound, bound.sense)
    status = PROVEN if covered else NOT_PROVEN
    return Proof(bound.level, value, bound.bound, proven, bound.sense, status)


def unsaid(facts: Facts, found: tuple[Proof, ...]) -> Iterator[str]:
    """Ask that the plan claims no proof by the audit that there is not, and no price of fairness that cannot be."""
    there = {p.level: n for n, p in enumerate(found)}
    fair = "L4" in there and there["L4"] < there.get("L5", -1)
    most = next((p.proven for p in found if p.level == "L5"), 0.0) if fair else 0.0
    if facts.plan.price_of_fairness > most + NEAR:
        yield f"the price of fairness is said to be {figure(facts.plan.price_of_fairness)}, and is {figure(most)} at the most"
    for bound, proof in zip(facts.plan.bounds, found, strict=True):
        if (bound.status, bound.audited) not in (("", None), proof.entry):
            yield f"level {bound.level} is said to be {bound.status or 'proven'}, and is {proof.entry[0]}"


def ill(facts: Facts) -> Iterator[str]:
    """Ask that each price is one: on something that is there, once, and no less than nothing."""
    seen = Counter((p.level, p.what, p.at, p.of, p.size) for p in facts.plan.prices)
    days = {facts.day(n).isoformat() for n in range(facts.site.rules.operation.days)}
    rooms = {(r.place, r.kind, r.size) for r in Opened(facts).rooms}
    for p in facts.plan.prices:
        on = f"{p.what} {p.at} {p.of}".strip()
        if p.level not in LEVELS or not _is_there(facts, p, days, rooms):
            yield f"a price of {p.level} is on something that is not there: {on}"
        elif seen[p.level, p.what, p.at, p.of, p.size] > 1:
            yield f"{on} has several prices of {p.level}"
        elif not 0 <= p.millionths <= MOST:
            yield f"the price of {p.level} on {on} is none that anybody could pay"


def _is_there(facts: Facts, price: Price, days: set[str], rooms: set[tuple[str, str, int]]) -> bool:
    """Whether what a price is on exists."""
    company = price.of in COMPANIES
    if price.what == "rooms":
        return (price.at, price.of, price.size) in rooms
    if price.what in OF_TRIPS:
        return price.at in facts.regions and company and not price.size
    if price.what == "stops":
        return price.at in facts.places and company and not price.size
    if price.of or price.size:
        return False
    if price.what == "held":
        return price.at in LEVELS and price.at < price.level
    return price.at in (days if price.what in OF_DAYS else facts.places) and (
        price.what in OF_DAYS or price.what in OF_PLACES
    )
