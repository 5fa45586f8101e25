"""One grammar of areas: codes, numbers, names in the languages, groups with their dates."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import BadDeclaration, ForbiddenSum, HarmonizeError, SojournError, UnknownArea
from sojourn.vocab.area import AREAS
from sojourn.vocab.group import groups, named_group, own_groups
from sojourn.vocab.meaning import held_by
from sojourn.vocab.membership import shipped
from sojourn.vocab.other_names import other_names
from sojourn.vocab.place import area_id, place
from sojourn.vocab.place_search import search_places

COUNTRIES = [a for a in AREAS.values() if a.kind == "country"]


@pytest.mark.parametrize("area", COUNTRIES, ids=lambda a: a.area_id)
def test_a_country_is_found_by_every_code_and_every_name_it_has(area) -> None:  # type: ignore[no-untyped-def]
    codes = [c for c in (area.area_id, area.iso3, area.iso2, area.iso3.lower()) if c]
    for asked in (*codes, *area.names.values()):
        assert area_id(asked) == area.area_id, asked
    if area.area_id.isdecimal():
        assert area_id(int(area.area_id)) == area.area_id


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("UK", "826"),
        ("EL", "300"),
        ("world", "900"),
        ("Afrique", "903"),
        ("USSR", "810"),
        ("Sudan before 2011", "736"),
        ("EU-27 (2020)", "EU27_2020"),
        ("high-income countries", "1503"),
        ("Syria", "760"),
        ("Cote d'Ivoire", "384"),
        (" _T ".strip(), "_T"),
    ],
)
def test_what_people_say_is_understood(asked: str, found: str) -> None:
    assert area_id(asked) == found


@pytest.mark.parametrize(
    "asked", ["Frence", "Atlantis", "", "9999", -4, 12345, True, 1.5, "²⁷⁶", "DE U"]
)
def test_what_is_nearly_a_name_is_refused(asked: object) -> None:
    with pytest.raises(UnknownArea) as told:
        place(asked)  # type: ignore[arg-type]
    assert told.value.hint


@given(st.text(max_size=30) | st.integers())
def test_no_input_breaks_the_parser(asked: str | int) -> None:
    with suppress(SojournError):
        place(asked)


def test_the_union_has_the_members_of_the_day() -> None:
    # Counts and dates as the European Union tells its history (europa.eu, From 6 to 27 members).
    sizes = {1958: 6, 1973: 9, 1981: 10, 1986: 12, 1995: 15, 2004: 25, 2007: 27, 2013: 28, 2020: 27}
    for year, size in sizes.items():
        assert len(groups()["EU"].on(date(year, 12, 31))) == size
    assert "826" in groups()["EU"].on(date(2020, 1, 31))
    assert "826" not in groups()["EU"].on(date(2020, 2, 1))
    for name, size in (
        ("EU15", 15),
        ("EU25", 25),
        ("EU27_2007", 27),
        ("EU28", 28),
        ("EU27_2020", 27),
    ):
        assert len(place(name).members(1990)) == size  # the group of that day, in every year
    assert place("EU28").members(2015) != place("EU27_2020").members(2015)
    assert place("EU@2003").members(2020) == place("EU15").members(2020)


def test_income_classes_and_regions_go_by_year_and_edition() -> None:
    assert "566" in place("WB_LOWER_MIDDLE@FY17").members(1999)
    assert place("WB_HIGH").members(2015) == place("WB_HIGH@FY16").members(2015)
    newest = max(v for name, v in shipped() if name == "undesa.ims")
    assert place(f"903@{newest}").members(2015) == place("903").members(2015)
    for wrong in ("WB_HIGH@FY87", "EU@soon", "903@1999", "DEU@2015", "WB_HIGH@x"):
        with pytest.raises(HarmonizeError):
            place(wrong)


def test_areas_joined_by_plus_may_not_overlap() -> None:
    assert place("DEU + FRA").members(2015) == ("276", "250")
    for wrong in ("EU28+DEU", "DEU+DEU", "903+729", "810+643"):
        with pytest.raises(ForbiddenSum, match="counted twice"):
            place(wrong)


def test_every_group_of_the_package_has_members_that_exist_and_names_in_three_languages() -> None:
    for group in groups().values():
        assert {"en", "fr", "es"} <= set(group.names), group.id
        assert group.source
        members = group.on(date(2019, 12, 31))
        assert members
        assert all(not AREAS[m].is_aggregate for m in members)
        assert len(set(members)) == len(members)


def test_whether_a_code_holds_another_area_is_told_by_publisher() -> None:
    assert held_by("unhcr.population@2024-06-13", "688", 2015) == {"XKX"}
    assert held_by("undesa.ims@2015-12-01", "688", 2015) == {"XKX"}
    assert held_by("undesa.ims@2015-12-01", "688", 2000) == {"XKX", "499"}
    assert held_by("undesa.ims-od@2019-09-17", "688", 2005) == {"XKX", "499"}
    assert held_by("undesa.ims@2025-01-16", "688", 2005) == {"XKX"}
    assert held_by("undesa.wpp-tables@2022-07-11", "688", 2015) == frozenset()
    assert held_by("worldbank.wdi@2021-09-15", "688", 2015) == frozenset()


OWN = """
[NORDIC]
name_en = "Nordic countries"
members = ["208", "246", "352", "578", { area = "752", since = 1995-01-01 }]
"""


def test_somebody_names_groups_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "groups.toml"
    file.write_text(OWN, "utf-8")
    own = own_groups(file)
    assert place("NORDIC", own).members(1990) == ("208", "246", "352", "578")
    assert len(place("NORDIC@2000", own).members(1990)) == 5
    with pytest.raises(UnknownArea):
        place("NORDIC")
    assert named_group("NORDIC") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[A]\nmembers = ['276']", "name_en is missing"),
        ("[A]\nname_en = 'a'\nmembers = []", "no member"),
        ("[A]\nname_en = 'a'\nmembers = ['276', '276']", "counted twice"),
        ("[A]\nname_en = 'a'\nmembers = ['XXX1']", "no area id"),
        ("[A]\nname_en = 'a'\nmembers = ['903']", "is a group"),
        ("[A]\nname_en = 'a'\nmembers = [{ area = '276', since = '2004' }]", "without quotes"),
        ("[A]\nname_en = 'a'\nmembers = [{ area = '276', from = 2004-01-01 }]", "no member"),
        ("[A]\nname_en = 'a'\nof = 'B'\non = 2004-01-01", "known group"),
        ("[A]\nname_en = 'a'\nmember = ['276']", "unknown key 'member'; did you mean 'members'"),
        ("A = 3", "A"),
        ("[A", "groups.toml"),
    ],
)
def test_a_group_that_is_wrong_is_refused_with_its_name(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "groups.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadDeclaration, match=said):
        own_groups(file)
    with pytest.raises(BadDeclaration, match="No such file"):
        own_groups(tmp_path / "absent.toml")


def test_a_search_finds_the_place_first_that_is_called_so() -> None:
    assert search_places("Niger")[0].id == "562"
    assert search_places("DEU")[0].id == "276"
    assert search_places("allemagne", "fr")[0].id == "276"
    assert {"736", "SUDAN_736"} & {p.id for p in search_places("sudan former")}
    assert search_places("nowhere at all") == []
    assert len(search_places("")) > 400


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Trinidad and", "780"),
        ("Arab Emirates", "784"),
        ("EU27", "EU27_2007"),
        ("OECD", "OECD"),
        ("Saint Martin", "663"),
        ("Herzegov", "070"),
    ],
)
def test_a_part_of_a_name_is_refused_with_the_names_that_hold_it(typed: str, meant: str) -> None:
    with pytest.raises(UnknownArea) as told:
        place(typed)
    assert meant in str(told.value.hint)


SAID = [
    ("UAE", "784"),
    ("Holland", "528"),
    ("Burma", "104"),
    ("Ivory Coast", "384"),
    ("Czech Republic", "203"),
    ("Swaziland", "748"),
    ("Macedonia", "807"),
    ("USA", "840"),
    ("DRC", "180"),
    ("South Korea", "410"),
    ("North Korea", "408"),
    ("Palestine", "275"),
    ("Kosovo", "XKX"),
    ("Taiwan", "158"),
    ("Hong Kong", "344"),
    ("the Philippines", "608"),
    ("St. Kitts & Nevis", "659"),
    ("Zaire", "180"),
    ("holland", "528"),
    ("u.k.", "826"),
]


@pytest.mark.parametrize(("asked", "found"), SAID)
def test_short_and_former_names_are_places(asked: str, found: str) -> None:
    assert area_id(asked) == found


@pytest.mark.parametrize("name", other_names())
def test_each_declared_name_means_what_it_says_or_is_refused_with_the_right_ones(name: str) -> None:
    one = other_names()[name]
    assert one.reason
    assert one.source
    assert all(i in AREAS or i in groups() for i in one.ids)
    if one.kind == "name":
        assert [place(name).id] == list(one.ids)
        return
    assert one.kind in {"several", "together", "within", "none"}
    with pytest.raises(UnknownArea) as told:
        place(name)
    assert all(i in str(told.value.hint) for i in one.ids)
    if one.kind == "together":
        assert place("+".join(one.ids)).members(2015)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [("Holand", "Poland"), ("Batavia", "Latvia"), ("Siamm", "Asia"), ("Hawaai", "Haiti")],
)
def test_another_word_is_no_slip_of_the_pen(asked: str, wrong: str) -> None:
    with pytest.raises(UnknownArea) as told:
        place(asked)
    assert wrong not in (told.value.hint or "")


def test_a_search_knows_other_names_and_says_what_a_word_is() -> None:
    assert search_places("UAE")[0].id == "784"
    assert {p.id for p in search_places("Korea")} >= {"408", "410"}
    assert "804" in {p.id for p in search_places("Crimea") if "Crimea" in p.note}
