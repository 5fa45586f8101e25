"""A declaration that cannot work is refused when it is read, with the key and what it may hold."""

from pathlib import Path

import pytest
from spoiled_toml import SOUND

from sojourn.errors import BadDeclaration, SojournError
from sojourn.loading.load import load
from sojourn.sources.declaration import registry, with_declared
from sojourn.sources.sound import require_sound

RECORDS = 'kind = "records"'
WRONG = (
    ('"val"', '"va(l"'),
    (RECORDS, 'kind = "foo"'),
    (RECORDS, 'kind = "classes"'),
    ('"iso3"', '"foo"'),
    ("@area", "@nowhere"),
    ('["code"]', "7"),
    ('unit = "PERSONS"', 'unit = "PERSONS"\nmult = "x"'),
    ('unit = "PERSONS"', 'unit = "PERSONS"\nmult = 40'),
    ('unit = "PERSONS"', "unit = 7"),
    ('"CC BY"', "7"),
    ("2020-01-01", '"2020-01-01"'),
    (RECORDS, f'{RECORDS}\nmissing = {{ "x" = "ZZ" }}'),
    (RECORDS, f'{RECORDS}\nheader_depth = "x"'),
    (RECORDS, f'{RECORDS}\nignored = ["x"]'),
    (RECORDS, f'{RECORDS}\nvalues = {{ area = "x" }}'),
    (RECORDS, f'{RECORDS}\nby_row = {{ sex = "x" }}'),
    (RECORDS, f'{RECORDS}\nby_row = {{ sex = {{ F = "x" }} }}'),
    (RECORDS, f"{RECORDS}\nclassification = [7]"),
    (RECORDS, f"{RECORDS}\nclassification = [{{}}]"),
    ('measures = [{ match = "val", indicator = "migrant_stock" }]', "measures = 7"),
    ('measures = [{ match = "val", indicator = "migrant_stock" }]', "measures = [7]"),
    ("[layout.columns]", "columns = 7\n[layout.nothing]"),
    ('roles = { area = "iso3" }', ""),
    ('id = "x.t"\ntitle', "id = 7\ntitle"),
    ("X ({edition}).", "X {nothing}"),
    ("X ({edition}).", "X {"),
    ("landing_page", 'frame = { whole = "world", places = "x" }\nlanding_page'),
    ("landing_page", "frame = 7\nlanding_page"),
    ('publisher = "X"', 'publisher = ""'),  # what a draft leaves for a person to say
    ('"@area"', '"@area", destination = ""'),
    ('"@area"', '"@area", destination = "ISL"'),
    (RECORDS, f'{RECORDS}\nvalues.sex = {{ "1" = "" }}'),
    (RECORDS, f'{RECORDS}\nvalues.sex = {{ "1" = "women" }}'),
    (RECORDS, f'{RECORDS}\nvalues.age = {{ "0-14" = "" }}'),
    (RECORDS, f'{RECORDS}\nvalues.area = {{ "Total" = "" }}'),
    (RECORDS, f'{RECORDS}\nby_row.series = {{ IN = {{ indicator = "" }} }}'),
)


def test_what_is_refused_is_refused_for_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    for old, new, said in (
        (RECORDS, f'{RECORDS}\nvalues.age = {{ "0-14" = "0_14" }}', "Y0T4, Y17, Y_GE65"),
        (RECORDS, f'{RECORDS}\nvalues.sex = {{ "1" = "" }}', "values.sex gives '1' the sex ''"),
        ('"@area"', '"@area", destination = "ISL"', "destination.*'ISL'; M49"),
    ):
        path.write_text(SOUND.replace(old, new, 1), "utf-8")
        with pytest.raises(BadDeclaration, match=said):
            with_declared(path)


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_what_cannot_work_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "d.toml"
    path.write_text(SOUND.replace(old, new, 1), "utf-8")
    with pytest.raises(BadDeclaration, match=r"d\.toml"):
        with_declared(path)


def test_the_good_one_loads_and_one_without_its_year_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("code,yr,val\nDEU,2015,7\nFRA,2016,9\n", "utf-8")
    path = tmp_path / "d.toml"
    path.write_text(SOUND, "utf-8")
    [outcome] = load(
        [table], tmp_path / "a", with_declared(path), edition="x.t@2020-01-01"
    ).outcomes
    assert outcome.observations == 2
    path.write_text(SOUND.replace('year = ["yr"]', ""), "utf-8")
    with pytest.raises(SojournError, match="names no year"):
        load([table], tmp_path / "b", with_declared(path), edition="x.t@2020-01-01")


def test_what_the_package_declares_is_sound() -> None:
    for layout in registry().layouts.values():
        require_sound(layout, where="the package")


def test_words_are_a_list_of_a_column_that_there_is(tmp_path: Path) -> None:
    for wrong in ('words = { detail_route = ["A"] }', 'words = { area = "DEU" }'):
        path = tmp_path / "wrong.toml"
        path.write_text(SOUND.replace(RECORDS, f"{RECORDS}\n{wrong}"), "utf-8")
        with pytest.raises(BadDeclaration, match="words"):
            with_declared(path)
