"""Who declined, from signed events alone: a table says what somebody typed, an event who noted it, and when."""

import re
from collections.abc import Iterable, Mapping

from sojourn.relocation.custody.chain import Known, chain_faults, text_of, verifies
from sojourn.relocation.custody.custody import Event, effective

ANSWER = "desk answer: "  # begins the source of an event that says what was answered to an offer
DECLINED = "declined"
_SAID = re.compile(re.escape(ANSWER) + r"(?P<case>.+?): (?P<said>[^;]+);")


def answered(events: Iterable[Event], known: Mapping[str, Known]) -> dict[str, str]:
    """Return the last answer of each case, of events that a known device signed and nobody altered.

    Parameters
    ----------
    known : mapping of device to Known
        Whom this machine trusts; an event of anybody else says nothing here.
    """
    sound = [e for e in events if e.signature and _of(e, known)]
    found: dict[str, str] = {}
    for event in effective(sound):  # a void of anybody else takes no answer away
        if told := _SAID.match(event.source):
            found[told["case"]] = told["said"]
    return found


def _of(event: Event, known: Mapping[str, Known]) -> bool:
    trusted = known.get(event.device)
    return trusted is not None and verifies(trusted.key, event.signature, text_of(event))


def declined(events: Iterable[Event], known: Mapping[str, Known]) -> frozenset[str]:
    """Return the cases whose last answer, in an event that a known device signed, is that they decline."""
    return frozenset(case for case, said in answered(events, known).items() if said == DECLINED)


def against_plan(
    events: Iterable[Event],
    known: Mapping[str, Known],
    out_of_plan: Iterable[str],
    assigned: Iterable[str],
) -> list[str]:
    """Return where a plan says otherwise of who declined than the signed events do.

    Parameters
    ----------
    out_of_plan, assigned : iterable of str
        Cases, as the plan has them: out of it as declined, and with a place.
    """
    kept = list(events)
    said = declined(kept, known)
    faults = [f"device {f.device}: {f.what}" for f in chain_faults(kept, known)]
    if not known:
        faults.append(
            "this machine keeps no record of the devices of the ledger, so none of its events says who declined: merge it into one that is kept here"
        )
    unsaid = [
        f"case {c} is out of the plan as declined, and no signed event says so"
        for c in sorted({*out_of_plan} - said)
    ]
    moved = [
        f"case {c} has declined by a signed event, and the plan moves it"
        for c in sorted({*assigned} & said)
    ]
    return [*faults, *unsaid, *moved]
