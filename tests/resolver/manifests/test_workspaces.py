"""Workspaces: which folders the patterns name, and what their manifests may not do."""

import json
from collections.abc import Iterable

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests import workspaces
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.manifests.workspaces import member_folders, members
from holdfast_resolver.values.npm import NpmManifest, NpmWish

TREE = (
    "packages/a",
    "packages/b",
    "packages/.hidden",
    "apps",
    "apps/x/y",
    "apps/x/node_modules/z",
    "libs/@s/core",
    "libs/empty",
)


def root(*patterns: str) -> NpmManifest:
    return read_package_json(json.dumps({"name": "root", "workspaces": patterns}).encode())


class Disk:
    """Folders and files that are not there."""

    def __init__(self, files: dict[str, bytes], folders: Iterable[str] = ()) -> None:
        self.files = files
        self.folders = {*folders, *[path.rpartition("/")[0] for path in files]}
        self.listed: list[str] = []

    def list(self, path: str) -> set[str]:
        self.listed.append(path)
        inside = f"{path}/" if path else ""
        return {
            rest.partition("/")[0]
            for folder in self.folders
            if folder.startswith(inside) and (rest := folder[len(inside) :])
        }


@pytest.mark.parametrize(
    ("patterns", "folders"),
    [
        ([], []),
        (["packages/*"], ["packages/a", "packages/b"]),
        (["./packages/*/"], ["packages/a", "packages/b"]),
        (["packages/*", "!packages/b"], ["packages/a"]),
        (["!packages/b", "packages/*"], ["packages/a"]),
        (["packages/*", "!packages/b", "packages/b"], ["packages/a", "packages/b"]),
        (["!!packages/a"], ["packages/a"]),
        (["packages/[ab]"], ["packages/a", "packages/b"]),
        (["packages/[^a]"], ["packages/b"]),
        (["packages/?"], ["packages/a", "packages/b"]),
        (["{packages/a,libs/{@s,q}/*}"], ["libs/@s/core", "packages/a"]),
        (["apps/**"], ["apps", "apps/x", "apps/x/y"]),
        (["**/y"], ["apps/x/y"]),
        (["**", "!apps/**", "!libs/**"], ["packages", "packages/a", "packages/b"]),
        (["packages/.hidden"], ["packages/.hidden"]),
        (["*/node_modules/*", "node_modules"], []),
        (["packages/absent"], ["packages/absent"]),
    ],
)
def test_patterns_name_folders(patterns: list[str], folders: list[str]) -> None:
    """Wildcards, alternatives, any depth, and "!" in npm's order; hidden folders only by their own name."""
    disk = Disk({}, TREE)
    assert sorted(member_folders(root(*patterns), disk.list)) == folders
    assert not any("node_modules" in path or ".hidden" in path for path in disk.listed)


def test_members_are_read_in_the_order_of_their_paths() -> None:
    """A folder without a manifest is none; a member without a name has that of its folder, with its scope."""
    disk = Disk({"libs/@s/core/package.json": b"{}", "apps/x/y/package.json": b'{"name": "first"}'}, TREE)
    found = members(root("**"), disk.list, disk.files.get)
    assert [(one.path, one.name) for one in found] == [
        ("apps/x/y/package.json", "first"),
        ("libs/@s/core/package.json", "@s/core"),
    ]


def test_a_member_may_depend_on_itself_and_on_others() -> None:
    """Wishes for members are wishes like any other: who serves them is not asked here."""
    body = b'{"name": "a", "dependencies": {"a": "^1", "b": "workspace:*"}}'
    disk = Disk({"packages/a/package.json": body, "packages/b/package.json": b"{}"})
    found = members(root("packages/*"), disk.list, disk.files.get)
    path = "packages/a/package.json"
    assert found[0].wishes == (
        NpmWish("a", "^1", "dependency", path, 1),
        NpmWish("b", "workspace:*", "dependency", path, 1),
    )


def test_two_members_of_one_name_are_refused() -> None:
    """Both are named."""
    disk = Disk({"a/package.json": b'{"name": "x"}', "b/package.json": b'{"name": "x"}'})
    with pytest.raises(ManifestError) as caught:
        members(root("*"), disk.list, disk.files.get)
    assert (caught.value.path, caught.value.found) == ("b/package.json", "x, as in a/package.json")


def test_a_fault_in_a_member_names_its_file() -> None:
    """The path is the member's."""
    disk = Disk({"a/package.json": b'{"name": "a",\n"name": "b"}'})
    with pytest.raises(ManifestError) as caught:
        members(root("*"), disk.list, disk.files.get)
    assert (caught.value.path, caught.value.line) == ("a/package.json", 2)


def test_a_folder_that_is_no_name_must_say_one() -> None:
    """A member without a name, in a folder that could not be one."""
    disk = Disk({"_a/package.json": b"{}"})
    with pytest.raises(ManifestError, match="no name, in a folder called _a"):
        members(root("*"), disk.list, disk.files.get)


@pytest.mark.parametrize(
    "pattern",
    ["../other", "packages/../../x", "C:/x", "packages/@(a|b)", "+(x)", "{" + ",".join("a" * 1200) + "}", "x/" * 70],
)
def test_a_pattern_that_leaves_the_project_or_means_too_much_is_refused(pattern: str) -> None:
    """Nothing outside the project is ever listed, and no pattern grows without bound."""
    disk = Disk({}, TREE)
    with pytest.raises(ManifestError):
        member_folders(root(pattern), disk.list)
    assert disk.listed == []


def test_an_endless_project_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that seems to hold itself ends at the bounds on depth and number."""
    assert len(member_folders(root("**"), lambda path: {"again"})) == workspaces.DEEPEST
    monkeypatch.setattr(workspaces, "MOST_FOLDERS", 50)
    with pytest.raises(ManifestError, match="at most 50 folders"):
        member_folders(root("**"), lambda path: {"a", "b"})


def test_a_slow_pattern_costs_no_time() -> None:
    """Many wildcards in one word are matched without trying every way to split it."""
    name = "a" * 200
    assert member_folders(root("*a" * 60 + "b"), lambda path: set() if path else {name}) == set()


def test_a_hidden_character_in_a_folder_is_refused() -> None:
    """Its path would stand in the lock."""
    disk = Disk({"a\u202eb/package.json": b'{"name": "x"}'})
    with pytest.raises(ManifestError, match="printable"):
        members(root("*"), disk.list, disk.files.get)
