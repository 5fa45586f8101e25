"""How a table is made safe, and what each method must be told."""

import math
from dataclasses import dataclass
from pathlib import Path

from sojourn.errors import Misasked
from sojourn.protect.alternatives.cellkey import Noise
from sojourn.protect.run.read import Asked

METHODS = ("suppress", "round", "cellkey", "dp")
MEMORY = ("ledger", "series", "day", "scheduled", "others")
#: Of each method, what it needs and what else it takes.
TAKES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "suppress": ((), ()),
    "round": ((), ("base", *MEMORY)),
    "cellkey": (("key", "id"), ("noise", *MEMORY)),
    "dp": (("epsilon", "ledger"), ("budget", "series", "day", "others")),
}
NEXT = {
    "key": "--key FILE of 32 random bytes that the office keeps (head -c 32 /dev/urandom > FILE)",
    "id": "--id COLUMN of microdata that names each record once",
    "epsilon": "--epsilon 1: the privacy that this release spends",
    "ledger": "--ledger FILE, where what is spent is remembered",
}
BASE = 5
NOISE = "5,3,2"


@dataclass(frozen=True, slots=True)
class Method:
    """A method other than withholding, and its numbers.

    Attributes
    ----------
    name : str
        ``round``, ``cellkey`` or ``dp``.
    base : int
        Counts become multiples of it.
    key : Path or None
        The office's secret.
    identifier : str
        Column of microdata that names a record.
    noise : Noise
        Largest noise, its variance, and the counts that are never published.
    epsilon, budget : float
        What this release spends, and what the series may spend in all; budget 0 where not told.
    """

    name: str
    base: int = BASE
    key: Path | None = None
    identifier: str = ""
    noise: Noise = Noise(5, 3.0, 2)  # noqa: RUF009 - frozen
    epsilon: float = 0.0
    budget: float = 0.0


def method_of(asked: Asked, name: str, told: dict[str, object]) -> Method | None:
    """Return the method asked for; ``None`` for withholding.

    Parameters
    ----------
    told : dict
        Options by name, ``None`` where not given: base, key, id, noise, epsilon, budget.

    Raises
    ------
    Misasked
        No such method, an option lacks or belongs to another method, or a number is impossible.
    """
    if name not in METHODS:
        raise Misasked(f"no method is called {name!r}", hint=f"one of {', '.join(METHODS)}")
    memory = {
        "ledger": asked.ledger,
        "series": asked.series or None,
        "day": asked.day,
        "scheduled": asked.scheduled or None,
        "others": asked.others or None,
    }
    given = {k: v for k, v in {**told, **memory}.items() if v is not None}
    needed, further = TAKES[name]
    for option in given:
        if option not in (*needed, *further):
            owners = [m for m in METHODS if option in (*TAKES[m][0], *TAKES[m][1])]
            also = "; `sojourn protect release` withholds with a memory" if option in memory else ""
            raise Misasked(
                f"--{option} says nothing to --method {name}",
                hint=f"it belongs to --method {' or '.join(owners)}{also}",
            )
    for option in needed:
        if option not in given:
            raise Misasked(f"--method {name} needs --{option}", hint=NEXT[option])
    if name == "suppress":
        return None
    if lost := next((o for o in MEMORY[1:] if o in given and "ledger" not in given), None):
        raise Misasked(f"--{lost} says nothing without --ledger", hint="--ledger FILE")
    _refuse_inputs(asked, name)
    return Method(
        name,
        base=_base(given.get("base", BASE)),
        key=Path(str(given["key"])) if "key" in given else None,
        identifier=str(given.get("id", "")),
        noise=_noise(str(given.get("noise", NOISE))),
        epsilon=_above_zero("epsilon", given.get("epsilon", 1)) if name == "dp" else 0.0,
        budget=_above_zero("budget", given["budget"]) if "budget" in given else 0.0,
    )


def _refuse_inputs(asked: Asked, name: str) -> None:
    if name == "cellkey" and not asked.by:
        raise Misasked(
            "--method cellkey needs microdata: the noise of a cell comes from the keys of its records",
            hint="--by DIM,DIM and --id COLUMN; of a finished table only --method suppress|round|dp",
        )
    other = {
        "--linked": len(asked.tables) > 1 and name != "round",
        "--apriori": asked.apriori is not None and name != "round",
        "--hierarchy": bool(asked.hierarchies) and name == "cellkey",
        "--known": asked.known is not None,
        "--said": asked.said is not None,
        "--contributor": bool(asked.contributor),
    }
    if lost := next((o for o, there in other.items() if there), None):
        reason = {
            "round": "it is reckoned with where cells are withheld: --method suppress",
            "cellkey": "with one key, the same people get the same noise in every table: one run a table",
            "dp": "one table, in which each person is in one of the finest cells",
        }
        raise Misasked(f"--method {name} takes no {lost}", hint=reason[name])


def _base(told: object) -> int:
    number = _number("base", told)
    if number != round(number) or not 2 <= number <= 1_000_000:
        raise Misasked(
            f"--base {told}: no base of rounding", hint="a whole number, 3 or 5 as a rule"
        )
    return int(number)


def _noise(told: str) -> Noise:
    parts = told.split(",")
    if len(parts) not in (2, 3):
        raise Misasked(f"--noise {told}: expected D,V or D,V,JS", hint=f"--noise {NOISE}")
    most, variance, js = (_number("noise", p) for p in (*parts, "0")[:3])
    if most != round(most) or js != round(js) or not (1 <= most <= 1000 and variance > 0 <= js):
        raise Misasked(
            f"--noise {told}: D and JS are whole, D is 1 to 1000, V above 0, JS not below 0",
            hint=f"--noise {NOISE}: at most 5 away, variance 3, never a 1 or a 2",
        )
    return Noise(int(most), variance, int(js))


def _above_zero(option: str, told: object) -> float:
    number = _number(option, told)
    if not 0 < number < math.inf:
        raise Misasked(f"--{option} {told}: not above 0", hint=f"--{option} 1")
    return number


def _number(option: str, told: object) -> float:
    try:
        number = float(str(told))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Misasked(f"--{option} {told}: no number", hint="a plain number")
    return number
