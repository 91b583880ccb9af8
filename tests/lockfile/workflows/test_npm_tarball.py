"""What a tarball says that it is: `verify` compares it with the release that its registry lists it as."""

from pathlib import Path

import pytest

from holdfast.workflows.npm_tarball import Claim, claim_of
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Published, release, serving, tarball


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ({"name": "other", "version": "1.3.0"}, "other 1.3.0"),
        ({"name": "left-pad", "version": "9.9.9"}, "left-pad 9.9.9"),
        ({"name": "left-pad", "version": "1.3.0"}, ""),
        ({"name": "left-pad", "version": "v1.3.0"}, ""),
        ({"name": "left-pad", "version": "1.3.0+build.7"}, ""),
        ({"name": "left-pad"}, ""),
    ],
)
def test_a_tarball_that_says_it_is_another_release_is_named(inside: dict[str, str], said: str, tmp_path: Path) -> None:
    """The bytes are those that are pinned; what a registry leaves out of a version is no difference."""
    published = Published({"name": "left-pad", "version": "1.3.0"}, tarball(inside, {}))
    with serving(published) as registry:
        project = NpmProject(tmp_path, registry, {"left-pad": "*"}).locked()
        done = project.run("verify")
    assert done.code == (1 if said else 0), done.out
    if said:
        assert "error[facts-differ]: left-pad 1.3.0" in done.out.replace("npm:", "")
        assert "expected: a tarball whose own package.json says left-pad 1.3.0" in done.out
        assert f"found: {said}" in done.out


def test_the_root_manifest_counts_and_no_other() -> None:
    """Packages bundle others, and tests bring odd manifests along."""
    body = tarball(
        {"name": "a", "version": "1.0.0"}, {"node_modules/b/package.json": b'{"name":"b","version":"2.0.0"}'}
    )
    assert claim_of(body, "a-1.0.0.tgz") == Claim("a", "1.0.0")


@pytest.mark.parametrize("body", [b"", b"no archive", release("a", "1.0.0").tarball[:40]])
def test_what_cannot_be_read_says_nothing(body: bytes) -> None:
    """The digest is what is pinned; a broken archive installs nothing."""
    assert claim_of(body, "a-1.0.0.tgz") is None
