"""What a cell may hold, at each bound that the published schemas and rules name, and one step beyond it."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product

import pytest

from sojourn.errors import SiteRefused
from sojourn.relocation.site.rules import read_rules
from sojourn.relocation.site.schema import PUBLISHED, check_row, read_schema, schema_text
from sojourn.relocation.site.site import AgeSource, Person

#: A cell that each kind of text takes, by its pattern or format.
TEXTS = {
    "birth": "2001-02-03",
    "date": "2016-10-24",
    "^([A-Z]{3})?$": "SDN",
    "^[a-z]{2,3}$": "ar",
    "^(general|child protection|medical|interpreter:[a-z]{2,3})$": "interpreter:ti",
}


def told(table: str, field: str, cell: object) -> tuple[object, str, str]:
    """What is read in one field, what is found wrong with it and what was expected."""
    checked = check_row(read_schema(table), {field: cell})
    fault = next((f for f in checked.faults if f.field == field), None)
    if fault is not None:
        return None, fault.found, fault.expected
    return checked.values.get(field), "", ""


def rules_of(table: str) -> Mapping[str, Mapping[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(schema_text(table))["properties"]
    return found


FIELDS = [(table, field, rule) for table in PUBLISHED for field, rule in rules_of(table).items()]
NUMBERS = [f for f in FIELDS if f[2]["type"] in ("integer", "number")]
LISTS = [f for f in FIELDS if f[2]["type"] == "array"]


def test_a_number_is_taken_up_to_both_its_bounds_and_refused_beyond_them() -> None:
    assert len(NUMBERS) == 19
    for table, field, rule in NUMBERS:
        low, high = int(str(rule["minimum"])), int(str(rule["maximum"]))
        whole = rule["type"] == "integer"
        for cell in (low, high, str(low), f" {high} ", f"{high}.0", f"{high / 10}e1"):
            read, fault, _ = told(table, field, cell)
            assert (fault, read) == ("", float(str(cell))), (table, field, cell)
            assert isinstance(read, int) is whole
        said = f"a {'whole ' if whole else ''}number from {low} to {high}"
        beyond = [low - 1, high + 1, f"{low - 1}", f"{high + 1}", "x", True, "1_0", "nan", "1e999"]
        for cell in (*beyond, *([low + 0.5, f"{low}.5"] if whole else [low - 0.1, high + 0.1])):
            read, fault, expected = told(table, field, cell)
            assert (read, fault, expected) == (None, repr(cell), said), (table, field, cell)


def test_one_of_a_list_of_words_is_taken_and_no_other() -> None:
    for table, field, rule in FIELDS:
        words = rule.get("enum", [])
        for word in words:
            assert told(table, field, f" {word} ")[:2] == (word, "")
        if words:
            read, fault, expected = told(table, field, f"{words[0]}s")
            assert read is None
            assert fault
            assert expected == f"one of {', '.join(words)}"


def test_yes_and_no_are_said_in_three_ways_each() -> None:
    switches = [f for f in FIELDS if f[2]["type"] == "boolean"]
    assert len(switches) == 5
    for table, field, _ in switches:
        for cell in ("true", "TRUE", " yes ", "Yes", "1", 1, True):
            assert told(table, field, cell) == (True, "", "")
        for cell in ("false", "False", "no", "NO", "0", 0, False):
            assert told(table, field, cell) == (False, "", "")
        for cell in ("y", "2", 2, "oui", "-", 1.0, "vrai"):
            read, fault, expected = told(table, field, cell)
            assert (read, expected) == (None, "true or false")
            assert fault


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2016-10-24", date(2016, 10, 24)),
        (" 2016-02-29 ", date(2016, 2, 29)),
        ("2015-02-29", None),
        ("2016-1-2", None),
        ("20161024", None),
        ("2016-W43-1", None),
        ("24/10/2016", None),
        (20161024, None),
        (True, None),
        (2016.5, None),
    ],
)
def test_a_day_is_written_in_full(cell: object, read: date | None) -> None:
    days = [f for f in FIELDS if f[2].get("format") == "date"]
    assert [f[:2] for f in days] == [
        ("case", "consent_on"),
        ("place", "opens"),
        ("place", "closes"),
    ]
    for table, field, _ in days:
        expected = "" if read else "a date such as 2016-10-24"
        assert told(table, field, cell)[::2] == (read, expected)
    assert told("vehicle", "days", f"2016-10-25; {cell}")[0] == (
        (date(2016, 10, 25), read) if read else None
    )


@pytest.mark.parametrize(
    ("cell", "good"),
    [
        ("2001-03-04", True),
        ("2001", True),
        (2001, True),
        ("age:0", True),
        ("age:120", True),
        ("age:121", False),
        ("age:", False),
        ("unknown", True),
        ("2001-02-30", False),
        ("2001-3-4", False),
        ("201", False),
        ("Age:3", False),
        ("2001-03-04x", False),
        (False, False),
        (3.5, False),
    ],
)
def test_a_birth_is_a_day_a_year_or_an_age(cell: object, good: bool) -> None:
    read, fault, _ = told("person", "birth", cell)
    assert (read, not fault) == ((str(cell), True) if good else (None, False))


def test_a_text_is_as_long_as_it_may_be_and_holds_nothing_unseen() -> None:
    for table, field, rule in FIELDS:
        if rule["type"] != "string" or "enum" in rule or rule.get("format"):
            continue
        limit = int(str(rule.get("maxLength", 10_000)))
        if "pattern" in rule and "maxLength" not in rule:
            limit = 0  # as long as its pattern says
        if limit:
            assert told(table, field, "a" * limit)[:2] == ("a" * limit, "")
            assert told(table, field, "a" * (limit + 1))[1]
        good = TEXTS.get(str(rule.get("pattern")), "Ab-1")
        assert told(table, field, f" {good}\t")[:2] == (good, "")
        for unseen in ("\x00", "\x08", "\x0b", "\x0c", "\x1f", "\x7f"):
            assert told(table, field, f"{good[:2]}{unseen}{good[2:]}")[1], (table, field)
        for cell in (True, 1.5, {"a": 1}, ["a"]):
            assert told(table, field, cell)[1]
        text = str(rule.get("description", "text"))
        pattern = f" ({rule['pattern']})" if "pattern" in rule else ""
        assert told(table, field, 1.5)[2] == text + pattern


def test_a_fault_of_a_list_names_the_list_and_each_of_its_parts() -> None:
    assert len(LISTS) == 9
    for table, field, _ in LISTS:
        assert told(table, field, {"a": 1})[2].startswith("a list separated by ';'")
        assert told(table, field, ["", "x" * 20_000])[1]
        default = check_row(read_schema(table), {field: " "}).values[field]
        assert default == told(table, field, None)[0] == ()
    regions = told("case", "offered_regions", "FR-BRE;FR-NOR;FR-HDF")[2]
    assert regions.startswith("a list separated by ';', at most 2, each ")
    assert told("case", "offered_regions", " FR-BRE ;; FR-NOR;")[0] == ("FR-BRE", "FR-NOR")
    assert told("case", "wishes", ["any", "S", "N"])[0] == ("any", "S", "N")
    assert told("place", "medical", "gp;dentist")[2] == (
        "a list separated by ';', each one of nurse, gp, hospital, dialysis, maternity, psychiatric"
    )
    assert told("person", "languages", "ar;arab")[1:] == (
        "a value of 7 characters (withheld: it may be personal)",
        told("person", "languages", 3)[2],
    )


def test_a_long_cell_is_cut_where_it_is_told() -> None:
    shown = told("room", "rooms", "9" * 58 + "x")[1]  # 61 with its quotation marks
    assert shown == f"'{'9' * 58}x… (61 characters)"
    assert told("room", "rooms", "9" * 57 + "x")[1] == f"'{'9' * 57}x'"
    assert told("room", "rooms", "x" * 1998)[1] == f"'{'x' * 59}… (2,000 characters)"


def test_what_is_absent_takes_the_published_default() -> None:
    for table in PUBLISHED:
        checked = check_row(read_schema(table), {})
        required = json.loads(schema_text(table))["required"]
        assert [f.field for f in checked.faults] == [f for f in rules_of(table) if f in required]
        assert {f.found for f in checked.faults} <= {"an empty cell"}
        for field, rule in rules_of(table).items():
            if field not in required:
                default = rule["default"]
                assert checked.values[field] == (tuple(default) if default == [] else default)
    [fault] = check_row(read_schema("travel"), {"place_id": "A", "minutes": 1, "km": 3}).faults
    assert (fault.field, fault.found) == ("", "a field without a schema")
    assert fault.expected == "one of place_id, minutes"


OPERATION = {
    "departure": "2016-10-24",
    "lat": "50.0",
    "lon": "2.0",
    "first_departure": "8.0",
    "last_departure": "20.0",
}
SPANS: Mapping[str, tuple[float, float, bool]] = {
    "lat": (-90, 90, False),
    "lon": (-180, 180, False),
    "days": (1, 366, True),
    "bays": (1, 1000, True),
    "boarding_minutes": (1, 1440, True),
    "max_stops": (1, 100, True),
    "first_departure": (0, 19.9, False),
    "last_departure": (8.1, 24, False),
    "speed_kmh": (1, 300, False),
    "detour_factor": (1, 10, False),
    "stop_minutes": (0, 1440, True),
}


def rules_text(section: str = "", **operation: object) -> str:
    lines = [f"{k} = {v}" for k, v in (OPERATION | operation).items() if v is not None]
    return "\n".join(["[operation]", *lines, section])


def refused(text: str) -> str:
    with pytest.raises(SiteRefused) as caught:
        read_rules(text)
    return caught.value.problem


@pytest.mark.parametrize("name", SPANS)
def test_the_operation_is_taken_up_to_both_bounds_of_each_of_its_numbers(name: str) -> None:
    low, high, whole = SPANS[name]
    for value in (low, high, int(low) + 1):
        assert getattr(read_rules(rules_text(**{name: value})).operation, name) == value
    step = 1 if whole else 0.01
    for value in (low - step, high + step, "true", '"1"', "[1]", "nan", "inf"):
        if (name, value) not in (("first_departure", 19.91), ("last_departure", 8.09)):
            assert f"[operation] {name}: found" in refused(rules_text(**{name: value}))
    if whole:
        assert f"[operation] {name}: found 1.5" in refused(rules_text(**{name: 1.5}))


def test_the_last_departure_is_after_the_first() -> None:
    for first, last in ((8.0, 8.0), (20.01, 20.0), (24, 24)):
        said = refused(rules_text(first_departure=first, last_departure=last))
        assert said == "rules.toml, [operation] last_departure: not after first_departure"
    assert (
        read_rules(rules_text(first_departure=0, last_departure=0.01)).operation.first_departure
        == 0
    )
    assert "24" in refused(rules_text(first_departure=24.01, last_departure=25))
    assert "[operation] last_departure: found 24.01" in refused(rules_text(last_departure=24.01))


def test_people_leave_between_1900_and_2200() -> None:
    for day in (date(1900, 1, 1), date(2200, 1, 1)):
        assert read_rules(rules_text(departure=day)).operation.departure == day
    for day in (date(1899, 12, 31), date(2200, 1, 2)):
        assert "a day from 1900 to 2200" in refused(rules_text(departure=day))
    for name in ("departure", "lat", "lon"):
        assert refused(rules_text(**{name: None})) == f"rules.toml, [operation] {name}: absent"
    assert "[operation] day: unknown field" in refused(rules_text(day=3))


def test_the_rules_are_those_of_the_package_where_a_site_says_nothing() -> None:
    read = read_rules(rules_text())
    assert [*read.rules] == [f"R{n:02d}" for n in range(1, 22)]
    assert [n for n, r in read.rules.items() if not r.on] == ["R13", "R19", "R20"]
    assert {r.approved_by for r in read.rules.values()} == {""}
    told = {(n, k): v for n, r in read.rules.items() for k, v in r.parameters.items()}
    assert told == {
        ("R01", "promised_factor"): 0.8,
        ("R03", "keep_parties"): True,
        ("R05", "children_per_escort"): 10,
        ("R05", "children_per_escort_young"): 6,
        ("R05", "young_below"): 12,
        ("R08", "other_department"): False,
        ("R09", "compromised_places"): (),
        ("R12", "max_travel_minutes"): 240,
        ("R17", "rest_every_minutes"): 120,
        ("R17", "rest_every_minutes_child"): 90,
        ("R17", "rest_minutes"): 15,
        ("R17", "driving_minutes_per_driver"): 540,
        ("R17", "duty_minutes_one_driver"): 780,
        ("R17", "duty_minutes_two_drivers"): 1260,
        ("R18", "max_wait_minutes"): 60,
        ("R19", "hard"): True,
        ("R20", "max_share"): 0.25,
    }


@pytest.mark.parametrize(
    ("rule", "name", "most"),
    [
        ("R01", "promised_factor", 1),
        ("R20", "max_share", 1),
        ("R05", "young_below", 1_000_000),
        ("R12", "max_travel_minutes", 1_000_000),
        ("R18", "max_wait_minutes", 1_000_000),
    ],
)
def test_a_parameter_is_a_number_from_none_to_its_most(rule: str, name: str, most: int) -> None:
    for value in (0, most, 0.5, most - 0.5):
        read = read_rules(rules_text(f"[{rule}]\n{name} = {value}"))
        assert read[rule].number(name) == value
    for value in (-0.001, most + 0.001, most + 1, "true", '"1"', "[1]", "inf", "nan"):
        said = f"rules.toml, [{rule}] {name}: found "
        assert refused(rules_text(f"[{rule}]\n{name} = {value}")).startswith(said)


def test_a_switch_is_a_switch_and_a_list_holds_texts() -> None:
    assert read_rules(rules_text("[R03]\nkeep_parties = false"))["R03"].parameters == {
        "keep_parties": False
    }
    assert read_rules(rules_text('[R09]\ncompromised_places = ["A", "B"]'))["R09"].names(
        "compromised_places"
    ) == ("A", "B")
    assert read_rules(rules_text("[R13]\non = true")).on("R13")
    for section in (
        "[R03]\nkeep_parties = 1",
        '[R03]\nkeep_parties = "no"',
        '[R09]\ncompromised_places = "A"',
        '[R09]\ncompromised_places = ["A", 1]',
        "[R13]\non = 1",
        "[R13]\non = [true]",
    ):
        assert "expected a value such as" in refused(rules_text(section))
    assert "R13] offf: unknown parameter" in refused(rules_text("[R13]\nofff = 1"))


def test_a_rule_that_is_switched_off_has_a_name_under_it() -> None:
    read = read_rules(rules_text('[R05]\non = false\napproved_by = "the head of the operation"'))
    assert (read.on("R05"), read["R05"].approved_by) == (False, "the head of the operation")
    assert "on" not in read["R05"].parameters
    assert "switched off and nobody is named" in refused(rules_text("[R05]\non = false"))
    assert not read_rules(rules_text("[R13]\non = false")).on("R13")  # it was not on


def test_the_levels_below_the_third_are_the_operators_to_order() -> None:
    assert read_rules(rules_text()).level_order == tuple(f"L{n}" for n in range(1, 9))
    order = read_rules(rules_text('[levels]\norder = ["L8", "L4", "L6", "L5", "L7"]')).level_order
    assert order == ("L1", "L2", "L3", "L8", "L4", "L6", "L5", "L7")
    for wrong in ('["L4", "L5", "L6", "L7"]', '["L4", "L4", "L6", "L7", "L8"]', '"L4"', "3", "[]"):
        assert "expected L4 to L8, each once" in refused(rules_text(f"[levels]\norder = {wrong}"))


def birthdays(born: date, day: date) -> int:
    """Count the birthdays after the birth up to a day; one born on 29 February has it on 1 March."""
    found, one = 0, born + timedelta(days=1)
    while one <= day:
        turned = (one.month, one.day) == (born.month, born.day)
        leap = (born.month, born.day) == (2, 29) and (one.month, one.day) == (3, 1)
        found += turned or (leap and (one - timedelta(days=1)).day == 28)
        one += timedelta(days=1)
    return found


@pytest.mark.parametrize(
    "day", [date(2016, 10, 24), date(2016, 2, 29), date(2017, 3, 1), date(2016, 1, 1)]
)
def test_an_age_is_the_number_of_birthdays_that_were_had(day: date) -> None:
    def age(birth: str) -> int | None:
        known = {"id": "p", "case_id": "c", "sex": "M", "age_source": "declared"}
        return Person(birth=birth, **known).age_on(day)

    years, months = (
        (1996, 1998, 2015),
        ((1, 1), (2, 28), (2, 29), (3, 1), (10, 23), (10, 24), (10, 25), (12, 31)),
    )
    for year, (month, number) in product(years, months):
        if (month, number) == (2, 29) and year % 4:
            continue
        born = date(year, month, number)
        assert age(born.isoformat()) == birthdays(born, day)
    for year in years:  # the lower of the two that a year leaves open
        assert age(str(year)) == birthdays(date(year, 12, 31), day)
    assert [age("age:16"), age("age:0"), age("unknown")] == [16, 0, None]


@pytest.mark.parametrize(
    ("birth", "source", "child"),
    [
        ("age:17", "declared", True),
        ("age:18", "declared", False),
        ("age:40", "disputed", True),
        ("unknown", "document", True),
        ("1998", "declared", True),
        ("1997", "declared", False),
        ("1998-10-24", "declared", False),
        ("1998-10-25", "assessed", True),
    ],
)
def test_who_may_be_a_child_is_one(birth: str, source: str, child: bool) -> None:
    person = Person(id="p", case_id="c", sex="M", birth=birth, age_source=AgeSource(source))
    assert person.counts_as_child(date(2016, 10, 24)) is child
