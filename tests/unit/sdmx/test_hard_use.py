"""The server under hard use: who hangs up, reads slowly, asks oddly, or loads meanwhile."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from guarded import TestClient
from live import live
from twins import store_of

from sojourn.query.opening import open_data
from sojourn.sdmx.run.surface import opened
from sojourn.sdmx.server.app import Limits, application

FLOW = "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0"


def rows(count: int, comment: str = "SYNTHETIC", value: float = 1.0) -> list[dict[str, object]]:
    return [
        {
            "indicator": "migrant_stock",
            "ref_area": "276",
            "destination": "276",
            "time_period": str(1950 + n % 70),
            "detail": f"coverage=c{n // 70}",
            "obs_value": value + n,
            "comment": comment,
        }
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("synthetic")
    store_of(root, "undesa.ims@2015-12-01", rows(300, "SYNTHETIC " * 5000))
    return root


def status(address: str, path: str = "/structure/dataflow") -> int:
    try:
        with urllib.request.urlopen(address + path, timeout=20) as found:
            return int(found.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def free(address: str, seconds: float) -> bool:
    """Whether the one place of a server becomes free in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if status(address) == 200:
            return True
        time.sleep(0.1)
    return False


def begun(address: str) -> socket.socket:
    """Ask for a long answer and read only its first bytes."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _, port = address.removeprefix("http://").partition(":")
    client.connect((host, int(port)))
    asked = f"GET {FLOW}?format=csv HTTP/1.1\r\nHost: {host}\r\n\r\n"
    client.sendall(asked.encode())
    assert client.recv(100).startswith(b"HTTP/1.1 200")
    return client


def test_who_hangs_up_takes_no_place(long: Path) -> None:
    with live(long, limits=Limits(at_once=1, seconds=90)) as address:
        client = begun(address)
        assert status(address) == 503
        client.close()
        assert free(address, 20)


def test_who_reads_nothing_is_cut_at_the_time_limit(long: Path) -> None:
    with live(long, limits=Limits(at_once=1, seconds=4)) as address:
        client = begun(address)
        assert free(address, 30)
        received = b""
        client.settimeout(20)
        while piece := client.recv(1 << 20):
            received += piece
        assert not received.endswith(b"0\r\n\r\n")  # a cut answer does not look like a whole one
        client.close()


def test_a_query_that_takes_too_long_is_refused(long: Path) -> None:
    store, _ = open_data(long)
    with opened(store) as surface:
        client = TestClient(application(surface, Limits(16, 0.0)), raise_server_exceptions=False)
        found = client.get(f"{FLOW}?format=csv")
        assert found.status_code in (200, 503)
        assert len(found.content) < 300 * 50_000  # a part at most: the limit was over at once


def test_a_store_loaded_meanwhile_answers_as_it_was(tmp_path: Path) -> None:
    store_of(tmp_path, "undesa.ims@2015-12-01", rows(3))
    with live(tmp_path) as address:
        before = urllib.request.urlopen(f"{address}{FLOW}?format=csv", timeout=20).read()
        store_of(tmp_path, "undesa.ims@2019-09-17", rows(3, value=50.0))
        other, _ = open_data(tmp_path)
        with opened(other):  # another program prepares its own table, and removes the stale one
            after = urllib.request.urlopen(f"{address}{FLOW}?format=csv", timeout=20).read()
        assert before == after
    with live(tmp_path) as address:
        now = urllib.request.urlopen(f"{address}{FLOW}?format=csv", timeout=20).read()
    assert b"2019-09-17" in now
    assert b"2019-09-17" not in before


def gone(*given: object, **named: object) -> None:
    del given, named
    raise duckdb.IOException("IO Error: SYNTHETIC: the file is gone")


def test_a_table_that_is_gone_is_said_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_of(tmp_path, "undesa.ims@2015-12-01", rows(3))
    store, _ = open_data(tmp_path)
    with opened(store) as surface:
        client = TestClient(application(surface), raise_server_exceptions=False)
        monkeypatch.setattr(type(surface), "select", gone)
        found = client.get(FLOW)
        assert (found.status_code, found.headers["retry-after"]) == (503, "5")
        assert "serve it again" in found.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_stops_well(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    started = subprocess.Popen(
        [sys.executable, "-m", "sojourn", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert started.stdout is not None
    address = started.stdout.readline().partition(" ")[0].rstrip("/")
    assert status(address, "/explore/") in (200, 503)
    started.send_signal(number)
    with started:
        _, said = started.communicate(timeout=60)
    assert (started.returncode, "Traceback" in said) == (0, False), said
    assert said.splitlines()[-1] == "stopped"
    assert list(place.iterdir()) == []


ODD = (
    "?c%5BREF_AREA%5D=276",
    "?c[REF_AREA]=276",
    "?c[REF_AREA=276",
    "?c[]=1",
    "?c[REF_AREA]=",
    "?c[REF_AREA]=eq:",
    "?c[TIME_PERIOD]=ge:2000 le:2010",
    "?c[TIME_PERIOD]=ge:2000%2Ble:2010",
    "?c[OBS_VALUE]=gt:nan",
    "?c[OBS_VALUE]=gt:1e999",
    "?c[OBS_VALUE]=co:1",
    "?c[SEX]=%00",
    "?c[SEX]=%ff%fe",
    "?c[COMMENT_OBS]=co:%27%22%3B--",
    "?asOf=0001-01-01",
    "?asOf=9999-12-31T23:59:59-12:00",
    "?asOf=2016-12-31T00:00:00%2B02:00",
    "?asOf=2016-12-31T00:00:00+02:00",
    "?updatedAfter=",
    "?startPeriod=-5",
    "?startPeriod=2000-99",
    "?includeHistory=maybe",
    "?firstNObservations=0",
    "?firstNObservations=99999999999999999999",
    "?lastNObservations=-1",
    "?detail=everything",
    "?dimensionAtObservation=SEX",
    "?dimensionAtObservation=NOTHING",
    "?attributes=NOTHING",
    "?format=",
    "?&&&=&",
    "?%",
    "?references=%2A",
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    store, _ = open_data(None)
    with opened(store) as surface:
        yield TestClient(application(surface), raise_server_exceptions=False)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("path", [FLOW, "/data/UNDESA_IMS", "/availability/*/*/UNDESA_IMS/*/*"])
def test_odd_questions_are_answered_or_refused(client: TestClient, path: str, odd: str) -> None:
    found = client.get(path + odd)
    assert found.status_code in (200, 204, 400, 404, 406, 422, 501), found.text


@pytest.mark.parametrize(
    "path",
    [
        "/data/*/*/*/*/*",
        "/data/*",
        "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A.%2A.276",
        "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A+.x",
        "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/....................",
        "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/%2e%2e",
        "/data/dataflow/SOJOURN/UNDESA_IMS/1.0.0/A%00",
        "/data/dataflow/%FF/UNDESA_IMS",
        "/availability/*/SOJOURN/UNDESA_IMS/*/*/NOTHING",
        "/structure/codelist/SOJOURN/CL_AREA/~/276,840",
        "/structure/*/*/*/*",
        "/codelist/SOJOURN/CL_AREA/1.0",
        "/explore",
    ],
)
def test_odd_paths_are_answered_or_refused(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code in (200, 204, 400, 404, 406, 422, 501), found.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading_is_allowed(client: TestClient, method: str) -> None:
    found = client.request(method, FLOW)
    assert found.status_code == 405
    assert set(found.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_a_head_says_what_a_get_would_send(client: TestClient) -> None:
    asked = client.head(FLOW)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["etag"] == client.get(FLOW).headers["etag"]
