"""What the standard and the help page say beside the numbers: labels, codes, lengths, words for a fault."""

import csv
import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import click
import duckdb
import pytest
from guarded import TestClient
from live import live
from twins import store_of

from sojourn.cli import cli
from sojourn.query.opening import open_data
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import LONGEST, application
from sojourn.sdmx.server.sending import Body, Sending

FLOW = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"


def client_of(data: Path | None) -> Iterator[TestClient]:
    store, _ = open_data(data)
    with opened(store) as surface:
        yield TestClient(application(surface), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    yield from client_of(None)


def table(client: TestClient, url: str, accept: str) -> list[list[str]]:
    found = client.get(url, headers={"Accept": accept})
    assert found.status_code == 200, found.text
    return list(csv.reader(io.StringIO(found.text, newline="")))


@pytest.mark.parametrize(
    "url", [f"{FLOW}/A..276", f"{FLOW}/A..276?includeHistory=true", "/data/dataflow/SOJOURN/*"]
)
def test_labels_stand_beside_their_codes_and_change_none(client: TestClient, url: str) -> None:
    plain = table(client, url, CSV)
    both = table(client, url, f"{CSV};labels=both")
    named = table(client, url, f"{CSV};labels=name")
    assert [h.partition(": ")[0] for h in both[0]] == plain[0]
    assert {len(row) for row in both} == {len(plain[0])}
    assert {len(row) for row in named} == {len(named[0])}
    coded = [n for n, h in enumerate(named[0]) if h in plain[0]]
    assert [named[0][n] for n in coded] == plain[0]
    for row, told, beside in zip(plain[1:], both[1:], named[1:], strict=True):
        assert [beside[n] for n in coded] == row
        for value, said in zip(row, told, strict=True):
            assert said == value or said.startswith(f"{value}: ")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("timeformat=original", 200),
        ("timeformat=normalized", 406),
        ("timeformat=year", 406),
        ("keys=none", 200),
        ("keys=obs", 406),
        ("keys=series", 406),
        ("labels=all", 406),
    ],
)
def test_what_csv_is_asked_to_be_is_offered_or_refused(
    client: TestClient, more: str, status: int
) -> None:
    found = client.get(f"{FLOW}/A..276", headers={"Accept": f"{CSV};{more}"})
    assert found.status_code == status


@pytest.mark.parametrize("word", ["offset", "limit", "sort"])
def test_what_is_not_offered_is_named(client: TestClient, word: str) -> None:
    found = client.get(f"{FLOW}?{word}=1")
    assert found.status_code == 501
    assert f"{word} is not offered" in found.text


def test_a_code_stands_in_the_list_of_its_own_component_alone(tmp_path: Path) -> None:
    place = {"indicator": "migrant_stock", "ref_area": "276", "destination": "276"}
    held = {"time_period": "2015", "obs_value": 1.0, "sex": "SEXMARK", "age": "AGEMARK"}
    more = {"criterion": "CRITERIONMARK", "unit_measure": "UNITMARK"}
    store_of(tmp_path, "undesa.ims@2015-12-01", [{**place, **held, **more}])
    for one in client_of(tmp_path):
        lists = one.get("/structure/codelist/SOJOURN/*").json()["data"]["codelists"]
        at = {c["id"]: {code["id"] for code in c["codes"]} for c in lists}
    for mark, name in (
        ("SEXMARK", "CL_SEX"),
        ("AGEMARK", "CL_AGE"),
        ("CRITERIONMARK", "CL_CRITERION"),
        ("UNITMARK", "CL_UNIT_MEASURE"),
    ):
        assert {n for n, codes in at.items() if mark in codes} == {name}


def test_availability_begins_and_ends_on_days(tmp_path: Path) -> None:
    place = {"indicator": "border_crossings", "ref_area": "276", "destination": "276"}
    days = ("2015-03-14", "2015-04-30", "2015-04-02")
    rows = [{**place, "time_period": day, "obs_value": 1.0} for day in days]
    store_of(tmp_path, "undesa.ims@2015-12-01", rows)
    for one in client_of(tmp_path):
        found = one.get("/availability/dataflow/SOJOURN/UNDESA_IMS/1.0.0").text
    assert "2015-03-14" in found
    assert "2015-04-30" in found
    assert "2015-04-02" not in found


def test_the_page_for_programs_names_what_data_may_be_asked(client: TestClient) -> None:
    told = client.get("/openapi.json").json()["paths"]
    counted = {"firstNObservations", "lastNObservations"}
    common = {
        "startPeriod",
        "endPeriod",
        "asOf",
        "includeHistory",
        "updatedAfter",
        "dimensionAtObservation",
    }
    for path, verbs in told.items():
        asked = {p["name"] for p in verbs["get"].get("parameters", ()) if p["in"] == "query"}
        kind = path.split("/")[1]
        want = {"data": common | counted, "availability": common, "availableconstraint": common}
        assert asked == want.get(kind, set()), path


def answered(address: str, path: str, pause: float = 0.0) -> bytes:
    """The first line of an answer; with a pause the last letters come after the others were read."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as sent:
        sent.sendall(f"GET {path}".encode())
        time.sleep(pause)
        sent.sendall(f" HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return sent.recv(4096).split(b"\r\n")[0]


def test_who_asks_at_great_length_is_told_that_it_is_too_long() -> None:
    with live(None) as address:
        for length in (LONGEST + 200, 2 * LONGEST, 3 * LONGEST):
            said = answered(address, f"{FLOW}/{'A' * length}", pause=0.5)
            assert said.startswith(b"HTTP/1.1 414 "), (length, said)


@pytest.mark.parametrize("fault", [OSError, TimeoutError, duckdb.InterruptException])
def test_an_answer_that_is_cut_is_no_fault_and_frees_its_place(fault: type[Exception]) -> None:
    """Who hangs up, the time limit, a query that was stopped: none ends in a traceback."""
    closed: list[bool] = []

    def pieces() -> Iterator[bytes]:
        yield b"begun"
        if fault is not OSError:
            raise fault
        yield b"more"

    async def send(message: object) -> None:
        if fault is OSError and b"more" in str(message).encode():
            raise fault  # nobody listens any more

    async def receive() -> dict[str, str]:
        await anyio.sleep_forever()
        raise AssertionError

    body = Body(pieces(), lambda: closed.append(True), time.monotonic() + 20)
    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
    anyio.run(Sending(body, {}, "text/plain"), scope, receive, send)
    assert closed == [True]


@pytest.mark.parametrize(("said", "ok"), [("1", True), ("16", True), ("0", False), ("-1", False)])
def test_a_server_answers_one_request_at_once_or_more(said: str, *, ok: bool) -> None:
    serve = cli.get_command(click.Context(cli), "serve")
    assert serve is not None
    if ok:
        assert serve.make_context("serve", ["--at-once", said]).params["at_once"] == int(said)
    else:
        with pytest.raises(click.BadParameter, match="not in the range"):
            serve.make_context("serve", ["--at-once", said])
