"""Scoped, private, token-protected packages of a real private registry, by the command (run by `make test-live`)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from holdfast.format.read import read
from tests.live.verdaccio import Verdaccio, npm, verdaccio

pytestmark = pytest.mark.live


class Shelf(NamedTuple):
    """The registry with its packages, and the tokens of two users, one of whom may see `@board/*`."""

    server: Verdaccio
    token: str
    board: str


class Done(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    text: str


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Two packages of a scope, and one that is for another user alone."""
    with verdaccio(tmp_path_factory.mktemp("verdaccio")) as server:
        token, board = server.add_user("ann"), server.add_user("eve")
        server.publish(token, "@acme/core", "1.0.0")
        server.publish(token, "@acme/core", "1.1.0", bin={"acme-core": "index.js"})
        server.publish(token, "@acme/app", "2.0.0", dependencies={"@acme/core": "~1.0.0"})
        server.publish(board, "@board/plans", "1.0.0")
        yield Shelf(server, token, board)


def project(folder: Path, shelf: Shelf, **dependencies: str) -> Path:
    """A project whose `.npmrc` names the registry of two scopes, and the variable with the token."""
    place = folder / "web"
    place.mkdir()
    url = shelf.server.url
    lines = [f"@acme:registry={url}", f"@board:registry={url}", f"{shelf.server.place}:_authToken=${{ACME_TOKEN}}"]
    (place / ".npmrc").write_text("\n".join([*lines, ""]))
    wishes = {f"@{name.replace('_', '/', 1)}": spec for name, spec in dependencies.items()}
    manifest = {"name": "web", "version": "1.0.0", "dependencies": wishes}
    (place / "package.json").write_text(json.dumps(manifest, indent=2))
    return place


def holdfast(folder: Path, *words: str, **environment: str) -> Done:
    """Run the command."""
    command = [str(Path(sys.executable).parent / "holdfast"), *words]
    settings = {**os.environ, **environment, "HOLDFAST_CACHE_DIR": str(folder.parent / "cache")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=settings, check=False)
    return Done(done.returncode, done.stdout + done.stderr)


def test_private_packages_are_locked_checked_verified_and_installed(tmp_path: Path, shelf: Shelf) -> None:
    """From the lock to what npm installs with an empty cache, and no token stands in any file that is written."""
    folder = project(tmp_path, shelf, acme_app="^2.0.0", acme_core="^1.0.0")
    token = {"ACME_TOKEN": shelf.token}
    for words, said in (
        (("lock",), "holdfast.lock written: 3 npm packages"),
        (("check",), "holdfast.lock holds: 3 npm packages"),
        (("verify",), "verified 3 artifacts of 3 packages"),
        (("export", "package-lock", "-o", "package-lock.json"), ""),
        (("check", "--against", "package-lock.json"), ""),
    ):
        done = holdfast(folder, *words, **token)
        assert done.code == 0, (words, done.text)
        assert said in done.text
    lock = read((folder / "holdfast.lock").read_bytes())
    assert {f"{pin.name}@{pin.version}" for pin in lock.packages} == {
        "@acme/app@2.0.0",
        "@acme/core@1.0.0",
        "@acme/core@1.1.0",
    }
    assert {pin.source for pin in lock.packages} == {"acme"}
    npm(folder, "ci", cache=tmp_path / "npm-cache", environment=token)
    npm(folder, "ls", "--all", cache=tmp_path / "npm-cache", environment=token)
    inner = folder / "node_modules/@acme/app/node_modules/@acme/core/package.json"
    assert json.loads(inner.read_bytes())["version"] == "1.0.0"
    assert (folder / "node_modules/.bin/acme-core").exists()
    for path in [*folder.glob("*.*"), *(tmp_path / "cache").rglob("*")]:
        assert not path.is_file() or shelf.token.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("token", "name", "said"),
    [
        ("", "acme_core", ["line 3", "${ACME_TOKEN}", "hint: set ACME_TOKEN"]),
        ("stale", "acme_core", ["refused to give @acme/core", "status 401"]),
        ("ann", "board_plans", ["refused to give @board/plans", "status 403"]),
    ],
)
def test_without_the_right_token_nothing_is_locked(
    token: str, name: str, said: list[str], tmp_path: Path, shelf: Shelf
) -> None:
    """A variable that is not set, a token that the registry does not know, and one of a user who may not see this."""
    folder = project(tmp_path, shelf, **{name: "*"})
    value = {"": {}, "stale": {"ACME_TOKEN": "bm9ib2R5"}, "ann": {"ACME_TOKEN": shelf.token}}[token]
    done = holdfast(folder, "lock", **value)
    assert done.code in (2, 3), done.text
    for words in said:
        assert words in done.text
    assert not (folder / "holdfast.lock").exists()
