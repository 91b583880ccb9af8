"""`file:` indexes."""

import hashlib
from pathlib import Path

import pytest

from holdfast_resolver.clients.settings import IndexSettings
from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryRefused, RegistryUnavailable
from holdfast_resolver.fetch.folders import FolderTransport
from holdfast_resolver.fetch.http import HttpTransport
from tests.support.http_client import ask


@pytest.fixture
def index(tmp_path: Path) -> str:
    """<tmp>/index/simple/{click,plain}/ and <tmp>/index/packages/; <tmp>/secret lies outside."""
    root = tmp_path / "index"
    for folder in ("simple/click", "simple/plain", "packages"):
        (root / folder).mkdir(parents=True)
    (root / "simple/click/index.html").write_bytes(b"<a href='../../packages/a b.whl'>a b.whl</a>")
    (root / "packages/a b.whl").write_bytes(b"0123456789")
    (root / "simple/plain/plain-1.0.tar.gz").write_bytes(b"sdist")
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "packages/link.whl").symlink_to(tmp_path / "secret")
    return (root / "simple").as_uri() + "/"


def test_a_page_and_a_file_beside_the_index_are_served(index: str) -> None:
    """A folder's index.html is its page; artifacts may lie beside the index."""
    http = HttpTransport(IndexSettings(index_url=index))
    page = http.send(ask(index + "click/"))
    assert (page.status, page.headers["content-type"]) == (200, "text/html")
    assert b"a b.whl" in page.body
    assert http.send(ask(index + "../packages/a%20b.whl")).body == b"0123456789"
    assert http.requests == 2
    http.close()


def test_a_folder_without_a_page_gets_one_with_hashes(index: str) -> None:
    """The files of a plain folder are listed with their sha256, so that they can be pinned."""
    page = FolderTransport([index]).send(ask(index + "plain/"))
    digest = hashlib.sha256(b"sdist").hexdigest()
    assert f'<a href="plain-1.0.tar.gz#sha256={digest}">plain-1.0.tar.gz</a>' in page.body.decode()


@pytest.mark.parametrize(
    ("range_header", "status", "body"),
    [
        ("bytes=-4", 206, b"6789"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=8-", 206, b"89"),
        ("bytes=10-", 416, b""),
    ],
)
def test_ranges_of_a_file(index: str, range_header: str, status: int, body: bytes) -> None:
    """Ranges are served as a server would."""
    answer = FolderTransport([index]).send(ask(index + "../packages/a%20b.whl", part=range_header))
    assert (answer.status, answer.body) == (status, body)


def test_what_is_absent_is_a_404(index: str) -> None:
    """No folder, no file, or a file where a folder should be."""
    transport = FolderTransport([index])
    for path in ("nothing/", "click/nothing.whl", "click/index.html/more"):
        assert transport.send(ask(index + path)).status == 404


@pytest.mark.parametrize("path", ["../../secret", "../packages/link.whl", "%2e%2e/%2e%2e/secret"])
def test_nothing_outside_is_served(index: str, path: str) -> None:
    """Neither `..` nor a link leads out of the folder that holds the index."""
    with pytest.raises(RegistryRefused):
        FolderTransport([index]).send(ask(index + path))


def test_without_a_file_index_no_file_is_served(index: str) -> None:
    """A page of a network index cannot name a file of this machine."""
    http = HttpTransport(IndexSettings(index_url="https://packages.example/simple/"))
    with pytest.raises(RegistryRefused):
        http.send(ask(index + "click/"))
    http.close()


def test_a_file_is_bounded(index: str) -> None:
    """A file longer than allowed is refused."""
    with pytest.raises(RegistryAnswerInvalid):
        FolderTransport([index]).send(ask(index + "../packages/a%20b.whl", max_bytes=9))


def test_a_file_that_cannot_be_read_is_unavailable(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's reason is given."""

    def refuse(*arguments: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(RegistryUnavailable) as caught:
        FolderTransport([index]).send(ask(index + "click/"))
    assert caught.value.detail == "Permission denied"
