# SPDX-License-Identifier: Apache-2.0
import gzip
import io
import tarfile
import zipfile

import pytest

FILES = {"wrist/model_config.yaml": b"hidden: 512\n", "wrist/model.ckpt": bytes(range(256)) * 40}


@pytest.fixture
def files():
    """What an honest archive holds."""
    return dict(FILES)


@pytest.fixture
def tar_of():
    """Return the bytes of a tar archive of (TarInfo or name, content) pairs."""

    def make(*entries, packed=""):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode=f"w:{packed}", format=tarfile.PAX_FORMAT) as archive:
            for entry, content in entries:
                info = entry if isinstance(entry, tarfile.TarInfo) else tarfile.TarInfo(entry)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        return buffer.getvalue()

    return make


@pytest.fixture
def zip_of():
    """Return the bytes of a zip archive of (ZipInfo or name, content) pairs."""

    def make(*entries):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in entries:
                archive.writestr(entry, content)
        return buffer.getvalue()

    return make


@pytest.fixture(params=["tar", "tar.gz", "tar.bz2", "tar.xz", "zip"])
def honest(request, tar_of, zip_of, files):
    """An archive of `files` of each kind."""
    if request.param == "zip":
        return zip_of(*files.items())
    return tar_of(*files.items(), packed=request.param.partition(".")[2])


@pytest.fixture
def tree():
    """Return the content of each file in a folder, by its path."""

    def read(folder):
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    return read


@pytest.fixture
def gzipped_zeros():
    """A gzip file of so many zeros."""

    def make(size):
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb") as file:
            for _ in range(size // 2**20):
                file.write(bytes(2**20))
        return buffer.getvalue()

    return make
