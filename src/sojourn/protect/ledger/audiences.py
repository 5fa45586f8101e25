"""Who sees which releases, and what those who see a new one could put beside it.

A policy names its audiences: what each sees (the protected table, or everything), and whose releases
it sees too. A release is held against all earlier ones that somebody who sees it may have seen: what
was given to a partner is put beside what is made public, and not the other way round where the public
does not see the partner's.
"""

from collections.abc import Sequence

from sojourn.errors import Misasked
from sojourn.protect.ledger.ledger import Release
from sojourn.protect.table.policy import EVERYTHING, Audience, Policy
from sojourn.terminal.nearest import nearest_and_all


def audience_of(policy: Policy, name: str) -> Audience:
    """Return an audience of a policy.

    Raises
    ------
    Misasked
        The policy names no such audience.
    """
    if name not in policy.audiences:
        raise Misasked(
            f"policy {policy.id or policy.title!r} names no audience {name!r}",
            hint=nearest_and_all(name, policy.audiences),
        )
    return policy.audiences[name]


def joined(policy: Policy, audience: str) -> frozenset[str]:
    """Return the audiences whose releases somebody may have seen who sees one to this audience."""
    audience_of(policy, audience)
    found = {audience}
    for name, one in policy.audiences.items():
        sees = _sees(policy, name)
        if one.sees != EVERYTHING and audience in sees:
            found |= sees
    return frozenset(found)


def _sees(policy: Policy, name: str) -> set[str]:
    """Return an audience with those whose releases it sees, and theirs."""
    found, queue = {name}, [name]
    while queue:
        for other in policy.audiences[queue.pop()].also:
            if other not in found:
                found.add(other)
                queue.append(other)
    return found


def seen_beside(releases: Sequence[Release], policy: Policy, audience: str) -> tuple[Release, ...]:
    """Return the releases that somebody who sees a new one to an audience may have seen.

    One to an audience that the policy does not name counts as seen.
    """
    near = joined(policy, audience)
    return tuple(r for r in releases if r.audience in near or r.audience not in policy.audiences)
