"""What `export package-lock` writes is what npm installs from, and what it finds nothing wrong with.

Run with `-m live`: npm and the registry that it is configured for have to be there.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from holdfast.exports.npm_graph import Manifest
from holdfast.exports.package_lock import package_lock
from holdfast.exports.port import Locate, LocatedFile
from holdfast.imports.compare import compare
from holdfast.imports.port import ForeignLock
from holdfast.imports.table import read_foreign
from holdfast.model.lock import Lock, Pin
from tests.lockfile.exports.npm_locks import LOCK, MANIFESTS, golden
from tests.support.npm_trees import lock_of, manifests_of

pytestmark = pytest.mark.live
PROJECTS: dict[str, dict[str, dict[str, Any]]] = {
    "N1": {"": {"dependencies": {"express": "*", "lodash": "*", "chalk": "*"}}},
    "N2": {
        "": {
            "dependencies": dict.fromkeys(
                ["react", "react-dom", "next", "eslint", "typescript", "jest", "webpack"], "*"
            )
        }
    },
    "tag, alias, bundles, tables": {
        "": {
            "dependencies": {"npm": "^10", "lodash": "latest", "wide": "npm:string-width@^4"},
            "devDependencies": {"@types/react": "^18"},
            "optionalDependencies": {"fsevents": "^2"},
        }
    },
    "workspaces": {
        "": {"workspaces": ["packages/*"], "dependencies": {"react": "^18"}, "devDependencies": {"semver": "^7"}},
        "packages/web": {
            "name": "@acme/web",
            "dependencies": {"react": "^17", "react-dom": "^17", "use-sync-external-store": "^1.2", "lib": "^1.0.0"},
            "devDependencies": {"semver": "^6"},
        },
        "packages/lib": {"name": "lib", "version": "1.2.0", "peerDependencies": {"react": "*"}},
    },
}


def npm(folder: Path, *words: str) -> str:
    """Run npm; it has to work."""
    settings = {
        "cache": str(folder.parent / "cache"),
        "ignore_scripts": "true",
        "omit_lockfile_registry_resolved": "false",  # without it npm itself takes no dist-tag as met
    }
    environment = {**os.environ, **{f"npm_config_{key}": value for key, value in settings.items()}}
    done = subprocess.run(["npm", *words], cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, f"npm {' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def write_project(folder: Path, manifests: dict[str, dict[str, Any]]) -> None:
    for path, data in manifests.items():
        (folder / path).mkdir(parents=True, exist_ok=True)
        whole = {"name": "shop", "version": "1.0.0", **data}
        (folder / path / "package.json").write_text(json.dumps(whole, indent=2))


def locate(theirs: ForeignLock) -> Locate:
    """Tarballs, as npm's own lock has them."""
    known = {(pin.name, pin.version): pin for pin in theirs.pins}

    def answer(pin: Pin) -> dict[str, LocatedFile]:
        found = known[pin.name, pin.version]
        return {found.artifacts[0][0]: LocatedFile(found.location, found.artifacts[0][1])}

    return answer


def manifests_in(folder: Path, theirs: str) -> list[Manifest]:
    return [
        Manifest(path, json.loads((folder / path / "package.json").read_text())) for path, _ in manifests_of(theirs)
    ]


@pytest.fixture(scope="module", params=PROJECTS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str, Lock]:
    """A project, npm's lock of it, ours of the same releases, and the lock between the two."""
    folder = tmp_path_factory.mktemp("project") / "shop"
    write_project(folder, PROJECTS[request.param])
    npm(folder, "install", "--package-lock-only")
    theirs = (folder / "package-lock.json").read_text()
    lock = lock_of(theirs)
    ours = package_lock(lock, manifests_in(folder, theirs), locate(read_foreign("package-lock.json", theirs)))
    return folder, theirs, ours, lock


def test_npm_installs_from_it(made: tuple[Path, str, str, Lock]) -> None:
    """With an empty cache, and then finds no problem; nor does it change a byte of the file."""
    folder, _, ours, _ = made
    (folder / "package-lock.json").write_text(ours)
    npm(folder, "ci")
    npm(folder, "ls", "--all")
    assert (folder / "package-lock.json").read_text() == ours


def test_the_tree_and_its_words_are_those_of_npm(made: tuple[Path, str, str, Lock]) -> None:
    """Same folders, same flags, same places of tarballs, but for what is bundled."""
    _, theirs, ours, _ = made
    kept = ("version", "integrity", "resolved", "link", "name", "dev", "optional", "devOptional", "peer", "bin", "os")
    one, two = [
        {
            path: {key: entry[key] for key in kept if key in entry}
            for path, entry in json.loads(text)["packages"].items()
            if not entry.get("inBundle")
        }
        for text in (theirs, ours)
    ]
    assert one == two


def test_both_files_agree_with_the_lock(made: tuple[Path, str, str, Lock]) -> None:
    """`check --against` npm's own file is clean, and so it is against ours."""
    _, theirs, ours, lock = made
    for text in (theirs, ours):
        assert compare(lock, read_foreign("package-lock.json", text)) == ()


def test_npm_finds_nothing_wrong_with_the_golden_file(tmp_path: Path) -> None:
    """Its tree, without a network."""
    folder = tmp_path / "shop"
    write_project(folder, {manifest.folder: dict(manifest.data) for manifest in MANIFESTS})
    (folder / "package-lock.json").write_text(golden())
    npm(folder, "ls", "--all", "--package-lock-only", "--offline")
    assert LOCK.instances


@pytest.mark.parametrize("major", ["8", "10"])
def test_what_pnpm_locks_is_what_is_read(major: str, tmp_path: Path) -> None:
    """Both formats that are in use; nothing is skipped, and every entry has its hash."""
    folder = tmp_path / "shop"
    write_project(folder, PROJECTS["N1"])
    npm(folder, "exec", "--yes", f"pnpm@{major}", "--", "install", "--lockfile-only")
    foreign = read_foreign("pnpm-lock.yaml", (folder / "pnpm-lock.yaml").read_text())
    assert foreign.skipped == ()
    assert {pin.name for pin in foreign.pins} > {"express", "lodash", "chalk", "body-parser"}
    assert all(digest.startswith("sha512:") for pin in foreign.pins for _, digest in pin.artifacts)
