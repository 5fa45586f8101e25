"""Parameters with their evidence: value, range, law, source and mark, drawn by Latin hypercube."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from sojourn.errors import SimulateError
from sojourn.terminal.nearest import nearest_and_all
from sojourn.terminal.typed import NotToml, as_written, check, read_toml, refuse_unknown

Floats = npt.NDArray[np.float64]
MARKS: Mapping[str, str] = {
    "P": "published",
    "P*": "derived from published values",
    "T": "to verify",
    "A": "assumption",
}
LAWS = ("fixed", "uniform", "loguniform", "lognormal", "beta")
_Z = 1.959963984540054  # of the 97.5 per cent point


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    Attributes
    ----------
    value, low, high : float
        Centre and range; the range is the 95 per cent interval of a lognormal or beta law.
    mark : str
        Evidence: ``P``, ``P*``, ``T`` or ``A``.
    least, most : float
        What is possible at all: a share is not above 1, a duration not 0. A range beyond is refused.
    """

    id: str
    value: float
    low: float
    high: float
    law: str
    unit: str
    source: str
    mark: str
    least: float = 0.0
    most: float = float("inf")

    @property
    def is_evidence(self) -> bool:
        """Whether a text may give the value as a finding; otherwise only with its mark."""
        return self.mark in ("P", "P*")

    def quantile(self, share: Floats) -> Floats:
        """Return the value below which a share of the draws lies."""
        if self.law == "fixed":
            return np.full_like(share, self.value)
        if self.law == "uniform":
            return self.low + share * (self.high - self.low)
        if self.law == "loguniform":
            return np.asarray(self.low * (self.high / self.low) ** share)
        if self.law == "lognormal":
            spread = np.log(self.high / self.low) / (2.0 * _Z)
            middle = np.sqrt(self.high * self.low)
            return np.asarray(middle * np.exp(spread * stats.norm.ppf(share)))
        spread = (self.high - self.low) / (2.0 * _Z)
        size = self.value * (1.0 - self.value) / spread**2 - 1.0
        return np.asarray(stats.beta.ppf(share, self.value * size, (1.0 - self.value) * size))


def read_parameters(text: str, *, where: str, kind: str = "parameter") -> tuple[Parameter, ...]:
    """Read declared parameters, or what is declared like them and not drawn (``constant``).

    Raises
    ------
    SimulateError
        One lacks its source or mark, or its range does not hold its value.
    """
    try:
        content = read_toml(text)
    except NotToml as error:
        raise SimulateError(f"{where}: {error}", hint="see the packaged file") from None
    entries, other = content.get(kind), sorted(set(content) - {"parameter", "constant"})
    if other:
        refuse_unknown(
            other[0], dict.fromkeys(("parameter", "constant")), where=where, error=SimulateError
        )
    if not (isinstance(entries, list) and all(isinstance(e, dict) for e in entries)):
        raise SimulateError(f"{where}: no {kind}", hint=f"one [[{kind}]] table each")
    found = list[Parameter]()
    for entry in entries:
        name = entry.get("id", "?")
        place = f"{where}, parameter {name}"
        check(entry, as_written(Parameter), where=place, error=SimulateError)
        try:
            one = Parameter(**entry)
        except TypeError as error:
            raise SimulateError(
                f"{where}, parameter {name}: {error}",
                hint="id, value, low, high, law, unit, source, mark",
            ) from None
        _refuse(one, where)
        if any(one.id == held.id for held in found):
            raise SimulateError(f"{where}: parameter {one.id} twice", hint="keep one")
        found.append(one)
    return tuple(found)


def _refuse(one: Parameter, where: str) -> None:
    at = f"{where}, parameter {one.id}"
    texts: tuple[object, ...] = (one.id, one.law, one.unit, one.source, one.mark)
    if not all(isinstance(t, str) for t in texts):
        raise SimulateError(
            f"{at}: {next(t for t in texts if not isinstance(t, str))!r} is no text",
            hint="id, law, unit, source and mark are texts",
        )
    if one.mark not in MARKS:
        raise SimulateError(f"{at}: evidence mark {one.mark!r}", hint=f"one of {', '.join(MARKS)}")
    if not one.source.strip():
        raise SimulateError(f"{at}: no source", hint="say where the value is from")
    if one.law not in LAWS:
        raise SimulateError(f"{at}: law {one.law!r}", hint=f"one of {', '.join(LAWS)}")
    _refuse_numbers(one, at)


def _refuse_numbers(one: Parameter, at: str) -> None:
    numbers: tuple[object, ...] = (one.value, one.low, one.high)
    real = all(
        isinstance(n, int | float) and not isinstance(n, bool) and np.isfinite(n) for n in numbers
    )
    if not (real and one.low <= one.value <= one.high):
        raise SimulateError(
            f"{at}: {one.value} is not within {one.low} to {one.high}",
            hint="low <= value <= high, all of them numbers",
        )
    if one.low < one.least or one.high > one.most:
        raise SimulateError(
            f"{at}: {one.low:g} to {one.high:g} is impossible",
            hint=f"{one.unit}: from {one.least:g} to {one.most:g}",
        )
    if one.law in ("loguniform", "lognormal") and one.low <= 0:
        raise SimulateError(
            f"{at}: {one.low} with law {one.law}", hint="the range must be positive"
        )
    if one.law == "beta" and not 0.0 < one.low < one.value < one.high < 1.0:
        raise SimulateError(
            f"{at}: {one.low} to {one.high} with law beta", hint="0 < low < value < high < 1"
        )


@cache
def parameters(topic: str) -> Mapping[str, Parameter]:
    """Return the packaged parameters of ``tb`` or ``malaria`` by id."""
    text = files(f"sojourn.health.{topic}").joinpath("parameters.toml").read_text("utf-8")
    return {p.id: p for p in read_parameters(text, where=f"{topic}.toml")}


@cache
def constants(topic: str) -> Mapping[str, Parameter]:
    """Return what a topic declares with source and mark and does not draw, by id."""
    text = files(f"sojourn.health.{topic}").joinpath("parameters.toml").read_text("utf-8")
    return {p.id: p for p in read_parameters(text, where=f"{topic}.toml", kind="constant")}


def replaced(known: Mapping[str, Parameter], text: str, *, where: str) -> dict[str, Parameter]:
    """Return the parameters with a user's own values in place of some.

    Raises
    ------
    SimulateError
        An entry is incomplete, impossible, or names a parameter that the model lacks.
    """
    own = {p.id: p for p in read_parameters(text, where=where)}
    unknown = sorted(set(own) - set(known))
    if unknown:
        raise SimulateError(
            f"{where}: the model has no parameter {unknown[0]!r}",
            hint=nearest_and_all(unknown[0], known),
        )
    for name, one in own.items():  # what is possible is not the user's to say
        own[name] = replace(one, least=known[name].least, most=known[name].most)
        _refuse_numbers(own[name], f"{where}, parameter {name}")
    return {**known, **own}


def draw(
    known: Mapping[str, Parameter], seed: int, count: int, chosen: Sequence[int]
) -> dict[str, Floats]:
    """Return some of ``count`` Latin-hypercube draws of every parameter.

    A draw is the same whichever others are asked for: the strata of a parameter are shuffled by a
    counter-based generator keyed by seed and name.

    Parameters
    ----------
    chosen : sequence of int
        Draws to return, each below ``count``.

    Returns
    -------
    dict of str to ndarray, shape (len(chosen),)
    """
    out = {}
    index = np.asarray(chosen, dtype=np.int64)
    for name, parameter in known.items():
        source = np.random.Generator(np.random.Philox(key=key_of(seed, name)))
        order = source.permutation(count)
        within = source.random(count)
        out[name] = parameter.quantile((order[index] + within[index]) / count)
    return out


def key_of(seed: int, *names: Any) -> int:
    """Return a 128-bit key for a counter-based generator: the same names, the same numbers."""
    text = ":".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
