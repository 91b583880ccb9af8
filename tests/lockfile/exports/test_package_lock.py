"""`export package-lock`: entries as npm writes them, from a lock that names no folder and no URL."""

import json
from typing import Any

import pytest

from holdfast.errors import Undecided
from holdfast.exports.npm_graph import Manifest
from holdfast.exports.package_lock import package_lock
from holdfast.exports.port import Locate, LocatedFile
from holdfast.imports.compare import compare
from holdfast.imports.table import read_foreign
from holdfast.model.lock import Input, Lock, Pin
from tests.lockfile.exports.npm_locks import GOLDEN, LOCK, digest, golden, listed, lock, part, pin


def entries(made: Lock, *manifests: Manifest, locate: Locate | None = None) -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads(package_lock(made, manifests, locate))["packages"]
    return packages


def root(**tables: Any) -> Manifest:
    return Manifest("", {"name": "shop", "version": "1.0.0", **tables})


def flags(made: Lock, *manifests: Manifest) -> dict[str, list[str]]:
    """Path -> why it is there, without the project and its links."""
    words = ("dev", "devOptional", "optional", "peer")
    found = entries(made, *manifests)
    return {
        path: [word for word in words if word in found[path]] for path in found if "version" in found[path] and path
    }


def asking(text: str, kind: str = "project") -> Input:
    return part(kind, *text.split(", "))


def test_the_golden_file() -> None:
    """Workspaces, an alias, two contexts of one release, optional, development and bundled packages."""
    assert golden() == GOLDEN.read_text(encoding="utf-8"), "run: python -m tests.lockfile.exports.npm_locks"


def test_what_was_exported_is_no_difference() -> None:
    """`check --against` finds our own file clean."""
    assert compare(LOCK, read_foreign("package-lock.json", golden())) == ()


def test_a_url_counts_only_with_the_pinned_hash() -> None:
    """Without one, npm asks the registry and holds the answer to the integrity."""
    made = lock((asking("a *"),), pin("a", "1.0.0"))
    manifest = root(dependencies={"a": "*"})

    def offer(file: str, hash_: str) -> Locate:
        return lambda _: {file: LocatedFile("https://registry.example/a/-/a-1.0.0.tgz", hash_)}

    right = entries(made, manifest, locate=offer("a-1.0.0.tgz", digest("a", "1.0.0")))
    assert right["node_modules/a"]["resolved"] == "https://registry.example/a/-/a-1.0.0.tgz"
    for locate in (None, offer("a-1.0.0.tgz", digest("a", "2.0.0")), offer("b-1.0.0.tgz", digest("a", "1.0.0"))):
        assert "resolved" not in entries(made, manifest, locate=locate)["node_modules/a"]


def test_every_pin_is_located_once() -> None:
    """However many folders it stands in; a pin that stands nowhere is not asked for."""
    asked: list[str] = []

    def locate(made: Pin) -> dict[str, LocatedFile]:
        asked.append(f"{made.name} {made.version}")
        return listed(made)

    pins = [pin(name, "1.0.0", "x ^1") for name in ("a", "b")]
    made = lock((asking("a *, b *, x ^2"),), *pins, pin("x", "1.0.0"), pin("x", "2.0.0"), pin("y", "1.0.0"))
    found = entries(made, root(dependencies={"a": "*", "b": "*", "x": "^2"}), locate=locate)
    assert [path for path in found if path.endswith("node_modules/x")] == [
        "node_modules/a/node_modules/x",
        "node_modules/b/node_modules/x",
        "node_modules/x",
    ]
    assert sorted(asked) == ["a 1.0.0", "b 1.0.0", "x 1.0.0", "x 2.0.0"]


@pytest.mark.parametrize(
    ("manifest", "inputs", "expected"),
    [
        ({"dependencies": {"a": "*"}}, [asking("a *")], []),
        ({"devDependencies": {"a": "*"}}, [asking("a *", "dev")], ["dev"]),
        ({"optionalDependencies": {"a": "*"}}, [asking("a * ; optional", "optional")], ["optional"]),
        ({"peerDependencies": {"a": "*"}}, [asking("a * ; peer", "peer")], ["peer"]),
        (
            {"devDependencies": {"c": "*"}, "optionalDependencies": {"a": "*"}},
            [asking("c *", "dev"), asking("a * ; optional", "optional")],
            ["devOptional"],
        ),
        ({"dependencies": {"c": "*"}, "devDependencies": {"a": "*"}}, [asking("c *"), asking("a *", "dev")], []),
    ],
)
def test_why_a_package_is_there(manifest: dict[str, Any], inputs: list[Input], expected: list[str]) -> None:
    """Of `a`, and of `b` which it needs; `c` needs them as well."""
    made = lock(tuple(inputs), pin("a", "1.0.0", "b *"), pin("b", "1.0.0", "a *"), pin("c", "1.0.0", "a *"))
    found = flags(made, root(**manifest))
    assert found["node_modules/a"] == found["node_modules/b"] == expected


def test_a_name_in_several_tables_is_what_npm_takes_it_for() -> None:
    """An optional one before a plain one, a development one before all."""
    inputs = (asking("a * ; optional", "optional"), asking("b *", "dev"))
    manifest = root(dependencies={"a": "*", "b": "*"}, optionalDependencies={"a": "*"}, devDependencies={"b": "*"})
    assert flags(lock(inputs, pin("a", "1.0.0"), pin("b", "1.0.0")), manifest) == {
        "node_modules/a": ["optional"],
        "node_modules/b": ["dev"],
    }


def test_requirements_stand_as_the_lock_has_them() -> None:
    """By kind; an alias with what it stands for; what is optional and not locked is not asked for again."""
    made = lock(
        (asking("a *"),),
        pin(
            "a",
            "1.0.0",
            "b ^1 ; as bee",
            "c ~1 ; optional",
            "d 1 ; optional => none",
            "e >=1 ; peer",
            "f 2 ; peer optional",
        ),
        pin("b", "1.0.0"),
        pin("c", "1.0.0"),
        pin("e", "1.0.0"),
    )
    found = entries(made, root(dependencies={"a": "*"}))
    assert found["node_modules/a"]["dependencies"] == {"bee": "npm:b@^1"}
    assert found["node_modules/a"]["optionalDependencies"] == {"c": "~1"}
    assert found["node_modules/a"]["peerDependencies"] == {"e": ">=1", "f": "2"}
    assert found["node_modules/a"]["peerDependenciesMeta"] == {"f": {"optional": True}}
    assert found["node_modules/bee"]["name"] == "b"
    assert sorted(found) == ["", "node_modules/a", "node_modules/bee", "node_modules/c", "node_modules/e"]


def test_an_absent_optional_peer_does_not_see_another_version() -> None:
    """What it would not take is placed where it does not look."""
    made = lock(
        (asking("a *, b *"),),
        pin("a", "1.0.0", "x ^2 ; peer optional => none"),
        pin("b", "1.0.0", "x ^1"),
        pin("x", "1.0.0"),
    )
    found = entries(made, root(dependencies={"a": "*", "b": "*"}))
    assert list(found)[1:] == ["node_modules/a", "node_modules/b", "node_modules/b/node_modules/x"]


def test_a_chosen_version_is_kept_to() -> None:
    """`=> version` where the choice is not the highest that fits."""
    pins = (pin("a", "1.0.0", "x ^1 => 1.0.0"), pin("b", "1.0.0", "x ^1"), pin("x", "1.0.0"), pin("x", "1.1.0"))
    found = entries(lock((asking("a *, b *"),), *pins), root(dependencies={"a": "*", "b": "*"}))
    assert {path: entry["version"] for path, entry in found.items() if path.endswith("x")} == {
        "node_modules/x": "1.0.0",
        "node_modules/b/node_modules/x": "1.1.0",
    }


def test_members_may_stand_in_each_other() -> None:
    """A workspace looks into the one around it before the root."""
    manifests = (
        root(dependencies={"x": "1.0.0"}),
        Manifest("apps/web", {"name": "web", "dependencies": {"x": "2.0.0"}}),
        Manifest("apps/web/plugin", {"name": "plugin", "dependencies": {"x": "2.0.0", "web": "*"}}),
    )
    inputs = (
        part("project", "x 1.0.0"),
        part("project", "x 2.0.0", path="apps/web/package.json"),
        part("project", "x 2.0.0", path="apps/web/plugin/package.json"),
    )
    found = entries(lock(inputs, pin("x", "1.0.0"), pin("x", "2.0.0")), *manifests)
    assert [path for path in found if path.endswith("/x")] == ["apps/web/node_modules/x", "node_modules/x"]


def test_the_project_itself_stands_as_its_manifest_says() -> None:
    """In npm's spelling; what npm does not write is left out."""
    data = {
        "name": "shop",
        "version": "1.0.0",
        "license": {"type": "MIT", "url": "https://license.example"},
        "bin": "./cli.js",
        "bundledDependencies": True,
        "dependencies": {"a": "*"},
        "engines": {"node": ">=20"},
        "os": ["linux"],
        "author": "somebody",
        "peerDependencies": {},
    }
    found = entries(lock((asking("a *"),), pin("a", "1.0.0")), Manifest("", data))
    assert found[""] == {
        "name": "shop",
        "version": "1.0.0",
        "bundleDependencies": ["a"],
        "license": "MIT",
        "os": ["linux"],
        "bin": {"shop": "./cli.js"},
        "dependencies": {"a": "*"},
        "engines": {"node": ">=20"},
    }
    nameless = json.loads(package_lock(lock((), pin("a", "1.0.0")), [Manifest("", {})]))
    assert nameless == {"lockfileVersion": 3, "requires": True, "packages": {"": {}}}


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lock(()), "package.json asks for a, and the lock has no such wish"),
        (lock((asking("a ^1"),)), "package.json asks for npm:a ^1, and the lock has no pin for it"),
        (lock((asking("a ^1"),), pin("a", "2.0.0")), "package.json asks for npm:a ^1, and the lock has no pin for it"),
        (
            lock((asking("a *"),), pin("a", "1.0.0", "b ^1")),
            "npm:a 1.0.0 requires npm:b ^1, and the lock has no pin for it",
        ),
    ],
)
def test_a_lock_that_does_not_answer_is_not_exported(made: Lock, reason: str) -> None:
    """The sentence says who asks for what."""
    with pytest.raises(Undecided) as caught:
        package_lock(made, [root(dependencies={"a": "^1"})])
    assert caught.value.reason == reason
    assert caught.value.hint == "holdfast lock"


def test_edges_that_no_tree_can_meet_are_not_exported() -> None:
    """The project wants another version than a peer of what it wants."""
    made = lock(
        (asking("hook *, react ^18"),),
        pin("hook", "1.0.0", "react * ; peer => 17.0.0"),
        pin("react", "17.0.0"),
        pin("react", "18.0.0"),
    )
    with pytest.raises(Undecided) as caught:
        package_lock(made, [root(dependencies={"hook": "*", "react": "^18"})])
    assert caught.value.reason == "no tree of folders lets every package find what the lock says: the project does not"


def test_a_dependency_with_another_peer_stands_apart() -> None:
    """What a package has of its own does not meet the peer of what it depends on: that one goes higher."""
    made = lock(
        (asking("a *"),),
        pin("a", "1.0.0", "hook *", "react ^18"),
        pin("hook", "1.0.0", "react * ; peer => 17.0.0"),
        pin("react", "17.0.0"),
        pin("react", "18.0.0"),
    )
    found = entries(made, root(dependencies={"a": "*"}))
    assert {path: entry["version"] for path, entry in found.items() if path.endswith("react")} == {
        "node_modules/a/node_modules/react": "18.0.0",
        "node_modules/react": "17.0.0",
    }


def test_a_long_chain_is_placed_in_no_time() -> None:
    """Two thousand packages in a row, which want one of two versions in turn: linear work, no recursion."""
    count = 2_000
    pins = [pin("end", "1.0.0"), pin("end", "2.0.0")]
    pins += [pin(f"p{n}", "1.0.0", f"p{n + 1} *", f"end {1 + n % 2}.0.0") for n in range(count)]
    pins += [pin(f"p{count}", "1.0.0")]
    found = entries(lock((asking("p0 *"),), *pins), root(dependencies={"p0": "*"}))
    assert len(found) == count + 2 + count // 2 + 1
