"""The table of areas: ids, codes, names, validity."""

from datetime import date

import pytest
from inline_snapshot import snapshot

from sojourn.errors import UnknownArea
from sojourn.vocab.area import (
    AREAS,
    LANGUAGES,
    SCHEMES,
    aliases,
    by_iso3,
    from_code,
    known_code,
    name,
    plain,
    resolve,
    resolve_many,
)
from sojourn.vocab.table import rows_of

KINDS = {
    "country",
    "historical",
    "region",
    "development_group",
    "income_group",
    "other_group",
    "residual",
}
PUBLISHERS = {"*", "undesa", "wpp", "unhcr", "idmc", "worldbank", "who", "eurostat", "iom"}


def test_ids_are_unique_and_every_kind_is_declared() -> None:
    ids = [row[0] for row in rows_of("areas.csv")]
    assert len(ids) == len(set(ids)) == len(AREAS)
    assert {area.kind for area in AREAS.values()} == KINDS


@pytest.mark.parametrize("column", ["m49", "iso3", "iso2"])
def test_no_code_belongs_to_two_areas(column: str) -> None:
    codes = [code for area in AREAS.values() if (code := getattr(area, column))]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("scheme", ["m49", "iso3", "iso2"])
def test_every_code_of_the_table_round_trips(scheme: str) -> None:
    for area in AREAS.values():
        if code := getattr(area, scheme):
            assert from_code(code, scheme=scheme) == area.area_id


def test_every_further_code_names_an_area_and_a_known_scheme() -> None:
    for scheme, code, area_id in rows_of("area_codes.csv"):
        assert scheme in SCHEMES
        assert area_id in AREAS
        assert from_code(code, scheme=scheme) == area_id


def test_every_country_has_m49_and_iso_codes_or_says_why_not() -> None:
    without = {a.area_id for a in AREAS.values() if a.kind == "country" and not (a.m49 and a.iso2)}
    assert without == {"830", "680", "AB9"}  # Channel Islands, Sark, Abyei


def test_every_area_is_named_in_english_french_and_spanish() -> None:
    for area in AREAS.values():
        assert {"en", "fr", "es"} <= area.names.keys(), area.area_id


def test_every_member_state_is_named_in_six_languages() -> None:
    unnamed = {
        area.area_id
        for area in AREAS.values()
        if area.kind == "country" and not area.names.keys() >= set(LANGUAGES)
    }
    assert unnamed == {"581", "680", "830", "AB9"}  # listed in areas.README.md


def test_names_are_normalised_and_hold_no_stray_blanks() -> None:
    for area in AREAS.values():
        for label in area.names.values():
            assert label == plain(label)


def test_regions_of_a_country_are_areas() -> None:
    for area in AREAS.values():
        for group in (area.region, area.subregion, area.intermediate):
            assert not group or group in AREAS


def test_a_name_is_never_borrowed_from_another_language() -> None:
    assert name("156", "zh") == "中国"
    with pytest.raises(UnknownArea) as caught:
        name("680", "ar")
    told = "area 680 (Sark) has no name in language 'ar'\nHint: it has names in en, fr, es, zh"
    assert str(caught.value).startswith(told)
    with pytest.raises(UnknownArea, match="no area has the id '999'"):
        name("999", "en")


def test_an_area_exists_from_its_first_to_its_last_day() -> None:
    sudan, former = AREAS["729"], AREAS["736"]
    assert former.existed_on(date(2011, 7, 8))
    assert not former.existed_on(date(2011, 7, 9))
    assert sudan.existed_on(date(2011, 7, 9))
    assert not sudan.existed_on(date(2011, 7, 8))
    assert [former.existed_in(y) for y in (1990, 2011, 2012)] == [True, True, False]
    assert AREAS["276"].existed_in(1950)


def test_no_area_ends_before_it_begins() -> None:
    for area in AREAS.values():
        if area.valid_from and area.valid_to:
            assert area.valid_from < area.valid_to


def test_areas_are_found_by_m49_and_by_iso3() -> None:
    assert AREAS[from_code("032")].iso3 == by_iso3("ARG").iso3 == "ARG"
    assert from_code("001") == from_code("900")
    assert known_code("ARG", "iso3") == "032"
    assert known_code("arg", "iso3") is None


@pytest.mark.parametrize(
    ("code", "scheme", "area_id"),
    [
        ("NA", "iso2", "516"),  # Namibia, not "not available"
        ("EL", "eurostat", "300"),
        ("UK", "eurostat", "826"),
        ("GFR", "unhcr", "276"),
        ("ALG", "unhcr", "012"),
        ("YUG", "worldbank", "891"),  # OGHIST: Serbia and Montenegro (former)
        ("YUGf", "worldbank", "890"),
        ("XKX", "iso3", "XKX"),
        ("AB9", "iso3", "AB9"),
        ("XXA", "iso3", "XXA"),
        ("CHI", "worldbank", "830"),
    ],
)
def test_publishers_own_codes_are_read(code: str, scheme: str, area_id: str) -> None:
    assert from_code(code, scheme=scheme) == area_id


def test_a_wrong_code_is_an_error_that_is_not_repaired() -> None:
    for code, scheme in [("4", "m49"), ("deu", "iso3"), ("GR ", "iso2"), ("DEU", "unhcr")]:
        with pytest.raises(UnknownArea, match=f"is not a known {scheme} code"):
            from_code(code, scheme=scheme)
    with pytest.raises(UnknownArea, match="no code scheme is called 'fips'"):
        from_code("GM", scheme="fips")


def test_every_alias_names_an_area_and_a_publisher() -> None:
    for alias in aliases():
        assert alias.area_id in AREAS, alias
        assert alias.publisher in PUBLISHERS, alias
        assert alias.label == plain(alias.label), alias
        assert alias.reason, alias


def test_undated_spellings_mean_one_area_per_publisher() -> None:
    seen: dict[tuple[str, str], str] = {}
    for alias in aliases():
        if not alias.since and not alias.until:
            assert seen.setdefault((alias.publisher, alias.label), alias.area_id) == alias.area_id


def test_every_un_name_of_a_country_resolves_for_every_publisher() -> None:
    for area in AREAS.values():
        if area.kind in {"country", "historical"}:
            for publisher in PUBLISHERS - {"*"}:
                assert resolve(area.names["en"], publisher=publisher) == area.area_id


def test_many_labels_resolve_as_one_by_one_and_unknown_ones_are_none() -> None:
    labels = ["France", " Viet  Nam", "Frence", "Yugoslavia", "France"]
    assert resolve_many(labels, publisher="unhcr") == ["250", "704", None, None, "250"]


def test_a_label_whose_meaning_changed_needs_the_period() -> None:
    assert resolve("Yugoslavia", publisher="unhcr", period="1990") == "890"
    assert resolve("Yugoslavia", publisher="unhcr", period="1999-12-31") == "891"
    with pytest.raises(UnknownArea) as caught:
        resolve("Yugoslavia", publisher="unhcr", period="1992")
    assert str(caught.value) == snapshot(
        """\
'Yugoslavia' in unhcr means different areas at different times, and 1992 does not settle which
Hint: 890 from the beginning to 1992-04-26; 891 from 1992-04-27 to 2003-02-03; give the period of the number\
"""
    )


def test_an_unknown_label_names_near_spellings_for_the_reader() -> None:
    with pytest.raises(UnknownArea) as caught:
        resolve("Frence", publisher="unhcr")
    assert str(caught.value) == snapshot(
        """\
'Frence' in unhcr is not a known area
Hint: did you mean 'France'? Nothing is guessed\
"""
    )
