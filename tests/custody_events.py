"""Events of custody for tests: who was seen where, so many minutes after a start."""

from datetime import UTC, datetime, timedelta

from sojourn.relocation.custody.custody import Event

START = datetime(2016, 10, 24, 8, tzinfo=UTC)


def event(
    person: str, state: str, minutes: float, device: str = "A", number: int = 1, **more: str
) -> Event:
    at = (START + timedelta(minutes=minutes)).isoformat()
    return Event(
        person=person,
        state=state,
        at=at,
        where=more.get("where", ""),
        responsible=more.get("responsible", ""),
        device=device,
        number=number,
    )
