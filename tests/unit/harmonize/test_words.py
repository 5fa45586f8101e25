"""Labels without a code list: one that no declared edition prints is told, and kept apart."""

from pathlib import Path

import pytest

import sojourn
from sojourn.loading.outcome import Outcome
from sojourn.sdmx.model.dsd import code_names
from sojourn.sources.declaration import registry

DETECTIONS = "month,route,type,nat,n\n2015-01-01,{},{},SYR,5\n2015-02-01,Other,Land,SYR,7\n"
DECISIONS = (
    "Year,Country of origin (ISO),Country of asylum (ISO),Authority,Stage of procedure,"
    "Cases / Persons,Recognized decisions,Complementary protection,Rejected decisions,"
    "Otherwise closed,Total decisions\n2015,SYR,DEU,{},{},P,5,0,1,0,6\n"
)
INDICATORS = (
    "LocID,Location,Time,Variant,TPopulation1July,TPopulationMale1July,TPopulationFemale1July,"
    "PopGrowthRate,Births,CBR,Deaths,DeathsMale,DeathsFemale,CDR,NetMigrations,TPopulation1Jan\n"
    "276,Germany,2015,{},10,5,5,1,2,3,4,2,2,5,6,9\n"
)
#: Synthetic: name of the file, its text, known labels, and an unknown one in each place.
FILES = {
    "route": ("synthetic.csv", DETECTIONS, ("Black Sea Route", "Sea"), ("Moon Route", "Sea")),
    "border": ("synthetic.csv", DETECTIONS, ("Other", "Sea"), ("Other", "Air")),
    "authority": ("synthetic.csv", DECISIONS, ("G", "FI"), ("Q", "FI")),
    "stage": ("synthetic.csv", DECISIONS, ("G", "NA"), ("G", "ZZ")),
    "variant": (
        "WPP2022_Demographic_Indicators_Medium.csv",
        INDICATORS,
        ("Medium",),
        ("High",),
    ),
}


def loaded(folder: Path, name: str, text: str) -> Outcome:
    path = folder / name
    path.write_text(text, "utf-8")
    [outcome] = sojourn.load([path], folder / "d").outcomes
    return outcome


@pytest.mark.parametrize("which", FILES)
def test_an_unknown_label_is_told_and_kept_apart(tmp_path: Path, which: str) -> None:
    name, text, known, unknown = FILES[which]
    for folder in ("known", "unknown"):
        (tmp_path / folder).mkdir()
    told = loaded(tmp_path / "known", name, text.format(*known))
    assert not [n for n in told.notes if "no declared edition prints" in n]
    [said] = [
        n
        for n in loaded(tmp_path / "unknown", name, text.format(*unknown)).notes
        if "no declared edition prints" in n
    ]
    [word] = set(unknown) - set(known)
    assert f"reads {word!r} (first in row 2)" in said
    kept = sojourn.open(tmp_path / "unknown" / "d").sql("SELECT DISTINCT detail FROM observation")
    assert any(f"{which}={word}" in detail for (detail,) in kept.fetchall())


def test_the_codes_of_procedures_are_those_that_have_a_name() -> None:
    words = registry().layouts["unhcr.decisions"].words
    assert set(words["detail_authority"]) == set(code_names("CL_AUTHORITY"))
    assert set(words["detail_stage"]) == set(code_names("CL_STAGE"))
