"""`pnpm-workspace.yaml`: members, overrides, catalogs, and the YAML that is not taken."""

import json

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.manifests.pnpm_workspace import (
    PnpmWorkspace,
    as_pnpm_reads,
    pnpm_overrides,
    read_pnpm_workspace,
    with_catalogs,
)
from holdfast_resolver.manifests.yaml_places import DEEPEST, MAX_BYTES
from holdfast_resolver.values.npm import NpmManifest, NpmOverride

WHOLE = b"""\
# members
packages:
  - packages/*
  - '!**/test/**'
catalog:
  react: &react ^18.2.0
  react-dom: *react
catalogs:
  old: {react: "17"}
overrides:
  semver: ^7.5.2
  "a@1>b@^2": "3"
  "c@>=1 <2>d@>3": $lodash
  react: "catalog:"
onlyBuiltDependencies: [esbuild]
"""


def root(**wishes: str) -> NpmManifest:
    return read_package_json(json.dumps({"dependencies": wishes}).encode())


def refused(body: bytes) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        pnpm_overrides(read_pnpm_workspace(body), {})
    return caught.value


def test_the_file_is_read_whole() -> None:
    """Members, overrides with their lines, and catalogs; other settings are passed over."""
    assert read_pnpm_workspace(WHOLE) == PnpmWorkspace(
        "pnpm-workspace.yaml",
        ("packages/*", "!**/test/**"),
        (
            ("semver", "^7.5.2", 11),
            ("a@1>b@^2", "3", 12),
            ("c@>=1 <2>d@>3", "$lodash", 13),
            ("react", "catalog:", 14),
        ),
        (("default", (("react", "^18.2.0"), ("react-dom", "^18.2.0"))), ("old", (("react", "17"),))),
    )


@pytest.mark.parametrize("body", [b"", b"# nothing\n", b"packages:\n", b"\xef\xbb\xbfcatalog:\n", b"---\n"])
def test_an_empty_file_says_nothing(body: bytes) -> None:
    """A key without a value is as good as none."""
    assert read_pnpm_workspace(body) == PnpmWorkspace("pnpm-workspace.yaml")


def test_a_manifest_is_read_with_the_workspace() -> None:
    """Catalogs are put in, `parent>name` becomes a chain, `$name` and `catalog:` in overrides are what they mean."""
    manifest = as_pnpm_reads(root(lodash="^4", react="catalog:old"), read_pnpm_workspace(WHOLE))
    assert [(wish.name, wish.spec, wish.line) for wish in manifest.wishes] == [("lodash", "^4", 1), ("react", "17", 1)]
    assert manifest.workspaces == ("packages/*", "!**/test/**")
    assert manifest.overrides == (
        NpmOverride((), "semver", "", "^7.5.2", 11),
        NpmOverride((("a", "1"),), "b", "^2", "3", 12),
        NpmOverride((("c", ">=1 <2"),), "d", ">3", "^4", 13),
        NpmOverride((), "react", "", "^18.2.0", 14),
    )


def test_an_unknown_entry_of_a_catalog_is_the_wishs_fault() -> None:
    """The manifest's line is named, and where the entry should be."""
    workspace = read_pnpm_workspace(WHOLE)
    for spec, name in (("catalog:", "vue"), ("catalog:new", "react")):
        with pytest.raises(ManifestError) as caught:
            with_catalogs(root(**{name: spec}), workspace)
        error = caught.value
        expected = f"{name}: an entry of a catalog in pnpm-workspace.yaml"
        assert (error.path, error.line, error.expected) == ("package.json", 1, expected)


def test_a_manifest_without_catalogs_is_left_as_it_is() -> None:
    """The same value comes back."""
    manifest = root(a="^1")
    assert with_catalogs(manifest, PnpmWorkspace("x")) is manifest


@pytest.mark.parametrize(
    ("body", "line", "expected"),
    [
        (b"a: 1\na: 2\n", 2, "a: each key once"),
        (b"catalog:\n  x: '1'\n  x: '2'\n", 3, "x: each key once"),
        (b"packages: [a\n", 2, "valid YAML"),
        (b"\ta: 1\n", 1, "valid YAML"),
        (b"a: \x00\n", 0, "valid YAML"),
        (b"a: \xff\n", 1, "UTF-8 text"),
        (b"- a\n", 1, "a mapping"),
        (b"a: 1\n---\nb: 2\n", 2, "one document"),
        (b"a: !!python/object/apply:os.system [x]\n", 1, "values without tags"),
        (b"a: !x y\n", 1, "values without tags"),
        (b"a: &a [x]\nb: [*a, *a]\n", 2, "an anchor of a single value"),
        (b"a: &a [*a]\n", 1, "an anchor of a single value"),
        (b"<<: {a: 1}\n", 1, "a plain key"),
        (b"? [a]\n: b\n", 1, "a plain key"),
        (b"[" * 100_000, 1, f"at most {DEEPEST} lists and mappings in each other"),
        (b"#" * (MAX_BYTES + 1), 0, f"at most {MAX_BYTES} bytes"),
        (b"packages: x\n", 1, "packages: a list"),
        (b"packages:\n  - a\n  - 3\n", 3, "packages[1]: a string, in quotation marks"),
        (b"catalog: [a]\n", 1, "catalog: a mapping"),
        (b"catalog:\n  react: 18\n", 2, "catalog.react: a string, in quotation marks"),
        (b"catalog:\n  ../x: '1'\n", 2, "catalog.../x: a name that does not begin with '.', '-' or '_'"),
        (b"catalog:\n  a: 'catalog:'\n", 2, "catalog.a: a spec that is in no catalog itself"),
        (b"catalog: {a: '1'}\ncatalogs:\n  default: {a: '1'}\n", 3, "one default catalog"),
        (b"overrides:\n  a: '-'\n", 2, "overrides.a: a spec"),
        (b"overrides:\n  a: $b\n", 2, "overrides.a: a direct dependency of the project after '$'"),
        (b"overrides:\n  a: 'catalog:'\n", 2, "overrides.a: an entry of the catalog"),
        (b"overrides:\n  'a@next': '1'\n", 2, "overrides.a@next: an npm range such as ^1.2, >=1.2 <3 or 1.x || 2.x"),
    ],
)
def test_a_fault_names_its_line(body: bytes, line: int, expected: str) -> None:
    """Wrong YAML, YAML that means more than it says, and wrong values."""
    error = refused(body)
    assert (error.path, error.line, error.expected) == ("pnpm-workspace.yaml", line, expected)
