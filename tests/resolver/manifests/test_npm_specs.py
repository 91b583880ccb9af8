"""What stands behind a dependency's name: every kind of spec, and what is none."""

import pytest

from holdfast_resolver.errors import InvalidRequirement
from holdfast_resolver.manifests.npm_specs import (
    AliasSpec,
    CatalogSpec,
    FolderSpec,
    GitSpec,
    RangeSpec,
    Spec,
    TagSpec,
    TarballSpec,
    WorkspaceSpec,
    parse_spec,
    split_name,
)

HUB = "https://github.com/user/repo"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", RangeSpec("foo", "*")),
        (" * ", RangeSpec("foo", "*")),
        ("\n^1.2\t", RangeSpec("foo", "^1.2")),
        (" ^ 4.17", RangeSpec("foo", "^4.17")),
        ("v1.2.3", RangeSpec("foo", "v1.2.3")),
        ("1.2.3beta", RangeSpec("foo", "1.2.3-beta")),
        (">= 1   <2||  3", RangeSpec("foo", ">=1 <2 || 3")),
        ("latest", TagSpec("foo", "latest")),
        ("1.2.3.4", TagSpec("foo", "1.2.3.4")),
        ("npm:bar@^1", AliasSpec("foo", RangeSpec("bar", "^1"))),
        ("NPM:@s/bar", AliasSpec("foo", RangeSpec("@s/bar", "*"))),
        ("npm:@s/bar@next", AliasSpec("foo", TagSpec("@s/bar", "next"))),
        ("./lib", FolderSpec("foo", "./lib")),
        (".", FolderSpec("foo", ".")),
        ("~/lib", FolderSpec("foo", "~/lib")),
        ("C:\\lib", FolderSpec("foo", "C:/lib")),
        ("a/b/c", FolderSpec("foo", "a/b/c")),
        ("@scope/x", FolderSpec("foo", "@scope/x")),
        ("file:../my%20lib", FolderSpec("foo", "../my lib")),
        ("file:///abs", FolderSpec("foo", "/abs")),
        ("file:/../x", FolderSpec("foo", "../x")),
        ("link:../x", FolderSpec("foo", "../x", linked=True)),
        ("file:../x-1.0.0.tgz", FolderSpec("foo", "../x-1.0.0.tgz", packed=True)),
        ("x.tar.gz", FolderSpec("foo", "x.tar.gz", packed=True)),
        ("user/repo", GitSpec("foo", f"{HUB}.git")),
        ("user/repo#semver:^1.2::path:packages/a", GitSpec("foo", f"{HUB}.git", "", "^1.2", "packages/a")),
        ("github:user/repo.git#v1", GitSpec("foo", f"{HUB}.git", "v1")),
        ("gitlab:group/sub/repo", GitSpec("foo", "https://gitlab.com/group/sub/repo.git")),
        ("gist:1234#main", GitSpec("foo", "https://gist.github.com/1234.git", "main")),
        (HUB, GitSpec("foo", HUB)),
        (f"{HUB}/tree/v1", GitSpec("foo", HUB, "v1")),
        ("git@host.example:user/repo.git#v1", GitSpec("foo", "git@host.example:user/repo.git", "v1")),
        ("git+ssh://git@host.example:user/repo.git#x", GitSpec("foo", "git@host.example:user/repo.git", "x")),
        ("git+ssh://git@host.example:22/x.git", GitSpec("foo", "ssh://git@host.example:22/x.git")),
        ("git+https://host.example/x.git#path:a", GitSpec("foo", "https://host.example/x.git", "", "", "a")),
        (f"{HUB}/archive/v1.tar.gz", TarballSpec("foo", f"{HUB}/archive/v1.tar.gz")),
        ("https://host.example/x", TarballSpec("foo", "https://host.example/x")),
        ("workspace:*", WorkspaceSpec("foo", "foo", "*")),
        ("workspace:^", WorkspaceSpec("foo", "foo", "^")),
        ("workspace:^1.2", WorkspaceSpec("foo", "foo", "^1.2")),
        ("workspace:@s/bar@~", WorkspaceSpec("foo", "@s/bar", "~")),
        ("workspace:../bar", WorkspaceSpec("foo", "foo", "*", "../bar")),
        ("catalog:", CatalogSpec("foo", "default")),
        ("catalog:react18", CatalogSpec("foo", "react18")),
    ],
)
def test_a_spec_is_read_as_npm_and_pnpm_read_it(spec: str, expected: Spec) -> None:
    """Every kind of spec, told apart in npm's order."""
    found = parse_spec("foo", spec)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    "spec",
    [
        "a b",
        "foo@bar",
        "ünï",
        "^1 \u202e2",
        "npm:",
        "npm:foo/bar",
        "npm:../x@1",
        "npm:bar@npm:baz@1",
        "npm:bar@user/repo",
        "npm:bar@a b",
        "workspace:nope nope",
        "user/repo#a::b",
        "user/repo#semver:^1::v2",
        "user/repo#semver:nope nope",
        "github:",
        "jsr:@a/b@1",
        "ftp://host.example/x",
        "svn+ssh://host.example/x",
        "http://[bad",
        "https://host.example:port/x",
        "https:///x.tgz",
        "file:a%00b",
        "1" * 5000,
    ],
)
def test_what_is_no_spec_is_refused(spec: str) -> None:
    """An unknown protocol, a tag that is no word, a nested alias, a hidden character: never guessed."""
    with pytest.raises(InvalidRequirement):
        parse_spec("foo", spec)


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "@a", "@a/b/c", "@/b", "node_modules", "_x", ".x", "a b", "ä"]
)
def test_a_hostile_name_is_refused(name: str) -> None:
    """A name that npm takes for nobody's never reaches a folder or a URL."""
    with pytest.raises(InvalidRequirement):
        parse_spec(name, "^1")
    with pytest.raises(InvalidRequirement):
        parse_spec("foo", f"npm:{name}@^1")


def test_a_name_is_cut_from_its_spec() -> None:
    """The sign of a scope does not end a name."""
    assert split_name("@a/b@^1@2") == ("@a/b", "^1@2")
    assert split_name("@a/b") == ("@a/b", "")
    assert split_name("b@") == ("b", "")
