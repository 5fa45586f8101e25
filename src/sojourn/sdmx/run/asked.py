"""A request as it was sent: path segments and the raw query, before any framework decodes it.

A framework decodes ``+`` to a blank, and ``+`` means AND in a filter: so the raw query is read.

Examples
--------
>>> parameters("c%5BTIME_PERIOD%5D=ge:2000+le:2010&asOf=2020-01-01T00:00:00%2B02:00")
[('c[TIME_PERIOD]', 'ge:2000+le:2010'), ('asOf', '2020-01-01T00:00:00+02:00')]
>>> terms("ge:2000+le:2010")
(('ge', ('2000',)), ('le', ('2010',)))
>>> terms("840,276"), terms("ne:M")
((('eq', ('840', '276')),), (('ne', ('M',)),))
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import unquote

from sojourn.sdmx.run.refusal import Refusal

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
_AND = re.compile(rf"[+ ](?=(?:{'|'.join(OPERATORS)}):)")
_OP = re.compile(rf"({'|'.join(OPERATORS)}):(.*)", re.DOTALL)
_PERIOD = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-[0-3]\d(T[\d:.]+)?)?|-[QASMTWD]\d{1,3})?(/P\d+[YMD])?"
)
#: More keys than this in one request are refused.
MOST_KEYS = 5000

Terms = tuple[tuple[str, tuple[str, ...]], ...]
Key = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a data or availability request asks for.

    Attributes
    ----------
    keys : tuple of key
        Alternatives; a key has, for each dimension, the values allowed (none: any).
    filters : tuple of (component, terms)
        All must hold.
    as_of, updated_after : date or None
        Days of publication.
    first, last : int
        Observations of each series, from its first or up to its last period; 0: all.
    """

    keys: tuple[Key, ...] = ()
    filters: tuple[tuple[str, Terms], ...] = ()
    start: str = ""
    end: str = ""
    as_of: date | None = None
    updated_after: date | None = None
    history: bool = False
    observation: str = "TIME_PERIOD"
    attributes: str = ""
    detail: str = "full"
    references: str = "none"
    mode: str = "exact"
    component: str = ""
    first: int = 0
    last: int = 0


def parameters(raw: str) -> list[tuple[str, str]]:
    """Return the parameters of a raw query in order; ``+`` stays what it is."""
    out = []
    for part in raw.split("&"):
        if part:
            name, _, value = part.partition("=")
            out.append((unquote(name), unquote(value)))
    return out


def terms(value: str) -> Terms:
    """Return the operators and values of a filter: ``,`` is OR, ``+`` is AND."""
    out = []
    for one in _AND.split(value):
        match = _OP.fullmatch(one)
        operator, said = match.groups() if match else ("eq", one)
        values = []
        for v in said.split(","):
            again = _OP.fullmatch(v)
            values.append(again.group(2) if again and again.group(1) == operator else v)
        out.append((operator, tuple(values)))
    return tuple(out)


def keys(text: str) -> tuple[Key, ...]:
    """Return the keys of a path segment; ``*`` or nothing stands for any value.

    Raises
    ------
    Refusal
        More keys than one request may name (413).

    Examples
    --------
    >>> keys("A..276+840.*")
    ((('A',), (), ('276', '840'), ()),)
    >>> keys("*"), keys("all"), keys("")
    ((), (), ())
    """
    if text in ("", "*", "all"):
        return ()
    alternatives = text.split(",")
    if len(alternatives) > MOST_KEYS:
        raise Refusal(413, f"{len(alternatives):,} keys", hint=f"ask for {MOST_KEYS:,} at most")
    out = []
    for one in alternatives:
        parts = [() if p in ("", "*") else tuple(p.split("+")) for p in one.split(".")]
        out.append(tuple(parts))
    return tuple(out)


def day(name: str, text: str) -> date:
    """Return the day of a date or dateTime, in UTC; a bare date is that day up to its end.

    Raises
    ------
    Refusal
        It is neither (400).

    Examples
    --------
    >>> day("asOf", "2016-12-31T00:00:00"), day("asOf", "2016-12-31T23:00:00-02:00")
    (datetime.date(2016, 12, 31), datetime.date(2017, 1, 1))
    """
    written = text.replace(" ", "+") if "T" in text else text
    try:
        found = datetime.fromisoformat(written)
        return (found.astimezone(UTC) if found.tzinfo else found).date()
    except (ValueError, OverflowError):
        raise Refusal(
            400, f"{name}={text!r} is no date", hint="for instance 2016-12-31T00:00:00"
        ) from None


def period(name: str, text: str) -> str:
    """Return a period, or refuse what is none (400)."""
    if text and _PERIOD.fullmatch(text) is None:
        raise Refusal(400, f"{name}={text!r} is no period", hint="for instance 2015 or 2015-03")
    return re.sub(r"(?<=\d)T[\d:.]+", "", text)  # a time of day, and no third of a year: 2015-T3


def most(name: str, text: str) -> int:
    """Return a number of observations; more than any series has is as good as all.

    Raises
    ------
    Refusal
        It is no whole number of at least 1 (400).

    Examples
    --------
    >>> most("lastNObservations", "2")
    2
    """
    if re.fullmatch(r"0*[1-9][0-9]*", text) is None:
        raise Refusal(400, f"{name}={text!r} is no positive whole number", hint="for instance 1")
    return int(text) if len(text) < 10 else 10**9


_KNOWN = frozenset(
    {
        "startPeriod",
        "endPeriod",
        "asOf",
        "updatedAfter",
        "includeHistory",
        "dimensionAtObservation",
        "attributes",
        "measures",
        "detail",
        "references",
        "mode",
        "firstNObservations",
        "lastNObservations",
        "format",
        "offset",
        "limit",
        "sort",
    }
)
_NOT_YET = ("offset", "limit", "sort")


def asked(raw: str, key: str = "", component: str = "") -> Asked:
    """Return a request from its raw query and the key of its path.

    Raises
    ------
    Refusal
        An unknown parameter or a value that is none (400), one that is not offered (501).
    """
    given: dict[str, str] = {}
    filters = []
    for name, value in parameters(raw):
        if name.startswith("c[") and name.endswith("]"):
            filters.append((name[2:-1], terms(value)))
        elif name not in _KNOWN:
            raise Refusal(400, f"unknown parameter {name!r}", hint=f"one of c[…], {_listed()}")
        elif name in given:
            raise Refusal(400, f"{name} is given twice")
        else:
            given[name] = value
    if late := [n for n in _NOT_YET if n in given]:
        raise Refusal(501, f"{late[0]} is not offered", hint="narrow the key or the periods")
    return _made(given, tuple(filters), key, component)


def _listed() -> str:
    return ", ".join(sorted(_KNOWN - set(_NOT_YET)))


def _made(
    given: dict[str, str], filters: Iterable[tuple[str, Terms]], key: str, component: str
) -> Asked:
    as_of = day("asOf", given["asOf"]) if "asOf" in given else None
    after = day("updatedAfter", given["updatedAfter"]) if "updatedAfter" in given else None
    if as_of and after and after > as_of:
        raise Refusal(400, f"updatedAfter {after} is later than asOf {as_of}")
    if (history := given.get("includeHistory", "false").lower()) not in ("true", "false"):
        raise Refusal(400, f"includeHistory={history!r}", hint="true or false")
    if (attributes := given.get("attributes", "")) not in ("", "dsd", "all", "none"):
        raise Refusal(501, f"attributes={attributes!r} is not offered", hint="dsd, all or none")
    if given.get("measures", "all") != "all":
        raise Refusal(501, "a choice of measures is not offered", hint="leave measures out")
    if (detail := given.get("detail", "full")) not in _DETAILS:
        raise Refusal(400, f"detail={detail!r}", hint=f"one of {', '.join(_DETAILS)}")
    if (mode := given.get("mode", "exact")) not in ("exact", "available"):
        raise Refusal(400, f"mode={mode!r}", hint="exact or available")
    return Asked(
        keys=keys(key),
        filters=tuple(filters),
        start=period("startPeriod", given.get("startPeriod", "")),
        end=period("endPeriod", given.get("endPeriod", "")),
        as_of=as_of,
        updated_after=after,
        history=history == "true",
        observation=given.get("dimensionAtObservation", "TIME_PERIOD"),
        attributes=attributes,
        detail=detail,
        references=given.get("references", "none"),
        mode=mode,
        component=component,
        **{k: most(n, given[n]) for k, n in _COUNTED.items() if n in given},
    )


_COUNTED = {"first": "firstNObservations", "last": "lastNObservations"}


_DETAILS = (
    "full",
    "dataonly",
    "serieskeysonly",
    "nodata",
    "allstubs",
    "referencestubs",
    "allcompletestubs",
    "referencecompletestubs",
    "referencepartial",
    "raw",
)
