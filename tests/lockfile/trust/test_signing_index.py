"""The index that shows who published its files does what stories believe of it."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.index_server import Habits, status
from tests.support.packages import read_releases
from tests.support.signing_index import SigningIndex, signing_index
from tests.support.sigstore_flaws import FLAWS
from tests.support.sigstore_identities import GitHubWorkflow, GitLabPipeline
from tests.support.sigstore_world import SigstoreWorld

PAGE = Path(__file__).parents[3] / "docs" / "testing-signers.md"
SHELF = """
tool 1.0 | sdist static
tool 1.1
"""
WHEEL, SDIST, NEWER = "tool-1.0-py3-none-any.whl", "tool-1.0.tar.gz", "tool-1.1-py3-none-any.whl"
PATH = f"/integrity/tool/1.0/{WHEEL}/provenance"


def get(url: str, etag: str = "") -> tuple[int, bytes]:
    """Status and body."""
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


def links(index: SigningIndex) -> dict[str, Any]:
    """What the page of tool says of each file's provenance; files of which it says nothing are left out."""
    body = get(index.url + "tool/")[1]
    if index.habits.form == "json":
        page = json.loads(body)
        return {entry["filename"]: entry["provenance"] for entry in page["files"] if "provenance" in entry}
    anchors = re.findall(r'<a data-provenance="([^"]*)" href="/files/[^>]*>([^<]*)</a>', body.decode())
    return {name: link for link, name in anchors}


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize("kind", ["absolute", "relative"])
def test_pages_link_to_evidence(form: str, kind: str) -> None:
    """Signed files have a link, others none; the link leads to the provenance object."""
    with signing_index(read_releases(SHELF), Habits(form=form), links=kind) as index:
        assert links(index) == {}
        index.attest("tool-1.0*", GitHubWorkflow())
        origin = index.origin if kind == "absolute" else ""
        assert links(index)[WHEEL] == origin + PATH
        assert set(links(index)) == {WHEEL, SDIST}
        code, body = get(index.origin + PATH)
        assert code == 200
        said = json.loads(body)
        signed = index.world.attest(WHEEL, index.files[WHEEL].sha256, GitHubWorkflow())
        assert said == index.world.provenance([signed])
        assert index.integrity_count() == 1


def test_null_for_files_without_evidence() -> None:
    """A page can say outright that there is no evidence."""
    with signing_index(read_releases(SHELF), links="null") as index:
        index.attest(WHEEL, GitHubWorkflow())
        assert links(index) == {WHEEL: index.origin + PATH, SDIST: None, NEWER: None}


def test_an_index_can_be_silent_or_ignorant() -> None:
    """Silent: only the endpoint knows. None: the endpoint does not exist either."""
    for kind, code in (("silent", 200), ("none", 404)):
        with signing_index(read_releases(SHELF), links=kind) as index:
            index.attest(WHEEL, GitHubWorkflow())
            assert links(index) == {}
            assert get(index.origin + PATH)[0] == code


def test_there_is_no_evidence_elsewhere() -> None:
    """Files without evidence, other releases and unknown files are not found."""
    with signing_index(read_releases(SHELF)) as index:
        index.attest(WHEEL, GitHubWorkflow())
        for path in (
            PATH.replace("1.0/", "1.1/"),
            PATH.replace(WHEEL, SDIST),
            PATH + "/more",
            "/integrity/",
        ):
            assert get(index.origin + path)[0] == 404
        with pytest.raises(AssertionError, match="no file matches"):
            index.attest("other-*", GitHubWorkflow())


def test_evidence_changes_while_the_index_runs() -> None:
    """Evidence is replaced, spoilt, foreign or gone, and the page's ETag moves with the links."""
    with signing_index(read_releases(SHELF)) as index:
        index.attest("*", GitHubWorkflow(), GitLabPipeline())
        assert len(json.loads(index.evidence[WHEEL])["attestation_bundles"]) == 2
        lie = {"kind": "GitHub", "repository": "evil/tool", "workflow": "release.yml"}
        index.attest(WHEEL, GitHubWorkflow(), publisher=lie)
        assert json.loads(index.evidence[WHEEL])["attestation_bundles"][0]["publisher"] == lie
        before = index.evidence[SDIST]
        index.attest(SDIST, GitHubWorkflow(), flaws=FLAWS["no inclusion proof"])
        spoilt = index.evidence[SDIST]
        index.attest(SDIST, GitHubWorkflow(), world=SigstoreWorld("staging"))
        assert len({before, spoilt, index.evidence[SDIST]}) == 3
        index.unsign(NEWER)
        assert set(links(index)) == {WHEEL, SDIST}


def test_pages_are_not_modified_until_links_are() -> None:
    """An ETag of a page holds as long as its links do."""
    with signing_index(read_releases(SHELF)) as index:
        index.attest(WHEEL, GitHubWorkflow())
        etag = page_etag(index)
        assert get(index.url + "tool/", etag)[0] == 304
        index.attest(SDIST, GitHubWorkflow())
        assert get(index.url + "tool/", etag)[0] == 200
        assert page_etag(index) != etag


def test_evidence_fails_as_files_do() -> None:
    """Faults are at the paths of evidence too, and files and pages are served as ever."""
    with signing_index(read_releases(SHELF)) as index:
        index.attest(WHEEL, GitHubWorkflow())
        index.faults[index.integrity_path(WHEEL)] = [status(503, times=1)]
        assert [get(index.origin + PATH)[0] for _ in range(2)] == [503, 200]
        assert get(f"{index.origin}/files/{WHEEL}") == (200, index.files[WHEEL].data)
        assert get(index.url + "nothing/")[0] == 404


def page_etag(index: SigningIndex) -> str:
    """The ETag of the page of tool."""
    with urllib.request.urlopen(index.url + "tool/", timeout=5) as answer:
        return str(answer.headers["ETag"])


def test_the_examples_of_the_page_run(tmp_path: Path) -> None:
    """What docs/testing-signers.md shows is what works, one example after the other."""
    examples = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(examples) == 4
    names: dict[str, object] = {"folder": tmp_path, "__name__": "examples"}
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), names)
