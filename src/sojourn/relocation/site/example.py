"""A synthetic site, built from published totals alone and marked synthetic everywhere.

Nobody in it exists. Shares and totals come from ``example.toml``, which says of each whether
it was published or assumed; people are drawn from them with a seeded generator. Used to try the
planner, to measure it, and to teach; never as evidence about anyone.
"""

from collections.abc import Sequence

import numpy as np

from sojourn.errors import SiteRefused
from sojourn.relocation.site.example_places import days_for, draw_fleet, draw_places, draw_relatives
from sojourn.relocation.site.example_tables import (
    LARGEST,
    PERSONS_OF_TOTALS,
    SYNTHETIC,
    ExampleTables,
    Row,
)
from sojourn.relocation.site.example_totals import example_totals


def make_example(*, persons: int, seed: int, places: int | None = None) -> ExampleTables:
    """Draw a synthetic site.

    Parameters
    ----------
    persons : int
        People at the site, 20 to 1,000,000.
    seed : int
        Of the generator (PCG64); the same seed gives the same bytes.
    places : int, optional
        Reception places; 450 for 7,000 persons, in proportion otherwise.

    Raises
    ------
    SiteRefused
        The number of persons or places is out of range.
    """
    if not 20 <= persons <= LARGEST:
        raise SiteRefused(f"--people: found {persons}, expected 20 to {LARGEST:,}")
    if places is None:
        places = max(6, round(450 * persons / PERSONS_OF_TOTALS))
    if not 3 <= places <= persons:
        raise SiteRefused(f"--places: found {places}, expected 3 to {persons}")
    rng = np.random.default_rng(seed)
    tables = ExampleTables()
    regions = example_totals().region[-max(2, min(11, persons // 100)) :]
    _People(tables, rng, [r.code for r in regions], [r.beds for r in regions]).draw(persons)
    draw_places(tables, rng, places, regions)
    draw_relatives(tables, rng)
    draw_fleet(tables, persons, len(regions))
    tables.rules = _rules_text(persons, seed)
    return tables


class _People:
    """Draws cases until the site has the wished number of persons."""

    def __init__(
        self,
        tables: ExampleTables,
        rng: np.random.Generator,
        regions: Sequence[str],
        beds: Sequence[int],
    ) -> None:
        self.tables = tables
        self.rng = rng
        self.regions = list(regions)
        self.region_share = np.asarray(beds, dtype=float) / sum(beds)
        self.totals = example_totals()
        self.nationalities = list(self.totals.nationality)
        share = np.array([self.totals.nationality[n] for n in self.nationalities])
        self.nationality_share = share / share.sum()

    def draw(self, persons: int) -> None:
        """Draw children alone, women, families, then men for the rest."""
        scale = persons / PERSONS_OF_TOTALS
        cases = self.totals.cases
        for _ in range(round(cases.children_alone * scale)):
            self._children()
        for _ in range(max(1, round(cases.women * scale))):
            self._women()
        for _ in range(max(1, round(cases.families * scale))):
            self._family()
        while len(self.tables.person) < persons:
            self._men(persons - len(self.tables.person))
        self._draw_links()

    def _case(self, people: Sequence[tuple[str, int]], party: str = "") -> Row:
        """Add a case of (sex, age) people; the first is its head."""
        rng, number = self.rng, len(self.tables.case) + 1
        nationality = self.nationalities[
            rng.choice(len(self.nationalities), p=self.nationality_share)
        ]
        drawn = rng.choice(len(self.regions), 2, replace=False, p=self.region_share)
        wishes = [self.regions[i] for i in drawn]
        consent = "declined" if rng.random() < 0.005 else "explicit"
        presence = "left or absent" if rng.random() < 0.003 else "present"
        case_id = f"C{number:06d}"
        first = len(self.tables.person) + 1
        languages = self.totals.languages[nationality]
        spoken = [languages[rng.integers(len(languages))]] + (["en"] if rng.random() < 0.3 else [])
        for position, (sex, age) in enumerate(people):
            shared: Row = {"nationality": nationality, "languages": spoken, "presence": presence}
            row = self._person(f"P{first + position:06d}", case_id, sex, age) | shared
            if "PREG-LATE" in row["flags"] and {"FR-HDF", "FR-NOR"} <= set(self.regions):  # type: ignore[operator]  # a list of str
                wishes = ["FR-HDF", "FR-NOR"]
            self.tables.person.append(row)
        case: Row = {
            "id": case_id,
            "head": f"P{first:06d}",
            "offered_regions": wishes,
            "wishes": wishes,
            "consent": consent,
            "consent_by": "SYNTHETIC registration desk",
            "consent_on": "2016-10-22",
            "travel_party_id": party,
            "best_interest_signed": people[0][1] < 18,
        }
        self.tables.case.append(case)
        return case

    def _person(self, person_id: str, case_id: str, sex: str, age: int) -> Row:
        """Draw what is a person's own."""
        disputed = 18 <= age <= 19 and self.rng.random() < 0.02
        return {
            "id": person_id,
            "case_id": case_id,
            "sex": sex,
            "birth": f"age:{age}",
            "age_source": "disputed" if disputed else "declared",
            "flags": self._flags(sex, age),
            "mobility": self._mobility(age),
            "fit_to_travel": "yes with escort" if self.rng.random() < 0.003 else "yes",
        }

    def _flags(self, sex: str, age: int) -> list[str]:
        found = [f for f, share in self.totals.flags.items() if self.rng.random() < share]
        if sex == "F" and age >= 16:
            for flag, share in self.totals.women_flags.items():
                if self.rng.random() < share:
                    found.append(flag)
        return found

    def _mobility(self, age: int) -> str:
        draw = self.rng.random()
        if draw < 0.002:
            return "wheelchair"
        return "walks with aid" if draw < (0.02 if age >= 60 else 0.005) else "none"

    def _children(self) -> None:
        cases = self.totals.cases
        young = self.rng.random() < cases.young_children
        age = int(self.rng.integers(8, 12)) if young else int(self.rng.integers(13, 18))
        sex = "F" if self.rng.random() < 0.06 else "M"
        people = [(sex, age)]
        if self.rng.random() < cases.sibling_pairs:
            people.append(("M" if self.rng.random() < 0.8 else "F", max(7, age - 2)))
        self._case(people)

    def _women(self) -> None:
        people = [("F", int(self.rng.integers(18, 62)))]
        if self.rng.random() < self.totals.cases.women_with_children:
            people += [
                (self._any_sex(), int(self.rng.integers(0, 15)))
                for _ in range(int(self.rng.integers(1, 4)))
            ]
        self._case(people)

    def _family(self) -> None:
        people = [("M", int(self.rng.integers(22, 60))), ("F", int(self.rng.integers(20, 50)))]
        people += [
            (self._any_sex(), int(self.rng.integers(0, 18)))
            for _ in range(int(self.rng.integers(0, 5)))
        ]
        self._case(people)

    def _any_sex(self) -> str:
        return "F" if self.rng.random() < 0.5 else "M"

    def _men(self, most: int) -> None:
        """Men alone; a quarter of them in travel parties with the same wishes."""
        rng = self.rng
        count = 1 if rng.random() < 0.94 else int(rng.integers(2, 6))
        party = f"T{len(self.tables.case):06d}" if count > 1 else ""
        wishes: object = None
        for _ in range(min(count, most)):
            case = self._case(
                [("M", int(rng.integers(18, 46)) if rng.random() < 0.98 else 63)], party
            )
            if wishes is not None:
                case["wishes"] = case["offered_regions"] = wishes
            wishes = case["wishes"]

    def _draw_links(self) -> None:
        """Link a few people across cases: friends, relatives, and people to keep apart."""
        cases, rng = self.tables.case, self.rng
        adults = [c for c in cases if not c["best_interest_signed"] and not c["travel_party_id"]]
        wanted = (
            ("friend", "prefer", 0.008),
            ("sibling", "must_same_place", 0.003),
            ("other relative", "must_same_region", 0.003),
            ("other", "must_separate", 0.001),
            ("other", "must_not_meet_in_transit", 0.0005),
        )
        order = rng.permutation(len(adults))
        taken = 0
        for relation, strength, share in wanted:
            for _ in range(max(1, round(share * len(adults))) if len(adults) > 30 else 0):
                one, two = adults[order[taken]], adults[order[taken + 1]]
                taken += 2
                if not strength.startswith("must_separate"):
                    two["wishes"] = two["offered_regions"] = one["wishes"]
                self.tables.link.append(
                    {
                        "a": one["head"],
                        "b": two["head"],
                        "type": relation,
                        "strength": strength,
                        "evidence": "both declare",
                        "source": "SYNTHETIC registration desk",
                    }
                )


def _rules_text(persons: int, seed: int) -> str:
    """Write the rules of the example: the packaged defaults on its own operation."""
    days = days_for(persons)
    per_day = -(-persons * 27 // (1000 * days)) + 20
    return f"""# {SYNTHETIC}. Drawn with seed {seed} from published totals.
# The packaged rules apply; sections R01 to R21 may be added here, each with approved_by.

[operation]
name = "SYNTHETIC example of {persons} persons, seed {seed}"
synthetic = true
departure = 2016-10-24
days = {days}
lat = 50.97
lon = 1.91
first_departure = 7.0
last_departure = 20.0
boarding_minutes = 15
bays = {-(-per_day // 10)}
"""
