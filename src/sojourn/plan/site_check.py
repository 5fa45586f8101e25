"""What no single row can show: references between the tables of a site."""

from collections import Counter
from collections.abc import Iterable

from sojourn.errors import SiteRefused
from sojourn.plan.site import Site

DERIVED = (
    "derived:unaccompanied_child",
    "derived:woman_alone",
    "derived:single_parent",
    "derived:older_person",
    "derived:reduced_mobility",
)


def check_site(site: Site) -> None:
    """Refuse a site whose tables contradict each other.

    Raises
    ------
    SiteRefused
        A row refers to a person, case or place that is not there; a case has nobody; the head
        of a case belongs to another; a flag is not in the needs map.
    """
    persons = {p.id: p for p in site.persons}
    cases = {c.id for c in site.cases}
    places = {p.id for p in site.places}
    _known("person", "case_id", ((p.id, p.case_id) for p in site.persons), cases, "a case id")
    for table, field, pairs in (
        ("link", "a", ((f"{k.a} to {k.b}", k.a) for k in site.links)),
        ("link", "b", ((f"{k.a} to {k.b}", k.b) for k in site.links)),
        ("relative_elsewhere", "person", ((r.person, r.person) for r in site.relatives)),
        ("case", "head", ((c.id, c.head) for c in site.cases)),
    ):
        _known(table, field, pairs, set(persons), "a person id")
    _known("room", "place_id", ((r.place_id, r.place_id) for r in site.rooms), places, "a place id")
    _known(
        "travel", "place_id", ((t.place_id, t.place_id) for t in site.travel), places, "a place id"
    )
    compromised = site.rules["R09"].names("compromised_places")
    _known(
        "rules.toml [R09]",
        "compromised_places",
        ((p, p) for p in compromised),
        places,
        "a place id",
    )
    _check_cases(site)
    _check_flags(site)


def _known(
    table: str, field: str, pairs: Iterable[tuple[str, str]], known: set[str], what: str
) -> None:
    """Refuse the first reference that leads nowhere."""
    for row, value in pairs:
        if value not in known:
            raise SiteRefused(
                f"{table}, row of {row}, field {field}: found {value!r}, expected {what} of this "
                "site",
                hint="add the missing row or correct the reference",
            )


def _check_cases(site: Site) -> None:
    """Each case has people, and its head is one of them."""
    size = Counter(p.case_id for p in site.persons)
    case_of = {p.id: p.case_id for p in site.persons}
    for case in site.cases:
        if not size[case.id]:
            raise SiteRefused(f"case, row of {case.id}: nobody in person belongs to it")
        if case_of[case.head] != case.id:
            raise SiteRefused(
                f"case, row of {case.id}, field head: {case.head!r} belongs to case "
                f"{case_of[case.head]!r}"
            )
    for link in site.links:
        if link.a == link.b:
            raise SiteRefused(f"link, row of {link.a} to {link.b}: a person linked to themselves")


def _check_flags(site: Site) -> None:
    """Refuse flags and derived situations that the needs map does not know."""
    for person in site.persons:
        for flag in person.flags:
            if flag not in site.needs:
                raise SiteRefused(
                    f"person, row of {person.id}, field flags: found a code (withheld because it "
                    "is sensitive) that the needs map does not list",
                    hint="add the code, its needs and its tier to needs_map.csv",
                )
    for flag in DERIVED:
        if flag not in site.needs:
            raise SiteRefused(
                f"needs_map: no row for {flag}", hint="copy it from the packaged needs map"
            )
    for flag in site.needs:
        if flag.startswith("derived:") and flag not in DERIVED:
            raise SiteRefused(f"needs_map, row of {flag}: expected one of {', '.join(DERIVED)}")
