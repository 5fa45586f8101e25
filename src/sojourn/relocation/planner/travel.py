"""Travel times: driving, rest stops, arrival at each place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.relocation.site.site import Place, Site

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Timing:
    """One trip's course, in minutes after departure.

    Attributes
    ----------
    arrivals : tuple of int
        At each place, in the order given.
    rests : tuple of int
        Beginning of each rest stop.
    driving : int
        Minutes at the wheel up to the last place.
    """

    arrivals: tuple[int, ...]
    rests: tuple[int, ...]
    driving: int


class Roads:
    """Driving minutes from the site and between places: given, or great circle at a speed.

    Distances use the haversine formula on a sphere of mean radius, times the site's stated
    detour factor, over its stated speed.
    """

    def __init__(self, site: Site) -> None:
        self._operation = site.rules.operation
        self._places = {p.id: p for p in site.places}
        self._given = {t.place_id: t.minutes for t in site.travel}
        rule = site.rules["R17"]
        self._rest = int(rule.number("rest_minutes"))
        self._every = int(rule.number("rest_every_minutes"))
        self._every_child = int(rule.number("rest_every_minutes_child"))
        self._from_site: dict[str, int] = {}
        self._between: dict[tuple[str, str], int] = {}

    def from_site(self, place: str) -> int:
        """Driving minutes from the site, rest stops excluded."""
        if place not in self._from_site:
            here = (self._operation.lat, self._operation.lon)
            given = self._given.get(place)
            self._from_site[place] = (
                self._minutes(here, self._places[place]) if given is None else given
            )
        return self._from_site[place]

    def between(self, one: str, two: str) -> int:
        """Driving minutes between two places."""
        key = (one, two) if one < two else (two, one)
        if key not in self._between:
            a, b = self._places[key[0]], self._places[key[1]]
            self._between[key] = self._minutes((a.lat, a.lon), b)
        return self._between[key]

    def _minutes(self, start: tuple[float, float], place: Place) -> int:
        lat1, lat2 = math.radians(start[0]), math.radians(place.lat)
        half = math.sin((lat2 - lat1) / 2) ** 2
        half += (
            math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(place.lon - start[1]) / 2) ** 2
        )
        km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half)) * self._operation.detour_factor
        return max(1, math.ceil(km / self._operation.speed_kmh * 60))

    def timing(self, stops: Sequence[str], *, children: bool) -> Timing:
        """Work out a trip to the given places in the given order.

        Parameters
        ----------
        stops : sequence of str
            Place ids.
        children : bool
            Whether children are on board: they rest more often.
        """
        every = self._every_child if children else self._every
        clock = driving = since = 0
        arrivals, rests = [], []
        for number, stop in enumerate(stops):
            leg = self.between(stops[number - 1], stop) if number else self.from_site(stop)
            driving += leg
            while self._rest and since + leg > every:
                clock += every - since
                leg -= every - since
                rests.append(clock)
                clock += self._rest
                since = 0
            clock += leg
            since += leg
            arrivals.append(clock)
            clock += self._operation.stop_minutes
            if self._operation.stop_minutes >= self._rest:
                since = 0
        return Timing(tuple(arrivals), tuple(rests), driving)
