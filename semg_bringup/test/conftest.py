# SPDX-License-Identifier: Apache-2.0
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass(frozen=True)
class Status:
    """Answer with an error."""

    code: int


@dataclass(frozen=True)
class Drop:
    """Close the connection after so many bytes, in good order or by a reset."""

    after: int
    reset: bool = False


@dataclass(frozen=True)
class Stall:
    """Send so many bytes, then nothing."""

    after: int


@dataclass
class Page:
    """What lies at one address; `faults` befall one request each, in order."""

    content: bytes
    etag: str = '"first"'
    modified: str = ""
    location: str = ""
    honours_range: bool = True
    honours_if_range: bool = True
    tells_length: bool = True
    faults: list = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    path: str
    range: str | None
    if_range: str | None


class Site:
    """A web server on this machine, and what it was asked for."""

    Status, Drop, Stall = Status, Drop, Stall

    def __init__(self):
        self.pages = {}
        self.asked = []
        self.bytes_sent = 0
        self.stalled = threading.Event()
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def put(self, content, path="/archive", **options):
        """Put a page there; return its address."""
        self.pages[path] = Page(content, **options)
        return self.url(path)

    def url(self, path):
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    @property
    def ranges(self):
        """`Range` of each request."""
        return [asked.range for asked in self.asked]

    def close(self):
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler_for(site):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.close_connection = True
            range_, if_range = self.headers.get("Range"), self.headers.get("If-Range")
            site.asked.append(Asked(self.path, range_, if_range))
            page = site.pages.get(self.path.partition("?")[0])
            if page is None:
                self.send_error(404)
                return
            fault = page.faults.pop(0) if page.faults else None
            if isinstance(fault, Status):
                self.send_error(fault.code)
                return
            if page.location:
                self.send_response(302)
                self.send_header("Location", page.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_page(page, self.first_byte(page, range_, if_range), fault)

        def first_byte(self, page, range_, if_range):
            """Return the byte to begin with, or None for a whole answer."""
            if range_ is None or not page.honours_range:
                return None
            if page.honours_if_range and if_range not in (None, page.etag, page.modified):
                return None
            return int(range_.removeprefix("bytes=").removesuffix("-"))

        def send_page(self, page, first, fault):
            size = len(page.content)
            if first is not None and first >= size:
                self.send_error(416)
                return
            self.send_response(200 if first is None else 206)
            if first is not None:
                self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
            for name, value in (("ETag", page.etag), ("Last-Modified", page.modified)):
                if value:
                    self.send_header(name, value)
            body = page.content[first or 0 :]
            if page.tells_length:
                self.send_header("Content-Length", str(len(body)))
            else:
                self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.send_body(body, fault, page.tells_length)

        def send_body(self, body, fault, plain):
            sent = body if fault is None else body[: fault.after]
            # Only to whoever hangs up early; what it has read is for the test to compare.
            try:
                for begin in range(0, len(sent), 65536):
                    piece = sent[begin : begin + 65536]
                    self.wfile.write(piece if plain else b"%x\r\n%b\r\n" % (len(piece), piece))
                    site.bytes_sent += len(piece)
                if not plain and fault is None:
                    self.wfile.write(b"0\r\n\r\n")
            except ConnectionError:
                return
            if isinstance(fault, Stall):
                site.stalled.set()
                site.over.wait()
            if isinstance(fault, Drop) and fault.reset:
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.connection.close()

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def site(monkeypatch):
    """A web server on this machine that can be told to misbehave."""
    monkeypatch.setenv("no_proxy", "*")
    server = Site()
    yield server
    server.close()
