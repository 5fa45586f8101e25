"""What types and places are made of, as arrays: so that millions of columns are built at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.relocation.planner.eligibility import Eligibility, Pool
from sojourn.relocation.planner.units import Unit

Ints = NDArray[np.int64]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """One row a type (T), a pool (P) or a place (L), one column a region or a language.

    Attributes
    ----------
    size, count, tier, weight, alone : ndarray, shape (T,)
        Persons of a unit, units alike, tier, weight, and children without an adult of a unit.
    points, wished : ndarray, shape (T, regions)
    spoken : ndarray, shape (T, languages)
        Persons by main language.
    school : ndarray, shape (T, 2)
        Children of primary and secondary age.
    asks : ndarray of bool, shape (T, 2)
        Psychosocial care, legal aid.
    young : ndarray of int, shape (T,)
        1 where children are among the unit, who rest more often on the road.
    place : ndarray, shape (P,)
        Place of each pool; places stand in the order of their first pool.
    rooms, capacity : ndarray, shape (P,)
        Beds of a room, 0 where single beds are counted; beds or rooms.
    region : ndarray, shape (L,)
    offers, speaks, schools : ndarray, shapes (L, 2), (L, languages), (L, 2)
    minutes : ndarray, shape (L, 2)
        To the place, without and with children.
    """

    size: Vector
    count: Vector
    tier: Ints
    weight: Vector
    alone: Vector
    points: Vector
    wished: NDArray[np.bool_]
    spoken: Vector
    school: Vector
    asks: NDArray[np.bool_]
    young: Ints
    places: tuple[str, ...]
    place: Ints
    rooms: Ints
    capacity: Vector
    region: Ints
    offers: NDArray[np.bool_]
    speaks: NDArray[np.bool_]
    schools: Vector
    minutes: Vector

    def takes(self, types: Ints, pools: Ints) -> Vector:
        """Return the beds or rooms that a unit of each type takes in each pool."""
        beds = self.rooms[pools]
        size = self.size[types]
        whole = np.ceil(size / np.maximum(beds, 1))
        return np.where(beds > 0, whole, size)


def _of_types(
    alike: Sequence[Unit], regions: Mapping[str, int], languages: Mapping[str, int]
) -> tuple[Vector, NDArray[np.bool_], Vector]:
    """Return points (T, regions), wished (T, regions) and persons by language (T, languages)."""
    points = np.zeros((len(alike), len(regions)))
    wished = np.zeros((len(alike), len(regions)), bool)
    speech = np.zeros((len(alike), len(languages)))
    for t, unit in enumerate(alike):
        for region, worth in unit.points:
            if region in regions:
                points[t, regions[region]] = worth
        wished[t, [regions[r] for r in unit.wished if r in regions]] = True
        for language, persons in unit.languages:
            speech[t, languages[language]] += persons
    return points, wished, speech


def features(
    types: Sequence[Sequence[Unit]], pools: Sequence[Pool], eligible: Eligibility
) -> Features:
    """Return the arrays of a site."""
    alike = [t[0] for t in types]
    places = tuple(dict.fromkeys(p.place for p in pools))
    at = {name: n for n, name in enumerate(places)}
    there = [eligible.places[p] for p in places]
    regions = {r: n for n, r in enumerate(sorted({p.region for p in there}))}
    spoken = {x for u in alike for x, _ in u.languages}
    languages = {x: n for n, x in enumerate(sorted(spoken))}
    points, wished, speech = _of_types(alike, regions, languages)
    speaks = np.zeros((len(there), len(languages)), bool)
    for n, place in enumerate(there):
        speaks[n, [languages[x] for x in place.languages if x in languages]] = True
    return Features(
        size=np.array([u.size for u in alike], dtype=float),
        count=np.array([len(t) for t in types], dtype=float),
        tier=np.array([u.tier for u in alike], dtype=np.int64),
        weight=np.array([u.weight for u in alike], dtype=float),
        alone=np.array([u.size * u.alone for u in alike], dtype=float),
        points=points,
        wished=wished,
        spoken=speech,
        school=_pairs([(u.school_primary, u.school_secondary) for u in alike]),
        asks=_pairs([("psychosocial" in u.needs, "legal_aid" in u.needs) for u in alike]) > 0,
        young=np.array([u.children > 0 for u in alike], dtype=np.int64),
        places=places,
        place=np.array([at[p.place] for p in pools], dtype=np.int64),
        rooms=np.array([p.beds_per_room for p in pools], dtype=np.int64),
        capacity=np.array([p.capacity for p in pools], dtype=float),
        region=np.array([regions[p.region] for p in there], dtype=np.int64),
        offers=_pairs([("psychiatric" in p.medical, p.legal_aid) for p in there]) > 0,
        speaks=speaks,
        schools=_pairs([(p.school_primary, p.school_secondary) for p in there]),
        minutes=_pairs(
            [tuple(eligible.minutes_to(p, children=c) for c in (False, True)) for p in places]
        ),
    )


def _pairs(rows: Sequence[tuple[float, ...]]) -> Vector:
    return np.array(rows, dtype=float).reshape(-1, 2)


def matches(f: Features, types: Ints, pools: Ints) -> Vector:
    """Count what places offer units beyond the hard rules: language, care, legal aid, school."""
    place = f.place[pools]
    score = np.zeros(len(types))
    for language in range(f.spoken.shape[1]):
        score += f.spoken[types, language] * f.speaks[place, language]
    score += (f.asks[types] & f.offers[place]).sum(axis=1)
    score += np.minimum(f.school[types], f.schools[place]).sum(axis=1)
    return score
