# SPDX-License-Identifier: Apache-2.0
import hashlib
import io
import os
import pty
import subprocess
import sys
import tarfile

import pytest

TASKS = ("discrete_gestures", "wrist", "handwriting")


def tar(**files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


MODEL = tar(
    **{"out/model_checkpoint.ckpt": os.urandom(300_000), "out/model_config.yaml": b"a: 1\n"}
)
SHA256 = hashlib.sha256(MODEL).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def fetch(semg_here):
    def run(*arguments, command="fetch-models"):
        return semg_here(command, *arguments, "--accept-licence")

    return run


def files_in(folder):
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    )


def test_a_checkpoint_is_fetched_and_the_next_command_told(site, fetch, cache):
    done = fetch("wrist", "--url", site.put(MODEL))
    folder = cache / "models" / "wrist" / "out"
    assert done.returncode == 0, done.stderr
    assert files_in(folder) == ["model_checkpoint.ckpt", "model_config.yaml"]
    assert done.stdout.splitlines() == [
        "checkpoint of wrist: 2 files, 300.0 kB, under CC-BY-NC-4.0",
        "  no checksum was known to check the archive by; to hold it to what came now, add",
        f"  --sha256 {SHA256}",
        f"  {folder}/",
        "",
        "next:",
        f"  semg import-checkpoint {folder} --output wrist-released",
    ]


def test_a_second_call_fetches_nothing_and_asks_nothing(site, fetch, semg_here, cache):
    fetch("wrist", "--url", site.put(MODEL))
    done = semg_here("fetch-models", "wrist")
    assert done.returncode == 0, done.stderr
    assert "was there already" in done.stdout
    assert f"  {cache}/models/wrist/out/" in done.stdout.splitlines()
    assert len(site.asked) == 1


def test_a_known_checksum_is_said_to_be_right(site, fetch):
    done = fetch("wrist", "--url", site.put(MODEL), "--sha256", SHA256.upper())
    assert f"SHA-256 of the archive, as it must be: {SHA256}" in done.stdout


def test_a_wrong_checksum_keeps_nothing_and_says_one_line(site, refused, cache):
    url = site.put(MODEL)
    wrong = "0" * 64
    line = refused("fetch-models", "wrist", "--url", url, "--sha256", wrong, "--accept-licence")
    assert line == f"{url}: its SHA-256 is {SHA256}, must be {wrong}; nothing was kept"
    assert files_in(cache) == []


def test_a_download_that_stopped_half_way_is_resumed_by_the_same_command(site, fetch, cache):
    faults = [site.Drop(100_000), site.Status(404)]
    arguments = ("wrist", "--url", site.put(MODEL, faults=faults))
    stopped = fetch(*arguments)
    assert stopped.returncode == 2
    assert files_in(cache) == ["models/wrist.archive.origin.json", "models/wrist.archive.part"]
    assert fetch(*arguments, "--sha256", SHA256).returncode == 0
    assert site.ranges == [None, "bytes=100000-", "bytes=100000-"]
    assert site.bytes_sent == len(MODEL)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (MODEL[:200_000], "is cut off or damaged"),
        (tar(**{"../evil": b"1"}), "entry '../evil' leads outside of the folder"),
        (b"<html>log in first</html>", "must be a zip or a tar archive"),
    ],
    ids=["cut off", "outside", "a web page"],
)
def test_a_bad_archive_is_one_line_and_nothing_is_kept(site, refused, cache, content, why):
    arguments = ("wrist", "--url", site.put(content), "--accept-licence")
    assert why in refused("fetch-models", *arguments)
    assert files_in(cache) == []


def test_all_tasks_come_by_one_address_with_a_field(site, fetch, cache):
    for name in TASKS:
        site.put(tar(**{"model.ckpt": name.encode()}), f"/{name}.tgz")
    done = fetch("all", "--url", site.url("/{task}.tgz"))
    assert done.returncode == 0, done.stderr
    for name in TASKS:
        assert (cache / "models" / name / "model.ckpt").read_text() == name
    assert done.stdout.count("semg import-checkpoint") == 3
    # Only what is missing is fetched again.
    (cache / "models" / "wrist" / "model.ckpt").unlink()
    fetch("all", "--url", site.url("/{task}.tgz"))
    assert [asked.path for asked in site.asked[3:]] == ["/wrist.tgz"]


def test_sample_and_full_set_lie_beside_each_other(site, fetch, tmp_path):
    for name, arguments in (("sample", ()), ("full", ("--full",))):
        url = site.put(tar(**{f"{name}/wrist_corpus.csv": b"dataset,start,end,split\n"}))
        place = tmp_path / "a place"
        done = fetch("wrist", "--url", url, "--cache", place, *arguments, command="fetch-data")
        folder = place / "data" / name / "wrist" / name
        assert (folder / "wrist_corpus.csv").is_file()
        last = done.stdout.splitlines()[-1]
        assert last == f"  semg evaluate --bundle wrist --data '{folder}'"


def test_an_archive_without_what_was_expected_is_noted(site, fetch, cache):
    done = fetch("wrist", "--url", site.put(tar(readme=b"hello")))
    assert done.returncode == 0
    assert done.stderr == f"semg: note: there is no *.ckpt in {cache}/models/wrist\n"


def test_refusals_are_one_line(refused, site, cache):
    def line(*arguments):
        return refused("fetch-models", *arguments, "--accept-licence")

    assert "no address is known that we have seen to be right; take it from https://" in line("all")
    assert line("all", "--url", site.url("/x")).endswith("must have {task} in it")
    several = ("all", "--url", site.url("/{task}"), "--sha256", SHA256)
    assert line(*several) == "--sha256: one checksum for 3 archives, must be one TASK"
    assert "must be https://... or http://..." in line("wrist", "--url", "file:///etc/hostname")
    assert not cache.exists()
    assert "the server answers 404 Not Found" in line("wrist", "--url", site.url("/x"))
    assert files_in(cache) == []


def test_a_checksum_has_to_look_like_one(semg_here):
    done = semg_here("fetch-data", "wrist", "--sha256", "abc")
    assert done.returncode == 2
    assert "'abc' is no SHA-256, must be 64 hexadecimal digits" in done.stderr


def test_without_terminal_and_option_nothing_is_asked_of_the_server(semg, site, cache):
    done = semg("fetch-models", "wrist", "--url", site.put(MODEL), stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stderr == (
        "semg fetch-models: checkpoint of wrist: under CC-BY-NC-4.0 "
        "(https://creativecommons.org/licenses/by-nc/4.0/); "
        "without a terminal to ask on, --accept-licence is needed\n"
    )
    assert site.asked == []
    assert not cache.exists()


@pytest.mark.parametrize(("answer", "status", "requests"), [("y", 0, 1), ("n", 2, 0)])
def test_the_licence_is_asked_for_on_a_terminal(semg, site, answer, status, requests):
    outer, inner = pty.openpty()
    with os.fdopen(outer, "wb", buffering=0) as keyboard, os.fdopen(inner) as terminal:
        keyboard.write(f"{answer}\n".encode())
        done = semg("fetch-models", "wrist", "--url", site.put(MODEL), stdin=terminal)
    assert "under CC-BY-NC-4.0, https://creativecommons.org/licenses/by-nc/4.0/" in done.stderr
    assert done.returncode == status
    assert len(site.asked) == requests
    if status:
        assert done.stderr.endswith("CC-BY-NC-4.0 was not accepted; nothing was fetched\n")
    assert "Traceback" not in done.stderr


def test_a_killed_command_leaves_a_download_that_can_go_on(semg, site, cache):
    url = site.put(MODEL, faults=[site.Stall(200_000)])
    arguments = ["fetch-models", "wrist", "--url", url, "--accept-licence"]
    process = subprocess.Popen(
        [sys.executable, "-m", "semg_bringup.command.main", *arguments], env=semg.environment
    )
    assert site.stalled.wait(60)
    process.kill()
    process.wait(60)
    part = cache / "models" / "wrist.archive.part"
    came = part.stat().st_size if part.exists() else 0
    assert came <= 200_000
    assert semg(*arguments).returncode == 0
    assert site.ranges == [None, f"bytes={came}-" if came else None]
    assert (cache / "models" / "wrist" / "out" / "model_config.yaml").read_bytes() == b"a: 1\n"
