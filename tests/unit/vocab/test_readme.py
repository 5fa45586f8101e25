"""The file that says where the area tables come from says what they lack."""

import re
from importlib.resources import files

from sojourn.vocab.area import AREAS, LANGUAGES


def test_every_country_without_a_name_in_some_language_is_listed() -> None:
    text = files("sojourn.vocab").joinpath("areas.README.md").read_text("utf-8")
    listed = set(re.findall(r"`(\w+)`", text[text.index("Left empty") :]))
    single = {"country", "historical", "income_group", "development_group", "region"}
    for area in AREAS.values():
        lacks = {"ru", "zh"} - area.names.keys()
        if area.kind in single and lacks and not "2087" <= area.area_id <= "2093":
            assert area.area_id in listed, area.area_id
        if area.kind == "country" and set(LANGUAGES) - area.names.keys():
            assert area.area_id in listed
