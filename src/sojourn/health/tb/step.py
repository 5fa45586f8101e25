"""One step of the tuberculosis model for the cells of a draw, written into arrays that are kept.

The cells of a draw lie together in memory, so that they stay in the cache of a core; a step makes no
new arrays. Constants are rates times the step and the shares that stay.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.errors import SimulateError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# How a year's work lies in memory: the seven states of ``model`` (S, F, M, L, X, A, R), then people;
# disease and people are neighbours, since both are added up by country in every step.
ORDER = (0, 1, 2, 3, 4, 6, 5)
ILL, PEOPLE = 6, 7


@dataclass(frozen=True)
class Constants:
    """Rates times the step: (D, 1) of a draw, (n + K,) of a place, (D, n + K) where treatment counts.

    Attributes
    ----------
    v : ndarray or None
        Preventive treatment; None where nobody is given any.
    keep_s, keep_f, ... : ndarray
        Shares who stay in a state where nobody is infected in the step.
    """

    k1: Floats
    k2: Floats
    e1: Floats
    e2: Floats
    late: Floats
    clear: Floats
    q: Floats
    rel: Floats
    fatal: Floats
    back: Floats
    keep_s: Floats
    keep_f: Floats
    keep_m: Floats
    keep_l: Floats
    keep_a: Floats
    keep_r: Floats
    v: Floats | None = None

    def of_draw(self, d: int) -> "Constants":
        """Return the constants of one draw: (1,) of the draw, (n + K,) of a place."""
        rows = (getattr(self, name) for name in Constants.__dataclass_fields__)
        return Constants(*(r if r is None or r.ndim == 1 else r[d] for r in rows))

    def refuse_fast(self, dt: float) -> "Constants":
        """Return the constants, or refuse rates so fast that a step would leave fewer than none.

        Raises
        ------
        SimulateError
            A rate empties a state within less than a step.
        """
        for name in ("keep_f", "keep_m", "keep_l", "keep_a", "keep_r"):
            least = float(getattr(self, name).min(initial=1.0))
            if not least >= 0.0:
                raise SimulateError(
                    f"people leave a state at {(1.0 - least) / dt:.3g} a year, too fast for steps of "
                    f"{dt:.3g} years",
                    hint="longer stage_one_stay, smaller two_stage_spread or untreated fatality a year",
                )
        return self


@dataclass(frozen=True)
class Room:
    """Arrays of one number a cell that a step writes into; the first is the share infected in it."""

    force: Floats
    one: Floats
    two: Floats
    late: Floats
    again: Floats
    ill: Floats
    died: Floats
    caught: Floats

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> "Room":
        """Return room for the cells of a draw, shape (n + K,), or of several, shape (D, n + K)."""
        return cls(*(np.empty(shape) for _ in cls.__dataclass_fields__))


def infected(room: Room, by_country: Floats, country: Ints, own: Floats, work: Floats) -> None:
    """Write the share of the susceptible of each cell who are infected in a step.

    Parameters
    ----------
    by_country : ndarray, shape (n,)
        Infections a step among everybody in a country: contacts at random.
    country : ndarray of int, shape (n + K,)
    own : ndarray, shape (n + K,)
        Contacts a step among a cell's own people.
    """
    force, one = room.force, room.one
    np.take(by_country, country, out=force, mode="clip")
    np.maximum(work[PEOPLE], 1e-300, out=one)
    np.divide(work[ILL], one, out=one)
    one *= own
    force += one
    # 1 - exp(-x) as x / (1 + x/2 + x^2/12): its error is x^5/720, and it never reaches one
    np.multiply(force, 1.0 / 12.0, out=one)
    one += 0.5
    one *= force
    one += 1.0
    force /= one


def advance(work: Floats, c: Constants, room: Room, kept: tuple[Floats, Floats, Floats]) -> None:
    """Advance the cells by a step, in place.

    Parameters
    ----------
    work : ndarray, shape (8, cells)
        The states in the order of this module, and people.
    kept : (ndarray, ndarray, ndarray), each of shape (cells,)
        To which cases, deaths and people are added.
    """
    s, f, m, lt, x, r, a, people = work
    force, one, two, late, again = room.force, room.one, room.two, room.late, room.again
    ill, died, caught = room.ill, room.died, room.caught
    times, plus, minus = np.multiply, np.add, np.subtract
    plus(m, lt, out=late)
    plus(times(f, c.k1, out=ill), times(m, c.k2, out=one), out=ill)
    plus(ill, times(lt, c.late, out=one), out=ill)
    plus(ill, times(r, c.rel, out=one), out=ill)
    times(c.fatal, a, out=died)
    times(force, c.q, out=again)
    times(plus(s, x, out=caught), force, out=caught)
    plus(caught, times(plus(late, r, out=one), again, out=one), out=caught)
    minus(c.keep_s, force, out=one)
    times(s, one, out=s)
    times(x, one, out=x)
    plus(x, times(late, c.clear, out=two), out=x)
    if c.v is not None:
        plus(x, times(plus(f, late, out=two), c.v, out=two), out=x)
    times(m, c.e2, out=two)  # who moves on, before the middle stage changes
    times(minus(c.keep_m, again, out=one), m, out=m)
    plus(m, times(f, c.e1, out=one), out=m)
    times(minus(c.keep_l, again, out=one), lt, out=lt)
    plus(lt, two, out=lt)
    times(minus(c.keep_r, again, out=one), r, out=r)
    plus(r, times(c.back, a, out=one), out=r)
    plus(times(f, c.keep_f, out=f), caught, out=f)
    plus(times(a, c.keep_a, out=a), ill, out=a)
    for total, more in zip(kept, (ill, died, people), strict=True):
        total += more
    minus(times(c.keep_s, people, out=people), died, out=people)
