"""What the structures declare keeps rows apart and ships every word, on the embedded editions."""

import re

import pytest

from sojourn.query.opening import open_data
from sojourn.sdmx.model.dsd import declared, flow_of
from sojourn.sdmx.writers.columns import raw
from sojourn.store.observations import Store


@pytest.fixture(scope="module")
def store() -> Store:
    found, _ = open_data(None)
    return found


def datasets() -> list[str]:
    found, _ = open_data(None)
    return sorted({f.dataset for f in found.manifest.files if f.observations})


@pytest.mark.parametrize("dataset", datasets())
def test_a_shipped_dataset_has_a_structure_that_tells_its_rows_apart(
    store: Store, dataset: str
) -> None:
    assert dataset in declared(), "name it in structures.toml, on the structure that fits"
    keyed = ", ".join(raw(d) for d in flow_of(dataset).dsd.dimensions)
    query = f"""
        SELECT count(*), count(DISTINCT (o.edition, {keyed}, o.time_period))
        FROM observation o WHERE o.dataflow = $d"""
    held, apart = store.con.cursor().execute(query, {"d": dataset}).fetchall()[0]
    assert held == apart > 0


@pytest.mark.parametrize("dataset", datasets())
def test_no_word_of_a_detail_stays_behind(store: Store, dataset: str) -> None:
    query = "SELECT DISTINCT detail FROM observation WHERE dataflow = $d"
    details = store.con.cursor().execute(query, {"d": dataset}).fetchall()
    words = {w for (text,) in details for w in re.findall(r"(?:^|;)([a-z]+)=", text)}
    shipped = {w for c in flow_of(dataset).dsd.components for w in c.detail}
    assert words <= shipped
