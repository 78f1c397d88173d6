# SPDX-License-Identifier: Apache-2.0
import contextlib
import hashlib
import os
import socket
import subprocess
import threading
from urllib.request import Request

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semg_bringup.downloads.download import Patience, download
from semg_bringup.downloads.fault import DiskError, FetchError
from semg_bringup.downloads.progress import Silence
from semg_bringup.downloads.transfer import SafeRedirects

CONTENT = np.random.default_rng(8).bytes(1_500_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
QUICK = Patience(timeout=10.0, attempts=3, first_wait=0.01)
ONE_TRY = Patience(timeout=10.0, attempts=1)


class Notes(Silence):
    """Remembers what was said."""

    def __init__(self):
        self.lines = []
        self.bytes = 0

    def note(self, line):
        self.lines.append(line)

    def begin(self, what, done, total):
        self.bytes = done

    def advance(self, count):
        self.bytes += count


@pytest.fixture
def raw():
    """A server that answers everything with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        answers = []

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as connection:
                        connection.recv(65536)
                        connection.sendall(answers[0])

        thread = threading.Thread(target=serve)
        thread.start()
        yield (
            lambda answer: answers.append(answer) or f"http://127.0.0.1:{server.getsockname()[1]}/x"
        )
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "file"


def names(path):
    return sorted(file.name for file in path.parent.iterdir())


def stop_half_way(site, url, path, sha256=""):
    """Run a download that stops after 600,000 bytes and is given up."""
    site.pages["/archive"].faults = [site.Drop(600_000)]
    with pytest.raises(FetchError) as refusal:
        download(url, path, sha256=sha256, patience=ONE_TRY)
    site.asked.clear()
    site.bytes_sent = 0
    return str(refusal.value)


def test_a_file_comes_as_it_is(site, path):
    got = download(site.put(CONTENT), path, sha256=SHA256.upper())
    assert path.read_bytes() == CONTENT
    assert (got.sha256, got.size) == (SHA256, len(CONTENT))


def test_a_second_call_asks_nobody(site, path):
    url = site.put(CONTENT)
    download(url, path)
    assert download(url, path).sha256 == SHA256
    assert len(site.asked) == 1
    assert path.read_bytes() == CONTENT


def test_a_dropped_connection_goes_on_where_it_was(site, path):
    url = site.put(CONTENT, faults=[site.Drop(600_000)])
    notes = Notes()
    download(url, path, patience=QUICK, progress=notes)
    assert path.read_bytes() == CONTENT
    assert site.ranges == [None, "bytes=600000-"]
    assert site.asked[1].if_range == '"first"'
    assert site.bytes_sent == len(CONTENT) == notes.bytes
    assert notes.lines == ["the server ended after 600000 of 1500000 bytes; trying again in 0.01 s"]


def test_a_download_that_was_given_up_is_resumed_by_the_next_run(site, path):
    url = site.put(CONTENT)
    said = stop_half_way(site, url, path)
    assert "given up after 1 tries; 600.0 kB are kept" in said
    assert names(path) == ["file.origin.json", "file.part"]
    assert download(url, path, sha256=SHA256).size == len(CONTENT)
    assert site.ranges == ["bytes=600000-"]
    assert site.bytes_sent == 900_000
    assert path.read_bytes() == CONTENT


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 60_000), max_size=6))
def test_no_byte_comes_twice_wherever_the_connection_breaks(site, tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("cache") / "file"
    content = CONTENT[:400_000]
    url = site.put(content, faults=[site.Drop(piece) for piece in pieces])
    site.asked.clear()
    site.bytes_sent = 0
    download(url, path, patience=QUICK)
    assert path.read_bytes() == content
    assert site.bytes_sent == len(content)
    assert site.ranges == [None, *(f"bytes={end}-" for end in np.cumsum(pieces, dtype=int))]


@pytest.mark.parametrize("options", [{"etag": ""}, {"etag": 'W/"weak"'}])
def test_the_date_of_change_does_where_there_is_no_strong_etag(site, path, options):
    date = "Tue, 01 Jul 2025 10:00:00 GMT"
    url = site.put(CONTENT, modified=date, faults=[site.Drop(600_000)], **options)
    download(url, path, patience=QUICK)
    assert site.asked[1].if_range == date
    assert site.bytes_sent == len(CONTENT)
    assert path.read_bytes() == CONTENT


def test_without_etag_date_and_checksum_all_is_fetched_again(site, path):
    url = site.put(CONTENT, etag="")
    assert "are kept" not in stop_half_way(site, url, path)
    download(url, path)
    assert site.ranges == [None]
    assert path.read_bytes() == CONTENT


def test_a_checksum_alone_is_enough_to_go_on(site, path):
    url = site.put(CONTENT, etag="")
    stop_half_way(site, url, path, SHA256)
    download(url, path, sha256=SHA256)
    assert site.ranges == ["bytes=600000-"]
    assert path.read_bytes() == CONTENT


def test_a_server_without_ranges_sends_it_all_again(site, path):
    url = site.put(CONTENT, honours_range=False)
    stop_half_way(site, url, path)
    download(url, path)
    assert site.ranges == ["bytes=600000-"]
    assert site.bytes_sent == len(CONTENT)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("honours_if_range", [True, False])
def test_two_halves_of_different_files_are_never_joined(site, path, honours_if_range):
    url = site.put(CONTENT)
    stop_half_way(site, url, path)
    changed = CONTENT[::-1]
    site.put(changed, etag='"second"', honours_if_range=honours_if_range)
    download(url, path)
    assert site.ranges[0] == "bytes=600000-"
    assert path.read_bytes() == changed


def test_a_file_that_became_shorter_is_fetched_anew(site, path):
    url = site.put(CONTENT)
    stop_half_way(site, url, path)
    site.put(CONTENT[:1000], honours_if_range=False)
    download(url, path)
    assert site.ranges == ["bytes=600000-", None]
    assert path.read_bytes() == CONTENT[:1000]


def test_what_is_left_of_another_address_is_not_gone_on_with(site, path):
    stop_half_way(site, site.put(CONTENT), path)
    download(site.put(CONTENT[::-1], "/other"), path)
    assert site.ranges == [None]
    assert path.read_bytes() == CONTENT[::-1]


def test_another_permit_behind_the_question_mark_is_the_same_address(site, path):
    url = site.put(CONTENT)
    stop_half_way(site, f"{url}?signature=1", path)
    download(f"{url}?signature=2", path)
    assert site.ranges == ["bytes=600000-"]
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("note", ["", "[1]", '{"url": 5}', '{"a": 1}', "\x00", "null"])
def test_a_broken_note_only_costs_the_first_half(site, path, note):
    url = site.put(CONTENT)
    stop_half_way(site, url, path)
    path.with_name("file.origin.json").write_text(note)
    download(url, path)
    assert site.ranges == [None]
    assert path.read_bytes() == CONTENT


def test_a_wrong_checksum_keeps_nothing(site, path):
    url = site.put(CONTENT[:-1] + b"?")
    with pytest.raises(FetchError, match=f"must be {SHA256}; nothing was kept"):
        download(url, path, sha256=SHA256)
    assert names(path) == []


def test_a_wrong_first_half_is_found_by_the_checksum(site, path):
    url = site.put(CONTENT)
    stop_half_way(site, url, path, SHA256)
    part = path.with_name("file.part")
    part.write_bytes(bytes(600_000))
    with pytest.raises(FetchError, match="nothing was kept"):
        download(url, path, sha256=SHA256)
    assert names(path) == []


def test_a_reset_connection_and_a_busy_server_are_tried_again(site, path):
    url = site.put(CONTENT, faults=[site.Status(503), site.Drop(70_000, reset=True)])
    notes = Notes()
    download(url, path, patience=QUICK, progress=notes)
    assert path.read_bytes() == CONTENT
    assert notes.lines[0].startswith("the server answers 503 Service Unavailable; trying again")
    assert len(notes.lines) == 2


def test_a_stalled_connection_is_given_up_and_resumed(site, path):
    url = site.put(CONTENT, faults=[site.Stall(600_000)])
    notes = Notes()
    download(url, path, patience=Patience(timeout=0.3, first_wait=0.01), progress=notes)
    assert notes.lines == ["no byte came for too long; trying again in 0.01 s"]
    assert site.ranges == [None, "bytes=600000-"]
    assert path.read_bytes() == CONTENT


def test_waiting_doubles_while_nothing_comes_and_begins_anew_when_something_does(site, path):
    url = site.put(CONTENT, faults=[site.Status(500)] * 2 + [site.Drop(1000)] + [site.Status(500)])
    notes = Notes()
    download(url, path, patience=QUICK, progress=notes)
    assert [line.rpartition(" in ")[2] for line in notes.lines] == [
        "0.01 s", "0.02 s", "0.01 s", "0.02 s",
    ]  # fmt: skip


def test_a_server_that_never_gets_beyond_a_point_is_given_up(site, path):
    url = site.put(CONTENT, honours_range=False, faults=[site.Drop(1000)] * 9)
    with pytest.raises(FetchError, match="after 1000 of 1500000 bytes; given up after 3 tries"):
        download(url, path, patience=QUICK)


@pytest.mark.parametrize("code", [403, 404, 410])
def test_what_is_not_there_is_refused_at_once(site, path, code):
    url = site.put(CONTENT, faults=[site.Status(code)])
    with pytest.raises(FetchError, match=rf"^{url}: the server answers {code} \w+"):
        download(url, path)
    assert len(site.asked) == 1
    assert names(path) == []


def test_a_body_of_unknown_length_comes_whole_or_is_resumed(site, path):
    url = site.put(CONTENT, tells_length=False, faults=[site.Drop(600_000)])
    download(url, path, patience=QUICK)
    assert path.read_bytes() == CONTENT
    assert site.ranges == [None, "bytes=600000-"]


def test_a_redirect_is_followed_also_from_the_middle(site, path):
    site.put(CONTENT, "/real", faults=[site.Drop(600_000)])
    url = site.put(b"", location=site.url("/real"))
    download(url, path, patience=QUICK)
    assert path.read_bytes() == CONTENT
    assert [a.range for a in site.asked if a.path == "/real"] == [None, "bytes=600000-"]


@pytest.mark.parametrize("to", ["file:///etc/hostname", "ftp://127.0.0.1/x"])
def test_a_redirect_away_from_the_web_is_refused(site, path, to):
    with pytest.raises(FetchError, match=r"no address, must be https|is not allowed"):
        download(site.put(b"", location=to), path)
    assert names(path) == []


def test_a_redirect_out_of_encryption_is_refused():
    request = Request("https://example.org/a")
    with pytest.raises(FetchError, match=r"leads to http://example\.org/b, which is not encrypted"):
        SafeRedirects().redirect_request(request, None, 302, "", {}, "http://example.org/b")


def test_a_circle_of_redirects_ends(site, path):
    with pytest.raises(FetchError, match="302"):
        download(site.put(b"", location=site.url("/archive")), path)


@pytest.mark.parametrize("digits", [19, 400, 5000])
def test_a_length_that_no_file_has_is_as_good_as_none(raw, path, digits):
    length = digits * b"9"
    url = raw(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\nConnection: close\r\n\r\nabc")
    download(url, path, patience=ONE_TRY)
    assert path.read_bytes() == b"abc"


@pytest.mark.parametrize("total", [b"9" * 5000, b"x"])
def test_a_range_that_no_file_has_is_refused(raw, path, total):
    url = raw(b"HTTP/1.1 206 P\r\nContent-Range: bytes 0-2/" + total + b"\r\n\r\nabc")
    with pytest.raises(FetchError, match="the server sends other bytes than asked for"):
        download(url, path, patience=ONE_TRY)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 \x1b[31mred" + 1000 * b"x" + b"\r\n\r\n",
        b"HTTP/1.1 302 \x1b[31mred\r\nLocation: /x\r\n\r\n",
        b"\x1b[31mred, and no HTTP\r\n\r\n",
    ],
)
def test_a_server_cannot_fill_or_command_a_terminal(raw, path, answer):
    with pytest.raises(FetchError, match=r"\?\[31mred|infinite loop") as refusal:
        download(raw(answer), path, patience=ONE_TRY)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize(
    "url",
    ["", "archive.tar", "file:///etc/hostname", "ftp://x/y", "http://", "https:x", "http://[x"],
)
def test_only_addresses_of_the_web_are_taken(path, url):
    with pytest.raises(FetchError, match="no address, must be https"):
        download(url, path)
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:x/", "http://127.0.0.1/a b", "http://127.0.0.1/é"]
)
def test_a_misspelt_address_is_one_line(path, url):
    with pytest.raises(FetchError) as refusal:
        download(url, path)
    assert str(refusal.value).startswith(url)
    assert "\n" not in str(refusal.value)


def test_a_closed_port_is_told_after_the_last_try(path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
    with pytest.raises(FetchError, match=r"Connection refused; given up after 3 tries$"):
        download(url, path, patience=QUICK)


def test_a_host_that_is_not_there_is_told_at_once(path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(FetchError, match=r"host is not found .*is this machine on the internet"):
        download("https://nowhere.invalid/x", path)


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_what_cannot_fit_is_not_begun(site, small_disk):
    with pytest.raises(DiskError, match=r"only 1\.0 MB are free, but 1\.5 MB more are needed"):
        download(site.put(CONTENT), small_disk / "file")
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_is_one_line_and_the_rest_comes_later(site, small_disk, tmp_path_factory):
    url = site.put(CONTENT, tells_length=False)
    with pytest.raises(DiskError, match=r"file\.part: cannot be written: No space left on device"):
        download(url, small_disk / "file")
    came = (small_disk / "file.part").stat().st_size
    assert 0 < came < len(CONTENT)
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    site.asked.clear()
    download(url, small_disk / "file")
    assert site.ranges == [f"bytes={came}-"]
    assert (small_disk / "file").read_bytes() == CONTENT
