# SPDX-License-Identifier: Apache-2.0
"""One request over HTTP, from the beginning of a file or from the middle."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from semg_bringup.downloads.fault import FetchError, shown
from semg_bringup.downloads.partial_file import Origin

_PAGE = 2**18
_WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)
_COUNT = re.compile(r"[0-9]{1,18}")
"""Bytes that a file can have; whoever tells another number has told none."""
_RANGE = re.compile(rf"bytes ({_COUNT.pattern})-{_COUNT.pattern}/({_COUNT.pattern}|\*)")


class Interrupted(Exception):
    """The connection failed in a way that another try may mend. Says how."""


class RangeRefused(Exception):
    """The server has nothing from there on; only a new beginning helps."""


class Transfer:
    """The answer to one request.

    Parameters
    ----------
    url : str
        Address, http or https.
    first : int
        Byte to begin with.
    origin : Origin or None
        Which file the bytes before `first` are of. A server that has another one by now
        sends it from its beginning.
    timeout : float
        s without any byte after which the connection counts as lost.

    Attributes
    ----------
    origin : Origin
        What the server says that it sends.
    first : int
        Byte that it begins with: the one asked for, or 0.

    Raises
    ------
    Interrupted
        If trying again may help.
    RangeRefused
        If trying from the beginning may help.
    FetchError
        If nothing will.
    """

    def __init__(self, url: str, first: int, origin: Origin | None, timeout: float) -> None:
        check_url(url)
        # A file that was packed for the way would have neither its size nor its checksum.
        headers = {"User-Agent": "semg", "Accept-Encoding": "identity"}
        if first and origin is not None:
            headers["Range"] = f"bytes={first}-"
            if origin.validator:
                headers["If-Range"] = origin.validator
        self._url = url
        self._answer = self._open(Request(url, headers=headers), timeout)
        try:
            self.first, size = self._place(first)
        except BaseException:
            self.close()
            raise
        self.origin = Origin(url, self._validator(), size)

    def pages(self) -> Iterator[bytes]:
        """Yield the bytes as they come.

        Raises
        ------
        Interrupted
            If the connection is lost, or ends before the last byte.
        """
        done = self.first
        try:
            while page := self._answer.read1(_PAGE):
                done += len(page)
                yield page
        except (OSError, http.client.HTTPException) as error:
            raise Interrupted(_reason(error)) from None
        if self.origin.size is not None and done < self.origin.size:
            raise Interrupted(f"the server ended after {done} of {self.origin.size} bytes")

    def close(self) -> None:
        """Let go of the connection."""
        self._answer.close()

    def _open(self, request: Request, timeout: float) -> Any:
        try:
            return build_opener(SafeRedirects()).open(request, timeout=timeout)
        except HTTPError as error:
            error.close()
            if error.code == 416 and request.has_header("Range"):
                raise RangeRefused from None
            said = f"the server answers {error.code} {shown(error.reason)}"
            if error.code in _WORTH_ANOTHER_TRY:
                raise Interrupted(said) from None
            raise FetchError(f"{self._url}: {said}") from None
        except (URLError, OSError, http.client.HTTPException) as error:
            cause = error.reason if isinstance(error, URLError) else error
            # Names that nobody knows and false certificates do not mend themselves in seconds.
            final = (socket.gaierror, ssl.SSLCertVerificationError, http.client.InvalidURL, str)
            if isinstance(cause, final):
                raise FetchError(f"{self._url}: {_reason(cause)}") from None
            raise Interrupted(_reason(cause)) from None
        except ValueError as error:
            raise FetchError(f"{self._url}: no address that can be asked: {error}") from None

    def _place(self, asked: int) -> tuple[int, int | None]:
        """Return the first byte that comes, and the size of the whole file."""
        if self._answer.status != 206:
            length = self._answer.headers.get("Content-Length", "")
            return 0, int(length) if _COUNT.fullmatch(length) else None
        found = _RANGE.fullmatch(self._answer.headers.get("Content-Range", "").strip())
        if found is None or int(found[1]) != asked:
            raise RangeRefused
        return asked, None if found[2] == "*" else int(found[2])

    def _validator(self) -> str:
        tag = self._answer.headers.get("ETag", "").strip()
        # A weak tag does not promise the same bytes, and If-Range does not take it.
        if tag.startswith('"'):
            return str(tag)
        return str(self._answer.headers.get("Last-Modified", "").strip())


def check_url(url: str) -> None:
    """Refuse an address that is not of the web.

    Raises
    ------
    FetchError
        If it is not ``http://`` or ``https://`` with a host.
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise FetchError(f"'{url}': no address, must be https://... or http://...")


class SafeRedirects(HTTPRedirectHandler):
    """Follows a server that sends us elsewhere on the web, but not out of encryption."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """Return the next request, as urllib wants it.

        Raises
        ------
        FetchError
            If it would be of another kind, or open where the first was encrypted.
        """
        check_url(newurl)
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise FetchError(f"{req.full_url}: leads to {shown(newurl)}, which is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "no byte came for too long"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected):
        return "the connection was closed"
    if isinstance(error, socket.gaierror):
        return f"its host is not found ({error.strerror}); is this machine on the internet?"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return shown(error) or type(error).__name__
