"""Formats by media type: what a client accepts, what is offered, what a path means by default.

Examples
--------
>>> chosen("application/vnd.sdmx.data+csv;version=2.0.0", DATA, old=False).form
'2.0'
>>> chosen("*/*", DATA, old=True).media
'application/vnd.sdmx.structurespecificdata+xml;version=2.1'
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sojourn.sdmx.run.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its media type, and which writer makes it in which form."""

    media: str
    writer: str
    form: str
    labels: str = "id"


_CSV = "application/vnd.sdmx.data+csv"
_JSON = "application/vnd.sdmx.data+json"
DATA: tuple[Format, ...] = (
    Format(f"{_JSON};version=2.1.0", "json", "2.1"),
    Format(f"{_JSON};version=2.0.0", "json", "2.0"),
    Format(f"{_CSV};version=2.1.0", "csv", "2.1"),
    Format(f"{_CSV};version=2.0.0", "csv", "2.0"),
    Format(f"{_CSV};version=1.0.0", "csv", "1.0"),
    Format("application/vnd.sdmx.structurespecificdata+xml;version=2.1", "xml", "specific"),
    Format("application/vnd.sdmx.genericdata+xml;version=2.1", "xml", "generic"),
    Format("application/vnd.sdmx.data+xml;version=3.1.0", "xml", "3.1"),
    Format("application/vnd.sdmx.data+xml;version=3.0.0", "xml", "3.0"),
    Format(
        "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1", "xml", "specific"
    ),
    Format("application/vnd.sdmx.generictimeseriesdata+xml;version=2.1", "xml", "generic"),
)
STRUCTURE: tuple[Format, ...] = (
    Format("application/vnd.sdmx.structure+json;version=2.1.0", "json", "2.1"),
    Format("application/vnd.sdmx.structure+json;version=2.0.0", "json", "2.0"),
    Format("application/vnd.sdmx.structure+xml;version=2.1", "xml", "2.1"),
    Format("application/vnd.sdmx.structure+xml;version=3.1.0", "xml", "3.1"),
    Format("application/vnd.sdmx.structure+xml;version=3.0.0", "xml", "3.0"),
)
#: Short words for a format in a query, for programs that cannot set a header.
SHORT = {
    "csv": "csv",
    "csvfile": "csv",
    "csvfilewithlabels": "csv",
    "sdmx-csv": "csv",
    "json": "json",
    "sdmx-json": "json",
    "xml": "xml",
    "sdmx-ml": "xml",
}
_PLAIN = {
    "application/xml": "xml",
    "text/xml": "xml",
    "application/json": "json",
    "text/csv": "csv",
}


def _weighed(accept: str) -> list[tuple[float, str, dict[str, str]]]:
    out = []
    for n, part in enumerate(accept.split(",")):
        name, *rest = (p.strip() for p in part.split(";"))
        told = {
            k.strip().lower(): v.strip().strip('"') for k, _, v in (r.partition("=") for r in rest)
        }
        try:
            weight = float(told.pop("q", "1"))
        except ValueError:
            weight = 0.0
        if name and weight > 0:
            out.append((-weight + n * 1e-9, name.lower(), told))
    return sorted(out, key=lambda w: w[0])


def _fits(version: str, offered: str) -> bool:
    """Whether a version, which may be a wildcard (``2.0+.0``), means the one offered.

    Examples
    --------
    >>> _fits("2", "2.0"), _fits("2.0.0", "2.0"), _fits("2.0.9", "2.0"), _fits("2.0+.0", "2.1.0")
    (True, True, False, True)
    """
    if not version:
        return True
    wanted, held = version.split("."), offered.split(".")
    longest = max(len(wanted), len(held))
    wanted, held = (v + ["0"] * (longest - len(v)) for v in (wanted, held))
    for w, h in zip(wanted, held, strict=True):
        if w.endswith("+") and h.isdigit() and w[:-1].isdigit() and int(h) >= int(w[:-1]):
            return True
        if w != h:
            return False
    return True


def _default(offered: Sequence[Format], writer: str, *, old: bool) -> Format:
    """Return what a short name means: on a path of REST 1.5 the formats of its time."""
    if old and writer == "csv":
        return next(f for f in offered if f.writer == "csv" and f.form == "1.0")
    return next(f for f in offered if f.writer == writer)


def _labelled(found: Format, told: dict[str, str]) -> Format:
    labels = told.get("labels", "id")
    if found.writer != "csv":
        return found
    if (
        labels not in ("id", "both", "name")
        or told.get("timeformat", "original") != "original"
        or told.get("keys", "none") != "none"
    ):
        raise Refusal(406, f"CSV with {told} is not offered", hint="labels=id, both or name")
    return replace(found, labels=labels)


def chosen(accept: str, offered: Sequence[Format], *, old: bool, short: str = "") -> Format:
    """Return the format that a client accepts.

    Parameters
    ----------
    old : bool
        The path is one of REST 1.5: any format means SDMX-ML 2.1.
    short : str
        A word of `SHORT` from the query, which says more than the header.

    Raises
    ------
    Refusal
        None of them is offered (406).
    """
    named = {f.writer for f in offered}
    if short:
        if (writer := SHORT.get(short.lower())) is None or writer not in named:
            raise Refusal(
                406, f"format={short!r} is not offered", hint=f"one of {', '.join(SHORT)}"
            )
        found = _default(offered, writer, old=old)
        return replace(found, labels="both") if short.lower() == "csvfilewithlabels" else found
    for _, name, told in _weighed(accept or "*/*"):
        if name in ("*/*", "application/*"):
            return _default(offered, "xml" if old else "json", old=old)
        if _PLAIN.get(name) in named:
            return _labelled(_default(offered, _PLAIN[name], old=old), told)
        for one in offered:
            media, _, version = one.media.partition(";version=")
            if media == name and _fits(told.get("version", ""), version):
                return _labelled(one, told)
    listed = ", ".join(f.media for f in offered)
    raise Refusal(406, f"{accept!r} is not offered", hint=f"offered: {listed}")


def languages(accept: str) -> tuple[str, ...]:
    """Return the languages that names are wanted in; all of them when nothing is said.

    Examples
    --------
    >>> languages("fr-CH, en;q=0.5"), len(languages("")), len(languages("*"))
    (('fr', 'en'), 6, 6)
    """
    every = ("en", "fr", "es", "ar", "ru", "zh")
    named = [re.split("[-;]", p.strip())[0].lower() for p in accept.split(",")]
    return tuple(dict.fromkeys(n for n in named if n in every)) or every
