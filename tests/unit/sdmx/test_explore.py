"""The explorer under ``/explore/`` of the server: the same pages, and the same terms."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from guarded import TestClient
from twins import store_of

from sojourn.explorer.run.explorer import site_files
from sojourn.query.opening import open_data
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import application
from sojourn.sdmx.server.exploring import Explorer, exploring
from sojourn.store.sealed import sealed


@contextmanager
def shown(data: Path | None, *, public: bool = False) -> Iterator[tuple[TestClient, Explorer]]:
    store, embedded = open_data(data)
    with (
        opened(store, public=public) as surface,
        exploring(store, public=public, embedded=embedded) as explorer,
    ):
        explorer.patience = 120
        made = application(surface, explorer=explorer)
        yield TestClient(made, raise_server_exceptions=False), explorer


def test_every_file_of_the_site_is_served_as_it_is_written() -> None:
    store, embedded = open_data(None)
    with shown(None) as (client, _):
        assert client.get("/explore").url.path == "/explore/"
        assert client.get("/explore/").content == client.get("/explore/index.html").content
        for name, text in site_files(store, embedded=embedded):
            want = text.encode() if isinstance(text, str) else text
            assert client.get(f"/explore/{name}").content == want, name
        assert client.get("/explore/nothing.js").status_code == 404
        assert client.get("/explore/..%2f..%2fetc/passwd").status_code == 404
        assert client.post("/explore/").status_code == 405


def rows(value: float) -> list[dict[str, object]]:
    place = {"indicator": "migrant_stock", "time_period": "2015", "destination": "276"}
    return [{**place, "ref_area": "276", "obs_value": value}]


def marked(root: Path, terms: dict[str, str]) -> None:
    path = root / "store" / "manifest.json"
    told = json.loads(path.read_text())
    for file in told["files"]:
        file["redistribution"] = terms[file["edition"]]
    path.write_text(sealed(told))


def test_strangers_see_no_edition_that_may_only_be_cited(tmp_path: Path) -> None:
    store_of(tmp_path, "undesa.ims@2015-12-01", rows(7_654_321.0))
    store_of(tmp_path, "undesa.ims@2019-09-17", rows(1_234_567.0))
    terms = {"undesa.ims@2015-12-01": "cited-facts", "undesa.ims@2019-09-17": "attribution"}
    marked(tmp_path, terms)
    for public, held in ((False, True), (True, False)):
        with shown(tmp_path, public=public) as (client, explorer):
            assert client.get("/explore/").status_code == 200
            texts = [p.read_bytes() for p in explorer.folder.rglob("*.js")]
            assert any(b"1234567" in t for t in texts)
            assert any(b"7654321" in t for t in texts) == held


def test_a_store_of_which_nothing_may_be_shown_says_so(tmp_path: Path) -> None:
    store_of(tmp_path, "undesa.ims@2015-12-01", rows(5.0))
    marked(tmp_path, {"undesa.ims@2015-12-01": "cited-facts"})
    with shown(tmp_path, public=True) as (client, _):
        found = client.get("/explore/")
    assert found.status_code == 403
    assert "no edition may be shown" in found.text


@pytest.mark.parametrize("asked", ["/explore/", "/explore/index.js"])
def test_pages_that_are_not_written_yet_ask_again(asked: str) -> None:
    with shown(None) as (client, explorer):
        explorer.patience = 0.0
        found = client.get(asked)
        if found.status_code != 200:
            assert (found.status_code, found.headers["retry-after"]) == (503, "5")


def test_pages_that_cannot_be_written_say_so_and_ask_no_visitor_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> Iterator[tuple[str, str]]:
        raise KeyError("a fault of ours")
        yield

    monkeypatch.setattr("sojourn.sdmx.server.exploring.site_files", broken)
    with shown(None) as (client, _):
        answer = client.get("/explore/")
        assert answer.status_code == 503
        assert "a fault of ours" in answer.text
        assert "refresh" not in answer.text
