"""Contracts on data, as data: each is SQL that must return no rows."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One rule that official tables must keep.

    Attributes
    ----------
    severity : str
        ``refuse``, ``contradict`` (refused only when the genuine bytes of the edition are known
        and these are others) or ``record``.
    error : str
        Name of the error class that a refusal raises.
    needs : str
        ``members`` when the rule can be asked only with the edition's classification.
    """

    id: str
    title: str
    error: str
    severity: str
    sql: str
    needs: str = ""


@cache
def contracts() -> tuple[Contract, ...]:
    """Return the contracts in the order in which they are asked."""
    text = files("sojourn.harmonize").joinpath("contracts.toml").read_text("utf-8")
    return tuple(Contract(**entry) for entry in tomllib.loads(text)["contract"])
