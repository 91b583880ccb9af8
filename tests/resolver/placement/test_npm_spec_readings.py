"""What the text behind a dependency's name asks for."""

import pytest

from holdfast_resolver.placement.specs import FOREIGN, RANGE, TAG, WORKSPACE, foreign_kind, read_spec


@pytest.mark.parametrize(
    ("spec", "kind", "text", "name"),
    [
        ("", RANGE, "*", ""),
        (" ^1.2 ", RANGE, "^1.2", ""),
        ("1.2.3", RANGE, "1.2.3", ""),
        (">=1 <2 || 3.x", RANGE, ">=1 <2 || 3.x", ""),
        (">=17.0.0 <17.0.0", RANGE, ">=17.0.0 <17.0.0", ""),
        ("latest", TAG, "latest", ""),
        ("next-11", TAG, "next-11", ""),
        ("npm:other", RANGE, "*", "other"),
        ("npm:other@^1", RANGE, "^1", "other"),
        ("npm:@a/b@beta", TAG, "beta", "@a/b"),
        ("NPM:@a/b", RANGE, "*", "@a/b"),
        ("npm:", FOREIGN, "npm:", ""),
        ("npm:@a", FOREIGN, "npm:@a", ""),
        ("npm:a/b@1", FOREIGN, "npm:a/b@1", ""),
        ("npm:a@npm:b@1", FOREIGN, "npm:a@npm:b@1", ""),
        ("workspace:^", WORKSPACE, "workspace:^", ""),
        ("file:../a", FOREIGN, "file:../a", ""),
        ("user/repository", FOREIGN, "user/repository", ""),
        ("a tag with blanks", FOREIGN, "a tag with blanks", ""),
        ("a.tgz", FOREIGN, "a.tgz", ""),
    ],
)
def test_a_spec_is_read_as_npm_reads_it(spec: str, kind: str, text: str, name: str) -> None:
    """Ranges first, then tags; an alias has a name of its own; all else is foreign to a registry."""
    assert read_spec(spec) == (kind, text, name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("git+https://host.example/a.git#v1", "git"),
        ("git@host.example:a/b", "git"),
        ("github:a/b", "git"),
        ("https://host.example/a.git", "git"),
        ("a/b", "git"),
        ("https://host.example/a.tgz", "tarball"),
        ("./a-1.0.0.tgz", "tarball"),
        ("../a", "folder"),
        ("~/a", "folder"),
        ("file:a", "folder"),
        ("npm:@a", "alias"),
        ("catalog:", "protocol"),
        ("what is this", "protocol"),
    ],
)
def test_a_foreign_spec_has_a_kind(text: str, kind: str) -> None:
    """What a registry does not serve is told apart for the message."""
    assert foreign_kind(text) == kind
