"""Declared bytes are not recognised again; what is noted of them is what recognising finds."""

import hashlib
from dataclasses import replace
from pathlib import Path

from sojourn.sources.container import open_file
from sojourn.sources.declaration import registry
from sojourn.sources.recognise import layouts_of_files, recognise


def test_the_layout_noted_for_a_file_is_declared_and_that_of_its_dataset() -> None:
    known = registry()
    for digest, layout in layouts_of_files().items():
        edition = known.by_digest(digest)
        assert edition is not None, digest
        assert known.layouts[layout].dataset == edition.dataset, digest


def test_recognising_a_declared_file_finds_the_layout_noted_for_it(publisher_files: Path) -> None:
    known = replace(registry())  # another registry: nothing noted counts
    noted, found = layouts_of_files(), {}
    for path in sorted(p for p in publisher_files.rglob("*") if p.is_file()):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest in noted and digest not in found:
            [book] = open_file(path.name, content, trusted=True)
            found[digest] = recognise(book, known, digest).id
    assert found
    assert found == {digest: noted[digest] for digest in found}
