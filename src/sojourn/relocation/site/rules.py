"""Read ``rules.toml``: the operation, the order of levels, and each hard rule."""

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sojourn.errors import SiteRefused
from sojourn.relocation.site.site import Operation, Rule, Rules
from sojourn.terminal.nearest import did_you_mean
from sojourn.terminal.typed import NotToml, read_toml

PROTECTED_LEVELS = ("L1", "L2", "L3")
FREE_LEVELS = ("L4", "L5", "L6", "L7", "L8")
LARGEST = 1_000_000  # of any parameter: minutes, persons, kilometres an hour
_SPANS = (
    ("lat", -90, 90),
    ("lon", -180, 180),
    ("days", 1, 366),
    ("bays", 1, 1000),
    ("boarding_minutes", 1, 1440),
    ("max_stops", 1, 100),
    ("first_departure", 0, 24),
    ("last_departure", 0, 24),
    ("speed_kmh", 1, 300),
    ("detour_factor", 1, 10),
    ("stop_minutes", 0, 1440),
)
_REQUIRED = ("departure", "lat", "lon")


def default_rules_text() -> str:
    """Return the packaged rules, comments included, as a start for a site's own."""
    return files("sojourn.relocation.site").joinpath("rules.toml").read_text("utf-8")


def default_needs_map_text() -> str:
    """Return the packaged needs map; a practitioner checks it against the current list."""
    return files("sojourn.relocation.site").joinpath("needs_map.csv").read_text("utf-8")


def read_rules(text: str, *, file: str = "rules.toml") -> Rules:
    """Read the text of a ``rules.toml``.

    Parameters
    ----------
    text : str
    file : str
        Named in refusals.

    Raises
    ------
    SiteRefused
        The text is not TOML; a rule, parameter or level is unknown; a value is of another type
        than its default; the operation lacks its date or position.
    """
    try:
        given = read_toml(text)
    except NotToml as error:
        raise SiteRefused(
            f"{file}: not readable as TOML: {error}",
            hint="start from the example that `sojourn site example` writes",
        ) from None
    defaults = read_toml(default_rules_text())
    known = [section for section in defaults if section not in ("operation", "levels")]
    for section in given:
        if section not in defaults:
            raise SiteRefused(
                f"{file}, [{section}]: unknown section; expected one of {', '.join(defaults)}",
                hint=f"{did_you_mean(section, defaults)} rules are named {known[0]} to {known[-1]}".strip(),
            )
        if not isinstance(given[section], dict):
            raise SiteRefused(
                f"{file}, [{section}]: found {given[section]!r}, expected a section",
                hint=f"write [{section}] on a line of its own",
            )
    rules = {rule: _rule(file, rule, defaults[rule], given.get(rule, {})) for rule in known}
    return Rules(
        operation=_operation(file, defaults["operation"], given.get("operation", {})),
        rules=MappingProxyType(rules),
        level_order=_level_order(file, given.get("levels", {}).get("order", list(FREE_LEVELS))),
    )


def _level_order(file: str, order: object) -> tuple[str, ...]:
    """Check the order of levels; the protected ones are not the operator's to move."""
    if not isinstance(order, list) or sorted(map(str, order)) != list(FREE_LEVELS):
        raise SiteRefused(
            f"{file}, [levels] order: found {order!r}, expected L4 to L8, each once",
            hint="L1, L2 and L3 (people without a place) always come first and cannot be moved",
        )
    return PROTECTED_LEVELS + tuple(order)


def _rule(file: str, rule: str, default: Mapping[str, Any], given: Mapping[str, Any]) -> Rule:
    """Merge one rule with its default."""
    merged = dict(default)
    approved_by = ""
    for name, value in given.items():
        if name == "approved_by":
            approved_by = str(value)
            continue
        if name not in default:
            raise SiteRefused(
                f"{file}, [{rule}] {name}: unknown parameter; expected one of "
                f"{', '.join([*default, 'approved_by'])}",
                hint=f"{did_you_mean(name, [*default, 'approved_by'])} a misspelt parameter would change "
                "nothing, so it is refused".strip(),
            )
        merged[name] = _same_type(file, f"[{rule}] {name}", default[name], value)
    switched_on = bool(merged.pop("on"))
    if not switched_on and default["on"] and not approved_by:
        raise SiteRefused(
            f"{file}, [{rule}]: the rule is switched off and nobody is named as approving it",
            hint='add approved_by = "name and function"',
        )
    frozen = {k: tuple(v) if isinstance(v, list) else v for k, v in merged.items()}
    return Rule(
        id=rule, on=switched_on, approved_by=approved_by, parameters=MappingProxyType(frozen)
    )


def _same_type(file: str, where: str, default: object, value: object) -> object:
    """Accept a value of the default's type; whole numbers pass as numbers, never below zero."""
    number = isinstance(default, int | float) and not isinstance(default, bool)
    if number and isinstance(value, int | float) and not isinstance(value, bool):
        share = where.endswith(("promised_factor", "max_share"))
        if 0 <= value <= (1 if share else LARGEST):
            return value
    texts = not isinstance(value, list) or all(isinstance(v, str) for v in value)
    if not number and type(value) is type(default) and texts:
        return value
    raise SiteRefused(
        f"{file}, {where}: found {value!r}, expected a value such as {default!r}",
        hint="see the packaged rules for the meaning of each parameter",
    )


def _within(where: str, value: object, span: tuple[float, float], *, whole: bool) -> None:
    """Refuse what is no number within its span."""
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not span[0] <= value <= span[1]:  # type: ignore[operator] # a number
        raise SiteRefused(
            f"{where}: found {value!r}, expected a {'whole ' if whole else ''}number "
            f"from {span[0]} to {span[1]}",
        )


def _operation(file: str, default: Mapping[str, Any], given: Mapping[str, Any]) -> Operation:
    """Merge and check the operation."""
    for name in given:
        if name not in default and name not in _REQUIRED:
            raise SiteRefused(
                f"{file}, [operation] {name}: unknown field; expected one of "
                f"{', '.join([*default, *_REQUIRED])}",
                hint=did_you_mean(name, [*default, *_REQUIRED], otherwise="see the packaged rules"),
            )
    for name in _REQUIRED:
        if name not in given:
            raise SiteRefused(
                f"{file}, [operation] {name}: absent",
                hint="departure is a date such as 2016-10-24; lat and lon are degrees",
            )
    if type(given["departure"]) is not date:
        raise SiteRefused(
            f"{file}, [operation] departure: found {given['departure']!r}, expected a date",
            hint="write departure = 2016-10-24, without quotation marks",
        )
    merged = {
        name: _same_type(file, f"[operation] {name}", value, given.get(name, value))
        for name, value in default.items()
    }
    merged |= {"departure": given["departure"], "lat": given["lat"], "lon": given["lon"]}
    for name, low, high in _SPANS:
        whole = isinstance(default.get(name, 0.0), int)
        _within(f"{file}, [operation] {name}", merged[name], (low, high), whole=whole)
    if not float(str(merged["first_departure"])) < float(str(merged["last_departure"])):
        raise SiteRefused(f"{file}, [operation] last_departure: not after first_departure")
    if not date(1900, 1, 1) <= given["departure"] <= date(2200, 1, 1):
        raise SiteRefused(
            f"{file}, [operation] departure: found {given['departure']}, expected a day from 1900 to 2200"
        )
    return Operation(**merged)  # type: ignore[arg-type]  # checked field by field above
