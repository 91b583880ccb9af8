"""README.md is played: its commands give the output that it shows."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.index_server import serving
from tests.support.npm_registry import release
from tests.support.npm_registry import serving as npm_serving
from tests.support.packages import read_releases

NPM = (
    release("debug", "4.4.3", dependencies={"ms": "^2.1.3"}),
    release("ms", "2.1.3"),
    release("chalk", "4.1.2", dependencies={"ansi-styles": "^4.1.0", "supports-color": "^7.1.0"}),
    release("ansi-styles", "4.3.0", dependencies={"color-convert": "^2.0.1"}),
    release("color-convert", "2.0.1", dependencies={"color-name": "~1.1.4"}),
    release("color-name", "1.1.4"),
    release("supports-color", "7.2.0", dependencies={"has-flag": "^4.0.0"}),
    release("has-flag", "4.0.0"),
)
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


class Shown(NamedTuple):
    """A command of the tour and what it prints."""

    command: str
    output: str


def blocks(kind: str) -> list[str]:
    """The code blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def tour(kind: str = "console") -> list[Shown]:
    """Every command of the `console` blocks, in order."""
    shown = []
    for block in blocks(kind):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            shown.append(Shown(command, output))
    return shown


def play(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command prints, both streams together."""
    words = shlex.split(command)
    if words[0] == "holdfast":
        words = [sys.executable, "-c", "from holdfast.cli.main import run; run()", *words[1:]]
    path = os.pathsep.join((str(ROOT / "lockfile"), str(ROOT / "resolver")))
    done = subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 1, 4), done.stdout
    return done.stdout


def test_the_tour_prints_what_it_shows(tmp_path: Path) -> None:
    """Played against a loopback index with the releases that it meets, the tour is true to the letter."""
    (tmp_path / "pyproject.toml").write_text(blocks("toml")[0])
    releases = (ROOT / "fixtures" / "readme" / "releases.txt").read_text(encoding="utf-8")
    with serving(read_releases(releases)) as server:
        for command, output in tour():
            assert play(command, tmp_path, {"PIP_INDEX_URL": server.url}) == output, command


def test_the_tour_of_npm_prints_what_it_shows(tmp_path: Path) -> None:
    """Played against a loopback registry with the releases that it meets; files it writes are there, and it checks."""
    (tmp_path / "package.json").write_text(blocks("json")[0])
    (tmp_path / "home").mkdir()
    with npm_serving(*NPM) as registry:
        environment = {"npm_config_registry": registry.url, "HOME": str(tmp_path / "home")}
        for command, output in tour("console npm"):
            assert play(command, tmp_path, environment) == output, command
        assert play("holdfast check --against package-lock.json", tmp_path, environment).startswith(
            "holdfast.lock holds"
        )


@pytest.mark.live
def test_the_tour_of_npm_works_on_the_real_registry(tmp_path: Path) -> None:
    """On the real registry its commands do what they should; versions are those of the day."""
    (tmp_path / "package.json").write_text(blocks("json")[0])
    for command, output in tour("console npm"):
        told = play(command, tmp_path, {})
        assert told.partition(" ")[0] == output.partition(" ")[0], told


@pytest.mark.live
def test_the_tour_works_on_the_real_index(tmp_path: Path) -> None:
    """On the real index the tour's commands do what they should; versions are those of the day."""
    (tmp_path / "pyproject.toml").write_text(blocks("toml")[0])
    for command, output in tour():
        told = play(command, tmp_path, {})
        assert ("no solution" in told) == ("no solution" in output), told
        assert ("error[" in told) == ("error[" in output), told


def test_the_first_commands_are_demo_and_test() -> None:
    """README begins with the two commands that a visitor needs, and the Makefile has them."""
    makefile = (ROOT / "Makefile").read_text()
    named = re.findall(r"^make (\w+)", blocks("sh")[0], re.MULTILINE)
    assert named == ["demo", "test"]
    assert README.index("make demo") < README.index("## ")
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in named)


def test_what_the_pages_link_to_is_there() -> None:
    """No page of the repository links to a file that does not exist."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert not missing
