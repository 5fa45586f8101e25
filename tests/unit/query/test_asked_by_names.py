"""One value or several, of any kind a notebook holds; a code that is none is an error, never nothing."""

import numpy as np
import pytest
import twins

import sojourn
from sojourn.api import Data
from sojourn.errors import NoSuchObservation, UnknownArea


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = tmp_path_factory.mktemp("asked")
    sojourn.load([twins.unhcr_population(folder / "twin.csv")], folder / "data")
    return sojourn.open(folder / "data")


@pytest.mark.parametrize(
    ("concept", "given", "same"),
    [
        ("area", np.int64(276), 276),
        ("area", np.array([276, 792]), [276, 792]),
        ("area", ("DEU", 792), ["276", "TUR"]),
        ("area", None, []),
        ("period", np.int64(2015), "2015"),
        ("period", range(2015, 2017), ["2015", "2016"]),
        ("sex", "t", "_T"),
        ("sex", "both", "_T"),
        ("obs_status", "a", "A"),
    ],
)
def test_the_same_rows_by_any_kind_of_value(
    data: Data, concept: str, given: object, same: object
) -> None:
    found = data.observations(**{concept: given})  # type: ignore[arg-type] # whatever is given
    other = data.observations(**({concept: same} if same != [] else {}))  # type: ignore[arg-type]
    assert found.fetchall() == other.fetchall()
    assert len(found.fetchall()) > 0


@pytest.mark.parametrize(
    ("concept", "given", "said"),
    [
        ("period", "20l5", "'20l5' is no period"),
        ("period", 99999, "'99999' is no period"),
        ("period", 2015.0, "'2015.0' is no period"),
        ("sex", "X", "no observation has the sex 'X'"),
        ("age", "Y0T99", "no observation has the age 'Y0T99'"),
        ("obs_status", "available", "no observation has the obs_status 'available'"),
        ("unit_measure", "PERSON", "did you mean 'PERSONS'"),
        ("criterion", "brith", "no observation has the criterion 'brith'"),
    ],
)
def test_a_code_that_is_none_is_an_error(
    data: Data, concept: str, given: object, said: str
) -> None:
    with pytest.raises(NoSuchObservation) as told:
        data.observations(**{concept: given})  # type: ignore[arg-type] # whatever is given
    assert said in str(told.value)


def test_a_fraction_is_no_area(data: Data) -> None:
    with pytest.raises(UnknownArea, match=r"276\.5 is no area"):
        data.observations(area=276.5)  # type: ignore[arg-type] # a mistake
    with pytest.raises(UnknownArea, match=r"276\.5 is no area"):
        data.table("refugees", area=276.5, period=2015)  # type: ignore[arg-type] # a mistake
