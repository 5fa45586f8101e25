"""Each device's events as a signed chain: what was altered, left out, re-ordered or slipped in is told.

An event carries the digest of the one its device wrote before, a hybrid logical clock (Kulkarni and
others 2014: wall time, never before what the device has seen, and a counter) and an Ed25519
signature (RFC 8032). Who is trusted is not said by the events: it is what this machine knows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sojourn.relocation.custody.custody import DeviceFault, Event

SKEW_MS = 600_000  # by which clocks of devices may differ
_MOST_COUNT = 999_999


@dataclass(frozen=True, slots=True)
class Known:
    """What a machine knows of a device.

    Attributes
    ----------
    key : str
        Public key, hexadecimal.
    number, head : int and str
        Of the last event that was seen of it.
    clock : str
        Of the same: what it writes next is after that, whatever its ledger was brought back to.
    """

    key: str
    number: int = 0
    head: str = ""
    clock: str = field(default="", compare=False)


def new_key() -> str:
    """Make a private key (PEM, unencrypted: its file is its owner's alone)."""
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _private(pem: str) -> Ed25519PrivateKey:
    found = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(found, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004 - of the file
    return found


def public_of(pem: str) -> str:
    """Return the public key of a private one, hexadecimal.

    Raises
    ------
    ValueError
        It is no Ed25519 key.
    """
    return _private(pem).public_key().public_bytes_raw().hex()


def sign(pem: str, text: str) -> str:
    """Sign a text; hexadecimal."""
    return _private(pem).sign(text.encode()).hex()


def verifies(key: str, signature: str, text: str) -> bool:
    """Whether a signature of a text is by a key."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def text_of(event: Event) -> str:
    """Return what a signature is about: everything but itself."""
    said = asdict(event)
    del said["signature"]
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def tick(clocks: Iterable[str], wall_ms: int) -> str:
    """Return the next reading of a hybrid logical clock, after all that were seen.

    >>> tick(["00000000002000.000000"], 1500)
    '00000000002000.000001'
    >>> tick(["00000000002000.000000"], 2500)
    '00000000002500.000000'
    """
    last, count = max((_split(c) for c in clocks if c), default=(0, -1))
    if wall_ms > last:
        return f"{wall_ms:014d}.{0:06d}"
    last, count = (last, count + 1) if count < _MOST_COUNT else (last + 1, 0)
    return f"{last:014d}.{count:06d}"


def _split(clock: str) -> tuple[int, int]:
    wall, _, count = clock.partition(".")
    return int(wall), int(count)


def linked(
    kept: Sequence[Event],
    events: Sequence[Event],
    pem: Mapping[str, str],
    wall_ms: int,
    known: Mapping[str, Known] | None = None,
) -> list[Event]:
    """Return new events numbered, dated, chained and signed.

    Parameters
    ----------
    kept : sequence of Event
        The ledger's own.
    pem : mapping of device to private key
    known : mapping of device to Known, optional
        What this machine knows. A device goes on after the last that is known of it, so that what was
        cut off the end of a ledger leaves a gap that no later event fills.
    """
    last = {d: (k.number, k.head) for d, k in (known or {}).items()}
    for e in kept:
        if e.device not in last or e.number > last[e.device][0]:
            last[e.device] = (e.number, e.id)
    clocks = [*(e.clock for e in kept), *(k.clock for k in (known or {}).values())]
    clock = max(clocks, default="")
    keys = {d: public_of(p) for d, p in pem.items()}
    private = {d: _private(p) for d, p in pem.items()}
    told = {d: next((e.key for e in _of(kept, d)[::-1] if e.key), "") for d in pem}
    done = []
    for e in events:
        clock = tick([clock], wall_ms)
        number, previous = last.get(e.device, (0, ""))
        made = replace(
            e,
            number=number + 1,
            previous=previous,
            clock=clock,
            noted=str(wall_ms),
            key="" if told[e.device] == keys[e.device] else keys[e.device],
        )
        made = replace(made, signature=private[e.device].sign(text_of(made).encode()).hex())
        told[e.device], last[e.device] = keys[e.device], (made.number, made.id)
        done.append(made)
    return done


def _of(events: Iterable[Event], device: str) -> list[Event]:
    return sorted((e for e in events if e.device == device), key=lambda e: (e.number, e.id))


def heads(events: Iterable[Event], known: Mapping[str, Known]) -> dict[str, Known]:
    """Return what is known of each device once these events are."""
    found = dict(known)
    for e in sorted(events, key=lambda e: (e.device, e.number)):
        before = found.get(e.device)
        key = before.key if before else e.key
        if key and (before is None or e.number > before.number):
            found[e.device] = Known(key, e.number, e.id, e.clock)
    return found


def lacking(events: Iterable[Event], known: Mapping[str, Known]) -> int:
    """Return how many events are known of, by the numbers of their devices, and are not there."""
    numbers: dict[str, set[int]] = {device: set() for device in known}
    for e in events:
        numbers.setdefault(e.device, set()).add(e.number)
    most = {d: max((known[d].number if d in known else 0, *n)) for d, n in numbers.items()}
    return sum(most[d] - len(n) for d, n in numbers.items())


def chain_faults(events: Sequence[Event], known: Mapping[str, Known]) -> list[DeviceFault]:
    """Return what the chains say was altered, left out, re-ordered, or comes from a stranger.

    Parameters
    ----------
    events : sequence of Event
        As they stand in the file.
    known : mapping of device to Known
        What this machine trusts; empty: each device's own first key is taken, and said.
    """
    found: list[DeviceFault] = []
    for device in sorted({e.device for e in events} | set(known)):
        mine = [e for e in events if e.device == device]
        if any(b.number < a.number for a, b in pairwise(mine)):
            found.append(
                DeviceFault(
                    device, "its events stand in another order than it wrote them: re-ordered"
                )
            )
        found += [
            DeviceFault(device, what)
            for what in _faults(_of(mine, device), known.get(device), known)
        ]
    return found


def _faults(
    mine: Sequence[Event], trusted: Known | None, known: Mapping[str, Known]
) -> Iterator[str]:
    if mine and known and trusted is None:
        yield "is unknown here: its key was never exchanged; merge its own ledger, or void its events"
    key = trusted.key if trusted else next((e.key for e in mine if e.key), "")
    bad = [e for e in mine if e.signature and not verifies(key, e.signature, text_of(e))]
    if bad:
        yield f"{len(bad)} of its events are not as it signed them, the first is number {bad[0].number}: altered"
    bare = [e for e in mine if not e.signature]
    if bare and (trusted or len(bare) < len(mine)):
        yield f"{len(bare)} of its events bear no signature, the first is number {bare[0].number}"
    yield from _links(mine, trusted)
    behind = [e for e in mine if e.clock and _split(e.clock)[0] - int(e.noted or 0) > SKEW_MS]
    if behind:
        yield f"event {behind[0].number} was noted before an event that it follows: this clock is behind, or another was ahead"


def _links(mine: Sequence[Event], trusted: Known | None) -> Iterator[str]:
    by_number = {e.number: e for e in mine}
    broken = [
        e
        for e in mine
        if e.signature and e.number - 1 in by_number and e.previous != by_number[e.number - 1].id
    ]
    if broken:
        yield f"event {broken[0].number} does not follow the event before it: altered or re-ordered"
    highest = max(by_number, default=0)
    if trusted and trusted.number > highest:
        yield f"its events {highest + 1} to {trusted.number} were here and are missing"
    here = by_number.get(trusted.number) if trusted else None
    if trusted and trusted.head and here and here.id != trusted.head:
        yield f"event {trusted.number} is another than the one that was here: altered"
