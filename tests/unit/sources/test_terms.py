"""The terms that a file prints bound what its declaration may allow, whatever their kind."""

import hashlib
from pathlib import Path

import pytest
import twins

import sojourn
from sojourn.errors import BadDeclaration

KINDS = {
    "reserved": ("Copyright (c) 2017 by an office. All rights reserved.", False),
    "non-commercial": ("Terms: CC BY-NC-SA 3.0 IGO", False),
    "no derivatives": ("https://creativecommons.org/licenses/by-nd/4.0/", False),
    "in French": ("© Nations Unies. Tous droits réservés.", False),
    "in Spanish": ("Todos los derechos reservados.", False),
    "not to be reproduced": ("No part of this table may be reproduced without permission.", False),
    "not to be passed on": ("These data may not be redistributed.", False),
    "no commerce": ("Provided for non-commercial use only.", False),
    "a list of conditions": ("Creative Commons Attribution, NonCommercial 3.0", False),
    "attribution": ("Licence: CC BY 4.0", True),
    "reserved, then granted": (
        "All rights reserved; made available under Creative Commons CC BY 3.0",
        True,
    ),
    "nothing": ("", True),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("allowed", ["attribution", "cited-facts"])
def test_a_declaration_is_never_wider_than_the_print(
    tmp_path: Path, kind: str, allowed: str
) -> None:
    line, wide = KINDS[kind]
    path = twins.unhcr_population(tmp_path / "p.csv", day="13 June 2025")
    path.write_text((f'"{line}"\n' if line else "") + path.read_text("utf-8"), "utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    told = tmp_path / "edition.toml"
    told.write_text(
        '[[edition]]\ndataset = "unhcr.population"\nvintage = 2025-06-13\ntitle = "June 2025"\n'
        f'license = "CC BY"\nredistribution = "{allowed}"\nfiles = {{ "{digest}" = "p.csv" }}\n'
    )
    if wide or allowed == "cited-facts":
        assert sojourn.load([path], tmp_path / "data", declare=told).outcomes[0].verified
        return
    with pytest.raises(BadDeclaration, match="prints"):
        sojourn.load([path], tmp_path / "data", declare=told)
    assert not (tmp_path / "data" / "store" / "manifest.json").exists()
