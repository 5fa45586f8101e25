"""A table that prints a world far above the sum of its countries is a part, though most stand in it."""

from pathlib import Path

import pytest
import twins

from sojourn.sources.frame import Frame
from sojourn.store.coverage import assess
from sojourn.store.manifest import read_manifest
from sojourn.vocab.area import AREAS

#: 150 countries with 100 people each.
COUNTRIES = [a.area_id for a in AREAS.values() if a.kind == "country"][:150]


@pytest.mark.parametrize(("world", "partial"), [(15_000, False), (16_666, False), (16_668, True)])
def test_a_world_of_which_a_tenth_is_nowhere_is_not_all_there(
    tmp_path: Path, world: int, partial: bool
) -> None:
    rows = [
        {"indicator": "migrant_stock", "ref_area": a, "destination": a, "time_period": "2015"}
        | {"obs_value": float(n), "unit_measure": "PERSONS"}
        for a, n in (("900", world), *((c, 100) for c in COUNTRIES))
    ]
    twins.store_of(tmp_path, "a.stock@2026-01-15", rows)
    frames = {"a.stock": Frame(whole="world", places=180)}
    [found] = assess(read_manifest(tmp_path), frames).coverage
    said = (
        f"its world reads {world:,} for migrant_stock 2015, "
        "its 150 countries and areas sum to 15,000"
    )
    assert found.reasons == ((said,) if partial else ())
    assert found.status == ("partial" if partial else "complete")
