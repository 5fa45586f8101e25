"""A workbook that was saved again has other bytes and the same cells: what its publisher printed
against a contract is no reason to refuse it."""

import io
import zipfile
from pathlib import Path

import pytest

import sojourn
from sojourn.harmonize.contracts import contracts, printed_violations
from sojourn.sources.declaration import registry


def saved_again(content: bytes) -> bytes:
    """Return the same parts, packed otherwise."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.namelist():
            new.writestr(part, old.read(part))
    return out.getvalue()


def test_what_declared_files_print_against_a_contract_names_both() -> None:
    known, ids = registry(), {c.id for c in contracts()}
    for edition, contract, _ in printed_violations():
        assert edition in known.editions
        assert contract in ids


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("UN_MigrantStockTotal_2015.xlsx", "undesa.ims@2015-12-01"),
        ("undesa_pd_2019_migrant_stock_total_dataset.xlsx", "undesa.ims@2019-09-17"),
    ],
)
def test_a_workbook_saved_again_is_a_copy_of_its_edition(
    tmp_path: Path, publisher_files: Path, name: str, edition: str
) -> None:
    genuine = next(publisher_files.rglob(name))
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(saved_again(genuine.read_bytes()))
    [outcome] = sojourn.load([copy], tmp_path / "a").outcomes
    [first] = sojourn.load([genuine], tmp_path / "b").outcomes
    assert (outcome.status, outcome.edition, outcome.verified) == ("loaded", edition, False)
    assert (outcome.observations, outcome.problems) == (first.observations, first.problems)
    assert outcome.coverage is None or outcome.coverage.status == "complete"
    assert not any("sheets not read" in line for line in outcome.receipt)
