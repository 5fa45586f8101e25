"""A permanent link of the explorer: the state of the page in short names."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from sojourn.errors import PublishError
from sojourn.terminal.asked import language_of

VIEWS = ("map", "trend", "ranking", "corridor", "table")


@dataclass(frozen=True, slots=True)
class Link:
    """What a link names; empty where the page's own choice stands.

    Attributes
    ----------
    measure, edition, sex, period, view : str
    areas : tuple of str
        Chosen places, by ISO code or area id.
    per : bool
        Whether numbers stand per 1,000 inhabitants.
    way : {"", "to", "from"}
        Of corridors: to or from the first place.
    every : bool
        Whether all of a ranking or of corridors are wanted.
    """

    measure: str
    edition: str = ""
    sex: str = ""
    period: str = ""
    view: str = "map"
    areas: tuple[str, ...] = ()
    per: bool = False
    language: str = "en"
    as_of: date | None = None
    way: str = ""
    every: bool = False


def read_link(text: str) -> Link:
    """Return what a link names; unknown keys are left aside.

    Raises
    ------
    PublishError
        It names no measure, or a view that cannot be frozen.
    Misasked
        It names a language that has no catalogue.

    Examples
    --------
    >>> read_link("#v=1&m=undesa.ims/migrant_stock&y=2015&a=DEU,276").areas
    ('DEU', '276')
    """
    pairs = (part.partition("=") for part in text.rpartition("#")[2].split("&"))
    asked = {key: unquote(value) for key, _, value in pairs if value}
    if "m" not in asked:
        raise PublishError(
            f"{text[:80]!r} is no link of the explorer: it names no measure",
            hint="copy it under “Take away”; it begins with #v=1&m=",
        )
    if asked.get("v", "1") != "1":
        raise PublishError(f"v={asked['v'][:20]}: a link of another version", hint="v=1 is known")
    view = asked.get("t", "map")
    if view not in VIEWS:
        raise PublishError(f"t={view[:20]}: no view to freeze", hint=f"one of {', '.join(VIEWS)}")
    return Link(
        measure=asked["m"],
        edition=asked.get("e", ""),
        sex=asked.get("s", ""),
        period=asked.get("y", ""),
        view=view,
        areas=tuple(a for a in asked.get("a", "").split(",") if a),
        per=asked.get("u") == "per",
        language=language_of(asked.get("l", "en")),
        as_of=_day(asked.get("d", "")),
        way=asked.get("k", "") if asked.get("k") in ("to", "from") else "",
        every=asked.get("n") == "all",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PublishError(f"d={text[:20]}: no day", hint="for instance d=2016-12-31") from None
