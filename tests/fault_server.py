"""A publisher's web server with faults to switch on, on the loopback interface."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What the server holds and how it misbehaves; ``faults`` are used up one a request."""

    content: bytes = b"PK\x03\x04" + bytes(range(256)) * 40
    etag: str = '"one"'
    modified: str = "Mon, 01 Jun 2026 10:00:00 GMT"
    faults: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    resumes: bool = True
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        site = self.site
        site.asked.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        fault = site.faults.pop(0) if site.faults else ""
        if fault.isdigit() and not hasattr(self, f"_{fault}"):
            self._status(int(fault))
        else:
            getattr(self, f"_{fault}", self._whole)()

    def _headers(self, status: int, length: int, **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", self.site.etag)
        self.send_header("Last-Modified", self.site.modified)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _whole(self) -> None:
        site = self.site
        if self.headers.get("If-None-Match") == site.etag:
            self.send_response(304)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        wanted = self.headers.get("Range", "")
        if wanted and site.resumes and self.headers.get("If-Range") == site.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            rest = site.content[start:]
            span = f"bytes {start}-{len(site.content) - 1}/{len(site.content)}"
            self._headers(206, len(rest), Content_Range=span)
            self.wfile.write(rest)
            return
        self._headers(200, len(site.content))
        self.wfile.write(site.content)

    def _cut(self) -> None:
        self._headers(200, len(self.site.content))
        self.wfile.write(self.site.content[: len(self.site.content) // 2])
        self.wfile.flush()
        self.close_connection = True

    def _longer(self) -> None:
        self._headers(200, len(self.site.content) + 1000)
        self.wfile.write(self.site.content)
        self.wfile.flush()
        self.close_connection = True

    def _loop(self) -> None:
        self.site.faults.insert(0, "loop")
        self._headers(302, 0, Location=self.path)

    def _elsewhere(self) -> None:
        self._headers(302, 0, Location="/moved.xlsx")

    def _file(self) -> None:
        self._headers(302, 0, Location="file:///etc/hostname")

    def _silent(self) -> None:
        self._headers(200, len(self.site.content))
        self.wfile.write(self.site.content[:100])
        self.wfile.flush()
        time.sleep(1.0)
        self.close_connection = True

    def _drip(self) -> None:
        self._headers(200, len(self.site.content))
        for i in range(30):
            self.wfile.write(self.site.content[i : i + 1])
            self.wfile.flush()
            time.sleep(0.02)
        self.close_connection = True

    def _status(self, code: int, **more: str) -> None:
        body = b"<html><title>Oops</title></html>"
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _429(self) -> None:
        self._status(429, Retry_After="7")

    def _page(self) -> None:
        body = (
            b"\n<!DOCTYPE html><html><head><title>Please accept cookies</title></head></html>"
            + b" " * 3000
        )
        self._headers(200, len(body))
        self.wfile.write(body)

    def _short(self) -> None:
        self._headers(200, 8)
        self.wfile.write(b"PK\x03\x04abcd")


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve a site until the block ends."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
